/* When a scheduled job will run, how it ran, and a button that runs it now. */

import { Button, Group, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, take, type RecordBody } from "../api/client";
import { pace } from "../api/live";
import { useLookAgain } from "../api/queries";
import { useWords } from "../i18n";
import { usePerson } from "../session/session";
import { Complaint, useAct } from "../ui/Complaint";
import { State } from "../ui/State";

const TIMES = 5;
const RUNS = 20;
const UNDER_WAY = ["waiting", "running"];
const UNDER_WAY_MS = 1000;

export function JobRuns({ record }: { record: RecordBody }) {
    const { t, word, moment } = useWords();
    const { admin } = usePerson();
    const act = useAct();
    const again = useLookAgain();
    const path = { id: record.id };
    const next = useQuery({ queryKey: ["job-next", record.id, record.version], queryFn: async () => (await take(api.GET("/api/v1/scheduled-jobs/{id}/next", { params: { path, query: { count: TIMES } } }))).items });
    const runs = useQuery({ queryKey: ["job-runs", record.id], queryFn: async () => (await take(api.GET("/api/v1/scheduled-jobs/{id}/runs", { params: { path, query: { limit: RUNS } } }))).items,
        // A run that goes on is no news of the stream: it is looked at until it has ended.
        refetchInterval: query => query.state.data?.some(one => UNDER_WAY.includes(one.outcome)) ? UNDER_WAY_MS : pace() });
    const run = async () => { await act(() => take(api.POST("/api/v1/scheduled-jobs/{id}/run", { params: { path } })), t("job_begun")); await again(); };
    const zone = String(record.fields.time_zone ?? "UTC");
    return (
        <Stack gap="md">
            <section className="sheet" aria-label={t("next_times")}>
                <Group justify="space-between" mb="xs"><Title order={2} size="h5">{t("next_times")}</Title>{admin && <Button size="xs" variant="default" onClick={() => void run()}>{t("run_now")}</Button>}</Group>
                {record.fields.active !== true && <Text size="sm" c="dimmed" mb={4}>{t("job_off")}</Text>}
                {next.isError && <Complaint failure={next.error} />}
                <Stack gap={2}>{next.data?.map(one => <Text key={one.at} size="sm">{moment(one.at)} <Text span size="xs" c="dimmed">{one.local} {zone}</Text></Text>)}</Stack>
            </section>
            <Stack gap="xs" component="section" aria-label={t("runs")}>
                <Title order={2} size="h5">{t("runs")}</Title>
                {runs.isError && <Complaint failure={runs.error} />}
                {runs.data?.length === 0 && <Text size="sm" c="dimmed">{t("no_runs")}</Text>}
                {runs.data && runs.data.length > 0 && (
                    <Table className="list" verticalSpacing={7}>
                        <Table.Thead><Table.Tr><Table.Th>{t("due")}</Table.Th><Table.Th>{t("state")}</Table.Th><Table.Th>{t("events_raised")}</Table.Th><Table.Th>{t("reason")}</Table.Th></Table.Tr></Table.Thead>
                        <Table.Tbody>{runs.data.map(one => (
                            <Table.Tr key={one.id}>
                                <Table.Td data-label={t("due")} className="narrow"><Text span size="sm">{moment(one.due_at)}</Text></Table.Td>
                                <Table.Td data-label={t("state")} className="narrow"><State value={one.outcome} text={word("run", one.outcome)} /></Table.Td>
                                <Table.Td data-label={t("events_raised")} className="narrow"><Text span size="sm">{one.events}</Text></Table.Td>
                                <Table.Td data-label={t("reason")} className={one.reason || one.by ? "" : "blank"}><Text span size="sm">{[one.by ? t("asked_by", { who: one.by }) : null, one.reason?.text].filter(Boolean).join(": ")}</Text></Table.Td>
                            </Table.Tr>
                        ))}</Table.Tbody>
                    </Table>
                )}
            </Stack>
        </Stack>
    );
}
