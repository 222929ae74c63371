/* A condition in words, to be read in a list: what has to hold, with the names of records where a reference is asked. */

import { Fragment, type ReactNode } from "react";
import type { FieldBody, TableBody } from "../api/client";
import { useWords, type Words } from "../i18n";
import { RECORD_ITSELF, clausesOf, complete, fieldAt, isTime, parsed, takes, type Clause, type Group, type Node, type Operand } from "./condition";
import { Named } from "./Named";

interface Props { tables: TableBody[]; table: TableBody; condition: string; /** What is read where nothing is asked. */ otherwise: ReactNode }

export function Sentence({ tables, table, condition, otherwise }: Props) {
    const { t } = useWords();
    const { tree, readable } = parsed(condition.trim() || null);
    if (!readable) { return <span className="kept">{t("sentence_unreadable")}</span>; }
    if (clausesOf(tree).length === 0) { return otherwise; }
    return <Joined tables={tables} table={table} group={tree} within={false} />;
}

interface Within { tables: TableBody[]; table: TableBody }

function Joined({ tables, table, group, within }: Within & { group: Group; within: boolean }) {
    const { t } = useWords();
    const several = group.parts.length > 1;
    const body = group.parts.map((part, at) => <Fragment key={part.id}>{at > 0 && <span className="joint"> {t(group.join === "all" ? "and" : "or")} </span>}<Part tables={tables} table={table} node={part} /></Fragment>);
    return <>{group.negated && <span className="joint">{t("sentence_not")} </span>}{(several && within) || group.negated ? <>({body})</> : body}</>;
}

function Part({ tables, table, node }: Within & { node: Node }) {
    if (node.kind === "group") { return <Joined tables={tables} table={table} group={node} within />; }
    if (node.kind === "kept") { return <code className="told">{node.text}</code>; }
    return <Said tables={tables} table={table} clause={node} />;
}

/** The path of a field as people read it: each step by its label. */
export function pathLabel(tables: TableBody[], table: TableBody, path: string, { t, label }: Pick<Words, "t" | "label">): string {
    const names = path.split(".");
    return names.map((name, at) => {
        const field = fieldAt(tables, table.name, names.slice(0, at + 1).join("."));
        return name === RECORD_ITSELF ? t("record_itself") : label(field?.label, name);
    }).join(" → ");
}

function Said({ tables, table, clause }: Within & { clause: Clause }) {
    const words = useWords();
    const { t, word } = words;
    const field = fieldAt(tables, table.name, clause.field);
    const operator = isTime(field?.kind) && clause.part === "" && /^(less|greater)_/.test(clause.operator) ? word("operator_time", clause.operator) : word("operator", clause.operator);
    const operands = takes(clause.operator) === 0 || !complete(clause) ? [] : clause.operands;
    const joint = takes(clause.operator) === 2 ? ` ${t("and_value")} ` : ", ";
    return (
        <span className="clause-said">
            {pathLabel(tables, table, clause.field, words)}{clause.part && ` (${word("timepart", clause.part)})`} <span className="joint">{operator}</span>
            {operands.map((one, at) => <Fragment key={at}>{at > 0 ? joint : " "}<Value operand={one} field={field} tables={tables} table={table} /></Fragment>)}
        </span>
    );
}

function Value({ operand, field, tables, table }: Within & { operand: Operand; field: FieldBody | undefined }) {
    const words = useWords();
    const { t, word, label } = words;
    switch (operand.form) {
        case "me": case "my_groups": return <>{word("form", operand.form)}</>;
        case "period": return <>{word("period", operand.text)}</>;
        case "field": return <>{pathLabel(tables, table, operand.text, words)}</>;
        case "ago": case "ahead": return <>{operand.text} {word("unit", operand.unit)} {word("form", operand.form)}</>;
        case "before": case "after": return <>{operand.text} {word("unit", operand.unit)} {word("form", operand.form)} {pathLabel(tables, table, operand.field, words)}</>;
        default: break;
    }
    if (field?.kind === "boolean" && ["true", "false"].includes(operand.text)) { return <>{t(operand.text === "true" ? "yes" : "no")}</>; }
    if (field?.table && /^[0-9a-f]{32}$/.test(operand.text)) { return <Named table={field.table} id={operand.text} />; }
    const choice = field?.choices.find(one => one.value === operand.text);
    return <>“{choice ? label(choice.label, choice.value) : operand.text}”</>;
}
