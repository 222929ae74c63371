/* Conditions: the tree that one builds, and the JSON of the API. Pure. */

import type { FieldBody, TableBody } from "../api/client";

/** What can be asked in a list; what looks back (`changes`) is for rules alone. */
const OPERATORS = [
    "contains", "not_contains", "starts_with", "ends_with", "is", "is_not", "in", "not_in", "has", "has_not", "on", "not_on",
    "less_than", "less_or_equal", "greater_than", "greater_or_equal", "between", "is_empty", "is_not_empty", "same_as", "not_same_as", "farther_than", "nearer_than", "instance_of", "has_words", "anything",
] as const;
export type Operator = typeof OPERATORS[number];

export const PERIODS = [
    "today", "yesterday", "tomorrow", "this_week", "last_week", "next_week", "this_month", "last_month", "next_month", "this_quarter", "last_quarter", "next_quarter",
    "this_year", "last_year", "next_year", "last_7_days", "last_30_days", "last_60_days", "last_90_days", "next_7_days", "next_30_days",
] as const;
export const UNITS = ["minute", "hour", "day", "week", "month", "quarter", "year"] as const;
export const PARTS = ["year", "quarter", "month", "week", "day", "day_of_week", "hour"] as const;

/** How what a field is compared with is given. A day is a value too, of a field that holds moments. */
export type Form = "value" | "day" | "period" | "ago" | "ahead" | "before" | "after" | "field" | "me" | "my_groups";
/** `text` is the value, the day, the word of the period, the path of the field, or the amount of units; `field` is what lies
    so many units away, for `before` and `after`. */
export interface Operand { form: Form; text: string; unit: string; field: string }

type Special = { field: string } | { dynamic: string } | { period: string } | { ago: Length } | { ahead: Length } | { before: Apart } | { after: Apart };
interface Length { amount: number; unit: string }
interface Apart extends Length { field: string }
type Given = string | Special;

/** A condition as the API takes it. */
export type Json =
    | { all: Json[] }
    | { any: Json[] }
    | { not: Json }
    | { field: string; part?: string; unit?: string; operator: string; value?: Given; values?: Given[] };

/** `unit` is the one in which both lie, for `same_as` and `not_same_as`. `source` is how a clause came that nobody has changed
    since, as long as it still `says` the same. */
export interface Clause { kind: "clause"; id: number; field: string; part: string; unit: string; operator: Operator; operands: Operand[]; source?: { text: string; says: string } }
/** What the builder cannot show in full: it stays as it came, letter by letter, or is removed as a whole. */
export interface Kept { kind: "kept"; id: number; text: string }
export interface Group { kind: "group"; id: number; join: "all" | "any"; negated: boolean; parts: Node[] }
export type Node = Clause | Kept | Group;

/** Groups within groups that the builder offers; the API takes more. */
export const DEPTH_MAX = 3;

let last = 0;
const fresh = (): number => (last += 1);

export const operand = (form: Form = "value", text = ""): Operand => ({ form, text, unit: "day", field: "" });
export const emptyGroup = (join: "all" | "any" = "all", parts: Node[] = []): Group => ({ kind: "group", id: fresh(), join, negated: false, parts });
export const emptyClause = (field = "", operator: Operator = "is"): Clause => ({ kind: "clause", id: fresh(), field, part: "", unit: "", operator, operands: [] });
const kept = (text: string): Kept => ({ kind: "kept", id: fresh(), text });

const LISTS = ["reference_list", "text_list"];
const TEXTS = ["string", "text", "html", "email", "number", "url", "json"];
const TIMES = ["datetime", "date"];
const ORDER: Operator[] = ["less_than", "less_or_equal", "greater_than", "greater_or_equal"];
const EMPTY: Operator[] = ["is_empty", "is_not_empty"];
const SAME: Operator[] = ["same_as", "not_same_as"];
const APART: Operator[] = ["farther_than", "nearer_than"];
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
    if (kind === "reference") { return [...ONES, ...EMPTY, ...WORDS, ...SAME, "instance_of", "has_words"]; }
    if (TIMES.includes(kind)) { return ["on", "not_on", ...ORDER, "between", ...EMPTY, ...SAME, ...APART]; }
    return [...ONES, ...ORDER, "between", ...EMPTY, ...SAME];
}

/** How many operands an operator takes; `several`: one or more. */
export function takes(operator: Operator): 0 | 1 | 2 | "several" {
    if (operator === "between") { return 2; }
    if (operator === "in" || operator === "not_in") { return "several"; }
    return operator === "anything" || EMPTY.includes(operator) ? 0 : 1;
}

/** Whether an operator puts a whole moment or day beside another field, so that no part of it can be asked. */
export const isOfWhole = (operator: Operator): boolean => SAME.includes(operator) || APART.includes(operator);

/** The parts that a kind has. */
export const partsOf = (kind: string | undefined): readonly string[] => kind === "datetime" ? PARTS : kind === "date" ? PARTS.filter(part => part !== "hour") : [];

