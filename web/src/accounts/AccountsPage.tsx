/* Mailboxes and accounts, each with what it lacks. */

import { Alert, Anchor, Button, Stack, Table, Text } from "@mantine/core";
import { Link } from "react-router";
import { useAll, useAttention, useStatus } from "../api/queries";
import { useWords } from "../i18n";
import { mayWrite } from "../session/may";
import { usePerson } from "../session/session";
import { Complaint } from "../ui/Complaint";
import { Icon } from "../ui/icons";
import { Nothing, Page, Waiting } from "../ui/Page";
import { State } from "../ui/State";

export function AccountsPage() {
    const { t } = useWords();
    const { person } = usePerson();
    const admin = mayWrite(person.roles, { name: "email_account", root: "email_account", configuration: true });
    const accounts = useAll("email_account");
    const notices = useStatus().data?.notices ?? [];
    const open = (useAttention().data ?? []).filter(one => one.subject === "account");
    const rows = accounts.data ?? [];
    const named = (text: string) => rows.some(row => text.includes(String(row.fields.name)));
    return (
        <Page title={t("mailboxes")} actions={admin && <>
            <Button component={Link} to="/mailboxes/new-mailbox" size="sm" leftSection={<Icon name="plus" size={16} />}>{t("new_mailbox")}</Button>
            <Button component={Link} to="/mailboxes/new-email_account" size="sm" variant="default">{t("new_account")}</Button>
        </>}>
            {!admin && <Text size="sm" c="dimmed">{t("admins_only")}</Text>}
            {notices.filter(one => !named(one.text)).map(one => <Alert key={one.text} color="yellow" icon={<Icon name="alert" />}>{one.text}</Alert>)}
            {accounts.isError && <Complaint failure={accounts.error} again={() => void accounts.refetch()} />}
            {!accounts.data ? !accounts.isError && <Waiting /> : rows.length === 0 ? <Nothing text={t("no_accounts")} /> : (
                <Table className="list" verticalSpacing={7} highlightOnHover>
                    <Table.Thead><Table.Tr><Table.Th>{t("name")}</Table.Th><Table.Th>{t("type")}</Table.Th><Table.Th>{t("server")}</Table.Th><Table.Th>{t("state")}</Table.Th><Table.Th>{t("needs")}</Table.Th></Table.Tr></Table.Thead>
                    <Table.Tbody>{rows.map(row => {
                        const { name, type, server, addresses, sends, smtp_server, active } = row.fields;
                        const needs = [...open.filter(one => one.subject_id === row.id).map(one => one.reason.text), ...notices.map(one => one.text).filter(text => text.includes(String(name)))];
                        return (
                            <Table.Tr key={row.id} data-row={row.id}>
                                <Table.Td data-label={t("name")}><Anchor component={Link} to={`/mailboxes/${row.id}`} data-open size="sm" fw={500}>{String(name)}</Anchor></Table.Td>
                                <Table.Td data-label={t("type")} className="narrow"><Text span size="sm">{row.table === "mailbox" ? `${t("mailbox")}, ${String(type)}` : String(type)}</Text></Table.Td>
                                <Table.Td data-label={t("server")}><Stack gap={0}><Text size="sm">{server ? String(server) : Array.isArray(addresses) ? addresses.join(", ") : ""}</Text>{sends === true && smtp_server && <Text size="sm">{String(smtp_server)}</Text>}</Stack></Table.Td>
                                <Table.Td data-label={t("state")} className="narrow"><State value={active === true ? "active" : "inactive"} /></Table.Td>
                                <Table.Td data-label={t("needs")} className={needs.length ? "" : "blank"}><Stack gap={2}>{needs.map(text => <Text key={text} size="sm">{text}</Text>)}</Stack></Table.Td>
                            </Table.Tr>
                        );
                    })}</Table.Tbody>
                </Table>
            )}
        </Page>
    );
}
