/* New tables and fields, where the API can make them: for administrators. */

import { Button, Checkbox, Group, Modal, Select, SimpleGrid, Stack, TextInput, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState, type FormEvent } from "react";
import { useNavigate } from "react-router";
import { ask, type TableBody } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import { useLookAgain, useTables } from "../api/queries";
import { useWords } from "../i18n";
import { Complaint, useAct } from "../ui/Complaint";
import { Icon } from "../ui/icons";
import { KINDS, emptyField, emptyTable, fieldBody, nameOf, tableBody, takesTable, type FieldDraft, type TableDraft } from "./definitions";

/** Tables as options. */
function useOptions() {
    const { label } = useWords();
    return (useTables().data ?? []).map(table => ({ value: table.name, label: `${label(table.label, table.name)} (${table.name})` }));
}

/** Writes a definition; what the API says against it stands in the dialog. */
function useMaking(path: string, done: () => void) {
    const { t } = useWords();
    const again = useLookAgain();
    const act = useAct();
    const [failure, setFailure] = useState<Failure | null>(null);
    const [busy, setBusy] = useState(false);
    const make = async (body: Record<string, unknown>) => {
        setBusy(true);
        setFailure(null);
        try {
            await ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
            await again();
            done();
            await act(() => Promise.resolve(), t("saved"));
        } catch (thrown) { setFailure(asFailure(thrown)); } finally { setBusy(false); }
    };
    return { make, failure, busy };
}

interface LabelsProps { draft: { name: string; en: string; ru: string }; onChange: (change: { name?: string; en?: string; ru?: string }) => void }

/** Labels and name; the name follows the English label until it is typed itself. */
function Labels({ draft, onChange }: LabelsProps) {
    const { t } = useWords();
    const english = (en: string) => onChange({ en, ...draft.name === nameOf(draft.en) ? { name: nameOf(en) } : {} });
    return (
        <>
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
                <TextInput label={t("label_en")} value={draft.en} onChange={event => english(event.currentTarget.value)} data-autofocus />
                <TextInput label={t("label_ru")} value={draft.ru} onChange={event => onChange({ ru: event.currentTarget.value })} />
            </SimpleGrid>
            <TextInput label={t("name_in_api")} description={t("name_hint")} value={draft.name} onChange={event => onChange({ name: event.currentTarget.value })} required spellCheck={false} />
        </>
    );
}

export function NewTable() {
    const { t } = useWords();
    const go = useNavigate();
    const options = useOptions();
    const [opened, { open, close }] = useDisclosure(false);
    const [draft, setDraft] = useState<TableDraft>(emptyTable);
    const { make, failure, busy } = useMaking("/api/v1/tables", () => { close(); void go(`/tables/${draft.name}`); });
    const change = (part: Partial<TableDraft>) => setDraft(before => ({ ...before, ...part }));
    return (
        <>
            <Button size="sm" leftSection={<Icon name="plus" size={16} />} onClick={() => { setDraft(emptyTable); open(); }}>{t("new_table")}</Button>
            <Modal opened={opened} onClose={close} title={t("new_table")} size="lg" closeButtonProps={{ "aria-label": t("close") }}>
                <form onSubmit={(event: FormEvent) => { event.preventDefault(); void make(tableBody(draft)); }}>
                    <Stack>
                        <Labels draft={draft} onChange={change} />
                        <SimpleGrid cols={{ base: 1, sm: 2 }}>
                            <Select label={t("extends")} description={t("extends_hint")} data={options} value={draft.extends || null} onChange={next => change({ extends: next ?? "" })} searchable clearable clearButtonProps={{ "aria-label": t("clear") }} />
                            <TextInput label={t("number_prefix")} description={t("prefix_hint")} value={draft.prefix} onChange={event => change({ prefix: event.currentTarget.value })} />
                        </SimpleGrid>
                        {failure && <Complaint failure={failure} />}
                        <Group justify="flex-end"><Button variant="default" onClick={close}>{t("cancel")}</Button><Button type="submit" loading={busy}>{t("create")}</Button></Group>
                    </Stack>
                </form>
            </Modal>
        </>
    );
}

export function NewField({ table }: { table: TableBody }) {
    const { t, word } = useWords();
    const options = useOptions();
    const [opened, { open, close }] = useDisclosure(false);
    const [draft, setDraft] = useState<FieldDraft>(emptyField);
    const { make, failure, busy } = useMaking(`/api/v1/tables/${table.name}/fields`, close);
    const change = (part: Partial<FieldDraft>) => setDraft(before => ({ ...before, ...part }));
    return (
        <>
            <Button size="xs" leftSection={<Icon name="plus" size={14} />} onClick={() => { setDraft(emptyField); open(); }}>{t("new_field")}</Button>
            <Modal opened={opened} onClose={close} title={t("new_field")} size="lg" closeButtonProps={{ "aria-label": t("close") }}>
                <form onSubmit={(event: FormEvent) => { event.preventDefault(); void make(fieldBody(draft)); }}>
                    <Stack>
                        <Labels draft={draft} onChange={change} />
                        <SimpleGrid cols={{ base: 1, sm: 2 }}>
                            <Select label={t("kind")} data={KINDS.map(kind => ({ value: kind, label: word("kind", kind) }))} value={draft.kind} onChange={next => change({ kind: next ?? "string" })} />
                            {takesTable(draft.kind) && <Select label={t("table")} data={options} value={draft.table || null} onChange={next => change({ table: next ?? "" })} searchable required />}
                        </SimpleGrid>
                        {draft.kind === "choice" && <Textarea label={t("choices")} description={t("choices_hint")} value={draft.choices} onChange={event => change({ choices: event.currentTarget.value })} autosize minRows={3} />}
                        <Group gap="lg">
                            <Checkbox label={t("mandatory")} checked={draft.mandatory} onChange={event => change({ mandatory: event.currentTarget.checked })} />
                            <Checkbox label={t("unique")} checked={draft.unique} onChange={event => change({ unique: event.currentTarget.checked })} />
                            <Checkbox label={t("indexed")} checked={draft.indexed} onChange={event => change({ indexed: event.currentTarget.checked })} />
                        </Group>
                        {failure && <Complaint failure={failure} />}
                        <Group justify="flex-end"><Button variant="default" onClick={close}>{t("cancel")}</Button><Button type="submit" loading={busy}>{t("create")}</Button></Group>
                    </Stack>
                </form>
            </Modal>
        </>
    );
}
