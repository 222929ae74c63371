/* What a person should look at, with the reason and what to do: narrowed by what it is about and why, and one or many
   tried again, shown first, or cleared with a reason. */

import { Alert, Anchor, Badge, Button, Checkbox, Group, Modal, Select, Stack, Text, TextInput, Textarea } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { api, take, type Schemas } from "../api/client";
import { pace } from "../api/live";
import { useLookAgain, useStatus } from "../api/queries";
import { useWords } from "../i18n";
import { recordPath } from "../shell/jump";
import { Complaint, useAct } from "../ui/Complaint";
import { Icon } from "../ui/icons";
import { Nothing, Page, Waiting } from "../ui/Page";
import { Shown } from "./Again";
import { Why } from "./Why";

type Notice = Schemas["AttentionBody"];

const ROWS = 100;
/** Characters of a reason that the API takes. */
const REASON_CHARS_MAX = 500;
const SUBJECTS = ["email", "arrival", "event", "delivery", "job", "account", "notification_rule", "inbound_action", "business_rule", "scheduled_job", "event_register"];
const EXPLAINED = ["email", "arrival", "event"];
/** What is decided once more as a mail, and what goes back to its queue. */
const MAILS = ["email", "arrival"];
const QUEUED = ["event", "delivery", "job"];

export function AttentionPage() {
    const { t, word } = useWords();
    const [search, setSearch] = useSearchParams();
    const [subject, code] = [search.get("about") ?? "", search.get("code") ?? ""];
    const [text, setText] = useState("");
    const put = (name: string, value: string | null) => setSearch(before => { const after = new URLSearchParams(before); if (value) { after.set(name, value); } else { after.delete(name); } return after; }, { replace: true });
    const all = useInfiniteQuery({
        queryKey: ["attention", "rows", subject, code],
        queryFn: ({ pageParam }) => take(api.GET("/api/v1/attention", { params: { query: { limit: ROWS, ...subject ? { subject } : {}, ...code ? { code } : {}, ...pageParam ? { cursor: pageParam } : {} } } })),
        initialPageParam: null as string | null,
        getNextPageParam: page => page.next ?? null,
        placeholderData: keepPreviousData,
        refetchInterval: pace,
    });
    const notices = useStatus().data?.notices ?? [];
    const loaded = all.data?.pages.flatMap(page => page.items) ?? [];
    const wanted = text.trim().toLowerCase();
    const rows = loaded.filter(one => wanted === "" || `${one.name} ${one.reason.text}`.toLowerCase().includes(wanted));
    const codes = [...new Set([...loaded.map(one => one.reason.code), ...code ? [code] : []])].sort();
    const [selected, setSelected] = useState<string[]>([]);
    useEffect(() => setSelected([]), [subject, code]);
    const picked = rows.filter(row => selected.includes(row.id));
    const pick = (id: string) => setSelected(before => before.includes(id) ? before.filter(one => one !== id) : [...before, id]);
    const none = () => setSelected([]);
    // The dialogs stand beside the list: what is done takes notices out of it.
    const [repaired, setRepaired] = useState<Notice[] | null>(null);
    const [cleared, setCleared] = useState<Notice[] | null>(null);
    const filtered = subject !== "" || code !== "" || wanted !== "";
    return (
        <Page title={t("attention")}>
            {notices.map(one => <Alert key={one.code + one.text} color="yellow" icon={<Icon name="alert" />}>{one.text}</Alert>)}
            <Group gap="sm" align="flex-end" className="narrowing" role="group" aria-label={t("filter")}>
                <Select size="sm" label={t("about")} data={SUBJECTS.map(value => ({ value, label: word("about", value) }))} value={subject || null} onChange={next => put("about", next)} clearable clearButtonProps={{ "aria-label": t("clear") }} />
                <Select size="sm" label={t("reason")} data={codes.map(value => ({ value, label: word("attentioncode", value) }))} value={code || null} onChange={next => put("code", next)} searchable clearable clearButtonProps={{ "aria-label": t("clear") }} />
                <TextInput size="sm" label={t("text")} value={text} onChange={event => setText(event.currentTarget.value)} />
            </Group>
            {all.isError && <Complaint failure={all.error} again={() => void all.refetch()} />}
            {!all.data ? !all.isError && <Waiting /> : rows.length === 0 ? <Nothing text={t(filtered ? "nothing_matches" : "no_attention")} /> : (
                <Stack gap="sm">
                    <Group gap="xs" mih={34}>
                        <Checkbox size="xs" label={picked.length > 0 ? t("selected", { count: picked.length }) : t("select_all_shown")} checked={picked.length === rows.length} indeterminate={picked.length > 0 && picked.length < rows.length} onChange={() => setSelected(picked.length === rows.length ? [] : rows.map(row => row.id))} />
                        {picked.length > 0 && <>
                            <Button size="xs" variant="light" leftSection={<Icon name="again" size={14} />} onClick={() => setRepaired(picked)}>{t("again")}</Button>
                            <Button size="xs" variant="default" leftSection={<Icon name="check" size={14} />} onClick={() => setCleared(picked)}>{t("looked_at")}</Button>
                        </>}
                    </Group>
                    {rows.map(one => <One key={one.id} notice={one} picked={selected.includes(one.id)} onPick={() => pick(one.id)} repair={() => setRepaired([one])} clear={() => setCleared([one])} />)}
                    {all.hasNextPage && <Group justify="center"><Button variant="default" size="xs" loading={all.isFetchingNextPage} onClick={() => void all.fetchNextPage()}>{t("older")}</Button></Group>}
                </Stack>
            )}
            <Modal opened={repaired !== null} onClose={() => setRepaired(null)} title={t("again_of", { count: repaired?.length ?? 0 })} size="xl" closeButtonProps={{ "aria-label": t("close") }}>
                {repaired && <Repair notices={repaired} close={() => setRepaired(null)} done={none} />}
            </Modal>
            <Modal opened={cleared !== null} onClose={() => setCleared(null)} title={t("clear_of", { count: cleared?.length ?? 0 })} closeButtonProps={{ "aria-label": t("close") }}>
                {cleared && <Clearing notices={cleared} close={() => setCleared(null)} done={none} />}
            </Modal>
        </Page>
    );
}

