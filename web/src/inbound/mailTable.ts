/* What conditions of inbound actions ask: a mail as the API describes it, with words for people. Pure but for the
   catalogues. */

import type { FieldBody, TableBody } from "../api/client";
import { labelsOf } from "../i18n";

/** The words that some of its texts are one of. */
const CHOICES: Record<string, { values: string[]; label: (value: string) => Record<string, string> }> = {
    message_type: { values: ["new", "reply", "forward", "delivery_report", "calendar", "automatic_answer"], label: value => labelsOf("class", value) },
    authenticity: { values: ["verified", "unverified", "failed"], label: value => labelsOf("mark", value) },
    protection: { values: ["none", "signed", "encrypted"], label: value => labelsOf("protection", value) },
    evidence: { values: ["address_token", "reference", "watermark", "number"], label: value => labelsOf("evidence", value) },
};
/** In which order they are offered; what is not here follows. */
const FIRST = ["subject", "core_subject", "new_text", "text", "first_line", "first_word", "subject_word", "from", "from_domain", "to", "cc", "copied_users", "account", "message_type", "sender", "known_sender", "sender_is_agent", "sender_is_trusted", "original_sender", "original_from", "authenticity", "sender_is_caller", "sender_is_participant", "record", "related", "record_is_new", "evidence", "has_attachments", "do_not_answer"];

const place = (field: FieldBody): number => FIRST.includes(field.name) ? FIRST.indexOf(field.name) : FIRST.length;

/** The description with labels, and with choices where a text is one of some words. */
export function described(table: TableBody): TableBody {
    const fields = table.fields.map((field): FieldBody => {
        const words = CHOICES[field.name];
        const known = { ...field, label: Object.keys(field.label).length > 0 ? field.label : labelsOf("mailfield", field.name) };
        return words && field.kind === "string" ? { ...known, kind: "choice", choices: words.values.map(value => ({ value, label: words.label(value) })) } : known;
    });
    return { ...table, label: labelsOf("mailfield", "mail"), fields: fields.sort((one, other) => place(one) - place(other)) };
}
