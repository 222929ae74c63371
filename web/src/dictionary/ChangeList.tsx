/* What a change set, in the words of the dictionary: each field with its value before and after. */

import { Button } from "@mantine/core";
import { useState, type ReactNode } from "react";
import type { FieldBody, FieldValue, FieldValues, RecordBody } from "../api/client";
import { useWords } from "../i18n";
import { usePerson } from "../session/session";
import { Named } from "./Named";

const STAMPS = ["updated_at", "updated_by", "created_at", "created_by"];
const LONG = 80;

/** The fields that a change set, without who and when. */
export const namesOf = (before: FieldValues, after: FieldValues): string[] => Object.keys({ ...before, ...after }).filter(name => !STAMPS.includes(name));

interface Props {
    fields: FieldBody[];
    before: FieldValues;
    after: FieldValues;
    /** The record as it is now, for the names of people whom the reader may not open. */
    record?: RecordBody;
    most?: number;
}

export function ChangeList({ fields, before, after, record, most = Infinity }: Props) {
    const { t, label, moment } = useWords();
    const { agent } = usePerson();
    const [whole, setWhole] = useState(false);
    const shown = (name: string, value: FieldValue | undefined): ReactNode => {
        const field = fields.find(one => one.name === name);
        if (value === undefined || value === null || value === "") { return "—"; }
        if (field?.kind === "reference" && field.table) {
            return agent ? <Named table={field.table} id={String(value)} /> : record?.fields[name] === value ? record.display[name] : t("somebody");
        }
        if (field?.kind === "datetime") { return moment(String(value)); }
        if (field?.kind === "boolean") { return t(value === true ? "yes" : "no"); }
        const choice = field?.choices.find(one => one.value === value);
        const text = choice ? label(choice.label, choice.value) : Array.isArray(value) ? value.join(", ") : String(value);
        return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
    };
    const names = namesOf(before, after);
    return (
        <ul className="changes">
            {names.slice(0, whole ? undefined : most).map(name => {
                const was = before[name] !== undefined && before[name] !== null;
                const is = after[name] !== undefined && after[name] !== null;
                return <li key={name}><span>{label(fields.find(field => field.name === name)?.label, name)}:</span> {was && <s>{shown(name, before[name])}</s>}{was && (is || name in after) && " → "}{(is || name in after || !was) && shown(name, after[name])}</li>;
            })}
            {names.length > most && !whole && <li><Button variant="subtle" size="compact-xs" px={2} onClick={() => setWhole(true)}>{t("and_more", { count: names.length - most })}</Button></li>}
        </ul>
    );
}
