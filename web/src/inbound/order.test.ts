import { describe, expect, it } from "vitest";
import type { RecordBody } from "../api/client";
import { equals, inOrder, moved } from "./order";

const all = (...orders: number[]) => orders.map((order, at) => ({ id: String.fromCharCode(97 + at), name: String.fromCharCode(97 + at), order }));
/** The ids in their order once the changes are written. */
const after = (begin: ReturnType<typeof all>, changes: { id: string; order: number }[]) =>
    begin.map(one => ({ ...one, order: changes.find(change => change.id === one.id)?.order ?? one.order })).sort(inOrder).map(one => one.id).join("");

describe("moving an action", () => {
    it("writes one order where there is room between two others", () => {
        expect(moved(all(10, 30, 100), "c", "before", "b")).toEqual([{ id: "c", order: 20 }]);
        expect(moved(all(10, 12, 100), "c", "before", "b")).toEqual([{ id: "c", order: 11 }]);
        expect(moved(all(10, 20, 30), "a", "after", "c")).toEqual([{ id: "a", order: 40 }]);
        expect(moved(all(100, 110), "b", "before", "a")).toEqual([{ id: "b", order: 90 }]);
    });

    it("moves those behind on where there is none", () => {
        const close = all(100, 100, 101, 500);
        const changes = moved(close, "d", "before", "b");
        expect(changes.some(change => change.id === "a")).toBe(false);
        expect(after(close, changes)).toBe("adbc");
    });

    it("comes to the wanted order from wherever one begins, and to no equal ones around it", () => {
        for (const orders of [[0, 0, 0, 0], [1, 2, 3, 4], [5, 5, 6, 900], [-3, -2, -2, 0], [10, 20, 30, 40]]) {
            const begin = all(...orders);
            for (const id of "abcd") {
                for (const beside of "abcd".replace(id, "")) {
                    for (const side of ["before", "after"] as const) {
                        const wanted = "abcd".replace(id, "").replace(beside, side === "before" ? id + beside : beside + id);
                        expect(after(begin, moved(begin, id, side, beside)), `${orders.join()}: ${id} ${side} ${beside}`).toBe(wanted);
                    }
                }
            }
        }
    });

    it("does nothing beside what is not there", () => {
        expect(moved(all(1, 2), "a", "before", "x")).toEqual([]);
    });
});

describe("equal orders", () => {
    const tables = [{ name: "task" }, { name: "incident", extends: "task" }, { name: "approval" }];
    const action = (id: string, fields: Record<string, unknown>) => ({ id, fields: { name: id, active: true, order: 100, message_type: "all", table: "incident", target: "record", ...fields } }) as unknown as RecordBody;
    it("count where two active actions may take the same mail", () => {
        expect(equals([action("one", {}), action("two", { message_type: "reply" })], tables)).toEqual(new Map([["one", ["two"]], ["two", ["one"]]]));
    });
    it("do not count between types or accounts that never meet, or where one is off", () => {
        expect(equals([action("one", { message_type: "new" }), action("two", { message_type: "reply" })], tables).size).toBe(0);
        expect(equals([action("one", { accounts: ["Help"] }), action("two", { accounts: ["Sales"] })], tables).size).toBe(0);
        expect(equals([action("one", {}), action("two", { active: false })], tables).size).toBe(0);
    });
    it("do not count where both work on the record of the mail and it can only be one of theirs", () => {
        expect(equals([action("one", {}), action("two", { table: "approval" })], tables).size).toBe(0);
        expect(equals([action("one", {}), action("two", { table: "task" })], tables).size).toBe(2);
        expect(equals([action("one", { target: "new" }), action("two", { table: "approval" })], tables).size).toBe(2);
    });
});
