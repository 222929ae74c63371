/* Filters of lists: what the builder asks is what the API is asked, and what it has no form for is never lost. */

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { tabTo } from "./keys.js";
import { SCREENSHOTS, at, browser, inTab as inTabOf, select, shot, start } from "./program.js";

let chrome;
let demo;
const inTab = (options, act, expected) => inTabOf(chrome, options, act, expected);
const asked = page => new URL(page.url()).searchParams.get("filter");
const filtered = text => at(demo, demo.admin, "/incidents?filter=" + encodeURIComponent(text));

before(async () => {
    await mkdir(SCREENSHOTS, { recursive: true });
    demo = await start("demo");
    chrome = await browser();
    for (const subject of ["Printer in Berlin is out of paper", "Printer in Paris is out of paper"]) { await demo.api("/records/incident", "POST", { fields: { subject } }); }
});
after(async () => {
    await chrome?.close();
    await demo?.stop();
});

test("what the builder has no form for is shown as text and stays letter by letter while another clause is changed", async () => {
    // Written as a program may write it: with spaces, with keys in another order, with a number.
    const related = "{\"related\": {\"table\": \"incident\", \"field\": \"parent\"}, \"field\": \"sys_id\", \"operator\": \"less_than\", \"value\": 1}";
    const deep = "{\"field\":\"parent.assigned_user.name\",\"operator\":\"is_empty\"}";
    const far = "{\"not\":{\"all\":[{\"field\":\"updated_at\",\"operator\":\"farther_than\",\"value\":{\"after\":{\"unit\":\"year\",\"amount\":2,\"field\":\"created_at\"}}}]}}";
    const filter = word => `{"all":[${related},{"field":"subject","operator":"contains","value":"${word}"},${deep},${far}]}`;
    await inTab({}, async page => {
        await page.goto(filtered(filter("Paris")));
        await page.getByText("Rows: 1", { exact: true }).waitFor();
        await page.getByRole("button", { name: "Filter: 4" }).waitFor();
        const kept = page.getByRole("note", { name: "Condition that is kept as it is" });
        assert.deepEqual(await kept.locator("code").allTextContents(), [related, deep]);
        await page.getByRole("textbox", { name: "Value" }).first().fill("Berlin");
        await shot(page, "filter-kept");
        await page.getByRole("button", { name: "Apply" }).click();
        await page.getByRole("row").filter({ hasText: "Printer in Berlin" }).waitFor();
        await page.getByText("Rows: 1", { exact: true }).waitFor();
        assert.equal(asked(page), `{"all":[${related},{"field":"subject","operator":"contains","value":"Berlin"},${deep},${far}]}`);
        await page.reload();
        await page.getByRole("button", { name: "Remove this condition" }).first().click();
        await page.getByRole("button", { name: "Apply" }).click();
        await page.getByRole("button", { name: "Filter: 3" }).waitFor();
        assert.equal(asked(page), `{"all":[{"field":"subject","operator":"contains","value":"Berlin"},${deep},${far}]}`);
    });
});

test("words are asked of the record itself, by keyboard alone, on a narrow screen", async () => {
    await inTab({ width: 360 }, async page => {
        await page.goto(at(demo, demo.admin, "/incidents"));
        await page.getByText(/^Rows: \d/).waitFor();
        await tabTo(page, "Filter");
        await page.keyboard.press("Enter");
        await tabTo(page, "Condition");
        await page.keyboard.press("Enter");
        await tabTo(page, "Field", { back: true });
        await page.keyboard.press("Control+A");
        await page.keyboard.type("The record itself");
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        await tabTo(page, "Operator");
        await page.keyboard.press("Enter");
        const wanted = page.getByRole("option", { name: "has the words", exact: true });
        await wanted.waitFor();
        for (let presses = 0; presses < 30 && await wanted.getAttribute("data-combobox-selected") === null; presses += 1) { await page.keyboard.press("ArrowDown"); }
        await page.keyboard.press("Enter");
        await tabTo(page, "Value");
        await page.keyboard.type("paper berlin");
        await shot(page, "filter-words");
        await page.keyboard.press("Enter");
        await page.getByText("Rows: 1", { exact: true }).waitFor();
        assert.deepEqual(JSON.parse(asked(page)), { all: [{ field: "sys_id", operator: "has_words", value: "paper berlin" }] });
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
    });
});

test("moments are asked whether they lie in the same unit, and how far they are apart", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.admin, "/incidents"));
        await page.getByText(/^Rows: \d/).waitFor();
        await page.getByRole("button", { name: "Filter", exact: true }).click();
        const last = name => page.getByRole("combobox", { name, exact: true }).last();
        const add = async (field, operator) => {
            await page.getByRole("button", { name: "Condition", exact: true }).click();
            await select(page, last("Field"), field);
            await select(page, last("Operator"), operator);
        };
        await add("Created", "same as field");
        await select(page, last("Value"), "Updated");
        await select(page, last("Same in which unit"), "in the same year");
        await add("Updated", "nearer than");
        await page.getByRole("textbox", { name: "How many" }).fill("3");
        await select(page, last("Unit"), "weeks");
        await select(page, last("Other field"), "Created");
        await select(page, last("Before or after"), "before");
        await select(page, last("Before or after"), "after");
        await shot(page, "filter-apart");
        await page.getByRole("button", { name: "Apply" }).click();
        await page.getByText(/^Rows: \d/).waitFor();
        assert.deepEqual(JSON.parse(asked(page)), { all: [
            { field: "created_at", unit: "year", operator: "same_as", value: { field: "updated_at" } },
            { field: "updated_at", operator: "nearer_than", value: { after: { amount: 3, unit: "week", field: "created_at" } } },
        ] });
        await page.reload();
        await page.getByRole("button", { name: "Filter: 2" }).waitFor();
        assert.equal(await page.getByRole("note", { name: "Condition that is kept as it is" }).count(), 0);
    });
});
