/* Conditions: the tree that one builds, and the JSON of the API. Pure. */

import type { FieldBody, TableBody } from "../api/client";

/** What can be asked in a list; what looks back (`changes`) is for rules alone. */
const OPERATORS = [
    "contains", "not_contains", "starts_with", "ends_with", "is", "is_not", "in", "not_in", "has", "has_not", "on", "not_on",
    "less_than", "less_or_equal", "greater_than", "greater_or_equal", "between", "is_empty", "is_not_empty", "same_as", "not_same_as", "instance_of", "anything",
] as const;
export type Operator = typeof OPERATORS[number];

export const PERIODS = [
    "today", "yesterday", "tomorrow", "this_week", "last_week", "next_week", "this_month", "last_month", "next_month", "this_quarter", "last_quarter", "next_quarter",
    "this_year", "last_year", "next_year", "last_7_days", "last_30_days", "last_60_days", "last_90_days", "next_7_days", "next_30_days",
] as const;
export const UNITS = ["minute", "hour", "day", "week", "month", "quarter", "year"] as const;
export const PARTS = ["year", "quarter", "month", "week", "day", "day_of_week", "hour"] as const;

/** How what a field is compared with is given. A day is a value too, of a field that holds moments. */
export type Form = "value" | "day" | "period" | "ago" | "ahead" | "field" | "me" | "my_groups";
/** `text` is the value, the day, the word of the period, the path of the field, or the amount of units. */
export interface Operand { form: Form; text: string; unit: string }

type Special = { field: string } | { dynamic: string } | { period: string } | { ago: Length } | { ahead: Length };
interface Length { amount: number; unit: string }
type Given = string | Special;

/** A condition as the API takes it. */
export type Json =
    | { all: Json[] }
    | { any: Json[] }
    | { not: Json }
    | { field: string; part?: string; operator: string; value?: Given; values?: Given[] };

export interface Clause { kind: "clause"; id: number; field: string; part: string; operator: Operator; operands: Operand[] }
export interface Group { kind: "group"; id: number; join: "all" | "any"; negated: boolean; parts: Node[] }
export type Node = Clause | Group;

/** Groups within groups that the builder offers; the API takes more. */
export const DEPTH_MAX = 3;

let last = 0;
const fresh = (): number => (last += 1);

export const operand = (form: Form = "value", text = ""): Operand => ({ form, text, unit: "day" });
export const emptyGroup = (join: "all" | "any" = "all", parts: Node[] = []): Group => ({ kind: "group", id: fresh(), join, negated: false, parts });
export const emptyClause = (field = "", operator: Operator = "is"): Clause => ({ kind: "clause", id: fresh(), field, part: "", operator, operands: [] });

const LISTS = ["reference_list", "text_list"];
const TEXTS = ["string", "text", "html", "email", "number", "url", "json"];
const TIMES = ["datetime", "date"];
const ORDER: Operator[] = ["less_than", "less_or_equal", "greater_than", "greater_or_equal"];
const EMPTY: Operator[] = ["is_empty", "is_not_empty"];
const SAME: Operator[] = ["same_as", "not_same_as"];
const WORDS: Operator[] = ["contains", "not_contains", "starts_with", "ends_with"];
const ONES: Operator[] = ["is", "is_not", "in", "not_in"];

export const isTime = (kind: string | undefined): boolean => TIMES.includes(kind ?? "");

/** What can be asked of a field of a kind, the likely first; of a part of a moment or day, what numbers can be asked. */
export function operatorsOf(kind: string, part = ""): Operator[] {
    if (part !== "") { return [...ONES, ...ORDER, "between"]; }
    if (LISTS.includes(kind)) { return ["has", "has_not", ...EMPTY]; }
    if (TEXTS.includes(kind)) { return [...WORDS, ...ONES, ...EMPTY, ...SAME, ...ORDER, "between"]; }
    if (kind === "choice") { return [...ONES, ...EMPTY, ...SAME]; }
    if (kind === "boolean") { return ["is", "is_not"]; }
    if (kind === "reference") { return [...ONES, ...EMPTY, ...WORDS, ...SAME, "instance_of"]; }
    if (TIMES.includes(kind)) { return ["on", "not_on", ...ORDER, "between", ...EMPTY, ...SAME]; }
    return [...ONES, ...ORDER, "between", ...EMPTY, ...SAME];
}

