/* Builds a condition: groups within groups, fields one reference deep, operators and values by kind. */

import { ActionIcon, Button, Code, Group as Row, MultiSelect, SegmentedControl, Select, Stack, Switch, TagsInput, Text, TextInput } from "@mantine/core";
import type { FieldBody, TableBody } from "../api/client";
import { useWords, type Language } from "../i18n";
import { Icon } from "../ui/icons";
import {
    DEPTH_MAX, PERIODS, RECORD_ITSELF, UNITS, askable, clauseText, complete, emptyClause, emptyGroup, fieldAt, formOf, formsOf, isOfWhole, isTime, operand, operatorsOf, partsOf, refitted, replaced, shows, takes, unitsBetween, unitsOf,
    type Clause, type Form, type Group, type Node, type Operand, type Operator,
} from "./condition";
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
                : part.kind === "kept" ? <KeptClause key={part.id} text={part.text} remove={() => change(part.id, null)} />
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
    const { t, label } = useWords();
    const named = (field: FieldBody) => label(field.label, field.name);
    const own = table.fields.filter(askable).map(field => ({ value: field.name, label: named(field) }));
    const further = table.fields.filter(field => field.kind === "reference" && askable(field)).map(field => ({
        group: named(field),
        items: (tables.find(one => one.name === field.table)?.fields ?? []).filter(askable).map(one => ({ value: `${field.name}.${one.name}`, label: `${named(field)} → ${named(one)}` })),
    }));
    return [{ group: label(table.label, table.name), items: [...own, { value: RECORD_ITSELF, label: t("record_itself") }] }, ...further.filter(one => one.items.length > 0)];
}

/** What cannot be changed here: one reads it, and keeps or removes it. */
function KeptClause({ text, remove }: { text: string; remove: () => void }) {
    const { t } = useWords();
    return (
        <Row gap="xs" align="flex-start" className="clause" wrap="nowrap">
            <div className="kept" role="note" aria-label={t("kept_condition")}>
                <Code>{text}</Code>
                <Text size="xs" c="dimmed">{t("kept_hint")}</Text>
            </div>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("remove_condition")} onClick={remove}><Icon name="close" size={16} /></ActionIcon>
        </Row>
    );
}

function ClauseEditor({ tables, table, clause, change }: Editing & { clause: Clause }) {
    const { t, word } = useWords();
    const options = useFieldOptions(tables, table);
    const field = fieldAt(tables, table.name, clause.field);
    const operators = operatorsOf(field?.kind ?? "string", clause.part);
    const known = operators.includes(clause.operator) ? operators : [...operators, clause.operator];
    const parts = isOfWhole(clause.operator) && clause.part === "" ? [] : partsOf(field?.kind);
    const units = unitsOf(field?.kind, clause.operator);
    // A moment is before another; a number is less.
    const told = (one: Operator) => isTime(field?.kind) && clause.part === "" && /^(less|greater)_/.test(one) ? word("operator_time", one) : word("operator", one);
    const refit = (next: Clause) => {
        const asked = fieldAt(tables, table.name, next.field);
        const offered = operatorsOf(asked?.kind ?? "string", next.part);
        change(clause.id, refitted(offered.includes(next.operator) ? next : { ...next, operator: offered[0] ?? "is" }, asked));
    };
    const offered = options.some(one => one.items.some(item => item.value === clause.field));
    if (complete(clause) && !(offered && shows(clause, field))) { return <KeptClause text={clauseText(clause)} remove={() => change(clause.id, null)} />; }
    return (
        <Row gap="xs" align="flex-start" className="clause">
            <Select size="sm" w={210} searchable data={options} value={clause.field || null} onChange={path => refit({ ...emptyClause(path ?? "", clause.operator), id: clause.id })} aria-label={t("field")} maxDropdownHeight={320} />
            {parts.length > 0 && <Select size="sm" w={140} data={[{ value: "", label: t("part_whole") }, ...parts.map(one => ({ value: one, label: word("timepart", one) }))]} value={clause.part} aria-label={t("part_asked")}
                onChange={part => refit({ ...clause, part: part ?? "", operands: [] })} />}
            <Select size="sm" w={165} data={known.map(one => ({ value: one, label: told(one) }))} value={clause.operator}
                onChange={next => refit({ ...clause, operator: next as Operator })} aria-label={t("operator")} />
            <Operands tables={tables} table={table} clause={clause} field={field} onChange={operands => change(clause.id, { ...clause, operands })} />
            {units.length > 0 && <Select size="sm" w={190} data={[{ value: "", label: t("same_exactly") }, ...units.map(one => ({ value: one, label: word("same", one) }))]} value={clause.unit} aria-label={t("same_unit")}
                onChange={unit => change(clause.id, { ...clause, unit: unit ?? "" })} />}
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("remove_condition")} onClick={() => change(clause.id, null)}><Icon name="close" size={16} /></ActionIcon>
        </Row>
    );
}

