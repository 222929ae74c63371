/* The REST API, and the token that opens it: kept for this tab only, never in an address. */

import { t } from "./words.js";

const KEY = "rejoinder-token";

/* A token behind the `#` is taken and removed from the address at once. */
export function takeToken() {
    const place = new URLSearchParams(location.hash.slice(1));
    const token = place.get("token");
    if (token === null) { return; }
    place.delete("token");
    sessionStorage.setItem(KEY, token);
    history.replaceState(null, "", location.pathname + (place.size ? "#" + place : ""));
}
export const signedIn = () => Boolean(sessionStorage.getItem(KEY));
export const signIn = token => sessionStorage.setItem(KEY, token.trim());
export const signOut = () => sessionStorage.removeItem(KEY);

export class Refused extends Error {
    constructor(status, message, hint) {
        super(message);
        this.status = status;
        this.hint = hint;
    }
}

let waiting = 0;
let shown;
/* Says that something is under way once it takes more than half a second. */
function busy(step) {
    const sign = document.getElementById("progress");
    waiting += step;
    clearTimeout(shown);
    if (waiting === 0) { sign.hidden = true; return; }
    shown = setTimeout(() => { sign.textContent = t("working"); sign.hidden = false; }, 500);
}

async function send(path, options) {
    const headers = { Authorization: "Bearer " + (sessionStorage.getItem(KEY) ?? ""), ...options.headers };
    try {
        return await fetch("/api/v1" + path, { ...options, headers, cache: "no-store" });
    } catch {
        throw new Refused(0, t("unreachable"), t("unreachable_hint"));
    }
}

async function answered(path, options, read, quiet) {
    if (!quiet) { busy(1); }
    try {
        const answer = await send(path, options);
        if (answer.ok) { return answer.status === 204 ? null : await read(answer); }
        const body = await answer.json().catch(() => ({}));
        const hint = answer.status === 403 ? t("forbidden_hint") : body.error?.hint;
        throw new Refused(answer.status, body.error?.message ?? answer.statusText, hint);
    } finally {
        if (!quiet) { busy(-1); }
    }
}

let quiet = false;
/* Looks again without telling anybody. */
export async function quietly(act) {
    quiet = true;
    try { await act(); } finally { quiet = false; }
}
export const call = (path, options = {}) => answered(path, options, answer => answer.json(), quiet);
export const items = async path => (await call(path)).items;
export const write = (method, path, body) => call(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
export const post = path => call(path, { method: "POST" });
export const explained = async key => (await call("/explanations/" + encodeURIComponent(key))).text;
export const content = id => answered("/attachments/" + id + "/content", {}, answer => answer.blob(), false);
