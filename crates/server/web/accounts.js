/* Mailboxes and accounts: the list, the form to make or change one, and the test of its connection. */

import { call, items, write } from "./api.js";
import { anchor, button, complaint, el, form, live, state, table } from "./dom.js";
import { language, t } from "./words.js";

const TABLES = ["mailbox", "email_account"];
const FIRST = ["name", "active", "type", "server", "encryption", "port", "user_name", "password", "certificate_validation"];
const SENDING = ["sends", "smtp_server", "smtp_encryption", "smtp_port", "save_sent", "sent_folder"];
const SENDER = ["from_address", "email_user_label", "addresses"];
const READING = ["folder", "after_reading", "move_to_folder", "interval", "first_run", "size_limit"];
/* The ports that servers have where the account names none. */
const PORTS = {
    imap: { tls: 993, starttls: 143, none: 143 }, pop3: { tls: 995, starttls: 110, none: 110 }, smtp: { tls: 465, starttls: 587, none: 25 },
};
/* Where a new one begins. */
const BEGIN = {
    mailbox: { type: "imap", encryption: "tls", certificate_validation: true, active: true, folder: "INBOX", sends: true, smtp_encryption: "tls", save_sent: true },
    email_account: { type: "smtp", encryption: "tls", certificate_validation: true, active: true },
};

/* Which fields say something for these values. */
function shown(values, name, mailbox) {
    const { type } = values;
    if (type === "listener") { return !["server", "port", "encryption", "certificate_validation", "user_name", "password", "debug", ...READING.filter(n => n !== "size_limit")].includes(name); }
    if (type === "smtp" && !mailbox) { return [...FIRST, "debug", "from_address", "email_user_label"].includes(name); }
    if (type === "pop3" && ["folder", "move_to_folder", "save_sent", "sent_folder"].includes(name)) { return false; }
    if (name === "move_to_folder") { return values.after_reading === "move"; }
    if (SENDING.includes(name) && name !== "sends") { return values.sends && (name !== "sent_folder" || values.save_sent); }
    return true;
}

async function everything() {
    const [accounts, status, attention] = await Promise.all([items("/records/email_account?limit=200"), call("/status"), items("/attention?limit=200")]);
    return { accounts, notices: status.notices, open: attention.filter(one => one.subject === "account") };
}

export async function accounts(_, status) {
    const row = (r, open, notices) => {
        const reasons = [...open.filter(one => one.subject_id === r.id).map(one => one.reason.text),
            ...notices.map(one => one.text).filter(text => text.includes(r.fields.name))];
        const type = r.table === "mailbox" ? t("mailbox") + ", " + r.fields.type : r.fields.type;
        const sends = r.fields.sends && r.fields.smtp_server ? [el("br"), r.fields.smtp_server] : null;
        return [anchor("account", r.id, r.fields.name), type, el("span", {}, r.fields.server ?? (r.fields.addresses ?? []).join(", "), sends),
            r.fields.active ? state("active") : state("inactive"), el("div", {}, reasons.map(text => el("div", {}, text)))];
    };
    const list = await live(everything, ({ accounts, notices, open }) => {
        const said = notices.filter(one => !accounts.some(r => one.text.includes(r.fields.name)));
        return [said.map(one => el("p", { className: "notice" }, one.text)),
            table(["name", "type", "server", "state", "needs"], accounts.map(r => row(r, open, notices)), "no_accounts")];
    });
    return [el("h2", {}, t("accounts")), el("p", { className: "row" }, anchor("account", "new-mailbox", t("new_mailbox")), anchor("account", "new-email_account", t("new_account"))),
        status.caller.admin ? null : el("p", { className: "notice" }, t("admins_only")), list];
}

/* One input for a field of the dictionary. */
function input(info, value, isSet) {
    const name = info.name;
    if (info.kind === "boolean") { return el("input", { type: "checkbox", name, checked: value === true }); }
    if (info.kind === "choice") {
        const options = info.choices.map(c => el("option", { value: c.value, selected: c.value === value }, c.label[language()] ?? c.value));
        return el("select", { name }, info.mandatory ? options : [el("option", { value: "" }, "—"), options]);
    }
    if (info.secret) { return el("input", { type: "password", name, autocomplete: "new-password", placeholder: isSet ? t("password_set") : "" }); }
    const shownValue = Array.isArray(value) ? value.join(", ") : value ?? "";
    const kind = info.kind === "integer" ? "number" : info.kind === "email" ? "email" : "text";
    return el("input", { type: kind, name, value: String(shownValue), required: info.mandatory, autocomplete: "off", spellcheck: false });
}

/* What an input says; an empty one is `null`. */
function value(info, node) {
    if (info.kind === "boolean") { return node.checked; }
    const text = info.secret ? node.value : node.value.trim();
    if (info.kind === "text_list") { return text ? text.split(/[\s,;]+/).filter(Boolean) : null; }
    if (text === "") { return null; }
    return info.kind === "integer" ? Number(text) : text;
}
const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null) || (!a && b === false) || (a === false && !b);

