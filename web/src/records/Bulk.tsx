/* What is done to several records at once: one field of all set, or all deleted. Each is one request; what went wrong is
   said for each. */

import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { api, take, type FieldValue, type RecordBody, type TableBody } from "../api/client";
import { useLookAgain } from "../api/queries";
import { FieldInput } from "../dictionary/FieldInput";
import { useWords } from "../i18n";
import { usePerson } from "../session/session";
import { useAct } from "../ui/Complaint";

const SETTABLE = ["choice", "reference", "boolean", "string", "integer", "datetime"];

export function Bulk({ table, records, done }: { table: TableBody; records: RecordBody[]; done: () => void }) {
    const { t, label } = useWords();
    const { admin } = usePerson();
    const act = useAct();
    const again = useLookAgain();
    const [setting, { open: openSetting, close: closeSetting }] = useDisclosure(false);
    const [deleting, { open: openDeleting, close: closeDeleting }] = useDisclosure(false);
    const settable = table.fields.filter(field => SETTABLE.includes(field.kind) && !field.read_only && !field.secret);
    const [name, setName] = useState(settable.find(field => field.name === "state")?.name ?? settable[0]?.name ?? "");
    const [value, setValue] = useState<FieldValue>(null);
    const [busy, setBusy] = useState(false);
    const field = settable.find(one => one.name === name);
    const each = async (change: (record: RecordBody) => Promise<unknown>, word: string) => {
        setBusy(true);
        let good = true;
        for (const record of records) { good = await act(() => change(record)) && good; }
        setBusy(false);
        if (good) { await act(async () => undefined, word); }
        done();
        await again();
    };
    const set = () => each(record => take(api.PATCH("/api/v1/records/{table}/{id}", { params: { path: { table: record.table, id: record.id } }, body: { fields: { [name]: value } } })), t("saved")).then(closeSetting);
    const remove = () => each(record => take(api.DELETE("/api/v1/records/{table}/{id}", { params: { path: { table: record.table, id: record.id }, header: { "If-Match": `"${record.version}"` } } })), t("deleted")).then(closeDeleting);
    return (
        <Group gap="xs">
            <Text size="sm" fw={500}>{t("selected", { count: records.length })}</Text>
            <Button size="xs" variant="light" onClick={openSetting}>{t("set_field")}</Button>
            {admin && <Button size="xs" variant="light" color="red" onClick={openDeleting}>{t("delete")}</Button>}
            <Button size="xs" variant="subtle" color="gray" onClick={done}>{t("select_none")}</Button>
            <Modal opened={setting} onClose={closeSetting} title={t("set_field_of", { count: records.length })} closeButtonProps={{ "aria-label": t("close") }}>
                <Stack>
                    <Select label={t("field")} data={settable.map(one => ({ value: one.name, label: label(one.label, one.name) }))} value={name} onChange={next => { setName(next ?? ""); setValue(null); }} searchable />
                    {field && <FieldInput key={name} field={{ ...field, mandatory: false }} value={value} onChange={setValue} />}
                    <Group justify="flex-end"><Button variant="default" onClick={closeSetting}>{t("cancel")}</Button><Button loading={busy} onClick={() => void set()}>{t("save")}</Button></Group>
                </Stack>
            </Modal>
            <Modal opened={deleting} onClose={closeDeleting} title={t("delete_all", { count: records.length })} closeButtonProps={{ "aria-label": t("close") }}>
                <Stack>
                    <Text size="sm">{t("delete_hint")}</Text>
                    <Group justify="flex-end"><Button variant="default" data-autofocus onClick={closeDeleting}>{t("cancel")}</Button><Button color="red" loading={busy} onClick={() => void remove()}>{t("delete")}</Button></Group>
                </Stack>
            </Modal>
        </Group>
    );
}
