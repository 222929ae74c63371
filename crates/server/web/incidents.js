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

export async function incidents() {
    const info = await call("/tables/incident");
    const row = r => [anchor("incident", r.id, r.fields.number), r.fields.subject ?? "—", r.display.caller ?? "",
        r.display.assigned_user ?? "", state("", choice(info, "state", r.fields.state)), r.fields.updated_at ? time(r.fields.updated_at) : ""];
    const list = await live(() => items("/records/incident?limit=100"),
        all => table(["number", "subject", "caller", "assigned", "state", "changed"], all.map(row), "no_incidents"));
    return [el("h2", {}, t("incidents")), list];
}

export async function incident(id, status) {
    const path = "/records/incident/" + id;
    const info = await call("/tables/incident");
    const known = Object.fromEntries(info.fields.map(f => [f.name, f]));
    const head = await live(() => call(path), r => [
        el("h2", {}, r.fields.number + " " + (r.fields.subject ?? "")),
        el("div", { className: "sheet" }, facts([
            [label(known.state, "state"), state("", choice(info, "state", r.fields.state))],
            ...info.fields.filter(f => !HIDDEN.includes(f.name) && r.display[f.name]).map(f => [label(f, f.name),
                f.kind === "date_time" || STAMPS.slice(0, 1).includes(f.name) || f.name === "created_at" ? time(r.fields[f.name]) : f.kind === "choice" ? choice(info, f.name, r.fields[f.name]) : r.display[f.name]]),
        ])),
        el("h3", {}, t("description")), el("pre", { className: "sheet" }, r.display.description ?? "—"),
    ]);
    const files = await live(() => items(path + "/attachments"), all => all.length ? [el("h3", {}, t("files")), el("ul", {}, all.map(file))] : []);
    const feed = await live(() => items(path + "/feed?limit=200"), all => all.map(one => entry(one, known)));
    const again = async () => { for (const part of [head, files, feed]) { await part.refresh(); } };
    const work = el("div");
    const draw = async () => work.replaceChildren(workOn(await call(path), info, status, async () => { await again(); await draw(); }));
    await draw();
    return [head, files, work, opened("why", async () => el("pre", { className: "told" }, await explained(id))), el("h3", {}, t("feed")), feed];
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
    const head = [el("strong", {}, t(e.kind)), " ", el("span", { className: "faint" }, e.actor, " · ", time(e.at)), " ", e.mark ? el("mark", {}, e.mark) : null];
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

/* What the agent does with an incident. */
function workOn(r, info, status, done) {
    const choices = info.fields.find(f => f.name === "state").choices;
    const states = el("select", { name: "state" }, choices.map(c => el("option", { value: c.value, selected: c.value === r.fields.state }, c.label[language()] ?? c.value)));
    const comment = el("textarea", { rows: 3, name: "comment" });
    const note = el("textarea", { rows: 2, name: "note" });
    const patch = fields => write("PATCH", "/records/incident/" + r.id, { fields });
    const save = async () => {
        const fields = {};
        if (states.value !== r.fields.state) { fields.state = states.value; }
        if (comment.value.trim()) { fields.additional_comments = comment.value.trim(); }
        if (note.value.trim()) { fields.work_notes = note.value.trim(); }
        if (Object.keys(fields).length) { await patch(fields); }
        await done();
    };
    const take = async () => { await patch({ assigned_user: status.caller.id, state: "assigned" }); await done(); };
    return form(save, el("h3", {}, t("work")), field("state", states), field("question", comment), field("note", note),
        el("div", { className: "row" }, el("button", { className: "main" }, t("save")), r.fields.assigned_user === status.caller.id ? null : button("take", take)));
}
