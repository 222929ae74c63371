import { describe, expect, it } from "vitest";
import { choicesOf, emptyChoice, textOf } from "./replies";

describe("the templates of a reply", () => {
    it("are read and written without a loss, conditions too", () => {
        const text = "[{\"template\":\"VIP\",\"condition\":{\"field\":\"sender.roles\",\"operator\":\"has\",\"value\":\"vip\"}},{\"template\":\"Usual\"}]";
        expect(textOf(choicesOf(text) ?? [])).toBe(text);
    });
    it("leave out what names none, and are none where the text is something else", () => {
        expect(textOf([emptyChoice()])).toBeNull();
        expect(choicesOf(" ")).toEqual([]);
        for (const text of ["{", "{}", "[3]", "[{\"condition\":{}}]"]) { expect(choicesOf(text), text).toBeNull(); }
    });
});
