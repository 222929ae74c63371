/* Where an agent writes: a comment that the caller gets by mail, or a note for agents; with it the state may change. */

import { Button, Group, SegmentedControl, Select, Stack, Text, Textarea } from "@mantine/core";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { api, take, type RecordBody, type TableBody } from "../api/client";
import { useLookAgain } from "../api/queries";
import { useWords, type Key } from "../i18n";
import { usePerson } from "../session/session";
import { useUnsaved } from "../shell/Unsaved";
import { useAct } from "../ui/Complaint";

interface Props { table: TableBody; record: RecordBody; asking: boolean; onAsked: () => void }

/** The journal that callers read. */
const PUBLIC = "additional_comments";

export function Composer({ table, record, asking, onAsked }: Props) {
    const { t, label } = useWords();
    const act = useAct();
    const again = useLookAgain();
    const area = useRef<HTMLTextAreaElement>(null);
    const { agent } = usePerson();
    const journals = table.fields.filter(field => field.kind === "journal" && (agent || !field.agents_only)).sort((a, b) => Number(b.name === PUBLIC) - Number(a.name === PUBLIC));
    const [journal, setJournal] = useState(journals[0]?.name ?? "");
    const [text, setText] = useState("");
    const [state, setState] = useState<string | null>(null);
    const [busy, setBusy] = useState(false);
    const stateField = !agent ? undefined : table.fields.find(field => field.name === "state" && field.kind === "choice");
    useEffect(() => {
        if (!asking) { return; }
        setJournal(PUBLIC);
        setState("information_needed");
        area.current?.focus();
        onAsked();
    }, [asking, onAsked]);
    const ready = text.trim() !== "";
    useUnsaved(ready && !busy);
    const send = async () => {
        if (!ready || busy) { return; }
        setBusy(true);
        const fields = { [journal]: text.trim(), ...(state && state !== record.fields.state ? { state } : {}) };
        const path = { table: record.table, id: record.id };
        if (await act(() => take(api.PATCH("/api/v1/records/{table}/{id}", { params: { path }, body: { fields } })), t("written"))) {
            setText("");
            setState(null);
            await again();
        }
        setBusy(false);
        area.current?.focus();
    };
    const onKey = (event: KeyboardEvent) => { if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); void send(); } };
    const isPublic = journal === PUBLIC;
    const words: Key = !agent ? "comment" : isPublic ? "public_comment" : "work_note";
    return (
        <form className="sheet" onSubmit={event => { event.preventDefault(); void send(); }} aria-label={t("compose")}>
            <Stack gap="sm">
                {journals.length > 1 && <SegmentedControl size="xs" fullWidth styles={{ label: { whiteSpace: "normal" } }} value={journal} onChange={setJournal} aria-label={t("compose_as")} data={journals.map(field => ({ value: field.name, label: field.name === PUBLIC ? t("public_comment") : field.name === "work_notes" ? t("work_note") : label(field.label, field.name) }))} />}
                <Textarea ref={area} label={t(words)} description={t(!agent ? "comment_hint" : isPublic ? "public_hint" : "note_hint")} value={text} onChange={event => setText(event.currentTarget.value)} onKeyDown={onKey}
                    autosize minRows={3} maxRows={16} />
                <Group justify="space-between" gap="xs" align="flex-end">
                    {stateField
                        ? <Select size="xs" w={220} label={t("and_state")} placeholder={t("state_stays")} data={stateField.choices.map(choice => ({ value: choice.value, label: label(choice.label, choice.value) }))} value={state} onChange={setState} clearable clearButtonProps={{ "aria-label": t("clear") }} />
                        : <span />}
                    <Group gap="sm"><Text size="xs" c="dimmed" visibleFrom="sm">Ctrl+Enter</Text><Button type="submit" size="sm" loading={busy} disabled={!ready}>{t(isPublic ? "send_comment" : "add_note")}</Button></Group>
                </Group>
            </Stack>
        </form>
    );
}
