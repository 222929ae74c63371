/* The input of a script: the editor with its label, what is wrong line by line, and the key that leaves it. The editor
   is loaded when the first script is shown; until then, and where it cannot be loaded, the script is a plain text. */

import { Input, Text, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Component, Suspense, lazy, useCallback, useId, useMemo, useState, type ReactNode } from "react";
import { api, take } from "../api/client";
import { useWords } from "../i18n";
import type { Surroundings } from "./complete";
import type { Fault } from "./Editor";
import { placeOf } from "./place";
import { vocabularyOf } from "./vocabulary";

/** Editors lower than this tell their keys to screen readers alone: a larger one stands on the same form. */
const TOLD_ROWS = 8;

const Editor = lazy(() => import("./Editor"));

export interface ScriptEditorProps {
    label: string;
    value: string;
    onChange: (value: string) => void;
    vocabulary: string;
    /** The table of `current`, where it is known. */
    table?: string | null;
    error?: string | null;
    /** What a run found. */
    known?: Fault[];
    readOnly?: boolean;
    required?: boolean;
    rows?: number;
}

export function useVocabulary(name: string) {
    return useQuery({
        queryKey: ["vocabulary", name],
        queryFn: async () => vocabularyOf(await take(api.GET("/api/v1/scripts/vocabularies/{name}", { params: { path: { name } } }))),
        staleTime: 60_000,
    });
}

export function ScriptEditor(props: ScriptEditorProps) {
    const { label, value, onChange, error, readOnly = false, required = false, rows, table = null } = props;
    const { t, label: labelOf } = useWords();
    const name = props.vocabulary || "simpleone";
    const vocabulary = useVocabulary(name).data ?? null;
    const id = useId();
    const [found, setFound] = useState<{ faults: Fault[]; show: (fault: Fault) => void }>({ faults: [], show: () => undefined });
    const around = useMemo<Surroundings>(() => ({ vocabulary, table, label: labelOf, notSupported: t("not_supported") }), [vocabulary, table, labelOf, t]);
    const check = useCallback(async (source: string): Promise<Fault[]> =>
        (await take(api.POST("/api/v1/scripts/check", { body: { source, vocabulary: name } }))).faults as Fault[], [name]);
    const place = useMemo(() => error ? placeOf(error) : null, [error]);
    const known = useMemo<Fault[]>(() => [...place ? [{ line: place.line, column: place.column, message: place.message, severity: "error" as const }] : [], ...props.known ?? []], [place, props.known]);
    const phrases = useMemo(() => ({ "Completions": t("editor_completions"), "Diagnostics": t("editor_faults"), "No diagnostics": t("editor_no_faults"), "Control character": t("editor_control") }), [t]);
    const onFaults = useCallback((faults: Fault[], show: (fault: Fault) => void) => setFound({ faults, show }), []);
    const plain = <Textarea aria-label={label} value={value} onChange={event => onChange(event.currentTarget.value)} readOnly={readOnly} autosize minRows={rows ?? 10} maxRows={30} spellCheck={false} className="code" />;
    return (
        <Input.Wrapper label={label} labelElement="div" required={required} error={place ? null : error}>
            <Otherwise plain={plain}>
                <Suspense fallback={plain}>
                    <Editor label={label} value={value} onChange={onChange} readOnly={readOnly} rows={rows} describedBy={`${id}-keys`} invalid={Boolean(error)} around={around} check={readOnly ? undefined : check} known={known} phrases={phrases} onFaults={onFaults} />
                </Suspense>
            </Otherwise>
            <div role="status" aria-label={t("editor_faults")}>
                {found.faults.length > 0 && <ul className="faults">{found.faults.map(fault => (
                    <li key={`${fault.line}:${fault.column}:${fault.message}`} className={fault.severity}>
                        <button type="button" onClick={() => found.show(fault)}>{fault.line === null ? fault.message : t("at_line", { line: fault.line, message: fault.message })}</button>
                    </li>
                ))}</ul>}
            </div>
            {!readOnly && <Text id={`${id}-keys`} size="xs" c="dimmed" mt={2} className={(rows ?? 10) < TOLD_ROWS ? "visually-hidden" : undefined}>{t("editor_keys")}</Text>}
        </Input.Wrapper>
    );
}

/** Where the editor cannot be loaded, a script can still be written. */
class Otherwise extends Component<{ plain: ReactNode; children: ReactNode }, { failed: boolean }> {
    override state = { failed: false };
    static getDerivedStateFromError() { return { failed: true }; }
    override render() { return this.state.failed ? this.props.plain : this.props.children; }
}
