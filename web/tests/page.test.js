/* The application's jobs, done in a browser with the real program; results are checked through the API. */

import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { tabTo } from "./keys.js";
import { PHOTO, SCREENSHOTS, at, browser, closedPort, go, inTab as inTabOf, mailed, select, shot, start, until } from "./program.js";

const DESCRIBED = JSON.parse(await readFile(new URL("../../docs/openapi.json", import.meta.url), "utf8")).paths;
let chrome;
let demo;
const inTab = (options, act, expected) => inTabOf(chrome, options, act, expected);
const heading = (page, name) => page.getByRole("heading", { name, level: 1 });

before(async () => {
    await mkdir(SCREENSHOTS, { recursive: true });
    demo = await start("demo");
    chrome = await browser();
});
after(async () => {
    await chrome?.close();
    await demo?.stop();
});

test("a token opens the application, a wrong one is told in words, and none stays in the address or the browser", async () => {
    await inTab({}, async page => {
        await page.goto(demo.url + "/");
        await page.getByRole("button", { name: "Sign in with an API token" }).click();
        await page.getByLabel("API token").fill("wrong");
        await page.getByRole("button", { name: "Sign in", exact: true }).click();
        await page.getByRole("alert").filter({ hasText: "admin.token" }).waitFor();
        await shot(page, "sign-in-wrong");
        await page.getByLabel("API token").fill(demo.agent);
        await page.keyboard.press("Enter");
        await heading(page, "Incidents").waitFor();
        await page.goto("about:blank");
        await page.goto(at(demo, demo.agent, "/inbox"));
        await heading(page, "Inbox").waitFor();
        assert.ok(!page.url().includes(demo.agent));
        assert.ok(!(await page.evaluate(() => JSON.stringify(localStorage))).includes(demo.agent));
        assert.equal(await page.title(), "Inbox · Rejoinder");
    }, [/401/]);
});

test("a password opens a session, a wrong one is told, and signing out ends it", async () => {
    await inTab({}, async page => {
        await page.goto(demo.url + "/inbox");
        await page.getByLabel("Email").fill("boris@example.com");
        await page.locator("input[type=password]").fill("not it");
        await page.keyboard.press("Enter");
        await page.getByRole("alert").filter({ hasText: "wrong" }).waitFor();
        await page.locator("input[type=password]").fill("demo");
        await page.keyboard.press("Enter");
        await heading(page, "Inbox").waitFor();
        const cookies = await page.context().cookies();
        assert.ok(cookies.length > 0 && cookies.every(one => one.httpOnly && one.sameSite === "Strict"));
        await page.reload();
        await heading(page, "Inbox").waitFor();
        await page.getByRole("button", { name: "Account of Boris Petrov" }).click();
        await page.getByRole("menuitem", { name: "My profile" }).click();
        await page.getByRole("button", { name: "Set password" }).click();
        const dialog = page.getByRole("dialog");
        await dialog.locator("input[type=password]").first().fill("demo");
        await dialog.locator("input[type=password]").last().fill("a longer password than before");
        await dialog.getByRole("button", { name: "Save" }).click();
        await page.getByText("The password is set.").waitFor();
        await page.getByRole("button", { name: "Account of Boris Petrov" }).click();
        await page.getByRole("menuitem", { name: "Sign out" }).click();
        await page.getByRole("heading", { name: "Sign in" }).waitFor();
    }, [/401/]);
});

