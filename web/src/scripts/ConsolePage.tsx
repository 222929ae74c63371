/* The script console, for administrators: a script is run without changing anything, what it would do is shown, and
   then, where one says so, done. */

import { Alert, Anchor, Button, Code, Group, Input, Modal, SegmentedControl, Select, Stack, Table, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMemo, useRef, useState, type KeyboardEvent } from "react";
import { Link } from "react-router";
import { api, take, type Schemas } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import { useLookAgain, useTables } from "../api/queries";
import { ReferencePicker } from "../dictionary/ReferencePicker";
import { useWords } from "../i18n";
import { usePerson } from "../session/session";
import { recordPath } from "../shell/jump";
import { Complaint } from "../ui/Complaint";
import { Page, Waiting } from "../ui/Page";
import type { Fault } from "./Editor";
import { ScriptEditor } from "./ScriptEditor";

type Ran = Schemas["ScriptRan"];

/** The scripts that were written last, for as long as the tab is open. */
const written: { source: string; vocabulary: string; table: string; record: string } = { source: "", vocabulary: "simpleone", table: "incident", record: "" };
const NAME = "console";

export function ConsolePage() {
    const { t } = useWords();
    const { admin } = usePerson();
    return <Page title={t("script_console")}>{admin ? <Console /> : <Text>{t("admins_run")}</Text>}</Page>;
}

function Console() {
    const { t } = useWords();
    const again = useLookAgain();
    const [asked, setAsked] = useState({ ...written });
    const [ran, setRan] = useState<{ body: Ran; source: string } | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [busy, setBusy] = useState<"dry" | "apply" | null>(null);
    const [confirming, { open, close }] = useDisclosure(false);
    const result = useRef<HTMLDivElement>(null);
    const set = (part: Partial<typeof written>) => { Object.assign(written, part); setAsked({ ...written }); };

    const run = async (apply: boolean) => {
        if (busy !== null) { return; }
        setBusy(apply ? "apply" : "dry");
        setFailure(null);
        const { source, vocabulary, table, record } = asked;
        try {
            const body = await take(api.POST("/api/v1/scripts/run", { body: { source, vocabulary, name: NAME, apply, ...record ? { record: { table, id: record } } : {} } }));
            setRan({ body, source });
            if (body.applied) { await again(); }
            requestAnimationFrame(() => result.current?.focus());
        } catch (thrown) { setFailure(asFailure(thrown)); setRan(null); } finally { setBusy(null); }
    };
    const onKey = (event: KeyboardEvent) => { if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); void run(false); } };
    const known = useMemo<Fault[]>(() => {
        const error = ran?.source === asked.source ? ran.body.error : null;
        return error && error.script === NAME ? [{ line: error.line, column: error.column, message: error.message, severity: "error" }] : [];
    }, [ran, asked.source]);
    const changes = ran !== null && !ran.body.applied && ran.source === asked.source && works(ran.body) && ran.body.changes.length + ran.body.entries.length + ran.body.events.length > 0;
    return (
        <Stack gap="md">
            <Text size="sm" c="dimmed" maw={760}>{t("console_hint")}</Text>
            <section className="sheet" aria-label={t("script")} onKeyDown={onKey}>
                <Stack gap="md">
                    <Group gap="md" align="flex-end" className="narrowing">
                        <Input.Wrapper label={t("vocabulary")} labelElement="div" labelProps={{ id: "vocabulary", style: { display: "block" } }}>
                            <SegmentedControl value={asked.vocabulary} onChange={vocabulary => set({ vocabulary })} aria-labelledby="vocabulary" data={[{ value: "simpleone", label: "SimpleOne" }, { value: "servicenow", label: "ServiceNow" }]} />
                        </Input.Wrapper>
                        <Of table={asked.table} record={asked.record} onChange={set} />
                    </Group>
                    <ScriptEditor label={t("script")} value={asked.source} onChange={source => set({ source })} vocabulary={asked.vocabulary} table={asked.record ? asked.table : null} known={known} rows={14} />
                    <Group gap="xs">
                        <Button onClick={() => void run(false)} loading={busy === "dry"} disabled={asked.source.trim() === ""}>{t("run_dry")}</Button>
                        <Button variant="default" onClick={open} loading={busy === "apply"} disabled={!changes}>{t("apply_changes")}</Button>
                    </Group>
                </Stack>
            </section>
            <div ref={result} role="region" aria-live="polite" aria-label={t("result")} tabIndex={-1} className="heading">
                {failure ? <Complaint failure={failure} /> : busy !== null ? <Waiting /> : ran && <Result ran={ran.body} />}
            </div>
            <Modal opened={confirming} onClose={close} title={t("apply_question")} closeButtonProps={{ "aria-label": t("close") }}>
                <Stack>
                    <Text size="sm">{t("apply_hint")}</Text>
                    {ran && <Changes ran={ran.body} />}
                    <Group justify="flex-end"><Button variant="default" data-autofocus onClick={close}>{t("cancel")}</Button><Button onClick={() => { close(); void run(true); }}>{t("apply_now")}</Button></Group>
                </Stack>
            </Modal>
        </Stack>
    );
}

