/* One page of records after the other: columns, sorting, selection, and the keyboard (j and k or the arrows move, Enter
   opens, x selects). */

import { ActionIcon, Anchor, Button, Checkbox, Group, Menu, Stack, Table, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import type { FieldBody, RecordBody, Schemas, TableBody } from "../api/client";
import { useRecords } from "../api/queries";
import { Cell } from "../dictionary/Cell";
import { choose, chosen, shows } from "../dictionary/columns";
import { useWords } from "../i18n";
import { mayWrite } from "../session/may";
import { usePerson } from "../session/session";
import { recordPath } from "../shell/jump";
import { Complaint } from "../ui/Complaint";
import { Icon } from "../ui/icons";
import { Nothing, Waiting } from "../ui/Page";
import { Bulk } from "./Bulk";

interface Props { table: TableBody; filter: string | null; query: string | null; order: string | null; onOrder: (order: string | null) => void; empty: string }

/** Moves the focus to the link of another row. */
export function moveFocus(list: HTMLElement | null, by: number): void {
    const links = [...list?.querySelectorAll<HTMLElement>("[data-row] a[data-open]") ?? []];
    const row = document.activeElement?.closest("[data-row]");
    const at = links.findIndex(link => row?.contains(link));
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1)];
    next?.focus();
}

export function RecordList({ table, filter, query, order, onOrder, empty }: Props) {
    const { t } = useWords();
    const { person } = usePerson();
    const [columns, setColumns] = useState(() => chosen(person.id, table));
    const [cursors, setCursors] = useState<(string | null)[]>([null]);
    const [selected, setSelected] = useState<string[]>([]);
    const [count, setCount] = useState<Schemas["CountBody"] | null>(null);
    const list = useRef<HTMLTableElement>(null);
    useEffect(() => { setCursors([null]); setSelected([]); setCount(null); }, [filter, query, order]);
    const page = useRecords(table.name, { filter, query, order, cursor: cursors.at(-1) ?? null });
    // The whole list is counted with its first page.
    const counted = page.isPlaceholderData ? null : page.data?.count ?? null;
    useEffect(() => { if (counted !== null) { setCount(counted); } }, [counted]);
    const rows = page.data?.items ?? [];
    const pick = (id: string) => setSelected(before => before.includes(id) ? before.filter(one => one !== id) : [...before, id]);
    useHotkeys([
        ["j", () => moveFocus(list.current, 1)], ["k", () => moveFocus(list.current, -1)],
        ["x", () => { const id = document.activeElement?.closest<HTMLElement>("[data-row]")?.dataset.row; if (id) { pick(id); } }],
    ]);
    if (page.isError && !page.data) { return <Complaint failure={page.error} again={() => void page.refetch()} />; }
    if (!page.data) { return <Waiting />; }
    const fields = columns.map(name => table.fields.find(field => field.name === name)).filter(field => field !== undefined);
    const writable = mayWrite(person.roles, table);
    const turn = (next: (string | null)[]) => { setCursors(next); setSelected([]); scrollTo(0, 0); };
    return (
        <Stack gap="xs">
            <Group justify="space-between" gap="xs" mih={34}>
                {selected.length > 0
                    ? <Bulk table={table} records={rows.filter(row => selected.includes(row.id))} done={() => setSelected([])} />
                    : <Text size="sm" c="dimmed">{[
                        count ? t(count.capped ? "rows_many" : "rows", { count: count.value }) : page.data.next || cursors.length > 1 ? "" : t("rows", { count: rows.length }),
                        page.data.next || cursors.length > 1 ? t("page_of", { page: cursors.length }) : "",
                    ].filter(Boolean).join(" · ")}</Text>}
                <Columns table={table} columns={columns} onChange={names => { choose(person.id, table.name, names); setColumns(names ?? chosen(person.id, table)); }} />
            </Group>
            {page.isError && <Complaint failure={page.error} />}
            {rows.length === 0 ? <Nothing text={empty} /> : (
                <Table ref={list} className="list" verticalSpacing={7} highlightOnHover onKeyDown={event => {
                    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); moveFocus(list.current, event.key === "ArrowDown" ? 1 : -1); }
                }}>
                    <Table.Thead>
                        <Table.Tr>
                            {writable && <Table.Th className="narrow"><Checkbox size="xs" aria-label={t("select_all")} checked={selected.length === rows.length} indeterminate={selected.length > 0 && selected.length < rows.length}
                                onChange={() => setSelected(selected.length === rows.length ? [] : rows.map(row => row.id))} /></Table.Th>}
                            {fields.map(field => <Heading key={field.name} field={field} order={order} onOrder={onOrder} />)}
                        </Table.Tr>
                    </Table.Thead>
                    <Table.Tbody>{rows.map(row => <Row key={row.id} row={row} fields={fields} display={table.display} picked={selected.includes(row.id)} onPick={writable ? () => pick(row.id) : null} />)}</Table.Tbody>
                </Table>
            )}
            {(cursors.length > 1 || page.data.next) && (
                <Group gap="xs" justify="flex-end">
                    <Button size="xs" variant="default" leftSection={<Icon name="back" size={14} />} disabled={cursors.length === 1} onClick={() => turn(cursors.slice(0, -1))}>{t("previous")}</Button>
                    <Button size="xs" variant="default" rightSection={<Icon name="next" size={14} />} disabled={!page.data.next} onClick={() => turn([...cursors, page.data.next ?? null])}>{t("next")}</Button>
                </Group>
            )}
        </Stack>
    );
}