function One({ notice, picked, onPick, repair, clear }: { notice: Notice; picked: boolean; onPick: () => void; repair: () => void; clear: () => void }) {
    const { t, word, moment } = useWords();
    const advice = word("advice", notice.reason.code);
    const mail = notice.subject === "email" ? notice.subject_id : notice.email;
    return (
        <article className="sheet" aria-label={notice.name || word("about", notice.subject)}>
            <Group justify="space-between" align="flex-start" gap="sm" wrap="nowrap" className="notice">
                <Group gap="sm" align="flex-start" wrap="nowrap" className="shrinks">
                    <Checkbox size="xs" mt={3} aria-label={t("select_one", { name: notice.name || word("about", notice.subject) })} checked={picked} onChange={onPick} />
                    <Stack gap={4} className="shrinks">
                        <Group gap="xs"><About notice={notice} /><Badge size="sm" variant="light" color="orange" className="state">{word("attentioncode", notice.reason.code)}</Badge><Text size="xs" c="dimmed">{moment(notice.at)}</Text></Group>
                        <Text size="sm" className="said">{notice.reason.text}</Text>
                        {advice !== notice.reason.code.replaceAll("_", " ") && <Text size="sm"><strong>{t("what_to_do")}</strong> {advice}</Text>}
                        {mail ? <Anchor component={Link} to={`/mail/${mail}/trace`} size="sm">{t("trace")}</Anchor> : EXPLAINED.includes(notice.subject) && <Why of={notice.subject_id} />}
                    </Stack>
                </Group>
                <Group gap="xs" wrap="nowrap">
                    {[...MAILS, ...QUEUED].includes(notice.subject) && <Button size="xs" variant="light" leftSection={<Icon name="again" size={14} />} onClick={repair}>{t("again")}</Button>}
                    <Button size="xs" variant="default" leftSection={<Icon name="check" size={14} />} onClick={clear}>{t("looked_at")}</Button>
                </Group>
            </Group>
        </article>
    );
}

