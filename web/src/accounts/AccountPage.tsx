/* The form of one mailbox or account, and the test of its connections with values that are not saved yet. */

import { Button, Group, Collapse, SimpleGrid, Stack, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRef, useState, type FormEvent, type ReactNode } from "react";
import { useNavigate, useParams } from "react-router";
import { api, take, type FieldBody, type FieldValues, type RecordBody, type Schemas, type TableBody } from "../api/client";
import { aboutField, asFailure, type Failure } from "../api/failure";
import { useLookAgain, useRecord, useTables } from "../api/queries";
import { FieldInput } from "../dictionary/FieldInput";
import { useWords, type Key } from "../i18n";
import { useDraft } from "../records/useDraft";
import { mayWrite } from "../session/may";
import { usePerson } from "../session/session";
import { useUnsaved } from "../shell/Unsaved";
import { Complaint } from "../ui/Complaint";
import { Icon } from "../ui/icons";
import { Page, Waiting } from "../ui/Page";
import { BEGIN, FIRST, SENDER, SENDING, says, usualPort, foldersOf } from "./fields";
import { Report, Testing } from "./Report";

export function AccountPage() {
    const { id = "" } = useParams();
    return id.startsWith("new-") ? <NewAccount key={id} name={id.slice(4)} /> : <OneAccount key={id} id={id} />;
}

function NewAccount({ name }: { name: string }) {
    const { t } = useWords();
    const table = useTables().data?.find(one => one.name === name);
    return <Page title={t(name === "mailbox" ? "new_mailbox" : "new_account")} above={{ to: "/mailboxes", text: t("mailboxes") }}>{table ? <Editor table={table} record={null} /> : <Waiting />}</Page>;
}

function OneAccount({ id }: { id: string }) {
    const { t } = useWords();
    const above = { to: "/mailboxes", text: t("mailboxes") };
    const record = useRecord("email_account", id);
    const tables = useTables().data;
    const table = tables?.find(one => one.name === record.data?.table);
    if (record.isError && !record.data) { return <Page title={t("mailbox")} above={above}><Complaint failure={record.error} /></Page>; }
    if (!record.data || !table) { return <Page title={t("mailbox")} above={above}><Waiting /></Page>; }
    return <Page title={String(record.data.fields.name ?? id)} above={above}><Editor table={table} record={record.data} /></Page>;
}

