/* The templates that a reply is chosen from: the first whose condition holds is sent. */

import { ActionIcon, Anchor, Button, Collapse, Group, Input, Select, Stack, Text, Textarea } from "@mantine/core";
import { useEffect, useState } from "react";
import { Link } from "react-router";
import type { TableBody } from "../api/client";
import { useAll } from "../api/queries";
import { Sentence } from "../dictionary/Sentence";
import { useWords } from "../i18n";
import { recordPath } from "../shell/jump";
import { Icon } from "../ui/icons";
import { ConditionInput } from "./ConditionInput";
import { choicesOf, emptyChoice, textOf, type Choice } from "./replies";

interface Props { label: string; description?: string | null; value: string; onChange: (value: string | null) => void; tables: TableBody[]; mail: TableBody; error: string | null; readOnly: boolean }

export function ReplyTemplates({ label, description, value, onChange, tables, mail, error, readOnly }: Props) {
    const { t } = useWords();
    const [rows, setRows] = useState(() => choicesOf(value));
    // What came from elsewhere: discarded, or written by somebody else.
    useEffect(() => setRows(before => before !== null && (textOf(before) ?? "") === value ? before : choicesOf(value)), [value]);
    if (rows === null) { return <Textarea label={label} description={t("mapping_unreadable")} value={value} onChange={event => onChange(event.currentTarget.value || null)} error={error} readOnly={readOnly} autosize minRows={4} maxRows={20} className="code" spellCheck={false} />; }
    const put = (next: Choice[]) => { setRows(next); onChange(textOf(next)); };
    const swap = (at: number) => put(rows.map((row, place) => place === at - 1 ? rows[at] ?? row : place === at ? rows[at - 1] ?? row : row));
    return (
        <Input.Wrapper label={label} labelElement="div" description={description} error={error}>
            <Stack gap="xs" mt={6} role="group" aria-label={label}>
                {rows.length === 0 && <Text size="sm" c="dimmed">{t("templates_none")}</Text>}
                {rows.map((row, at) => <OneChoice key={row.key} row={row} first={at === 0} tables={tables} mail={mail} readOnly={readOnly} up={() => swap(at)} onChange={next => put(next === null ? rows.filter(one => one.key !== row.key) : rows.map(one => one.key === row.key ? next : one))} />)}
                {!readOnly && <Group><Button size="compact-sm" variant="light" leftSection={<Icon name="plus" size={14} />} onClick={() => put([...rows, emptyChoice()])}>{t("templates_add")}</Button></Group>}
            </Stack>
        </Input.Wrapper>
    );
}

interface ChoiceProps { row: Choice; first: boolean; tables: TableBody[]; mail: TableBody; readOnly: boolean; up: () => void; onChange: (row: Choice | null) => void }

function OneChoice({ row, first, tables, mail, readOnly, up, onChange }: ChoiceProps) {
    const { t } = useWords();
    const [open, setOpen] = useState(false);
    const templates = useAll("email_template").data ?? [];
    // One template has a record in each language.
    const names = [...new Set(templates.map(one => String(one.fields.name)))];
    const saved = templates.find(one => one.fields.name === row.template);
    return (
        <div className="difference" role="group" aria-label={row.template || t("templates_add")}>
            <Group gap="xs" wrap="nowrap" align="flex-end">
                <Select size="sm" className="grows" searchable data={row.template === "" || names.includes(row.template) ? names : [...names, row.template]} value={row.template || null} onChange={next => onChange({ ...row, template: next ?? "" })} aria-label={t("template")} placeholder={t("template")} readOnly={readOnly} nothingFoundMessage={t("nothing_found")} />
                {saved && <Anchor component={Link} to={recordPath("email_template", saved.id)} size="sm" aria-label={t("open_field", { field: row.template })}><Icon name="link" size={14} /></Anchor>}
                {!readOnly && <ActionIcon variant="subtle" color="gray" size="lg" disabled={first} aria-label={t("move_up", { name: row.template })} onClick={up}><Icon name="up" size={16} /></ActionIcon>}
                {!readOnly && <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("mapping_remove", { name: row.template })} onClick={() => onChange(null)}><Icon name="close" size={16} /></ActionIcon>}
            </Group>
            <Text size="sm" component="div" mt={4} className="sentence"><Sentence tables={[...tables, mail]} table={mail} condition={row.condition} otherwise={<span className="hint">{t("takes_all")}</span>} /></Text>
            {!readOnly && <Button variant="subtle" size="compact-xs" px={4} aria-expanded={open} leftSection={<Icon name={open ? "down" : "next"} size={13} />} onClick={() => setOpen(!open)}>{t("condition")}</Button>}
            <Collapse expanded={open}>{open && <ConditionInput label={t("condition")} value={row.condition} onChange={condition => onChange({ ...row, condition: condition ?? "" })} tables={tables} mail={mail} error={null} readOnly={readOnly} />}</Collapse>
        </div>
    );
}
