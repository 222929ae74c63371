/* Inbound actions in the browser: their order, their form without JSON, and what a mail would do with one before it is
   saved. What the pages do is checked through the API, and with mails that really come in. */

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { focused, tabTo } from "./keys.js";
import { SCREENSHOTS, at, browser, go, inTab as inTabOf, mailed, select, shot, start, until } from "./program.js";

let chrome;
let demo;
const inTab = (options, act, expected) => inTabOf(chrome, options, act, expected);
const heading = (page, name) => page.getByRole("heading", { name, level: 1 });
const actions = async () => (await demo.api("/records/inbound_action")).items;
const action = async name => (await actions()).find(one => one.fields.name === name);
const orders = async () => Object.fromEntries((await actions()).map(one => [one.fields.name, one.fields.order]));
const incident = async subject => (await demo.api("/records/incident")).items.find(one => one.fields.subject === subject);
const names = page => page.locator("table.actions tbody tr a[data-open]").allTextContents();
const wide = page => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

before(async () => {
    await mkdir(SCREENSHOTS, { recursive: true });
    demo = await start("demo");
    chrome = await browser();
});
after(async () => {
    await chrome?.close();
    await demo?.stop();
});

test("the list shows the actions in the order in which they run, says their conditions in words, and is narrowed", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.admin, "/incidents"));
        await page.getByRole("link", { name: "Inbound actions" }).click();
        await heading(page, "Inbound actions").waitFor();
        await page.getByRole("link", { name: "Create incident" }).waitFor();
        const expected = (await actions()).sort((one, other) => one.fields.order - other.fields.order || (one.fields.name < other.fields.name ? -1 : 1)).map(one => one.fields.name);
        assert.deepEqual(await names(page), expected);
        await page.getByRole("row").filter({ hasText: "Information received" }).getByText("Record of the mail → State is “Information needed” and Sender is the caller is Yes").waitFor();
        await select(page, page.getByRole("combobox", { name: "Takes" }), "Forward");
        await until("the types", async () => { const all = await names(page); return all.includes("Forwarded mail") && !all.includes("Create incident"); });
        assert.equal(new URL(page.url()).searchParams.get("type"), "forward");
        await shot(page, "actions-narrowed");
    });
});

test("an action is moved with buttons, with keys and with the mouse, and switched off; equal orders are warned of", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.admin, "/actions"));
        await page.getByRole("link", { name: "Create incident" }).waitFor();
        const begin = await names(page);
        await page.getByRole("button", { name: "Move up: Answer to a closed incident" }).click();
        await until("the action one place further up", async () => (await names(page)).indexOf("Answer to a closed incident") === begin.indexOf("Answer to a closed incident") - 1);
        const now = await orders();
        assert.ok(now["Answer to a closed incident"] < now["Comment on the incident"]);
        // And back, by keys alone: down the list, then the row is moved.
        await tabTo(page, "Answer to a closed incident");
        await page.keyboard.press("Alt+ArrowDown");
        await until("the action back in its place", async () => (await names(page)).join() === begin.join());
        await until("the focus on it still", async () => (await focused(page)) === "Answer to a closed incident");
        // Dragged from the first place to behind the third.
        const rows = page.locator("table.actions tbody tr");
        await rows.nth(0).locator(".grip").dragTo(rows.nth(2));
        await until("the first is the third", async () => (await names(page)).indexOf(begin[0]) === 2);
        await page.getByRole("switch", { name: "Active: Tell the number", exact: true }).focus();
        await page.keyboard.press("Space");
        await until("the action off", async () => (await action("Tell the number")).fields.active === false);
        await page.getByRole("switch", { name: "Active: Tell the number", exact: true }).focus();
        await page.keyboard.press("Space");
        await until("the action on", async () => (await action("Tell the number")).fields.active === true);
        const create = await action("Create incident");
        await demo.api("/records/inbound_action/" + (await action("Tell the number")).id, "PATCH", { fields: { order: create.fields.order } });
        await page.getByRole("row").filter({ has: page.getByRole("link", { name: "Create incident", exact: true }) }).locator(".warned").filter({ hasText: "Tell the number" }).waitFor();
        await shot(page, "actions-equal");
        await demo.api("/records/inbound_action/" + (await action("Tell the number")).id, "PATCH", { fields: { order: 110 } });
    });
});