function Editor({ table, record }: { table: TableBody; record: RecordBody | null }) {
    const { t, language } = useWords();
    const { person } = usePerson();
    const admin = mayWrite(person.roles, table);
    const go = useNavigate();
    const again = useLookAgain();
    const mailbox = table.name === "mailbox";
    const draft = useDraft(record, table.fields, record === null ? BEGIN[table.name] : undefined);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [busy, setBusy] = useState<"save" | "test" | null>(null);
    const [report, setReport] = useState<Schemas["ConnectionReport"] | null>(null);
    const [more, setMore] = useState(false);
    useUnsaved(draft.dirty && busy !== "save");
    const result = useRef<HTMLDivElement>(null);
    const values: FieldValues = draft.values;
    const known = table.fields.filter(field => !field.read_only);
    const shown = (name: string) => says(values, name, mailbox);
    // Of a new one, only what is shown is written.
    const fields: FieldValues = record === null ? Object.fromEntries(Object.entries(draft.changed).filter(([name]) => shown(name))) : draft.changed;

    const save = async (event: FormEvent) => {
        event.preventDefault();
        setBusy("save");
        setFailure(null);
        try {
            const saved = record
                ? await take(api.PATCH("/api/v1/records/{table}/{id}", { params: { path: { table: record.table, id: record.id }, header: { "If-Match": `"${draft.version}"` } }, body: { fields } }))
                : await take(api.POST("/api/v1/records/{table}", { params: { path: { table: table.name } }, body: { fields } }));
            draft.reset();
            notifications.show({ message: t("saved"), color: "green", icon: <Icon name="check" />, closeButtonProps: { "aria-label": t("close") } });
            await again();
            if (!record) { await go(`/mailboxes/${saved.id}`, { replace: true }); }
        } catch (thrown) { setFailure(asFailure(thrown)); } finally { setBusy(null); }
    };
    const test = async () => {
        setBusy("test");
        setFailure(null);
        setReport(null);
        const body = { fields, language };
        try {
            setReport(record
                ? await take(api.POST("/api/v1/records/{table}/{id}/connection-test", { params: { path: { table: table.name, id: record.id } }, body }))
                : await take(api.POST("/api/v1/records/{table}/connection-test", { params: { path: { table: table.name } }, body })));
            requestAnimationFrame(() => result.current?.scrollIntoView({ block: "nearest" }));
        } catch (thrown) { setFailure(asFailure(thrown)); } finally { setBusy(null); }
    };
    const input = (name: string): ReactNode => {
        const field = known.find(one => one.name === name);
        if (!field || !shown(name)) { return null; }
        return <AccountField key={name} field={field} mailbox={mailbox} values={values} error={aboutField(failure, name)} isSet={record?.secrets.includes(name) ?? false} onChange={value => draft.set(name, value)} />;
    };
    const rest = known.map(field => field.name).filter(name => ![...FIRST, ...SENDING, ...SENDER].includes(name));
    const group = (names: string[], heading?: Key) => {
        const inputs = names.map(input).filter(Boolean);
        return inputs.length > 0 && <Stack gap="sm">{heading && <Title order={2} size="h5">{t(heading)}</Title>}<SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="sm">{inputs}</SimpleGrid></Stack>;
    };
    const named = failure?.field && known.some(field => field.name === failure.field?.field && shown(field.name));
    return (
        <Stack gap="md" maw={900}>
            <form className="sheet" onSubmit={event => void save(event)} noValidate aria-label={t("fields")}>
                <Stack gap="lg">
                    {group(FIRST)}
                    {group(SENDING, "sending_part")}
                    {group(SENDER, "sender")}
                    <div>
                        <Button variant="subtle" size="compact-sm" px={4} leftSection={<Icon name={more ? "down" : "next"} size={14} />} aria-expanded={more} onClick={() => setMore(!more)}>{t("more_fields")}</Button>
                        <Collapse expanded={more}><Stack pt="sm">{group(rest)}</Stack></Collapse>
                    </div>
                    {failure && !named && <Complaint failure={failure} />}
                    {!admin && <span className="hint">{t("admins_only")}</span>}
                    <Group gap="xs">
                        <Button type="submit" loading={busy === "save"}>{t("save")}</Button>
                        <Button variant="default" loading={busy === "test"} onClick={() => void test()}>{t("test")}</Button>
                    </Group>
                </Stack>
            </form>
            <div ref={result} role="region" aria-live="polite" aria-label={t("test")}>{busy === "test" ? <Testing /> : report && <Report report={report} folders={foldersOf(values)} />}</div>
        </Stack>
    );
}

interface AccountFieldProps { field: FieldBody; mailbox: boolean; values: FieldValues; error: string | null; isSet: boolean; onChange: (value: FieldValues[string]) => void }

function AccountField({ field, mailbox, values, error, isSet, onChange }: AccountFieldProps) {
    const { word } = useWords();
    // A mailbox is read: it speaks IMAP or POP3.
    const own = mailbox && field.name === "type" ? { ...field, choices: field.choices.filter(choice => ["imap", "pop3"].includes(choice.value)) } : field;
    const hint = HINTED.includes(field.name) ? word("hint", field.name) : null;
    const placeholder = field.name === "port" ? usualPort(values.type, values.encryption) : field.name === "smtp_port" ? usualPort("smtp", values.smtp_encryption) : undefined;
    return <FieldInput field={own} value={values[field.name]} onChange={onChange} error={error} isSet={isSet} description={hint} placeholder={placeholder} />;
}

const HINTED = ["user_name", "password", "addresses"];
