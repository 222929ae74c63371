/* Which texts of a mail there are to show, the first one first. */

import type { Schemas } from "../api/client";

/** The new text first, where something was left out of it; the whole text; the HTML where there is some. */
export function waysToShow(mail: Pick<Schemas["EmailWhole"], "text" | "new_text" | "html">): string[] {
    const written = (mail.new_text ?? "").trim();
    const shorter = written !== "" && written !== (mail.text ?? "").trim();
    return [...shorter ? ["new"] : [], "whole", ...mail.html ? ["html"] : []];
}