/** The units by which two values of a kind are compared: a day has no minutes and hours. */
export const unitsBetween = (kind: string | undefined): readonly string[] => kind === "date" ? UNITS.filter(unit => unit !== "minute" && unit !== "hour") : UNITS;
/** The units in which two values of a kind can lie together. */
export const unitsOf = (kind: string | undefined, operator: Operator): readonly string[] => SAME.includes(operator) && isTime(kind) ? unitsBetween(kind) : [];

/** In which forms an operand can be given; the first is the usual one. */
export function formsOf(field: FieldBody | undefined, part: string, operator: Operator): Form[] {
    const kind = field?.kind ?? "string";
    if (SAME.includes(operator)) { return ["field"]; }
    if (APART.includes(operator)) { return ["after", "before"]; }
    if (part !== "" || operator === "instance_of" || operator === "has_words") { return ["value"]; }
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
export function refitted(before: Clause, field: FieldBody | undefined): Clause {
    const clause = { ...before, unit: unitsOf(field?.kind, before.operator).includes(before.unit) ? before.unit : "" };
    const forms = formsOf(field, clause.part, clause.operator);
    const count = takes(clause.operator);
    const fit = clause.operands.filter(one => says(one) && forms.includes(formOf(one, forms)));
    if (count === "several") { return { ...clause, operands: fit.filter(one => one.text !== "") }; }
    return { ...clause, operands: Array.from({ length: count }, (_, at) => fit[at] ?? operand(forms[0])) };
}

const AMOUNT = /^\d+$/;
function says({ form, text, field }: Operand): boolean {
    switch (form) {
        case "me": case "my_groups": return true;
        case "ago": case "ahead": return AMOUNT.test(text.trim());
        case "before": case "after": return AMOUNT.test(text.trim()) && field !== "";
        default: return text !== "";
    }
}

/** Whether a clause says all that it needs. */
export function complete(clause: Clause): boolean {
    const count = takes(clause.operator);
    const enough = count === "several" ? clause.operands.length > 0 : clause.operands.length >= count;
    return clause.field !== "" && enough && clause.operands.slice(0, count === "several" ? undefined : count).every(says);
}

/** Whether all that a clause says can be seen where it is edited. */
export function shows(clause: Clause, field: FieldBody | undefined): boolean {
    const forms = formsOf(field, clause.part, clause.operator);
    const dated = clause.operands.every(one => formOf(one, forms) !== "day" || one.text === "" || DAY.test(one.text));
    const sided = clause.operands.every(one => one.form !== "before" && one.form !== "after" || forms.includes(one.form));
    return field !== undefined && dated && sided && (clause.part === "" || partsOf(field.kind).includes(clause.part)) && (clause.unit === "" || unitsOf(field.kind, clause.operator).includes(clause.unit));
}

function given({ form, text, unit, field }: Operand): Given {
    switch (form) {
        case "field": return { field: text };
        case "me": case "my_groups": return { dynamic: form };
        case "period": return { period: text };
        case "ago": return { ago: { amount: Number(text), unit } };
        case "ahead": return { ahead: { amount: Number(text), unit } };
        case "before": return { before: { amount: Number(text), unit, field } };
        case "after": return { after: { amount: Number(text), unit, field } };
        default: return text;
    }
}

function asked({ field, part, unit, operator, operands }: Clause): Json {
    const count = takes(operator);
    const all = operands.map(given);
    const question = { field, ...part ? { part } : {}, ...unit ? { unit } : {}, operator };
    return count === 0 ? question : count === 1 ? { ...question, value: all[0] as Given } : { ...question, values: count === 2 ? all.slice(0, 2) : all };
}

/** The filter of an address for a tree; `null` where it asks nothing. What is not complete yet is left out; what nobody has
    changed stays letter by letter. */
export function written(node: Node): string | null {
    if (node.kind === "kept") { return node.text; }
    if (node.kind === "clause") { return complete(node) ? clauseText(node) : null; }
    const parts = node.parts.map(written).filter(part => part !== null);
    if (parts.length === 0) { return null; }
    const group = `{"${node.join}":[${parts.join(",")}]}`;
    return node.negated ? `{"not":${group}}` : group;
}

export function clauseText(clause: Clause): string {
    const says = JSON.stringify(asked(clause));
    return clause.source?.says === says ? clause.source.text : says;
}

/** The JSON of a tree; `null` where it asks nothing. */
export function toJson(node: Node): Json | null {
    const text = written(node);
    return text === null ? null : JSON.parse(text) as Json;
}

/** The tree of a JSON condition; what the builder does not know is kept in it. */
export const fromJson = (json: Json): Group => rooted(JSON.stringify(json));

/** The filter of an address: its tree, or an empty one, and whether it could be read. */
export function parsed(text: string | null): { tree: Group; readable: boolean } {
    if (!text) { return { tree: emptyGroup(), readable: true }; }
    try {
        const json: unknown = JSON.parse(text);
        return typeof json === "object" && json !== null ? { tree: rooted(text.trim()), readable: true } : { tree: emptyGroup(), readable: false };
    } catch { return { tree: emptyGroup(), readable: false }; }
}

function rooted(text: string): Group {
    if (bare(text) === "{\"all\":[]}") { return emptyGroup(); }
    const node = read(text);
    return node.kind === "group" ? node : emptyGroup("all", [node]);
}

/** The part of a tree for JSON that is known to be such. A group of nothing has an answer too, which the builder would lose. */
function read(text: string): Node {
    const source = JSON.parse(text) as Record<string, unknown>;
    const [key, ...others] = typeof source === "object" && source !== null && !Array.isArray(source) ? Object.keys(source) : [];
    if (key === undefined) { return kept(text); }
    const within = text.slice(text.indexOf(":") + 1, text.lastIndexOf("}")).trim();
    if (others.length === 0 && isJson(within)) {
        if ((key === "all" || key === "any") && Array.isArray(source[key]) && source[key].length > 0) { return emptyGroup(key, items(within).map(read)); }
        if (key === "not") { return negated(read(within)); }
    }
    const clause = bare(text) === JSON.stringify(source) ? readClause(source) : null;
    return clause ? { ...clause, source: { text, says: JSON.stringify(asked(clause)) } } : kept(text);
}

/** What stands behind a key is none where the key stands twice. */
function isJson(text: string): boolean {
    try { JSON.parse(text); return true; } catch { return false; }
}

const STRING = /"(?:[^"\\]|\\.)*"/.source;
/** JSON without its spaces. It differs from what JavaScript makes of it where that would not give it back: a key that stands
    twice, a number with more digits than fit. */
