/* What a person should look at, with the reason and what to do; cleared one by one. */

import { Alert, Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { Link } from "react-router";
import { api, take, type Schemas } from "../api/client";
import { useAttention, useLookAgain, useStatus } from "../api/queries";
import { useWords } from "../i18n";
import { Complaint, useAct } from "../ui/Complaint";
import { Icon } from "../ui/icons";
import { Nothing, Page, Waiting } from "../ui/Page";
import { Why } from "./Why";

const EXPLAINED = ["email", "arrival", "event"];

export function AttentionPage() {
    const { t } = useWords();
    const all = useAttention();
    const notices = useStatus().data?.notices ?? [];
    return (
        <Page title={t("attention")}>
            {notices.map(one => <Alert key={one.code + one.text} color="yellow" icon={<Icon name="alert" />}>{one.text}</Alert>)}
            {all.isError && <Complaint failure={all.error} again={() => void all.refetch()} />}
            {!all.data ? !all.isError && <Waiting /> : all.data.length === 0 ? <Nothing text={t("no_attention")} /> : all.data.map(one => <Notice key={one.id} notice={one} />)}
        </Page>
    );
}

function Notice({ notice }: { notice: Schemas["AttentionBody"] }) {
    const { t, moment } = useWords();
    const act = useAct();
    const again = useLookAgain();
    const clear = async () => {
        await act(() => take(api.POST("/api/v1/attention/{id}/clear", { params: { path: { id: notice.id } } })), t("cleared"));
        await again();
    };
    return (
        <article className="sheet">
            <Group justify="space-between" align="flex-start" gap="sm" wrap="nowrap" className="notice">
                <Stack gap={4}>
                    <Group gap="xs"><About notice={notice} /><Text size="xs" c="dimmed">{moment(notice.at)}</Text></Group>
                    <Text size="sm" className="said">{notice.reason.text}</Text>
                    {EXPLAINED.includes(notice.subject) && <Why of={notice.subject_id} />}
                </Stack>
                <Button size="xs" variant="default" leftSection={<Icon name="check" size={14} />} onClick={() => void clear()}>{t("looked_at")}</Button>
            </Group>
        </article>
    );
}

function About({ notice }: { notice: Schemas["AttentionBody"] }) {
    const { word } = useWords();
    const ways: Record<string, string> = { email: `/mail/${notice.subject_id}`, account: `/mailboxes/${notice.subject_id}`, notification_rule: `/record/notification_rule/${notice.subject_id}` };
    const way = ways[notice.subject];
    const text = word("about", notice.subject);
    return way ? <Anchor component={Link} to={way} size="sm" fw={600}>{text}</Anchor> : <Text size="sm" fw={600}>{text}</Text>;
}
