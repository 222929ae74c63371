import { describe, expect, it } from "vitest";
import type { FieldBody } from "../api/client";
import { changes, clashes, fromLocal, listOf, same, textOf, toLocal, valueOf } from "./values";

const field = (name: string, kind: string, secret = false) => ({ name, kind, secret }) as FieldBody;

describe("values of fields", () => {
    it("come back from a moment as it was, to the minute, in any time zone", () => {
        expect(fromLocal(toLocal("2026-11-30T15:25:00Z"))).toBe("2026-11-30T15:25:00Z");
        expect([toLocal("never"), fromLocal(""), fromLocal("never")]).toEqual(["", "", ""]);
    });

    it("count as the same where a record cannot tell them apart", () => {
        expect(same(undefined, "")).toBe(true);
        expect(same(null, false)).toBe(true);
        expect(same([], null)).toBe(true);
        expect(same(0, null)).toBe(false);
        expect(same("a", "b")).toBe(false);
    });

    it("are numbers where they can be read as such, else what was typed, for the API to refuse", () => {
        expect(valueOf("integer", " 42 ")).toBe(42);
        expect(valueOf("integer", "4x")).toBe("4x");
        expect(valueOf("string", "  ")).toBeNull();
        expect(valueOf("text", " a\n")).toBe(" a\n");
        expect(textOf(["a", "b"])).toBe("a, b");
        expect(listOf("a, b;c\n")).toEqual(["a", "b", "c"]);
    });

    it("are written only where they differ; a secret is left as it is unless something is typed", () => {
        const fields = [field("subject", "string"), field("active", "boolean"), field("password", "string", true)];
        expect(changes({ subject: "a" }, { subject: "a", active: false, password: null }, fields)).toEqual({});
        expect(changes({ subject: "a" }, { subject: "b", password: "new" }, fields)).toEqual({ subject: "b", password: "new" });
        expect(changes({ subject: "a" }, { subject: null }, fields)).toEqual({ subject: null });
    });

    it("clash only where both wrote the same field with other values", () => {
        const [base, theirs] = [{ subject: "a", impact: "low" }, { subject: "b", impact: "high" }];
        expect(clashes(base, theirs, { subject: "c" })).toEqual([{ field: "subject", mine: "c", theirs: "b" }]);
        expect(clashes(base, theirs, { subject: "b" })).toEqual([]);
        expect(clashes(base, { subject: "a", impact: "high" }, { subject: "c" })).toEqual([]);
    });
});
