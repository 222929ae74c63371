/* What a mail says: its text as text; its HTML, where the API gives it, in a frame without any rights. */

import { SegmentedControl, Stack } from "@mantine/core";
import { useMemo, useState } from "react";
import type { Schemas } from "../api/client";
import { useWords } from "../i18n";
import { clean } from "./clean";

export function MailText({ mail }: { mail: Schemas["EmailWhole"] }) {
    const { t } = useWords();
    const html = mail.html ?? null;
    const [as, setAs] = useState("text");
    const framed = useMemo(() => html === null ? "" : clean(html), [html]);
    return (
        <Stack gap="xs" align="stretch">
            {html !== null && <div><SegmentedControl size="xs" value={as} onChange={setAs} aria-label={t("shown_as")} data={[{ value: "text", label: t("as_text") }, { value: "html", label: "HTML" }]} /></div>}
            {as === "html" ? <iframe className="frame" title={t("mail_html")} sandbox="" srcDoc={framed} height={420} /> : <pre className="said">{mail.text || t("no_text")}</pre>}
        </Stack>
    );
}
