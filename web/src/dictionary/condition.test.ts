import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { FieldBody, TableBody } from "../api/client";
import { DEPTH_MAX, clausesOf, complete, countOf, emptyClause, emptyGroup, fieldAt, formOf, formsOf, fromJson, operand, operatorsOf, parsed, partsOf, refitted, replaced, shows, takes, toJson, unitsOf, written, type Json } from "./condition";

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
        ["how far two fields are apart", { all: [{ field: "updated_at", operator: "farther_than", value: { after: { amount: 3, unit: "day", field: "created_at" } } }, { field: "updated_at", operator: "nearer_than", value: { before: { amount: 2, unit: "hour", field: "caller.updated_at" } } }] }],
        ["the same unit of the calendar, and words", { all: [{ field: "created_at", unit: "day", operator: "same_as", value: { field: "updated_at" } }, { field: "sys_id", operator: "has_words", value: "printer berlin" }] }],
        ["the table of a record", { all: [{ field: "sys_id", operator: "instance_of", value: "incident" }] }],
        ["a negated root", { not: { any: [clause("a", "less_than", "5")] } }],
    ])("keeps what it says from JSON to the tree and back: %s", (_, json) => {
        const tree = fromJson(json);
        expect(toJson(tree)).toEqual(json);
        expect(clausesOf(tree).map(one => one.kind)).not.toContain("kept");
    });

    it("puts a lone clause into a group, and a negated one too, with the same meaning", () => {
        expect(toJson(fromJson(clause("a", "is", "b")))).toEqual({ all: [clause("a", "is", "b")] });
        expect(toJson(fromJson({ not: clause("a", "is", "b") }))).toEqual({ not: { all: [clause("a", "is", "b")] } });
        expect(toJson(fromJson({ not: { not: { all: [clause("a", "is", "b")] } } }))).toEqual({ not: { all: [{ not: { all: [clause("a", "is", "b")] } }] } });
    });

    it("leaves out what is not complete, and asks nothing where nothing is", () => {
        const tree = emptyGroup("all", [emptyClause("state"), emptyGroup("any", [])]);
        expect(toJson(tree)).toBeNull();
        expect(written(tree)).toBeNull();
        expect(complete(emptyClause("state", "in"))).toBe(false);
        expect(complete(emptyClause("state", "is_empty"))).toBe(true);
    });

    it.each([["no JSON", "{"], ["a number", "5"], ["nothing", "null"], ["a text", "\"a\""]])("says that it cannot read %s", (_, text) => {
        expect(parsed(text).readable).toBe(false);
    });

    const about = "\"field\":\"parent\",\"operator\":\"is\",\"value\":\"1\"";
    it.each([
        ["a hierarchy", "{\"field\":\"parent\",\"by\":\"parent\",\"operator\":\"in_hierarchy\",\"value\":\"0190\"}"],
        ["the number of related records", "{\"field\":\"sys_id\",\"operator\":\"greater_or_equal\",\"value\":1,\"related\":{\"table\":\"incident\",\"field\":\"parent\",\"condition\":{\"field\":\"state\",\"operator\":\"is\",\"value\":\"a\"}}}"],
        ["`by` where the operator is known", `{${about},"by":"parent"}`],
        ["a key that comes later", `{${about},"later":{"a":[1,{"b":"}],{"}]}}`],
        ["a key that is nothing", `{${about},"part":null}`],
        ["a part that is no word", `{${about},"part":{"of":"hour"}}`],
        ["a unit that is no word", `{${about},"unit":1}`],
        ["an operator that lists do not know", "{\"field\":\"a\",\"operator\":\"changes\"}"],
        ["an operator that comes later", "{\"field\":\"a\",\"operator\":\"sounds_like\",\"value\":\"b\"}"],
        ["a value that is a script", "{\"field\":\"a\",\"operator\":\"is\",\"value\":{\"script\":\"x\"}}"],
        ["a value that is nothing", "{\"field\":\"a\",\"operator\":\"is\",\"value\":null}"],
        ["an empty value", "{\"field\":\"a\",\"operator\":\"is\",\"value\":\"\"}"],
        ["no value where one is wanted", "{\"field\":\"a\",\"operator\":\"in\",\"values\":[]}"],
        ["a value where none is wanted", "{\"field\":\"a\",\"operator\":\"is_empty\",\"value\":\"b\"}"],
        ["a value and values", `{${about},"values":["2"]}`],
        ["three ends", "{\"field\":\"a\",\"operator\":\"between\",\"values\":[\"1\",\"2\",\"3\"]}"],
        ["oneself among several", "{\"field\":\"caller\",\"operator\":\"in\",\"values\":[\"a\",{\"dynamic\":\"me\"}]}"],
        ["a period that comes later", "{\"field\":\"a\",\"operator\":\"on\",\"value\":{\"period\":\"this_decade\"}}"],
        ["a unit that comes later", "{\"field\":\"a\",\"operator\":\"on\",\"value\":{\"ago\":{\"amount\":1,\"unit\":\"decade\"}}}"],
        ["a key within an operand", "{\"field\":\"a\",\"operator\":\"on\",\"value\":{\"ago\":{\"amount\":1,\"unit\":\"day\",\"zone\":\"UTC\"}}}"],
        ["a key beside an operand", "{\"field\":\"a\",\"operator\":\"same_as\",\"value\":{\"field\":\"b\",\"of\":\"c\"}}"],
        ["a distance from nothing", "{\"field\":\"a\",\"operator\":\"farther_than\",\"value\":{\"after\":{\"amount\":1,\"unit\":\"day\"}}}"],
        ["a number with more digits than fit", "{\"field\":\"a\",\"operator\":\"is\",\"value\":12345678901234567890}"],
        ["a number with a nought", "{\"field\":\"a\",\"operator\":\"is\",\"value\":1.0}"],
        ["a key that stands twice", `{"field":"caller",${about}}`],
        ["a group with something beside", `{"all":[{${about}}],"limit":3}`],
        ["a group that stands twice", `{"all":[{${about}}],"all":[{${about}}]}`],
        ["a group of nothing", "{\"any\":[]}"],
        ["the opposite of what it does not know", "{ \"field\" : \"parent\", \"operator\":\"in_hierarchy\" }"],
    ])("keeps %s letter by letter while another clause is changed", (_, odd) => {
        const other = "{\"field\":\"subject\",\"operator\":\"contains\",\"value\":\"old\"}";
        for (const around of [(text: string) => `{"all":[${text},${other}]}`, (text: string) => `{"any":[${other},{"not":{"all":[${text}]}}]}`]) {
            const { tree, readable } = parsed(around(odd));
            expect([readable, countOf(tree), clausesOf(tree).filter(one => one.kind === "kept").map(one => one.text)]).toEqual([true, 2, [odd]]);
            const [changed] = clausesOf(tree).filter(one => one.kind === "clause");
            expect(changed?.field).toBe("subject");
            expect(written(replaced(tree, changed!.id, { ...changed!, operands: [operand("value", "new")] }))).toBe(around(odd).replace("old", "new"));
        }
        expect(written(parsed(odd).tree)).toBe(`{"all":[${odd}]}`);
        expect(written(parsed(`{"not":${odd}}`).tree)).toBe(`{"not":{"all":[${odd}]}}`);
    });

    it("loses nothing of any condition that the manual names, and has a form for most", () => {
        const manual = readFileSync(new URL("../../../docs/conditions.md", import.meta.url), "utf8");
        const examples = [...manual.matchAll(/`(\{"field".*?\})`/g)].map(([, text]) => text ?? "");
        expect(examples.length).toBeGreaterThan(28);
        for (const text of examples) { expect(written(parsed(text).tree)).toBe(`{"all":[${text}]}`); }
        const shown = (text: string) => clausesOf(parsed(text).tree).every(one => one.kind === "clause");
        expect(examples.filter(text => !shown(text)).map(text => (JSON.parse(text) as { operator: string }).operator)).toEqual(["in_hierarchy", "changes", "changes_to", "changes_from"]);
    });

    it("gives back letter by letter a clause that nobody changed, however it was written", () => {
        const text = "{\"all\":[{ \"operator\": \"is\", \"value\": 3, \"field\": \"\\u0061, ]\" },{\"field\":\"b\",\"operator\":\"is\",\"value\":\"c\"}]}";
        const { tree } = parsed(text);
        expect(written(tree)).toBe(text);
        const [one, two] = clausesOf(tree).filter(each => each.kind === "clause");
        expect(one?.field).toBe("a, ]");
        expect(written(replaced(tree, two!.id, null))).toBe(text.replace(/,\{"field":"b".*?\}/, ""));
        expect(toJson(replaced(tree, one!.id, { ...one!, operator: "is_not" }))).toEqual({ all: [{ field: "a, ]", operator: "is_not", value: "3" }, clause("b", "is", "c")] });
    });

    it("shows a clause as text where the form has no place for a part of it", () => {
        const of = (kind: string) => ({ name: "a", kind }) as FieldBody;
        const asks = (more: object) => ({ ...emptyClause("a", "same_as"), operands: [operand("field", "b")], ...more });
        expect([shows(asks({ unit: "day" }), of("date")), shows(asks({ unit: "hour" }), of("date")), shows(asks({ unit: "hour" }), of("datetime")), shows(asks({ unit: "day" }), of("string"))]).toEqual([true, false, true, false]);
        expect([shows(asks({ part: "hour" }), of("datetime")), shows(asks({ part: "decade" }), of("datetime")), shows(asks({}), undefined)]).toEqual([true, false, false]);
        expect(shows(asks({ operator: "on", operands: [operand("value", "2026-11-23T10:00:00Z")] }), of("datetime"))).toBe(false);
        expect(shows(asks({ operator: "is", operands: [{ ...operand("after", "1"), field: "b" }] }), of("string"))).toBe(false);
    });

    it("changes and removes one node and leaves the others alone", () => {
        const [one, two] = [{ ...emptyClause("a"), operands: [operand("value", "1")] }, { ...emptyClause("b"), operands: [operand("value", "2")] }];
        const tree = emptyGroup("all", [one, emptyGroup("any", [two])]);
        expect(toJson(replaced(tree, two.id, { ...two, operands: [operand("value", "3")] }))).toEqual({ all: [clause("a", "is", "1"), { any: [clause("b", "is", "3")] }] });
        expect(clausesOf(replaced(tree, one.id, null)).map(left => left.kind === "clause" && left.field)).toEqual(["b"]);
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
        expect([formsOf(of("datetime"), "", "farther_than"), formsOf(of("reference", "user"), "", "has_words")]).toEqual([["after", "before"], ["value"]]);
        expect([unitsOf("datetime", "same_as").length, unitsOf("date", "not_same_as").includes("hour"), unitsOf("string", "same_as"), unitsOf("date", "on")]).toEqual([7, false, [], []]);
        expect([formOf(operand("value", "2026-11-23"), ["value", "day"]), formOf(operand("value", "2026-11-23T10:00:00Z"), ["value", "day"]), formOf(operand("value", "2026-11-23"), ["value"])]).toEqual(["day", "value", "value"]);
        expect([takes("between"), takes("not_in"), takes("is_not_empty"), takes("on")]).toEqual([2, "several", 0, 1]);
        expect([partsOf("date").includes("hour"), partsOf("datetime").includes("hour"), partsOf("string")]).toEqual([false, true, []]);
    });

    it("keeps what was given where another operator takes it too, and drops what does not fit", () => {
        const field = { name: "created_at", kind: "datetime" } as FieldBody;
        const ago = { ...emptyClause("created_at", "less_than"), operands: [{ form: "ago" as const, text: "3", unit: "week", field: "" }] };
        expect(refitted({ ...ago, operator: "greater_than" }, field).operands).toEqual(ago.operands);
        expect(refitted({ ...ago, operator: "same_as" }, field).operands).toEqual([operand("field")]);
        expect(refitted({ ...ago, operator: "between" }, field).operands).toHaveLength(2);
        expect(complete(refitted({ ...ago, operator: "between" }, field))).toBe(false);
        expect(refitted({ ...emptyClause("created_at", "less_than"), operands: [operand("period")] }, field).operands).toEqual([operand("value")]);
        const day = { ...emptyClause("created_at", "same_as"), unit: "day", operands: [operand("field", "updated_at")] };
        expect([refitted({ ...day, operator: "not_same_as" }, field).unit, refitted({ ...day, operator: "less_than" }, field).unit]).toEqual(["day", ""]);
        const far = { ...emptyClause("created_at", "farther_than"), operands: [operand("after", "3")] };
        expect([complete(far), complete({ ...far, operands: [{ ...operand("after", "3"), field: "updated_at" }] })]).toEqual([false, true]);
        expect(complete({ ...ago, operands: [{ form: "ago", text: "some", unit: "week", field: "" }] })).toBe(false);
    });

    it("follows a path through a reference, and no further than there is one", () => {
        const field = (name: string, kind: string, table: string | null = null) => ({ name, kind, table, label: {}, choices: [], mandatory: false, read_only: false, secret: false, encrypted: false, max_length: 10 });
        const tables = [{ name: "task", fields: [field("caller", "reference", "user"), field("subject", "string")] }, { name: "user", fields: [field("name", "string")] }] as unknown as TableBody[];
        expect(fieldAt(tables, "task", "caller.name")?.kind).toBe("string");
        expect(fieldAt(tables, "task", "subject.name")).toBeUndefined();
        expect([fieldAt(tables, "task", "sys_id")?.table, fieldAt(tables, "task", "caller.sys_id")?.table]).toEqual(["task", "user"]);
    });
});
