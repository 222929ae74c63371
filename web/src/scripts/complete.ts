/* What the editor offers where one types: names of the vocabulary, members and fields behind a dot, fields and tables
   within texts; and what it says of the name under the pointer. */

import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import type { EditorView, Tooltip } from "@codemirror/view";
import { behind, fieldsOf, globals, meaning, tables, type Label, type Named, type Vocabulary } from "./vocabulary";

/** What is known where the script runs. */
export interface Surroundings { vocabulary: Vocabulary | null; /** The table of `current`. */ table: string | null; label: Label; notSupported: string }

/** Methods whose first argument is the name of a field. */
const TAKES_FIELD = "addQuery|addOrCondition|addNotNullQuery|addNullQuery|orderBy|orderByDesc|getValue|setValue|getDisplayValue|setDisplayValue|getElement|isValidField|groupBy|addAggregate";
const PATH = "[\\w$]+(?:\\.[\\w$]+)*";
const IN_FIELD = new RegExp(`(${PATH})\\.(?:${TAKES_FIELD})\\(\\s*['"]([\\w$]*)$`);
const IN_TABLE = /new\s+[\w$]+\(\s*['"]([\w$]*)$/;
const BEHIND_DOT = new RegExp(`(${PATH})\\.([\\w$]*)$`);

/** What is offered at the end of a line, and how much of it is written already; null where nothing is. */
export function offered(before: string, source: string, around: Surroundings): { names: Named[]; written: string } | null {
    const { vocabulary, table, label } = around;
    if (vocabulary === null) { return null; }
    const field = IN_FIELD.exec(before);
    if (field) { return { names: fieldsOf(vocabulary, source, field[1] ?? "", table, label), written: field[2] ?? "" }; }
    const named = IN_TABLE.exec(before);
    if (named) { return { names: tables(vocabulary, label), written: named[1] ?? "" }; }
    const dot = BEHIND_DOT.exec(before);
    if (dot) { return { names: behind(vocabulary, source, dot[1] ?? "", table, label), written: dot[2] ?? "" }; }
    const word = /(?:^|[^\w$'".])([\w$]+)$/.exec(before)?.[1] ?? "";
    return { names: globals(vocabulary).filter(one => one.kind !== "refused"), written: word };
}

const TYPES: Record<Named["kind"], string> = { class: "class", object: "variable", function: "function", method: "method", property: "property", field: "property", table: "type", refused: "text" };

export function complete(around: () => Surroundings) {
    return (context: CompletionContext): CompletionResult | null => {
        const line = context.state.doc.lineAt(context.pos);
        const before = line.text.slice(0, context.pos - line.from);
        const found = offered(before, context.state.doc.toString(), around());
        const begins = found !== null && (found.written !== "" || /[.'"]$/.test(before));
        if (found === null || found.names.length === 0 || (!begins && !context.explicit)) { return null; }
        const options: Completion[] = found.names.map(one => ({ label: one.name, type: TYPES[one.kind], detail: one.detail, info: one.doc || undefined }));
        return { from: context.pos - found.written.length, options, validFor: /^[\w$]*$/ };
    };
}

/** What the name under the pointer means. */
export function hover(around: () => Surroundings) {
    return (view: EditorView, at: number): Tooltip | null => {
        const { vocabulary, table, label, notSupported } = around();
        if (vocabulary === null) { return null; }
        const line = view.state.doc.lineAt(at);
        const column = at - line.from;
        const after = /^[\w$]*/.exec(line.text.slice(column))?.[0] ?? "";
        const path = new RegExp(`(?:^|[^\\w$.])(${PATH})$`).exec(line.text.slice(0, column) + after)?.[1];
        const found = path ? meaning(vocabulary, view.state.doc.toString(), path, table, label) : null;
        if (found === null) { return null; }
        const name = found.name;
        const end = at + after.length;
        return { pos: end - name.length, end, above: true, create: () => ({ dom: about(found, notSupported) }) };
    };
}

function about(one: Named, notSupported: string): HTMLElement {
    const dom = document.createElement("div");
    dom.className = "about";
    const code = document.createElement("code");
    code.textContent = one.name + (one.detail && !one.detail.startsWith("(") ? ": " : "") + one.detail;
    const text = document.createElement("p");
    text.textContent = one.kind === "refused" ? `${notSupported} ${one.doc}` : one.doc;
    dom.append(code, text);
    return dom;
}
