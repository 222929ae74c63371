/* What happened to a record, newest first: comments, notes, mails in place, changes. What stands in a mail is text. */

import { Anchor, Badge, Button, Group, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import type { FeedEntry, RecordBody, TableBody } from "../api/client";
import { useFeed } from "../api/queries";
import { ChangeList, namesOf } from "../dictionary/ChangeList";
import { useWords } from "../i18n";
import { MailInPlace } from "../mail/MailInPlace";
import { usePerson } from "../session/session";
import { Complaint } from "../ui/Complaint";
import { Icon, type IconName } from "../ui/icons";
import { Waiting } from "../ui/Page";

const ICONS: Record<string, IconName> = { comment: "comment", work_note: "note", mail: "mailbox", change: "change", file_added: "file", file_removed: "file", automatic_answer: "robot", delivery_report: "alert" };
type Shown = "all" | "talk";

export function Feed({ table, record }: { table: TableBody; record: RecordBody }) {
    const { t } = useWords();
    const feed = useFeed(record.table, record.id);
    const [shown, setShown] = useState<Shown>("all");
    if (feed.isError && !feed.data) { return <Complaint failure={feed.error} again={() => void feed.refetch()} />; }
    if (!feed.data) { return <Waiting />; }
    const entries = feed.data.pages.flatMap(page => page.items).filter(entry => entry.kind !== "change" || (shown === "all" && namesOf(entry.old, entry.new).length > 0));
    return (
        <Stack gap="sm" component="section" aria-label={t("feed")}>
            <Group justify="space-between"><Title order={2} size="h5">{t("feed")}</Title>
                <SegmentedControl size="xs" value={shown} onChange={next => setShown(next === "talk" ? "talk" : "all")} aria-label={t("feed_shows")} data={[{ value: "all", label: t("feed_all") }, { value: "talk", label: t("feed_talk") }]} />
            </Group>
            {entries.length === 0 && <Text size="sm" c="dimmed">{t("feed_empty")}</Text>}
            {entries.map((entry, at) => <Entry key={`${entry.at}-${entry.kind}-${entry.email ?? ""}-${at}`} entry={entry} table={table} record={record} />)}
            {feed.hasNextPage && <Button variant="default" size="xs" loading={feed.isFetchingNextPage} onClick={() => void feed.fetchNextPage()}>{t("older")}</Button>}
        </Stack>
    );
}

interface EntryProps { entry: FeedEntry; table: TableBody; record: RecordBody }

function Entry({ entry, table, record }: EntryProps) {
    const { word, moment } = useWords();
    return (
        <article className={`entry ${entry.kind}`}>
            <div className="head">
                <Icon name={ICONS[entry.kind] ?? "note"} size={15} />
                <strong>{entry.actor}</strong>
                <span>{entry.kind === "mail" && entry.direction ? word("feed", `mail_${entry.direction}`) : word("feed", entry.kind)}</span>
                <time dateTime={entry.at}>{moment(entry.at)}</time>
                {entry.mark && <Badge size="sm" variant="light" color="yellow" className="state">{word("mark", entry.mark)}</Badge>}
            </div>
            {entry.kind === "change" ? <Changes entry={entry} table={table} record={record} /> : entry.kind === "mail" && entry.email ? <MailEntry email={entry.email} subject={entry.text} /> : <Words entry={entry} />}
        </article>
    );
}

function Words({ entry }: { entry: FeedEntry }) {
    const { t } = useWords();
    const { agent } = usePerson();
    return <><pre className="said">{entry.text}</pre>{entry.email && agent && <Anchor component={Link} to={`/mail/${entry.email}`} size="xs">{t("its_mail")}</Anchor>}</>;
}

function MailEntry({ email, subject }: { email: string; subject: string }) {
    const { t } = useWords();
    const [open, setOpen] = useState(false);
    return (
        <>
            <Group gap="xs" wrap="nowrap" justify="space-between" align="flex-start">
                <Button variant="subtle" size="compact-sm" px={4} className="unfold" leftSection={<Icon name={open ? "down" : "next"} size={14} />} aria-expanded={open} onClick={() => setOpen(!open)}>{subject || "—"}</Button>
                <Group gap="xs" wrap="nowrap"><Anchor component={Link} to={`/mail/${email}/trace`} size="xs" className="nowrap">{t("trace")}</Anchor><Anchor component={Link} to={`/mail/${email}`} size="xs" className="nowrap">{t("whole_mail")}</Anchor></Group>
            </Group>
            {open && <MailInPlace id={email} />}
        </>
    );
}

/** What a change set; of a record that was made, the values stand in the form. */
function Changes({ entry, table, record }: EntryProps) {
    const { t } = useWords();
    if (Object.keys(entry.old).length === 0 && "created_at" in entry.new) { return <Text size="sm">{t("was_made")}</Text>; }
    return <ChangeList fields={table.fields} before={entry.old} after={entry.new} record={record} />;
}
