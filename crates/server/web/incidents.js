/* Incidents: the list, and one of them with what happened and what an agent does with it. */

import { call, content, explained, items, write } from "./api.js";
import { anchor, button, bytes, el, facts, field, form, live, opened, state, table, time } from "./dom.js";
import { language, t } from "./words.js";

const HIDDEN = ["number", "subject", "description", "state", "additional_comments", "work_notes"];
const STAMPS = ["updated_at", "updated_by", "created_at", "created_by"];

const label = (field, name) => field?.label[language()] ?? field?.label.en ?? name;
const choice = (info, name, value) => {
    const found = info.fields.find(f => f.name === name)?.choices.find(c => c.value === value);
    return found?.label[language()] ?? found?.label.en ?? value;
};

export async function incidents(_id, status) {
    const info = await call("/tables/incident");
    const row = r => [anchor("incident", r.id, r.fields.number), r.fields.subject ?? "—", r.display.caller ?? "",
        r.display.assigned_user ?? "", state("", choice(info, "state", r.fields.state)), r.fields.updated_at ? time(r.fields.updated_at) : ""];
    const list = await live(() => items("/records/incident?limit=100"),
        all => table(["number", "subject", "caller", "assigned", "state", "changed"], all.map(row), status?.demo ? "no_incidents_demo" : "no_incidents"));
    return [el("h2", {}, t("incidents")), list];
}

export async function incident(id, status) {
    const path = "/records/incident/" + id;
    const info = await call("/tables/incident");
    const known = Object.fromEntries(info.fields.map(f => [f.name, f]));
    const again = [];
    const work = workOn(info, status, id, async () => { for (const part of again) { await part.refresh(); } });
    const head = await live(() => call(path), r => {
        work.follow(r);
        return top(r, info, known);
    });
    again.push(head);
    const files = await live(() => items(path + "/attachments"), all => all.length ? [el("h3", {}, t("files")), el("ul", {}, all.map(file))] : []);
    const feed = await live(() => items(path + "/feed?limit=200"), all => all.map(one => entry(one, known)));
    again.push(files, feed);
    return [head, files, work, opened("why", async () => el("pre", { className: "told" }, await explained(id))), el("h3", {}, t("feed")), feed];
}

/* Fields and description. */
function top(r, info, known) {
    return [
        el("h2", {}, r.fields.number + " " + (r.fields.subject ?? "")),
        el("div", { className: "sheet" }, facts([
            [label(known.state, "state"), state("", choice(info, "state", r.fields.state))],
            ...info.fields.filter(f => !HIDDEN.includes(f.name) && r.display[f.name]).map(f => [label(f, f.name),
                ["updated_at", "created_at"].includes(f.name) ? time(r.fields[f.name]) : f.kind === "choice" ? choice(info, f.name, r.fields[f.name]) : r.display[f.name]]),
        ])),
        el("h3", {}, t("description")), el("pre", { className: "sheet" }, r.display.description ?? "—"),
    ];
}

export function file(one) {
    const save = async () => {
        const link = el("a", { href: URL.createObjectURL(await content(one.id)), download: one.file_name });
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    };
    const node = button("download", save);
    node.textContent = one.file_name || t("download");
    return el("li", { className: "row" }, node, el("span", { className: "faint" }, one.media_type + ", " + bytes(one.size)), one.left_out ? el("span", {}, one.left_out.text) : null);
}

/* One entry of the feed. */
function entry(e, known) {
    const head = [el("strong", {}, t(e.kind)), " ", el("span", { className: "faint" }, e.actor, " · ", time(e.at)), " ", e.mark ? el("mark", {}, t(e.mark)) : null];
    if (e.kind === "change") {
        const show = value => [value ?? ""].flat().join(", ") || "—";
        const fields = Object.keys({ ...e.old, ...e.new }).filter(name => !STAMPS.includes(name));
        const worded = (name, value) => known[name]?.kind === "choice" ? known[name].choices.find(c => c.value === value)?.label[language()] ?? show(value) : show(value);
        const lines = fields.map(name => label(known[name], name) + ": " + worded(name, e.old?.[name]) + " → " + worded(name, e.new?.[name]));
        return el("article", { className: "change" }, el("details", { data: { key: e.at + e.actor } }, el("summary", {}, head), el("pre", {}, lines.join("\n"))));
    }
    const text = e.kind === "mail" ? [t(e.direction) + ": ", anchor("mail", e.email, e.text)] : e.text;
    return el("article", { className: e.kind }, head, el("pre", {}, text));
}

/* What the agent does with an incident. It follows what others do, and keeps what is being written. */
function workOn(info, status, id, done) {
    const choices = info.fields.find(f => f.name === "state").choices;
    const states = el("select", { name: "state" }, choices.map(c => el("option", { value: c.value }, c.label[language()] ?? c.value)));
    const comment = el("textarea", { rows: 3, name: "comment" });
    const note = el("textarea", { rows: 2, name: "note" });
    let known = "";
    const patch = fields => write("PATCH", "/records/incident/" + id, { fields });
    const save = async () => {
        const written = [comment.value, note.value];
        const fields = {};
        if (states.value !== known) { fields.state = states.value; }
        if (written[0].trim()) { fields.additional_comments = written[0].trim(); }
        if (written[1].trim()) { fields.work_notes = written[1].trim(); }
        if (Object.keys(fields).length) { await patch(fields); }
        for (const [at, area] of [comment, note].entries()) { if (area.value === written[at]) { area.value = ""; } }
        await done();
    };
    const take = button("take", async () => { await patch({ assigned_user: status.caller.id, state: "assigned" }); await done(); });
    const node = form(save, el("h3", {}, t("work")), field("state", states), field("question", comment), field("note", note),
        el("div", { className: "row" }, el("button", { className: "main" }, t("save")), take));
    node.follow = r => {
        if (states.value === known || known === "") { states.value = r.fields.state; }
        known = r.fields.state;
        take.hidden = r.fields.assigned_user === status.caller.id;
    };
    return node;
}
