/* What a person should look at. */

import { explained, items, post } from "./api.js";
import { anchor, button, el, live, opened, table, time } from "./dom.js";
import { t } from "./words.js";

const EXPLAINED = ["email", "arrival", "event"];

export async function attention() {
    const about = one => {
        if (one.subject === "email") { return anchor("mail", one.subject_id, t("mail")); }
        if (one.subject === "account") { return anchor("account", one.subject_id, t("account")); }
        return t("about_" + one.subject);
    };
    const row = one => [about(one), el("div", {}, one.reason.text, EXPLAINED.includes(one.subject) ? opened("why", async () => el("pre", { className: "told" }, await explained(one.subject_id))) : null),
        time(one.at), button("looked_at", async () => { await post("/attention/" + one.id + "/clear"); await list.refresh(); })];
    const list = await live(() => items("/attention?limit=100"), all => table(["about", "reason", "since", ""], all.map(row), "no_attention"));
    return [el("h2", {}, t("attention")), list];
}
