import { describe, expect, it } from "vitest";
import { chapters } from "./timeline";

const TOLD = `Mail "Printer" from anna@example.com, received 2026-11-30T15:00:00Z: processed
  class     new, because of nothing else
  action    Create incident: ran
  action    Comment: skipped (message_type)
  to anna@example.com: sent (250 Ok)
  because of the event 01:
    ERROR     A rule: it cannot be read [bad_condition]

Mail "[INC1] Printer" by Tell the number: processed
  recipient Anna <anna@example.com> through the field caller: mailed
`;

describe("an explanation", () => {
    it("is told in chapters, each fact with its step, its weight and its depth", () => {
        const all = chapters(TOLD);
        expect(all.map(one => one.heading.slice(0, 12))).toEqual(["Mail \"Printe", "Mail \"[INC1]"]);
        expect(all[0]?.facts.map(fact => [fact.step, fact.tone, fact.depth])).toEqual([
            ["class", "plain", 0], ["action", "good", 0], ["action", "faint", 0], ["delivery", "good", 0], ["", "plain", 0], ["error", "bad", 1],
        ]);
        expect(all[1]?.facts).toEqual([{ step: "recipient", text: "Anna <anna@example.com> through the field caller: mailed", tone: "good", depth: 0 }]);
    });

    it("loses no line, also where a fact comes before any chapter", () => {
        const facts = chapters("  note      nothing [x]\n").flatMap(one => one.facts);
        expect(facts.map(fact => fact.text)).toEqual(["nothing [x]"]);
        expect(chapters("")).toEqual([]);
    });
});
