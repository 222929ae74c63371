/* The inbound actions in the order in which they run: what each takes and does, switched on and off, moved by mouse or
   keys, with what is wrong about it. */

import { ActionIcon, Anchor, Badge, Button, Group, Select, Stack, Switch, Table, Text, TextInput } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { Link, useSearchParams } from "react-router";
import { api, take, type RecordBody, type TableBody } from "../api/client";
import { queries, useLookAgain, useTables } from "../api/queries";
import { useWords } from "../i18n";
import { moveFocus } from "../records/RecordList";
import { mayWrite } from "../session/may";
import { usePerson } from "../session/session";
import { Complaint, useAct } from "../ui/Complaint";
import { Icon } from "../ui/icons";
import { Nothing, Page, Waiting } from "../ui/Page";
import { ConditionSaid } from "./ConditionSaid";
import { equals, moved, orderOf } from "./order";
import { ACTION, ACTIONS, sorted, useAccountNames, useActions, useWarnings } from "./queries";

const OWN_TYPES = ["new", "reply", "forward"];
const ALSO = ["on_reports", "on_invitations", "on_automatic"] as const;

export function ActionsPage() {
    const { t, label } = useWords();
    const { person } = usePerson();
    const [search, setSearch] = useSearchParams();
    const tables = useTables().data;
    const actions = useActions();
    const accounts = useAccountNames();
    const info = tables?.find(one => one.name === ACTION);
    const [table, type, account, text] = ["table", "type", "account", "text"].map(name => search.get(name) ?? "") as [string, string, string, string];
    const put = (name: string, value: string | null) => setSearch(before => { const after = new URLSearchParams(before); if (value) { after.set(name, value); } else { after.delete(name); } return after; }, { replace: true });
    const all = actions.data ?? [];
    const shown = all.filter(one => fits(one, { table, type, account, text }));
    const used = [...new Set(all.map(one => String(one.fields.table ?? "")))].filter(Boolean);
    const types = info?.fields.find(field => field.name === "message_type")?.choices ?? [];
    const writable = info !== undefined && mayWrite(person.roles, info);
    return (
        <Page title={t("actions")} actions={writable && <Button component={Link} to="/actions/new" size="sm" leftSection={<Icon name="plus" size={16} />}>{t("new_action")}</Button>}>
            <Text size="sm" c="dimmed" maw={820}>{t("actions_hint")}</Text>
            <Group gap="sm" align="flex-end" className="narrowing" role="group" aria-label={t("filter")}>
                <TextInput size="sm" label={t("name")} value={text} onChange={event => put("text", event.currentTarget.value)} />
                <Select size="sm" label={t("table")} data={used.map(name => ({ value: name, label: label(tables?.find(one => one.name === name)?.label, name) }))} value={table || null} onChange={next => put("table", next)} clearable clearButtonProps={{ "aria-label": t("clear") }} />
                <Select size="sm" label={t("takes_mail")} data={types.filter(one => one.value !== "all").map(one => ({ value: one.value, label: label(one.label, one.value) }))} value={type || null} onChange={next => put("type", next)} clearable clearButtonProps={{ "aria-label": t("clear") }} />
                <Select size="sm" label={t("account")} data={accounts} value={account || null} onChange={next => put("account", next)} clearable clearButtonProps={{ "aria-label": t("clear") }} />
            </Group>
            {actions.isError && <Complaint failure={actions.error} again={() => void actions.refetch()} />}
            {!actions.data || !tables || !info ? !actions.isError && <Waiting /> : shown.length === 0
                ? <Nothing text={t(all.length === 0 ? "no_actions" : "nothing_matches")} />
                : <List all={all} shown={shown} tables={tables} info={info} writable={writable} />}
        </Page>
    );
}

interface Asked { table: string; type: string; account: string; text: string }

/** Whether an action may take such mail. */
function fits({ fields }: RecordBody, { table, type, account, text }: Asked): boolean {
    const accounts = Array.isArray(fields.accounts) ? fields.accounts : [];
    const words = `${String(fields.name ?? "")} ${String(fields.description ?? "")}`.toLowerCase();
    return (table === "" || fields.table === table)
        && (type === "" || fields.message_type === type || fields.message_type === "all")
        && (account === "" || accounts.length === 0 || accounts.includes(account))
        && words.includes(text.trim().toLowerCase());
}

interface ListProps { all: RecordBody[]; shown: RecordBody[]; tables: TableBody[]; info: TableBody; writable: boolean }

