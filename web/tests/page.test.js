/* The page's jobs, done by a browser with the real program; results are checked through the API. */

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { SCREENSHOTS, browser, start, tab, until } from "./program.js";

const PHOTO = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
let chrome;
let demo;

before(async () => {
    await mkdir(SCREENSHOTS, { recursive: true });
    demo = await start("demo");
    chrome = await browser();
});
after(async () => {
    await chrome?.close();
    await demo?.stop();
});

/* Runs `act` in a tab of its own; anything that goes wrong in the tab fails the test. `expected` are known troubles. */
async function inTab(options, act, expected = []) {
    const { context, page, troubles } = await tab(chrome, options);
    try {
        await act(page);
        const unexpected = troubles.filter(one => !expected.some(known => known.test(one)));
        assert.deepEqual(unexpected, []);
    } finally {
        await context.close();
    }
}
const at = (program, token, view = "", id = "") => program.url + "/#" + new URLSearchParams({ token, view, id });
const shot = (page, name) => page.screenshot({ path: join(SCREENSHOTS, name + ".png"), fullPage: true });
const go = (page, view, id = "") => page.evaluate(place => { location.hash = place; }, "#" + new URLSearchParams({ view, id }));

async function closedPort() {
    const server = createServer();
    await new Promise(done => server.listen(0, "127.0.0.1", done));
    const { port } = server.address();
    await new Promise(done => server.close(done));
    return port;
}

test("a token is asked for, a wrong one is told in words, a right one opens the page and stays out of the address", async () => {
    await inTab({}, async page => {
        await page.goto(demo.url + "/");
        await page.getByLabel("API token").fill("wrong");
        await page.getByRole("button", { name: "Sign in" }).click();
        await page.getByRole("alert").filter({ hasText: "admin.token" }).waitFor();
        await shot(page, "sign-in-wrong");
        await page.getByLabel("API token").fill(demo.agent);
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { name: "Incidents" }).waitFor();
        await page.goto("about:blank");
        await page.goto(at(demo, demo.agent, "inbox"));
        await page.getByRole("heading", { name: "Inbox" }).waitFor();
        assert.ok(!page.url().includes(demo.agent));
        assert.equal(await page.evaluate(() => localStorage.length), 0);
    }, [/401/]);
});

test("Anna writes with a photo, the agent asks, Anna answers, and all of it is in the feed", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "write"));
        await page.getByLabel("Subject").fill("Printer on floor 3 is dead");
        await page.getByLabel("Text", { exact: true }).fill("It smells of smoke. <b>Help!</b>\n\nAnna");
        await page.getByLabel("File").setInputFiles({ name: "printer.png", mimeType: "image/png", buffer: PHOTO });
        await page.getByRole("button", { name: "Send" }).click();
        await page.getByText("Taken. What became of it:").waitFor();
        const [incident] = (await demo.api("/records/incident")).items;
        assert.equal(incident.fields.subject, "Printer on floor 3 is dead");
        const [photo] = (await demo.api(`/records/incident/${incident.id}/attachments`)).items;
        assert.deepEqual([photo.file_name, photo.size], ["printer.png", PHOTO.length]);

        await page.getByRole("link", { name: "Incidents" }).click();
        await page.getByRole("link", { name: incident.fields.number }).click();
        await page.getByRole("heading", { name: incident.fields.number + " Printer on floor 3 is dead" }).waitFor();
        assert.equal(await page.locator("b").count(), 0, "what stands in a mail is text");
        const saved = page.waitForEvent("download");
        await page.getByRole("button", { name: "printer.png" }).click();
        assert.equal((await saved).suggestedFilename(), "printer.png");
        await page.getByRole("button", { name: "Take it" }).click();
        const one = () => demo.api("/records/incident/" + incident.id);
        await until("the incident taken", async () => (await one()).fields.state === "assigned");
        await page.locator("select[name=state]").selectOption({ label: "Information needed" });
        await page.getByLabel("Public comment").fill("Which printer is it?");
        // What is written here stays although the page looks again.
        await page.waitForResponse(answer => answer.url().includes("/feed"));
        await page.waitForResponse(answer => answer.url().includes("/feed"));
        assert.equal(await page.getByLabel("Public comment").inputValue(), "Which printer is it?");
        await page.getByRole("button", { name: "Save" }).click();
        await page.locator("article.comment").filter({ hasText: "Which printer is it?" }).waitFor();

        const inbox = "/demo/mailboxes/anna%40example.com";
        await until("the question in Anna's mailbox", async () => (await demo.api(inbox)).items.some(m => m.text.includes("Which printer is it?")));
        await page.getByRole("link", { name: "People's mail" }).click();
        await page.getByRole("link", { name: "anna@example.com" }).click();
        const asked = page.locator("article").filter({ hasText: "Which printer is it?" }).first();
        await asked.getByRole("button", { name: "Answer as an absence assistant" }).click();
        await asked.getByText("Taken. What became of it:").waitFor();
        await asked.getByRole("button", { name: "Answer", exact: true }).click();
        const quote = await asked.getByLabel("Text", { exact: true }).inputValue();
        await asked.getByLabel("Text", { exact: true }).fill("The one by the window." + quote);
        await asked.getByRole("button", { name: "Send" }).click();
        await asked.getByText("Taken. What became of it:").waitFor();
        await until("work going on", async () => (await one()).fields.state === "in_progress");

        await go(page, "incident", incident.id);
        const answer = page.locator("article.comment").filter({ hasText: "The one by the window." });
        await answer.locator("mark").filter({ hasText: "no proof" }).waitFor();
        await page.locator("article.automatic_answer").waitFor();
        await page.setViewportSize({ width: 820, height: 800 });
        await page.screenshot({ path: join(SCREENSHOTS, "page-incident.png"), fullPage: true, clip: { x: 0, y: 0, width: 820, height: 1150 } });
        await page.setViewportSize({ width: 1280, height: 900 });
        await page.locator("summary").filter({ hasText: "Why?" }).first().click();
        await page.locator("pre.told").first().waitFor();
        assert.equal((await demo.api("/records/incident")).items.length, 1);
        await shot(page, "incident-told");
    });
});

