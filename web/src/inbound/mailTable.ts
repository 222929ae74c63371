/* What conditions of inbound actions ask: a mail as the API describes it, with words for people. Pure but for the
   catalogues. */

import type { FieldBody, TableBody } from "../api/client";
import { labelsOf } from "../i18n";

/** The words that some of its texts are one of. */
const CHOICES: Record<string, [group: string, values: string[]]> = {
    message_type: ["class", ["new", "reply", "forward", "delivery_report", "calendar", "automatic_answer"]],
    authenticity: ["mark", ["verified", "unverified", "failed"]],
    evidence: ["evidence", ["address_token", "reference", "watermark", "number"]],
};
/** In which order they are offered; what is not here follows. */
const FIRST = ["subject", "core_subject", "new_text", "first_line", "first_word", "subject_word", "text", "from", "from_domain", "to", "cc", "copied_users", "account", "message_type", "sender", "known_sender", "authenticity", "sender_is_caller", "sender_is_participant", "sender_is_agent", "sender_is_trusted", "language", "record", "related", "record_is_new", "evidence", "has_attachments", "do_not_answer"];

const place = (field: FieldBody): number => FIRST.includes(field.name) ? FIRST.indexOf(field.name) : FIRST.length;

/** The description with labels, and with choices where a text is one of some words. */
export function described(table: TableBody): TableBody {
    const fields = table.fields.map((field): FieldBody => {
        const [group, values] = CHOICES[field.name] ?? [];
        const known = { ...field, label: Object.keys(field.label).length > 0 ? field.label : labelsOf("mailfield", field.name) };
        return group && values && field.kind === "string" ? { ...known, kind: "choice", choices: values.map(value => ({ value, label: labelsOf(group, value) })) } : known;
    });
    return { ...table, label: labelsOf("mailfield", "mail"), fields: fields.sort((one, other) => place(one) - place(other)) };
}
