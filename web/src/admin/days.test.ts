import { describe, expect, it } from "vitest";
import { fromDay, toDay } from "./days";

describe("a day that somebody picks", () => {
    it("begins at midnight here and lasts until the next one begins, over the end of a month too", () => {
        expect(new Date(fromDay("2026-11-23")).getHours()).toBe(0);
        expect(toDay("2026-11-30")).toBe(fromDay("2026-12-01"));
    });
});
