/* The frame of the page: who is signed in, which part is shown, and when it is looked at again. */

import { call, quietly, signIn, signOut, signedIn, takeToken } from "./api.js";
import { account, accounts } from "./accounts.js";
import { attention } from "./attention.js";
import { anchor, button, complaint, el, flat, form } from "./dom.js";
import { incident, incidents } from "./incidents.js";
import { inbox, mail, outbox } from "./mail.js";
import { people, person, writing } from "./mailboxes.js";
import { language, otherLanguage, switchLanguage, t } from "./words.js";

const LOOK_AGAIN_MS = 3000;
const views = { incidents, incident, inbox, outbox, mail, attention, accounts, account, people, person, write: writing };
const under = { incident: "incidents", account: "accounts", person: "people" };
const tabs = ["incidents", "inbox", "outbox", "attention", "accounts"];
const demoTabs = ["people", "write"];

const main = document.getElementById("main");
let status = null;
let turn = 0;

const place = () => new URLSearchParams(location.hash.slice(1));
const current = () => Object.hasOwn(views, place().get("view") ?? "") ? place().get("view") : "incidents";

function frame() {
    const view = current();
    const tab = name => {
        const node = anchor(name, "", t(name));
        if (name === (under[view] ?? view)) { node.setAttribute("aria-current", "page"); }
        return node;
    };
    const shown = status === null ? [] : status.demo ? [...tabs, ...demoTabs] : tabs;
    document.getElementById("nav").replaceChildren(...shown.map(tab));
    const words = button("other_language", async () => { switchLanguage(); await show(); });
    words.lang = otherLanguage();
    const out = status && button("sign_out", async () => { signOut(); status = null; await show(); });
    document.getElementById("tools").replaceChildren(...flat([words, out]));
    document.documentElement.lang = language();
    document.title = t(under[view] ?? view) + " · Rejoinder";
}

/* Where a token is asked for. */
function door(error) {
    const token = el("input", { type: "password", autocomplete: "off", required: true, spellcheck: false });
    const enter = async () => { signIn(token.value); await show(); };
    const wrong = error && (error.status === 401 || error.status === 403);
    main.replaceChildren(...flat([
        el("h2", {}, t("sign_in")),
        error ? complaint(wrong ? { message: error.status === 401 ? t("wrong_token") : error.message } : error) : null,
        form(enter, el("label", {}, t("token"), token, el("small", {}, t("token_hint"))), el("div", { className: "row" }, el("button", { className: "main" }, t("enter")))),
    ]));
    token.focus();
}

async function show() {
    const mine = turn += 1;
    frame();
    if (!signedIn()) { door(null); return; }
    try {
        status = await call("/status");
        if (mine !== turn) { return; }
        frame();
        const content = flat(await views[current()](place().get("id") ?? "", status));
        if (mine === turn) { main.replaceChildren(...content); }
    } catch (error) {
        if (mine !== turn) { return; }
        if (status === null || error.status === 401) { status = null; frame(); door(error); return; }
        main.replaceChildren(complaint(error), button("again", show));
    }
}

/* Looks again at the live parts, one after the other, while somebody can see them. */
async function lookAgain() {
    if (status !== null && document.visibilityState === "visible") {
        const lost = document.getElementById("lost");
        try {
            await quietly(async () => { for (const part of main.querySelectorAll(".live")) { await part.refresh(); } });
            lost?.remove();
        } catch (error) {
            if (error.status === 401) { await show(); }
            else if (!lost) { main.prepend(Object.assign(complaint(error), { id: "lost" })); }
        }
    }
    setTimeout(lookAgain, LOOK_AGAIN_MS);
}

takeToken();
addEventListener("hashchange", async () => { takeToken(); scrollTo(0, 0); await show(); main.focus({ preventScroll: true }); });
await show();
setTimeout(lookAgain, LOOK_AGAIN_MS);