/** What it is about, as a way to it. */
function About({ notice }: { notice: Notice }) {
    const { word } = useWords();
    const { subject, subject_id: id, name, email } = notice;
    const ways: Record<string, string | null> = { email: `/mail/${id}`, arrival: email ? `/mail/${email}` : null, account: `/mailboxes/${id}`, delivery: email ? `/mail/${email}` : null };
    const way = subject in ways ? ways[subject] : ["notification_rule", "inbound_action", "business_rule", "scheduled_job", "event_register", "event_action"].includes(subject) ? recordPath(subject, id) : null;
    const text = name ? `${word("about", subject)}: ${name}` : word("about", subject);
    return way ? <Anchor component={Link} to={way} size="sm" fw={600}>{text}</Anchor> : <Text size="sm" fw={600}>{text}</Text>;
}

interface Dialog { notices: Notice[]; close: () => void; done: () => void }

/** Tries again what notices are about: mails are decided once more, the rest goes back to its queue. Shown first. */
function Repair({ notices, close, done }: Dialog) {
    const { t, word } = useWords();
    const [answer, setAnswer] = useState<Schemas["AttentionBulk"] | null>(null);
    const [which] = useState(() => ({ emails: ids(notices, "email"), arrivals: ids(notices, "arrival") }));
    const named = (heading: string, some: Notice[]) => some.length > 0 && <section><Text size="sm" fw={500}>{heading}</Text>{some.map(one => <Text size="sm" key={one.id}>{word("about", one.subject)}{one.name && `: ${one.name}`}</Text>)}</section>;
    const queued = notices.filter(one => QUEUED.includes(one.subject));
    const left = notices.filter(one => ![...MAILS, ...QUEUED].includes(one.subject));
    const apply = async () => {
        const body = await take(api.POST("/api/v1/attention/retry", { body: { ids: notices.map(one => one.id) } }));
        setAnswer(body);
        return body.job;
    };
    const refused = answer?.items.filter(one => one.reason !== null) ?? [];
    return (
        <>
            <Shown which={which} apply={apply} close={close} done={done}>
                {named(t("back_to_queue", { count: queued.length }), queued)}
                {named(t("not_tried_again", { count: left.length }), left)}
            </Shown>
            {refused.map(one => <Text size="sm" key={one.id} className="warned"><Icon name="alert" size={14} /> {one.reason?.text}</Text>)}
        </>
    );
}

/** Each once: two notices may speak of one mail. */
const ids = (notices: Notice[], subject: string): string[] => [...new Set(notices.filter(one => one.subject === subject).map(one => one.subject_id))];

function Clearing({ notices, close, done }: Dialog) {
    const { t } = useWords();
    const act = useAct();
    const again = useLookAgain();
    const [reason, setReason] = useState("");
    const clear = async () => {
        const body = { ids: notices.map(one => one.id), ...reason.trim() ? { reason: reason.trim() } : {} };
        const good = await act(() => take(api.POST("/api/v1/attention/clear", { body })), t("cleared"));
        await again();
        if (good) { close(); done(); }
    };
    return (
        <form onSubmit={event => { event.preventDefault(); void clear(); }}>
            <Stack>
                <Textarea label={t("clear_reason")} description={t("clear_reason_hint")} value={reason} onChange={event => setReason(event.currentTarget.value)} autosize minRows={2} maxLength={REASON_CHARS_MAX} data-autofocus />
                <Group justify="flex-end"><Button variant="default" onClick={close}>{t("cancel")}</Button><Button type="submit">{t("looked_at")}</Button></Group>
            </Stack>
        </form>
    );
}
