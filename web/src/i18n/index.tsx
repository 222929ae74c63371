/* The languages of the application: which one is read, and its words. Catalogues are en.ts and ru.ts; the type of the
   English one is the list of keys. */

import { createContext, use, useEffect, useMemo, useState, type ReactNode } from "react";
import { en } from "./en";
import { ru } from "./ru";

export type Key = keyof typeof en;
export type Language = "en" | "ru";
export type Values = Record<string, string | number>;
export const catalogues: Record<Language, Record<Key, string>> = { en, ru };
const STORED = "rejoinder-language";

/** The text of a key, with `{name}` replaced. */
export function say(language: Language, key: Key, values: Values = {}): string {
    return catalogues[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

const begin = (): Language => {
    const stored = localStorage.getItem(STORED);
    if (stored === "en" || stored === "ru") { return stored; }
    return navigator.language.startsWith("ru") ? "ru" : "en";
};

/** Texts by language, as the dictionary has them. */
export type Labels = Readonly<Record<string, unknown>> | undefined;

/** The text of a word of the API in every language, as the dictionary has labels; the word itself where there is none. */
export function labelsOf(group: string, value: string): Record<string, string> {
    const key = `${group}_${value}`;
    const known = Object.entries(catalogues).filter(([, catalogue]) => key in catalogue).map(([language, catalogue]) => [language, catalogue[key as Key]]);
    return known.length > 0 ? Object.fromEntries(known) as Record<string, string> : { en: value.replaceAll("_", " ") };
}

export interface Words {
    language: Language;
    /** Chosen by the reader: kept for the next time. */
    choose: (language: Language) => void;
    /** Suggested by the reader's profile: only where nothing was chosen. */
    suggest: (language: string) => void;
    t: (key: Key, values?: Values) => string;
    /** A word of the API (`in_process`), or the word itself where there is no text for it. */
    word: (group: string, value: string) => string;
    /** The text of the dictionary for this reader. */
    label: (labels: Labels, otherwise: string) => string;
    moment: (at: string | null | undefined) => string;
    size: (bytes: number) => string;
}

const Current = createContext<Words | null>(null);

export function LanguageProvider({ children }: { children: ReactNode }) {
    const [language, setLanguage] = useState<Language>(begin);
    useEffect(() => { document.documentElement.lang = language; }, [language]);
    const words = useMemo<Words>(() => ({
        language,
        choose: next => { localStorage.setItem(STORED, next); setLanguage(next); },
        suggest: next => { if (localStorage.getItem(STORED) === null && (next === "en" || next === "ru")) { setLanguage(next); } },
        t: (key, values) => say(language, key, values),
        word: (group, value) => {
            const key = `${group}_${value}`;
            return key in en ? say(language, key as Key) : value.replaceAll("_", " ");
        },
        label: (labels, otherwise) => [labels?.[language], labels?.en].find(text => typeof text === "string") ?? otherwise,
        moment: at => momentOf(language, at),
        size: bytes => sizeOf(language, bytes),
    }), [language]);
    return <Current value={words}>{children}</Current>;
}

function momentOf(language: Language, at: string | null | undefined): string {
    if (!at) { return ""; }
    const date = new Date(at);
    return Number.isNaN(date.getTime()) ? at : new Intl.DateTimeFormat(language === "ru" ? "ru-RU" : "en-GB", { dateStyle: "medium", timeStyle: "short" }).format(date);
}

function sizeOf(language: Language, bytes: number): string {
    const [value, unit] = bytes < 1000 ? [bytes, "byte"] : bytes < 1_000_000 ? [bytes / 1000, "kilobyte"] : [bytes / 1_000_000, "megabyte"];
    return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 }).format(value as number);
}

export function useWords(): Words {
    const words = use(Current);
    if (words === null) { throw new Error("there are no words outside of <Language>"); }
    return words;
}
