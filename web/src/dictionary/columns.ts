/* Which columns a list shows: chosen by the reader and kept in this browser, else sensible ones. */

import type { FieldBody, TableBody } from "../api/client";

/** Columns of a list that nobody has chosen yet. */
const COLUMNS_USUAL = 6;
const CHOSEN: Record<string, string[]> = {
    task: ["number", "subject", "state", "assigned_user", "updated_at"],
    incident: ["number", "subject", "caller", "state", "impact", "assigned_user", "updated_at"],
    user: ["name", "email", "active", "language", "roles"],
    notification_rule: ["name", "active", "table", "subject", "updated_at"],
    inbound_action: ["name", "active", "order", "table", "message_type", "kind"],
    scheduled_job: ["name", "active", "cron", "time_zone", "event_name", "updated_at"],
    access_rule: ["name", "active", "operation", "table", "field", "roles"],
    role: ["name", "description"],
    setting: ["name", "value", "updated_at"],
};
const LONG = ["text", "html", "json", "journal"];

export const shows = (field: FieldBody): boolean => !field.secret && field.kind !== "journal";

/** The columns where nobody has chosen: the display field, then what is short. */
export function usual(table: TableBody): string[] {
    const known = (names: string[]) => names.filter(name => table.fields.some(field => field.name === name));
    const chosen = CHOSEN[table.name] ?? (table.extends ? CHOSEN[table.extends] : undefined);
    if (chosen) { return known(chosen); }
    const short = table.fields.filter(field => shows(field) && !LONG.includes(field.kind) && !["created_by", "updated_by", "created_at", "updated_at"].includes(field.name));
    const names = [table.display, ...short.map(field => field.name).filter(name => name !== table.display)].slice(0, COLUMNS_USUAL - 1);
    return known([...names, "updated_at"]);
}

const key = (person: string, table: string) => `rejoinder-columns:${person}:${table}`;

export function chosen(person: string, table: TableBody): string[] {
    try {
        const stored: unknown = JSON.parse(localStorage.getItem(key(person, table.name)) ?? "null");
        if (Array.isArray(stored)) {
            const known = stored.filter((name): name is string => table.fields.some(field => field.name === name && shows(field)));
            if (known.length > 0) { return known; }
        }
    } catch { /* What cannot be read is as if nobody had chosen. */ }
    return usual(table);
}

export function choose(person: string, table: string, names: string[] | null): void {
    if (names === null) { localStorage.removeItem(key(person, table)); } else { localStorage.setItem(key(person, table), JSON.stringify(names)); }
}
