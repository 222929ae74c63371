/* The form of an inbound action: which mail it takes, what it does with it, and what comes after. Saves what changed
   under the version that was read. */

import { Alert, Button, Group, Input, MultiSelect, SegmentedControl, Select, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState, type FormEvent, type KeyboardEvent, type ReactNode } from "react";
import { api, take, type FieldBody, type RecordBody, type TableBody } from "../api/client";
import { aboutField, asFailure, type Failure } from "../api/failure";
import { useAll, useLookAgain, useTables } from "../api/queries";
import { FieldInput } from "../dictionary/FieldInput";
import { textOf } from "../dictionary/values";
import { catalogues, useWords, type Key } from "../i18n";
import { Clashes, stamped } from "../records/RecordForm";
import type { Draft } from "../records/useDraft";
import { mayWrite } from "../session/may";
import { usePerson } from "../session/session";
import { useUnsaved } from "../shell/Unsaved";
import { Complaint } from "../ui/Complaint";
import { Icon } from "../ui/icons";
import { Waiting } from "../ui/Page";
import { Warning } from "./ActionsPage";
import type { DecisionMail } from "./decision";
import { Mail } from "./Effects";
import { ConditionInput } from "./ConditionInput";
import { MappingRows } from "./MappingRows";
import { ReplyTemplates } from "./ReplyTemplates";
import { TemplateInput } from "./TemplateInput";
import { PARTS, arranged, says, type Part } from "./groups";
import { equals } from "./order";
import { ACTION, useAccountNames, useActions, useMailTable, useWarnings } from "./queries";

interface Props { table: TableBody; record: RecordBody | null; draft: Draft; /** What it would answer to the mail that is tried; null where none is. */ replies: DecisionMail[] | null; onSaved: (record: RecordBody) => void }

const HEADINGS: Record<Part, Key> = { head: "part_head", mail: "part_mail", record: "part_does", reply: "part_reply", flow: "part_flow" };
const WIDE = ["text", "html", "json", "text_list", "reference_list"];

