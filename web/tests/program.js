/* The real program and a real browser for one test run: started on free ports in a folder of their own, stopped by id. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const ROOT = resolve(import.meta.dirname, "../..");
const TARGET = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target");
export const SCREENSHOTS = join(TARGET, "screenshots");
const START_MS = 60000;

/* Waits for a condition; what it waited for is in the error. */
export async function until(what, check, patience = 20000) {
    const end = Date.now() + patience;
    for (;;) {
        const found = await check();
        if (found) { return found; }
        if (Date.now() > end) { throw new Error("waited in vain for: " + what); }
        await new Promise(done => setTimeout(done, 50));
    }
}

/* `rejoinder demo` or `rejoinder serve`. */
export async function start(command) {
    const data = await mkdtemp(join(tmpdir(), "rejoinder-page-"));
    const child = spawn(join(TARGET, "debug", "rejoinder"),
        [command, "--data", data, "--smtp", "127.0.0.1:0", "--http", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
    let log = "";
    for (const stream of [child.stdout, child.stderr]) { stream.on("data", text => { log += text; }); }
    const ended = new Promise(done => child.once("exit", done));
    const stop = async () => {
        if (child.exitCode === null && child.signalCode === null) { child.kill("SIGTERM"); }
        await ended;
        await rm(data, { recursive: true, force: true });
    };
    try {
        const running = await until("the program's start", async () => {
            if (child.exitCode !== null) { throw new Error("the program ended: " + log); }
            return readFile(join(data, "running.json"), "utf8").then(JSON.parse).catch(() => null);
        }, START_MS);
        // The demo writes its agent's token after the start.
        const agent = command === "demo" ? await until("the agent's token", () => readFile(join(data, "agent.token"), "utf8").catch(() => "")) : "";
        const api = async (path, method = "GET", body = undefined) => {
            const headers = { Authorization: "Bearer " + running.token, "Content-Type": "application/json" };
            const answer = await fetch(running.api + "/api/v1" + path, { method, headers, body: body && JSON.stringify(body) });
            if (!answer.ok) { throw new Error(path + ": " + answer.status + " " + await answer.text()); }
            return answer.status === 204 ? null : answer.json();
        };
        return { url: running.api, admin: running.token, agent: agent.trim(), api, stop };
    } catch (error) {
        await stop();
        throw error;
    }
}

export function browser() {
    return chromium.launch({
        executablePath: process.env.REJOINDER_TEST_CHROMIUM ?? "/usr/bin/chromium",
        args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"],
    });
}

/* A tab that remembers what went wrong in it: errors of the console, failed requests, answers that are errors. */
export async function tab(chrome, { width = 1280, scheme = "light", locale = "en-US" } = {}) {
    const context = await chrome.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, locale, reducedMotion: "reduce" });
    context.setDefaultTimeout(15000);
    const page = await context.newPage();
    const troubles = [];
    page.on("console", message => {
        if (message.location().url.endsWith("/api/v1/session") && message.text().includes("401")) { return; }
        if (message.type() === "error") { troubles.push("console: " + message.text()); }
    });
    page.on("pageerror", error => troubles.push("error: " + error.message));
    page.on("requestfailed", request => {
        // What is asked while one leaves a part of the page is called off by the browser.
        if (request.failure()?.errorText !== "net::ERR_ABORTED") { troubles.push("failed: " + request.url()); }
    });
    page.on("response", answer => {
        // Nobody is signed in yet: that is what the application asks first, and no trouble.
        if (answer.status() === 401 && answer.url().endsWith("/api/v1/session") && answer.request().method() === "GET") { return; }
        if (answer.status() >= 400) { troubles.push(answer.status() + " " + answer.url()); }
    });
    return { context, page, troubles };
}

export const PHOTO = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

/* Runs `act` in a tab of its own; anything that goes wrong in the tab fails the test. `expected` are known troubles. */
let failed = 0;
export async function inTab(chrome, options, act, expected = []) {
    const { context, page, troubles } = await tab(chrome, options);
    try {
        await act(page);
        const unexpected = troubles.filter(one => !expected.some(known => known.test(one)));
        assert.deepEqual(unexpected, []);
    } catch (error) {
        await page.screenshot({ path: join(SCREENSHOTS, `failed-${failed += 1}.png`), fullPage: true }).catch(() => null);
        error.message += troubles.length ? "\nin the tab: " + troubles.join("\n") : "";
        throw error;
    } finally {
        await context.close();
    }
}

/* The address of a page with a token behind the `#`. */
export const at = (program, token, path) => program.url + path + "#" + new URLSearchParams({ token });
export const shot = (page, name) => page.screenshot({ path: join(SCREENSHOTS, name + ".png"), fullPage: true });
/* Goes to another page as a click on a link does. */
export const go = (page, path) => page.evaluate(to => { history.pushState(null, "", to); dispatchEvent(new PopStateEvent("popstate", { state: null })); }, path);

/* Picks an option of a list that opens. */
export async function select(page, input, option) {
    await input.click();
    await page.getByRole("option", { name: option, exact: true }).locator("visible=true").click();
}

export async function closedPort() {
    const server = createServer();
    await new Promise(done => server.listen(0, "127.0.0.1", done));
    const { port } = server.address();
    await new Promise(done => server.close(done));
    return port;
}

/* Hands a mail in, as a mail program writes it. */
export async function mailed(program, { from, subject, text, id, answers = null, to = "help@example.com", type = "text/plain" }) {
    const reply = answers ? `In-Reply-To: <${answers}>\r\nReferences: <${answers}>\r\n` : "";
    const body = `From: ${from}\r\nTo: ${to}\r\nMessage-ID: <${id}>\r\n${reply}Subject: ${subject}\r\nContent-Type: ${type}; charset=utf-8\r\n\r\n${text}\r\n`;
    const answer = await fetch(program.url + "/api/v1/inbound", { method: "POST", headers: { Authorization: "Bearer " + program.admin, "Content-Type": "message/rfc822" }, body });
    assert.equal(answer.status, 202);
}
