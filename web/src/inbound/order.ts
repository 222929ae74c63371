/* The order in which inbound actions run, how it is changed with as few writes as possible, and which of them stand at the
   same place. Pure. */

import type { RecordBody } from "../api/client";

export interface Ordered { id: string; name: string; order: number }

/** How far apart orders are put where there is room. */
const STEP = 10;

const number = (value: unknown): number => typeof value === "number" ? value : Number(value ?? 0) || 0;

export const orderOf = (record: RecordBody): Ordered => ({ id: record.id, name: String(record.fields.name ?? ""), order: number(record.fields.order) });

/** As the program runs them: by order, those of one order by name. */
export const inOrder = (one: Ordered, other: Ordered): number => one.order - other.order || (one.name < other.name ? -1 : one.name > other.name ? 1 : 0);

/** The orders to write so that one stands right before or after another; the others keep theirs where they can. */
export function moved(all: readonly Ordered[], id: string, side: "before" | "after", beside: string): { id: string; order: number }[] {
    const rest = all.filter(one => one.id !== id).sort(inOrder);
    const found = rest.findIndex(one => one.id === beside);
    if (found < 0) { return []; }
    const at = found + (side === "after" ? 1 : 0);
    let last = between(rest[at - 1]?.order, rest[at]?.order);
    const changes = [{ id, order: last }];
    for (const one of rest.slice(at)) {
        if (one.order > last) { break; }
        last += 1;
        changes.push({ id: one.id, order: last });
    }
    return changes;
}

/** A number between two; where there is none, one after the first. */
function between(above: number | undefined, below: number | undefined): number {
    if (above === undefined) { return below === undefined ? 10 * STEP : below > STEP ? below - STEP : below > 0 ? Math.floor(below / 2) : 0; }
    if (below === undefined || below - above < 2) { return above + (below === undefined || below <= above ? STEP : 1); }
    const round = Math.ceil((above + 1) / STEP) * STEP;
    return round < below ? round : above + Math.floor((below - above) / 2);
}

/** Others of the same order that may take the same mail, by the id of each: only their names decide which goes first. */
export function equals(records: readonly RecordBody[], tables: readonly Line[]): Map<string, string[]> {
    const found = new Map<string, string[]>();
    const active = records.filter(one => one.fields.active === true);
    for (const one of active) {
        const same = active.filter(other => other.id !== one.id && number(other.fields.order) === number(one.fields.order) && mayMeet(one, other, tables));
        if (same.length > 0) { found.set(one.id, same.map(other => String(other.fields.name))); }
    }
    return found;
}

const list = (value: unknown): string[] => Array.isArray(value) ? value.map(String) : [];
const ALSO = ["on_reports", "on_invitations", "on_automatic"];

/** A table and the one that it extends. */
export interface Line { name: string; extends?: string | null }

/** Whether a table is another or extends it, over any number of steps. */
function isA(tables: readonly Line[], name: unknown, above: unknown): boolean {
    for (let at: unknown = name, steps = 0; at && steps <= tables.length; at = tables.find(one => one.name === at)?.extends, steps += 1) { if (at === above) { return true; } }
    return false;
}

function mayMeet(one: RecordBody, other: RecordBody, tables: readonly Line[]): boolean {
    // Both work on what the mail leads to: that is one record, of one table.
    const [table, theirTable] = [one.fields.table, other.fields.table];
    if (one.fields.target !== "new" && other.fields.target !== "new" && !isA(tables, table, theirTable) && !isA(tables, theirTable, table)) { return false; }
    const [type, theirs] = [String(one.fields.message_type ?? "all"), String(other.fields.message_type ?? "all")];
    const types = type === theirs || type === "all" || theirs === "all" || ALSO.some(name => one.fields[name] === true && other.fields[name] === true);
    const [accounts, others] = [list(one.fields.accounts), list(other.fields.accounts)];
    return types && (accounts.length === 0 || others.length === 0 || accounts.some(name => others.includes(name)));
}
