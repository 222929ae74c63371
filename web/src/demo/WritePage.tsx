/* Of the demo: a mail written as anybody. */

import { useWords } from "../i18n";
import { Page } from "../ui/Page";
import { Writer } from "./Writer";

export function WritePage() {
    const { t } = useWords();
    return <Page title={t("write")}><Writer /></Page>;
}
