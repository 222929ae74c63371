/* Inbox and outbox: mails with their states and reasons, and what waits or could not be worked on. */

import { Anchor, Button, Checkbox, Group, Select, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { api, take, type EmailBody } from "../api/client";
import { useLookAgain, useMails, useWaiting } from "../api/queries";
import { useWords } from "../i18n";
import { moveFocus } from "../records/RecordList";
import { Complaint, useAct } from "../ui/Complaint";
import { Icon } from "../ui/icons";
import { Nothing, Page, Waiting } from "../ui/Page";
import { State } from "../ui/State";
import { Again } from "./Again";

const INCOMING = ["ready", "in_process", "processed", "failed", "ignored"];
const OUTGOING = ["ready", "in_process", "processed", "failed", "ignored"];

export const InboxPage = () => <Mails direction="incoming" />;
export const OutboxPage = () => <Mails direction="outgoing" />;

function Mails({ direction }: { direction: "incoming" | "outgoing" }) {
    const { t, word } = useWords();
    const [search, setSearch] = useSearchParams();
    const state = search.get("state");
    const text = search.get("text");
    const [typed, setTyped] = useState(text ?? "");
    const [searched] = useDebouncedValue(typed, 300);
    const [cursors, setCursors] = useState<(string | null)[]>([null]);
    const set = (name: string, value: string | null) => setSearch(before => {
        const after = new URLSearchParams(before);
        if (value) { after.set(name, value); } else { after.delete(name); }
        return after;
    }, { replace: true });
    useEffect(() => { if ((text ?? "") !== searched) { set("text", searched || null); } }, [searched]);
    useEffect(() => setCursors([null]), [state, text, direction]);
    const mails = useMails({ direction, state, text, cursor: cursors.at(-1) ?? null });
    const list = useRef<HTMLTableElement>(null);
    useHotkeys([["j", () => moveFocus(list.current, 1)], ["k", () => moveFocus(list.current, -1)]]);
    const incoming = direction === "incoming";
    const title = t(incoming ? "inbox" : "outbox");
    const states = incoming ? INCOMING : OUTGOING;
    const rows = mails.data?.items ?? [];
    const [selected, setSelected] = useState<string[]>([]);
    useEffect(() => setSelected([]), [state, text, direction, cursors]);
    const picked = rows.filter(row => selected.includes(row.id));
    return (
        <Page title={title}>
            <Group gap="sm" align="flex-end">
                <TextInput size="sm" w={260} value={typed} onChange={event => setTyped(event.currentTarget.value)} aria-label={t("search_mails")} placeholder={t("search_mails")} leftSection={<Icon name="search" size={16} />} />
                <Select size="sm" w={180} aria-label={t("state")} placeholder={t("any_state")} data={states.map(value => ({ value, label: word("state", value) }))} value={state} onChange={next => set("state", next)} clearable clearButtonProps={{ "aria-label": t("clear") }} />
            </Group>
            {incoming && <NotWorkedOn />}
            {incoming && <Group gap="xs">
                {picked.length > 0 && <Text size="sm" fw={500}>{t("selected", { count: picked.length })}</Text>}
                <Again mails={picked} done={() => setSelected([])} />
                {picked.length > 0 && <Button size="xs" variant="subtle" color="gray" onClick={() => setSelected([])}>{t("select_none")}</Button>}
            </Group>}
            {mails.isError && <Complaint failure={mails.error} again={() => void mails.refetch()} />}
            {!mails.data ? !mails.isError && <Waiting /> : rows.length === 0
                ? <Nothing text={t(state || text ? "nothing_matches" : incoming ? "no_incoming" : "no_outgoing")} />
                : <MailTable list={list} rows={rows} incoming={incoming} selected={selected} onSelect={setSelected} />}
            {(cursors.length > 1 || mails.data?.next) && (
                <Group gap="xs" justify="flex-end">
                    <Button size="xs" variant="default" disabled={cursors.length === 1} onClick={() => setCursors(cursors.slice(0, -1))}>{t("previous")}</Button>
                    <Button size="xs" variant="default" disabled={!mails.data?.next} onClick={() => setCursors([...cursors, mails.data?.next ?? null])}>{t("next")}</Button>
                </Group>
            )}
        </Page>
    );
}

interface TableProps { list: React.RefObject<HTMLTableElement | null>; rows: EmailBody[]; incoming: boolean; selected: string[]; onSelect: (ids: string[]) => void }

function MailTable({ list, rows, incoming, selected, onSelect }: TableProps) {
    const { t, moment } = useWords();
    const pick = (id: string) => onSelect(selected.includes(id) ? selected.filter(one => one !== id) : [...selected, id]);
    useHotkeys([["x", () => { const id = document.activeElement?.closest<HTMLElement>("[data-row]")?.dataset.row; if (id && incoming) { pick(id); } }]]);
    return (
        <Table ref={list} className="list" verticalSpacing={7} highlightOnHover onKeyDown={event => {
            if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); moveFocus(list.current, event.key === "ArrowDown" ? 1 : -1); }
        }}>
            <Table.Thead><Table.Tr>
                {incoming && <Table.Th className="narrow"><Checkbox size="xs" aria-label={t("select_all")} checked={selected.length === rows.length} indeterminate={selected.length > 0 && selected.length < rows.length} onChange={() => onSelect(selected.length === rows.length ? [] : rows.map(row => row.id))} /></Table.Th>}
                <Table.Th>{t("subject")}</Table.Th><Table.Th>{t(incoming ? "from" : "to")}</Table.Th><Table.Th>{t("state")}</Table.Th><Table.Th>{t("reason")}</Table.Th><Table.Th>{t("when")}</Table.Th>
            </Table.Tr></Table.Thead>
            <Table.Tbody>{rows.map(mail => (
                <Table.Tr key={mail.id} data-row={mail.id} bg={selected.includes(mail.id) ? "var(--mantine-primary-color-light)" : undefined}>
                    {incoming && <Table.Td className="narrow pick"><Checkbox size="xs" aria-label={t("select_one", { name: mail.subject || t("no_subject") })} checked={selected.includes(mail.id)} onChange={() => pick(mail.id)} /></Table.Td>}
                    <Table.Td data-label={t("subject")}><Anchor component={Link} to={`/mail/${mail.id}`} data-open size="sm" fw={500}>{mail.subject || t("no_subject")}</Anchor></Table.Td>
                    <Table.Td data-label={t(incoming ? "from" : "to")} className="firm"><Text span size="sm">{incoming ? mail.from : mail.to.join(", ")}</Text></Table.Td>
                    <Table.Td data-label={t("state")} className="narrow"><State value={mail.state} /></Table.Td>
                    <Table.Td data-label={t("reason")}><Reason mail={mail} /></Table.Td>
                    <Table.Td data-label={t("when")} className="narrow"><Text span size="sm">{moment(mail.created_at)}</Text></Table.Td>
                </Table.Tr>
            ))}</Table.Tbody>
        </Table>
    );
}

