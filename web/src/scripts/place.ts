/* Where in a script an error says that it is. Pure. */

export interface Place { line: number; column: number; message: string }

/** The place that stands at the end of a sentence of the API, as in `… (at Name of the script:3:14)`. */
export function placeOf(sentence: string): Place | null {
    const found = /^(.*?)\s*\(at .*:(\d+):(\d+)\)\.?$/s.exec(sentence);
    return found ? { message: found[1] ?? sentence, line: Number(found[2]), column: Number(found[3]) } : null;
}

/** The position in a text of a line and a column in characters, both from 1; brought within the text. */
export function offsetOf(text: string, line: number, column: number): number {
    const lines = text.split("\n");
    const at = Math.min(Math.max(line, 1), lines.length) - 1;
    const before = lines.slice(0, at).reduce((sum, one) => sum + one.length + 1, 0);
    // Columns count characters, positions halves of them.
    return before + [...lines[at] ?? ""].slice(0, Math.max(column, 1) - 1).join("").length;
}

/** Whether a field of the dictionary holds a script. */
export const isScript = (field: { kind: string; name: string }): boolean => field.kind === "text" && /^(.+_)?script$/.test(field.name);