test("inbox and outbox show states, reasons and what each server answered", async () => {
    const sent = await until("a mail sent", async () => (await demo.api("/deliveries?state=sent")).items[0]);
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "inbox"));
        await page.getByRole("row").filter({ hasText: "Printer on floor 3" }).filter({ hasText: "processed" }).first().waitFor();
        await page.getByRole("link", { name: "Outbox" }).click();
        await page.getByRole("heading", { name: "Outbox" }).waitFor();
        await go(page, "mail", sent.email);
        const row = page.getByRole("row").filter({ hasText: sent.address });
        await row.filter({ hasText: sent.reply.slice(0, 12) }).waitFor();
        await shot(page, "mail-out");
    });
});

test("a mailbox is made, and its test against a closed port shows the failed step, with advice", async () => {
    const port = await closedPort();
    await inTab({}, async page => {
        await page.goto(at(demo, demo.admin, "accounts"));
        await page.getByRole("link", { name: "New mailbox" }).click();
        await page.getByLabel("Name", { exact: true }).fill("Printers");
        await page.getByLabel("Server", { exact: true }).fill("127.0.0.1");
        assert.equal(await page.locator("input[name=port]").getAttribute("placeholder"), "993");
        await page.locator("input[name=port]").fill(String(port));
        await page.locator("input[name=user_name]").fill("printers");
        await page.locator("input[name=password]").fill("not to be shown");
        await page.locator("input[name=smtp_server]").fill("127.0.0.1");
        await page.locator("input[name=smtp_port]").fill(String(port));
        await page.locator("input[name=from_address]").fill("printers@example.com");
        await page.locator("input[name=active]").uncheck();
        await page.getByRole("button", { name: "Test connection" }).click();
        const failed = page.locator(".steps li").filter({ hasText: "Connection" }).filter({ hasText: "failed" });
        await failed.filter({ hasText: "What to do:" }).first().waitFor();
        assert.equal(await failed.count(), 2, "receiving and sending");
        assert.equal((await demo.api("/records/mailbox")).items.filter(one => one.fields.name === "Printers").length, 0, "a test saves nothing");
        await page.setViewportSize({ width: 820, height: 800 });
        await page.locator(".report").screenshot({ path: join(SCREENSHOTS, "page-mailbox-test.png") });
        await page.setViewportSize({ width: 1280, height: 900 });
        await page.getByRole("button", { name: "Save" }).click();
        await page.getByRole("heading", { name: "Printers" }).waitFor();
        const made = (await demo.api("/records/mailbox")).items.find(one => one.fields.name === "Printers");
        assert.deepEqual([made.fields.port, made.fields.active, made.secrets], [port, false, ["password"]]);
        assert.equal(await page.locator("input[name=password]").inputValue(), "");
        await page.getByRole("button", { name: "Test connection" }).click();
        await page.getByText("The connection does not work").waitFor();
        await page.locator("input[name=user_name]").fill("printers@example.com");
        await page.getByRole("button", { name: "Save" }).click();
        await page.getByText("Saved.").waitFor();
        const changed = await demo.api("/records/mailbox/" + made.id);
        assert.deepEqual([changed.fields.user_name, changed.secrets], ["printers@example.com", ["password"]]);
    });
});