export function ActionForm({ table, record, draft, replies, onSaved }: Props) {
    const { t, label, moment } = useWords();
    const { person } = usePerson();
    const tables = useTables().data ?? [];
    const again = useLookAgain();
    const [failure, setFailure] = useState<Failure | null>(null);
    const [busy, setBusy] = useState(false);
    useUnsaved(draft.dirty && !busy);
    const readOnly = !mayWrite(person.roles, table);
    const parts = arranged(table.fields);
    const kind = table.fields.find(field => field.name === "kind");
    const save = async () => {
        if (busy || readOnly || (record !== null && !draft.dirty)) { return; }
        setBusy(true);
        setFailure(null);
        try {
            const written = record === null
                ? await take(api.POST("/api/v1/records/{table}", { params: { path: { table: ACTION } }, body: { fields: draft.changed } }))
                : await take(api.PATCH("/api/v1/records/{table}/{id}", { params: { path: { table: ACTION, id: record.id }, header: { "If-Match": `"${draft.version}"` } }, body: { fields: draft.changed } }));
            draft.reset();
            notifications.show({ message: t("saved"), color: "green", icon: <Icon name="check" />, closeButtonProps: { "aria-label": t("close") } });
            await again();
            onSaved(written);
        } catch (thrown) {
            const known = asFailure(thrown);
            // Somebody was faster: what they wrote is fetched, and the form says where it differs.
            if (known.status === 412) { await again(); }
            setFailure(known);
        } finally { setBusy(false); }
    };
    const submit = (event: FormEvent) => { event.preventDefault(); void save(); };
    const onKey = (event: KeyboardEvent) => { if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); void save(); } };
    const shown = (part: Part) => parts[part].filter(field => says(field, part, draft.values));
    const inputs = (part: Part): ReactNode => shown(part).map(field => (
        <div key={field.name} className={WIDE.includes(field.kind) || field.name === "reply_subject" || field.name === "name" ? "whole" : undefined}>
            <OneField field={field} draft={draft} tables={tables} record={record} error={aboutField(failure, field.name)} readOnly={readOnly} />
        </div>
    ));
    const all = PARTS.flatMap(shown);
    const elsewhere = failure && failure.status !== 412 && !all.some(field => aboutField(failure, field.name) !== null);
    return (
        <form onSubmit={submit} onKeyDown={onKey} noValidate className="sheet" aria-label={t("fields")}>
            <Stack gap="lg">
                {readOnly && <Text size="sm" c="dimmed">{t("admins_write")}</Text>}
                {PARTS.map(part => (part === "record" || shown(part).length > 0) && (
                    <section key={part} aria-label={t(HEADINGS[part])}>
                        {part !== "head" && <Title order={2} size="h5" mb="xs">{t(HEADINGS[part])}</Title>}
                        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" verticalSpacing="sm">
                            {part === "record" && kind && <div className="whole"><Kind field={kind} value={textOf(draft.values.kind)} set={value => draft.set("kind", value)} readOnly={readOnly} /></div>}
                            {inputs(part)}
                        </SimpleGrid>
                        {part === "reply" && <Preview replies={replies} />}
                        {part === "head" && <Doubts record={record} draft={draft} fields={table.fields} asks={!readOnly} />}
                    </section>
                ))}
                {record && <Text size="xs" c="dimmed">{stamped(record, moment, t)}</Text>}
                <Clashes draft={draft} table={table} failure={failure} label={label} />
                {elsewhere && <Complaint failure={failure} />}
                {!readOnly && <Group gap="xs" className={draft.dirty ? "savebar" : undefined}>
                    <Button type="submit" loading={busy} disabled={record !== null && !draft.dirty}>{t(record === null ? "create" : "save")}</Button>
                    {draft.dirty && <Button variant="subtle" color="gray" onClick={() => { draft.reset(); setFailure(null); }}>{t("discard")}</Button>}
                </Group>}
            </Stack>
        </form>
    );
}

function Kind({ field, value, set, readOnly }: { field: FieldBody; value: string; set: (value: string) => void; readOnly: boolean }) {
    const { t, label } = useWords();
    const name = label(field.label, field.name);
    return (
        <Input.Wrapper label={name} labelElement="div" description={t("actionhint_kind")}>
            <div><SegmentedControl mt={6} value={value} onChange={set} readOnly={readOnly} disabled={readOnly} aria-label={name} data={field.choices.map(one => ({ value: one.value, label: label(one.label, one.value) }))} /></div>
        </Input.Wrapper>
    );
}

interface FieldProps { field: FieldBody; draft: Draft; tables: TableBody[]; record: RecordBody | null; error: string | null; readOnly: boolean }

function OneField({ field, draft, tables, record, error, readOnly }: FieldProps) {
    const { t, label, word } = useWords();
    const accounts = useAccountNames();
    const values = draft.values;
    const value = values[field.name];
    const table = tables.find(one => one.name === values.table);
    const hint = `actionhint_${field.name}` in catalogues.en ? word("actionhint", field.name) : null;
    const set = (next: Parameters<Draft["set"]>[1]) => draft.set(field.name, next);
    const common = { label: label(field.label, field.name), description: hint, error, readOnly };
    switch (field.name) {
        case "table": {
            const options = tables.filter(one => !one.configuration).map(one => ({ value: one.name, label: label(one.label, one.name) })).sort((one, other) => one.label.localeCompare(other.label));
            const now = textOf(value);
            return <Select {...common} name="table" required data={now === "" || options.some(one => one.value === now) ? options : [...options, { value: now, label: now }]} value={now || null} onChange={set} searchable />;
        }
        case "accounts": {
            const chosen = Array.isArray(value) ? value : [];
            return <MultiSelect {...common} data={[...new Set([...accounts, ...chosen])]} value={chosen} onChange={set} searchable clearable={!readOnly} clearButtonProps={{ "aria-label": t("clear") }} />;
        }
        case "sender_roles": return <Roles {...common} chosen={Array.isArray(value) ? value : []} onChange={set} />;
        case "condition": case "reply_templates": return <OverMail field={field} draft={draft} tables={tables} error={error} hint={hint} readOnly={readOnly} />;
        case "mapping": return <MappingRows {...common} value={textOf(value)} onChange={set} table={table} />;
        case "reply_subject": case "reply_text": return <TemplateInput field={field} description={hint} error={error} readOnly={readOnly} value={textOf(value)} onChange={set} table={table} />;
        default: return <FieldInput field={field} value={value} onChange={set} error={error} description={hint} readOnly={readOnly} shown={record?.display[field.name]} beside={values} rows={field.name === "description" ? 2 : undefined} />;
    }
}

