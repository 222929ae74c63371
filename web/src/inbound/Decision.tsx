/* A decision about a mail, to be read from the top down: what it is, who sent it, which record, each action with why, and
   what comes of it. */

import { Alert, Anchor, Badge, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { Link } from "react-router";
import { useTables } from "../api/queries";
import { Failing } from "../dictionary/Failing";
import { catalogues, useWords } from "../i18n";
import { recordPath } from "../shell/jump";
import { Icon } from "../ui/icons";
import { State } from "../ui/State";
import { Effects } from "./Effects";
import type { Clause, DecisionAction, MailDecision, Reason, RecordName } from "./decision";
import { useActions, useMailTable } from "./queries";

interface Props { decision: MailDecision; /** The mail, where it came: it can be tried with each action. */ mail?: string; /** The action that is looked at first. */ looked?: string | null; /** Whether it was done, or would be. */ done?: boolean }

export function Decision({ decision, mail, looked = null, done = false }: Props) {
    const { t, word } = useWords();
    const { class: of, class_because: because, sender, do_not_answer: silent, notes, log, scripts } = decision;
    return (
        <Stack gap="md">
            <Group gap="xs"><State value={decision.state} />{decision.reason && <Text size="sm">{decision.reason.text}</Text>}</Group>
            <Part title={t("decided_mail")}>
                <dl className="facts tight">
                    {of && <Fact name={t("step_class")}>{word("class", of)}{because && <span className="hint"> ({because})</span>}</Fact>}
                    {sender && <Fact name={t("step_sender")}>{sender.user ? <Anchor component={Link} to={recordPath("user", sender.user)} size="sm">{sender.name}</Anchor> : sender.name} <span className="hint">{sender.address}</span> <Badge size="sm" variant="light" color={sender.authenticity === "verified" ? "green" : sender.authenticity === "failed" ? "red" : "yellow"} className="state">{word("mark", sender.authenticity)}</Badge> <span className="hint">({sender.because})</span></Fact>}
                    {silent && <Fact name={t("do_not_answer")}>{silent}</Fact>}
                    {decision.records.map((one, at) => <Fact key={at} name={t(one.related ? "step_related" : "step_record")}><Named record={one.record} name={one.number} otherwise={t("decided_no_record")} /> <span className="hint">({one.because})</span></Fact>)}
                </dl>
                {decision.evidence.length > 0 && <ul className="evidence" aria-label={t("step_evidence")}>{decision.evidence.map((one, at) => <li key={at}><strong>{word("evidence", one.kind)}</strong> <code>{one.value}</code> <span className="hint">{one.verdict}</span></li>)}</ul>}
            </Part>
            {decision.actions.length > 0 && <Part title={t("decided_actions")}><Actions actions={decision.actions} looked={looked} mail={mail} /></Part>}
            <Part title={t(done ? "has_changed" : "would_change")}><Effects decision={decision} /></Part>
            {notes.length + scripts.length + log.length > 0 && <Part title={t("decided_notes")}>
                {notes.map((one, at) => <Text size="sm" key={at}>{one.text}</Text>)}
                {scripts.map((one, at) => <Text size="sm" key={at}>{t("script_ran", { name: one.name, outcome: word("scriptran", one.outcome) })} <span className="hint">{t("usage_of_run", { queries: one.queries, rows: one.rows, effects: one.effects })}</span>{one.because && <> {one.because.text}</>}</Text>)}
                {log.map((line, at) => <pre key={at} className={`told line-${line.level}`}>{`${line.script} ${line.level}: ${line.text}`}</pre>)}
            </Part>}
        </Stack>
    );
}

export function Part({ title, children }: { title: string; children: ReactNode }) {
    return <section aria-label={title}><Title order={3} size="h6" mb={4}>{title}</Title>{children}</section>;
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => <div className="pair"><dt>{name}</dt><dd>{children}</dd></div>;

/** A record by what people call it; one that is not there yet leads nowhere. */
export function Named({ record, name, otherwise = "", there = true }: { record: RecordName | null; name: string | null; otherwise?: string; there?: boolean }) {
    const text = name || (record ? record.id.slice(0, 8) : otherwise);
    return record && there ? <Anchor component={Link} to={recordPath(record.table, record.id)} size="sm">{text}</Anchor> : <>{text}</>;
}

/** Those that ran or failed and the one that is looked at; the others where one asks for them. */
function Actions({ actions, looked, mail }: { actions: DecisionAction[]; looked: string | null; mail: string | undefined }) {
    const { t } = useWords();
    const [all, setAll] = useState(false);
    const each = withTemplates(actions);
    const first = each.filter(({ action }) => action.outcome !== "skipped" || action.id === looked || action.unsaved);
    const skipped = each.length - first.length;
    return (
        <>
            <ol className="verdicts">{(all || first.length === 0 ? each : first).map(({ action, templates }, at) => <Verdict key={at} action={action} looked={action.id === looked || action.unsaved} mail={mail} templates={templates} />)}</ol>
            {skipped > 0 && first.length > 0 && <Button variant="subtle" size="compact-sm" px={4} aria-expanded={all} leftSection={<Icon name={all ? "down" : "next"} size={14} />} onClick={() => setAll(!all)}>{t("decided_skipped", { count: skipped })}</Button>}
        </>
    );
}

/** Each action with the templates that its reply was chosen from: they follow it. */
export function withTemplates(actions: readonly DecisionAction[]): { action: DecisionAction; templates: DecisionAction[] }[] {
    const all: { action: DecisionAction; templates: DecisionAction[] }[] = [];
    for (const one of actions) {
        const before = all.at(-1);
        if (one.kind === "template" && before) { before.templates.push(one); } else { all.push({ action: one, templates: [] }); }
    }
    return all;
}

const COLOURS: Record<string, string> = { ran: "green", error: "red", skipped: "gray" };

function Verdict({ action, looked, mail, templates = [] }: { action: DecisionAction; looked: boolean; mail: string | undefined; templates?: DecisionAction[] }) {
    const { t, word, language } = useWords();
    const saved = (useActions().data ?? []).find(one => one.id === action.id);
    const [open, setOpen] = useState(false);
    const others = action.clauses.filter(one => one.text !== action.failing?.text);
    const table = String(saved?.fields.table ?? "incident");
    return (
        <li className={looked ? "verdict looked" : "verdict"} data-outcome={action.outcome}>
            <Group gap="xs">
                <Badge size="sm" variant="light" color={COLOURS[action.outcome] ?? "gray"} radius="sm" className="state">{word("verdict", action.outcome)}</Badge>
                {saved ? <Anchor component={Link} to={mail ? `/actions/${action.id}?mail=${mail}` : `/actions/${action.id}`} size="sm" fw={500}>{action.name}</Anchor> : <Text span size="sm" fw={500}>{action.name}</Text>}
                {action.unsaved && <Badge size="sm" variant="outline" color="indigo" className="state">{t("as_it_is_here")}</Badge>}
            </Group>
            {said(action).map((one, at) => <Text key={at} size="sm" c={action.outcome === "error" ? "var(--mantine-color-error)" : undefined}>{language === "en" || !(`skip_${one.code}` in catalogues.en) ? one.text : word("skip", one.code)}</Text>)}
            {action.failing && <OneClause clause={action.failing} table={table} failed />}
            {others.length > 0 && <>
                <Button variant="subtle" size="compact-xs" px={4} color="gray" aria-expanded={open} onClick={() => setOpen(!open)}>{t(action.failing ? "clauses_too" : "clauses_asked", { count: others.length })}</Button>
                {open && others.map((one, at) => <OneClause key={at} clause={one} table={table} failed={!one.holds} />)}
            </>}
            {templates.map((one, at) => <div key={at} className="group"><Text size="sm">{t("template")}: {one.name} <span className="hint">{t(one.outcome === "ran" ? "template_taken" : "template_not")}</span></Text>{one.failing && <OneClause clause={one.failing} table={table} failed />}</div>)}
        </li>
    );
}

/** What is said of an action once: why it was skipped, and what went wrong. */
function said({ because, errors }: DecisionAction): Reason[] {
    const all = [...because ? [because] : [], ...errors];
    return all.filter((one, at) => all.findIndex(other => other.text === one.text) === at);
}

function OneClause({ clause, table, failed }: { clause: Clause; table: string; failed: boolean }) {
    const tables = useTables().data ?? [];
    const mail = useMailTable(table).data;
    if (!mail) { return <Text size="sm" c="dimmed">{clause.text}</Text>; }
    const found = clause.found === null ? "" : Array.isArray(clause.found) ? clause.found.join(", ") : String(clause.found);
    return <Failing clause={{ path: clause.path, operator: clause.operator, expected: clause.wanted, found }} table={mail} tables={[...tables, mail]} failed={failed} />;
}

/** Differences that are shown at once. */
const DIFFERENCES = 6;

/** What differs between what a mail did and what it would do. */
export function Differences({ rows, before }: { rows: { what: string; name: string; before: string; now: string }[]; before: boolean }) {
    const { t, word } = useWords();
    const [all, setAll] = useState(false);
    if (!before) { return null; }
    if (rows.length === 0) { return <Alert color="green" variant="light" icon={<Icon name="check" />} p="xs">{t("no_differences")}</Alert>; }
    return (
        <Alert color="yellow" variant="light" icon={<Icon name="change" />} title={t("differences")} p="xs">
            <ul className="differences">{rows.slice(0, all ? undefined : DIFFERENCES).map((one, at) => <li key={at}><strong>{word("differs", one.what)}{one.name && ` ${one.name}`}:</strong> <s>{one.before || "—"}</s> → {one.now || "—"}</li>)}</ul>
            {rows.length > DIFFERENCES && !all && <Button variant="subtle" size="compact-xs" px={2} onClick={() => setAll(true)}>{t("and_more", { count: rows.length - DIFFERENCES })}</Button>}
        </Alert>
    );
}
