/* One record: its form, and for tasks what happened to it and what an agent does with it. */

import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Navigate, useNavigate, useParams } from "react-router";
import { api, take, type RecordBody, type TableBody } from "../api/client";
import { useRecord, useTables } from "../api/queries";
import { useWords } from "../i18n";
import { mayWrite } from "../session/may";
import { usePerson } from "../session/session";
import { recordPath } from "../shell/jump";
import { places } from "../shell/places";
import { Complaint, useAct } from "../ui/Complaint";
import { Page, Waiting } from "../ui/Page";
import { State } from "../ui/State";
import { JobRuns } from "../admin/JobRuns";
import { WhoMay } from "../admin/WhoMay";
import { Attachments } from "./Attachments";
import { Composer } from "./Composer";
import { Facts, Report } from "./Caller";
import { Feed } from "./Feed";
import { Password } from "./Password";
import { RecordForm } from "./RecordForm";
import { Steps } from "./Steps";
import { Tokens } from "./Tokens";
import { Why } from "../mail/Why";

export function IncidentPage() {
    const { id = "" } = useParams();
    return <OneRecord key={id} name="incident" id={id} />;
}

export function RecordPage() {
    const { table = "", id = "" } = useParams();
    if (table === "incident" && id !== "new") { return <Navigate to={`/incidents/${id}`} replace />; }
    // These have pages of their own.
    if (table === "inbound_action") { return <Navigate to={recordPath(table, id)} replace />; }
    return id === "new" ? <NewRecord key={table} name={table} /> : <OneRecord key={table + id} name={table} id={id} />;
}

/** What the list of a table is called in the navigation. */
const placeOf = (name: string) => places.find(one => one.to === listOf(name))?.text;
const listOf = (name: string) => name === "incident" ? "/incidents" : `/list/${name}`;
/** Whether records of the table have a feed: they have journals to write into. */
export const hasFeed = (table: TableBody): boolean => table.fields.some(field => field.kind === "journal");

function NewRecord({ name }: { name: string }) {
    const { t, label } = useWords();
    const go = useNavigate();
    const { agent } = usePerson();
    const table = useTables().data?.find(one => one.name === name);
    const shown = label(table?.label, name);
    const place = placeOf(name);
    const above = { to: listOf(name), text: place ? t(place) : shown };
    if (table && !agent && hasFeed(table)) { return <Page title={t("new_of", { table: shown })} above={above}><Report table={table} /></Page>; }
    return (
        <Page title={t("new_of", { table: shown })} above={above}>
            {table ? <RecordForm table={table} record={null} onSaved={saved => void go(name === "incident" ? `/incidents/${saved.id}` : `/record/${saved.table}/${saved.id}`, { replace: true })} /> : <Waiting />}
        </Page>
    );
}

function OneRecord({ name, id }: { name: string; id: string }) {
    const { t, label } = useWords();
    const { person, agent } = usePerson();
    const [going, setGoing] = useState(false);
    const record = useRecord(name, id, !going);
    const tables = useTables().data;
    const table = tables?.find(one => one.name === (record.data?.table ?? name));
    const shown = label(table?.label, name);
    const place = placeOf(name);
    const above = name === "user" && !agent ? { to: listOf("incident"), text: t("incidents") } : { to: listOf(name), text: place ? t(place) : shown };
    if (record.isError && !record.data) { return <Page title={shown} above={above}><Complaint failure={record.error} again={() => void record.refetch()} /></Page>; }
    if (!record.data || !table) { return <Page title={shown} above={above}><Waiting /></Page>; }
    const { fields, display } = record.data;
    const number = display[table.display] ?? id;
    const title = table.fields.some(field => field.name === table.display && field.kind === "number") ? `${number} ${display.subject ?? ""}`.trim() : number;
    const state = table.fields.find(field => field.name === "state" && field.kind === "choice")?.choices.find(choice => choice.value === fields.state);
    return (
        <Page title={title} above={above} beside={state && <State value={state.value} text={label(state.label, state.value)} />} actions={<><WhoMay table={table} record={record.data} />{table.name === "user" && <Password record={record.data} />}<Remove table={table} record={record.data} going={setGoing} /></>}>
            {record.isError && <Complaint failure={record.error} />}
            {hasFeed(table) ? <Task table={table} record={record.data} /> : table.name === "scheduled_job"
                ? <div className="two"><RecordForm table={table} record={record.data} /><JobRuns record={record.data} /></div>
                : agent || mayWrite(person.roles, table) ? <RecordForm table={table} record={record.data} /> : <Facts table={table} record={record.data} />}
            {table.name === "user" && <Tokens record={record.data} />}
        </Page>
    );
}

function Task({ table, record }: { table: TableBody; record: RecordBody }) {
    const { agent } = usePerson();
    const [writing, setWriting] = useState(false);
    const path = { table: record.table, id: record.id };
    return (
        <Stack gap="md">
            {agent && <Steps table={table} record={record} ask={() => setWriting(true)} />}
            <div className="two sided">
                <Stack gap="md">
                    {agent ? <RecordForm table={table} record={record} /> : <Facts table={table} record={record} />}
                    <Attachments {...path} />
                    {agent && <Why of={record.id} />}
                </Stack>
                <Stack gap="md">
                    <Composer table={table} record={record} asking={writing} onAsked={() => setWriting(false)} />
                    <Feed table={table} record={record} />
                </Stack>
            </div>
        </Stack>
    );
}

/** Deletes; the record is no longer looked at from the moment on in which it goes. */
function Remove({ table, record, going }: { table: TableBody; record: RecordBody; going: (going: boolean) => void }) {
    const { t } = useWords();
    const { admin } = usePerson();
    const [opened, { open, close }] = useDisclosure(false);
    const act = useAct();
    const client = useQueryClient();
    const go = useNavigate();
    if (!admin) { return null; }
    const remove = async () => {
        going(true);
        const header = { "If-Match": `"${record.version}"` };
        const gone = await act(() => take(api.DELETE("/api/v1/records/{table}/{id}", { params: { path: { table: record.table, id: record.id }, header } })), t("deleted"));
        close();
        if (!gone) { going(false); return; }
        await go(listOf(table.name));
        await client.invalidateQueries({ queryKey: ["records", table.name] });
    };
    return (
        <>
            <Button variant="subtle" color="red" size="compact-sm" onClick={open}>{t("delete")}</Button>
            <Modal opened={opened} onClose={close} title={t("delete_all", { count: 1 })} closeButtonProps={{ "aria-label": t("close") }}>
                <Stack>
                    <Text size="sm">{t("delete_hint")}</Text>
                    <Group justify="flex-end"><Button variant="default" data-autofocus onClick={close}>{t("cancel")}</Button><Button color="red" onClick={() => void remove()}>{t("delete")}</Button></Group>
                </Stack>
            </Modal>
        </>
    );
}

