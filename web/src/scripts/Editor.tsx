/* The editor itself (CodeMirror). Loaded when a script is shown, not with the first page. Knows no API: what it offers
   and what is wrong is given to it. */

import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { javascript, localCompletionSource } from "@codemirror/lang-javascript";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { forceLinting, lintGutter, lintKeymap, linter, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, StateEffect, type Extension } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";
import { getNonce } from "get-nonce";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { complete, hover, type Surroundings } from "./complete";
import "./editor.css";
import { offsetOf } from "./place";

/** Milliseconds after the last key before a script is checked. */
const CHECK_MS = 400;

export interface Fault { line: number | null; column: number | null; message: string; severity: "error" | "warning" }

export interface EditorProps {
    label: string;
    value: string;
    onChange: (value: string) => void;
    readOnly?: boolean;
    rows?: number;
    describedBy?: string;
    invalid?: boolean;
    around: Surroundings;
    /** What is wrong in this source; asked when one stops typing. */
    check?: (source: string) => Promise<Fault[]>;
    /** What is known to be wrong with the script as it was sent last. */
    known?: Fault[];
    /** Texts of the editor itself, by the English ones. */
    phrases: Record<string, string>;
    /** What was found, and the way to its place. */
    onFaults?: (faults: Fault[], show: (fault: Fault) => void) => void;
}

const words = tagHighlighter([
    { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], class: "tok-keyword" },
    { tag: [tags.string, tags.special(tags.string)], class: "tok-string" },
    { tag: tags.comment, class: "tok-comment" },
    { tag: tags.number, class: "tok-number" },
    { tag: [tags.bool, tags.null, tags.atom], class: "tok-atom" },
    { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], class: "tok-call" },
    { tag: [tags.className, tags.typeName], class: "tok-type" },
    { tag: tags.regexp, class: "tok-regexp" },
]);

/** Asks for what is wrong once more although nothing was typed. */
const lookAgain = StateEffect.define<null>();

/** Ctrl+Enter belongs to the form. */
const keys = defaultKeymap.filter(one => one.key !== "Mod-Enter");

const fixed: Extension = [
    lineNumbers(), highlightActiveLineGutter(), foldGutter(), lintGutter(), history(), drawSelection(), indentUnit.of("    "), indentOnInput(),
    bracketMatching(), closeBrackets(), highlightActiveLine(), highlightSelectionMatches(), search({ top: true }), javascript(), syntaxHighlighting(words),
    EditorView.lineWrapping, EditorState.tabSize.of(4),
    keymap.of([{ key: "Tab", run: acceptCompletion }, ...closeBracketsKeymap, ...keys, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap]),
];

function diagnostic(fault: Fault, view: EditorView): Diagnostic {
    const text = view.state.doc.toString();
    const from = offsetOf(text, fault.line ?? 1, fault.column ?? 1);
    const word = /^[\w$]+/.exec(text.slice(from))?.[0].length ?? 0;
    return { from, to: Math.min(from + Math.max(word, 1), text.length), severity: fault.severity, message: fault.message };
}

export default function Editor(props: EditorProps) {
    const { value, label, readOnly = false, describedBy, invalid = false, known, phrases } = props;
    const place = useRef<HTMLDivElement>(null);
    const view = useRef<EditorView | null>(null);
    const latest = useRef(props);
    const [changing] = useState(() => new Compartment());
    useEffect(() => { latest.current = props; });

    const settings = (): Extension => [
        EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly), EditorState.phrases.of(phrases),
        EditorView.contentAttributes.of({ "aria-label": label, ...readOnly ? { tabindex: "0", "aria-readonly": "true" } : {}, ...describedBy ? { "aria-describedby": describedBy } : {}, ...invalid ? { "aria-invalid": "true" } : {} }),
    ];
    const begin = useEffectEvent((parent: HTMLElement) => {
        const around = () => latest.current.around;
        const changed = EditorView.updateListener.of(update => { if (update.docChanged) { latest.current.onChange(update.state.doc.toString()); } });
        const looked = linter(async current => {
            const source = current.state.doc.toString();
            const { check, known: told = [] } = latest.current;
            const found = check && source.trim() !== "" ? await check(source).catch(() => []) : [];
            const all = [...told, ...found.filter(fault => !told.some(one => one.line === fault.line))];
            const show = (fault: Fault) => {
                const anchor = offsetOf(current.state.doc.toString(), fault.line ?? 1, fault.column ?? 1);
                current.dispatch({ selection: { anchor }, scrollIntoView: true });
                current.focus();
            };
            latest.current.onFaults?.(all, show);
            return all.filter(fault => fault.line !== null).map(fault => diagnostic(fault, current));
        }, { delay: CHECK_MS, needsRefresh: update => update.transactions.some(one => one.effects.some(effect => effect.is(lookAgain))) });
        const state = EditorState.create({
            doc: value,
            extensions: [EditorView.cspNonce.of(getNonce() ?? ""), changing.of(settings()), fixed, changed, looked,
                autocompletion({ override: [complete(around), localCompletionSource], icons: false }), hoverTooltip(hover(around))],
        });
        return new EditorView({ state, parent });
    });
    useEffect(() => {
        if (place.current === null) { return; }
        const made = begin(place.current);
        view.current = made;
        return () => { made.destroy(); view.current = null; };
    }, []);
    useEffect(() => {
        const now = view.current;
        // What comes from elsewhere: another record, what was discarded, what somebody else wrote.
        if (now !== null && now.state.doc.toString() !== value) { now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: value } }); }
    }, [value]);
    const configure = useEffectEvent(() => view.current?.dispatch({ effects: changing.reconfigure(settings()) }));
    useEffect(() => { configure(); }, [label, readOnly, describedBy, invalid, phrases]);
    const told = JSON.stringify(known ?? []);
    const { check } = props;
    useEffect(() => {
        const now = view.current;
        if (now === null) { return; }
        now.dispatch({ effects: lookAgain.of(null) });
        forceLinting(now);
    }, [told, check]);

    return <div ref={place} className={invalid ? "editor wrong" : "editor"} style={{ ["--editor-height" as string]: `${(props.rows ?? 10) * 1.5}em` }} />;
}
