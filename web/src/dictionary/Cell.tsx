/* One value of a record as a reader sees it. */

import { Anchor, Text } from "@mantine/core";
import type { FieldBody, RecordBody } from "../api/client";
import { useWords } from "../i18n";
import { Icon } from "../ui/icons";
import { State } from "../ui/State";

/** Characters of a long text that a list shows. */
const SHORT = 120;

export function Cell({ record, field }: { record: RecordBody; field: FieldBody }) {
    const { t, label, moment } = useWords();
    const value = record.fields[field.name];
    if (field.kind === "boolean") { return value === true ? <><Icon name="check" size={16} /><span className="visually-hidden">{t("yes")}</span></> : <Text span size="sm" c="dimmed">{t("no")}</Text>; }
    if (value === undefined || value === null) { return null; }
    if (field.kind === "choice" && typeof value === "string") {
        const choice = field.choices.find(one => one.value === value);
        const text = label(choice?.label, value);
        return field.name === "state" ? <State value={value} text={text} /> : <Text span size="sm">{text}</Text>;
    }
    if (field.kind === "datetime") { return <Text span size="sm">{moment(String(value))}</Text>; }
    // The API lets in nothing but http:, https: and mailto:, and so does this.
    if (field.kind === "url" && /^(https?|mailto):/i.test(String(value))) { return <Anchor href={String(value)} size="sm" target="_blank" rel="noreferrer">{String(value)}</Anchor>; }
    const shown = record.display[field.name] ?? (Array.isArray(value) ? value.join(", ") : String(value));
    return <Text span size="sm">{shown.length > SHORT ? `${shown.slice(0, SHORT)}…` : shown}</Text>;
}
