/* Why a person may do something with a record, or may not: each rule that was asked, and the clause that failed. */

import { Anchor, Button, Group, Modal, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, take, type RecordBody, type Schemas, type TableBody } from "../api/client";
import { useTables } from "../api/queries";
import { Failing } from "../dictionary/Failing";
import { ReferencePicker } from "../dictionary/ReferencePicker";
import { useWords } from "../i18n";
import { usePerson } from "../session/session";
import { recordPath } from "../shell/jump";
import { Complaint } from "../ui/Complaint";
import { Waiting } from "../ui/Page";
import { State } from "../ui/State";

const OPERATIONS = ["read", "update", "delete"];

export function WhoMay({ table, record }: { table: TableBody; record: RecordBody }) {
    const { t } = useWords();
    const { admin } = usePerson();
    const [opened, { open, close }] = useDisclosure(false);
    if (!admin) { return null; }
    return (
        <>
            <Button variant="default" size="compact-sm" onClick={open}>{t("who_may")}</Button>
            <Modal opened={opened} onClose={close} title={t("who_may")} size="xl" closeButtonProps={{ "aria-label": t("close") }}><Asking table={table} record={record} /></Modal>
        </>
    );
}

function Asking({ table, record }: { table: TableBody; record: RecordBody }) {
    const { t, word } = useWords();
    const [user, setUser] = useState("");
    const [operation, setOperation] = useState("read");
    const answer = useQuery({
        queryKey: ["who-may", record.table, record.id, record.version, user, operation],
        queryFn: () => take(api.GET("/api/v1/access/explanation", { params: { query: { user, table: record.table, record: record.id, operation } } })),
        enabled: user !== "",
    });
    const verdicts = answer.data?.verdicts ?? [];
    return (
        <Stack>
            <Group align="flex-end" gap="sm" className="narrowing">
                <ReferencePicker table="user" label={t("who")} value={user} onChange={setUser} />
                <SegmentedControl value={operation} onChange={setOperation} aria-label={t("operation_asked")} data={OPERATIONS.map(one => ({ value: one, label: word("may", one) }))} />
            </Group>
            {user === "" ? <Text size="sm" c="dimmed">{t("who_may_hint")}</Text> : answer.isError ? <Complaint failure={answer.error} /> : !answer.data ? <Waiting /> : (
                <>
                    <Text size="sm">{answer.data.name}: {answer.data.roles.length > 0 ? answer.data.roles.join(", ") : t("no_roles")}</Text>
                    {verdicts.map(one => <Verdict key={one.field ?? ""} verdict={one} table={table} />)}
                </>
            )}
        </Stack>
    );
}

function Verdict({ verdict, table }: { verdict: Schemas["VerdictBody"]; table: TableBody }) {
    const { t, word, label } = useWords();
    const field = verdict.field;
    const named = field === null || field === undefined ? t("whole_record") : label(table.fields.find(one => one.name === field)?.label, field);
    return (
        <section className="sheet" aria-label={named}>
            <Group gap="xs" mb={verdict.considered.length > 0 ? 6 : 0}>
                <Title order={3} size="h6">{named}</Title>
                <State value={verdict.allowed ? "good" : "bad"} text={t(verdict.allowed ? "allowed" : "refused")} />
                <Text size="sm" c="dimmed">{word("because", verdict.because)}</Text>
            </Group>
            <ul className="asked">{verdict.considered.map(one => <Asked key={one.rule} rule={one} table={table} />)}</ul>
        </section>
    );
}

function Asked({ rule, table }: { rule: Schemas["ConsideredBody"]; table: TableBody }) {
    const { t } = useWords();
    const tables = useTables().data ?? [];
    const said = rule.error ?? t(rule.grants ? "rule_grants" : !rule.role ? "rule_role" : "rule_condition");
    return (
        <li>
            <Anchor component={Link} to={recordPath("access_rule", rule.rule)} size="sm">{rule.name}</Anchor> <Text span size="sm" c={rule.grants ? undefined : "dimmed"}>{said}</Text>
            {rule.failing && <Failing clause={rule.failing} table={table} tables={tables} />}
        </li>
    );
}
