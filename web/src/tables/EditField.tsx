/* Changes a field of a table, or takes it out; what the API says against it stands in the dialog. */

import { Button, Checkbox, Group, Modal, SimpleGrid, Stack, Text, TextInput, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState, type FormEvent } from "react";
import { api, take, type FieldBody, type TableBody } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import { useLookAgain } from "../api/queries";
import { useWords } from "../i18n";
import { Complaint, useAct } from "../ui/Complaint";
import { changeDraft, changeOf, type ChangeDraft } from "./definitions";

export function EditField({ table, field }: { table: TableBody; field: FieldBody }) {
    const { t, label } = useWords();
    const again = useLookAgain();
    const act = useAct();
    const [opened, { open, close }] = useDisclosure(false);
    const [removing, setRemoving] = useState(false);
    const [draft, setDraft] = useState<ChangeDraft>(() => changeDraft(field));
    const [failure, setFailure] = useState<Failure | null>(null);
    const [busy, setBusy] = useState(false);
    const name = label(field.label, field.name);
    const change = (part: Partial<ChangeDraft>) => setDraft(before => ({ ...before, ...part }));
    const begin = () => { setDraft(changeDraft(field)); setFailure(null); setRemoving(false); open(); };
    const params = { path: { table: table.name, field: field.name }, header: { "If-Match": `"${table.version}"` } };
    const run = async (work: () => Promise<unknown>, done: string) => {
        setBusy(true);
        setFailure(null);
        try {
            await work();
            close();
            await again();
            await act(() => Promise.resolve(), done);
        } catch (thrown) { setFailure(asFailure(thrown)); } finally { setBusy(false); }
    };
    const save = () => run(() => take(api.PATCH("/api/v1/tables/{table}/fields/{field}", { params, body: changeOf(field, draft) })), t("saved"));
    const remove = () => run(() => take(api.DELETE("/api/v1/tables/{table}/fields/{field}", { params })), t("deleted"));
    return (
        <>
            <Button size="compact-xs" variant="default" aria-label={t("change_field", { name })} onClick={begin}>{t("change")}</Button>
            <Modal opened={opened} onClose={close} title={t("change_field", { name })} size="lg" closeButtonProps={{ "aria-label": t("close") }}>
                <form onSubmit={(event: FormEvent) => { event.preventDefault(); void save(); }}>
                    <Stack>
                        <SimpleGrid cols={{ base: 1, sm: 2 }}>
                            <TextInput label={t("label_en")} value={draft.en} onChange={event => change({ en: event.currentTarget.value })} data-autofocus />
                            <TextInput label={t("label_ru")} value={draft.ru} onChange={event => change({ ru: event.currentTarget.value })} />
                        </SimpleGrid>
                        {field.kind === "choice" && <Textarea label={t("choices")} description={t("choices_hint")} value={draft.choices} onChange={event => change({ choices: event.currentTarget.value })} autosize minRows={3} />}
                        <Group gap="lg">
                            <Checkbox label={t("mandatory")} checked={draft.mandatory} onChange={event => change({ mandatory: event.currentTarget.checked })} />
                            <Checkbox label={t("unique")} checked={draft.unique} onChange={event => change({ unique: event.currentTarget.checked })} />
                            <Checkbox label={t("indexed")} checked={draft.indexed} onChange={event => change({ indexed: event.currentTarget.checked })} />
                        </Group>
                        {removing && <Text size="sm">{t("remove_field_hint")}</Text>}
                        {failure && <Complaint failure={failure} />}
                        <Group justify="space-between">
                            {removing
                                ? <Button color="red" loading={busy} onClick={() => void remove()}>{t("remove_field_now")}</Button>
                                : <Button variant="subtle" color="red" onClick={() => setRemoving(true)}>{t("remove_field")}</Button>}
                            <Group gap="xs"><Button variant="default" onClick={close}>{t("cancel")}</Button><Button type="submit" loading={busy}>{t("save")}</Button></Group>
                        </Group>
                    </Stack>
                </form>
            </Modal>
        </>
    );
}
