/* How the fields of a form are arranged. Pure. */

import type { FieldBody, FieldValue, FieldValues, TableBody } from "../api/client";

const STAMPS = ["created_at", "created_by", "updated_at", "updated_by"];
const WIDE = ["text", "html", "json"];
/** What people look for first; the rest follows as the dictionary has it. */
const EARLY = ["name", "subject", "active", "state", "impact", "priority", "caller", "assigned_user", "assignment_group", "followers", "email", "type", "table", "order", "kind"];
const place = (field: FieldBody): number => {
    const at = EARLY.indexOf(field.name);
    return at < 0 ? EARLY.length + (field.kind === "boolean" ? 1 : 0) : at;
};

export interface Arranged { first: FieldBody[]; wide: FieldBody[]; stamps: FieldBody[] }

/** Fields with an input, long ones apart, and what only the program sets at the end. Journals are written elsewhere. */
export function arranged(table: TableBody, isNew: boolean): Arranged {
    const shown = table.fields.filter(field => field.kind !== "journal" && !(field.secret && field.read_only));
    const inputs = shown.filter(field => !STAMPS.includes(field.name) && field.kind !== "number" && !(isNew && field.read_only)).sort((one, other) => place(one) - place(other));
    return {
        first: inputs.filter(field => !WIDE.includes(field.kind)),
        wide: inputs.filter(field => WIDE.includes(field.kind)),
        stamps: isNew ? [] : shown.filter(field => STAMPS.includes(field.name)),
    };
}

/** Whether a text is JSON, or nothing. */
export function isJson(text: string): boolean {
    if (text.trim() === "") { return true; }
    try { JSON.parse(text); return true; } catch { return false; }
}

/** What everybody may say of a new task, in the order in which people tell it; see the access rules that ship. */
const REPORTED = ["subject", "description", "impact"];
export const reported = (table: TableBody): FieldBody[] => REPORTED.flatMap(name => table.fields.filter(field => field.name === name && !field.read_only));

/** Where a new record begins: the defaults of its fields, as inputs hold them. */
export function defaults(fields: FieldBody[]): FieldValues {
    const value = ({ kind, default: text }: FieldBody): FieldValue => kind === "boolean" ? text === "true" : kind === "integer" ? Number(text) : text ?? null;
    return Object.fromEntries(fields.filter(field => field.default !== undefined && field.default !== null && !field.read_only && !field.secret).map(field => [field.name, value(field)]));
}
