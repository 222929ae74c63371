/* The condition of an action: built over the mail, its sender and its record; what the builder cannot read is text. */

import { Input, Textarea } from "@mantine/core";
import { useEffect, useState } from "react";
import type { TableBody } from "../api/client";
import { ConditionBuilder } from "../dictionary/ConditionBuilder";
import { parsed, written } from "../dictionary/condition";
import { useWords } from "../i18n";

interface Props { label: string; description?: string | null; value: string; onChange: (value: string | null) => void; tables: TableBody[]; mail: TableBody; error: string | null; readOnly: boolean }

export function ConditionInput({ label, description, value, onChange, tables, mail, error, readOnly }: Props) {
    const { t } = useWords();
    const { readable, tree: begin } = parsed(value || null);
    const [tree, setTree] = useState(begin);
    // What came from elsewhere is read anew; what is being built stays, with the lines that are not complete yet.
    useEffect(() => setTree(before => (written(before) ?? "") === value ? before : parsed(value || null).tree), [value]);
    if (!readable || readOnly) { return <Textarea label={label} description={readable ? description : t("condition_unreadable")} value={value} onChange={event => onChange(event.currentTarget.value || null)} error={error} readOnly={readOnly} autosize minRows={3} maxRows={20} className="code" spellCheck={false} />; }
    return (
        <Input.Wrapper label={label} labelElement="div" description={description} error={error}>
            <div className="built"><ConditionBuilder tables={[...tables, mail]} table={mail} tree={tree} onChange={next => { setTree(next); onChange(written(next)); }} /></div>
        </Input.Wrapper>
    );
}