test("Anna writes with a photo, the agent asks, Anna answers, and all of it is in the feed", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "/write"));
        await heading(page, "Write a mail").waitFor();
        await page.locator("main").getByLabel("Subject").fill("Printer on floor 3 is dead");
        await page.getByLabel("Text", { exact: true }).fill("It smells of smoke. <b>Help!</b>\n\nAnna");
        await page.locator("input[type=file]").setInputFiles({ name: "printer.png", mimeType: "image/png", buffer: PHOTO });
        await page.getByRole("button", { name: "Send" }).click();
        await page.getByText("Taken. What became of it:").waitFor();
        const [incident] = (await demo.api("/records/incident")).items;
        assert.equal(incident.fields.subject, "Printer on floor 3 is dead");
        const [photo] = (await demo.api(`/records/incident/${incident.id}/attachments`)).items;
        assert.deepEqual([photo.file_name, photo.size], ["printer.png", PHOTO.length]);

        await page.getByRole("link", { name: "Incidents" }).click();
        await page.getByRole("link", { name: incident.fields.number }).click();
        await heading(page, incident.fields.number + " Printer on floor 3 is dead").waitFor();
        assert.equal(await page.locator("main b").count(), 0, "what stands in a mail is text");
        const saved = page.waitForEvent("download");
        await page.getByRole("button", { name: "printer.png", exact: true }).click();
        assert.equal((await saved).suggestedFilename(), "printer.png");
        await page.getByRole("button", { name: "Take it" }).click();
        const one = () => demo.api("/records/incident/" + incident.id);
        await until("the incident taken", async () => (await one()).fields.state === "assigned");
        await page.getByRole("button", { name: "Ask for information" }).click();
        await page.getByLabel("Public comment", { exact: true }).last().fill("Which printer is it?");
        // What is written here stays although the page learns of what others do.
        await demo.api("/records/incident/" + incident.id, "PATCH", { fields: { work_notes: "Seen by the administrator." } });
        await page.locator("article.work_note").filter({ hasText: "Seen by the administrator." }).waitFor();
        assert.equal(await page.locator("form textarea").last().inputValue(), "Which printer is it?");
        await page.getByRole("button", { name: "Send", exact: true }).click();
        await page.locator("article.comment").filter({ hasText: "Which printer is it?" }).waitFor();
        assert.equal((await one()).fields.state, "information_needed");

        const inbox = "/demo/mailboxes/anna%40example.com";
        await until("the question in Anna's mailbox", async () => (await demo.api(inbox)).items.some(mail => mail.text.includes("Which printer is it?")));
        await page.getByRole("link", { name: "People's mail" }).click();
        await page.getByRole("link", { name: "anna@example.com" }).click();
        const asked = page.locator("article").filter({ hasText: "Which printer is it?" }).first();
        await asked.getByRole("button", { name: "Answer as an absence assistant" }).click();
        await asked.getByText("Taken. What became of it:").waitFor();
        await asked.getByRole("button", { name: "Answer", exact: true }).click();
        const text = asked.getByLabel("Text", { exact: true });
        await text.fill("The one by the window." + await text.inputValue());
        await asked.getByRole("button", { name: "Send" }).click();
        await until("work going on", async () => (await one()).fields.state === "in_progress");

        await go(page, "/incidents/" + incident.id);
        const answer = page.locator("article.comment").filter({ hasText: "The one by the window." });
        await answer.getByText("no proof of the sender").waitFor();
        await page.locator("article.automatic_answer").waitFor();
        await page.setViewportSize({ width: 1280, height: 1000 });
        await page.reload();
        await answer.waitFor();
        await page.screenshot({ path: join(SCREENSHOTS, "page-incident.png") });
        const mail = page.locator("article.mail").filter({ has: page.getByRole("button", { name: /^\[INC0000001\] Information needed/ }) });
        await mail.getByRole("button", { name: /^\[INC0000001\] Information needed/ }).click();
        await mail.getByText("we need to know more from you").waitFor();
        await page.getByRole("button", { name: "Why? What was considered and decided" }).click();
        await page.locator("ol.story li.fact").first().waitFor();
        assert.equal((await demo.api("/records/incident")).items.length, 1);
        await shot(page, "incident-told");
    });
});

test("inbox and outbox show states, reasons and what each server answered, and give the source", async () => {
    const sent = await until("a mail sent", async () => (await demo.api("/deliveries?state=sent")).items[0]);
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "/inbox"));
        await page.getByRole("row").filter({ hasText: "Printer on floor 3" }).filter({ hasText: "processed" }).first().waitFor();
        await page.getByLabel("Subject, address or text").fill("nothing like this");
        await page.getByText("Nothing matches the filter.").waitFor();
        await page.getByRole("link", { name: "Outbox" }).click();
        await heading(page, "Outbox").waitFor();
        await go(page, "/mail/" + sent.email);
        await page.getByRole("row").filter({ hasText: sent.address }).filter({ hasText: sent.reply.slice(0, 12) }).waitFor();
        await page.locator("ol.story li.fact.good").first().waitFor();
        const saved = page.waitForEvent("download");
        await page.getByRole("button", { name: "Source" }).click();
        assert.match((await saved).suggestedFilename(), /\.eml$/);
        await shot(page, "mail-out");
    });
});

test("the HTML of a mail is shown in a frame without rights, without what acts or loads", async () => {
    const html = "<p>It is <b>broken</b></p><script>document.title='taken'</script><img src='http://127.0.0.1:9/spy.png' onerror='alert(1)'><p style='color:red' onclick='x()'>Really</p><a href='javascript:alert(1)'>here</a>";
    await mailed(demo, { from: "vera@example.com", subject: "In colours", text: html, id: "html@vera.example.com", type: "text/html" });
    const mail = await until("the mail", async () => (await demo.api("/emails?direction=incoming&text=colours")).items[0]);
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "/mail/" + mail.id));
        await page.getByText("HTML", { exact: true }).click();
        const frame = page.frameLocator("iframe[sandbox='']");
        await frame.locator("b").filter({ hasText: "broken" }).waitFor();
        for (const gone of ["script", "img", "[style]", "[onclick]", "[href]"]) { assert.equal(await frame.locator(gone).count(), 0, gone); }
        assert.equal(await frame.locator("a").textContent(), "here");
        assert.equal(await page.title(), "In colours · Rejoinder");
    });
});

