import { describe, expect, it } from "vitest";
import type { FieldBody, TableBody } from "../api/client";
import { DEPTH_MAX, clausesOf, complete, emptyClause, emptyGroup, fieldAt, formOf, formsOf, fromJson, operand, operatorsOf, parsed, partsOf, refitted, replaced, takes, toJson, written, type Json } from "./condition";

const clause = (field: string, operator: string, value: string): Json => ({ field, operator, value });

describe("a condition", () => {
    it.each<[string, Json]>([
        ["one clause in a group", { all: [clause("state", "is", "closed")] }],
        ["groups within groups", { all: [clause("caller.name", "contains", "a"), { any: [clause("state", "is", "new"), { not: { all: [clause("impact", "is", "high"), clause("state", "is_not", "closed")] } }] }] }],
        ["several values", { any: [{ field: "state", operator: "in", values: ["a", "b"] }] }],
        ["no value, and a value", { all: [{ field: "caller", operator: "is_empty" }, { field: "caller", operator: "is_not_empty" }] }],
        ["none of several, and both ends", { all: [{ field: "state", operator: "not_in", values: ["a", "b"] }, { field: "created_at", operator: "between", values: ["2026-11-01", { period: "today" }] }] }],
        ["periods and times from now", { all: [{ field: "created_at", operator: "on", value: { period: "last_30_days" } }, { field: "created_at", operator: "less_than", value: { ago: { amount: 3, unit: "day" } } }, { field: "due", operator: "greater_or_equal", value: { ahead: { amount: 2, unit: "week" } } }] }],
        ["another field, and who asks", { all: [{ field: "caller", operator: "same_as", value: { field: "assigned_user" } }, { field: "assignment_group", operator: "is", value: { dynamic: "my_groups" } }, { field: "followers", operator: "has", value: { dynamic: "me" } }] }],
        ["a part of a moment", { all: [{ field: "created_at", part: "hour", operator: "greater_or_equal", value: "9" }, { field: "created_at", part: "day_of_week", operator: "in", values: ["6", "7"] }] }],
        ["the table of a record", { all: [{ field: "sys_id", operator: "instance_of", value: "incident" }] }],
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
        expect(complete(emptyClause("state", "in"))).toBe(false);
        expect(complete(emptyClause("state", "is_empty"))).toBe(true);
    });

    it.each([["no JSON", "{"], ["no condition", "{\"what\":1}"], ["an operator that lists do not know", "{\"field\":\"a\",\"operator\":\"changes\"}"], ["a value that is a script", "{\"field\":\"a\",\"operator\":\"is\",\"value\":{\"script\":\"x\"}}"], ["a group of such", "{\"all\":[{\"x\":1}]}"]])("says that it cannot read %s", (_, text) => {
        expect(parsed(text).readable).toBe(false);
    });

    it("changes and removes one node and leaves the others alone", () => {
        const [one, two] = [{ ...emptyClause("a"), operands: [operand("value", "1")] }, { ...emptyClause("b"), operands: [operand("value", "2")] }];
        const tree = emptyGroup("all", [one, emptyGroup("any", [two])]);
        expect(toJson(replaced(tree, two.id, { ...two, operands: [operand("value", "3")] }))).toEqual({ all: [clause("a", "is", "1"), { any: [clause("b", "is", "3")] }] });
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

    it("compares a field with what the API takes for it", () => {
        const of = (kind: string, table: string | null = null) => ({ name: "a", kind, table }) as FieldBody;
        expect(formsOf(of("reference", "user"), "", "is")).toEqual(["value", "me"]);
        expect(formsOf(of("reference", "group"), "", "is_not")).toEqual(["value", "my_groups"]);
        expect(formsOf(of("reference", "user"), "", "contains")).toEqual(["value"]);
        expect(formsOf(of("reference_list", "user"), "", "has")).toContain("me");
        expect(formsOf(of("datetime"), "", "on")).toEqual(["period", "day", "ago", "ahead"]);
        expect(formsOf(of("date"), "", "less_than")).not.toContain("value");
        expect(formsOf(of("datetime"), "", "between")).not.toContain("field");
        expect(formsOf(of("datetime"), "hour", "less_than")).toEqual(["value"]);
        expect(formsOf(of("integer"), "", "same_as")).toEqual(["field"]);
        expect([formOf(operand("value", "2026-11-23"), ["value", "day"]), formOf(operand("value", "2026-11-23T10:00:00Z"), ["value", "day"]), formOf(operand("value", "2026-11-23"), ["value"])]).toEqual(["day", "value", "value"]);
        expect([takes("between"), takes("not_in"), takes("is_not_empty"), takes("on")]).toEqual([2, "several", 0, 1]);
        expect([partsOf("date").includes("hour"), partsOf("datetime").includes("hour"), partsOf("string")]).toEqual([false, true, []]);
    });

    it("keeps what was given where another operator takes it too, and drops what does not fit", () => {
        const field = { name: "created_at", kind: "datetime" } as FieldBody;
        const ago = { ...emptyClause("created_at", "less_than"), operands: [{ form: "ago" as const, text: "3", unit: "week" }] };
        expect(refitted({ ...ago, operator: "greater_than" }, field).operands).toEqual(ago.operands);
        expect(refitted({ ...ago, operator: "same_as" }, field).operands).toEqual([operand("field")]);
        expect(refitted({ ...ago, operator: "between" }, field).operands).toHaveLength(2);
        expect(complete(refitted({ ...ago, operator: "between" }, field))).toBe(false);
        expect(refitted({ ...emptyClause("created_at", "less_than"), operands: [operand("period")] }, field).operands).toEqual([operand("value")]);
        expect(complete({ ...ago, operands: [{ form: "ago", text: "some", unit: "week" }] })).toBe(false);
    });

    it("follows a path through a reference, and no further than there is one", () => {
        const field = (name: string, kind: string, table: string | null = null) => ({ name, kind, table, label: {}, choices: [], mandatory: false, read_only: false, secret: false, encrypted: false, max_length: 10 });
        const tables = [{ name: "task", fields: [field("caller", "reference", "user"), field("subject", "string")] }, { name: "user", fields: [field("name", "string")] }] as unknown as TableBody[];
        expect(fieldAt(tables, "task", "caller.name")?.kind).toBe("string");
        expect(fieldAt(tables, "task", "subject.name")).toBeUndefined();
        expect([fieldAt(tables, "task", "sys_id")?.table, fieldAt(tables, "task", "caller.sys_id")?.table]).toEqual(["task", "user"]);
    });
});
