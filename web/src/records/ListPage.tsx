/* Lists of records: incidents with saved quick filters, and any table by its dictionary. The filter stands in the
   address as the API's condition. */

import { Button, CloseButton, Code, Collapse, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useEffect, useMemo, useState, type ReactNode } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { useStatus, useTables } from "../api/queries";
import { ConditionBuilder } from "../dictionary/ConditionBuilder";
import { countOf, emptyGroup, parsed, written, type Group as Tree } from "../dictionary/condition";
import { useWords } from "../i18n";
import { mayWrite } from "../session/may";
import { usePerson } from "../session/session";
import { places } from "../shell/places";
import { Complaint } from "../ui/Complaint";
import { Icon } from "../ui/icons";
import { Nothing, Page, Waiting } from "../ui/Page";
import { callersFilters, quickFilters } from "./quick";
import { RecordList } from "./RecordList";

export function IncidentsPage() {
    const { t } = useWords();
    const { person, agent } = usePerson();
    const demo = useStatus().data?.demo ?? false;
    return (
        <Listing key="incident" name="incident" title={t(agent ? "incidents" : "my_incidents")} quick={agent ? quickFilters(person.id) : callersFilters()} create={{ to: "/record/incident/new", text: t("new_incident") }}
            empty={t(agent ? demo ? "no_incidents_demo" : "no_incidents" : "no_incidents_of_mine")} />
    );
}

export function ListPage() {
    const { table = "" } = useParams();
    const { t, label } = useWords();
    const { person } = usePerson();
    const info = useTables().data?.find(one => one.name === table);
    const place = places.find(one => one.to === `/list/${table}`);
    const create = info && mayWrite(person.roles, info) ? { to: `/record/${table}/new`, text: t("new_record") } : null;
    return <Listing key={table} name={table} title={place ? t(place.text) : label(info?.label, table)} quick={[]} create={create} empty={t("no_records")} />;
}

interface ListingProps { name: string; title: string; quick: { key: string; filter: string | null }[]; create: { to: string; text: string } | null; empty: string }

function Listing({ name, title, quick, create, empty }: ListingProps) {
    const { t, word } = useWords();
    const tables = useTables();
    const table = tables.data?.find(one => one.name === name);
    const [search, setSearch] = useSearchParams();
    const filter = search.get("filter");
    const chosen = search.get("query") ? "" : quick.find(one => one.filter === filter)?.key ?? "";
    const query = search.get("query");
    const order = search.get("order");
    // A condition and an encoded query are two ways to say the same: one takes the place of the other.
    const put = (parts: Record<string, string | null>) => setSearch(before => {
        const after = new URLSearchParams(before);
        for (const [part, text] of Object.entries(parts)) { if (text) { after.set(part, text); } else { after.delete(part); } }
        return after;
    });
    const setFilter = (next: string | null) => put({ filter: next, query: null });
    const setQuery = (next: string | null) => put({ query: next, ...next ? { filter: null } : {} });
    const setOrder = (next: string | null) => put({ order: next });
    if (tables.isError) { return <Page title={title}><Complaint failure={tables.error} again={() => void tables.refetch()} /></Page>; }
    if (tables.isSuccess && !table) { return <Page title={name}><Nothing text={t("no_table", { table: name })} /></Page>; }
    if (!table || !tables.data) { return <Page title={title}><Waiting /></Page>; }
    return (
        <Page title={title} actions={create && <Button component={Link} to={create.to} size="sm" leftSection={<Icon name="plus" size={16} />}>{create.text}</Button>}>
            <FilterPanel key={filter ?? ""} filter={filter} onFilter={setFilter} query={query} onQuery={setQuery} open={chosen === "" && filter !== null} beside={quick.length > 0 && (
                <div role="group" aria-label={t("quick_filters")} className="quick">
                    {quick.map(one => <Button key={one.key} size="compact-sm" variant={one.key === chosen ? "light" : "subtle"} color={one.key === chosen ? undefined : "gray"} aria-pressed={one.key === chosen} onClick={() => setFilter(one.filter)}>{word("quick", one.key)}</Button>)}
                </div>
            )}>
                {(tree, change) => <ConditionBuilder tables={tables.data ?? []} table={table} tree={tree} onChange={change} />}
            </FilterPanel>
            <RecordList table={table} filter={filter} query={query} order={order} onOrder={setOrder} empty={filter || query ? t("nothing_matches") : empty} />
        </Page>
    );
}

interface FilterPanelProps { filter: string | null; onFilter: (filter: string | null) => void; query: string | null; onQuery: (query: string | null) => void; open: boolean; beside: ReactNode; children: (tree: Tree, change: (tree: Tree) => void) => ReactNode }

/** Where the filter is built; it is asked when one says so, not with every letter. */
function FilterPanel({ filter, onFilter, query, onQuery, open, beside, children }: FilterPanelProps) {
    const { t } = useWords();
    const { tree: begin, readable } = useMemo(() => parsed(filter), [filter]);
    const [tree, setTree] = useState<Tree>(begin);
    const [pasted, setPasted] = useState("");
    const { agent } = usePerson();
    const [opened, { toggle }] = useDisclosure(open && readable);
    useEffect(() => setTree(begin), [begin]);
    const count = countOf(begin);
    return (
        <Stack gap="xs">
            <Group gap="xs">
                {beside}
                {agent && <Button size="compact-sm" variant={count ? "light" : "default"} leftSection={<Icon name="filter" size={14} />} onClick={toggle} aria-expanded={opened} aria-controls="filter">
                    {count ? t("filter_count", { count }) : t("filter")}
                </Button>}
                {filter !== null && !beside && <Button size="compact-sm" variant="subtle" color="gray" onClick={() => { setTree(emptyGroup()); onFilter(null); }}>{t("filter_clear")}</Button>}
                {query && <span className="chip"><Text span size="xs" c="dimmed">{t("encoded_query")}</Text> <Code>{query}</Code><CloseButton size="sm" aria-label={t("query_remove")} onClick={() => onQuery(null)} /></span>}
            </Group>
            {agent && <Collapse expanded={opened} id="filter">
                <form className="sheet" onSubmit={event => { event.preventDefault(); onFilter(written(tree)); }}>
                    <Stack gap="sm">
                        {children(tree, setTree)}
                        <Group gap="xs"><Button type="submit" size="sm">{t("filter_apply")}</Button></Group>
                    </Stack>
                </form>
                <form className="sheet encoded" onSubmit={event => { event.preventDefault(); onQuery(pasted.trim() || null); setPasted(""); }}>
                    <Group gap="xs" align="flex-end">
                        <TextInput size="xs" className="grows" label={t("encoded_query")} description={t("encoded_hint")} value={pasted} onChange={event => setPasted(event.currentTarget.value)} spellCheck={false} />
                        <Button type="submit" size="xs" variant="default" disabled={pasted.trim() === ""}>{t("query_use")}</Button>
                    </Group>
                </form>
            </Collapse>}
        </Stack>
    );
}
