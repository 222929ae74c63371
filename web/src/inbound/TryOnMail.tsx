/* Beside an action: what a mail would do with it as it stands in the form. Nothing is written by it. */

import { Loader, SegmentedControl, Stack, Switch, Text, Title, Group } from "@mantine/core";
import { useState, type DragEvent } from "react";
import { useWords } from "../i18n";
import { Complaint } from "../ui/Complaint";
import { Waiting } from "../ui/Page";
import { Decision, Differences } from "./Decision";
import { MailChooser } from "./MailChooser";
import type { Trying } from "./useTrying";

/** The id of its place on the page. */
export const TRIAL = "trial";

export function TryOnMail({ trying, action }: { trying: Trying; action: { id: string | null; dirty: boolean; active: boolean } }) {
    const { t } = useWords();
    const [over, setOver] = useState(false);
    const [shown, setShown] = useState("now");
    const { chosen, choose, take, alone, setAlone, today, setToday, trial } = trying;
    const drop = (event: DragEvent) => { event.preventDefault(); setOver(false); const file = event.dataTransfer.files[0]; if (file) { void take(file); } };
    const data = chosen === null ? undefined : trial.data;
    return (
        <section id={TRIAL} aria-label={t("try_on_mail")} tabIndex={0} className={over ? "sheet beside drop over" : "sheet beside drop"} onDragOver={event => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
            <Stack gap="md">
                <Group justify="space-between"><Title order={2} size="h5">{t("try_on_mail")}</Title>{trial.isFetching && <Loader size="xs" role="status" aria-label={t("working")} />}</Group>
                <Text size="sm" c="dimmed">{t("try_hint")}</Text>
                <MailChooser chosen={chosen} onChoose={choose} onFile={file => void take(file)} />
                <Group gap="lg">
                    <Switch size="xs" label={t("try_alone")} checked={alone} onChange={event => setAlone(event.currentTarget.checked)} />
                    {chosen?.kind === "stored" && <Switch size="xs" label={t("try_today")} checked={today} onChange={event => setToday(event.currentTarget.checked)} />}
                </Group>
                {!action.active && !alone && <Text size="sm" className="warned">{t("try_inactive")}</Text>}
                {chosen !== null && trial.isError && <Complaint failure={trial.error} again={() => void trial.refetch()} />}
                {chosen !== null && !data && !trial.isError && <Waiting />}
                {data && !trial.isError && <>
                    <Text size="xs" c="dimmed">{t(action.dirty ? "tried_unsaved" : "tried_saved")} {chosen?.kind === "stored" && data.moment.records === "today" && !today ? data.moment.text : t(data.moment.records === "then" ? "moment_then" : "moment_today")}</Text>
                    <Differences rows={data.differences} before={data.before !== null} />
                    {data.before && <SegmentedControl size="xs" value={shown} onChange={setShown} aria-label={t("shown_as")} data={[{ value: "now", label: t("it_would") }, { value: "before", label: t("it_did") }]} />}
                    {data.before && shown === "before" ? <Decision decision={data.before} looked={action.id} done /> : <Decision decision={data.now} looked={action.id} />}
                </>}
            </Stack>
        </section>
    );
}
