/* What people see who ask for help: what is known of a task of theirs, and a short form for a new one. They write only what
   the rules that ship let everybody write; the API has the last word. */

import { Button, Group, Stack } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useNavigate } from "react-router";
import { api, take, type FieldValues, type RecordBody, type TableBody } from "../api/client";
import { aboutField, asFailure, type Failure } from "../api/failure";
import { useLookAgain } from "../api/queries";
import { Cell } from "../dictionary/Cell";
import { FieldInput } from "../dictionary/FieldInput";
import { useWords } from "../i18n";
import { usePerson } from "../session/session";
import { recordPath } from "../shell/jump";
import { useUnsaved } from "../shell/Unsaved";
import { Complaint } from "../ui/Complaint";
import { arranged, defaults, reported } from "./form";

/** What a record says, to be read. */
export function Facts({ table, record }: { table: TableBody; record: RecordBody }) {
    const { t, label } = useWords();
    const { first, wide, stamps } = arranged(table, false);
    const said = [...first, ...wide, ...stamps.filter(field => field.kind === "datetime")].filter(field => record.fields[field.name] !== undefined && record.fields[field.name] !== null && field.name !== "state");
    return (
        <dl className="facts sheet" aria-label={t("fields")}>
            {said.map(field => <div key={field.name} className="pair"><dt>{label(field.label, field.name)}</dt><dd>{field.kind === "text" ? <pre className="said">{String(record.fields[field.name])}</pre> : <Cell record={record} field={field} />}</dd></div>)}
        </dl>
    );
}

/** A new task of one's own: one is the caller oneself. */
export function Report({ table }: { table: TableBody }) {
    const { t } = useWords();
    const { person } = usePerson();
    const go = useNavigate();
    const again = useLookAgain();
    const fields = reported(table);
    const begin = defaults(fields);
    const [values, setValues] = useState<FieldValues>(begin);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [busy, setBusy] = useState(false);
    useUnsaved(Object.entries(values).some(([name, value]) => value !== null && value !== begin[name]) && !busy);
    const send = async (event: FormEvent) => {
        event.preventDefault();
        setBusy(true);
        setFailure(null);
        try {
            const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
            const made = await take(api.POST("/api/v1/records/{table}", { params: { path: { table: table.name } }, body: { fields: { ...given, caller: person.id } } }));
            setValues(begin);
            await again();
            await go(recordPath(made.table, made.id), { replace: true });
        } catch (thrown) { setFailure(asFailure(thrown)); setBusy(false); }
    };
    return (
        <form className="sheet short" onSubmit={event => void send(event)} noValidate aria-label={t("fields")}>
            <Stack gap="md">
                {fields.map(field => <FieldInput key={field.name} field={field} value={values[field.name]} onChange={value => setValues(before => ({ ...before, [field.name]: value }))} error={aboutField(failure, field.name)} rows={6} />)}
                {failure && !fields.some(field => aboutField(failure, field.name)) && <Complaint failure={failure} />}
                <Group><Button type="submit" loading={busy}>{t("send")}</Button></Group>
            </Stack>
        </form>
    );
}