test("a mailbox is made, and its test against a closed port shows the failed step, with advice", async () => {
    const port = await closedPort();
    await inTab({}, async page => {
        await page.goto(at(demo, demo.admin, "/mailboxes"));
        await page.getByRole("link", { name: "New mailbox" }).click();
        await page.getByLabel("Name", { exact: false }).first().fill("Printers");
        await page.locator("input[name=server]").fill("127.0.0.1");
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
        await page.setViewportSize({ width: 1280, height: 2600 });
        await page.locator(".report").screenshot({ path: join(SCREENSHOTS, "page-mailbox-test.png") });
        await page.getByRole("button", { name: "Save" }).click();
        await heading(page, "Printers").waitFor();
        const made = (await demo.api("/records/mailbox")).items.find(one => one.fields.name === "Printers");
        assert.deepEqual([made.fields.port, made.fields.active, made.secrets], [port, false, ["password"]]);
        assert.equal(await page.locator("input[name=password]").inputValue(), "");
        await page.getByRole("button", { name: "Test connection" }).click();
        await page.getByText("The connection does not work").waitFor();
        await page.locator("input[name=user_name]").fill("printers@example.com");
        await page.getByRole("button", { name: "Save" }).click();
        const changed = await until("the change saved", async () => { const one = await demo.api("/records/mailbox/" + made.id); return one.fields.user_name === "printers@example.com" && one; });
        assert.deepEqual(changed.secrets, ["password"], "the password stays where none is typed");
    });
});

test("an agent is not offered to make mailboxes, and is told so who tries", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "/mailboxes"));
        await heading(page, "Mailboxes").waitFor();
        assert.equal(await page.getByRole("link", { name: "New mailbox" }).count(), 0);
        await go(page, "/mailboxes/new-email_account");
        await page.locator("input[name=name]").fill("Mine");
        await page.locator("input[name=active]").uncheck();
        await page.getByRole("button", { name: "Save" }).click();
        await page.getByRole("alert").filter({ hasText: "no access rule lets you create" }).waitFor();
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
        await page.goto(at(demo, demo.agent, "/attention"));
        const [one] = await until("an open notice", async () => { const all = await open(); return all.length ? all : null; });
        const notice = page.locator("article").filter({ hasText: one.reason.text.slice(0, 30) }).first();
        await notice.waitFor();
        await shot(page, "attention");
        await notice.getByRole("button", { name: "Done" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
        await until("the notice cleared", async () => (await open()).length === 0);
        await notice.waitFor({ state: "detached" });
    });
});

test("a fresh program shows what to do next, and no parts of the demo", async () => {
    const fresh = await start("serve");
    try {
        await inTab({}, async page => {
            await page.goto(at(fresh, fresh.admin, "/"));
            await page.getByText("No incidents yet.").waitFor();
            assert.equal(await page.getByRole("link", { name: "Write a mail" }).count(), 0);
            for (const [place, text] of [["/inbox", "No mail came in yet."], ["/outbox", "Nothing was sent yet."], ["/attention", "Nothing needs you."]]) {
                await go(page, place);
                await page.getByText(text).waitFor();
            }
            await go(page, "/mailboxes");
            await page.getByRole("link", { name: "Mailbox (fill in and activate)" }).click();
            await page.getByRole("button", { name: "Test connection" }).waitFor();
            await shot(page, "serve-mailbox");
        });
    } finally {
        await fresh.stop();
    }
});

