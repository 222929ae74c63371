/* Who changed what of the configuration, and of users and groups: newest first, narrowed by table, person and days. */

import { Anchor, Button, Group, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { api, take, type Schemas } from "../api/client";
import { useTables } from "../api/queries";
import { ChangeList } from "../dictionary/ChangeList";
import { ReferencePicker } from "../dictionary/ReferencePicker";
import { useWords } from "../i18n";
import { recordPath } from "../shell/jump";
import { Complaint } from "../ui/Complaint";
import { Nothing, Page, Waiting } from "../ui/Page";
import { fromDay, toDay } from "./days";

/** Tables whose changes are in the audit although their records configure nothing. */
const PEOPLE = ["user", "user_address", "group", "group_member", "api_token"];
const ROWS = 50;
/** Fields of a change that are shown at once; of a record that was made or removed, fewer. */
const MOST_CHANGED = 8;
const MOST_MADE = 2;

export function AuditPage() {
    const { t, label } = useWords();
    const tables = useTables().data ?? [];
    const [search, setSearch] = useSearchParams();
    const part = (name: string) => search.get(name) ?? "";
    const put = (name: string, text: string | null) => setSearch(before => { const after = new URLSearchParams(before); if (text) { after.set(name, text); } else { after.delete(name); } return after; });
    const [table, actor, since, until] = [part("table"), part("actor"), part("since"), part("until")];
    const audit = useInfiniteQuery({
        queryKey: ["audit", table, actor, since, until],
        queryFn: ({ pageParam }) => take(api.GET("/api/v1/audit", { params: { query: {
            limit: ROWS, ...table ? { table } : {}, ...actor ? { actor } : {}, ...since ? { since: fromDay(since) } : {}, ...until ? { until: toDay(until) } : {}, ...pageParam ? { cursor: pageParam } : {},
        } } })),
        initialPageParam: null as string | null,
        getNextPageParam: page => page.next ?? null,
    });
    const rows = audit.data?.pages.flatMap(page => page.items);
    const options = tables.filter(one => one.configuration || PEOPLE.includes(one.name)).map(one => ({ value: one.name, label: label(one.label, one.name) })).sort((one, other) => one.label.localeCompare(other.label));
    return (
        <Page title={t("audit")}>
            <Text size="sm" c="dimmed">{t("audit_hint")}</Text>
            <Group gap="sm" align="flex-end" className="narrowing" role="group" aria-label={t("filter")}>
                <Select label={t("table")} size="sm" data={options} value={table || null} onChange={next => put("table", next)} searchable clearable clearButtonProps={{ "aria-label": t("clear") }} />
                <ReferencePicker table="user" label={t("who")} size="sm" value={actor} onChange={next => put("actor", next || null)} />
                <TextInput label={t("since")} size="sm" type="date" value={since} onChange={event => put("since", event.currentTarget.value)} />
                <TextInput label={t("until")} size="sm" type="date" value={until} onChange={event => put("until", event.currentTarget.value)} />
            </Group>
            {audit.isError && <Complaint failure={audit.error} again={() => void audit.refetch()} />}
            {!rows ? !audit.isError && <Waiting /> : rows.length === 0 ? <Nothing text={t("nothing_matches")} /> : (
                <Stack gap="sm">
                    <Table className="list audit" verticalSpacing={7}>
                        <Table.Thead><Table.Tr><Table.Th>{t("when")}</Table.Th><Table.Th>{t("who")}</Table.Th><Table.Th>{t("what")}</Table.Th><Table.Th>{t("changed")}</Table.Th></Table.Tr></Table.Thead>
                        <Table.Tbody>{rows.map(row => <Row key={`${row.record.id}-${row.version}-${row.operation}`} row={row} />)}</Table.Tbody>
                    </Table>
                    {audit.hasNextPage && <Group justify="center"><Button variant="default" size="xs" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>{t("older")}</Button></Group>}
                </Stack>
            )}
        </Page>
    );
}

function Row({ row }: { row: Schemas["AuditEntry"] }) {
    const { t, word, label, moment } = useWords();
    const table = useTables().data?.find(one => one.name === row.record.table);
    return (
        <Table.Tr>
            <Table.Td data-label={t("when")} className="narrow"><Text span size="sm">{moment(row.at)}</Text></Table.Td>
            <Table.Td data-label={t("who")} className="firm"><Text span size="sm">{row.actor === "system" ? t("the_program") : row.actor}</Text></Table.Td>
            <Table.Td data-label={t("what")} className="firm"><Stack gap={0}>
                {row.operation === "delete" ? <Text size="sm">{row.name}</Text> : <Anchor component={Link} to={recordPath(row.record.table, row.record.id)} size="sm" fw={500}>{row.name || row.record.id.slice(0, 8)}</Anchor>}
                <Text size="xs" c="dimmed">{label(table?.label, row.record.table)}</Text>
            </Stack></Table.Td>
            <Table.Td data-label={t("changed")}><Stack gap={2}>
                {row.operation !== "update" && <Text size="sm">{word("operation", row.operation)}</Text>}
                <ChangeList fields={table?.fields ?? []} before={row.old} after={row.new} most={row.operation === "update" ? MOST_CHANGED : MOST_MADE} />
                {row.secrets.length > 0 && <Text size="sm">{t("secrets_changed", { fields: row.secrets.map(name => label(table?.fields.find(field => field.name === name)?.label, name)).join(", ") })}</Text>}
            </Stack></Table.Td>
        </Table.Tr>
    );
}
