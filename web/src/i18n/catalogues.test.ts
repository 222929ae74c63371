import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { en } from "./en";
import { ru } from "./ru";

const root = join(import.meta.dirname, "..");
const sources = (folder: string): string[] => readdirSync(folder, { withFileTypes: true }).flatMap(one => {
    const path = join(folder, one.name);
    return one.isDirectory() ? sources(path) : path.endsWith(".tsx") ? [path] : [];
});
const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
/** Names, units and keys that every language writes alike. */
const SAME = ["1d 02:03:04", "Rejoinder", "Ctrl+Enter", "HTML", "JSON", "TLS", "STARTTLS", "—", "→", "·", "/"];

describe("the catalogues", () => {
    it("have the same keys, all filled, with the same values to fill in", () => {
        expect(Object.keys(ru)).toEqual(Object.keys(en));
        for (const key of Object.keys(en) as (keyof typeof en)[]) {
            expect(en[key].trim() && ru[key].trim(), key).not.toBe("");
            expect(holes(ru[key]), key).toEqual(holes(en[key]));
        }
    });

    it("are translated: what stands in Russian has Russian letters", () => {
        const untranslated = (Object.keys(ru) as (keyof typeof ru)[]).filter(key => !/[а-яё]/i.test(ru[key]) && !SAME.includes(ru[key]) && key !== "other_language");
        expect(untranslated).toEqual([]);
        expect(Object.values(en).filter(text => /[а-яё]/i.test(text))).toEqual(["Русский"]);
    });

    it("hold every key that the pages ask for, and none that nobody asks for", () => {
        const all = [...sources(root), join(root, "shell/places.ts"), join(root, "inbound/mailTable.ts")].map(path => readFileSync(path, "utf8")).join("\n");
        const groups = [...all.matchAll(/\b(?:word|labelsOf)\("(\w+)"/g), ...all.matchAll(/\bt\(`(\w+)_\$\{/g)].map(match => `${match[1]}_`);
        const unused = Object.keys(en).filter(key => !all.includes(`"${key}"`) && !groups.some(group => key.startsWith(group)));
        expect(unused).toEqual([]);
    });

    it("are where all texts stand: no page has words of its own", () => {
        const literals = sources(root).flatMap(path => {
            const text = readFileSync(path, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
            const within = [...text.matchAll(/<[A-Za-z][^<>]*>([^<>{}=();]*[A-Za-z]{2,}[^<>{}=();]*)<\//g)].map(match => match[1] ?? "");
            const attributes = [...text.matchAll(/\b(?:label|title|placeholder|description|aria-label|alt)="([^"]*[A-Za-z]{2,}[^"]*)"/g)].map(match => match[1] ?? "");
            return [...within, ...attributes].map(found => found.trim()).filter(found => found !== "" && !SAME.includes(found)).map(found => `${path.slice(root.length)}: ${found}`);
        });
        expect(literals).toEqual([]);
    });
});
