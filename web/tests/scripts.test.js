/* Scripts as administrators write them in the browser: the editor with its completion and its faults, and the console,
   against the real program; what came of it is checked through the API. */

import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { focused, tabTo } from "./keys.js";
import { SCREENSHOTS, at, browser, go, inTab as inTabOf, shot, start, until } from "./program.js";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let chrome;
let demo;
const inTab = (options, act, expected) => inTabOf(chrome, options, act, expected);
const heading = (page, name) => page.getByRole("heading", { name, level: 1 });
const editor = (page, name = "Script") => page.getByRole("textbox", { name, exact: true });
const incident = async id => (await demo.api("/records/incident/" + id)).fields;
const made = async subject => (await demo.api("/records/incident", "POST", { fields: { subject } }));

before(async () => {
    await mkdir(SCREENSHOTS, { recursive: true });
    demo = await start("demo");
    chrome = await browser();
});
after(async () => {
    await chrome?.close();
    await demo?.stop();
});

/* Puts a text into the editor in the place of what stands there. */
async function write(page, text, name) {
    await editor(page, name).click();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    if (text !== "") { await page.keyboard.insertText(text); }
}

/* What breaks WCAG 2.1 AA on the page, as rule and place. */
async function violations(page) {
    await page.evaluate(AXE);
    const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"] }));
    return found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(" ")} ${node.any[0]?.message ?? ""}`));
}

async function picked(page, label, text, option) {
    await page.getByRole("combobox", { name: label }).fill(text);
    await page.getByRole("option", { name: option }).locator("visible=true").first().click();
}

const CHANGES = "current.subject = 'By script';\ncurrent.update();\nss.info('it was ' + current.number);\nreturn { number: current.number };";

test("the console shows what a script would do, changes nothing, and then applies it where one says so", async () => {
    const { id, fields: { number } } = await made("By hand");
    await inTab({}, async page => {
        await page.goto(at(demo, demo.admin, "/scripts"));
        await heading(page, "Script console").waitFor();
        await picked(page, "Record (current)", "By hand", number);
        await write(page, CHANGES);
        await page.getByRole("button", { name: "Run without changing anything" }).click();
        const result = page.getByRole("region", { name: "Result" });
        await result.getByText(`info: it was ${number}`).waitFor();
        await result.getByRole("heading", { name: "Would change" }).waitFor();
        await result.getByRole("cell", { name: "By script" }).waitFor();
        assert.match(await result.textContent(), new RegExp(`"number": "${number}"`));
        assert.equal((await incident(id)).subject, "By hand", "a dry run changes nothing");
        await shot(page, "console-dry");
        await page.getByRole("button", { name: "Apply these changes" }).click();
        const dialog = page.getByRole("dialog", { name: "Apply these changes?" });
        await dialog.getByRole("cell", { name: "By script" }).waitFor();
        await dialog.getByRole("button", { name: "Cancel" }).click();
        assert.equal((await incident(id)).subject, "By hand", "cancelled is not applied");
        await page.getByRole("button", { name: "Apply these changes" }).click();
        await dialog.getByRole("button", { name: "Apply", exact: true }).click();
        await result.getByRole("heading", { name: "Changed", exact: true }).waitFor();
        assert.equal((await incident(id)).subject, "By script");
        assert.ok(await page.getByRole("button", { name: "Apply these changes" }).isDisabled(), "what is done is not done again");
    });
});

test("an error of a run and a fault that is found while one types stand at their lines", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.admin, "/scripts"));
        await write(page, "var a = 1;\nss.inf(a);");
        const faults = page.getByRole("status", { name: "Faults" });
        await faults.getByText("Line 2: there is no ss.inf; did you mean ss.info?").waitFor();
        await page.locator(".cm-lintRange-warning").filter({ hasText: "inf" }).waitFor();
        await write(page, "var a = 1;\nvar b = ;");
        await faults.getByText(/^Line 2: /).waitFor();
        await page.locator(".cm-gutter-lint .cm-lint-marker-error").waitFor();
        await shot(page, "console-fault");
        await write(page, "var a = {};\n\na.b.c();");
        await page.getByText("Line 2:").waitFor({ state: "detached" });
        await page.getByRole("button", { name: "Run without changing anything" }).click();
        await page.getByRole("region", { name: "Result" }).getByText("Line 3, column").waitFor();
        await faults.getByRole("button", { name: /^Line 3: / }).click();
        assert.equal(await focused(page), "Script", "a fault leads to its line");
        await page.locator(".cm-activeLine").filter({ hasText: "a.b.c();" }).waitFor();
        await page.locator(".cm-lint-marker-error").waitFor();
        await shot(page, "console-error");
        assert.deepEqual(await violations(page), []);
    });
});

test("names are offered: globals, members, fields of the record, fields of a table within a text; and explained", async () => {
    const { fields: { number } } = await made("To be completed");
    await inTab({}, async page => {
        await page.goto(at(demo, demo.admin, "/scripts"));
        await picked(page, "Record (current)", "To be completed", number);
        const offers = page.locator(".cm-tooltip-autocomplete li");
        const take = async name => {
            await offers.filter({ hasText: name }).first().waitFor();
            // What is pressed as the list opens is meant for the text: only a moment later it is meant for the list.
            const seen = await page.evaluate(() => performance.now());
            await page.waitForFunction(since => performance.now() > since + 150, seen);
            await page.keyboard.press("Enter");
        };
        const text = () => page.locator(".cm-content").innerText();
        await write(page, "");
        await page.keyboard.type("ss.inf");
        await take("info");
        assert.equal((await text()).trim(), "ss.info");
        await write(page, "");
        await page.keyboard.type("current.calle");
        await take("caller");
        await page.keyboard.type(".emai");
        await take("email");
        assert.equal((await text()).trim(), "current.caller.email", "fields are followed through references");
        await write(page, "const r = new SimpleRecord('incident');\n");
        await page.keyboard.press("Control+End");
        await page.keyboard.type("r.addQuery('sys_created_a");
        await take("sys_created_at");
        assert.match(await text(), /r\.addQuery\('sys_created_at'?/, "under the vocabulary's names");
        await write(page, "new SimpleRe");
        await page.keyboard.press("Control+Space");
        await offers.filter({ hasText: "SimpleRecord" }).first().waitFor();
        await page.locator(".cm-completionInfo").waitFor();
        await shot(page, "console-completion");
        await page.keyboard.press("Escape");
        await write(page, "ss.info('x')");
        await page.locator(".cm-line .tok-call").first().hover();
        await page.locator(".cm-tooltip-hover .about").filter({ hasText: "Writes to the log" }).waitFor();
        // The other vocabulary has names of its own, and its fields are elements.
        await page.getByText("ServiceNow", { exact: true }).click();
        await write(page, "");
        await page.keyboard.type("current.caller_i");
        await take("caller_id");
        await page.keyboard.type(".getDisplayV");
        await take("getDisplayValue");
        assert.equal((await text()).trim(), "current.caller_id.getDisplayValue");
        await write(page, "gs.inf('x');");
        await page.getByRole("status", { name: "Faults" }).getByText("did you mean gs.info?").waitFor();
    });
});

test("the console is used by keyboard alone: Tab leaves the editor, Ctrl+Enter runs", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.admin, "/scripts"));
        await heading(page, "Script console").waitFor();
        await editor(page).waitFor();
        await tabTo(page, "Script");
        await page.keyboard.type("return 6 * 7;");
        await page.keyboard.press("Control+Enter");
        await page.getByRole("region", { name: "Result" }).getByText("42").waitFor();
        await until("the focus on the result", async () => (await page.evaluate(() => document.activeElement.getAttribute("aria-label"))) === "Result");
        await tabTo(page, "Script", { back: true });
        assert.equal(await page.locator(".cm-content").innerText(), "return 6 * 7;");
        await tabTo(page, "Run without changing anything", { most: 3 });
    });
});

test("a business rule is made in the browser: a mistake stands at its line, a name is completed, and the rule takes effect", async () => {
    const { id } = await made("Something is broken");
    await inTab({}, async page => {
        await page.goto(at(demo, demo.admin, "/incidents"));
        await page.getByRole("link", { name: "Business rules" }).click();
        await heading(page, "Business rules").waitFor();
        await page.getByRole("link", { name: "New" }).click();
        await page.getByLabel("Name").fill("Urgent subjects");
        await page.locator("input[name=table]").fill("incident");
        await page.getByLabel("When updated").check();
        await write(page, "if (current.subject == 'urgent') {\n    current.impact = ;\n}");
        const faults = page.getByRole("status", { name: "Faults" });
        await faults.getByText(/^Line 2: /).waitFor();
        await shot(page, "rule-fault");
        await write(page, "if (current.subject == 'urgent') {\n}");
        await page.keyboard.press("ArrowUp");
        await page.keyboard.press("End");
        await page.keyboard.press("Enter");
        await page.keyboard.type("current.descri");
        await page.locator(".cm-tooltip-autocomplete li").filter({ hasText: "description" }).first().click();
        await page.keyboard.type(" = 'Seen by the rule';");
        await faults.getByText(/^Line/).waitFor({ state: "detached" });
        await shot(page, "rule");
        await page.getByRole("button", { name: "Create" }).click();
        await heading(page, "Urgent subjects").waitFor();
        const [rule] = (await demo.api("/records/business_rule")).items.filter(one => one.fields.name === "Urgent subjects");
        assert.match(rule.fields.script, /\{\n\s+current\.description = 'Seen by the rule';\n\}/);
        await demo.api("/records/incident/" + id, "PATCH", { fields: { subject: "urgent" } });
        assert.equal((await incident(id)).description, "Seen by the rule");
        // Changed once more, with the keys of the form.
        await editor(page).click();
        await page.keyboard.press("Control+End");
        await page.keyboard.press("Enter");
        await page.keyboard.insertText("ss.info('seen');");
        await page.keyboard.press("Control+Enter");
        await page.getByText("Saved.").waitFor();
        await until("the rule changed", async () => (await demo.api("/records/business_rule/" + rule.id)).fields.script.includes("ss.info('seen');"));
    });
});

test("a script that is no JavaScript is not saved, and the answer stands at its line", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.admin, "/record/business_rule/new"));
        await page.getByLabel("Name").fill("Broken");
        await page.locator("input[name=table]").fill("incident");
        await write(page, "var a = 1;\nvar b = ;");
        await page.getByRole("button", { name: "Create" }).click();
        await page.getByRole("status", { name: "Faults" }).getByText(/^Line 2: /).waitFor();
        await page.locator(".editor.wrong").waitFor();
        assert.equal((await demo.api("/records/business_rule")).items.filter(one => one.fields.name === "Broken").length, 0);
    }, [/422/]);
});

test("a script include and the script of a job are edited; the include is known to other scripts", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.admin, "/record/script_include/new"));
        await page.getByLabel("Name").fill("Greeter");
        await write(page, "class Greeter {\n    greet(name) { return 'Hello ' + name; }\n}");
        await page.getByRole("button", { name: "Create" }).click();
        await heading(page, "Greeter").waitFor();
        await go(page, "/scripts");
        await heading(page, "Script console").waitFor();
        await write(page, "ss.importIncludeScript('Greeter');\nreturn new Greeter().greet('Anna');");
        await page.getByRole("button", { name: "Run without changing anything" }).click();
        await page.getByRole("region", { name: "Result" }).getByText("Hello Anna").waitFor();
        const job = (await demo.api("/records/scheduled_job")).items[0];
        await go(page, "/record/scheduled_job/" + job.id);
        await heading(page, job.fields.name).waitFor();
        // A job raises an event or runs a script: its answer to both stands beside the script.
        await write(page, "ss.info('from the job');", "Script instead of the event");
        await page.getByRole("button", { name: "Save" }).click();
        await page.getByText("a job does one or the other").waitFor();
        await page.getByLabel("Event to raise").fill("");
        await page.getByRole("button", { name: "Save" }).click();
        await until("the job saved", async () => (await demo.api("/records/scheduled_job/" + job.id)).fields.script === "ss.info('from the job');");
        await shot(page, "job-script");
    }, [/422/]);
});
