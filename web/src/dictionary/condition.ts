/* Conditions: the tree that one builds, and the JSON of the API. Pure. */

import type { FieldBody, TableBody } from "../api/client";

export type Operator = "is" | "is_not" | "in" | "contains" | "starts_with" | "is_empty" | "is_not_empty" | "less_than" | "greater_than";

/** A condition as the API takes it. */
export type Json =
    | { all: Json[] }
    | { any: Json[] }
    | { not: Json }
    | { field: string; operator: string; value?: string; values?: string[] };

export interface Clause { kind: "clause"; id: number; field: string; operator: Operator; value: string; values: string[] }
export interface Group { kind: "group"; id: number; join: "all" | "any"; negated: boolean; parts: Node[] }
export type Node = Clause | Group;

/** Groups within groups that the builder offers; the API takes more. */
export const DEPTH_MAX = 3;

let last = 0;
const fresh = (): number => (last += 1);

export const emptyGroup = (join: "all" | "any" = "all", parts: Node[] = []): Group => ({ kind: "group", id: fresh(), join, negated: false, parts });
export const emptyClause = (field = "", operator: Operator = "is"): Clause => ({ kind: "clause", id: fresh(), field, operator, value: "", values: [] });

const LISTS = ["reference_list", "text_list"];
const TEXTS = ["string", "text", "html", "email", "number", "url", "json"];

/** What can be asked of a field of a kind. */
export function operatorsOf(kind: string): Operator[] {
    if (LISTS.includes(kind)) { return ["contains", "is_empty", "is_not_empty"]; }
    if (TEXTS.includes(kind)) { return ["contains", "starts_with", "is", "is_not", "in", "is_empty", "is_not_empty"]; }
    if (kind === "choice") { return ["is", "is_not", "in", "is_empty", "is_not_empty"]; }
    if (kind === "boolean") { return ["is", "is_not"]; }
    if (kind === "reference") { return ["is", "is_not", "is_empty", "is_not_empty"]; }
    if (kind === "datetime" || kind === "date") { return ["greater_than", "less_than", "is_empty", "is_not_empty"]; }
    return ["is", "is_not", "less_than", "greater_than", "is_empty", "is_not_empty"];
}

const takesNothing = (operator: Operator) => operator === "is_empty" || operator === "is_not_empty";
/** Whether a clause says all that it needs. */
export const complete = (clause: Clause): boolean =>
    clause.field !== "" && (takesNothing(clause.operator) || (clause.operator === "in" ? clause.values.length > 0 : clause.value !== ""));

/** The JSON of a tree; `null` where it asks nothing. What is not complete yet is left out. */
export function toJson(node: Node): Json | null {
    if (node.kind === "clause") {
        if (!complete(node)) { return null; }
        const { field, operator, value, values } = node;
        if (operator === "is_not_empty") { return { not: { field, operator: "is_empty" } }; }
        if (operator === "is_empty") { return { field, operator }; }
        return operator === "in" ? { field, operator, values } : { field, operator, value };
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
    const { field, operator, value, values } = source;
    if (typeof field !== "string" || typeof operator !== "string" || !OPERATORS.includes(operator as Operator)) { return null; }
    const texts = Array.isArray(values) ? values.map(String) : [];
    return { ...emptyClause(field, operator as Operator), value: value === undefined ? "" : String(value), values: texts };
}

const OPERATORS: Operator[] = ["is", "is_not", "in", "contains", "starts_with", "is_empty", "less_than", "greater_than"];

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

/** The field at the end of a path, one reference deep or more. */
export function fieldAt(tables: TableBody[], table: string, path: string): FieldBody | undefined {
    let current: string | null | undefined = table;
    let found: FieldBody | undefined;
    for (const name of path.split(".")) {
        found = tables.find(one => one.name === current)?.fields.find(field => field.name === name);
        if (found === undefined) { return undefined; }
        current = found.kind === "reference" ? found.table : null;
    }
    return found;
}
