/* The names that a template of an inbound action can use, to be picked: of the mail, its sender, and the record. */

import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import type { TableBody } from "../api/client";
import { useTables } from "../api/queries";
import { useWords } from "../i18n";
import { Icon } from "../ui/icons";

/** What every mail has. */
const OF_MAIL = ["sender.name", "sender.email", "guest.email", "mail.subject", "mail.text", "mail.first_line", "mail.from", "original.name", "original.email", "link"];
const FIRST = ["number", "subject", "state", "caller", "assigned_user", "assignment_group"];

/** A text with a placeholder put in, and where the caret stands then. */
export function insertion(text: string, at: number, name: string): { text: string; caret: number } {
    const put = `\${${name}}`;
    return { text: text.slice(0, at) + put + text.slice(at), caret: at + put.length };
}

export function Placeholders({ table, onPick }: { table: TableBody | undefined; onPick: (name: string) => void }) {
    const { t, word, label } = useWords();
    const tables = useTables().data ?? [];
    const fields = (table?.fields ?? []).filter(field => !field.secret && !["html", "json", "journal"].includes(field.kind));
    const place = (name: string) => FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length;
    const names = fields.flatMap(field => [{ name: field.name, text: label(field.label, field.name) }, ...field.kind === "reference" && field.table === "user" ? [{ name: `${field.name}.name`, text: `${label(field.label, field.name)} → ${label(tables.find(one => one.name === "user")?.fields.find(one => one.name === "name")?.label, "name")}` }] : []])
        .sort((one, other) => place(one.name.split(".")[0] ?? "") - place(other.name.split(".")[0] ?? ""));
    return (
        <Menu position="bottom-end" withinPortal>
            <Menu.Target><Tooltip label={t("insert_value")}><ActionIcon variant="default" size="lg" aria-label={t("insert_value")}><Icon name="braces" size={16} /></ActionIcon></Tooltip></Menu.Target>
            <Menu.Dropdown className="scrolls" mah={340}>
                <Menu.Label>{t("mail")}</Menu.Label>
                {OF_MAIL.map(name => <Menu.Item key={name} onClick={() => onPick(name)}>{word("placeholder", name.replace(".", "_"))}</Menu.Item>)}
                {names.length > 0 && <Menu.Label>{label(table?.label, "")}</Menu.Label>}
                {names.map(({ name, text }) => <Menu.Item key={name} onClick={() => onPick(name)}>{text}</Menu.Item>)}
            </Menu.Dropdown>
        </Menu>
    );
}
