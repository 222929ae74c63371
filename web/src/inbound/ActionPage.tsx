/* One inbound action: its form, and beside it what it would do with a mail, saved or not. */

import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { useQueryClient } from "@tanstack/react-query";
import { api, take, type RecordBody, type TableBody } from "../api/client";
import { useRecord, useTables } from "../api/queries";
import { textOf } from "../dictionary/values";
import { useWords } from "../i18n";
import { defaults } from "../records/form";
import { useDraft } from "../records/useDraft";
import { mayWrite } from "../session/may";
import { usePerson } from "../session/session";
import { Complaint, useAct } from "../ui/Complaint";
import { Page, Waiting } from "../ui/Page";
import { State } from "../ui/State";
import { ActionForm } from "./ActionForm";
import { History } from "./History";
import { TRIAL, TryOnMail } from "./TryOnMail";
import { useTrying } from "./useTrying";
import { ACTION } from "./queries";

const ABOVE = "/actions";

export function ActionPage() {
    const { id = "" } = useParams();
    return id === "new" ? <NewAction /> : <OneAction key={id} id={id} />;
}

function NewAction() {
    const { t } = useWords();
    const table = useTables().data?.find(one => one.name === ACTION);
    return <Page title={t("new_action")} above={{ to: ABOVE, text: t("actions") }}>{table ? <Editor table={table} record={null} /> : <Waiting />}</Page>;
}

function OneAction({ id }: { id: string }) {
    const { t } = useWords();
    const { person } = usePerson();
    const [going, setGoing] = useState(false);
    const record = useRecord(ACTION, id, !going);
    const table = useTables().data?.find(one => one.name === ACTION);
    const above = { to: ABOVE, text: t("actions") };
    if (record.isError && !record.data) { return <Page title={t("action")} above={above}><Complaint failure={record.error} again={() => void record.refetch()} /></Page>; }
    if (!record.data || !table) { return <Page title={t("action")} above={above}><Waiting /></Page>; }
    return (
        <Page title={String(record.data.fields.name ?? id)} above={above} beside={<State value={record.data.fields.active === true ? "active" : "inactive"} />}
            actions={mayWrite(person.roles, table) && <><ToTrial /><Remove record={record.data} going={setGoing} /></>}>
            {record.isError && <Complaint failure={record.error} />}
            <Editor table={table} record={record.data} />
        </Page>
    );
}

function Editor({ table, record }: { table: TableBody; record: RecordBody | null }) {
    const go = useNavigate();
    const { person } = usePerson();
    // Only who may change actions may try them.
    const tries = mayWrite(person.roles, table);
    const draft = useDraft(record, table.fields, record === null ? defaults(table.fields) : undefined);
    const edited = { id: record?.id ?? null, name: textOf(draft.values.name), changed: draft.changed, dirty: draft.dirty || record === null, active: draft.values.active === true };
    const trying = useTrying(edited);
    // Of the mails that it would send, those of this action.
    const replies = trying.chosen === null ? null : trying.trial.data?.now.mails.filter(mail => mail.action === edited.name) ?? null;
    return (
        <div className={tries ? "two tried" : "two"}>
            <Stack gap="md">
                <ActionForm table={table} record={record} draft={draft} replies={replies} onSaved={saved => { if (record === null) { void go(`/actions/${saved.id}`, { replace: true }); } }} />
                {record && <History table={table} record={record} draft={draft} />}
            </Stack>
            {tries && <TryOnMail trying={trying} action={edited} />}
        </div>
    );
}

/** Where the trial stands below the form, the way to it. */
function ToTrial() {
    const { t } = useWords();
    const go = () => { const place = document.getElementById(TRIAL); place?.scrollIntoView(); place?.focus({ preventScroll: true }); };
    return <Button size="compact-sm" variant="light" hiddenFrom="lg" onClick={go}>{t("try_on_mail")}</Button>;
}

/** Deletes; the record is no longer looked at from the moment on in which it goes. */
function Remove({ record, going }: { record: RecordBody; going: (going: boolean) => void }) {
    const { t } = useWords();
    const [opened, { open, close }] = useDisclosure(false);
    const act = useAct();
    const client = useQueryClient();
    const go = useNavigate();
    const remove = async () => {
        going(true);
        const header = { "If-Match": `"${record.version}"` };
        const gone = await act(() => take(api.DELETE("/api/v1/records/{table}/{id}", { params: { path: { table: ACTION, id: record.id }, header } })), t("deleted"));
        close();
        if (!gone) { going(false); return; }
        await go(ABOVE);
        await client.invalidateQueries({ queryKey: ["records", ACTION] });
    };
    return (
        <>
            <Button variant="subtle" color="red" size="compact-sm" onClick={open}>{t("delete")}</Button>
            <Modal opened={opened} onClose={close} title={t("delete_action")} closeButtonProps={{ "aria-label": t("close") }}>
                <Stack>
                    <Text size="sm">{t("delete_action_hint")}</Text>
                    <Group justify="flex-end"><Button variant="default" data-autofocus onClick={close}>{t("cancel")}</Button><Button color="red" onClick={() => void remove()}>{t("delete")}</Button></Group>
                </Stack>
            </Modal>
        </>
    );
}
