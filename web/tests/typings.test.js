/* The typings that the program gives to editors are TypeScript: they are read without an error, a script that is right
   has none against them, and one that is wrong is told so. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import ts from "typescript";

const TYPINGS = join(import.meta.dirname, "../../docs/typings");
const SAMPLES = join(import.meta.dirname, "typings");
const OPTIONS = { noEmit: true, allowJs: true, checkJs: true, strict: true, lib: ["lib.es2023.d.ts"], types: [], skipLibCheck: false, target: ts.ScriptTarget.ES2023, moduleDetection: ts.ModuleDetectionKind.Legacy };

/* What TypeScript says of a source beside the typings of a vocabulary. */
function said(vocabulary, source) {
    const sample = join(SAMPLES, vocabulary + ".js");
    const host = ts.createCompilerHost(OPTIONS);
    const { readFile, fileExists } = host;
    host.readFile = path => path === sample ? source : readFile.call(host, path);
    host.fileExists = path => path === sample || fileExists.call(host, path);
    host.getSourceFile = (path, version) => { const text = host.readFile(path); return text === undefined ? undefined : ts.createSourceFile(path, text, version); };
    const program = ts.createProgram([join(TYPINGS, vocabulary + ".d.ts"), sample], OPTIONS, host);
    return ts.getPreEmitDiagnostics(program).map(one => {
        const at = one.file && one.start !== undefined ? one.file.getLineAndCharacterOfPosition(one.start).line + 1 : 0;
        return `${one.file?.fileName.split("/").at(-1)}:${at}: ${ts.flattenDiagnosticMessageText(one.messageText, " ")}`;
    });
}

for (const vocabulary of ["simpleone", "servicenow"]) {
    test(`the typings of ${vocabulary} are read by TypeScript, and so is a script beside them`, () => {
        assert.deepEqual(said(vocabulary, readFileSync(join(SAMPLES, vocabulary + ".js"), "utf8")), []);
    });
}

test("a member that there is not is told, and so is one that is not supported", () => {
    const [nearest, ...more] = said("simpleone", "ss.inf('x');");
    assert.match(nearest, /^simpleone\.js:1: .*'inf'.*Did you mean 'info'/);
    assert.deepEqual(more, []);
    const text = readFileSync(join(TYPINGS, "simpleone.d.ts"), "utf8");
    const refused = /@deprecated Not supported: [^\n]*\n\s*declare const (\w+): never;/.exec(text);
    assert.ok(refused, "a name of the platform that is not supported is declared");
    assert.match(said("simpleone", `${refused[1]}.something();`)[0], /never/);
});
