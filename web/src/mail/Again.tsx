/* Decides mails once more: first it shows what that would do, mail by mail; then, where one says so, it is done, and one sees
   how far it is. What a mail has done already is not done twice. */

import { Alert, Button, Group, Modal, Progress, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { api, take, type EmailBody, type Schemas } from "../api/client";
import { useLookAgain } from "../api/queries";
import { useWords } from "../i18n";
import { Decision } from "../inbound/Decision";
import { usePerson } from "../session/session";
import { Complaint } from "../ui/Complaint";
import { Icon } from "../ui/icons";
import { Waiting } from "../ui/Page";
import { State } from "../ui/State";

/** Milliseconds between two looks at a job that goes on. */
const UNDER_WAY_MS = 400;

/** The button stays as long as something is picked, the dialog until it is closed: what is done may take the mails out of
    the list. */
export function Again({ mails, done }: { mails: EmailBody[]; done?: () => void }) {
    const { t } = useWords();
    const { agent } = usePerson();
    const [meant, setMeant] = useState<string[] | null>(null);
    if (!agent) { return null; }
    const close = () => setMeant(null);
    const apply = async () => (await take(api.POST("/api/v1/arrivals/reprocess", { body: { emails: meant ?? [], apply: true } }))).job;
    return (
        <>
            {mails.length > 0 && <Button size="xs" variant="light" leftSection={<Icon name="again" size={14} />} onClick={() => setMeant(mails.map(mail => mail.id))}>{t("decide_again")}</Button>}
            <Modal opened={meant !== null} onClose={close} title={t("decide_again_of", { count: meant?.length ?? 0 })} size="xl" closeButtonProps={{ "aria-label": t("close") }}>
                {meant !== null && <Shown which={{ emails: meant }} apply={apply} close={close} done={done} />}
            </Modal>
        </>
    );
}

type Which = { emails?: string[]; arrivals?: string[] };
interface ShownProps { which: Which; /** Does it; answers with the job, where mails are decided. */ apply: () => Promise<string | null>; close: () => void; done?: () => void; /** What is done besides deciding mails. */ children?: ReactNode }

/** What would be done, and the doing. */
export function Shown({ which, apply, close, done, children }: ShownProps) {
    const { t } = useWords();
    const again = useLookAgain();
    const [job, setJob] = useState<string | null>(null);
    const [state, setState] = useState<"shown" | "busy" | "begun">("shown");
    const [failure, setFailure] = useState<unknown>(null);
    const asked = (which.emails?.length ?? 0) + (which.arrivals?.length ?? 0) > 0;
    const dry = useQuery({
        queryKey: ["reprocess", which],
        queryFn: () => take(api.POST("/api/v1/arrivals/reprocess", { body: which })),
        enabled: asked && state === "shown",
        staleTime: Infinity,
        gcTime: 0,
    });
    const begin = async () => {
        setState("busy");
        setFailure(null);
        try { setJob(await apply()); setState("begun"); await again(); } catch (thrown) { setFailure(thrown); setState("shown"); }
    };
    const leave = () => { close(); done?.(); };
    const items = dry.data?.items ?? [];
    if (state === "begun") {
        return <Stack>{job !== null && <Going id={job} items={items} />}{job === null && <Alert color="green" variant="light" icon={<Icon name="check" />}>{t("tried_again")}</Alert>}<Group justify="flex-end"><Button onClick={leave}>{t("close")}</Button></Group></Stack>;
    }
    return (
        <Stack>
            <Text size="sm">{t("decide_again_hint")}</Text>
            {asked && dry.isError && <Complaint failure={dry.error} again={() => void dry.refetch()} />}
            {asked && !dry.data && !dry.isError && <Waiting />}
            {items.length > 0 && <ul className="shown">{items.map(item => <Item key={item.arrival} item={item} open={items.length === 1} />)}</ul>}
            {dry.data && dry.data.found > items.length && <Text size="sm" c="dimmed">{t("more_not_shown", { count: dry.data.found - items.length })}</Text>}
            {children}
            {failure !== null && <Complaint failure={failure} />}
            <Group justify="flex-end">
                <Button variant="default" data-autofocus onClick={close}>{t("cancel")}</Button>
                <Button loading={state === "busy"} disabled={asked && !dry.data} onClick={() => void begin()}>{t("do_it")}</Button>
            </Group>
        </Stack>
    );
}

const COLOURS: Record<string, string> = { would_change: "ready", nothing: "inactive", not_possible: "failed" };

function Item({ item, open: begin }: { item: Schemas["ReprocessItem"]; open: boolean }) {
    const { t, word, moment } = useWords();
    const [open, setOpen] = useState(begin);
    const { decision } = item;
    const counts = decision === null ? [] : [[decision.changes.length, "count_changes"], [decision.entries.length, "count_entries"], [decision.mails.length, "count_mails"]] as const;
    return (
        <li className="sheet">
            <Group justify="space-between" gap="xs" align="flex-start" wrap="nowrap" className="notice">
                <div><Text size="sm" fw={500}>{item.subject || t("no_subject")}</Text><Text size="xs" c="dimmed">{item.sender} · {moment(item.received_at)}</Text></div>
                <State value={COLOURS[item.outcome] ?? "ready"} text={word("again", item.outcome)} />
            </Group>
            {item.reason && <Text size="sm">{item.reason.text}</Text>}
            {decision && <>
                <Button variant="subtle" size="compact-sm" px={4} aria-expanded={open} leftSection={<Icon name={open ? "down" : "next"} size={14} />} onClick={() => setOpen(!open)}>{counts.filter(([count]) => count > 0).map(([count, key]) => t(key, { count })).join(", ") || t("and_why")}</Button>
                {open && <Decision decision={decision} />}
            </>}
        </li>
    );
}

/** How far a job is, and what became of each mail. */
function Going({ id, items }: { id: string; items: Schemas["ReprocessItem"][] }) {
    const { t, word } = useWords();
    const job = useQuery({
        queryKey: ["reprocess-job", id],
        queryFn: () => take(api.GET("/api/v1/reprocess-jobs/{id}", { params: { path: { id } } })),
        refetchInterval: query => ["processed", "failed"].includes(query.state.data?.state ?? "") ? false : UNDER_WAY_MS,
    });
    if (job.isError) { return <Complaint failure={job.error} />; }
    if (!job.data) { return <Waiting />; }
    const { total, done, state, reason, items: mails } = job.data;
    const text = t("done_of", { done, total });
    return (
        <Stack gap="xs" role="status">
            <Group justify="space-between"><Text size="sm" fw={500}>{text}</Text><State value={state} /></Group>
            <Progress value={total === 0 ? 100 : 100 * done / total} aria-label={text} />
            {reason && <Text size="sm">{reason.text}</Text>}
            <ul className="shown">{mails.map(mail => (
                <li key={mail.arrival}><Group gap="xs" wrap="nowrap" justify="space-between"><Text size="sm" className="shrinks">{items.find(one => one.arrival === mail.arrival)?.subject ?? t("mail")}{mail.reason && <Text span size="sm" c="dimmed"> {mail.reason.text}</Text>}</Text><State value={mail.outcome === "done" ? "done" : mail.outcome === "waiting" ? "waiting" : mail.outcome === "nothing" ? "inactive" : "failed"} text={word("again", mail.outcome)} /></Group></li>
            ))}</ul>
        </Stack>
    );
}
