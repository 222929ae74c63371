/* Of the demo: what everybody got, and mails written as anybody. */

import { call, explained, items } from "./api.js";
import { anchor, button, el, field, flat, form, live, table, time } from "./dom.js";
import { t } from "./words.js";

export async function people() {
    const row = box => [anchor("person", box.address, box.address), String(box.mails)];
    const list = await live(() => items("/demo/mailboxes"), all => table(["address", "mails"], all.map(row), "no_people"));
    return [el("h2", {}, t("people")), list];
}

export async function person(address) {
    const shown = m => {
        const area = el("div");
        const answer = async () => {
            area.dataset.busy = "yes";
            area.replaceChildren(...flat(await writer(address, m)));
            area.querySelector("textarea").focus();
        };
        const absent = async () => {
            area.dataset.busy = "yes";
            await deliver({ from: address, to: m.from, subject: "Out of office: " + m.subject, text: t("absence"), original: m, automatic: true }, area);
        };
        return el("article", {}, el("strong", {}, m.subject), " ", el("span", { className: "faint" }, m.from, " · ", time(m.received_at)), el("pre", {}, m.text),
            el("div", { className: "row" }, button("answer", answer), button("absent", absent)), area);
    };
    const list = await live(async () => (await items("/demo/mailboxes/" + encodeURIComponent(address))).reverse(),
        all => all.length ? all.map(shown) : el("p", { className: "empty" }, t("no_mail_yet")));
    return [el("h2", {}, t("mailbox_of") + " " + address), list];
}

export async function writing() { return [el("h2", {}, t("write")), ...await writer()]; }

/* The form for a mail: a fresh one, or an answer from a mailbox. */
async function writer(from, original) {
    const everybody = from ? [from] : (await items("/records/user")).map(u => u.fields.email).filter(Boolean).sort();
    const anna = everybody.includes("anna@example.com") ? "anna@example.com" : everybody[0];
    const sender = el("select", { name: "from" }, everybody.map(p => el("option", { value: p, selected: p === (from ?? anna) }, p)));
    const to = el("input", { name: "to", value: original ? original.from : "help@example.com", required: true });
    const again = original && /^re:/i.test(original.subject) ? "" : "Re: ";
    const subject = el("input", { name: "subject", value: original ? again + original.subject : "", required: true });
    const quoted = original ? "\n\n" + new Date(original.received_at).toDateString() + ", " + original.from + " wrote:\n" +
        original.text.trimEnd().split("\n").map(line => "> " + line).join("\n") : "";
    const text = el("textarea", { name: "text", value: quoted, rows: 10 });
    const file = el("input", { name: "file", type: "file" });
    const area = el("div", { aria: { live: "polite" } });
    const act = () => deliver({ from: sender.value, to: to.value, subject: subject.value, text: text.value, original, file: file.files[0] }, area);
    const node = form(act, field("from", sender), field("to", to), field("subject", subject), field("text", text), field("file", file),
        el("div", { className: "row" }, el("button", { className: "main" }, t("send"))));
    text.setSelectionRange(0, 0);
    return [node, area];
}

/* Base64, in lines that mail allows (RFC 2045, 6.8). */
function base64(bytes) {
    let binary = "";
    for (const byte of bytes) { binary += String.fromCharCode(byte); }
    return btoa(binary).replace(/.{76}/g, "$&\r\n");
}
const utf8 = text => new TextEncoder().encode(text);
/* A header text: as it is, or in encoded words of whole characters (RFC 2047, 2). */
function header(text) {
    const line = text.replace(/[\r\n]+/g, " ");
    if (/^[ -~]*$/.test(line) && line.length < 900) { return line; }
    return (line.match(/.{1,10}/gu) ?? []).map(part => "=?utf-8?B?" + base64(utf8(part)) + "?=").join("\r\n ");
}

async function written(mail) {
    const id = crypto.getRandomValues(new Uint32Array(3)).join(".") + "@page.example.com";
    const lines = ["From: " + mail.from, "To: " + mail.to.replace(/[^ -~]/g, "?"), "Subject: " + header(mail.subject),
        "Date: " + new Date().toUTCString().replace("GMT", "+0000"), "Message-ID: <" + id + ">", "MIME-Version: 1.0"];
    if (mail.original?.message_id) {
        const ids = [...mail.original.references, mail.original.message_id].map(one => "<" + one + ">");
        lines.push("In-Reply-To: " + ids.at(-1), "References: " + ids.join("\r\n "));
    }
    if (mail.automatic) { lines.push("Auto-Submitted: auto-replied"); }
    const text = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "", base64(utf8(mail.text))];
    if (!mail.file) { return [...lines, ...text].join("\r\n") + "\r\n"; }
    const type = /^[\w.+-]+\/[\w.+-]+$/.test(mail.file.type) ? mail.file.type : "application/octet-stream";
    const name = mail.file.name.replace(/[^ -~]|["\\]/g, "_");
    return [...lines, 'Content-Type: multipart/mixed; boundary="=_page"', "", "--=_page", ...text, "--=_page", "Content-Type: " + type,
        'Content-Disposition: attachment; filename="' + name + '"', "Content-Transfer-Encoding: base64", "",
        base64(new Uint8Array(await mail.file.arrayBuffer())), "--=_page--"].join("\r\n") + "\r\n";
}

/* Hands a mail in and shows what became of it. */
async function deliver(mail, area) {
    const sent = await call("/inbound", { method: "POST", headers: { "Content-Type": "message/rfc822" }, body: await written(mail) });
    let arrival = await call("/arrivals/" + sent.arrival);
    for (let look = 0; look < 40 && ["ready", "in_process"].includes(arrival.state); look += 1) {
        await new Promise(done => setTimeout(done, 150));
        arrival = await call("/arrivals/" + sent.arrival);
    }
    const why = await explained(arrival.email ?? sent.arrival);
    area.replaceChildren(el("p", { className: "done", role: "status" }, t("sent_so")), arrival.email ? anchor("mail", arrival.email, mail.subject) : "", el("pre", { className: "told" }, why));
    delete area.dataset.busy;
}