test("a list is filtered by a condition that one builds, which stands in the address, and by quick filters", async () => {
    const user = (await demo.api("/records/user")).items.find(one => one.fields.email === "vera@example.com");
    await demo.api("/records/incident", "POST", { fields: { subject: "Projector hums", caller: user.id, impact: "high" } });
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "/incidents"));
        await page.getByRole("link", { name: "INC0000001" }).waitFor();
        await page.getByRole("button", { name: "Filter", exact: true }).click();
        await page.getByRole("button", { name: "Condition" }).click();
        await select(page, page.getByRole("combobox", { name: "Field" }), "Caller → Name");
        await select(page, page.getByRole("combobox", { name: "Operator" }), "starts with");
        await page.getByRole("textbox", { name: "Value" }).fill("Вера");
        await page.getByRole("button", { name: "Group" }).click();
        await select(page, page.getByRole("combobox", { name: "Field" }).last(), "Impact");
        await select(page, page.getByRole("combobox", { name: "Value" }).last(), "High");
        await page.getByRole("button", { name: "Apply" }).click();
        await page.getByRole("link", { name: "INC0000001" }).waitFor({ state: "detached" });
        assert.equal(await page.locator("[data-row]").count(), 1);
        const filter = JSON.parse(new URL(page.url()).searchParams.get("filter"));
        assert.deepEqual(filter, { all: [{ field: "caller.name", operator: "starts_with", value: "Вера" }, { any: [{ field: "impact", operator: "is", value: "high" }] }] });
        await page.reload();
        await page.getByText("Rows: 1").waitFor();
        await shot(page, "filter-built");
        await page.getByRole("button", { name: "Mine" }).click();
        await page.getByRole("link", { name: "INC0000001" }).waitFor();
        assert.equal(await page.locator("[data-row]").count(), 1, "Boris has one");
    });
});

test("columns are chosen and kept, rows are selected and changed together", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "/incidents"));
        await page.getByRole("columnheader", { name: "Impact" }).waitFor();
        await page.getByRole("button", { name: "Columns" }).click();
        await page.getByRole("menuitemcheckbox", { name: "Impact" }).click();
        await page.getByRole("columnheader", { name: "Impact" }).waitFor({ state: "detached" });
        await page.reload();
        await page.getByRole("columnheader", { name: "Subject" }).waitFor();
        assert.equal(await page.getByRole("columnheader", { name: "Impact" }).count(), 0);
        await page.getByLabel("Select all rows of this page").check();
        await page.getByRole("button", { name: "Set a field" }).click();
        const dialog = page.getByRole("dialog");
        await select(page, dialog.getByRole("combobox", { name: "Field" }), "Impact");
        await select(page, dialog.getByRole("combobox", { name: "Impact" }), "Low");
        await dialog.getByRole("button", { name: "Save" }).click();
        await dialog.waitFor({ state: "detached" });
        assert.ok((await demo.api("/records/incident")).items.every(one => one.fields.impact === "low"));
    });
});

test("two who change one record see each other's values and lose nothing", async () => {
    const record = await demo.api("/records/incident", "POST", { fields: { subject: "Two at once" } });
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "/incidents/" + record.id));
        const subject = page.locator("input[name=subject]");
        await subject.fill("Mine");
        await demo.api("/records/incident/" + record.id, "PATCH", { fields: { subject: "Theirs", impact: "high" } });
        const told = page.getByRole("alert").filter({ hasText: "Somebody changed it meanwhile" });
        await told.filter({ hasText: "Theirs" }).filter({ hasText: "Mine" }).waitFor();
        await shot(page, "conflict");
        await told.getByRole("button", { name: "Keep mine" }).click();
        await page.getByRole("button", { name: "Save" }).click();
        await until("mine saved", async () => (await demo.api("/records/incident/" + record.id)).fields.subject === "Mine");
        assert.equal((await demo.api("/records/incident/" + record.id)).fields.impact, "high", "what I did not touch stays theirs");
        // The page has the answer, too: what is typed from now on is a change of its own.
        await page.getByRole("button", { name: "Discard changes" }).waitFor({ state: "detached" });
        await subject.fill("Not saved");
        await page.getByRole("link", { name: "Inbox" }).click();
        const asked = page.getByRole("dialog").filter({ hasText: "Not saved yet" });
        await asked.getByRole("button", { name: "Stay" }).click();
        await asked.waitFor({ state: "detached" });
        assert.equal(await subject.inputValue(), "Not saved");
        await page.getByRole("button", { name: "Discard changes" }).click();
        await subject.fill("");
        await page.getByRole("button", { name: "Save" }).click();
        await page.locator(".mantine-InputWrapper-error").filter({ hasText: "it needs a value" }).waitFor();
    }, [/422/]);
});

test("the search jumps to a number, and the palette to pages and records", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "/inbox"));
        await heading(page, "Inbox").waitFor();
        await page.keyboard.press("/");
        await page.keyboard.type("inc0000001");
        await page.keyboard.press("Enter");
        await heading(page, /^INC0000001/).waitFor();
        await page.keyboard.press("Control+k");
        await page.getByPlaceholder("A page, a command, a number or a subject").fill("Projector");
        await page.getByRole("button", { name: /Projector hums/ }).or(page.getByText(/INC\d+ Projector hums/)).first().waitFor();
        await page.keyboard.press("Enter");
        await heading(page, /Projector hums/).waitFor();
    });
});

