/* Values of fields: between what the API gives and what inputs hold. Pure. */

import type { FieldBody, FieldValue } from "../api/client";

/** An RFC 3339 moment as `datetime-local` holds it, in the browser's time zone. */
export function toLocal(moment: string): string {
    const date = new Date(moment);
    if (Number.isNaN(date.getTime())) { return ""; }
    const two = (value: number) => String(value).padStart(2, "0");
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** What `datetime-local` holds as an RFC 3339 moment in UTC. */
export function fromLocal(local: string): string {
    const date = new Date(local);
    return local === "" || Number.isNaN(date.getTime()) ? "" : date.toISOString().replace(/\.000Z$/, "Z");
}

/** Equal for a record: no value, an empty text, an empty list and an unset yes are one. */
export function same(one: FieldValue | undefined, other: FieldValue | undefined): boolean {
    return JSON.stringify(normal(one)) === JSON.stringify(normal(other));
}

function normal(value: FieldValue | undefined): FieldValue {
    if (value === undefined || value === "" || value === false) { return null; }
    return Array.isArray(value) && value.length === 0 ? null : value;
}

/** The text of an input for a value. */
export const textOf = (value: FieldValue | undefined): string => value === undefined || value === null ? "" : Array.isArray(value) ? value.join(", ") : String(value);

/** The value of a text input; `null` where it is empty. An unreadable number stays a text, for the API to refuse. */
export function valueOf(kind: string, text: string): FieldValue {
    if (text.trim() === "") { return null; }
    if (kind === "integer" && /^-?\d+$/.test(text.trim())) { return Number(text.trim()); }
    return kind === "text" || kind === "html" || kind === "json" ? text : text.trim();
}

/** The texts of a list as somebody types it: separated by commas, semicolons or lines. */
export const listOf = (text: string): string[] => text.split(/[,;\n]+/).map(one => one.trim()).filter(Boolean);

/** What somebody wrote into a record, by field; only what differs from `base` counts. */
export function changes(base: Record<string, FieldValue>, draft: Record<string, FieldValue>, fields: FieldBody[]): Record<string, FieldValue> {
    const changed: Record<string, FieldValue> = {};
    for (const field of fields) {
        const value = draft[field.name];
        if (value === undefined) { continue; }
        if (field.secret ? value !== null : !same(base[field.name], value)) { changed[field.name] = value; }
    }
    return changed;
}

export interface Clash { field: string; mine: FieldValue; theirs: FieldValue }

/** Where somebody else has written what I have written too, with other values. */
export function clashes(base: Record<string, FieldValue>, theirs: Record<string, FieldValue>, mine: Record<string, FieldValue>): Clash[] {
    return Object.entries(mine)
        .filter(([field, value]) => !same(base[field], theirs[field]) && !same(theirs[field], value))
        .map(([field, value]) => ({ field, mine: value, theirs: theirs[field] ?? null }));
}