interface OperandsProps { tables: TableBody[]; table: TableBody; clause: Clause; field: FieldBody | undefined; onChange: (operands: Operand[]) => void }

function Operands({ tables, table, clause, field, onChange }: OperandsProps) {
    const { t, label, language } = useWords();
    const count = takes(clause.operator);
    if (count === 0) { return null; }
    const choices = choicesFor(clause.part, field, label, language);
    if (count === "several") {
        const common = { size: "sm", w: 240, "aria-label": t("value"), value: clause.operands.map(one => one.text), onChange: (texts: string[]) => onChange(texts.map(text => operand("value", text))) };
        return choices.length > 0 ? <MultiSelect {...common} data={common.value.reduce(withValue, choices)} /> : <TagsInput {...common} acceptValueOnBlur />;
    }
    const forms = formsOf(field, clause.part, clause.operator);
    const all = Array.from({ length: count }, (_, at) => clause.operands[at] ?? operand(forms[0]));
    return all.map((one, at) => (
        <Row key={at} gap="xs" className="operand">
            {at > 0 && <Text size="sm">{t("and_value")}</Text>}
            <OneOperand tables={tables} table={table} clause={clause} field={field} forms={forms} choices={choices} value={one} onChange={next => onChange(all.map((other, place) => place === at ? next : other))} />
        </Row>
    ));
}

interface Choice { value: string; label: string }

/** A value that is not offered any more is seen all the same. */
const withValue = (choices: Choice[], text: string): Choice[] => text === "" || choices.some(one => one.value === text) ? choices : [...choices, { value: text, label: text }];

