/* What administrators write into the dictionary, as the API takes it. Pure. */

export interface Choice { value: string; label: string }
export interface FieldDraft { name: string; kind: string; en: string; ru: string; table: string; choices: string; mandatory: boolean; unique: boolean; indexed: boolean }
export interface TableDraft { name: string; en: string; ru: string; extends: string; prefix: string }

/** The kinds that people make fields of. */
export const KINDS = ["string", "text", "choice", "boolean", "integer", "decimal", "datetime", "email", "reference", "reference_list", "text_list", "html", "json"];
export const emptyField: FieldDraft = { name: "", kind: "string", en: "", ru: "", table: "", choices: "", mandatory: false, unique: false, indexed: false };
export const emptyTable: TableDraft = { name: "", en: "", ru: "", extends: "task", prefix: "" };

/** A name from a label: lower-case Latin letters, digits and `_`. */
export function nameOf(label: string): string {
    return label.normalize("NFD").toLowerCase().replaceAll(/[^a-z0-9]+/g, "_").replaceAll(/^[_0-9]+|_+$/g, "").slice(0, 48);
}

const labels = (en: string, ru: string): Record<string, string> => Object.fromEntries([["en", en.trim()], ["ru", ru.trim()]].filter(([, text]) => text !== ""));

/** Choices as they are typed: a line for each, `value = label`, or the label alone. */
export function choicesOf(text: string): { value: string; label: Record<string, string> }[] {
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
