/* What scripts of a vocabulary find, as the API tells it, and what of it stands behind a path such as
   `current.caller.`. Pure. */

import type { Schemas } from "../api/client";

export interface Member { name: string; kind: "method" | "property" | "refused"; signature: string; doc: string; supported: boolean }
export interface Class { doc: string; constructor: string | null; fields: boolean; members: Member[]; statics: Member[] }
export interface Global { name: string; kind: "class" | "object" | "given" | "function" | "refused"; doc: string; class?: string; signature?: string }
export interface Vocabulary {
    globals: Global[];
    classes: Record<string, Class>;
    tables: Schemas["ScriptTable"][];
    includes: string[];
}

/** What the API answered, in the form that the editor works with. */
export function vocabularyOf(body: Schemas["VocabularyBody"]): Vocabulary {
    const api = body.api as unknown as Pick<Vocabulary, "globals" | "classes">;
    return { globals: api.globals, classes: api.classes, tables: body.tables, includes: body.includes };
}

/** Something that a script can name. */
export interface Named { name: string; kind: "class" | "object" | "function" | "method" | "property" | "field" | "table" | "refused"; detail: string; doc: string }

/** What an expression is: an object of a class, maybe of a record's table, or a class itself. */
interface Thing { classes: string[]; table?: string; isClass?: boolean }

export type Label = (labels: Record<string, string>, otherwise: string) => string;

/** The names that may come behind `path.` in a script: members and fields, those that work only. */
export function behind(vocabulary: Vocabulary, source: string, path: string, table: string | null, label: Label): Named[] {
    const thing = thingOf(vocabulary, source, path, table);
    return thing === null ? [] : within(vocabulary, thing, label).filter(one => one.kind !== "refused");
}

/** What a path means, also something that is not supported; null where that cannot be known. */
export function meaning(vocabulary: Vocabulary, source: string, path: string, table: string | null, label: Label): Named | null {
    const at = path.lastIndexOf(".");
    if (at < 0) { return globals(vocabulary).find(one => one.name === path) ?? null; }
    const thing = thingOf(vocabulary, source, path.slice(0, at), table);
    return thing === null ? null : within(vocabulary, thing, label).find(one => one.name === path.slice(at + 1)) ?? null;
}

/** Every global name. */
export function globals(vocabulary: Vocabulary): Named[] {
    const kinds = { class: "class", object: "object", given: "object", function: "function", refused: "refused" } as const;
    const own = vocabulary.globals.map(one => ({ name: one.name, kind: kinds[one.kind], detail: one.kind === "class" ? one.signature ?? "" : one.signature ?? one.class ?? "", doc: one.doc }));
    const included = vocabulary.includes.filter(name => !own.some(one => one.name === name)).map(name => ({ name, kind: "class" as const, detail: "", doc: "" }));
    return once([...own, ...included]);
}

/** Of several of one name, the first. */
const once = (all: Named[]): Named[] => [...new Map(all.toReversed().map(one => [one.name, one])).values()].toReversed();

/** The fields of the record that a variable holds, for texts such as the first argument of `addQuery`. */
export function fieldsOf(vocabulary: Vocabulary, source: string, path: string, table: string | null, label: Label): Named[] {
    const thing = thingOf(vocabulary, source, path, table);
    return fields(vocabulary, thing?.table, label);
}

export const tables = (vocabulary: Vocabulary, label: Label): Named[] =>
    vocabulary.tables.map(one => ({ name: one.name, kind: "table", detail: one.name === one.table ? "" : one.table, doc: label(one.label, one.name) }));

function fields(vocabulary: Vocabulary, table: string | undefined, label: Label): Named[] {
    const known = vocabulary.tables.find(one => one.name === table);
    return (known?.fields ?? []).map(field => ({ name: field.name, kind: "field", detail: field.table ? `${field.kind} → ${field.table}` : field.kind, doc: label(field.label, field.name) }));
}

function within(vocabulary: Vocabulary, thing: Thing, label: Label): Named[] {
    const members = thing.classes.flatMap(name => (thing.isClass ? vocabulary.classes[name]?.statics : vocabulary.classes[name]?.members) ?? []);
    const shown = once(members.map(one => ({ name: one.name, kind: one.kind, detail: one.signature, doc: one.doc })));
    const own = thing.table === undefined ? [] : fields(vocabulary, thing.table, label);
    return [...shown, ...own.filter(field => !shown.some(one => one.name === field.name))];
}

function thingOf(vocabulary: Vocabulary, source: string, path: string, table: string | null): Thing | null {
    const [first = "", ...rest] = path.split(".");
    let thing = begin(vocabulary, source, first, table);
    for (const name of rest) {
        const field = vocabulary.tables.find(one => one.name === thing?.table)?.fields.find(one => one.name === name);
        const classes = field === undefined ? [] : held(vocabulary, field.table ?? null);
        thing = field?.table || classes.length > 0 ? { classes, table: field?.table ?? undefined } : null;
    }
    return thing;
}

/** What the value of a field is an object of: an element of any field, or a reference; plain values are none. */
function held(vocabulary: Vocabulary, table: string | null): string[] {
    const element = Object.keys(vocabulary.classes).find(name => name === "GlideElement");
    const reference = table === null ? undefined : Object.keys(vocabulary.classes).find(name => name === "SimpleReference");
    return [element, reference].filter(name => name !== undefined);
}

/** What a name stands for: what the script itself makes of it goes before the vocabulary. */
function begin(vocabulary: Vocabulary, source: string, name: string, table: string | null): Thing | null {
    const made = new RegExp(`(?:^|[^\\w$.])${name.replaceAll("$", "\\$")}\\s*=\\s*new\\s+([\\w$]+)\\s*\\(\\s*(?:['"]([\\w$]*)['"])?`).exec(source);
    if (made?.[1] !== undefined && vocabulary.classes[made[1]]) { return { classes: [made[1]], table: vocabulary.classes[made[1]]?.fields ? made[2] : undefined }; }
    // One name may be given in several forms, one here and another there.
    const known = vocabulary.globals.filter(one => one.name === name && one.kind !== "refused" && one.class !== undefined);
    const classes = known.flatMap(one => one.class ?? []);
    if (classes.length === 0) { return null; }
    const isRecord = known.some(one => one.kind === "given") && classes.some(one => vocabulary.classes[one]?.fields);
    return { classes, isClass: known[0]?.kind === "class", table: isRecord ? table ?? undefined : undefined };
}