test("an action is made without JSON and without a script, and the next mail does what it says", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.admin, "/actions"));
        await page.getByRole("link", { name: "New action" }).click();
        await heading(page, "New action").waitFor();
        await page.getByRole("textbox", { name: "Name", exact: true }).fill("Orders of the shop");
        await select(page, page.getByRole("combobox", { name: "Table" }), "Incident");
        await page.getByRole("textbox", { name: "Order", exact: true }).fill("40");
        await select(page, page.getByRole("combobox", { name: "Message type" }), "New");
        await page.getByRole("button", { name: "Condition", exact: true }).click();
        await select(page, page.getByRole("combobox", { name: "Field" }).first(), "Subject without prefixes");
        await select(page, page.getByRole("combobox", { name: "Operator" }).first(), "starts with");
        await page.getByRole("textbox", { name: "Value" }).first().fill("ORDER");
        await select(page, page.getByRole("combobox", { name: "Works on" }), "A new record");
        const rows = page.getByRole("group", { name: "Field mapping" });
        const add = async (field, source, fill) => {
            await rows.getByRole("button", { name: "Field", exact: true }).click();
            await select(page, rows.getByRole("combobox", { name: "Field" }).last(), field);
            await select(page, rows.getByRole("combobox", { name: "Where the value comes from" }).last(), source);
            await fill?.();
        };
        await add("Subject", "subject, without prefixes");
        await add("Caller", "sender");
        await add("Description", "line “name: value”", () => rows.getByRole("textbox", { name: "Value" }).last().fill("Article"));
        await add("Impact", "this value", () => select(page, rows.getByRole("combobox", { name: "Value" }).last(), "High"));
        await page.getByLabel("Stop processing").check();
        await shot(page, "action-new-filled");
        await page.getByRole("button", { name: "Create", exact: true }).click();
        await heading(page, "Orders of the shop").waitFor();
        const saved = (await action("Orders of the shop")).fields;
        assert.deepEqual(JSON.parse(saved.condition), { all: [{ field: "core_subject", operator: "starts_with", value: "ORDER" }] });
        const mapping = JSON.parse(saved.mapping);
        assert.deepEqual(mapping.slice(0, 3).map(one => [one.field, one.from, one.value]), [["subject", "subject", undefined], ["caller", "sender", undefined], ["description", "pair", "Article"]]);
        assert.deepEqual([mapping[3].field, mapping[3].from], ["impact", "constant"]);
        assert.equal(saved.stop_processing, true);
    });
    await mailed(demo, { from: "anna@example.com", subject: "ORDER 17", text: "Article: a chair\r\nColour: red\r\n", id: "order-17@anna.example.com" });
    const made = await until("the incident of the order", () => incident("ORDER 17"));
    assert.equal(made.fields.description, "a chair");
});

test("a mail of the inbox is tried with a change that is not saved: the clause that fails, the difference, the log; nothing is done", async () => {
    await mailed(demo, { from: "anna@example.com", subject: "The copier is stuck", text: "Paper everywhere.\r\n", id: "copier@anna.example.com" });
    const before = await until("the incident of the mail", () => incident("The copier is stuck"));
    const count = (await demo.api("/records/incident")).items.length;
    const create = await action("Create incident");
    await inTab({}, async page => {
        await page.goto(at(demo, demo.admin, "/actions/" + create.id));
        await heading(page, "Create incident").waitFor();
        const panel = page.getByRole("region", { name: "Try on a mail" });
        await panel.getByRole("combobox", { name: "Mail that came" }).fill("copier");
        await page.getByRole("option", { name: /The copier is stuck/ }).click();
        await panel.getByText("The same as what really happened.").waitFor();
        await panel.getByText(/New record: Incident/).waitFor();
        await shot(page, "try-same");
        // A condition that does not hold, not saved: the panel says what was asked and what was found.
        await page.getByRole("button", { name: "Condition", exact: true }).click();
        await select(page, page.getByRole("combobox", { name: "Field" }).first(), "Subject without prefixes");
        await select(page, page.getByRole("combobox", { name: "Operator" }).first(), "contains");
        await page.getByRole("textbox", { name: "Value" }).first().fill("scanner");
        await panel.getByText(/Does not hold: Subject without prefixes contains scanner; found: The copier is stuck/).waitFor();
        await panel.getByText("Differs from what really happened").waitFor();
        await shot(page, "try-differs");
        await page.getByRole("button", { name: "Discard changes" }).click();
        await panel.getByText("The same as what really happened.").waitFor();
    });
    assert.equal((await demo.api("/records/incident")).items.length, count);
    assert.equal((await incident("The copier is stuck")).version, before.version);
    assert.equal((await action("Create incident")).version, create.version);
});