test("an agent is told who may change mailboxes", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "account", "new-email_account"));
        await page.getByLabel("Name", { exact: true }).fill("Mine");
        await page.locator("input[name=active]").uncheck();
        await page.getByRole("button", { name: "Save" }).click();
        await page.getByRole("alert").filter({ hasText: "administrators only" }).filter({ hasText: "admin.token" }).waitFor();
    }, [/403/]);
});

test("what needs attention is listed with its reason, and cleared", async () => {
    const port = await closedPort();
    const fields = { name: "Lost", type: "imap", server: "127.0.0.1", port, user_name: "lost", password: "secret", active: true, sends: false };
    const made = await demo.api("/records/mailbox", "POST", { fields });
    const open = async () => (await demo.api("/attention")).items.filter(one => one.subject_id === made.id);
    await until("the mailbox in need of attention", async () => (await open()).length, 60000);
    await demo.api("/records/mailbox/" + made.id, "PATCH", { fields: { active: false } });
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "attention"));
        const [one] = await until("an open notice", async () => { const all = await open(); return all.length ? all : null; });
        const row = page.getByRole("row").filter({ hasText: one.reason.text.slice(0, 30) }).first();
        await row.waitFor();
        await shot(page, "attention");
        await row.getByRole("button", { name: "Done" }).click();
        await until("the notice cleared", async () => (await open()).length === 0);
        await row.waitFor({ state: "detached" });
    });
});

test("a fresh program shows what to do next, and no parts of the demo", async () => {
    const fresh = await start("serve");
    try {
        await inTab({}, async page => {
            await page.goto(at(fresh, fresh.admin));
            await page.getByText("No incidents yet.").waitFor();
            assert.equal(await page.getByRole("link", { name: "Write a mail" }).count(), 0);
            for (const [view, text] of [["inbox", "No mail came in yet."], ["outbox", "Nothing was sent yet."], ["attention", "Nothing needs you."]]) {
                await go(page, view);
                await page.getByText(text).waitFor();
            }
            await go(page, "accounts");
            await page.getByRole("link", { name: "Mailbox (fill in and activate)" }).click();
            await page.getByRole("button", { name: "Test connection" }).waitFor();
            await shot(page, "serve-mailbox");
        });
    } finally {
        await fresh.stop();
    }
});

test("one gets through with the keyboard alone", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent));
        await page.getByRole("link", { name: "INC0000001" }).waitFor();
        for (let presses = 0; presses < 30; presses += 1) {
            await page.keyboard.press("Tab");
            if (await page.evaluate(() => document.activeElement.textContent === "INC0000001")) { break; }
        }
        assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none");
        await page.keyboard.press("Enter");
        await page.getByRole("button", { name: "Save" }).waitFor();
        const nameless = await page.evaluate(() => [...document.querySelectorAll("input, select, textarea")].filter(one => one.labels.length === 0).length);
        assert.equal(nameless, 0);
    });
});

for (const [locale, heading] of [["en-US", "Incidents"], ["ru-RU", "Инциденты"]]) {
    for (const width of [1280, 360]) {
        for (const scheme of ["light", "dark"]) {
            test(`every part fits ${width} px, ${scheme}, ${locale}`, async () => {
                const [incident] = (await demo.api("/records/incident")).items;
                const mail = (await demo.api("/emails?direction=outgoing")).items[0];
                const account = (await demo.api("/records/mailbox")).items.find(one => one.fields.name === "Printers");
                const parts = [["incidents"], ["incident", incident.id], ["inbox"], ["outbox"], ["mail", mail.id], ["attention"], ["accounts"],
                    ["account", account.id], ["people"], ["person", "anna@example.com"], ["write"]];
                await inTab({ width, scheme, locale }, async page => {
                    await page.goto(at(demo, demo.admin));
                    await page.getByRole("heading", { name: heading }).waitFor();
                    for (const [view, id] of parts) {
                        await go(page, view, id);
                        await page.locator(`main[data-shown=${view}]`).waitFor();
                        assert.ok(await page.locator("main h2").count() > 0, view);
                        assert.equal(await page.getByRole("alert").count(), 0, view);
                        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
                        await shot(page, `${view}-${width}-${scheme}-${locale.slice(0, 2)}`);
                        assert.equal(wide, 0, `${view} is ${wide} px too wide`);
                    }
                });
            });
        }
    }
}