const bare = (text: string): string => text.replace(new RegExp(`${STRING}|\\s+`, "g"), one => one.startsWith("\"") ? JSON.stringify(JSON.parse(one)) : "");

/** The texts of the items of an array. */
function items(array: string): string[] {
    const found: string[] = [];
    let [depth, from] = [0, 1];
    for (const { 0: token, index } of array.matchAll(new RegExp(`${STRING}|[[\\]{},]`, "g"))) {
        if (token === "[" || token === "{") { depth += 1; }
        if (token === "]" || token === "}") { depth -= 1; }
        if (token === "," && depth === 1 || token === "]" && depth === 0) {
            found.push(array.slice(from, index).trim());
            from = index + 1;
        }
    }
    return found;
}

/** A clause that the builder shows in full: writing what was read gives all of it back, whatever else may stand in one. */
function readClause(source: Record<string, unknown>): Clause | null {
    const { field, operator, value, values, part, unit } = source;
    if (typeof field !== "string" || !OPERATORS.includes(operator as Operator)) { return null; }
    const word = (one: unknown): string => typeof one === "string" ? one : "";
    const operands = [...value === undefined ? [] : [value], ...Array.isArray(values) ? values : []].map(readOperand).filter(one => one !== null);
    const clause: Clause = { ...emptyClause(field, operator as Operator), part: word(part), unit: word(unit), operands };
    const listed = takes(clause.operator) !== "several" || operands.every(one => one.form === "value");
    return complete(clause) && listed && sorted(asked(clause)) === sorted({ ...source, ...value === undefined ? {} : { value: plain(value) }, ...Array.isArray(values) ? { values: values.map(plain) } : {} }) ? clause : null;
}

/** Numbers and flags may be written as such where a value stands; they are texts to the API. */
const plain = (json: unknown): unknown => typeof json === "number" || typeof json === "boolean" ? String(json) : json;

const sorted = (json: unknown): string => JSON.stringify(json, (_, value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)) : value);

function readOperand(json: unknown): Operand | null {
    if (typeof json !== "object" || json === null) { return operand("value", String(json)); }
    const source = json as Record<string, unknown>;
    if (typeof source.field === "string") { return operand("field", source.field); }
    if (source.dynamic === "me" || source.dynamic === "my_groups") { return operand(source.dynamic); }
    if ((PERIODS as readonly unknown[]).includes(source.period)) { return operand("period", String(source.period)); }
    for (const form of ["ago", "ahead", "before", "after"] as const) {
        const length = source[form] as Partial<Apart> | null | undefined;
        if (length && UNITS.some(unit => unit === length.unit)) { return { form, text: String(length.amount ?? ""), unit: length.unit ?? "day", field: length.field ?? "" }; }
    }
    return null;
}

function negated(node: Node): Node {
    if (node.kind === "clause" && node.operator === "is_empty") { return { ...node, operator: "is_not_empty" }; }
    if (node.kind === "group" && !node.negated) { return { ...node, negated: true }; }
    return { ...emptyGroup("all", [node]), negated: true };
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

export const clausesOf = (node: Node): (Clause | Kept)[] => node.kind === "group" ? node.parts.flatMap(clausesOf) : [node];

/** How many questions a tree asks. */
export const countOf = (tree: Group): number => clausesOf(tree).filter(one => one.kind === "kept" || complete(one)).length;

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
