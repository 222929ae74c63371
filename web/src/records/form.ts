/* How the fields of a form are arranged. Pure. */

import type { FieldBody, TableBody } from "../api/client";

const STAMPS = ["created_at", "created_by", "updated_at", "updated_by"];
const WIDE = ["text", "html", "json"];

export interface Arranged { first: FieldBody[]; wide: FieldBody[]; stamps: FieldBody[] }

/** Fields with an input, long ones apart, and what only the program sets at the end. Journals are written elsewhere. */
export function arranged(table: TableBody, isNew: boolean): Arranged {
    const shown = table.fields.filter(field => field.kind !== "journal" && !(field.secret && field.read_only));
    const ownName = shown.filter(field => field.name === "subject" || (field.name === table.display && !field.read_only));
    const rest = shown.filter(field => !STAMPS.includes(field.name) && !ownName.includes(field) && !(field.kind === "number"));
    return {
        first: [...ownName.sort((a, b) => Number(b.name === table.display) - Number(a.name === table.display)).filter(field => field.kind !== "number"), ...rest.filter(field => !WIDE.includes(field.kind) && !(isNew && field.read_only))],
        wide: rest.filter(field => WIDE.includes(field.kind) && !(isNew && field.read_only)),
        stamps: isNew ? [] : shown.filter(field => STAMPS.includes(field.name)),
    };
}

/** Whether a text is JSON, or nothing. */
export function isJson(text: string): boolean {
    if (text.trim() === "") { return true; }
    try { JSON.parse(text); return true; } catch { return false; }
}