test("addresses of the application find their page, others are told so, and the API is no page", async () => {
    for (const [path, status, kind] of [["/incidents", 200, "text/html"], ["/api/v1/nothing", 404, "application/json"], ["/assets/gone.js", 404, "application/json"], ["/logo.png", 404, "application/json"]]) {
        const answer = await fetch(demo.url + path);
        assert.deepEqual([answer.status, answer.headers.get("content-type").split(";")[0]], [status, kind], path);
    }
    const policies = await Promise.all([1, 2].map(async () => (await fetch(demo.url + "/")).headers.get("content-security-policy")));
    assert.notEqual(policies[0], policies[1]);
    assert.match(policies[0], /script-src 'self'; style-src 'self' 'nonce-[0-9a-f]+';/);
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "/no/such/page"));
        await heading(page, "There is no such page").waitFor();
    });
});

test("records of any table are made by their dictionary", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.admin, "/list/group"));
        await page.getByRole("link", { name: "New record" }).click();
        await page.locator("input[name=name]").fill("Network");
        await page.locator("input[name=email]").fill("network@example.com");
        await page.getByRole("button", { name: "Create" }).click();
        await heading(page, "Network").waitFor();
        const made = (await demo.api("/records/group")).items.find(one => one.fields.name === "Network");
        assert.equal(made.fields.email, "network@example.com");
        await page.getByRole("button", { name: "Delete" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
        await heading(page, "Group").waitFor();
        assert.ok(!(await demo.api("/records/group")).items.some(one => one.id === made.id));
    });
});

// The API learns to make tables by and by; the pages offer it where it is described.
if (DESCRIBED["/api/v1/tables"].post) {
    test("an administrator makes a table with a field, and the first record of it, without a restart", async () => {
        await inTab({}, async page => {
            await page.goto(at(demo, demo.admin, "/tables"));
            await page.getByRole("button", { name: "New table" }).click();
            const dialog = page.getByRole("dialog");
            await dialog.getByLabel("Label in English").fill("Access request");
            await dialog.getByLabel("Letters before its numbers").fill("acc");
            await dialog.getByRole("button", { name: "Create" }).click();
            await heading(page, "Access request").waitFor();
            await page.getByRole("button", { name: "New field" }).click();
            await dialog.getByLabel("Label in English").fill("System");
            await select(page, dialog.getByRole("combobox", { name: "Kind" }), "choice");
            await dialog.getByRole("textbox", { name: "Choices" }).fill("crm = CRM\nERP");
            await dialog.getByRole("button", { name: "Create" }).click();
            await page.getByText("choice: CRM, ERP").waitFor();
            await page.getByRole("link", { name: "Show records" }).click();
            await page.getByRole("link", { name: "New record" }).click();
            await page.locator("input[name=subject]").fill("I need the CRM");
            await page.getByRole("button", { name: "Create" }).click();
            await heading(page, /^ACC0000001/).waitFor();
            const made = (await demo.api("/records/access_request")).items[0];
            assert.equal(made.fields.subject, "I need the CRM");

            // It has a feed with its history, like any task.
            await page.getByLabel("Public comment", { exact: true }).last().fill("Which role do you need?");
            await page.getByRole("button", { name: "Send", exact: true }).click();
            await page.locator("article.comment").filter({ hasText: "Which role do you need?" }).waitFor();
            await select(page, page.getByRole("combobox", { name: "System" }), "CRM");
            await page.getByRole("button", { name: "Save" }).click();
            await page.locator("article.change").filter({ hasText: "System" }).filter({ hasText: "CRM" }).waitFor();
            await page.locator("article.change").filter({ hasText: "The record was made." }).waitFor();
            await shot(page, "access-request");

            // A field is changed and taken out; what the API says against it stands in the dialog.
            await go(page, "/tables/access_request");
            await page.getByRole("button", { name: "Change: System" }).click();
            await dialog.getByRole("textbox", { name: "Choices" }).fill("ERP");
            await dialog.getByRole("button", { name: "Save" }).click();
            await dialog.getByRole("alert").filter({ hasText: "system" }).waitFor();
            await shot(page, "field-refused");
            await dialog.getByRole("textbox", { name: "Choices" }).fill("crm = The CRM\nerp = ERP\nmail = Mail");
            await dialog.getByRole("button", { name: "Save" }).click();
            await page.getByText("choice: The CRM, ERP, Mail").waitFor();
            await page.getByRole("button", { name: "Change: System" }).click();
            await dialog.getByRole("button", { name: "Remove the field" }).click();
            await dialog.getByRole("button", { name: "Remove it with its values" }).click();
            await page.getByText("choice: The CRM, ERP, Mail").waitFor({ state: "detached" });
            assert.ok(!(await demo.api("/tables/access_request")).fields.some(field => field.name === "system"));
            // What ships stays.
            await go(page, "/tables/incident");
            await page.getByRole("button", { name: "Change: Impact" }).click();
            await dialog.getByRole("button", { name: "Remove the field" }).click();
            await dialog.getByRole("button", { name: "Remove it with its values" }).click();
            await dialog.getByRole("alert").filter({ hasText: "ships with the program" }).waitFor();
        }, [/409/, /422/]);
    });
}

