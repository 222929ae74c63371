/* Why something became what it became: the stored decisions, as a timeline. */

import { Button, Stack, Switch, Text } from "@mantine/core";
import { useState } from "react";
import { useExplanation } from "../api/queries";
import { useWords } from "../i18n";
import { Complaint } from "../ui/Complaint";
import { Icon } from "../ui/icons";
import { Waiting } from "../ui/Page";
import { chapters, type Chapter } from "./timeline";

export function Why({ of, begin = false }: { of: string; begin?: boolean }) {
    const { t } = useWords();
    const [open, setOpen] = useState(begin);
    return (
        <Stack gap="xs" component="section" aria-label={t("why")}>
            <div><Button variant="subtle" size="compact-sm" px={4} className="unfold" leftSection={<Icon name={open ? "down" : "next"} size={14} />} aria-expanded={open} onClick={() => setOpen(!open)}>{t("why")}</Button></div>
            {open && <Story of={of} />}
        </Stack>
    );
}

export function Story({ of }: { of: string }) {
    const explanation = useExplanation(of);
    if (explanation.isError && explanation.data === undefined) { return <Complaint failure={explanation.error} />; }
    return explanation.data === undefined ? <Waiting /> : <Told text={explanation.data} />;
}

export const Told = ({ text }: { text: string }) => <Chapters told={chapters(text)} />;

export function Chapters({ told }: { told: Chapter[] }) {
    const { t, word } = useWords();
    const [all, setAll] = useState(false);
    const skipped = told.flatMap(chapter => chapter.facts).filter(one => one.tone === "faint").length;
    return (
        <>
        {skipped > 0 && <Switch size="xs" mb="xs" label={t("skipped_too", { count: skipped })} checked={all} onChange={event => setAll(event.currentTarget.checked)} />}
        <ol className="story">
            {told.map((chapter, at) => (
                <li key={at} className="chapter">
                    <Text size="sm" fw={600} className="said">{chapter.heading}</Text>
                    <ol>
                        {chapter.facts.filter(one => all || one.tone !== "faint").map((one, number) => (
                            <li key={number} className={`fact ${one.tone}`} data-depth={Math.min(one.depth, 3)}>
                                {one.step && <span className="step">{word("step", one.step)}</span>}<span className="what">{one.text}</span>
                            </li>
                        ))}
                    </ol>
                </li>
            ))}
        </ol>
        </>
    );
}