/** The record that `current` is. */
function Of({ table, record, onChange }: { table: string; record: string; onChange: (part: { table?: string; record?: string }) => void }) {
    const { t, label } = useWords();
    const tables = useTables().data ?? [];
    const data = tables.map(one => ({ value: one.name, label: label(one.label, one.name) })).sort((one, other) => one.label.localeCompare(other.label));
    return (
        <>
            <Select label={t("table")} data={data} value={table} onChange={next => onChange({ table: next ?? "incident", record: "" })} searchable allowDeselect={false} />
            <ReferencePicker key={table} table={table} label={t("current_record")} value={record} onChange={id => onChange({ record: id })} />
        </>
    );
}

const works = (ran: Ran): boolean => ran.error === null && ran.refused === null;

function Result({ ran }: { ran: Ran }) {
    const { t } = useWords();
    const lines = [...ran.log.map(line => ({ ...line, group: "log" })), ...ran.messages.map(line => ({ ...line, group: "message" }))];
    const { queries, rows, effects } = ran.usage;
    return (
        <Stack gap="md" className="sheet">
            {ran.refused && <Alert color="red" title={ran.refused.text} />}
            {ran.error && <Broken error={ran.error} />}
            {ran.aborted !== null && <Alert color="yellow" title={t("called_off_by_script")}>{ran.aborted}</Alert>}
            {works(ran) && <div><Title order={2} size="h5">{t("value")}</Title><pre className="told">{JSON.stringify(ran.value, null, 2)}</pre></div>}
            {lines.length > 0 && <div><Title order={2} size="h5">{t("console_log")}</Title>{lines.map((line, at) => <pre key={at} className={`told line-${line.level}`}>{`${line.level}: ${line.text}`}</pre>)}</div>}
            {ran.printed !== "" && <div><Title order={2} size="h5">{t("printed")}</Title><pre className="told">{ran.printed}</pre></div>}
            {ran.refused_writes.length > 0 && <Alert color="yellow" title={t("refused_writes")}>{ran.refused_writes.map(one => <Text size="sm" key={one}>{one}</Text>)}</Alert>}
            <div>
                <Title order={2} size="h5">{t(ran.applied ? "has_changed" : "would_change")}</Title>
                <Changes ran={ran} />
            </div>
            <Text size="xs" c="dimmed">{t("usage_of_run", { queries, rows, effects })}</Text>
        </Stack>
    );
}

function Broken({ error }: { error: NonNullable<Ran["error"]> }) {
    const { t } = useWords();
    const place = error.line === null || error.script === null ? null : error.script === NAME ? t("line_of", { line: error.line, column: error.column ?? 1 }) : t("line_of_script", { script: error.script, line: error.line, column: error.column ?? 1 });
    return <Alert color="red" title={error.message}>{place && <Text size="sm">{place}</Text>}<Code>{error.code}</Code></Alert>;
}

/** What the script would change, record by record. */
function Changes({ ran }: { ran: Ran }) {
    const { t, word } = useWords();
    if (ran.changes.length + ran.entries.length + ran.events.length === 0) { return <Text size="sm" c="dimmed">{t("nothing_changes")}</Text>; }
    const named = new Map(ran.changes.map(change => [change.record.id, change.name]));
    return (
        <Stack gap="sm">
            {ran.changes.map(change => {
                const name = `${change.record.table} ${change.name || change.record.id}`;
                const there = change.operation === "update" || ran.applied && change.operation !== "delete";
                return (
                    <div key={change.record.id}>
                        <Text size="sm">{word("operation_of", change.operation)}: {there ? <Anchor component={Link} to={recordPath(change.record.table, change.record.id)}>{name}</Anchor> : name}</Text>
                        {change.fields.length > 0 && (
                            <Table withRowBorders={false} verticalSpacing={2} className="list" aria-label={name}>
                                <Table.Thead><Table.Tr><Table.Th>{t("field")}</Table.Th>{change.operation === "update" && <Table.Th>{t("before")}</Table.Th>}<Table.Th>{t("after")}</Table.Th></Table.Tr></Table.Thead>
                                <Table.Tbody>{change.fields.map(field => (
                                    <Table.Tr key={field.field}>
                                        <Table.Td data-label={t("field")}>{field.label}</Table.Td>
                                        {change.operation === "update" && <Table.Td data-label={t("before")}>{field.before_shown || "—"}</Table.Td>}
                                        <Table.Td data-label={t("after")}>{field.after_shown || "—"}</Table.Td>
                                    </Table.Tr>
                                ))}</Table.Tbody>
                            </Table>
                        )}
                    </div>
                );
            })}
            {ran.entries.map((entry, at) => <Text size="sm" key={at}>{word("feed", entry.kind === "file" ? "file_added" : entry.kind)} · {entry.record.table} {named.get(entry.record.id) || entry.record.id}: {entry.text}</Text>)}
            {ran.events.length > 0 && <Text size="sm">{t("events_raised")}: {ran.events.join(", ")}</Text>}
        </Stack>
    );
}
