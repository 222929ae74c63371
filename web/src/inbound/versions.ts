/* What a record held at an earlier version, from its changes. Pure. */

import type { FieldValue, FieldValues } from "../api/client";

interface Change { version: number; old: Readonly<Record<string, FieldValue | undefined>> }

/** The values to write so that the record is again as it was at a version: every later change taken back. */
export function asOf(changes: readonly Change[], version: number): FieldValues {
    const values: Record<string, FieldValue> = {};
    for (const change of [...changes].sort((one, other) => other.version - one.version)) {
        if (change.version <= version) { break; }
        Object.assign(values, change.old);
    }
    return values;
}