test("every input has a name, and Tab leads from the list into a record", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "/incidents"));
        await page.getByRole("link", { name: "INC0000001" }).waitFor();
        await tabTo(page, "INC0000001");
        await page.keyboard.press("Enter");
        await page.getByRole("button", { name: "Save" }).waitFor();
        const nameless = await page.evaluate(() => [...document.querySelectorAll("input, select, textarea")]
            .filter(one => one.type !== "hidden" && one.labels.length === 0 && !one.getAttribute("aria-label") && !one.getAttribute("aria-labelledby")).map(one => one.outerHTML));
        assert.deepEqual(nameless, []);
    });
});

test("a list is sorted by its columns, says how many it holds, and takes an encoded query", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "/incidents"));
        const numbers = () => page.locator("[data-row] a[data-open]").allTextContents();
        await page.getByRole("button", { name: "Number" }).click();
        await page.locator("th[aria-sort=ascending]").waitFor();
        await until("the first number first", async () => (await numbers())[0] === "INC0000001");
        const total = (await demo.api("/records/incident?count=true")).count.value;
        await page.getByText(`Rows: ${total}`).waitFor();
        await page.getByRole("button", { name: "Number" }).click();
        await until("the first number last", async () => (await numbers()).at(-1) === "INC0000001");
        assert.equal(new URL(page.url()).searchParams.get("order"), "-number");
        await page.getByRole("button", { name: "Filter", exact: true }).click();
        await page.getByLabel("Encoded query").fill("subjectLIKEprojector");
        await page.getByRole("button", { name: "Use it" }).click();
        await page.getByText("Rows: 1").waitFor();
        await shot(page, "encoded-query");
        await page.getByRole("button", { name: "Remove the encoded query" }).click();
        await page.getByText(`Rows: ${total}`).waitFor();
        assert.equal(new URL(page.url()).searchParams.get("query"), null);
    });
});

test("the builder asks for periods, times from now, parts, other fields and oneself, as the API takes them", async () => {
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "/incidents"));
        await page.getByRole("link", { name: "INC0000001" }).waitFor();
        await page.getByRole("button", { name: "Filter", exact: true }).click();
        const last = name => page.getByRole("combobox", { name }).last();
        const add = async (field, operator) => {
            await page.getByRole("button", { name: "Condition", exact: true }).click();
            await select(page, last("Field"), field);
            if (operator) { await select(page, last("Operator"), operator); }
        };
        await add("Created", "on");
        await select(page, last("Value"), "today");
        await add("Created", "after");
        await select(page, last("Compared with"), "time ago");
        await page.getByRole("textbox", { name: "Value" }).last().fill("3");
        await add("Updated", null);
        await select(page, last("Part of the moment"), "hour");
        await select(page, last("Operator"), "at least");
        await page.getByRole("textbox", { name: "Value" }).last().fill("0");
        await add("Assigned to", "is not");
        await select(page, last("Compared with"), "me");
        await add("Caller", "other than field");
        await select(page, last("Value"), "Assigned to");
        await add("The record itself", "is a record of");
        await select(page, last("Value"), "Incident");
        await shot(page, "builder-all");
        await page.getByRole("button", { name: "Apply" }).click();
        await page.getByText(/^Rows: \d/).waitFor();
        assert.deepEqual(JSON.parse(new URL(page.url()).searchParams.get("filter")), { all: [
            { field: "created_at", operator: "on", value: { period: "today" } },
            { field: "created_at", operator: "greater_than", value: { ago: { amount: 3, unit: "day" } } },
            { field: "updated_at", part: "hour", operator: "greater_or_equal", value: "0" },
            { field: "assigned_user", operator: "is_not", value: { dynamic: "me" } },
            { field: "caller", operator: "not_same_as", value: { field: "assigned_user" } },
            { field: "sys_id", operator: "instance_of", value: "incident" },
        ] });
        await page.reload();
        await page.getByRole("button", { name: "Filter: 6" }).waitFor();
        await page.getByText(/^Rows: \d/).waitFor();
    });
});

