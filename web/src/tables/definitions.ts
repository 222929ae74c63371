/* What administrators write into the dictionary, as the API takes it. Pure. */

import type { FieldBody, Schemas } from "../api/client";

export interface Choice { value: string; label: string }
export interface FieldDraft { name: string; kind: string; en: string; ru: string; table: string; choices: string; mandatory: boolean; unique: boolean; indexed: boolean }
export interface TableDraft { name: string; en: string; ru: string; extends: string; prefix: string }

/** The kinds that people make fields of. */
export const KINDS = ["string", "text", "choice", "boolean", "integer", "decimal", "datetime", "date", "duration", "email", "url", "reference", "reference_list", "text_list", "html", "json"];
export const emptyField: FieldDraft = { name: "", kind: "string", en: "", ru: "", table: "", choices: "", mandatory: false, unique: false, indexed: false };
export const emptyTable: TableDraft = { name: "", en: "", ru: "", extends: "task", prefix: "" };

/** A name from a label: lower-case Latin letters, digits and `_`. */
export function nameOf(label: string): string {
    return label.normalize("NFD").toLowerCase().replaceAll(/[^a-z0-9]+/g, "_").replaceAll(/^[_0-9]+|_+$/g, "").slice(0, 48);
}

const labels = (en: string, ru: string): Record<string, string> => Object.fromEntries([["en", en.trim()], ["ru", ru.trim()]].filter(([, text]) => text !== ""));

export interface ChoiceText { value: string; label: Record<string, string> }

/** Choices as they are typed: a line for each, `value = label`, or the label alone. */
export function choicesOf(text: string): ChoiceText[] {
    return text.split("\n").map(line => line.trim()).filter(Boolean).map(line => {
        const [first = "", ...rest] = line.split("=");
        const label = rest.join("=").trim();
        return label ? { value: first.trim(), label: { en: label } } : { value: nameOf(line) || line, label: { en: line } };
    });
}

export const takesTable = (kind: string): boolean => kind === "reference" || kind === "reference_list";

export function fieldBody(draft: FieldDraft): Record<string, unknown> {
    const { name, kind, en, ru, table, choices, mandatory, unique, indexed } = draft;
    return {
        name: name.trim(), kind, label: labels(en, ru),
        ...takesTable(kind) ? { table } : {}, ...kind === "choice" ? { choices: choicesOf(choices) } : {},
        ...mandatory ? { mandatory } : {}, ...unique ? { unique } : {}, ...indexed ? { indexed } : {},
    };
}

export function tableBody(draft: TableDraft): Record<string, unknown> {
    const { name, en, ru, prefix } = draft;
    // A table that extends none begins with the field that names its records.
    const own = draft.extends ? { extends: draft.extends } : { fields: [{ name: "name", kind: "string", label: { en: "Name", ru: "Название" }, mandatory: true }], display: "name" };
    return { name: name.trim(), label: labels(en, ru), ...own, ...prefix.trim() ? { number_prefix: prefix.trim().toUpperCase() } : {} };
}

export interface ChangeDraft { en: string; ru: string; choices: string; mandatory: boolean; unique: boolean; indexed: boolean }

/** What can be changed of a field, as it is now. */
export function changeDraft(field: FieldBody): ChangeDraft {
    const { label, choices, mandatory, unique, indexed } = field;
    const text = (word: unknown) => typeof word === "string" ? word : "";
    return { en: text(label.en), ru: text(label.ru), choices: choices.map(one => `${one.value} = ${text(one.label?.en) || one.value}`).join("\n"), mandatory, unique, indexed };
}

/** What is written: only what differs. Labels in other languages, of choices too, stay. */
export function changeOf(field: FieldBody, draft: ChangeDraft): Schemas["FieldChange"] {
    const before = changeDraft(field);
    const words = { ...field.label, en: draft.en.trim() || null, ru: draft.ru.trim() || null };
    const kept = (one: ChoiceText) => ({ ...one, label: { ...field.choices.find(old => old.value === one.value)?.label, ...one.label } });
    return {
        ...draft.en !== before.en || draft.ru !== before.ru ? { label: Object.fromEntries(Object.entries(words).filter(([, text]) => text !== null)) } : {},
        ...draft.choices !== before.choices ? { choices: choicesOf(draft.choices).map(kept) } : {},
        ...draft.mandatory !== before.mandatory ? { mandatory: draft.mandatory } : {},
        ...draft.unique !== before.unique ? { unique: draft.unique } : {},
        ...draft.indexed !== before.indexed ? { indexed: draft.indexed } : {},
    };
}
