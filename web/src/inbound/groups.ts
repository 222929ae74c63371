/* Which fields of an inbound action stand together in its form, and which say something for its kind. Pure. */

import type { FieldBody, FieldValues } from "../api/client";

export type Part = "head" | "mail" | "record" | "reply" | "flow";
/** The parts of the form, in their order. */
export const PARTS: readonly Part[] = ["head", "mail", "record", "reply", "flow"];

/** Where the known fields stand, in their order. */
const KNOWN: Record<Part, string[]> = {
    head: ["name", "table", "order", "active", "description"],
    mail: ["message_type", "on_reports", "on_invitations", "on_automatic", "accounts", "sender", "sender_user", "sender_users", "sender_group", "sender_groups", "sender_role", "sender_roles", "verified_only", "condition", "condition_script"],
    record: ["target", "mapping", "body", "script", "vocabulary"],
    reply: ["reply_templates", "template", "reply_subject", "reply_text", "reply_html"],
    flow: ["run_as", "stop_processing"],
};

/** Fields that the program made later stand where their name says. */
function partOf(field: FieldBody): Part {
    const known = PARTS.find(part => KNOWN[part].includes(field.name));
    if (known) { return known; }
    if (/^(reply|template|email_template)/.test(field.name) || field.table === "email_template") { return "reply"; }
    if (/^(sender|from|account|on_|required_)/.test(field.name)) { return "mail"; }
    return "flow";
}

/** The fields of each part; what only the program sets is in none. */
export function arranged(fields: readonly FieldBody[]): Record<Part, FieldBody[]> {
    const place = (field: FieldBody, part: Part) => KNOWN[part].includes(field.name) ? KNOWN[part].indexOf(field.name) : KNOWN[part].length;
    // The kind is asked before the rest: by it the parts are shown.
    const of = (part: Part) => fields.filter(field => field.name !== "kind" && !field.base && !field.read_only && partOf(field) === part).sort((one, other) => place(one, part) - place(other, part));
    return { head: of("head"), mail: of("mail"), record: of("record"), reply: of("reply"), flow: of("flow") };
}

/** Whether a field says something for an action of this kind; what is filled in is shown whatever the kind. */
export function says(field: FieldBody, part: Part, values: FieldValues): boolean {
    const value = values[field.name];
    const filled = value !== undefined && value !== null && value !== "" && value !== false && !(Array.isArray(value) && value.length === 0);
    if (field.name === "vocabulary") { return Boolean(values.script ?? null) || Boolean(values.condition_script ?? null) || values.kind !== "reply"; }
    if (field.name === "target") { return true; }
    if (part === "record") { return values.kind !== "reply" || filled; }
    if (part === "reply") { return values.kind === "reply" || filled; }
    return true;
}
