import { describe, expect, it } from "vitest";
import { emptyRow, mappingOf, rowsOf } from "./mapping";

describe("the rows of a mapping", () => {
    it("are read and written without a loss", () => {
        const text = JSON.stringify([{ field: "subject", from: "subject" }, { field: "impact", from: "constant", value: "2" }, { field: "description", from: "new_text", when: { field: "x" } }]);
        expect(mappingOf(rowsOf(text) ?? [])).toBe(text);
    });

    it("leave out what names no field, and a value where the source takes none", () => {
        expect(mappingOf([{ ...emptyRow(), value: "x" }, { ...emptyRow("caller", "sender"), value: "left over" }])).toBe("[{\"field\":\"caller\",\"from\":\"sender\"}]");
        expect(mappingOf([])).toBeNull();
        expect(rowsOf("  ")).toEqual([]);
    });

    it("are none where the text is something else", () => {
        for (const text of ["{", "{}", "[1]", "[{\"field\":\"a\"}]", "[{\"field\":\"a\",\"from\":\"constant\",\"value\":{}}]"]) { expect(rowsOf(text), text).toBeNull(); }
    });
});
