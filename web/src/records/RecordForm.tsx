/* The form of a record by its dictionary. Saves what changed, under the version that was read; says what somebody else
   changed meanwhile, and puts the API's complaint beside the field that it is about. */

import { Alert, Button, Group, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState, type FormEvent, type KeyboardEvent } from "react";
import { api, take, type FieldBody, type FieldValue, type RecordBody, type TableBody } from "../api/client";
import { aboutField, asFailure, type Failure } from "../api/failure";
import { useLookAgain } from "../api/queries";
import { FieldInput } from "../dictionary/FieldInput";
import { textOf } from "../dictionary/values";
import { useWords, type Words } from "../i18n";
import { mayWrite } from "../session/may";
import { usePerson } from "../session/session";
import { useUnsaved } from "../shell/Unsaved";
import { Complaint } from "../ui/Complaint";
import { Icon } from "../ui/icons";
import { arranged, defaults, isJson } from "./form";
import { useDraft, type Draft } from "./useDraft";

interface Props { table: TableBody; record: RecordBody | null; onSaved?: (record: RecordBody) => void }

export function RecordForm({ table, record, onSaved }: Props) {
    const { t, label, moment } = useWords();
    const { person } = usePerson();
    const again = useLookAgain();
    const [failure, setFailure] = useState<Failure | null>(null);
    const [busy, setBusy] = useState(false);
    const draft = useDraft(record, table.fields, record === null ? defaults(table.fields) : undefined);
    useUnsaved(draft.dirty && !busy);
    const readOnly = !mayWrite(person.roles, table);
    const { first, wide, stamps } = arranged(table, record === null);

    const save = async () => {
        if (busy || (record !== null && !draft.dirty)) { return; }
        setBusy(true);
        setFailure(null);
        try {
            const written = record === null
                ? await take(api.POST("/api/v1/records/{table}", { params: { path: { table: table.name } }, body: { fields: draft.changed } }))
                : await take(api.PATCH("/api/v1/records/{table}/{id}", { params: { path: { table: record.table, id: record.id }, header: { "If-Match": `"${draft.version}"` } }, body: { fields: draft.changed } }));
            draft.reset();
            notifications.show({ message: t("saved"), color: "green", icon: <Icon name="check" />, closeButtonProps: { "aria-label": t("close") } });
            await again();
            onSaved?.(written);
        } catch (thrown) {
            const known = asFailure(thrown);
            // Somebody was faster: what they wrote is fetched, and the form says where it differs.
            if (known.status === 412) { await again(); }
            setFailure(known);
        } finally { setBusy(false); }
    };
    const submit = (event: FormEvent) => { event.preventDefault(); void save(); };
    const onKey = (event: KeyboardEvent) => { if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); void save(); } };
    const input = (field: FieldBody) => {
        const about = aboutField(failure, field.name);
        const unreadable = field.kind === "json" && !isJson(textOf(draft.values[field.name])) ? t("no_json") : null;
        return <FieldInput key={field.name} field={field} value={draft.values[field.name]} onChange={value => draft.set(field.name, value)} error={about ?? unreadable}
            isSet={record?.secrets.includes(field.name)} shown={record?.display[field.name]} readOnly={readOnly || field.read_only} beside={draft.values} />;
    };
    const elsewhere = failure && !(failure.field && [...first, ...wide].some(field => field.name === failure.field?.field)) && failure.status !== 412;
    return (
        <form onSubmit={submit} onKeyDown={onKey} noValidate className="sheet" aria-label={t("fields")}>
            <Stack gap="md">
                {readOnly && <Text size="sm" c="dimmed">{t("admins_write")}</Text>}
                <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" verticalSpacing="sm">{first.map(field => field.name === "subject" ? <div key={field.name} className="whole">{input(field)}</div> : input(field))}</SimpleGrid>
                {wide.map(input)}
                {stamps.length > 0 && record && <Text size="xs" c="dimmed">{stamped(record, moment, t)}</Text>}
                <Clashes draft={draft} table={table} failure={failure} label={label} />
                {elsewhere && <Complaint failure={failure} />}
                {!readOnly && <Group gap="xs">
                    <Button type="submit" loading={busy} disabled={record !== null && !draft.dirty}>{t(record === null ? "create" : "save")}</Button>
                    {draft.dirty && <Button variant="subtle" color="gray" onClick={() => { draft.reset(); setFailure(null); }}>{t("discard")}</Button>}
                </Group>}
            </Stack>
        </form>
    );
}

/** Who made the record and who changed it last. */
export function stamped(record: RecordBody, moment: (at: string | null) => string, t: ReturnType<typeof useWords>["t"]): string {
    const at = (name: string) => typeof record.fields[name] === "string" ? moment(record.fields[name]) : "";
    const by = (name: string) => record.display[name] ?? "";
    return [t("created_by_at", { who: by("created_by") || t("the_program"), when: at("created_at") }), t("updated_by_at", { who: by("updated_by") || t("the_program"), when: at("updated_at") })].join(" · ");
}

export function Clashes({ draft, table, failure, label }: { draft: Draft; table: TableBody; failure: Failure | null; label: Words["label"] }) {
    const { t } = useWords();
    if (draft.clashing.length === 0) {
        return failure?.status === 412 ? <Alert color="yellow" title={t("changed_meanwhile")}><Text size="sm">{t("changed_elsewhere")}</Text></Alert> : null;
    }
    const shown = (name: string, value: FieldValue): string => {
        const field = table.fields.find(one => one.name === name);
        const choice = field?.choices.find(one => one.value === value);
        return (choice ? label(choice.label, choice.value) : textOf(value)) || "—";
    };
    return (
        <Alert color="yellow" icon={<Icon name="people" />} title={t("changed_meanwhile")} role="alert">
            <Stack gap="sm" align="flex-start">
                <Table withRowBorders={false} className="clashes">
                    <Table.Thead><Table.Tr><Table.Th>{t("field")}</Table.Th><Table.Th>{t("theirs")}</Table.Th><Table.Th>{t("mine")}</Table.Th></Table.Tr></Table.Thead>
                    <Table.Tbody>{draft.clashing.map(clash => (
                        <Table.Tr key={clash.field}>
                            <Table.Td>{label(table.fields.find(field => field.name === clash.field)?.label, clash.field)}</Table.Td><Table.Td>{shown(clash.field, clash.theirs)}</Table.Td><Table.Td>{shown(clash.field, clash.mine)}</Table.Td>
                        </Table.Tr>
                    ))}</Table.Tbody>
                </Table>
                <Group gap="xs"><Button size="xs" onClick={draft.keepMine}>{t("keep_mine")}</Button><Button size="xs" variant="default" onClick={draft.takeTheirs}>{t("take_theirs")}</Button></Group>
            </Stack>
        </Alert>
    );
}
