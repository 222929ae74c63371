/* Who signed in, who tried to, and whose password was set: newest first. */

import { Anchor, Button, Group, Select, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { api, take } from "../api/client";
import { ReferencePicker } from "../dictionary/ReferencePicker";
import { useWords } from "../i18n";
import { recordPath } from "../shell/jump";
import { Complaint } from "../ui/Complaint";
import { Nothing, Page, Waiting } from "../ui/Page";
import { State } from "../ui/State";

const KINDS = ["signed_in", "failed", "signed_out", "password_changed"];
const ROWS = 50;

export function SignInsPage() {
    const { t, word, moment } = useWords();
    const [search, setSearch] = useSearchParams();
    const put = (name: string, text: string | null) => setSearch(before => { const after = new URLSearchParams(before); if (text) { after.set(name, text); } else { after.delete(name); } return after; });
    const [kind, user] = [search.get("kind") ?? "", search.get("user") ?? ""];
    const all = useInfiniteQuery({
        queryKey: ["sign-ins", kind, user],
        queryFn: ({ pageParam }) => take(api.GET("/api/v1/sign-ins", { params: { query: { limit: ROWS, ...kind ? { kind } : {}, ...user ? { user } : {}, ...pageParam ? { cursor: pageParam } : {} } } })),
        initialPageParam: null as string | null,
        getNextPageParam: page => page.next ?? null,
    });
    const rows = all.data?.pages.flatMap(page => page.items);
    return (
        <Page title={t("sign_ins")}>
            <Group gap="sm" align="flex-end" className="narrowing" role="group" aria-label={t("filter")}>
                <Select label={t("what")} size="sm" data={KINDS.map(one => ({ value: one, label: word("signin", one) }))} value={kind || null} onChange={next => put("kind", next)} clearable clearButtonProps={{ "aria-label": t("clear") }} />
                <ReferencePicker table="user" label={t("who")} size="sm" value={user} onChange={next => put("user", next || null)} />
            </Group>
            {all.isError && <Complaint failure={all.error} again={() => void all.refetch()} />}
            {!rows ? !all.isError && <Waiting /> : rows.length === 0 ? <Nothing text={t(kind || user ? "nothing_matches" : "no_sign_ins")} /> : (
                <Stack gap="sm">
                    <Table className="list" verticalSpacing={7}>
                        <Table.Thead><Table.Tr><Table.Th>{t("when")}</Table.Th><Table.Th>{t("what")}</Table.Th><Table.Th>{t("who")}</Table.Th><Table.Th>{t("login")}</Table.Th><Table.Th>{t("address")}</Table.Th></Table.Tr></Table.Thead>
                        <Table.Tbody>{rows.map(one => (
                            <Table.Tr key={one.id}>
                                <Table.Td data-label={t("when")} className="narrow"><Text span size="sm">{moment(one.at)}</Text></Table.Td>
                                <Table.Td data-label={t("what")} className="narrow"><State value={one.kind} text={word("signin", one.kind)} /></Table.Td>
                                <Table.Td data-label={t("who")} className={one.user ? "firm" : "blank"}>{one.user && <Anchor component={Link} to={recordPath("user", one.user)} size="sm">{one.name ?? one.user}</Anchor>}{one.by && <Text size="xs" c="dimmed">{t("set_by", { who: one.by })}</Text>}</Table.Td>
                                <Table.Td data-label={t("login")} className={one.login ? "firm" : "blank"}><Text span size="sm">{one.login}</Text></Table.Td>
                                <Table.Td data-label={t("address")} className={one.address ? "narrow" : "blank"}><Text span size="sm">{one.address}</Text></Table.Td>
                            </Table.Tr>
                        ))}</Table.Tbody>
                    </Table>
                    {all.hasNextPage && <Group justify="center"><Button variant="default" size="xs" loading={all.isFetchingNextPage} onClick={() => void all.fetchNextPage()}>{t("older")}</Button></Group>}
                </Stack>
            )}
        </Page>
    );
}
