/* What somebody writes into a form: kept apart from the record, which goes on living, so that what others change
   meanwhile is seen and neither side is lost. */

import { useEffect, useState } from "react";
import type { FieldBody, FieldValue, FieldValues, RecordBody } from "../api/client";
import { changes, clashes, same, type Clash } from "../dictionary/values";

export interface Draft {
    values: FieldValues;
    set: (field: string, value: FieldValue) => void;
    /** What would be written. */
    changed: FieldValues;
    dirty: boolean;
    /** What somebody else wrote meanwhile where I have written too. */
    clashing: Clash[];
    keepMine: () => void;
    takeTheirs: () => void;
    reset: () => void;
    /** The version that my changes are made on. */
    version: number;
}

export function useDraft(record: RecordBody | null, fields: FieldBody[], begin: FieldValues = {}): Draft {
    const [draft, setDraft] = useState<FieldValues>(begin);
    const [base, setBase] = useState<RecordBody | null>(record);
    const theirs = record?.fields ?? {};
    const before = base?.fields ?? {};
    const changed = record === null
        ? Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== null))
        : changes(before, draft, fields);
    const dirty = record === null ? Object.keys(draft).some(name => !same(draft[name], begin[name])) : Object.keys(changed).length > 0;
    const clashing = record === null ? [] : clashes(before, theirs, changed);
    useEffect(() => {
        // Whatever does not touch what I write is followed at once.
        if (record !== null && base !== null && record.version > base.version && clashing.length === 0) { setBase(record); }
    }, [record, base, clashing.length]);
    const forget = (names: string[]) => setDraft(old => Object.fromEntries(Object.entries(old).filter(([name]) => !names.includes(name))));
    return {
        values: { ...theirs, ...draft },
        set: (field, value) => setDraft(old => ({ ...old, [field]: value })),
        changed,
        dirty,
        clashing,
        keepMine: () => setBase(record),
        takeTheirs: () => { forget(clashing.map(clash => clash.field)); setBase(record); },
        reset: () => { setDraft(begin); setBase(record); },
        version: base?.version ?? 0,
    };
}
