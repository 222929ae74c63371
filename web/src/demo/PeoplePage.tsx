/* Of the demo: who got how much mail. */

import { Anchor, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, take } from "../api/client";
import { pace } from "../api/live";
import { useWords } from "../i18n";
import { Complaint } from "../ui/Complaint";
import { Nothing, Page, Waiting } from "../ui/Page";

export function PeoplePage() {
    const { t } = useWords();
    const boxes = useQuery({ queryKey: ["demo", "mailboxes"], queryFn: async () => (await take(api.GET("/api/v1/demo/mailboxes"))).items, refetchInterval: pace });
    return (
        <Page title={t("people")}>
            <Text size="sm" c="dimmed">{t("people_hint")}</Text>
            {boxes.isError && <Complaint failure={boxes.error} />}
            {!boxes.data ? !boxes.isError && <Waiting /> : boxes.data.length === 0 ? <Nothing text={t("no_people")} /> : (
                <Table className="list" verticalSpacing={7} highlightOnHover maw={560}>
                    <Table.Thead><Table.Tr><Table.Th>{t("address")}</Table.Th><Table.Th>{t("mails")}</Table.Th></Table.Tr></Table.Thead>
                    <Table.Tbody>{boxes.data.map(box => (
                        <Table.Tr key={box.address} data-row={box.address}>
                            <Table.Td data-label={t("address")}><Anchor component={Link} to={`/people/${encodeURIComponent(box.address)}`} data-open size="sm" fw={500}>{box.address}</Anchor></Table.Td>
                            <Table.Td data-label={t("mails")}><Text span size="sm">{box.mails}</Text></Table.Td>
                        </Table.Tr>
                    ))}</Table.Tbody>
                </Table>
            )}
        </Page>
    );
}
