/* A mail within a feed: from whom to whom, its text, and each recipient's state. */

import { Group, Stack, Text } from "@mantine/core";
import { useMail } from "../api/queries";
import { useWords } from "../i18n";
import { Complaint } from "../ui/Complaint";
import { Waiting } from "../ui/Page";
import { State } from "../ui/State";
import { MailText } from "./MailText";

export function MailInPlace({ id }: { id: string }) {
    const { t } = useWords();
    const mail = useMail(id, false);
    if (mail.isError) { return <Complaint failure={mail.error} />; }
    if (!mail.data) { return <Waiting />; }
    const { email, deliveries } = mail.data;
    return (
        <Stack gap="xs" mt="xs">
            <Text size="xs" c="dimmed">{t("from")}: {email.from} · {t("to")}: {email.to.join(", ")}</Text>
            <MailText mail={mail.data} />
            {deliveries.map(one => <Group key={one.id} gap="xs"><Text size="xs">{one.address}</Text><State value={one.state} /></Group>)}
        </Stack>
    );
}
