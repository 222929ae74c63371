/* Elements of the page. Every text becomes text, never markup: what stands in a mail stays words. */

import { language, t } from "./words.js";

/* An element with its properties and children. */
export function el(tag, props = {}, ...children) {
    const { data, aria, ...own } = props;
    const node = Object.assign(document.createElement(tag), own);
    Object.assign(node.dataset, data ?? {});
    for (const [name, value] of Object.entries(aria ?? {})) { node.setAttribute("aria-" + name, value); }
    node.append(...flat(children));
    return node;
}
export const flat = children => [children].flat(Infinity).filter(one => one !== null && one !== undefined && one !== "" && one !== false);

export const address = (view, id = "") => "#" + new URLSearchParams(id ? { view, id } : { view });
export const anchor = (view, id, text) => el("a", { href: address(view, id) }, text || "—");
export const time = at => el("time", { className: "time", dateTime: at }, new Date(at).toLocaleString(language(), { dateStyle: "short", timeStyle: "short" }));
export const bytes = size => size < 1024 ? size + " B" : size < 1048576 ? Math.round(size / 1024) + " kB" : (size / 1048576).toFixed(1) + " MB";

const GOOD = ["processed", "sent", "ok", "active"];
const WARN = ["deferred", "held", "uncertain", "warning", "in_process", "sending", "ready"];
const BAD = ["failed", "bounced"];
export function state(word, text) {
    const tone = GOOD.includes(word) ? "good" : WARN.includes(word) ? "warn" : BAD.includes(word) ? "bad" : "";
    return el("span", { className: "state " + tone }, text ?? t(word));
}

/* A table; where it has no rows, what to do next. */
export function table(heads, rows, empty) {
    if (!rows.length) { return el("p", { className: "empty" }, t(empty)); }
    const head = el("tr", {}, heads.map(key => el("th", { scope: "col" }, key ? t(key) : "")));
    const body = rows.map(cells => el("tr", {}, cells.map((cell, at) => el("td", { data: { head: heads[at] ? t(heads[at]) : "" } }, cell))));
    return el("table", {}, el("thead", {}, head), el("tbody", {}, body));
}
export const facts = pairs => el("dl", {}, pairs.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
export const field = (key, input) => el("label", {}, t(key), input);

/* An error in words, with the next step. */
export function complaint(error) {
    return el("p", { role: "alert" }, el("strong", {}, t("not_done")), " ", error.message, error.hint ? [" ", el("span", { className: "faint" }, error.hint)] : null);
}

/* Does something for a button or form: no second press meanwhile, an error beside it. */
export async function guarded(node, act) {
    const box = node.closest("form, article, .sheet, td, main") ?? node.parentNode;
    box.querySelectorAll(":scope > [role=alert]").forEach(old => old.remove());
    const buttons = node.tagName === "FORM" ? [...node.querySelectorAll("button")] : [node];
    buttons.forEach(one => { one.disabled = true; });
    try {
        await act();
    } catch (error) {
        const shown = complaint(error);
        box.append(shown);
        shown.scrollIntoView({ block: "nearest" });
    } finally {
        buttons.forEach(one => { one.disabled = false; });
    }
}
export function button(key, act, className = "") {
    const node = el("button", { type: "button", className }, t(key));
    node.addEventListener("click", () => guarded(node, act));
    return node;
}
export function form(act, ...children) {
    const node = el("form", {}, children);
    node.addEventListener("submit", event => { event.preventDefault(); guarded(node, act); });
    return node;
}

/* What is loaded when it is opened. */
export function opened(key, load) {
    const area = el("div");
    const node = el("details", { data: { key } }, el("summary", {}, t(key)), area);
    node.addEventListener("toggle", async () => {
        if (!node.open) { return; }
        try { area.replaceChildren(...flat(await load())); } catch (error) { area.replaceChildren(complaint(error)); }
    });
    return node;
}

/* A part of the page that is looked at again now and then; it is drawn anew only where what it shows has changed. */
export async function live(load, draw) {
    const node = el("div", { className: "live" });
    let known;
    node.refresh = async () => {
        const data = await load();
        const text = JSON.stringify(data);
        if (text === known) { return; }
        // What somebody is writing in this part is worth more than what is new.
        const typing = document.activeElement?.matches("input, textarea, select") && node.contains(document.activeElement);
        if (typing || node.querySelector("[data-busy]")) { return; }
        known = text;
        const open = new Set([...node.querySelectorAll("details[open][data-key]")].map(one => one.dataset.key));
        const focused = node.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
        node.replaceChildren(...flat(await draw(data)));
        node.querySelectorAll("details[data-key]").forEach(one => { one.open = open.has(one.dataset.key); });
        if (focused) { node.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true }); }
    };
    await node.refresh();
    return node;
}
