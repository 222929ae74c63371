/* The templates that a reply is chosen from: the JSON of the API, and the rows that one edits. Pure. */

export interface Choice { key: number; template: string; condition: string; rest: Record<string, unknown> }

let last = 0;
export const emptyChoice = (): Choice => ({ key: (last += 1), template: "", condition: "", rest: {} });

/** The choices in the order in which they are asked, or null where the text is none that rows can show. */
export function choicesOf(text: string): Choice[] | null {
    if (text.trim() === "") { return []; }
    let json: unknown;
    try { json = JSON.parse(text); } catch { return null; }
    if (!Array.isArray(json)) { return null; }
    const all = json.map((entry: unknown): Choice | null => {
        if (typeof entry !== "object" || entry === null) { return null; }
        const { template, condition, ...rest } = entry as Record<string, unknown>;
        return typeof template === "string" ? { ...emptyChoice(), template, condition: condition === undefined || condition === null ? "" : JSON.stringify(condition), rest } : null;
    });
    return all.every(one => one !== null) ? all : null;
}

/** The JSON of choices; null where there is none. Those without a template are left out. */
export function textOf(choices: readonly Choice[]): string | null {
    const entries = choices.filter(one => one.template !== "").map(({ template, condition, rest }) => `{"template":${JSON.stringify(template)}${condition === "" ? "" : `,"condition":${condition}`}${Object.entries(rest).map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`).join("")}}`);
    return entries.length === 0 ? null : `[${entries.join(",")}]`;
}
