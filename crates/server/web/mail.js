/* Inbox, outbox, and one mail with everything that hangs on it. */

import { call, explained, items, post } from "./api.js";
import { anchor, button, el, facts, live, opened, state, table, time } from "./dom.js";
import { file } from "./incidents.js";
import { t } from "./words.js";

const AGAIN = ["failed", "deferred", "uncertain", "held", "bounced", "suppressed"];
const CANCEL = ["ready", "deferred", "held"];
const why = key => opened("why", async () => el("pre", { className: "told" }, await explained(key)));
const told = m => [m.class ? el("span", { className: "faint" }, t(m.class)) : null, m.class && m.reason ? ": " : null, m.reason?.text ?? "",
    m.direction === "outgoing" && !m.reason && m.rule ? el("span", { className: "faint" }, m.rule) : null];

export async function inbox() {
    const load = async () => ({
        mails: await items("/emails?limit=100&direction=incoming"),
        waiting: [...await items("/arrivals?state=failed"), ...await items("/arrivals?state=ready")].filter(one => !one.email),
    });
    const row = m => [anchor("mail", m.id, m.subject), m.from, time(m.created_at), state(m.state), m.class || m.reason || m.rule ? el("span", {}, told(m)) : ""];
    const list = await live(load, ({ mails, waiting }) => [
        waiting.length ? [el("h3", {}, t("waiting")), table(["subject", "from", "when", "state", "reason", ""], waiting.map(a => [a.subject ?? "—", a.sender ?? "—", time(a.received_at), state(a.state),
            a.reason?.text ?? "", a.state === "failed" ? button("try_again", async () => { await post("/arrivals/" + a.id + "/retry"); await list.refresh(); }) : ""]))] : null,
        table(["subject", "from", "when", "state", "reason"], mails.map(row), "no_incoming"),
    ]);
    return [el("h2", {}, t("inbox")), list];
}

export async function outbox() {
    const row = m => [anchor("mail", m.id, m.subject), m.to.join(", "), time(m.created_at), state(m.state), m.class || m.reason || m.rule ? el("span", {}, told(m)) : ""];
    const list = await live(() => items("/emails?limit=100&direction=outgoing"), all => table(["subject", "to", "when", "state", "reason"], all.map(row), "no_outgoing"));
    return [el("h2", {}, t("outbox")), list];
}

export async function mail(id) {
    const body = await live(() => call("/emails/" + id), m => [
        el("h2", {}, m.email.subject || "—"),
        el("div", { className: "sheet" }, facts([
            [t("direction"), t(m.email.direction)], [t("from"), m.email.from], [t("to"), m.email.to.join(", ")], [t("when"), time(m.email.created_at)],
            [t("state"), state(m.email.state)], ...(m.email.class || m.email.reason ? [[t("reason"), el("span", {}, told(m.email))]] : []),
            ...(m.email.rule ? [[t("rule"), m.email.rule]] : []), ...(m.authenticity ? [[t("authenticity"), t(m.authenticity)]] : []),
            ...(m.do_not_answer ? [[t("do_not_answer"), m.do_not_answer]] : []),
            ...(m.links.length ? [[t("records"), m.links.map(l => l.record.table === "incident" ? anchor("incident", l.record.id, l.record.number ?? t("incident")) : l.record.table).flatMap(one => [one, " "])]] : []),
        ])),
        el("pre", { className: "sheet" }, m.text || t("no_text")),
        m.attachments.length ? [el("h3", {}, t("files")), el("ul", {}, m.attachments.map(file))] : null,
        m.deliveries.length ? [el("h3", {}, t("recipients")), table(["address", "state", "answer_of_server", "attempts", ""], m.deliveries.map(delivery))] : null,
        m.arrivals.some(a => a.state === "failed") ? [el("h3", {}, t("copies")), table(["when", "state", "reason", ""], m.arrivals.map(arrival))] : null,
    ]);
    const act = path => async () => { await post(path); await body.refresh(); };
    function delivery(d) {
        const said = [d.reply ? el("div", {}, d.reply) : null, d.reason ? el("div", { className: "faint" }, d.reason.text) : null, d.state === "deferred" ? el("div", {}, t("next_try"), " ", time(d.next_at)) : null];
        const acts = [AGAIN.includes(d.state) ? button(d.state === "uncertain" || d.state === "bounced" ? "send_again" : "try_again", act("/deliveries/" + d.id + "/retry")) : null, " ",
            CANCEL.includes(d.state) ? button("call_off", act("/deliveries/" + d.id + "/cancel")) : null];
        return [d.address, state(d.state), el("div", {}, said), String(d.attempts), acts.some(one => one instanceof Node) ? el("div", {}, acts) : ""];
    }
    const arrival = a => [time(a.received_at), state(a.state), a.reason?.text ?? "", a.state === "failed" ? button("try_again", act("/arrivals/" + a.id + "/retry")) : ""];
    return [body, why(id)];
}
