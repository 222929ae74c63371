import { describe, expect, it } from "vitest";
import { foldersOf, says, usualPort } from "../accounts/fields";
import { quickFilters } from "../records/quick";
import { arranged, defaults, isJson, reported } from "../records/form";
import type { FieldBody, TableBody } from "../api/client";
import { clausesOf, parsed } from "../dictionary/condition";
import { recordPath } from "./jump";
import { mayWrite } from "../session/may";
import { barred, offered } from "./places";

describe("what is offered", () => {
    it("depends on who reads: settings to administrators, the demo's people in the demo", () => {
        const to = (roles: string[], demo: boolean) => offered(roles, demo).map(place => place.to);
        expect(to(["agent"], false)).not.toContain("/list/setting");
        expect(to(["admin"], false)).toEqual(expect.arrayContaining(["/list/setting", "/audit", "/list/access_rule", "/inbox"]));
        expect(to(["admin"], false)).not.toContain("/people");
        expect(to(["agent"], true)).toContain("/write");
        expect(to([], true)).toEqual(["/incidents"]);
        expect(to(["email_admin"], true)).toEqual(["/incidents", "/mailboxes"]);
    });

    it("is not shown to those who may not see it, even by its address", () => {
        expect([barred([], "/inbox"), barred([], "/mail/1"), barred([], "/incidents/1"), barred([], "/mailboxes"), barred(["agent"], "/inbox"), barred(["admin"], "/audit")]).toEqual([true, true, false, false, false, false]);
    });

    it("leads to the page that shows a record best", () => {
        expect([recordPath("incident", "1"), recordPath("mailbox", "2"), recordPath("user", "3")]).toEqual(["/incidents/1", "/mailboxes/2", "/record/user/3"]);
    });

    it("lets write by the rules that ship: administrators all, others what has administrators of its own", () => {
        const rule = { name: "notification_rule", root: "notification_rule", configuration: true };
        const incident = { name: "incident", root: "task", configuration: false };
        const user = { name: "user", root: "user", configuration: false };
        expect([["admin"], ["notification_admin"], ["email_admin"], ["agent"], []].map(roles => [mayWrite(roles, rule), mayWrite(roles, incident), mayWrite(roles, user)]))
            .toEqual([[true, true, true], [true, false, false], [false, false, false], [false, true, false], [false, false, false]]);
    });

    it("has quick filters that the builder can read", () => {
        for (const { key, filter } of quickFilters("me")) { const { tree, readable } = parsed(filter); expect(readable && clausesOf(tree).every(one => one.kind === "clause"), key).toBe(true); }
    });

    it("shows of an account what says something for its values", () => {
        expect(says({ type: "pop3" }, "folder", true)).toBe(false);
        expect(says({ type: "imap", sends: false }, "smtp_server", true)).toBe(false);
        expect(says({ type: "imap", sends: true }, "smtp_server", true)).toBe(true);
        expect(says({ type: "listener" }, "server", false)).toBe(false);
        expect([foldersOf({}), foldersOf({ after_reading: "move", sends: true, save_sent: true }), foldersOf({ sends: false, save_sent: true })]).toEqual([["read"], ["read", "move", "sent"], ["read"]]);
        expect([usualPort("imap", "tls"), usualPort("smtp", "starttls"), usualPort("none", "tls")]).toEqual(["993", "587", ""]);
    });

    it("begins a new record with the defaults of its fields, as its inputs hold them", () => {
        const field = (name: string, kind: string, text: string | null, more: Partial<FieldBody> = {}) => ({ name, kind, default: text, read_only: false, secret: false, ...more }) as FieldBody;
        expect(defaults([field("state", "choice", "registered"), field("active", "boolean", "true"), field("order", "integer", "100"), field("subject", "string", null), field("made", "string", "x", { read_only: true })]))
            .toEqual({ state: "registered", active: true, order: 100 });
    });

    it("arranges a form: no journals, stamps only of what exists, long texts apart", () => {
        const field = (name: string, kind: string, more: Partial<FieldBody> = {}) => ({ name, kind, read_only: false, secret: false, ...more }) as FieldBody;
        const table = { display: "number", fields: [field("number", "number"), field("created_at", "datetime", { read_only: true }), field("description", "text"), field("work_notes", "journal"), field("state", "choice"), field("subject", "string")] } as TableBody;
        const { first, wide, stamps } = arranged(table, true);
        expect([first.map(one => one.name), wide.map(one => one.name), stamps]).toEqual([["subject", "state"], ["description"], []]);
        expect(arranged(table, false).stamps.map(one => one.name)).toEqual(["created_at"]);
        expect(reported(table).map(one => one.name)).toEqual(["subject", "description"]);
        expect([isJson(""), isJson("{}"), isJson("{")]).toEqual([true, true, false]);
    });
});