function List({ all, shown, tables, info, writable }: ListProps) {
    const { t } = useWords();
    const list = useRef<HTMLTableElement>(null);
    const act = useAct();
    const again = useLookAgain();
    const moving = useRef<Promise<void>>(Promise.resolve());
    const [held, setHeld] = useState<string | null>(null);
    const [over, setOver] = useState<string | null>(null);
    const [told, setTold] = useState("");
    const same = equals(all, tables);
    const doubts = useWarnings(writable).data ?? [];
    useHotkeys([["j", () => moveFocus(list.current, 1)], ["k", () => moveFocus(list.current, -1)]]);

    // What is written is seen at once, and the next write goes on from its version; what goes wrong is read anew.
    const write = async (record: RecordBody, fields: Record<string, number | boolean>) => {
        const shown = queries.getQueryData<RecordBody[]>(ACTIONS)?.find(one => one.id === record.id) ?? record;
        const put = (next: RecordBody) => queries.setQueryData<RecordBody[]>(ACTIONS, before => before && sorted(before.map(one => one.id === next.id ? next : one)));
        await queries.cancelQueries({ queryKey: ACTIONS });
        put({ ...shown, fields: { ...shown.fields, ...fields } });
        put(await take(api.PATCH("/api/v1/records/{table}/{id}", { params: { path: { table: ACTION, id: record.id }, header: { "If-Match": `"${shown.version}"` } }, body: { fields } })));
    };
    // One after the other, each on what the one before has made of the list.
    const move = (id: string, side: "before" | "after", beside: string | undefined) => {
        if (beside !== undefined && beside !== id) { moving.current = moving.current.then(() => put(id, side, beside)); }
    };
    const put = async (id: string, side: "before" | "after", beside: string) => {
        const now = queries.getQueryData<RecordBody[]>(ACTIONS) ?? all;
        const changes = moved(now.map(orderOf), id, side, beside);
        await act(async () => {
            // From the last to the first, so that nothing stands before what it should follow in between.
            for (const change of changes.toReversed()) {
                const record = now.find(one => one.id === change.id);
                if (record && record.fields.order !== change.order) { await write(record, { order: change.order }); }
            }
        });
        void again();
        setTold(t("action_moved", { name: String(now.find(one => one.id === id)?.fields.name ?? ""), order: changes[0]?.order ?? "" }));
    };
    const step = (id: string, by: 1 | -1) => {
        const at = shown.findIndex(one => one.id === id);
        move(id, by < 0 ? "before" : "after", shown[at + by]?.id);
    };
    const toggle = async (record: RecordBody, active: boolean) => { await act(() => write(record, { active })); await again(); };
    const rowAt = (event: PointerEvent) => document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>("[data-row]")?.dataset.row ?? null;
    const pickUp = (event: PointerEvent, id: string) => { event.preventDefault(); event.currentTarget.setPointerCapture(event.pointerId); setHeld(id); };
    const drag = (event: PointerEvent) => { if (held !== null) { setOver(rowAt(event)); } };
    const putDown = (event: PointerEvent) => {
        const target = rowAt(event);
        if (held !== null && target !== null) {
            const down = shown.findIndex(one => one.id === held) < shown.findIndex(one => one.id === target);
            move(held, down ? "after" : "before", target);
        }
        leave();
    };
    const leave = () => { setHeld(null); setOver(null); };
    const onKey = (event: KeyboardEvent) => {
        const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
        if (by === 0 || (event.target as HTMLElement).closest("input")) { return; }
        event.preventDefault();
        const row = (event.target as HTMLElement).closest<HTMLElement>("[data-row]")?.dataset.row;
        if (event.altKey && row && writable) { step(row, by); } else { moveFocus(list.current, by); }
    };
    return (
        <>
            <div role="status" className="visually-hidden">{told}</div>
            <Table ref={list} className="list actions" verticalSpacing={7} highlightOnHover onKeyDown={onKey}>
                <Table.Thead><Table.Tr>
                    <Table.Th className="narrow">{t("order")}</Table.Th><Table.Th className="narrow">{t("active")}</Table.Th><Table.Th>{t("name")}</Table.Th><Table.Th>{t("takes_mail")}</Table.Th><Table.Th>{t("does")}</Table.Th><Table.Th>{t("condition")}</Table.Th>
                </Table.Tr></Table.Thead>
                <Table.Tbody>{shown.map((record, at) => (
                    <Table.Tr key={record.id} data-row={record.id} className={over === record.id ? "over" : undefined}>
                        <Table.Td data-label={t("order")} className="narrow">
                            <Group gap={2} wrap="nowrap">
                                {writable && <span className="grip" aria-hidden="true" title={t("drag")} onPointerDown={event => pickUp(event, record.id)} onPointerMove={drag} onPointerUp={putDown} onPointerCancel={leave}><Icon name="grip" size={16} /></span>}
                                <Text span size="sm" className="order">{String(record.fields.order ?? 0)}</Text>
                                {writable && <>
                                    <ActionIcon size="sm" variant="subtle" color="gray" disabled={at === 0} aria-label={t("move_up", { name: String(record.fields.name) })} aria-keyshortcuts="Alt+ArrowUp" onClick={() => step(record.id, -1)}><Icon name="up" size={14} /></ActionIcon>
                                    <ActionIcon size="sm" variant="subtle" color="gray" disabled={at === shown.length - 1} aria-label={t("move_down", { name: String(record.fields.name) })} aria-keyshortcuts="Alt+ArrowDown" onClick={() => step(record.id, 1)}><Icon name="down" size={14} /></ActionIcon>
                                </>}
                            </Group>
                        </Table.Td>
                        <Table.Td data-label={t("active")} className="narrow"><Switch size="sm" checked={record.fields.active === true} disabled={!writable} aria-label={t("active_of", { name: String(record.fields.name) })} onChange={event => void toggle(record, event.currentTarget.checked)} /></Table.Td>
                        <Table.Td data-label={t("name")} className="firm"><Name record={record} equal={same.get(record.id)} doubts={doubts.filter(one => one.action.id === record.id).map(one => one.text)} /></Table.Td>
                        <Table.Td data-label={t("takes_mail")}><Takes record={record} info={info} /></Table.Td>
                        <Table.Td data-label={t("does")}><Does record={record} info={info} tables={tables} /></Table.Td>
                        <Table.Td data-label={t("condition")}><ConditionSaid record={record} tables={tables} /></Table.Td>
                    </Table.Tr>
                ))}</Table.Tbody>
            </Table>
            {writable && <Text size="xs" c="dimmed" visibleFrom="sm">{t("move_keys")}</Text>}
        </>
    );
}

