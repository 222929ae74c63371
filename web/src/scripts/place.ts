/* Where in a script an error says that it is. Pure. */

export interface Place { line: number; column: number; message: string }

/** The place that a sentence of the API names, as in `line 3, column 14: unexpected token`. */
export function placeOf(sentence: string): Place | null {
    const found = /\bline (\d+), column (\d+): (.*)$/s.exec(sentence);
    return found ? { line: Number(found[1]), column: Number(found[2]), message: found[3] ?? sentence } : null;
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