test("a dropped file is tried, and a reply is read as its sender would read it", async () => {
    const tell = await action("Tell the number");
    await demo.api("/records/email_template", "POST", { fields: { name: "Short", table: "task", language: "en", subject: "[${number}] ${subject}", body_text: "We have it." } });
    await inTab({}, async page => {
        await page.goto(at(demo, demo.admin, "/actions/" + tell.id));
        await heading(page, "Tell the number").waitFor();
        const panel = page.getByRole("region", { name: "Try on a mail" });
        const eml = "From: Анна <anna@example.com>\r\nTo: help@example.com\r\nSubject: =?utf-8?B?0J/RgNC40L3RgtC10YA=?=\r\nMessage-ID: <dropped@anna.example.com>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nНе печатает.\r\n";
        const data = await page.evaluateHandle(text => { const all = new DataTransfer(); all.items.add(new File([text], "printer.eml", { type: "message/rfc822" })); return all; }, eml);
        await panel.dispatchEvent("drop", { dataTransfer: data });
        await panel.getByText("printer.eml").waitFor();
        const preview = page.getByRole("region", { name: "As the sender would read it" });
        await preview.getByText(/Принтер/).first().waitFor();
        // Another template, chosen by a condition, goes before the one that ships; the verdict of each stands in the panel.
        const templates = page.getByRole("group", { name: "Templates of the reply" });
        await templates.getByRole("button", { name: "Template", exact: true }).click();
        await select(page, templates.getByRole("combobox", { name: "Template" }).last(), "Short");
        await templates.getByRole("button", { name: "Move up: Short" }).click();
        await preview.getByText("We have it.").waitFor();
        await panel.getByText("Template: Short").waitFor();
        await shot(page, "reply-templates");
        // Without any, subject and text of the action itself.
        await templates.getByRole("button", { name: "Remove: Short" }).click();
        await templates.getByRole("button", { name: "Remove: Number" }).click();
        await page.getByLabel("Subject of the reply").fill("[${number}] ${subject}");
        await page.getByLabel("Text of the reply").fill("Dear ${sender.name}, we have it.");
        await preview.getByText(/Dear .*, we have it\./).waitFor();
        await shot(page, "reply-preview");
        await page.getByLabel("Text of the reply").fill("Dear ");
        await page.getByLabel("Text of the reply").press("End");
        await page.getByRole("button", { name: "Insert a value" }).last().click();
        await page.getByRole("menuitem", { name: "Sender's name" }).click();
        assert.equal(await page.getByLabel("Text of the reply").inputValue(), "Dear ${sender.name}");
        await page.getByRole("button", { name: "Discard changes" }).click();
    });
    assert.equal((await demo.api("/records/incident")).items.some(one => one.fields.subject === "Принтер"), false);
});

test("an earlier version is taken back, and the next mail follows it", async () => {
    const shop = await action("Orders of the shop");
    await demo.api("/records/inbound_action/" + shop.id, "PATCH", { fields: { description: "Changed by mistake", stop_processing: false } });
    await inTab({ width: 360 }, async page => {
        await page.goto(at(demo, demo.admin, "/actions/" + shop.id));
        await heading(page, "Orders of the shop").waitFor();
        await page.getByRole("button", { name: /^Versions/ }).click();
        await page.getByRole("button", { name: "Back to version " + shop.version }).click();
        assert.equal(await page.getByLabel("Stop processing").isChecked(), true);
        assert.equal(await wide(page), 0);
        await page.getByRole("button", { name: "Save", exact: true }).click();
        await until("the version taken back", async () => (await action("Orders of the shop")).fields.stop_processing === true);
        assert.equal((await action("Orders of the shop")).fields.description ?? "", "");
    });
});

test("who may not change actions reads them, and is offered nothing to change", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "/actions"));
        await page.getByRole("link", { name: "Create incident" }).waitFor();
        assert.equal(await page.getByRole("link", { name: "New action" }).count(), 0);
        assert.equal(await page.getByRole("button", { name: /^Move/ }).count(), 0);
        assert.equal(await page.getByRole("switch").first().isDisabled(), true);
        await go(page, "/actions/" + (await action("Create incident")).id);
        await heading(page, "Create incident").waitFor();
        await page.getByText("Only administrators change these records.").waitFor();
        assert.equal(await page.getByRole("button", { name: "Save", exact: true }).count(), 0);
    });
});
