/* Which texts of a mail are offered, and which is shown first. */

import { expect, test } from "vitest";
import { waysToShow } from "./ways";

test("the new text comes first where it leaves something out, and the whole is one click away", () => {
    expect(waysToShow({ text: "Yes.\n\n> Really?", new_text: "Yes.", html: null })).toEqual(["new", "whole"]);
    expect(waysToShow({ text: "Yes.\n", new_text: "Yes.", html: "<p>Yes.</p>" })).toEqual(["whole", "html"]);
});

test("a mail without new text shows its whole text", () => {
    expect(waysToShow({ text: "> Really?", new_text: "", html: null })).toEqual(["whole"]);
    expect(waysToShow({ text: null, new_text: null, html: null })).toEqual(["whole"]);
});