test("somebody who asks for help has their incidents, writes a new one, comments, and puts a file on it; nothing is refused", async () => {
    const other = await demo.api("/records/incident", "POST", { fields: { subject: "Not Anna's" } });
    await inTab({}, async page => {
        await page.goto(demo.url + "/");
        await page.getByLabel("Email").fill("anna@example.com");
        await page.locator("input[type=password]").fill("demo");
        await page.keyboard.press("Enter");
        await heading(page, "My incidents").waitFor();
        await page.getByRole("link", { name: "INC0000001" }).waitFor();
        assert.equal(await page.getByText("Not Anna's").count(), 0);
        assert.deepEqual(await page.getByRole("navigation").getByRole("link").allTextContents(), ["Incidents"]);
        await shot(page, "caller-list");
        await page.getByRole("link", { name: "New incident" }).click();
        await page.locator("input[name=subject]").fill("My screen flickers");
        await page.locator("textarea[name=description]").fill("Since this morning.");
        assert.equal(await page.locator("main [name=state], main [name=assigned_user], main [name=caller]").count(), 0, "only what she may write");
        await shot(page, "caller-new");
        await page.getByRole("button", { name: "Send" }).click();
        await heading(page, /My screen flickers$/).waitFor();
        const made = (await demo.api("/records/incident")).items.find(one => one.fields.subject === "My screen flickers");
        assert.equal(made.display.caller, "Anna Ivanova");
        const boris = (await demo.api("/records/user")).items.find(one => one.fields.email === "boris@example.com");
        await demo.api("/records/incident/" + made.id, "PATCH", { fields: { assigned_user: boris.id, state: "assigned", work_notes: "For agents." } });
        await page.getByLabel("Comment", { exact: true }).fill("It is the left one.");
        await page.getByRole("button", { name: "Send" }).click();
        await page.locator("article.comment").filter({ hasText: "It is the left one." }).waitFor();
        await page.locator("input[type=file]").setInputFiles({ name: "screen.png", mimeType: "image/png", buffer: PHOTO });
        await page.getByRole("button", { name: "screen.png", exact: true }).waitFor();
        await page.locator("article.change").filter({ hasText: "Boris Petrov" }).waitFor();
        assert.equal(await page.getByText("For agents.").count(), 0);
        await shot(page, "caller-incident");
        await page.getByRole("button", { name: "Take off screen.png" }).click();
        await page.getByRole("button", { name: "Delete" }).click();
        await page.getByRole("button", { name: "screen.png", exact: true }).waitFor({ state: "detached" });
        assert.deepEqual((await demo.api(`/records/incident/${made.id}/attachments`)).items, []);
        await page.getByRole("navigation").getByRole("link", { name: "Incidents" }).click();
        await heading(page, "My incidents").waitFor();
        await page.keyboard.press("/");
        await page.keyboard.type("flickers");
        await page.keyboard.press("Enter");
        await heading(page, /My screen flickers$/).waitFor();
        await page.getByRole("button", { name: "Account of Anna Ivanova" }).click();
        await page.getByRole("menuitem", { name: "My profile" }).click();
        await heading(page, "Anna Ivanova").waitFor();
        await page.getByRole("button", { name: "New token" }).waitFor();
        await shot(page, "caller-profile");
        await go(page, "/inbox");
        await heading(page, "This page is for agents").waitFor();
    });
    await demo.api("/records/incident/" + other.id, "DELETE");
});

test("files are dropped on a record", async () => {
    const record = await demo.api("/records/incident", "POST", { fields: { subject: "With files" } });
    await inTab({}, async page => {
        await page.goto(at(demo, demo.agent, "/incidents/" + record.id));
        await page.getByText("or drop them here").waitFor();
        const data = await page.evaluateHandle(() => { const all = new DataTransfer(); all.items.add(new File(["one"], "first note.txt", { type: "text/plain" })); all.items.add(new File(["two"], "second.txt", { type: "text/plain" })); return all; });
        await page.locator(".drop").dispatchEvent("drop", { dataTransfer: data });
        await page.getByRole("button", { name: "first note.txt", exact: true }).waitFor();
        await until("both files", async () => (await demo.api(`/records/incident/${record.id}/attachments`)).items.length === 2);
    });
});

