/* What a decision does: each record as a difference, what goes into feeds, files, mails and events. */

import { Button, Group, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";
import { useTables } from "../api/queries";
import { useWords } from "../i18n";
import { Icon } from "../ui/icons";
import { Named } from "./Decision";
import type { DecisionChange, DecisionMail, MailDecision } from "./decision";

/** Characters of a value that are shown at once. */
const LONG = 240;

export function Effects({ decision }: { decision: MailDecision }) {
    const { t, word } = useWords();
    const { changes, entries, files, mails, events, attention } = decision;
    const names = new Map(changes.map(change => [change.record.id, change.name]));
    if (changes.length + entries.length + files.length + mails.length + events.length + attention.length === 0) { return <Text size="sm" c="dimmed">{t("nothing_changes")}</Text>; }
    return (
        <Stack gap="sm">
            {changes.map(change => <Change key={change.record.id + change.operation} change={change} />)}
            {entries.map((entry, at) => <div key={at} className={`entry ${entry.kind}`}><div className="head"><strong>{word("feed", entry.kind === "file" ? "file_added" : entry.kind)}</strong> <span>{names.get(entry.record.id) ?? ""}</span></div><Short text={entry.text} /></div>)}
            {files.map((file, at) => <Text size="sm" key={at}><Icon name="file" size={14} /> {file.name}: {file.left_out ? file.left_out.text : file.record_name || t("on_mail_alone")}</Text>)}
            {mails.map((mail, at) => <Mail key={at} mail={mail} />)}
            {events.length > 0 && <Text size="sm">{t("events_raised")}: {events.map(one => one.name).join(", ")}</Text>}
            {attention.map((one, at) => <Text size="sm" key={at} className="warned"><Icon name="alert" size={14} /> {one.text}</Text>)}
        </Stack>
    );
}

function Change({ change }: { change: DecisionChange }) {
    const { t, word, label } = useWords();
    const table = useTables().data?.find(one => one.name === change.record.table);
    const update = change.operation === "update";
    return (
        <div className="difference">
            <Text size="sm" fw={500}>{word("operation_of", change.operation)}: {label(table?.label, change.record.table)} <Named record={change.record} name={change.name} there={update} /></Text>
            {change.hidden && <Text size="sm" c="dimmed">{t("hidden_from_you")}</Text>}
            {change.fields.length > 0 && (
                <Table className="diff" verticalSpacing={3} withRowBorders={false} aria-label={change.name}>
                    <Table.Thead className="visually-hidden"><Table.Tr><Table.Th>{t("field")}</Table.Th>{update && <Table.Th>{t("before")}</Table.Th>}<Table.Th>{t("after")}</Table.Th></Table.Tr></Table.Thead>
                    <Table.Tbody>{change.fields.map(field => (
                        <Table.Tr key={field.field}>
                            <Table.Th scope="row">{field.label}</Table.Th>
                            {update && <Table.Td className="was">{field.before_shown === "" ? "—" : <del><Short text={field.before_shown} /></del>}</Table.Td>}
                            <Table.Td className="is">{field.after_shown === "" ? "—" : <ins><Short text={field.after_shown} /></ins>}</Table.Td>
                        </Table.Tr>
                    ))}</Table.Tbody>
                </Table>
            )}
        </div>
    );
}

function Short({ text }: { text: string }) {
    const { t } = useWords();
    const [whole, setWhole] = useState(false);
    if (text.length <= LONG || whole) { return <span className="said">{text}</span>; }
    return <span className="said">{text.slice(0, LONG)}… <Button variant="subtle" size="compact-xs" px={2} onClick={() => setWhole(true)}>{t("all_of_it")}</Button></span>;
}

/** A mail as it would go out. */
export function Mail({ mail }: { mail: DecisionMail }) {
    const { t } = useWords();
    return (
        <div className="entry mail">
            <div className="head"><Icon name="outbox" size={15} /><strong>{mail.hidden ? t("hidden_from_you") : mail.subject || t("no_subject")}</strong><span>{t("to")}: {mail.to.join(", ")}</span><span>{mail.action}</span></div>
            {mail.suppressed && <Group gap={6} mb={4}><Text size="sm" className="warned"><Icon name="alert" size={14} /> {mail.suppressed.text}</Text></Group>}
            {!mail.hidden && <pre className="said">{mail.text.trim()}</pre>}
        </div>
    );
}
