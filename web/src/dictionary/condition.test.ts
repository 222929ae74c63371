import { describe, expect, it } from "vitest";
import type { TableBody } from "../api/client";
import { DEPTH_MAX, clausesOf, complete, emptyClause, emptyGroup, fieldAt, fromJson, operatorsOf, parsed, replaced, toJson, written, type Json } from "./condition";

const clause = (field: string, operator: string, value: string): Json => ({ field, operator, value });

describe("a condition", () => {
    it.each<[string, Json]>([
        ["one clause in a group", { all: [clause("state", "is", "closed")] }],
        ["groups within groups", { all: [clause("caller.name", "contains", "a"), { any: [clause("state", "is", "new"), { not: { all: [clause("impact", "is", "high"), clause("state", "is_not", "closed")] } }] }] }],
        ["several values", { any: [{ field: "state", operator: "in", values: ["a", "b"] }] }],
        ["no value, and not no value", { all: [{ field: "caller", operator: "is_empty" }, { not: { field: "caller", operator: "is_empty" } }] }],
        ["a negated root", { not: { any: [clause("a", "less_than", "5")] } }],
    ])("keeps what it says from JSON to the tree and back: %s", (_, json) => {
        const tree = fromJson(json);
        expect(tree && toJson(tree)).toEqual(json);
    });

    it("puts a lone clause into a group, and a negated one too, with the same meaning", () => {
        expect(toJson(fromJson(clause("a", "is", "b"))!)).toEqual({ all: [clause("a", "is", "b")] });
        expect(toJson(fromJson({ not: clause("a", "is", "b") })!)).toEqual({ not: { all: [clause("a", "is", "b")] } });
        expect(toJson(fromJson({ not: { not: { all: [clause("a", "is", "b")] } } })!)).toEqual({ not: { all: [{ not: { all: [clause("a", "is", "b")] } }] } });
    });

    it("leaves out what is not complete, and asks nothing where nothing is", () => {
        const tree = emptyGroup("all", [emptyClause("state"), emptyGroup("any", [])]);
        expect(toJson(tree)).toBeNull();
        expect(written(tree)).toBeNull();
        expect(complete({ ...emptyClause("state", "in"), values: [] })).toBe(false);
        expect(complete(emptyClause("state", "is_empty"))).toBe(true);
    });

    it.each([["no JSON", "{"], ["no condition", "{\"what\":1}"], ["an operator that lists do not know", "{\"field\":\"a\",\"operator\":\"changes\"}"], ["a group of such", "{\"all\":[{\"x\":1}]}"]])("says that it cannot read %s", (_, text) => {
        expect(parsed(text).readable).toBe(false);
    });

    it("changes and removes one node and leaves the others alone", () => {
        const [one, two] = [{ ...emptyClause("a"), value: "1" }, { ...emptyClause("b"), value: "2" }];
        const tree = emptyGroup("all", [one, emptyGroup("any", [two])]);
        expect(toJson(replaced(tree, two.id, { ...two, value: "3" }))).toEqual({ all: [clause("a", "is", "1"), { any: [clause("b", "is", "3")] }] });
        expect(clausesOf(replaced(tree, one.id, null)).map(left => left.field)).toEqual(["b"]);
        expect(replaced(tree, tree.id, null).parts).toEqual([]);
    });

    it("offers each kind only what the API takes for it, and groups to a depth that it takes", () => {
        expect(operatorsOf("boolean")).toEqual(["is", "is_not"]);
        expect(operatorsOf("reference_list")).not.toContain("in");
        expect(operatorsOf("reference")).not.toContain("less_than");
        expect(operatorsOf("string")).toContain("starts_with");
        expect(DEPTH_MAX).toBeLessThan(8);
    });

    it("follows a path through a reference, and no further than there is one", () => {
        const field = (name: string, kind: string, table: string | null = null) => ({ name, kind, table, label: {}, choices: [], mandatory: false, read_only: false, secret: false, encrypted: false, max_length: 10 });
        const tables = [{ name: "task", fields: [field("caller", "reference", "user"), field("subject", "string")] }, { name: "user", fields: [field("name", "string")] }] as unknown as TableBody[];
        expect(fieldAt(tables, "task", "caller.name")?.kind).toBe("string");
        expect(fieldAt(tables, "task", "subject.name")).toBeUndefined();
    });
});
