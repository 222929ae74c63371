/* What a person is offered to write, by the rules that ship: the API has the last word. Pure. */

import type { TableBody } from "../api/client";

/** Tables that have administrators of their own, by the top of their line. */
const OWN: Record<string, string> = { email_account: "email_admin", notification_rule: "notification_admin", inbound_action: "notification_admin" };
/** Who people are, and to which groups they belong: for administrators. */
const PEOPLE = ["user", "user_address", "group", "group_member"];

export function mayWrite(roles: readonly string[], table: Pick<TableBody, "name" | "root" | "configuration">): boolean {
    if (roles.includes("admin") || roles.includes(OWN[table.root] ?? "admin")) { return true; }
    return roles.includes("agent") && !table.configuration && !PEOPLE.includes(table.root);
}
