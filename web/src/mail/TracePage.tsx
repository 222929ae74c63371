/* The page of one mail's way: what came, what was made of it, and why. */

import { Button, Group, Text } from "@mantine/core";
import { Link, useParams } from "react-router";
import { useMail } from "../api/queries";
import { useWords } from "../i18n";
import { Complaint } from "../ui/Complaint";
import { Page, Waiting } from "../ui/Page";
import { State } from "../ui/State";
import { RecordLink } from "./MailPage";
import { Again } from "./Again";
import { Trace } from "./Trace";

export function TracePage() {
    const { id = "" } = useParams();
    const { t } = useWords();
    const mail = useMail(id);
    const above = { to: `/mail/${id}`, text: t("mail") };
    if (mail.isError && !mail.data) { return <Page title={t("trace")} above={above}><Complaint failure={mail.error} again={() => void mail.refetch()} /></Page>; }
    if (!mail.data) { return <Page title={t("trace")} above={above}><Waiting /></Page>; }
    const { email, links } = mail.data;
    return (
        <Page title={t("trace_of", { subject: email.subject || t("no_subject") })} above={above} beside={<State value={email.state} />}
            actions={<>{email.direction === "incoming" && <Again mails={[email]} />}<Button component={Link} to={`/mail/${id}`} size="xs" variant="default">{t("whole_mail")}</Button></>}>
            <Group gap="md">
                <Text size="sm">{t("from")}: {email.from}</Text>
                <Text size="sm">{t("to")}: {email.to.join(", ") || "—"}</Text>
                {links.map(link => <RecordLink key={link.record.id} table={link.record.table} id={link.record.id} related={link.related} />)}
            </Group>
            <div className="short-wide"><Trace mail={mail.data} /></div>
        </Page>
    );
}
