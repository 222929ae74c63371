/* What a mail says: what was written this time, and one click away its whole text; its HTML, where the API gives it, in a
 * frame without any rights. Whether it is signed or encrypted is said above. */

import { Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import type { Schemas } from "../api/client";
import { useWords } from "../i18n";
import { State } from "../ui/State";
import { clean } from "./clean";
import { waysToShow } from "./ways";

export function MailText({ mail }: { mail: Schemas["EmailWhole"] }) {
    const { t } = useWords();
    const html = mail.html ?? null;
    const [as, setAs] = useState<string | null>(null);
    const framed = useMemo(() => html === null ? "" : clean(html), [html]);
    const ways = waysToShow(mail);
    const shown = as ?? ways[0] ?? "whole";
    const labels: Record<string, string> = { new: t("new_text"), whole: t(ways.includes("new") ? "whole_mail" : "as_text"), html: "HTML" };
    return (
        <Stack gap="xs" align="stretch">
            <Protection mail={mail} />
            {ways.length > 1 && <div><SegmentedControl size="xs" value={shown} onChange={setAs} aria-label={t("shown_as")} data={ways.map(way => ({ value: way, label: labels[way] ?? way }))} /></div>}
            {shown === "html"
                ? <iframe className="frame" title={t("mail_html")} sandbox="" srcDoc={framed} height={420} />
                : <pre className="said">{(shown === "new" ? mail.new_text : mail.text) || t("no_text")}</pre>}
        </Stack>
    );
}

function Protection({ mail }: { mail: Schemas["EmailWhole"] }) {
    const { t } = useWords();
    if (mail.protection === "encrypted") {
        return <Group gap="xs"><State value="encrypted" /><Text size="sm">{t("encrypted_hint")}</Text></Group>;
    }
    return mail.protection === "signed" ? <Group gap="xs"><State value="signed" /><Text size="sm" c="dimmed">{t("signed_hint")}</Text></Group> : null;
}
