import { expect, it } from "vitest";
import { asOf } from "./versions";

it("an earlier version is every later change taken back, the oldest last", () => {
    const changes = [{ version: 4, old: { order: 30 } }, { version: 3, old: { order: 20, name: "B" } }, { version: 2, old: { name: "A" } }, { version: 1, old: {} }];
    expect(asOf(changes, 4)).toEqual({});
    expect(asOf(changes, 3)).toEqual({ order: 30 });
    expect(asOf(changes, 2)).toEqual({ order: 20, name: "B" });
    expect(asOf(changes, 1)).toEqual({ order: 20, name: "A" });
});
