/* Picks records of another table by their names: one, or several. */

import { MultiSelect, Select, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { api, take, type RecordBody } from "../api/client";
import { useTables } from "../api/queries";
import { useWords } from "../i18n";

/** Records that are offered at once. */
const OFFERED = 20;

interface Option { value: string; label: string; more: string }

/** A record by its name, with what tells it from others of that name. */
const named = (record: RecordBody, display: string): Option => {
    const label = record.display[display] ?? record.id;
    const more = record.display.email ?? record.display.subject ?? "";
    return { value: record.id, label, more: more === label ? "" : more };
};

function shown({ option }: { option: { value: string; label: string } }) {
    const { label, more } = option as Option;
    return <div><Text size="sm">{label}</Text>{more && <Text size="xs" c="dimmed">{more}</Text>}</div>;
}

/** The records whose name holds a text, and those that are picked already. */
function useOffered(table: string, search: string, picked: string[]) {
    const tables = useTables().data ?? [];
    const info = tables.find(one => one.name === table);
    const display = info?.display ?? "name";
    const email = info?.fields.some(field => field.name === "email") ?? false;
    const subject = info?.fields.some(field => field.name === "subject") ?? false;
    const [searched] = useDebouncedValue(search.trim(), 150);
    const found = useQuery({
        queryKey: ["offered", table, searched],
        enabled: info !== undefined,
        placeholderData: keepPreviousData,
        queryFn: async () => {
            const fields = [display, ...email ? ["email"] : [], ...subject ? ["subject"] : []];
            const filter = searched ? { filter: JSON.stringify({ any: fields.map(field => ({ field, operator: "contains", value: searched })) }) } : {};
            return (await take(api.GET("/api/v1/records/{table}", { params: { path: { table }, query: { limit: OFFERED, ...filter } } }))).items;
        },
    });
    const known = useQuery({
        queryKey: ["named", table, picked],
        enabled: info !== undefined && picked.length > 0,
        placeholderData: keepPreviousData,
        staleTime: 30_000,
        queryFn: () => Promise.all(picked.map(async id => {
            const answer = await api.GET("/api/v1/records/{table}/{id}", { params: { path: { table, id } } });
            return answer.data ?? null;
        })),
    });
    const options = new Map<string, Option>(picked.map(id => [id, { value: id, label: id, more: "" }]));
    for (const record of [...known.data ?? [], ...found.data ?? []]) { if (record !== null) { options.set(record.id, named(record, display)); } }
    return [...options.values()];
}

interface Common { table: string; label: ReactNode; error?: string | null; required?: boolean; readOnly?: boolean; hidesLabel?: boolean; size?: string; rightLabel?: ReactNode }

export function ReferencePicker({ table, value, onChange, label, error, required, readOnly, hidesLabel, size, initial }: Common & { value: string; onChange: (id: string) => void; initial?: string }) {
    const { t } = useWords();
    const [search, setSearch] = useState(initial ?? "");
    const options = useOffered(table, search, value ? [value] : []);
    return (
        <Select {...hidesLabel ? { "aria-label": String(label) } : { label }} data={options} value={value || null} onChange={next => onChange(next ?? "")} searchable clearable={!readOnly} searchValue={search} onSearchChange={setSearch}
            error={error} required={required} readOnly={readOnly} size={size} nothingFoundMessage={t("nothing_found")} filter={({ options: all }) => all} renderOption={shown} maxDropdownHeight={260}
            clearButtonProps={{ "aria-label": t("clear") }} comboboxProps={{ withinPortal: true }} />
    );
}

export function ReferencesPicker({ table, value, onChange, label, error, required, readOnly }: Common & { value: string[]; onChange: (ids: string[]) => void }) {
    const { t } = useWords();
    const [search, setSearch] = useState("");
    const options = useOffered(table, search, value);
    return (
        <MultiSelect label={label} data={options} value={value} onChange={onChange} searchable clearable={!readOnly} searchValue={search} onSearchChange={setSearch} error={error} required={required} readOnly={readOnly}
            nothingFoundMessage={t("nothing_found")} filter={({ options: all }) => all} renderOption={shown} clearButtonProps={{ "aria-label": t("clear") }} />
    );
}
