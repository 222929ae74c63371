/* Builds a condition: groups within groups, fields one reference deep, operators and values by kind. */

import { ActionIcon, Button, Group as Row, MultiSelect, SegmentedControl, Select, Stack, Switch, TagsInput, TextInput } from "@mantine/core";
import type { FieldBody, TableBody } from "../api/client";
import { useWords, type Key } from "../i18n";
import { Icon } from "../ui/icons";
import { DEPTH_MAX, askable, emptyClause, emptyGroup, fieldAt, operatorsOf, replaced, type Clause, type Group, type Node, type Operator } from "./condition";
import { ReferencePicker } from "./ReferencePicker";
import { fromLocal, toLocal } from "./values";

interface Props { tables: TableBody[]; table: TableBody; tree: Group; onChange: (tree: Group) => void }

export function ConditionBuilder({ tables, table, tree, onChange }: Props) {
    const change = (id: number, next: Node | null) => onChange(replaced(tree, id, next));
    return <GroupEditor tables={tables} table={table} group={tree} depth={0} change={change} />;
}

interface Editing { tables: TableBody[]; table: TableBody; change: (id: number, next: Node | null) => void }

function GroupEditor({ tables, table, group, depth, change }: Editing & { group: Group; depth: number }) {
    const { t } = useWords();
    const add = (node: Node) => change(group.id, { ...group, parts: [...group.parts, node] });
    return (
        <Stack gap="xs" className={depth > 0 ? "group" : undefined} role="group" aria-label={t(group.join === "all" ? "all_hold" : "any_holds")}>
            <Row gap="sm">
                <SegmentedControl size="xs" value={group.join} onChange={join => change(group.id, { ...group, join: join === "any" ? "any" : "all" })} aria-label={t("join")}
                    data={[{ value: "all", label: t("all_hold") }, { value: "any", label: t("any_holds") }]} />
                <Switch size="xs" label={t("negated")} checked={group.negated} onChange={event => change(group.id, { ...group, negated: event.currentTarget.checked })} />
                {depth > 0 && <ActionIcon variant="subtle" color="gray" aria-label={t("remove_group")} onClick={() => change(group.id, null)}><Icon name="close" size={16} /></ActionIcon>}
            </Row>
            {group.parts.map(part => part.kind === "group"
                ? <GroupEditor key={part.id} tables={tables} table={table} group={part} depth={depth + 1} change={change} />
                : <ClauseEditor key={part.id} tables={tables} table={table} clause={part} change={change} />)}
            <Row gap="xs">
                <Button size="compact-sm" variant="light" leftSection={<Icon name="plus" size={14} />} onClick={() => add(emptyClause(firstOf(table)))}>{t("add_condition")}</Button>
                {depth < DEPTH_MAX && <Button size="compact-sm" variant="subtle" leftSection={<Icon name="plus" size={14} />} onClick={() => add(emptyGroup(group.join === "all" ? "any" : "all", [emptyClause(firstOf(table))]))}>{t("add_group")}</Button>}
            </Row>
        </Stack>
    );
}

const firstOf = (table: TableBody): string => ["state", table.display].find(name => table.fields.some(field => field.name === name && askable(field))) ?? table.fields.find(askable)?.name ?? "";

/** The fields of the table, then those of the records that it refers to. */
function useFieldOptions(tables: TableBody[], table: TableBody) {
    const { label } = useWords();
    const named = (field: FieldBody) => label(field.label, field.name);
    const own = table.fields.filter(askable).map(field => ({ value: field.name, label: named(field) }));
    const further = table.fields.filter(field => field.kind === "reference" && askable(field)).map(field => ({
        group: named(field),
        items: (tables.find(one => one.name === field.table)?.fields ?? []).filter(askable).map(one => ({ value: `${field.name}.${one.name}`, label: `${named(field)} → ${named(one)}` })),
    }));
    return [{ group: label(table.label, table.name), items: own }, ...further.filter(one => one.items.length > 0)];
}

function ClauseEditor({ tables, table, clause, change }: Editing & { clause: Clause }) {
    const { t } = useWords();
    const options = useFieldOptions(tables, table);
    const field = fieldAt(tables, table.name, clause.field);
    const operators = operatorsOf(field?.kind ?? "string");
    const known = operators.includes(clause.operator) ? operators : [...operators, clause.operator];
    const pick = (path: string | null) => {
        const next = operatorsOf(fieldAt(tables, table.name, path ?? "")?.kind ?? "string");
        change(clause.id, { ...emptyClause(path ?? "", next.includes(clause.operator) ? clause.operator : next[0]), id: clause.id });
    };
    return (
        <Row gap="xs" align="flex-start" className="clause">
            <Select size="sm" w={210} searchable data={options} value={clause.field || null} onChange={pick} aria-label={t("field")} maxDropdownHeight={320} />
            <Select size="sm" w={165} data={known.map(one => ({ value: one, label: t(`operator_${one}` as Key) }))} value={clause.operator}
                onChange={next => change(clause.id, { ...clause, operator: next as Operator })} aria-label={t("operator")} />
            <ClauseValue clause={clause} field={field} onChange={next => change(clause.id, next)} />
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("remove_condition")} onClick={() => change(clause.id, null)}><Icon name="close" size={16} /></ActionIcon>
        </Row>
    );
}

function ClauseValue({ clause, field, onChange }: { clause: Clause; field: FieldBody | undefined; onChange: (clause: Clause) => void }) {
    const { t, label } = useWords();
    const { operator, value, values } = clause;
    const set = (next: string | null) => onChange({ ...clause, value: next ?? "" });
    const common = { size: "sm", w: 240, "aria-label": t("value") };
    if (operator === "is_empty" || operator === "is_not_empty") { return null; }
    const choices = field?.choices.map(choice => ({ value: choice.value, label: label(choice.label, choice.value) })) ?? [];
    if (operator === "in") {
        return field?.kind === "choice" && choices.length > 0
            ? <MultiSelect {...common} data={choices} value={values} onChange={next => onChange({ ...clause, values: next })} />
            : <TagsInput {...common} value={values} onChange={next => onChange({ ...clause, values: next })} acceptValueOnBlur />;
    }
    switch (field?.kind) {
        case "choice": return choices.length > 0 ? <Select {...common} data={choices} value={value || null} onChange={set} /> : <TextInput {...common} value={value} onChange={event => set(event.currentTarget.value)} />;
        case "boolean": return <Select {...common} data={[{ value: "true", label: t("yes") }, { value: "false", label: t("no") }]} value={value || null} onChange={set} />;
        case "reference": case "reference_list": return <div className="value"><ReferencePicker table={field.table ?? "user"} label={t("value")} hidesLabel size="sm" value={value} onChange={set} /></div>;
        case "datetime": return <TextInput {...common} type="datetime-local" value={value ? toLocal(value) : ""} onChange={event => set(fromLocal(event.currentTarget.value))} />;
        case "date": return <TextInput {...common} type="date" value={value} onChange={event => set(event.currentTarget.value)} />;
        case "integer": case "decimal": return <TextInput {...common} inputMode="decimal" value={value} onChange={event => set(event.currentTarget.value)} />;
        default: return <TextInput {...common} value={value} onChange={event => set(event.currentTarget.value)} />;
    }
}
