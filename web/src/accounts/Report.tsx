/* How a connection test went, step by step: what was found, the server's own words, and what to do. */

import { Group, Loader, Stack, Text, Title } from "@mantine/core";
import type { Schemas } from "../api/client";
import { useWords } from "../i18n";
import { Icon } from "../ui/icons";
import { State } from "../ui/State";

type Step = Schemas["TestStepBody"];

export function Testing() {
    const { t } = useWords();
    return <Group className="sheet" gap="sm" role="status"><Loader size="xs" /><Text size="sm">{t("testing")}</Text></Group>;
}

export function Report({ report, folders }: { report: Schemas["ConnectionReport"]; folders: string[] }) {
    const { t, word } = useWords();
    const parts = ["receive", "send"].map(part => ({ part, steps: report.steps.filter(step => step.part === part) })).filter(({ steps }) => steps.length > 0);
    return (
        <Stack gap="sm" className="report">
            <Title order={2} size="h4"><Group gap="xs"><Icon name={report.ok ? "check" : "alert"} />{t(report.ok ? "test_good" : "test_bad")}</Group></Title>
            {parts.map(({ part, steps }) => (
                <section key={part} className="sheet" aria-label={word("part", part)}>
                    <Title order={3} size="h5" mb="xs">{word("part", part)}</Title>
                    <ol className="steps">{steps.map((step, at) => <OneStep key={at} step={step} folder={step.step === "folder" ? folders[steps.slice(0, at).filter(one => one.step === "folder").length] : undefined} />)}</ol>
                </section>
            ))}
        </Stack>
    );
}

function OneStep({ step, folder }: { step: Step; folder: string | undefined }) {
    const { t, word, moment } = useWords();
    return (
        <li>
            <div className="how"><State value={step.state} text={word("test", step.state)} /></div>
            <Text fw={600} size="sm">{folder ? word("testfolder", folder) : word("teststep", step.step)}</Text>
            <Stack gap={4} className="detail">
                {step.detail && <Text size="sm">{step.detail}</Text>}
                {step.said && <Text size="sm"><span className="hint">{t("server_said")}</span> <q>{step.said}</q></Text>}
                {step.advice && <Text size="sm"><strong>{t("what_to_do")}</strong> {step.advice}</Text>}
                {step.certificate && <Text size="xs" c="dimmed">{step.certificate.subject} · {step.certificate.names.join(", ")} · {moment(step.certificate.not_after)}</Text>}
            </Stack>
        </li>
    );
}
