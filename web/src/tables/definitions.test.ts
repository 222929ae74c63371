import { describe, expect, it } from "vitest";
import type { FieldBody } from "../api/client";
import { changeDraft, changeOf, choicesOf, emptyField, emptyTable, fieldBody, nameOf, tableBody } from "./definitions";

describe("a definition", () => {
    it("gets a name from its label", () => {
        expect([nameOf("Access request"), nameOf("3rd Level — Café"), nameOf("Запрос")]).toEqual(["access_request", "rd_level_cafe", ""]);
    });

    it("reads choices with and without a word of their own", () => {
        expect(choicesOf("crm = CRM system\nERP\n\nСрочно")).toEqual([{ value: "crm", label: { en: "CRM system" } }, { value: "erp", label: { en: "ERP" } }, { value: "Срочно", label: { en: "Срочно" } }]);
    });

    it("says of a field only what fits its kind", () => {
        expect(fieldBody({ ...emptyField, name: "cost ", kind: "decimal", en: "Cost", table: "user", choices: "a", mandatory: true })).toEqual({ name: "cost", kind: "decimal", label: { en: "Cost" }, mandatory: true });
        expect(fieldBody({ ...emptyField, name: "approver", kind: "reference", table: "user" })).toEqual({ name: "approver", kind: "reference", label: {}, table: "user" });
    });

    it("says of a change only what is other, and keeps words in other languages", () => {
        const field = { name: "system", kind: "choice", label: { en: "System", de: "System" }, choices: [{ value: "crm", label: { en: "CRM", ru: "Црм" } }], mandatory: false, unique: false, indexed: true } as unknown as FieldBody;
        const draft = changeDraft(field);
        expect(changeOf(field, draft)).toEqual({});
        expect(changeOf(field, { ...draft, ru: "Система", mandatory: true })).toEqual({ label: { en: "System", ru: "Система", de: "System" }, mandatory: true });
        expect(changeOf(field, { ...draft, choices: "crm = The CRM\nerp = ERP" })).toEqual({ choices: [{ value: "crm", label: { en: "The CRM", ru: "Црм" } }, { value: "erp", label: { en: "ERP" } }] });
    });

    it("gives a table that extends none a field that names its records", () => {
        expect(tableBody({ ...emptyTable, name: "room", en: "Room", extends: "" })).toMatchObject({ display: "name", fields: [{ name: "name" }] });
        expect(tableBody({ ...emptyTable, name: "access_request", prefix: "acc" })).toEqual({ name: "access_request", label: {}, extends: "task", number_prefix: "ACC" });
    });
});