/** The values of a choice, and the names of months and days of the week. */
function choicesFor(part: string, field: FieldBody | undefined, label: ReturnType<typeof useWords>["label"], language: Language): Choice[] {
    const named = (count: number, options: Intl.DateTimeFormatOptions, at: (one: number) => Date): Choice[] =>
        Array.from({ length: count }, (_, one) => ({ value: String(one + 1), label: new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" }).format(at(one)) }));
    // The first of January 2024 was a Monday.
    if (part === "day_of_week") { return named(7, { weekday: "long" }, one => new Date(Date.UTC(2024, 0, 1 + one))); }
    if (part === "month") { return named(12, { month: "long" }, one => new Date(Date.UTC(2024, one, 1))); }
    return part === "" && field?.kind === "choice" ? field.choices.map(choice => ({ value: choice.value, label: label(choice.label, choice.value) })) : [];
}

interface OneOperandProps extends Omit<OperandsProps, "onChange"> { forms: Form[]; choices: Choice[]; value: Operand; onChange: (value: Operand) => void }

function OneOperand({ tables, table, clause, field, forms, choices, value, onChange }: OneOperandProps) {
    const { t, word } = useWords();
    const form = formOf(value, forms);
    const known = forms.includes(form) ? forms : [...forms, form];
    // Here the side stands behind the amount, as one says it.
    const apart = form === "before" || form === "after";
    const set = (text: string | null) => onChange({ ...value, form, text: text ?? "" });
    const common = { size: "sm", "aria-label": t("value") };
    return (
        <>
            {known.length > 1 && !apart && <Select size="sm" w={150} data={known.map(one => ({ value: one, label: word("form", one) }))} value={form} onChange={next => onChange(turned(value, next as Form))} aria-label={t("compared_with")} />}
            {form === "value" && <Plain tables={tables} clause={clause} field={field} choices={choices} text={value.text} set={set} />}
            {form === "day" && <TextInput {...common} w={160} type="date" value={value.text} onChange={event => set(event.currentTarget.value)} />}
            {form === "period" && <Select {...common} w={190} searchable data={PERIODS.map(one => ({ value: one, label: word("period", one) }))} value={value.text || null} onChange={set} />}
            {form === "field" && <OtherField {...common} tables={tables} table={table} field={field} value={value.text} set={set} />}
            {(form === "ago" || form === "ahead" || apart) && <>
                <TextInput {...common} aria-label={t(apart ? "amount" : "value")} w={70} inputMode="numeric" value={value.text} onChange={event => set(event.currentTarget.value)} />
                <Select size="sm" w={130} data={withValue((apart ? unitsBetween(field?.kind) : UNITS).map(one => ({ value: one, label: word("unit", one) })), value.unit)} value={value.unit} onChange={unit => onChange({ ...value, form, unit: unit ?? "day" })} aria-label={t("unit_asked")} />
            </>}
            {apart && <>
                <Select size="sm" w={110} data={forms.map(one => ({ value: one, label: word("form", one) }))} value={form} onChange={next => onChange(turned(value, next as Form))} aria-label={t("side_asked")} />
                <OtherField {...common} w={200} aria-label={t("other_field")} tables={tables} table={table} field={field} value={value.field} set={path => onChange({ ...value, form, field: path ?? "" })} />
            </>}
        </>
    );
}

/** An operand of another form; a length stays one. */
const turned = (value: Operand, form: Form): Operand => ["before", "after"].includes(value.form) && ["before", "after"].includes(form) ? { ...value, form } : operand(form);

/** Another field of the same kind, own or one reference further. */
function OtherField({ tables, table, field, value, set, w = 240, ...common }: { w?: number; tables: TableBody[]; table: TableBody; field: FieldBody | undefined; value: string; set: (text: string | null) => void }) {
    const options = useFieldOptions(tables, table).map(({ group, items }) => ({ group, items: items.filter(item => fieldAt(tables, table.name, item.value)?.kind === field?.kind) })).filter(one => one.items.length > 0);
    const known = value === "" || options.some(one => one.items.some(item => item.value === value));
    return <Select {...common} w={w} searchable data={known ? options : [...options, { group: "", items: [{ value, label: value }] }]} value={value || null} onChange={set} maxDropdownHeight={320} />;
}

function Plain({ tables, clause, field, choices, text, set }: { tables: TableBody[]; clause: Clause; field: FieldBody | undefined; choices: Choice[]; text: string; set: (text: string | null) => void }) {
    const { t, label } = useWords();
    const common = { size: "sm", w: 240, "aria-label": t("value") };
    const typed = { ...common, value: text, onChange: (event: { currentTarget: { value: string } }) => set(event.currentTarget.value) };
    if (clause.operator === "instance_of") { return <Select {...common} searchable data={withValue(tables.map(one => ({ value: one.name, label: label(one.label, one.name) })), text)} value={text || null} onChange={set} />; }
    if (clause.operator === "has_words") { return <TextInput {...typed} placeholder={t("words_hint")} />; }
    if (choices.length > 0) { return <Select {...common} data={withValue(choices, text)} value={text || null} onChange={set} />; }
    if (clause.part !== "") { return <TextInput {...typed} w={110} inputMode="numeric" />; }
    // A reference asked by its name is asked a text.
    if (["contains", "not_contains", "starts_with", "ends_with"].includes(clause.operator) && field?.kind !== "reference_list") { return <TextInput {...typed} />; }
    switch (field?.kind) {
        case "boolean": return <Select {...common} data={withValue([{ value: "true", label: t("yes") }, { value: "false", label: t("no") }], text)} value={text || null} onChange={set} />;
        case "reference": case "reference_list": return <div className="value"><ReferencePicker table={field.table ?? "user"} label={t("value")} hidesLabel size="sm" value={text} onChange={set} /></div>;
        case "datetime": return <TextInput {...common} type="datetime-local" value={text ? toLocal(text) : ""} onChange={event => set(fromLocal(event.currentTarget.value))} />;
        case "duration": return <TextInput {...typed} placeholder={t("duration_hint")} />;
        case "integer": case "decimal": return <TextInput {...typed} inputMode="decimal" />;
        default: return <TextInput {...typed} />;
    }
}
