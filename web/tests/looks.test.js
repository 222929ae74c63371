/* Every page in both languages, both themes, wide and narrow: it fits, has its heading and its title, breaks no rule of
   WCAG 2.1 AA, and is pictured in target/screenshots. */

import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { SCREENSHOTS, at, browser, go, inTab, mailed, shot, start, until } from "./program.js";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let chrome;
let demo;
let pages;

before(async () => {
    await mkdir(SCREENSHOTS, { recursive: true });
    demo = await start("demo");
    chrome = await browser();
    pages = await furnished();
});
after(async () => {
    await chrome?.close();
    await demo?.stop();
});

/* A demo in which something happened, and the pages that show it. */
async function furnished() {
    await mailed(demo, { from: "anna@example.com", subject: "Printer on floor 3 is dead", text: "It smells of smoke.\r\n\r\nAnna", id: "looks-1@anna.example.com" });
    await mailed(demo, { from: "vera@example.com", subject: "The payroll application cannot be opened since Tuesday's update, whatever one tries", text: "Help!", id: "looks-2@vera.example.com" });
    const incidents = await until("the incidents", async () => { const all = (await demo.api("/records/incident")).items; return all.length === 2 && all; });
    const incident = incidents.find(one => one.fields.subject.startsWith("Printer"));
    const boris = (await demo.api("/records/user")).items.find(one => one.fields.email === "boris@example.com");
    const patch = fields => demo.api("/records/incident/" + incident.id, "PATCH", { fields });
    await patch({ assigned_user: boris.id, state: "assigned" });
    await patch({ state: "information_needed", additional_comments: "Which printer is it?" });
    await patch({ work_notes: "Looks like the fuser unit." });
    const mail = await until("the question", async () => (await demo.api("/emails?direction=outgoing")).items.find(one => one.subject.includes("Information needed")));
    for (const password of ["demo", "not it"]) {
        await fetch(demo.url + "/api/v1/session", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ login: "anna@example.com", password }) });
    }
    const came = (await demo.api("/emails?direction=incoming")).items.find(one => one.subject.startsWith("Printer"));
    const named = async name => (await demo.api("/records/inbound_action")).items.find(one => one.fields.name === name);
    const [action, reply] = [await named("Information by topic and number"), await named("Tell the number")];
    const setting = (await demo.api("/records/setting")).items[0];
    await demo.api("/records/setting/" + setting.id, "PATCH", { fields: { description: "Changed for the audit" } });
    const job = (await demo.api("/records/scheduled_job")).items[0];
    await demo.api(`/scheduled-jobs/${job.id}/run`, "POST");
    const script = "// Urgent subjects go first.\nif (current.subject.startsWith('urgent')) {\n    current.impact = 1;\n    ss.info(`${current.number}: ${42 / 2}`, /urgent/i.test(current.subject));\n}";
    const written = await demo.api("/records/business_rule", "POST", { fields: { name: "Urgent subjects", table: "incident", on_insert: true, script, condition_script: "current.subject != ''" } });
    const account = (await demo.api("/records/email_account")).items.find(one => one.table === "mailbox");
    const rule = (await demo.api("/records/notification_rule")).items[0];
    const filter = { all: [{ field: "caller.name", operator: "contains", value: "a" }, { any: [{ field: "state", operator: "is", value: "information_needed" }, { field: "assigned_user", operator: "is", value: boris.id }] },
        { field: "sys_id", operator: "has_words", value: "printer floor" }, { field: "created_at", unit: "day", operator: "same_as", value: { field: "updated_at" } }, { field: "updated_at", operator: "nearer_than", value: { after: { amount: 3, unit: "day", field: "created_at" } } },
        { field: "sys_id", operator: "less_than", value: 3, related: { table: "incident", field: "parent", condition: { field: "state", operator: "is_not", value: "closed" } } }] };
    return {
        actions: "/actions", action: "/actions/" + action.id, "action-reply": "/actions/" + reply.id, "action-new": "/actions/new", trace: `/mail/${came.id}/trace`, came: "/mail/" + came.id,
        incidents: "/incidents", incident: "/incidents/" + incident.id, "incident-new": "/record/incident/new", filter: "/incidents?filter=" + encodeURIComponent(JSON.stringify(filter)),
        inbox: "/inbox", outbox: "/outbox", mail: "/mail/" + mail.id, attention: "/attention", mailboxes: "/mailboxes", mailbox: "/mailboxes/" + account.id, "mailbox-new": "/mailboxes/new-mailbox",
        rules: "/list/notification_rule", rule: "/record/notification_rule/" + rule.id, users: "/list/user", tables: "/tables", table: "/tables/incident",
        profile: "/record/user/" + boris.id, job: "/record/scheduled_job/" + job.id, jobs: "/list/scheduled_job", "access-rules": "/list/access_rule", "access-rule": "/record/access_rule/" + (await demo.api("/records/access_rule")).items[0].id, audit: "/audit", "business-rules": "/list/business_rule", "business-rule": "/record/business_rule/" + written.id, "business-rule-new": "/record/business_rule/new", includes: "/list/script_include", "event-actions": "/list/event_action", "names-in-scripts": "/list/script_alias", console: "/scripts", "sign-ins": "/sign-ins", settings: "/list/setting",
        people: "/people", person: "/people/anna%40example.com", write: "/write",
    };
}

/* What breaks WCAG 2.1 AA on the page, as rule and place. */
async function violations(page) {
    await page.evaluate(AXE);
    const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"] }));
    return found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(" ")} ${node.any[0]?.message ?? ""}`));
}

async function settled(page) {
    await page.locator("main h1").waitFor();
    await page.locator("main .mantine-Loader-root").first().waitFor({ state: "detached" }).catch(() => null);
    // The editor of scripts comes after its page.
    await page.locator("main textarea.code, main .code textarea").first().waitFor({ state: "detached" });
    await page.evaluate(() => document.fonts.ready);
}

const wide = page => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const [locale, first] of [["en-US", "Incidents"], ["ru-RU", "Инциденты"]]) {
    for (const width of [1280, 360]) {
        for (const scheme of ["light", "dark"]) {
            test(`every page fits ${width} px and can be used by everybody, ${scheme}, ${locale}`, async () => {
                await inTab(chrome, { width, scheme, locale }, async page => {
                    const name = part => `${part}-${width}-${scheme}-${locale.slice(0, 2)}`;
                    const faults = [];
                    const look = async part => {
                        await shot(page, name(part));
                        const over = await wide(page);
                        if (over > 0) { faults.push(`${part} is ${over} px too wide`); }
                        faults.push(...(await violations(page)).map(one => `${part}: ${one}`));
                    };
                    await page.goto(demo.url + "/");
                    await page.locator("form").waitFor();
                    await look("sign-in");
                    await page.goto(at(demo, demo.admin, "/"));
                    await page.getByRole("heading", { level: 1, name: first }).waitFor();
                    for (const [part, path] of Object.entries(pages)) {
                        await go(page, path);
                        await page.waitForFunction(to => location.pathname === new URL(to, location.href).pathname, path);
                        await settled(page);
                        assert.match(await page.title(), /^.+ · Rejoinder$/, part);
                        assert.equal(await page.locator("main h1").count(), 1, part);
                        await look(part);
                    }
                    await page.keyboard.press("Control+k");
                    await page.locator(".mantine-Spotlight-action").first().waitFor();
                    await look("palette");
                    assert.deepEqual(faults, []);
                });
            });
        }
    }
}
