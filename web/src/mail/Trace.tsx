/* The way of one mail, from the moment in which it came: read, decided, and what followed from that, down to the last
   server's answer. */

import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { api, take, type Schemas } from "../api/client";
import { pace } from "../api/live";
import { useExplanation } from "../api/queries";
import { Named } from "../dictionary/Named";
import { useWords } from "../i18n";
import { Decision } from "../inbound/Decision";
import { Complaint } from "../ui/Complaint";
import { Icon, type IconName } from "../ui/icons";
import { Waiting } from "../ui/Page";
import { State } from "../ui/State";
import { Chapters, Story } from "./Why";
import { chapters } from "./timeline";

/** What a mail did when it was worked on, as data. */
const useDecision = (id: string, enabled: boolean) => useQuery({
    enabled,
    queryKey: ["decision", id],
    queryFn: async () => (await take(api.GET("/api/v1/emails/{id}/decision", { params: { path: { id } } }))).decision,
    refetchInterval: pace,
});

export function Trace({ mail }: { mail: Schemas["EmailWhole"] }) {
    const { t, moment, size } = useWords();
    const { email, arrivals } = mail;
    const decision = useDecision(email.id, email.direction === "incoming");
    const told = useExplanation(email.id);
    if (email.direction !== "incoming") { return <div className="sheet"><Story of={email.id} /></div>; }
    // The first chapter is the decision itself, which stands here as data.
    const followed = chapters(told.data ?? "").slice(1);
    return (
        <ol className="trace">
            {[...arrivals].sort((one, other) => one.received_at < other.received_at ? -1 : 1).map((copy, at) => (
                <Stop key={copy.id} icon="inbox" title={t(at === 0 ? "trace_came" : "trace_copy")} when={moment(copy.received_at)}>
                    <Group gap="xs">
                        <Text size="sm">{t("trace_by", { source: copy.source.toUpperCase(), size: size(copy.size) })}</Text>
                        <Anchor component={Link} to={`/mailboxes/${copy.account}`} size="sm"><Named table="email_account" id={copy.account} /></Anchor>
                        <State value={copy.state} />
                    </Group>
                    {copy.reason && <Text size="sm">{copy.reason.text}</Text>}
                    {copy.attempts > 0 && <Text size="sm">{t("attempts")}: {copy.attempts}</Text>}
                </Stop>
            ))}
            <Stop icon="robot" title={t("trace_decided")} when={moment(email.created_at)}>
                {decision.isError ? <Complaint failure={decision.error} /> : decision.data === undefined ? <Waiting /> : decision.data === null ? <Text size="sm" c="dimmed">{t("trace_not_yet")}</Text> : <Decision decision={decision.data} mail={email.id} done />}
            </Stop>
            {followed.length > 0 && <Stop icon="out" title={t("trace_followed")} when=""><Chapters told={followed} /></Stop>}
            {told.isError && told.data === undefined && <Complaint failure={told.error} />}
        </ol>
    );
}

function Stop({ icon, title, when, children }: { icon: IconName; title: string; when: string; children: ReactNode }) {
    return (
        <li className="stop">
            <span className="bead"><Icon name={icon} size={16} /></span>
            <Stack gap={6} className="sheet">
                <Group gap="xs" justify="space-between"><Title order={2} size="h5">{title}</Title>{when && <Text size="xs" c="dimmed">{when}</Text>}</Group>
                {children}
            </Stack>
        </li>
    );
}