/** How many operands an operator takes; `several`: one or more. */
export function takes(operator: Operator): 0 | 1 | 2 | "several" {
    if (operator === "between") { return 2; }
    if (operator === "in" || operator === "not_in") { return "several"; }
    return operator === "anything" || EMPTY.includes(operator) ? 0 : 1;
}

/** The parts that a kind has. */
export const partsOf = (kind: string | undefined): readonly string[] => kind === "datetime" ? PARTS : kind === "date" ? PARTS.filter(part => part !== "hour") : [];

/** In which forms an operand can be given; the first is the usual one. */
export function formsOf(field: FieldBody | undefined, part: string, operator: Operator): Form[] {
    const kind = field?.kind ?? "string";
    if (SAME.includes(operator)) { return ["field"]; }
    if (part !== "" || operator === "instance_of") { return ["value"]; }
    const others: Form[] = ORDER.includes(operator) ? ["field"] : [];
    if (TIMES.includes(kind)) {
        if (operator === "on" || operator === "not_on") { return ["period", "day", "ago", "ahead"]; }
        return [...kind === "datetime" ? ["value", "day"] as Form[] : ["day"] as Form[], "ago", "ahead", "period", ...others];
    }
    const whom: Form[] = field?.table === "user" ? ["me"] : field?.table === "group" ? ["my_groups"] : [];
    if (kind === "reference" && (operator === "is" || operator === "is_not")) { return ["value", ...whom]; }
    if (kind === "reference_list" && ["has", "has_not", "contains", "not_contains"].includes(operator)) { return ["value", ...whom]; }
    return ["value", ...others];
}

const DAY = /^\d{4}-\d\d-\d\d$/;
/** The form in which an operand is shown: a value that is a day alone is a day where the field takes days. */
export const formOf = ({ form, text }: Operand, forms: Form[]): Form =>
    form === "value" && forms.includes("day") && (DAY.test(text) || !forms.includes("value")) ? "day" : form;

/** A clause for another field, part or operator: operands that say something stay where they still fit. */
export function refitted(clause: Clause, field: FieldBody | undefined): Clause {
    const forms = formsOf(field, clause.part, clause.operator);
    const count = takes(clause.operator);
    const fit = clause.operands.filter(one => says(one) && forms.includes(formOf(one, forms)));
    if (count === "several") { return { ...clause, operands: fit.filter(one => one.text !== "") }; }
    return { ...clause, operands: Array.from({ length: count }, (_, at) => fit[at] ?? operand(forms[0])) };
}

const says = ({ form, text }: Operand): boolean => form === "me" || form === "my_groups" || (form === "ago" || form === "ahead" ? /^\d+$/.test(text.trim()) : text !== "");

/** Whether a clause says all that it needs. */
export function complete(clause: Clause): boolean {
    const count = takes(clause.operator);
    const enough = count === "several" ? clause.operands.length > 0 : clause.operands.length >= count;
    return clause.field !== "" && enough && clause.operands.slice(0, count === "several" ? undefined : count).every(says);
}

function given({ form, text, unit }: Operand): Given {
    switch (form) {
        case "field": return { field: text };
        case "me": case "my_groups": return { dynamic: form };
        case "period": return { period: text };
        case "ago": return { ago: { amount: Number(text), unit } };
        case "ahead": return { ahead: { amount: Number(text), unit } };
        default: return text;
    }
}

/** The JSON of a tree; `null` where it asks nothing. What is not complete yet is left out. */
export function toJson(node: Node): Json | null {
    if (node.kind === "clause") {
        if (!complete(node)) { return null; }
        const { field, part, operator } = node;
        const count = takes(operator);
        const asked = { field, ...part ? { part } : {}, operator };
        const all = node.operands.map(given);
        return count === 0 ? asked : count === 1 ? { ...asked, value: all[0] as Given } : { ...asked, values: count === 2 ? all.slice(0, 2) : all };
    }
    const parts = node.parts.map(toJson).filter(part => part !== null);
    if (parts.length === 0) { return null; }
    const group: Json = node.join === "all" ? { all: parts } : { any: parts };
    return node.negated ? { not: group } : group;
}

