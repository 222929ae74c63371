import { describe, expect, it } from "vitest";
import type { Schemas } from "../api/client";
import { offered } from "./complete";
import { isScript, offsetOf, placeOf } from "./place";
import { behind, meaning, vocabularyOf, type Label } from "./vocabulary";

const member = (name: string, kind = "method") => ({ name, kind, signature: kind === "refused" ? "" : "(x: any): void", doc: `About ${name}.`, supported: kind !== "refused" });
const field = (name: string, kind: string, table: string | null = null) => ({ name, field: name, kind, label: { en: name.toUpperCase() }, table });
const known = vocabularyOf({
    api: {
        globals: [
            { name: "SimpleRecord", kind: "class", class: "SimpleRecord", signature: "(table: string)", doc: "Rows." },
            { name: "ss", kind: "object", class: "SimpleSystem", doc: "The system." },
            { name: "current", kind: "given", class: "SimpleRecord", doc: "Rows." },
            { name: "XMLHttpRequest", kind: "refused", doc: "nothing reaches out" },
        ],
        classes: {
            SimpleRecord: { doc: "Rows.", constructor: "(table: string)", fields: true, members: [member("addQuery"), member("update")], statics: [member("of")] },
            SimpleSystem: { doc: "The system.", constructor: null, fields: false, members: [member("info"), member("sleep", "refused")], statics: [] },
        },
    },
    tables: [
        { name: "incident", table: "incident", label: { en: "Incident" }, fields: [field("subject", "string"), field("caller", "reference", "user")] },
        { name: "user", table: "user", label: { en: "User" }, fields: [field("email", "email"), field("manager", "reference", "user")] },
    ],
    includes: ["Helper"],
} as unknown as Schemas["VocabularyBody"]);
const label: Label = (labels, otherwise) => labels.en ?? otherwise;
const names = (source: string, path: string, table: string | null = null) => behind(known, source, path, table, label).map(one => one.name);
const around = { vocabulary: known, table: "incident", label, notSupported: "Not supported." };
const at = (source: string) => offered(source.split("\n").at(-1) ?? "", source, around);

describe("what is offered", () => {
    it("behind an object are its members that work", () => { expect(names("", "ss")).toEqual(["info"]); });
    it("behind a record are its members and the fields of its table, where that is known", () => {
        expect(names("", "current", "incident")).toEqual(["addQuery", "update", "subject", "caller"]);
        expect(names("", "current")).toEqual(["addQuery", "update"]);
        expect(names("var r = new SimpleRecord('user');", "r")).toEqual(["addQuery", "update", "email", "manager"]);
    });
    it("behind a reference are the fields of what it refers to, at any depth", () => {
        expect(names("", "current.caller.manager", "incident")).toEqual(["email", "manager"]);
        expect(names("", "current.subject", "incident")).toEqual([]);
    });
    it("behind a field are also the members of what its value is", () => {
        const classes = { ...known.classes, GlideElement: { doc: "A field.", constructor: null, fields: false, members: [member("changes")], statics: [] } };
        const elements = { ...known, classes } as unknown as typeof known;
        expect(behind(elements, "", "current.subject", "incident", label).map(one => one.name)).toEqual(["changes"]);
        expect(behind(elements, "", "current.caller", "incident", label).map(one => one.name)).toEqual(["changes", "email", "manager"]);
    });
    it("behind a class are the members of the class itself", () => { expect(names("", "SimpleRecord")).toEqual(["of"]); });
    it("behind what nobody knows is nothing", () => { expect(names("", "whatever")).toEqual([]); });
    it("a variable goes before a global name of the same name", () => { expect(names("let ss = new SimpleRecord('user')", "ss")).toContain("email"); });
    it("within a text that names a field or a table, those", () => {
        expect(at("r = new SimpleRecord('user');\nr.addQuery('em")).toMatchObject({ written: "em", names: [{ name: "email" }, { name: "manager" }] });
        expect(at("new SimpleRecord('inc")).toMatchObject({ written: "inc", names: [{ name: "incident" }, { name: "user" }] });
    });
    it("elsewhere are global names and includes, without what is not supported", () => {
        expect(at("  Sim")).toMatchObject({ written: "Sim" });
        expect(at("  Sim")?.names.map(one => one.name)).toEqual(["SimpleRecord", "ss", "current", "Helper"]);
    });
});

describe("what is said of a name", () => {
    it("is its doc, also of what is not supported", () => {
        expect(meaning(known, "", "ss.info", null, label)?.doc).toBe("About info.");
        expect(meaning(known, "", "ss.sleep", null, label)?.kind).toBe("refused");
        expect(meaning(known, "", "XMLHttpRequest", null, label)?.kind).toBe("refused");
        expect(meaning(known, "", "current.caller", "incident", label)?.detail).toBe("reference → user");
        expect(meaning(known, "", "ss.nothing", null, label)).toBeNull();
    });
});

describe("the place of a fault", () => {
    it("is read from the sentence of the API", () => {
        expect(placeOf("`rule.script`: line 2, column 9: unexpected token")).toEqual({ line: 2, column: 9, message: "unexpected token" });
        expect(placeOf("the field needs a value")).toBeNull();
    });
    it("is a position in the text, columns counted in characters", () => {
        expect(offsetOf("ab\ncd", 2, 2)).toBe(4);
        expect(offsetOf("😀x", 1, 2)).toBe(2);
        expect([offsetOf("ab", 9, 9), offsetOf("", 0, 0)]).toEqual([2, 0]);
    });
    it("belongs to fields that hold scripts", () => {
        expect([["text", "script"], ["text", "condition_script"], ["text", "description"], ["string", "script"], ["text", "manuscript"]].map(([kind = "", name = ""]) => isScript({ kind, name }))).toEqual([true, true, false, false, false]);
    });
});