export async function account(id) {
    const fresh = TABLES.find(name => id === "new-" + name);
    const record = fresh ? null : await call("/records/email_account/" + id);
    const name = fresh ?? record.table;
    const info = await call("/tables/" + name);
    return [el("h2", {}, record ? record.fields.name : t(name === "mailbox" ? "new_mailbox" : "new_account")), ...editor(name, info, record)];
}

function editor(name, info, record) {
    const mailbox = name === "mailbox";
    const known = Object.fromEntries(info.fields.filter(f => !f.read_only).map(f => [f.name, f]));
    const begin = record ? record.fields : BEGIN[name];
    const inputs = {};
    const lines = {};
    for (const field of Object.values(known)) {
        // A mailbox is read: it speaks IMAP or POP3.
        const own = mailbox && field.name === "type" ? { ...field, choices: field.choices.filter(c => ["imap", "pop3"].includes(c.value)) } : field;
        const node = input(own, begin[field.name], record?.secrets.includes(field.name));
        const text = field.label[language()] ?? field.label.en;
        inputs[field.name] = node;
        lines[field.name] = el("label", { className: field.kind === "boolean" ? "check" : "" },
            field.kind === "boolean" ? [node, text] : [text, node, t("hint_" + field.name) === "hint_" + field.name ? null : el("small", {}, t("hint_" + field.name))]);
    }
    const read = () => Object.fromEntries(Object.values(known).map(f => [f.name, value(f, inputs[f.name])]));
    /* What differs from the saved record; of a new one, what is filled in. */
    const changed = () => {
        const fields = {};
        const values = read();
        for (const [key, now] of Object.entries(values)) {
            if (known[key].secret) { if (now !== null) { fields[key] = now; } continue; }
            if (record ? !same(record.fields[key], now) : now !== null && now !== false && shown(values, key, mailbox)) { fields[key] = now; }
        }
        if (!record) { for (const key of ["active", "certificate_validation"]) { fields[key] = values[key]; } }
        return fields;
    };
    const adapt = () => {
        const values = read();
        for (const [key, node] of Object.entries(lines)) { node.hidden = !shown(values, key, mailbox); }
        const port = (kind, encryption) => String(PORTS[kind]?.[encryption] ?? "");
        inputs.port.placeholder = port(values.type, values.encryption);
        if (mailbox) { inputs.smtp_port.placeholder = port("smtp", values.smtp_encryption); }
    };
    const group = (key, names) => {
        const there = names.filter(one => lines[one]);
        return there.length ? [key ? el("h3", {}, t(key)) : null, el("div", { className: "fields" }, there.map(one => lines[one]))] : [];
    };
    const more = Object.keys(known).filter(one => ![...FIRST, ...SENDING, ...SENDER].includes(one));
    const result = el("section", { aria: { live: "polite", label: t("test") } });
    const save = async () => {
        const fields = changed();
        const saved = record ? await write("PATCH", "/records/" + name + "/" + record.id, { fields }) : await write("POST", "/records/" + name, { fields });
        if (record) {
            record.fields = saved.fields;
            record.secrets = saved.secrets;
            inputs.password.value = "";
            inputs.password.placeholder = saved.secrets.includes("password") ? t("password_set") : "";
            result.replaceChildren(el("p", { className: "done" }, t("saved")));
        } else {
            location.hash = "#" + new URLSearchParams({ view: "account", id: saved.id });
        }
    };
    const path = record ? "/records/" + name + "/" + record.id : "/records/" + name;
    const test = async () => {
        result.replaceChildren(el("p", { className: "faint" }, t("testing")));
        try {
            result.replaceChildren(report(await write("POST", path + "/connection-test", { fields: changed(), language: language() })));
            result.scrollIntoView({ block: "nearest" });
        } catch (error) {
            result.replaceChildren(complaint(error));
        }
    };
    const body = form(save, group("", FIRST), group("sending_part", SENDING), group("sender", SENDER),
        el("details", {}, el("summary", {}, t("more_fields")), group("", more)),
        el("div", { className: "row" }, el("button", { className: "main" }, t("save")), button("test", test)));
    body.addEventListener("input", adapt);
    adapt();
    return [body, result];
}

/* How a test went, step by step. */
function report({ ok, steps }) {
    const part = name => {
        const own = steps.filter(step => step.part === name);
        const step = one => el("li", {}, el("div", {}, state(one.state, t("test_" + one.state))), el("strong", {}, t("step_" + one.step)), el("div", {},
            one.detail ? el("p", {}, one.detail) : null,
            one.said ? el("p", {}, el("span", { className: "faint" }, t("server_said"), " "), el("q", {}, one.said)) : null,
            one.advice ? el("p", {}, el("strong", {}, t("what_to_do")), " ", one.advice) : null,
            one.certificate ? el("p", { className: "faint" }, one.certificate.subject + " · " + one.certificate.names.join(", ") + " · " + one.certificate.not_after) : null));
        return own.length ? el("div", { className: "sheet" }, el("h3", {}, t("part_" + name)), el("ol", { className: "steps" }, own.map(step))) : null;
    };
    return el("div", { className: "report" }, el("h2", {}, t(ok ? "test_good" : "test_bad")), ...[part("receive"), part("send")].filter(Boolean));
}
