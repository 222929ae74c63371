/* The field mapping of an inbound action: the JSON of the API, and the rows that one edits. What a row does not show of an
   entry stays in it. Pure. */

import type { FieldBody, TableBody } from "../api/client";

/** Where a value comes from, the likely first. */
export const SOURCES = ["subject", "body", "new_text", "body_text", "rest", "sender", "original_sender", "copied_users", "constant", "template", "pair", "capture"] as const;
/** Those that need a value of their own. */
const WITH_VALUE = ["constant", "template", "pair", "capture"];

export interface Row { key: number; field: string; from: string; value: string; rest: Record<string, unknown> }

let last = 0;
export const emptyRow = (field = "", from = "new_text"): Row => ({ key: (last += 1), field, from, value: "", rest: {} });

export const takesValue = (from: string): boolean => WITH_VALUE.includes(from) || !(SOURCES as readonly string[]).includes(from);

/** The rows of a mapping, or null where it is none that rows can show. */
export function rowsOf(text: string): Row[] | null {
    if (text.trim() === "") { return []; }
    let json: unknown;
    try { json = JSON.parse(text); } catch { return null; }
    if (!Array.isArray(json)) { return null; }
    const rows = json.map((entry: unknown): Row | null => {
        if (typeof entry !== "object" || entry === null) { return null; }
        const { field, from, value, ...rest } = entry as Record<string, unknown>;
        const shown = value === undefined || ["string", "number", "boolean"].includes(typeof value);
        return typeof field === "string" && typeof from === "string" && shown ? { ...emptyRow(field, from), value: value === undefined ? "" : String(value), rest } : null;
    });
    return rows.every(row => row !== null) ? rows : null;
}

/** The mapping of rows; null where there is none. Rows without a field are left out. */
export function mappingOf(rows: readonly Row[]): string | null {
    const entries = rows.filter(row => row.field !== "").map(({ field, from, value, rest }) => ({ field, from, ...takesValue(from) && value !== "" ? { value } : {}, ...rest }));
    return entries.length === 0 ? null : JSON.stringify(entries);
}

/** The fields that a mapping can set. */
export const settable = (table: TableBody | undefined): FieldBody[] => (table?.fields ?? []).filter(field => !field.read_only && !field.base && !field.secret && field.kind !== "number");
