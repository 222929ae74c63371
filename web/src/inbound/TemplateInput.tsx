/* A text with placeholders: a subject in one line, or a text in several. What is picked is put where the caret stands. */

import { Group, Textarea, TextInput } from "@mantine/core";
import { useRef } from "react";
import type { FieldBody, TableBody } from "../api/client";
import { useWords } from "../i18n";
import { Placeholders, insertion } from "./Placeholders";

interface Props { field: FieldBody; value: string; onChange: (value: string | null) => void; table: TableBody | undefined; error: string | null; description?: string | null; readOnly: boolean }

export function TemplateInput({ field, value, onChange, table, error, description, readOnly }: Props) {
    const { label } = useWords();
    const area = useRef<HTMLTextAreaElement>(null);
    const line = useRef<HTMLInputElement>(null);
    const long = field.kind !== "string";
    const pick = (name: string) => {
        const input = long ? area.current : line.current;
        const put = insertion(value, input?.selectionStart ?? value.length, name);
        onChange(put.text);
        requestAnimationFrame(() => { input?.focus(); input?.setSelectionRange(put.caret, put.caret); });
    };
    const common = { label: label(field.label, field.name), description, error, readOnly, value, name: field.name, className: "grows" };
    return (
        <Group gap="xs" align="flex-end" wrap="nowrap">
            {long ? <Textarea {...common} ref={area} onChange={event => onChange(event.currentTarget.value || null)} autosize minRows={8} maxRows={24} maxLength={field.max_length || undefined} />
                : <TextInput {...common} ref={line} onChange={event => onChange(event.currentTarget.value || null)} maxLength={field.max_length || undefined} />}
            {!readOnly && <Placeholders table={table} onPick={pick} />}
        </Group>
    );
}
