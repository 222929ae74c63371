/* How the application is built. What the API can do is read from its description, so that a page never offers what
   the program behind it does not know. */

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

interface Description {
    paths: Record<string, Record<string, { parameters?: { name: string }[] }>>;
}

const description = JSON.parse(readFileSync(new URL("../docs/openapi.json", import.meta.url), "utf8")) as Description;
const knows = (path: string, method: string) => description.paths[path]?.[method] !== undefined;
const takes = (path: string, name: string) => description.paths[path]?.get?.parameters?.some(one => one.name === name) ?? false;

const abilities = {
    order: takes("/api/v1/records/{table}", "order"),
    sessions: knows("/api/v1/session", "post"),
    stream: knows("/api/v1/stream", "get"),
    makesTables: knows("/api/v1/tables", "post"),
};

/** The most script, compressed, that a browser loads before the first page stands: the entry, and the incidents. */
const FIRST_LOAD_MAX_BYTES = 350_000;
const FIRST_PAGE = "ListPage";

/** Fails the build where the first load has grown too large. */
const bounded: Plugin = {
    name: "first-load",
    generateBundle(_, bundle) {
        const chunks = Object.values(bundle).filter(one => one.type === "chunk");
        const needed = new Set<string>();
        const need = (name: string) => {
            const chunk = chunks.find(one => one.fileName === name);
            if (!chunk || needed.has(name)) { return; }
            needed.add(name);
            chunk.imports.forEach(need);
        };
        chunks.filter(one => one.isEntry || one.name === FIRST_PAGE).forEach(one => need(one.fileName));
        const bytes = chunks.filter(one => needed.has(one.fileName)).reduce((sum, one) => sum + gzipSync(one.code).length, 0);
        const said = `first load: ${Math.round(bytes / 1000)} kB of script (gzip), at most ${FIRST_LOAD_MAX_BYTES / 1000}`;
        if (bytes > FIRST_LOAD_MAX_BYTES) { this.error(said); }
        console.log(said);
    },
};

export default defineConfig({
    plugins: [react(), bounded],
    define: { __ABILITIES__: JSON.stringify(abilities) },
    build: { target: "es2023", assetsInlineLimit: 0, reportCompressedSize: false, chunkSizeWarningLimit: 1200 },
    server: { proxy: { "/api": process.env.REJOINDER ?? "http://127.0.0.1:8025" } },
    test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
} as Parameters<typeof defineConfig>[0]);
