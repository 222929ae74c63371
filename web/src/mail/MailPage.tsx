/* One mail with everything that hangs on it: what it says, its recipients with each server's answer, and why. */

import { Anchor, Button, Group, Stack, Table, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";
import { api, save, take, type Schemas } from "../api/client";
import { useLookAgain, useMail, useRecord, useTables } from "../api/queries";
import { useWords } from "../i18n";
import { Files } from "../records/Attachments";
import { recordPath } from "../shell/jump";
import { Complaint, useAct } from "../ui/Complaint";
import { Icon } from "../ui/icons";
import { Page, Waiting } from "../ui/Page";
import { State } from "../ui/State";
import { MailText } from "./MailText";
import { Again } from "./Again";
import { Trace } from "./Trace";

/** States from which a recipient can be tried again, and from which it can be called off. */
const AGAIN = ["failed", "deferred", "uncertain", "held", "bounced", "suppressed"];
const CANCEL = ["ready", "deferred", "held"];

export function MailPage() {
    const { id = "" } = useParams();
    const { t } = useWords();
    const act = useAct();
    const mail = useMail(id);
    if (mail.isError && !mail.data) { return <Page title={t("mail")}><Complaint failure={mail.error} again={() => void mail.refetch()} /></Page>; }
    if (!mail.data) { return <Page title={t("mail")}><Waiting /></Page>; }
    const { email, attachments, deliveries, arrivals } = mail.data;
    const incoming = email.direction === "incoming";
    const source = () => act(() => save(`/api/v1/emails/${id}/source`, `${(email.subject || "mail").replace(/[^\p{L}\p{N} _-]+/gu, "_").slice(0, 60)}.eml`));
    return (
        <Page title={email.subject || t("no_subject")} above={{ to: incoming ? "/inbox" : "/outbox", text: t(incoming ? "inbox" : "outbox") }} beside={<State value={email.state} />}
            actions={<>
                {incoming && <Again mails={[email]} />}
                <Button component={Link} to={`/mail/${id}/trace`} size="xs" variant="default" leftSection={<Icon name="clock" size={14} />}>{t("trace")}</Button>
                <Button size="xs" variant="default" leftSection={<Icon name="download" size={14} />} onClick={() => void source()}>{t("source")}</Button>
            </>}>
            {mail.isError && <Complaint failure={mail.error} />}
            <div className="two sided">
                <Stack gap="md">
                    <Facts mail={mail.data} />
                    <section className="sheet" aria-label={t("text")}><MailText mail={mail.data} /></section>
                    {attachments.length > 0 && <Files files={attachments} />}
                    {deliveries.length > 0 && <Deliveries rows={deliveries} />}
                    {arrivals.some(one => one.state === "failed") && <Copies rows={arrivals} />}
                </Stack>
                <Stack gap="xs" component="section" aria-label={t("why")}>
                    <Title order={2} size="h5">{t("why")}</Title>
                    <Trace mail={mail.data} />
                </Stack>
            </div>
        </Page>
    );
}

function Facts({ mail }: { mail: Schemas["EmailWhole"] }) {
    const { t, word, moment } = useWords();
    const { email } = mail;
    const reason = [email.class ? word("class", email.class) : null, email.reason?.text].filter(Boolean).join(": ");
    const rows: [string, ReactNode][] = [
        [t("from"), email.from], [t("to"), email.to.join(", ") || "—"], [t("when"), moment(email.created_at)],
        ...reason ? [[t("reason"), reason] as [string, ReactNode]] : [],
        ...email.rule ? [[t("rule"), email.rule] as [string, ReactNode]] : [],
        ...mail.authenticity ? [[t("authenticity"), word("mark", mail.authenticity)] as [string, ReactNode]] : [],
        ...mail.do_not_answer ? [[t("do_not_answer"), mail.do_not_answer] as [string, ReactNode]] : [],
        ...mail.defects.length ? [[t("defects"), mail.defects.map(one => one.text).join(" ")] as [string, ReactNode]] : [],
        ...mail.links.length ? [[t("records"), <Group key="links" gap="xs">{mail.links.map(one => <RecordLink key={one.record.id} table={one.record.table} id={one.record.id} related={one.related} />)}</Group>] as [string, ReactNode]] : [],
    ];
    return <dl className="facts sheet">{rows.map(([name, value]) => <div key={name} className="pair"><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

export function RecordLink({ table, id, related }: { table: string; id: string; related: boolean }) {
    const { t, label } = useWords();
    const info = useTables().data?.find(one => one.name === table);
    const record = useRecord(table, id, false).data;
    return <Anchor component={Link} to={recordPath(table, id)} size="sm">{(info && record?.display[info.display]) ?? label(info?.label, table)}{related ? ` (${t("related")})` : ""}</Anchor>;
}

function Deliveries({ rows }: { rows: Schemas["DeliveryBody"][] }) {
    const { t, moment } = useWords();
    const act = useAct();
    const again = useLookAgain();
    const path = (id: string) => ({ params: { path: { id } } });
    const retry = async (id: string) => { await act(() => take(api.POST("/api/v1/deliveries/{id}/retry", path(id))), t("tried_again")); await again(); };
    const cancel = async (id: string) => { await act(() => take(api.POST("/api/v1/deliveries/{id}/cancel", path(id))), t("called_off")); await again(); };
    return (
        <Stack gap="xs" component="section" aria-label={t("recipients")}>
            <Title order={2} size="h5">{t("recipients")}</Title>
            <Table className="list" verticalSpacing={7}>
                <Table.Thead><Table.Tr><Table.Th>{t("address")}</Table.Th><Table.Th>{t("state")}</Table.Th><Table.Th>{t("answer_of_server")}</Table.Th><Table.Th>{t("attempts")}</Table.Th></Table.Tr></Table.Thead>
                <Table.Tbody>{rows.map(one => (
                    <Table.Tr key={one.id}>
                        <Table.Td data-label={t("address")} className="firm">{one.address}</Table.Td>
                        <Table.Td data-label={t("state")} className="narrow"><State value={one.state} /></Table.Td>
                        <Table.Td data-label={t("answer_of_server")}>
                            <Stack gap={4}>
                                {one.reply && <Text size="sm">{one.reply}</Text>}
                                {one.reason && <Text size="sm" c="dimmed">{one.reason.text}</Text>}
                                {one.state === "deferred" && <Text size="sm">{t("next_try")} {moment(one.next_at)}</Text>}
                                <Group gap="xs">
                                    {AGAIN.includes(one.state) && <Button size="compact-xs" variant="default" onClick={() => void retry(one.id)}>{t(["uncertain", "bounced"].includes(one.state) ? "send_again" : "again")}</Button>}
                                    {CANCEL.includes(one.state) && <Button size="compact-xs" variant="default" onClick={() => void cancel(one.id)}>{t("call_off")}</Button>}
                                </Group>
                            </Stack>
                        </Table.Td>
                        <Table.Td data-label={t("attempts")} className="narrow">{one.attempts}</Table.Td>
                    </Table.Tr>
                ))}</Table.Tbody>
            </Table>
        </Stack>
    );
}

function Copies({ rows }: { rows: Schemas["ArrivalBody"][] }) {
    const { t, moment } = useWords();
    const act = useAct();
    const again = useLookAgain();
    const retry = async (id: string) => { await act(() => take(api.POST("/api/v1/arrivals/{id}/retry", { params: { path: { id } } })), t("tried_again")); await again(); };
    return (
        <Stack gap="xs" component="section" aria-label={t("copies")}>
            <Title order={2} size="h5">{t("copies")}</Title>
            {rows.map(one => (
                <Group key={one.id} gap="sm"><Text size="sm">{moment(one.received_at)}</Text><State value={one.state} />{one.reason && <Text size="sm">{one.reason.text}</Text>}
                    {one.state === "failed" && <Button size="compact-xs" variant="default" onClick={() => void retry(one.id)}>{t("again")}</Button>}</Group>
            ))}
        </Stack>
    );
}
