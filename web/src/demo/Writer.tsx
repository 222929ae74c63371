/* The form for a mail of one of the demo's people, and what became of it. */

import { Anchor, Button, FileInput, Group, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { Link } from "react-router";
import { api, ask, take, type Schemas } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import { useAll, useExplanation, useLookAgain } from "../api/queries";
import { useWords } from "../i18n";
import { Told } from "../mail/Why";
import { Complaint } from "../ui/Complaint";
import { Waiting } from "../ui/Page";
import { answerSubject, composed, quoted, type Letter, type Original } from "./compose";

/** How often and how long it is looked at what became of a mail, in milliseconds. */
const LOOK_MS = 150;
const LOOKS = 40;

/** Hands a mail in and waits until it is worked on. */
export async function deliver(letter: Letter): Promise<Schemas["ArrivalBody"]> {
    const id = crypto.getRandomValues(new Uint32Array(3)).join(".");
    const init = { method: "POST", headers: { "Content-Type": "message/rfc822" }, body: composed(letter, id, new Date()) };
    const kept = await (await ask("/api/v1/inbound", init)).json() as Schemas["Kept"];
    const look = () => take(api.GET("/api/v1/arrivals/{id}", { params: { path: { id: kept.arrival } } }));
    let arrival = await look();
    for (let count = 0; count < LOOKS && ["ready", "in_process"].includes(arrival.state); count += 1) {
        await new Promise(done => setTimeout(done, LOOK_MS));
        arrival = await look();
    }
    return arrival;
}

export function Became({ arrival, subject }: { arrival: Schemas["ArrivalBody"]; subject: string }) {
    const { t } = useWords();
    const explanation = useExplanation(arrival.email ?? arrival.id);
    return (
        <Stack gap="xs" role="status">
            <Text size="sm" fw={600}>{t("sent_so")}</Text>
            {arrival.email && <Anchor component={Link} to={`/mail/${arrival.email}`} size="sm">{subject}</Anchor>}
            {explanation.data === undefined ? <Waiting /> : <Told text={explanation.data} />}
        </Stack>
    );
}

interface Props { from?: string; original?: Original; onSent?: () => void }

export function Writer({ from, original }: Props) {
    const { t } = useWords();
    const again = useLookAgain();
    const users = useAll("user").data ?? [];
    const people = from ? [from] : users.map(user => String(user.fields.email ?? "")).filter(Boolean).sort();
    const [sender, setSender] = useState(from ?? "anna@example.com");
    const [to, setTo] = useState(original ? original.from : "help@example.com");
    const [subject, setSubject] = useState(original ? answerSubject(original.subject) : "");
    const [text, setText] = useState(original ? quoted(original) : "");
    const [file, setFile] = useState<File | null>(null);
    const [busy, setBusy] = useState(false);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [sent, setSent] = useState<{ arrival: Schemas["ArrivalBody"]; subject: string } | null>(null);
    const area = useRef<HTMLTextAreaElement>(null);
    useEffect(() => { if (original) { area.current?.focus(); area.current?.setSelectionRange(0, 0); } }, [original]);
    const send = async (event: FormEvent) => {
        event.preventDefault();
        setBusy(true);
        setFailure(null);
        setSent(null);
        try {
            const carried = file ? { file: { name: file.name, type: file.type, bytes: new Uint8Array(await file.arrayBuffer()) } } : {};
            const arrival = await deliver({ from: sender, to, subject, text, ...original ? { original } : {}, ...carried });
            setSent({ arrival, subject });
            setText("");
            setFile(null);
            await again();
        } catch (thrown) { setFailure(asFailure(thrown)); } finally { setBusy(false); }
    };
    return (
        <Stack gap="md">
            <form onSubmit={event => void send(event)}>
                <Stack gap="sm" maw={720}>
                    <Group grow gap="sm" className="wraps">
                        <Select label={t("from")} data={people} value={sender} onChange={next => setSender(next ?? "")} />
                        <TextInput label={t("to")} value={to} onChange={event => setTo(event.currentTarget.value)} required spellCheck={false} />
                    </Group>
                    <TextInput label={t("subject")} value={subject} onChange={event => setSubject(event.currentTarget.value)} required />
                    <Textarea ref={area} label={t("text")} value={text} onChange={event => setText(event.currentTarget.value)} autosize minRows={6} maxRows={20} />
                    <FileInput label={t("file")} value={file} onChange={setFile} placeholder={t("file_hint")} clearable clearButtonProps={{ "aria-label": t("clear") }} />
                    {failure && <Complaint failure={failure} />}
                    <Group><Button type="submit" loading={busy}>{t("send")}</Button></Group>
                </Stack>
            </form>
            {sent && <div className="sheet"><Became arrival={sent.arrival} subject={sent.subject} /></div>}
        </Stack>
    );
}