interface RolesProps { label: string; description: string | null; error: string | null; readOnly: boolean; chosen: string[]; onChange: (roles: string[]) => void }

/** Roles by their names. */
function Roles({ chosen, onChange, ...common }: RolesProps) {
    const { t } = useWords();
    const known = (useAll("role").data ?? []).map(one => String(one.fields.name));
    return <MultiSelect {...common} data={[...new Set([...known, ...chosen])]} value={chosen} onChange={onChange} searchable clearable={!common.readOnly} clearButtonProps={{ "aria-label": t("clear") }} />;
}

/** What asks about a mail as an action on its table sees it. */
function OverMail({ field, draft, tables, error, hint, readOnly }: Omit<FieldProps, "record"> & { hint: string | null }) {
    const { label } = useWords();
    const name = textOf(draft.values.table);
    const mail = useMailTable(tables.some(one => one.name === name) ? name : "incident");
    if (mail.isError) { return <Complaint failure={mail.error} />; }
    if (!mail.data) { return <Waiting />; }
    const common = { label: label(field.label, field.name), description: hint, value: textOf(draft.values[field.name]), onChange: (value: string | null) => draft.set(field.name, value), tables, mail: mail.data, error, readOnly };
    return field.name === "condition" ? <ConditionInput {...common} /> : <ReplyTemplates {...common} />;
}

/** The reply as the sender of the tried mail would read it. */
function Preview({ replies }: { replies: DecisionMail[] | null }) {
    const { t } = useWords();
    return (
        <div role="region" aria-label={t("reply_preview")} className="preview">
            <Text size="sm" fw={500}>{t("reply_preview")}</Text>
            {replies?.length ? replies.map((mail, at) => <Mail key={at} mail={mail} />) : <Text size="sm" c="dimmed">{t(replies === null ? "preview_choose" : "preview_none")}</Text>}
        </div>
    );
}

/** What is doubtful: another action at the same place, as the form is now, and what the program says of what is saved. */
function Doubts({ record, draft, fields, asks }: { record: RecordBody | null; draft: Draft; fields: FieldBody[]; asks: boolean }) {
    const { t, label } = useWords();
    const tables = useTables().data ?? [];
    const others = (useActions().data ?? []).filter(one => one.id !== record?.id);
    const mine = { id: record?.id ?? "", table: ACTION, version: 0, fields: draft.values, display: {}, secrets: [] } as unknown as RecordBody;
    const same = equals([...others, mine], tables).get(mine.id);
    const saved = (useWarnings(asks && record !== null).data ?? []).filter(one => one.action.id === record?.id && !(one.field && one.field in draft.changed));
    const named = (name: string | null) => name === null ? "" : `${label(fields.find(field => field.name === name)?.label, name)}: `;
    if (!same && saved.length === 0) { return null; }
    return (
        <Alert color="yellow" variant="light" mt="sm" p="xs">
            {same && <Warning text={t("equal_order", { names: same.join(", ") })} />}
            {saved.map(one => <Warning key={one.text} text={named(one.field) + one.text} />)}
        </Alert>
    );
}
