/* The tables that there are, with what people call them. */

import { Anchor, Table, Text } from "@mantine/core";
import { Link } from "react-router";
import { useTables } from "../api/queries";
import { useWords } from "../i18n";
import { usePerson } from "../session/session";
import { Complaint } from "../ui/Complaint";
import { Page, Waiting } from "../ui/Page";
import { NewTable } from "./Make";

export function TablesPage() {
    const { t, label } = useWords();
    const tables = useTables();
    const { admin } = usePerson();
    return (
        <Page title={t("tables")} actions={__ABILITIES__.makesTables && admin && <NewTable />}>
            <Text size="sm" c="dimmed">{t("tables_hint")}</Text>
            {tables.isError && <Complaint failure={tables.error} again={() => void tables.refetch()} />}
            {!tables.data ? !tables.isError && <Waiting /> : (
                <Table className="list" verticalSpacing={7} highlightOnHover>
                    <Table.Thead><Table.Tr><Table.Th>{t("label")}</Table.Th><Table.Th>{t("name")}</Table.Th><Table.Th>{t("extends")}</Table.Th><Table.Th>{t("fields")}</Table.Th><Table.Th>{t("records")}</Table.Th></Table.Tr></Table.Thead>
                    <Table.Tbody>{tables.data.map(table => (
                        <Table.Tr key={table.name} data-row={table.name}>
                            <Table.Td data-label={t("label")}><Anchor component={Link} to={`/tables/${table.name}`} data-open size="sm" fw={500}>{label(table.label, table.name)}</Anchor></Table.Td>
                            <Table.Td data-label={t("name")} className="firm"><Text span size="sm" ff="monospace">{table.name}</Text></Table.Td>
                            <Table.Td data-label={t("extends")} className={table.extends ? "" : "blank"}>{table.extends && <Text span size="sm" ff="monospace">{table.extends}</Text>}</Table.Td>
                            <Table.Td data-label={t("fields")} className="narrow"><Text span size="sm">{table.fields.length}</Text></Table.Td>
                            <Table.Td data-label={t("records")} className="narrow"><Anchor component={Link} to={`/list/${table.name}`} size="sm" aria-label={`${t("show")}: ${label(table.label, table.name)}`}>{t("show")}</Anchor></Table.Td>
                        </Table.Tr>
                    ))}</Table.Tbody>
                </Table>
            )}
        </Page>
    );
}
