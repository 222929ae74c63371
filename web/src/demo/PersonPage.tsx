/* Of the demo: what one person got, and answers as that person or as their absence assistant. */

import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import { api, take, type Schemas } from "../api/client";
import { pace } from "../api/live";
import { useLookAgain } from "../api/queries";
import { useWords } from "../i18n";
import { Complaint, useAct } from "../ui/Complaint";
import { Nothing, Page, Waiting } from "../ui/Page";
import { Became, Writer, deliver } from "./Writer";

export function PersonPage() {
    const { address = "" } = useParams();
    const { t } = useWords();
    const mails = useQuery({
        queryKey: ["demo", "mailbox", address],
        queryFn: async () => (await take(api.GET("/api/v1/demo/mailboxes/{address}", { params: { path: { address } } }))).items.toReversed(),
        refetchInterval: pace,
    });
    return (
        <Page title={t("mailbox_of", { address })} above={{ to: "/people", text: t("people") }}>
            {mails.isError && <Complaint failure={mails.error} />}
            {!mails.data ? !mails.isError && <Waiting /> : mails.data.length === 0 ? <Nothing text={t("no_mail_yet")} /> : mails.data.map(mail => <Read key={mail.id} mail={mail} address={address} />)}
        </Page>
    );
}

function Read({ mail, address }: { mail: Schemas["MailboxMail"]; address: string }) {
    const { t, moment } = useWords();
    const act = useAct();
    const again = useLookAgain();
    const [answering, setAnswering] = useState(false);
    const [absent, setAbsent] = useState<Schemas["ArrivalBody"] | null>(null);
    const [busy, setBusy] = useState(false);
    const assistant = async () => {
        setBusy(true);
        const subject = `Out of office: ${mail.subject}`;
        await act(async () => setAbsent(await deliver({ from: address, to: mail.from, subject, text: t("absence"), original: mail, automatic: true })));
        setBusy(false);
        await again();
    };
    return (
        <article className="sheet">
            <Stack gap="sm">
                <div><Text fw={600}>{mail.subject}</Text><Text size="xs" c="dimmed">{mail.from} · {moment(mail.received_at)}</Text></div>
                <pre className="said">{mail.text}</pre>
                <Group gap="xs">
                    <Button size="xs" aria-expanded={answering} onClick={() => setAnswering(true)}>{t("answer")}</Button>
                    <Button size="xs" variant="default" loading={busy} onClick={() => void assistant()}>{t("absent")}</Button>
                </Group>
                {absent && <Became arrival={absent} subject={mail.subject} />}
                {answering && <Writer from={address} original={mail} />}
            </Stack>
        </article>
    );
}