const SORTABLE = ["string", "email", "number", "choice", "integer", "decimal", "boolean", "datetime", "date", "duration", "url"];

function Heading({ field, order, onOrder }: { field: FieldBody; order: string | null; onOrder: (order: string | null) => void }) {
    const { label } = useWords();
    const name = label(field.label, field.name);
    if (!__ABILITIES__.order || !SORTABLE.includes(field.kind)) { return <Table.Th>{name}</Table.Th>; }
    const sorted = order === field.name ? "ascending" : order === `-${field.name}` ? "descending" : "none";
    const next = sorted === "none" ? field.name : sorted === "ascending" ? `-${field.name}` : null;
    return (
        <Table.Th aria-sort={sorted}>
            <UnstyledButton className="sort" onClick={() => onOrder(next)}>{name}{sorted !== "none" && <span aria-hidden="true">{sorted === "ascending" ? "↑" : "↓"}</span>}</UnstyledButton>
        </Table.Th>
    );
}

function Row({ row, fields, display, picked, onPick }: { row: RecordBody; fields: FieldBody[]; display: string; picked: boolean; onPick: (() => void) | null }) {
    const { t, label } = useWords();
    const name = row.display[display] ?? row.id;
    const linked = fields.some(field => field.name === display) ? display : fields[0]?.name;
    return (
        <Table.Tr data-row={row.id} bg={picked ? "var(--mantine-primary-color-light)" : undefined}>
            {onPick && <Table.Td className="narrow pick"><Checkbox size="xs" aria-label={t("select_one", { name })} checked={picked} onChange={onPick} /></Table.Td>}
            {fields.map(field => (
                <Table.Td key={field.name} data-label={label(field.label, field.name)} className={classOf(row, field)}>
                    {field.name === linked
                        ? <Anchor component={Link} to={recordPath(row.table, row.id)} data-open size="sm" fw={500}>{row.display[field.name] || row.id.slice(0, 8)}</Anchor>
                        : <Cell record={row} field={field} />}
                </Table.Td>
            ))}
        </Table.Tr>
    );
}

const classOf = (row: RecordBody, field: FieldBody): string => [
    ["datetime", "date", "duration", "number", "choice", "boolean", "integer"].includes(field.kind) ? "narrow" : "",
    ["email", "reference"].includes(field.kind) ? "firm" : "",
    field.kind !== "boolean" && (row.fields[field.name] === undefined || row.fields[field.name] === null) ? "blank" : "",
].join(" ").trim();

function Columns({ table, columns, onChange }: { table: TableBody; columns: string[]; onChange: (names: string[] | null) => void }) {
    const { t, label } = useWords();
    const toggled = (name: string) => columns.includes(name) ? columns.filter(one => one !== name) : [...columns, name];
    return (
        <Menu position="bottom-end" closeOnItemClick={false} width={260}>
            <Menu.Target><Tooltip label={t("columns")}><ActionIcon variant="default" size="md" aria-label={t("columns")}><Icon name="columns" size={16} /></ActionIcon></Tooltip></Menu.Target>
            <Menu.Dropdown mah={360} className="scrolls">
                {table.fields.filter(shows).map(field => (
                    <Menu.CheckboxItem key={field.name} checked={columns.includes(field.name)} disabled={columns.length === 1 && columns.includes(field.name)} onChange={() => onChange(toggled(field.name))}>{label(field.label, field.name)}</Menu.CheckboxItem>
                ))}
                <Menu.Divider />
                <Menu.Item onClick={() => onChange(null)}>{t("columns_usual")}</Menu.Item>
            </Menu.Dropdown>
        </Menu>
    );
}
