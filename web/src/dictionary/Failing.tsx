/* The clause that decided against something, in words: what was asked, and what was found. */

import { Text } from "@mantine/core";
import type { TableBody } from "../api/client";
import { useWords } from "../i18n";
import { fieldAt, isTime } from "./condition";
import { Named } from "./Named";
import { pathLabel } from "./Sentence";

export interface Clause { path: string; operator: string; expected: string[]; found: string }

export function Failing({ clause, table, tables, failed = true }: { clause: Clause; table: TableBody; tables: TableBody[]; /** Whether it is the one that does not hold. */ failed?: boolean }) {
    const words = useWords();
    const { t, word, label } = words;
    const field = fieldAt(tables, table.name, clause.path);
    const shown = (text: string) => {
        if (field?.table && /^[0-9a-f]{32}$/.test(text)) { return <Named table={field.table} id={text} />; }
        const choice = field?.choices.find(one => one.value === text);
        return choice ? label(choice.label, text) : text || "—";
    };
    const operator = isTime(field?.kind) && /^(less|greater)_/.test(clause.operator) ? word("operator_time", clause.operator) : word("operator", clause.operator);
    return <Text size="sm" c="dimmed" component="div" className="failing">{t(failed ? "clause_failed" : "clause_held")} {pathLabel(tables, table, clause.path, words)} {operator} {clause.expected.map((one, at) => <span key={at}>{at > 0 && ", "}{shown(one)}</span>)}; {t("clause_found")} <strong>{shown(clause.found)}</strong></Text>;
}