/** The tree of a JSON condition; `null` where it is none that the builder knows. */
export function fromJson(json: unknown): Group | null {
    const node = read(json);
    if (node === null) { return null; }
    return node.kind === "group" ? node : emptyGroup("all", [node]);
}

function read(json: unknown): Node | null {
    if (typeof json !== "object" || json === null) { return null; }
    const source = json as Record<string, unknown>;
    if (Array.isArray(source.all)) { return group("all", source.all); }
    if (Array.isArray(source.any)) { return group("any", source.any); }
    if ("not" in source) { return negated(read(source.not)); }
    const { field, operator, value, values, part } = source;
    if (typeof field !== "string" || !OPERATORS.includes(operator as Operator)) { return null; }
    const operands = [...value === undefined ? [] : [value], ...Array.isArray(values) ? values : []].map(readOperand);
    if (operands.includes(null)) { return null; }
    return { ...emptyClause(field, operator as Operator), part: typeof part === "string" ? part : "", operands: operands as Operand[] };
}

function readOperand(json: unknown): Operand | null {
    if (typeof json !== "object" || json === null) { return operand("value", String(json)); }
    const source = json as Record<string, unknown>;
    if (typeof source.field === "string") { return operand("field", source.field); }
    if (source.dynamic === "me" || source.dynamic === "my_groups") { return operand(source.dynamic); }
    if (typeof source.period === "string") { return operand("period", source.period); }
    for (const form of ["ago", "ahead"] as const) {
        const length = source[form] as Partial<Length> | undefined;
        if (length !== undefined) { return { form, text: String(length.amount ?? ""), unit: length.unit ?? "day" }; }
    }
    return null;
}

function group(join: "all" | "any", sources: unknown[]): Group | null {
    const parts = sources.map(read);
    return parts.includes(null) ? null : emptyGroup(join, parts as Node[]);
}

function negated(node: Node | null): Node | null {
    if (node === null) { return null; }
    if (node.kind === "clause" && node.operator === "is_empty") { return { ...node, operator: "is_not_empty" }; }
    if (node.kind === "group" && !node.negated) { return { ...node, negated: true }; }
    return { ...emptyGroup("all", [node]), negated: true };
}

/** The filter of an address: its tree, or an empty one, and whether it could be read. */
export function parsed(text: string | null): { tree: Group; readable: boolean } {
    if (!text) { return { tree: emptyGroup(), readable: true }; }
    try {
        const tree = fromJson(JSON.parse(text));
        return tree ? { tree, readable: true } : { tree: emptyGroup(), readable: false };
    } catch { return { tree: emptyGroup(), readable: false }; }
}

/** The filter of an address for a tree. */
export function written(tree: Group): string | null {
    const json = toJson(tree);
    return json === null ? null : JSON.stringify(json);
}

/** A tree with one node replaced, or removed where `next` is null. */
export function replaced(node: Group, id: number, next: Node | null): Group {
    if (node.id === id) { return next?.kind === "group" ? next : { ...node, parts: [] }; }
    const parts = node.parts.flatMap((part): Node[] => {
        if (part.id === id) { return next === null ? [] : [next]; }
        return [part.kind === "group" ? replaced(part, id, next) : part];
    });
    return { ...node, parts };
}

export const clausesOf = (node: Node): Clause[] => node.kind === "clause" ? [node] : node.parts.flatMap(clausesOf);

/** Whether a field can be asked at all. */
export const askable = (field: FieldBody): boolean => !field.secret && field.kind !== "journal" && field.kind !== "html";

/** What stands for the record itself, as a reference to its own table. */
export const RECORD_ITSELF = "sys_id";
const ITSELF: Partial<FieldBody> = { name: RECORD_ITSELF, kind: "reference", label: {}, choices: [] };

/** The field at the end of a path, one reference deep or more. */
export function fieldAt(tables: TableBody[], table: string, path: string): FieldBody | undefined {
    let current: string | null | undefined = table;
    let found: FieldBody | undefined;
    for (const name of path.split(".")) {
        if (name === RECORD_ITSELF && current) { return { ...ITSELF, table: current } as FieldBody; }
        found = tables.find(one => one.name === current)?.fields.find(field => field.name === name);
        if (found === undefined) { return undefined; }
        current = found.kind === "reference" ? found.table : null;
    }
    return found;
}
