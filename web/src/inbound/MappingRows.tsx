/* The field mapping as rows: which field gets which value of the mail. What rows cannot show is edited as it is written. */

import { ActionIcon, Button, Group, Input, Select, Stack, Text, TextInput, Textarea } from "@mantine/core";
import { useEffect, useState } from "react";
import type { FieldBody, TableBody } from "../api/client";
import { ReferencePicker } from "../dictionary/ReferencePicker";
import { useWords } from "../i18n";
import { Icon } from "../ui/icons";
import { Placeholders, insertion } from "./Placeholders";
import { SOURCES, emptyRow, mappingOf, rowsOf, settable, takesValue, type Row } from "./mapping";

interface Props { label: string; description?: string | null; value: string; onChange: (value: string | null) => void; table: TableBody | undefined; error: string | null; readOnly: boolean }

export function MappingRows({ label, description, value, onChange, table, error, readOnly }: Props) {
    const { t } = useWords();
    const [rows, setRows] = useState(() => rowsOf(value));
    // What came from elsewhere: discarded, or written by somebody else.
    useEffect(() => setRows(before => before !== null && (mappingOf(before) ?? "") === value ? before : rowsOf(value)), [value]);
    if (rows === null) { return <Textarea label={label} description={t("mapping_unreadable")} value={value} onChange={event => onChange(event.currentTarget.value || null)} error={error} readOnly={readOnly} autosize minRows={4} maxRows={20} className="code" spellCheck={false} />; }
    const put = (next: Row[]) => { setRows(next); onChange(mappingOf(next)); };
    const free = settable(table).filter(field => !rows.some(row => row.field === field.name));
    return (
        <Input.Wrapper label={label} labelElement="div" description={description} error={error}>
            <Stack gap="xs" mt={6} role="group" aria-label={label}>
                {rows.length === 0 && <Text size="sm" c="dimmed">{t("mapping_none")}</Text>}
                {rows.map(row => <OneRow key={row.key} row={row} table={table} taken={rows.map(one => one.field)} readOnly={readOnly} onChange={next => put(next === null ? rows.filter(one => one.key !== row.key) : rows.map(one => one.key === row.key ? next : one))} />)}
                {!readOnly && <Group><Button size="compact-sm" variant="light" leftSection={<Icon name="plus" size={14} />} disabled={free.length === 0 && table !== undefined} onClick={() => put([...rows, emptyRow()])}>{t("mapping_add")}</Button></Group>}
            </Stack>
        </Input.Wrapper>
    );
}

interface RowProps { row: Row; table: TableBody | undefined; taken: string[]; readOnly: boolean; onChange: (row: Row | null) => void }

function OneRow({ row, table, taken, readOnly, onChange }: RowProps) {
    const { t, word, label } = useWords();
    const fields = settable(table);
    const field = fields.find(one => one.name === row.field);
    const options = fields.filter(one => one.name === row.field || !taken.includes(one.name)).map(one => ({ value: one.name, label: label(one.label, one.name) }));
    const known = row.field === "" || field ? options : [...options, { value: row.field, label: row.field }];
    const sources = (SOURCES as readonly string[]).includes(row.from) ? SOURCES : [...SOURCES, row.from];
    const name = label(field?.label, row.field);
    return (
        <div className="mapping" role="group" aria-label={name || t("mapping_add")}>
            <Select size="sm" searchable data={known} value={row.field || null} onChange={next => onChange({ ...row, field: next ?? "", value: "" })} aria-label={t("field")} placeholder={t("field")} readOnly={readOnly} maxDropdownHeight={320} />
            <Select size="sm" data={sources.map(one => ({ value: one, label: word("source", one) }))} value={row.from} onChange={next => onChange({ ...row, from: next ?? "new_text", value: takesValue(next ?? "") ? row.value : "" })} aria-label={t("mapping_from")} readOnly={readOnly} />
            {takesValue(row.from) && <Value row={row} field={field} table={table} readOnly={readOnly} set={value => onChange({ ...row, value })} />}
            {!readOnly && <ActionIcon className="remove" variant="subtle" color="gray" size="lg" aria-label={t("mapping_remove", { name })} onClick={() => onChange(null)}><Icon name="close" size={16} /></ActionIcon>}
        </div>
    );
}

interface ValueProps { row: Row; field: FieldBody | undefined; table: TableBody | undefined; readOnly: boolean; set: (value: string) => void }

function Value({ row, field, table, readOnly, set }: ValueProps) {
    const { t, word, label } = useWords();
    const common = { size: "sm", "aria-label": t("value"), readOnly };
    if (row.from === "constant") {
        if (field?.kind === "choice") {
            const options = field.choices.map(one => ({ value: one.value, label: label(one.label, one.value) }));
            return <Select {...common} data={row.value === "" || options.some(one => one.value === row.value) ? options : [...options, { value: row.value, label: row.value }]} value={row.value || null} onChange={next => set(next ?? "")} searchable={options.length > 10} />;
        }
        if (field?.kind === "boolean") { return <Select {...common} data={[{ value: "true", label: t("yes") }, { value: "false", label: t("no") }]} value={row.value || null} onChange={next => set(next ?? "")} />; }
        if (field?.kind === "reference") { return <div><ReferencePicker table={field.table ?? "user"} label={t("value")} hidesLabel size="sm" value={row.value} onChange={set} readOnly={readOnly} /></div>; }
    }
    const input = <TextInput {...common} value={row.value} onChange={event => set(event.currentTarget.value)} placeholder={word("sourcehint", row.from)} spellCheck={false} className={row.from === "capture" ? "code grows" : "grows"} />;
    return row.from === "template" && !readOnly ? <Group gap={4} wrap="nowrap">{input}<Placeholders table={table} onPick={name => set(insertion(row.value, row.value.length, name).text)} /></Group> : input;
}