function Name({ record, equal, doubts }: { record: RecordBody; equal: string[] | undefined; doubts: string[] }) {
    const { t } = useWords();
    const { name, description, active } = record.fields;
    return (
        <Stack gap={2}>
            <Anchor component={Link} to={`/actions/${record.id}`} data-open size="sm" fw={500} c={active === true ? undefined : "dimmed"}>{String(name)}</Anchor>
            {description && <Text size="xs" c="dimmed" lineClamp={2}>{String(description)}</Text>}
            {doubts.map(text => <Warning key={text} text={text} />)}
            {equal && <Warning text={t("equal_order", { names: equal.join(", ") })} />}
        </Stack>
    );
}

export function Warning({ text }: { text: string }) {
    return <Text size="xs" className="warned"><Icon name="alert" size={13} /> {text}</Text>;
}

/** Which mail an action takes: the type, what else it asks for, and of which accounts. */
function Takes({ record, info }: { record: RecordBody; info: TableBody }) {
    const { t, label } = useWords();
    const { message_type: type, accounts, verified_only: verified } = record.fields;
    const field = (name: string) => info.fields.find(one => one.name === name);
    const choice = field("message_type")?.choices.find(one => one.value === type);
    const also = ALSO.filter(name => record.fields[name] === true).map(name => label(field(name)?.label, name));
    return (
        <Stack gap={2} align="flex-start">
            <Badge variant="light" color={OWN_TYPES.includes(String(type)) ? "blue" : "gray"} radius="sm" className="state">{label(choice?.label, String(type ?? "all"))}</Badge>
            {also.map(one => <Text size="xs" key={one}>{one}</Text>)}
            {verified === true && <Text size="xs">{label(field("verified_only")?.label, "verified_only")}</Text>}
            {Array.isArray(accounts) && accounts.length > 0 && <Text size="xs">{t("only_accounts", { names: accounts.join(", ") })}</Text>}
        </Stack>
    );
}

/** What an action does, and with which record. */
function Does({ record, info, tables }: { record: RecordBody; info: TableBody; tables: TableBody[] }) {
    const { t, label } = useWords();
    const { kind, target, table, stop_processing: stop, script } = record.fields;
    const choice = (name: string, value: unknown) => label(info.fields.find(one => one.name === name)?.choices.find(one => one.value === value)?.label, String(value ?? ""));
    return (
        <Stack gap={2}>
            <Text size="sm">{choice("kind", kind)}: {label(tables.find(one => one.name === table)?.label, String(table ?? ""))}</Text>
            <Text size="xs" c="dimmed">{[choice("target", target), script ? t("by_script") : ""].filter(Boolean).join(" · ")}</Text>
            {stop === true && <Text size="xs">{t("stops_after")}</Text>}
        </Stack>
    );
}
