/* The told explanation of a mail, an event or a record as steps. The text has a line for each fact: those at the margin
   say what is told about, those that are indented begin with the word of their step. Pure. */

export type Tone = "good" | "bad" | "plain" | "faint";
export interface Fact { step: string; text: string; tone: Tone; depth: number }
export interface Chapter { heading: string; facts: Fact[] }

const STEPS = ["evidence", "class", "sender", "record", "related", "action", "rule", "recipient", "change", "mail", "note", "error", "log", "delivery"];

function toneOf(step: string, text: string): Tone {
    if (step === "error") { return "bad"; }
    if (step === "action" || step === "rule") { return /: ran\b/.test(text) ? "good" : /: error\b/.test(text) ? "bad" : "faint"; }
    if (step === "recipient") { return text.endsWith(": mailed") ? "good" : "faint"; }
    if (step === "change" || step === "mail") { return "good"; }
    if (step === "delivery") { return /\bsent\b/.test(text) ? "good" : /\b(failed|bounced|uncertain)\b/.test(text) ? "bad" : "plain"; }
    return step === "log" ? "faint" : "plain";
}

/** One indented line: its first word where that is a step, and what follows. */
function fact(line: string): Fact {
    const depth = Math.floor((line.length - line.trimStart().length) / 2) - 1;
    const [, first = "", rest = ""] = /^(\S+)\s+(.*)$/.exec(line.trim()) ?? [];
    const step = first.toLowerCase();
    if (STEPS.includes(step)) { return { step, text: rest, tone: toneOf(step, rest), depth: Math.max(depth, 0) }; }
    // `to anna@example.com: sent (250 …)`: what became of a recipient.
    if (/^to \S+: /.test(line.trim())) { return { step: "delivery", text: line.trim(), tone: toneOf("delivery", line), depth: Math.max(depth, 0) }; }
    return { step: "", text: line.trim(), tone: "plain", depth: Math.max(depth, 0) };
}

/** The chapters of an explanation, in the order in which it is told. */
export function chapters(text: string): Chapter[] {
    const all: Chapter[] = [];
    for (const line of text.split("\n").filter(one => one.trim() !== "")) {
        if (!line.startsWith(" ")) { all.push({ heading: line, facts: [] }); continue; }
        const current = all.at(-1) ?? { heading: "", facts: [] };
        if (all.length === 0) { all.push(current); }
        current.facts.push(fact(line));
    }
    return all;
}