/** What a mail counts as, and why it is as it is. */
export function Reason({ mail }: { mail: EmailBody }) {
    const { word } = useWords();
    const said = [mail.class ? word("class", mail.class) : null, mail.reason?.text ?? (mail.direction === "outgoing" ? mail.rule : null)].filter(Boolean);
    return <Text span size="sm">{said.join(": ")}</Text>;
}

/** Arrivals that have no mail yet: they wait, or could not be worked on. */
function NotWorkedOn() {
    const { t, moment } = useWords();
    const act = useAct();
    const again = useLookAgain();
    const waiting = useWaiting().data ?? [];
    if (waiting.length === 0) { return null; }
    const retry = async (id: string) => { await act(() => take(api.POST("/api/v1/arrivals/{id}/retry", { params: { path: { id } } })), t("tried_again")); await again(); };
    return (
        <Stack gap="xs" component="section" aria-label={t("not_worked_on")}>
            <Title order={2} size="h5">{t("not_worked_on")}</Title>
            <Table className="list" verticalSpacing={7}>
                <Table.Thead><Table.Tr><Table.Th>{t("subject")}</Table.Th><Table.Th>{t("from")}</Table.Th><Table.Th>{t("state")}</Table.Th><Table.Th>{t("reason")}</Table.Th><Table.Th>{t("when")}</Table.Th><Table.Th><span className="visually-hidden">{t("steps")}</span></Table.Th></Table.Tr></Table.Thead>
                <Table.Tbody>{waiting.map(one => (
                    <Table.Tr key={one.id}>
                        <Table.Td data-label={t("subject")}>{one.subject ?? "—"}</Table.Td>
                        <Table.Td data-label={t("from")}>{one.sender ?? "—"}</Table.Td>
                        <Table.Td data-label={t("state")} className="narrow"><State value={one.state} /></Table.Td>
                        <Table.Td data-label={t("reason")}>{one.reason?.text}</Table.Td>
                        <Table.Td data-label={t("when")} className="narrow">{moment(one.received_at)}</Table.Td>
                        <Table.Td className="narrow">{one.state === "failed" && <Button size="compact-sm" variant="default" onClick={() => void retry(one.id)}>{t("again")}</Button>}</Table.Td>
                    </Table.Tr>
                ))}</Table.Tbody>
            </Table>
        </Stack>
    );
}
