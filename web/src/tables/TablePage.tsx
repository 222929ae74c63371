/* One table: its fields, what they hold, and what is asked of them. */

import { Anchor, Badge, Button, Group, Table, Text } from "@mantine/core";
import { Link, useParams } from "react-router";
import type { FieldBody } from "../api/client";
import { useTables } from "../api/queries";
import { useWords } from "../i18n";
import { usePerson } from "../session/session";
import { Nothing, Page, Waiting } from "../ui/Page";
import { EditField } from "./EditField";
import { NewField } from "./Make";

export function TablePage() {
    const { table: name = "" } = useParams();
    const { t, label } = useWords();
    const tables = useTables();
    const { admin } = usePerson();
    const table = tables.data?.find(one => one.name === name);
    const edits = __ABILITIES__.makesTables && admin;
    const above = { to: "/tables", text: t("tables") };
    if (!table) { return <Page title={name} above={above}>{tables.isSuccess ? <Nothing text={t("no_table", { table: name })} /> : <Waiting />}</Page>; }
    return (
        <Page title={label(table.label, name)} above={above} beside={<Text size="sm" c="dimmed" ff="monospace">{table.name}</Text>} actions={<>{__ABILITIES__.makesTables && admin && <NewField table={table} />}<Button component={Link} to={`/list/${name}`} size="xs" variant="default">{t("show_records")}</Button></>}>
            {table.extends && <Text size="sm">{t("extends")}: <Anchor component={Link} to={`/tables/${table.extends}`} size="sm" underline="always">{label(tables.data?.find(one => one.name === table.extends)?.label, table.extends)}</Anchor></Text>}
            <Table className="list" verticalSpacing={7}>
                <Table.Thead><Table.Tr><Table.Th>{t("label")}</Table.Th><Table.Th>{t("name")}</Table.Th><Table.Th>{t("kind")}</Table.Th><Table.Th>{t("rules_of_field")}</Table.Th>{edits && <Table.Th><span className="visually-hidden">{t("steps")}</span></Table.Th>}</Table.Tr></Table.Thead>
                <Table.Tbody>{table.fields.map(field => (
                    <Table.Tr key={field.name}>
                        <Table.Td data-label={t("label")}><Text span size="sm">{label(field.label, field.name)}</Text></Table.Td>
                        <Table.Td data-label={t("name")} className="firm"><Text span size="sm" ff="monospace">{field.name}</Text></Table.Td>
                        <Table.Td data-label={t("kind")}><Kind field={field} /></Table.Td>
                        <Table.Td data-label={t("rules_of_field")} className={field.mandatory || field.read_only || field.secret || field.unique || field.indexed ? "" : "blank"}><Group gap={4}>
                            {field.mandatory && <Badge size="sm" variant="light" className="state">{t("mandatory")}</Badge>}
                            {field.read_only && <Badge size="sm" variant="light" color="gray" className="state">{t("read_only")}</Badge>}
                            {field.unique && <Badge size="sm" variant="light" color="gray" className="state">{t("unique")}</Badge>}
                            {field.indexed && <Badge size="sm" variant="light" color="gray" className="state">{t("indexed")}</Badge>}
                            {field.secret && <Badge size="sm" variant="light" color="orange" className="state">{t("secret")}</Badge>}
                        </Group></Table.Td>
                        {edits && <Table.Td className={field.base || field.inherited_from ? "blank" : "narrow"}>{!field.base && !field.inherited_from && <EditField table={table} field={field} />}</Table.Td>}
                    </Table.Tr>
                ))}</Table.Tbody>
            </Table>
        </Page>
    );
}

function Kind({ field }: { field: FieldBody }) {
    const { word, label } = useWords();
    return (
        <Text span size="sm">
            {word("kind", field.kind)}
            {field.table && <> → <Anchor component={Link} to={`/tables/${field.table}`} size="sm" underline="always">{field.table}</Anchor></>}
            {field.choices.length > 0 && <Text span size="sm" c="dimmed">: {field.choices.map(choice => label(choice.label, choice.value)).join(", ")}</Text>}
        </Text>
    );
}
