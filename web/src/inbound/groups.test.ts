import { describe, expect, it } from "vitest";
import type { FieldBody } from "../api/client";
import { PARTS, arranged, says } from "./groups";

const field = (name: string, more: Partial<FieldBody> = {}) => ({ name, kind: "string", base: false, read_only: false, ...more }) as FieldBody;

describe("the form of an inbound action", () => {
    it("shows every field that people set once, also those that it does not know", () => {
        const names = ["script", "order", "name", "reply_language", "sender_department", "whatever", "condition", "on_spam"];
        const parts = arranged([...names.map(name => field(name)), field("created_at", { base: true }), field("runs", { read_only: true })]);
        expect(PARTS.flatMap(part => parts[part].map(one => one.name)).sort()).toEqual([...names].sort());
        expect(parts.head.map(one => one.name)).toEqual(["name", "order"]);
        expect(parts.mail.map(one => one.name)).toEqual(["condition", "sender_department", "on_spam"]);
        expect(parts.reply.map(one => one.name)).toEqual(["reply_language"]);
        expect(parts.flow.map(one => one.name)).toEqual(["whatever"]);
    });

    it("leaves out what says nothing for the kind, unless it is filled in", () => {
        expect(says(field("reply_text"), "reply", { kind: "record_action" })).toBe(false);
        expect(says(field("reply_text"), "reply", { kind: "record_action", reply_text: "Hello" })).toBe(true);
        expect(says(field("mapping"), "record", { kind: "reply" })).toBe(false);
        expect(says(field("target"), "record", { kind: "reply" })).toBe(true);
        expect(says(field("condition"), "mail", { kind: "reply" })).toBe(true);
    });
});
