import { describe, expect, it } from "vitest";
import { begins, events, stale, type Rest } from "./events";

const whole = "event: record\nid: 7\ndata: {\"table\":\"incident\",\"id\":\"a\",\"version\":2,\"operation\":\"update\"}\n\n: beat\n\nevent: status\nid: 8\ndata: {}\n\n";

describe("what the stream sends", () => {
    it("is the same however it is cut", () => {
        const at = (sizes: number) => {
            const rest: Rest = { text: "" };
            const pieces = whole.match(new RegExp(`[\\s\\S]{1,${sizes}}`, "g")) ?? [];
            return pieces.flatMap(piece => events(rest, piece));
        };
        expect(at(1000).map(sent => [sent.event, sent.id])).toEqual([["record", "7"], ["status", "8"]]);
        for (const size of [1, 3, 17]) { expect(at(size)).toEqual(at(1000)); }
    });

    it("makes stale what shows it, and nothing else; everything where too much was missed", () => {
        const [record] = events({ text: "" }, whole);
        const keys = record ? stale(record) : [];
        const isStale = (key: unknown[]) => keys.some(beginning => begins(key, beginning));
        expect(isStale(["record", "task", "a"])).toBe(true);
        expect(isStale(["record", "task", "b"])).toBe(false);
        expect(isStale(["feed", "incident", "a"])).toBe(true);
        expect(isStale(["records", "incident", null])).toBe(true);
        expect(isStale(["mail", "a"])).toBe(false);
        expect(stale({ event: "reset", id: null, data: "{}" }).some(beginning => begins(["anything"], beginning))).toBe(true);
        expect(stale({ event: "unheard of", id: null, data: "{}" })).toEqual([]);
        expect(stale({ event: "email", id: null, data: "no JSON" })).toContainEqual(["mails"]);
    });
});
