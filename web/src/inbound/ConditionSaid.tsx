/* The condition of an inbound action in words. */

import { Spoiler, Text } from "@mantine/core";
import type { RecordBody, TableBody } from "../api/client";
import { Sentence } from "../dictionary/Sentence";
import { useWords } from "../i18n";
import { useMailTable } from "./queries";

/** Pixels of a condition that a row shows at first: four lines, so that the list stays one to look over. */
const SHOWN_HEIGHT = 84;

export function ConditionSaid({ record, tables }: { record: RecordBody; tables: TableBody[] }) {
    const { t } = useWords();
    const { table, condition, condition_script: script } = record.fields;
    const mail = useMailTable(String(table ?? "")).data;
    if (!mail) { return null; }
    return (
        <>
            <Spoiler maxHeight={SHOWN_HEIGHT} showLabel={t("show_whole")} hideLabel={t("show_less")}>
                <Text size="sm" component="div" className="sentence"><Sentence tables={[...tables, mail]} table={mail} condition={String(condition ?? "")} otherwise={script ? null : <span className="hint">{t("takes_all")}</span>} /></Text>
            </Spoiler>
            {script && <Text size="xs" c="dimmed">{t("and_script")}</Text>}
        </>
    );
}
