/* The scenario's part of an agent, in the browser alone and with the keyboard alone; each step's result is checked
   through the API. The caller's part is mailed as a mail program would. */

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { focused, pressTo, tabTo } from "./keys.js";
import { SCREENSHOTS, browser, inTab, mailed, shot, start, until } from "./program.js";

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

test("an agent signs in, finds the incident of a mail, reads it, asks, and sees the answer arrive, without a mouse", async () => {
    await mailed(demo, { from: "anna@example.com", subject: "Printer on floor 3 is dead", text: "It smells of smoke.\r\n\r\nAnna", id: "one@anna.example.com" });
    const incident = await until("the incident", async () => (await demo.api("/records/incident")).items[0]);
    const one = () => demo.api("/records/incident/" + incident.id);
    await inTab(chrome, {}, async page => {
        await page.goto(demo.url + "/");
        await page.getByRole("heading", { name: "Sign in" }).waitFor();
        assert.match(await focused(page), /^Email/);
        await page.keyboard.type("boris@example.com");
        await tabTo(page, /^Password/, { most: 2 });
        await page.keyboard.type("demo");
        await page.keyboard.press("Enter");

        // The list: j goes to the first row, Enter opens it.
        await page.getByRole("link", { name: incident.fields.number }).waitFor();
        await page.keyboard.press("j");
        assert.equal(await focused(page), incident.fields.number);
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { level: 1, name: incident.fields.number + " Printer on floor 3 is dead" }).waitFor();
        await until("the heading in focus", async () => (await focused(page)).startsWith(incident.fields.number));

        // Taking it is the first step that is offered.
        await tabTo(page, "Take it", { most: 6 });
        await page.keyboard.press("Enter");
        await until("the incident taken", async () => (await one()).fields.state === "assigned");

        // The caller's mail is read in its place in the feed.
        await tabTo(page, "Printer on floor 3 is dead");
        await page.keyboard.press("Enter");
        await page.locator("article.mail").getByText("It smells of smoke.").waitFor();

        // Asking: the button leads into the comment, with the state already set.
        await tabTo(page, "Ask for information", { back: true });
        await page.keyboard.press("Enter");
        await until("the comment in focus", async () => /Public comment/.test(await focused(page)));
        await page.keyboard.type("Which printer is it?");
        await page.keyboard.press("Control+Enter");
        await page.locator("article.comment").filter({ hasText: "Which printer is it?" }).waitFor();
        assert.equal((await one()).fields.state, "information_needed");

        const box = "/demo/mailboxes/anna%40example.com";
        const asked = await until("the question in Anna's mailbox", async () => (await demo.api(box)).items.find(mail => mail.text.includes("Which printer is it?")));
        await mailed(demo, { from: "anna@example.com", subject: "Re: " + asked.subject, text: "The one by the window.", id: "two@anna.example.com", answers: asked.message_id });

        // The answer arrives without a key being pressed.
        await page.locator("article.comment").filter({ hasText: "The one by the window." }).waitFor();
        assert.equal((await one()).fields.state, "in_progress");
        await page.getByText("In progress").first().waitFor();

        // And the state is set with the keys of a list.
        await tabTo(page, "State", { back: true });
        await page.keyboard.press("Enter");
        await page.getByRole("option", { name: "Completed" }).waitFor();
        await page.keyboard.type("");
        for (let presses = 0; presses < 12; presses += 1) {
            const active = await page.evaluate(() => document.getElementById(document.activeElement.getAttribute("aria-activedescendant") ?? "")?.textContent ?? "");
            if (active === "Completed") { break; }
            await page.keyboard.press("ArrowDown");
        }
        await page.keyboard.press("Enter");
        await page.keyboard.press("Control+Enter");
        await until("the incident completed", async () => (await one()).fields.state === "completed");
        await shot(page, "keyboard-done");

        // The palette leads on, the menu of the user out.
        const palette = async () => {
            await page.keyboard.press("Control+k");
            await until("the palette in focus", async () => /^Commands/.test(await focused(page)));
        };
        await palette();
        await page.keyboard.type("outbox");
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { level: 1, name: "Outbox" }).waitFor();
        await palette();
        await page.keyboard.type("sign out");
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { name: "Sign in" }).waitFor();
    });
});

test("the way to the content is short, menus close with Escape, and the focus comes back", async () => {
    await inTab(chrome, {}, async page => {
        await page.goto(demo.url + "/incidents#" + new URLSearchParams({ token: demo.agent }));
        await page.getByRole("heading", { level: 1, name: "Incidents" }).waitFor();
        await tabTo(page, "Skip to the content", { most: 1 });
        await page.keyboard.press("Enter");
        assert.equal(await focused(page), "Incidents");
        await tabTo(page, "Columns");
        await page.keyboard.press("Enter");
        await page.getByRole("menu").waitFor();
        await pressTo(page, "ArrowDown", "Impact");
        await page.keyboard.press("Escape");
        await page.getByRole("menu").waitFor({ state: "detached" });
        assert.equal(await focused(page), "Columns");
    });
});
