/* The versions of an action: who changed what, and the way back to one. Going back fills the form; saving stays to be done. */

import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, take, type RecordBody, type TableBody } from "../api/client";
import { ChangeList } from "../dictionary/ChangeList";
import { useWords } from "../i18n";
import type { Draft } from "../records/useDraft";
import { mayWrite } from "../session/may";
import { usePerson } from "../session/session";
import { Complaint } from "../ui/Complaint";
import { Icon } from "../ui/icons";
import { Waiting } from "../ui/Page";
import { asOf } from "./versions";

const ROWS = 50;
/** Fields of one change that are shown at once. */
const MOST = 6;

export function History({ table, record, draft }: { table: TableBody; record: RecordBody; draft: Draft }) {
    const { t } = useWords();
    const [open, setOpen] = useState(false);
    return (
        <Stack gap="xs" component="section" aria-label={t("versions")}>
            <div><Button variant="subtle" size="compact-sm" px={4} leftSection={<Icon name={open ? "down" : "next"} size={14} />} aria-expanded={open} onClick={() => setOpen(!open)}>{t("versions_of", { version: record.version })}</Button></div>
            {open && <Versions table={table} record={record} draft={draft} />}
        </Stack>
    );
}

function Versions({ table, record, draft }: { table: TableBody; record: RecordBody; draft: Draft }) {
    const { t, moment } = useWords();
    const { person } = usePerson();
    const writable = mayWrite(person.roles, table);
    const changes = useInfiniteQuery({
        queryKey: ["changes", record.id, record.version],
        queryFn: ({ pageParam }) => take(api.GET("/api/v1/changes", { params: { query: { record: record.id, limit: ROWS, ...pageParam ? { cursor: pageParam } : {} } } })),
        initialPageParam: null as string | null,
        getNextPageParam: page => page.next ?? null,
    });
    if (changes.isError) { return <Complaint failure={changes.error} />; }
    if (!changes.data) { return <Waiting />; }
    const all = changes.data.pages.flatMap(page => page.items).sort((one, other) => other.version - one.version);
    const back = (version: number) => { for (const [name, value] of Object.entries(asOf(all, version))) { if (table.fields.some(field => field.name === name && !field.base && !field.read_only)) { draft.set(name, value); } } scrollTo(0, 0); };
    return (
        <ol className="versions">
            {all.map(change => (
                <li key={change.version} className="sheet">
                    <Group justify="space-between" gap="xs">
                        <Title order={3} size="h6">{t("version", { version: change.version })}</Title>
                        {writable && change.version < record.version && <Button size="compact-xs" variant="default" onClick={() => back(change.version)}>{t("version_back", { version: change.version })}</Button>}
                    </Group>
                    <Text size="xs" c="dimmed">{moment(change.at)} · {change.actor === "system" ? t("the_program") : change.actor}</Text>
                    {change.operation === "update" ? <ChangeList fields={table.fields} before={change.old} after={change.new} most={MOST} /> : <Text size="sm">{t("operation_insert")}</Text>}
                </li>
            ))}
            {changes.hasNextPage && <li><Button variant="default" size="xs" loading={changes.isFetchingNextPage} onClick={() => void changes.fetchNextPage()}>{t("older")}</Button></li>}
        </ol>
    );
}
