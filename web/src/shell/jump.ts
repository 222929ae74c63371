/* From a number that somebody typed to the page of its record. */

import { api, take, type TableBody } from "../api/client";

/** Where a record is shown. */
export const recordPath = (table: string, id: string): string => {
    if (table === "incident") { return `/incidents/${id}`; }
    if (table === "mailbox" || table === "email_account") { return `/mailboxes/${id}`; }
    if (table === "inbound_action") { return `/actions/${id}`; }
    return `/record/${table}/${id}`;
};

export interface Found { table: string; id: string; number: string; subject: string }

/** The tables whose records have numbers of their own: the topmost ones. */
const numbered = (tables: TableBody[]) => tables.filter(table => !table.extends && table.fields.some(field => field.kind === "number"));

/** Records whose number begins with a text, or whose subject holds it. */
export async function find(tables: TableBody[], text: string): Promise<Found[]> {
    const found: Found[] = [];
    for (const table of numbered(tables)) {
        const number = table.fields.find(field => field.kind === "number")?.name ?? "number";
        const parts = [{ field: number, operator: "starts_with", value: text }, ...table.fields.some(field => field.name === "subject") ? [{ field: "subject", operator: "contains", value: text }] : []];
        const query = { filter: JSON.stringify({ any: parts }), limit: 8 };
        const page = await take(api.GET("/api/v1/records/{table}", { params: { path: { table: table.name }, query } }));
        found.push(...page.items.map(one => ({ table: one.table, id: one.id, number: String(one.fields[number] ?? ""), subject: String(one.fields.subject ?? "") })));
    }
    return found;
}
