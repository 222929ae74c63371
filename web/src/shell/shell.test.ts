import { describe, expect, it } from "vitest";
import { says, usualPort } from "../accounts/fields";
import { quickFilters } from "../records/quick";
import { arranged, isJson } from "../records/form";
import type { FieldBody, TableBody } from "../api/client";
import { fromJson } from "../dictionary/condition";
import { recordPath } from "./jump";
import { offered } from "./places";

describe("what is offered", () => {
    it("depends on who reads: settings to administrators, the demo's people in the demo", () => {
        const to = (admin: boolean, demo: boolean) => offered(admin, demo).map(place => place.to);
        expect(to(false, false)).not.toContain("/list/setting");
        expect(to(true, false)).toContain("/list/setting");
        expect(to(true, false)).not.toContain("/people");
        expect(to(false, true)).toContain("/write");
    });

    it("leads to the page that shows a record best", () => {
        expect([recordPath("incident", "1"), recordPath("mailbox", "2"), recordPath("user", "3")]).toEqual(["/incidents/1", "/mailboxes/2", "/record/user/3"]);
    });

    it("has quick filters that the builder can read", () => {
        for (const { key, filter } of quickFilters("me")) { expect(filter === null || fromJson(JSON.parse(filter)) !== null, key).toBe(true); }
    });

    it("shows of an account what says something for its values", () => {
        expect(says({ type: "pop3" }, "folder", true)).toBe(false);
        expect(says({ type: "imap", sends: false }, "smtp_server", true)).toBe(false);
        expect(says({ type: "imap", sends: true }, "smtp_server", true)).toBe(true);
        expect(says({ type: "listener" }, "server", false)).toBe(false);
        expect([usualPort("imap", "tls"), usualPort("smtp", "starttls"), usualPort("none", "tls")]).toEqual(["993", "587", ""]);
    });

    it("arranges a form: no journals, stamps only of what exists, long texts apart", () => {
        const field = (name: string, kind: string, more: Partial<FieldBody> = {}) => ({ name, kind, read_only: false, secret: false, ...more }) as FieldBody;
        const table = { display: "number", fields: [field("number", "number"), field("created_at", "datetime", { read_only: true }), field("description", "text"), field("work_notes", "journal"), field("state", "choice"), field("subject", "string")] } as TableBody;
        const { first, wide, stamps } = arranged(table, true);
        expect([first.map(one => one.name), wide.map(one => one.name), stamps]).toEqual([["subject", "state"], ["description"], []]);
        expect(arranged(table, false).stamps.map(one => one.name)).toEqual(["created_at"]);
        expect([isJson(""), isJson("{}"), isJson("{")]).toEqual([true, true, false]);
    });
});
