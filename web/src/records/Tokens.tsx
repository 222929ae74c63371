/* The API tokens with which programs act as oneself: made here, shown once, and taken back. */

import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api, take, type RecordBody } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import { useWords } from "../i18n";
import { usePerson } from "../session/session";
import { Complaint, useAct } from "../ui/Complaint";
import { Icon } from "../ui/icons";
import { fromDay } from "../admin/days";

export function Tokens({ record }: { record: RecordBody }) {
    const { t, moment } = useWords();
    const { person } = usePerson();
    const act = useAct();
    const client = useQueryClient();
    const own = person.id === record.id;
    const tokens = useQuery({ queryKey: ["tokens", record.id], queryFn: async () => (await take(api.GET("/api/v1/tokens", { params: { query: { user: record.id, limit: 100 } } }))).items, enabled: own });
    if (!own) { return null; }
    const again = () => client.invalidateQueries({ queryKey: ["tokens", record.id] });
    const remove = async (id: string) => { await act(() => take(api.DELETE("/api/v1/tokens/{id}", { params: { path: { id } } })), t("token_gone")); await again(); };
    return (
        <Stack gap="xs" component="section" aria-label={t("tokens")} className="sheet">
            <Group justify="space-between"><Title order={2} size="h5">{t("tokens")}</Title><NewToken made={again} /></Group>
            <Text size="sm" c="dimmed">{t("tokens_hint")}</Text>
            {tokens.isError && <Complaint failure={tokens.error} />}
            {tokens.data && tokens.data.length > 0 && (
                <Table className="list" verticalSpacing={7}>
                    <Table.Thead><Table.Tr><Table.Th>{t("name")}</Table.Th><Table.Th>{t("valid_until")}</Table.Th><Table.Th>{t("last_used")}</Table.Th><Table.Th><span className="visually-hidden">{t("steps")}</span></Table.Th></Table.Tr></Table.Thead>
                    <Table.Tbody>{tokens.data.map(one => (
                        <Table.Tr key={one.id}>
                            <Table.Td data-label={t("name")} className="firm"><Text span size="sm">{one.name}</Text></Table.Td>
                            <Table.Td data-label={t("valid_until")} className="narrow"><Text span size="sm">{one.expires_at ? moment(one.expires_at) : t("without_end")}</Text></Table.Td>
                            <Table.Td data-label={t("last_used")} className="narrow"><Text span size="sm">{one.last_used_at ? moment(one.last_used_at) : t("never")}</Text></Table.Td>
                            <Table.Td className="narrow"><Button size="compact-xs" variant="default" aria-label={`${t("take_back")}: ${one.name}`} onClick={() => void remove(one.id)}>{t("take_back")}</Button></Table.Td>
                        </Table.Tr>
                    ))}</Table.Tbody>
                </Table>
            )}
        </Stack>
    );
}

function NewToken({ made }: { made: () => Promise<void> }) {
    const { t } = useWords();
    const [opened, { open, close }] = useDisclosure(false);
    const [name, setName] = useState("");
    const [until, setUntil] = useState("");
    const [token, setToken] = useState<string | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const begin = () => { setName(""); setUntil(""); setToken(null); setFailure(null); open(); };
    const make = async (event: FormEvent) => {
        event.preventDefault();
        try {
            const body = { name: name.trim(), ...until ? { expires_at: fromDay(until) } : {} };
            setToken((await take(api.POST("/api/v1/tokens", { body }))).token);
            setFailure(null);
            await made();
        } catch (thrown) { setFailure(asFailure(thrown)); }
    };
    return (
        <>
            <Button size="xs" variant="default" leftSection={<Icon name="plus" size={14} />} onClick={begin}>{t("new_token")}</Button>
            <Modal opened={opened} onClose={close} title={t("new_token")} closeButtonProps={{ "aria-label": t("close") }}>
                {token === null ? (
                    <form onSubmit={event => void make(event)}>
                        <Stack>
                            <TextInput label={t("name")} description={t("token_name_hint")} value={name} onChange={event => setName(event.currentTarget.value)} required data-autofocus />
                            <TextInput label={t("valid_until")} description={t("valid_hint")} type="date" value={until} onChange={event => setUntil(event.currentTarget.value)} />
                            {failure && <Complaint failure={failure} />}
                            <Group justify="flex-end"><Button variant="default" onClick={close}>{t("cancel")}</Button><Button type="submit">{t("create")}</Button></Group>
                        </Stack>
                    </form>
                ) : (
                    <Stack>
                        <Alert color="yellow" icon={<Icon name="key" />} title={t("token_once")}><Code block className="secret">{token}</Code></Alert>
                        <Group justify="flex-end"><CopyButton value={token}>{({ copied, copy }) => <Button variant="default" onClick={copy}>{t(copied ? "copied" : "copy")}</Button>}</CopyButton><Button onClick={close}>{t("close")}</Button></Group>
                    </Stack>
                )}
            </Modal>
        </>
    );
}