test("an administrator sees who changed what and who signed in, runs a job, asks who may, and makes a token", async () => {
    await inTab({}, async page => {
        const setting = (await demo.api("/records/setting")).items.find(one => one.fields.name === "default.email.account.send");
        await demo.api("/records/setting/" + setting.id, "PATCH", { fields: { description: "Changed for the audit" } });
        await page.goto(at(demo, demo.admin, "/audit?table=setting"));
        const row = page.getByRole("row").filter({ hasText: "default.email.account.send" }).filter({ hasText: "Changed for the audit" });
        await row.filter({ hasText: "The account that sends" }).filter({ hasText: "Administrator" }).waitFor();
        await select(page, page.getByRole("combobox", { name: "Table" }), "Group");
        await row.waitFor({ state: "detached" });
        await page.getByRole("link", { name: "Sign-ins" }).click();
        await page.getByRole("row").filter({ hasText: "signed in" }).filter({ hasText: "Anna Ivanova" }).first().waitFor();
        await select(page, page.getByRole("combobox", { name: "What" }), "failed");
        await page.getByRole("row").filter({ hasText: "boris@example.com" }).first().waitFor();

        await page.getByRole("link", { name: "Scheduled jobs" }).click();
        await page.getByRole("link", { name: "Remind callers" }).click();
        await page.getByText("Switched off: it would run at these times.").waitFor();
        await page.getByRole("button", { name: "Run now" }).click();
        await page.getByRole("row").filter({ hasText: "done" }).filter({ hasText: "asked for by Administrator" }).waitFor();

        const incident = (await demo.api("/records/incident")).items.find(one => one.fields.number === "INC0000001");
        await go(page, "/incidents/" + incident.id);
        await page.getByRole("button", { name: "Who may?" }).click();
        const dialog = page.getByRole("dialog");
        await dialog.getByRole("combobox", { name: "Who" }).fill("Вера");
        await page.getByRole("option", { name: /Вера Смирнова/ }).click();
        const verdict = dialog.getByRole("region", { name: "The record", exact: true });
        await verdict.getByText("may not", { exact: true }).waitFor();
        await verdict.getByText("Does not hold:").first().waitFor();
        await shot(page, "who-may");
        await dialog.getByRole("button", { name: "Close" }).click();

        await page.getByRole("button", { name: "Account of Administrator" }).click();
        await page.getByRole("menuitem", { name: "My profile" }).click();
        await page.getByRole("button", { name: "New token" }).click();
        await dialog.getByLabel("Name").fill("For the report");
        await dialog.getByRole("button", { name: "Create" }).click();
        const token = await dialog.locator(".secret").textContent();
        assert.equal((await fetch(demo.url + "/api/v1/session", { headers: { Authorization: "Bearer " + token } })).status, 200);
        await dialog.getByRole("button", { name: "Close" }).last().click();
        await dialog.waitFor({ state: "detached" });
        assert.ok(!(await page.content()).includes(token), "it is shown once");
        await page.getByRole("button", { name: "Take back: For the report" }).click();
        await until("the token taken back", async () => (await fetch(demo.url + "/api/v1/session", { headers: { Authorization: "Bearer " + token } })).status === 401);
    });
});

test("days, lengths of time and addresses are written, listed and asked for", async () => {
    const field = (name, kind, label) => ({ name, kind, label: { en: label, ru: label } });
    await demo.api("/tables", "POST", { name: "loan", label: { en: "Loan" }, display: "name", fields: [field("name", "string", "Name"), field("due", "date", "Due"), field("time", "duration", "Time"), field("manual", "url", "Manual")] });
    await inTab({}, async page => {
        await page.goto(at(demo, demo.admin, "/record/loan/new"));
        await page.locator("input[name=name]").fill("Projector");
        await page.locator("input[name=due]").fill("2026-11-23");
        await page.locator("input[name=time]").fill("1d 02:00:00");
        await page.locator("input[name=manual]").fill("javascript:alert(1)");
        await page.getByRole("button", { name: "Create" }).click();
        await page.locator(".mantine-InputWrapper-error").waitFor();
        await page.locator("input[name=manual]").fill("https://example.com/manual");
        await page.getByRole("button", { name: "Create" }).click();
        await heading(page, "Projector").waitFor();
        const { fields } = (await demo.api("/records/loan")).items[0];
        assert.deepEqual([fields.due, fields.manual], ["2026-11-23", "https://example.com/manual"]);
        await go(page, "/list/loan");
        const row = page.getByRole("row").filter({ hasText: "Projector" });
        assert.equal(await row.getByRole("link", { name: "https://example.com/manual" }).getAttribute("rel"), "noreferrer");
        await page.getByRole("button", { name: "Filter", exact: true }).click();
        const ask = async (name, operator, value) => {
            await page.getByRole("button", { name: "Condition", exact: true }).click();
            await select(page, page.getByRole("combobox", { name: "Field" }).last(), name);
            await select(page, page.getByRole("combobox", { name: "Operator" }).last(), operator);
            await page.getByLabel("Value", { exact: true }).locator("visible=true").last().fill(value);
        };
        await ask("Due", "before or at", "2026-11-23");
        await ask("Time", "greater than", "1d 00:00:00");
        await ask("Manual", "ends with", "/manual");
        await page.getByRole("button", { name: "Apply" }).click();
        await page.getByRole("button", { name: "Filter: 3" }).waitFor();
        await page.getByText("Rows: 1").waitFor();
        await shot(page, "kinds");
    }, [/422/]);
});
