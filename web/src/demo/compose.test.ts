import { describe, expect, it } from "vitest";
import { answerSubject, base64, composed, header, quoted } from "./compose";

const original = { from: "help@example.com", subject: "Asked", text: "Which?\nSay.\n", received_at: "2026-11-30T12:00:00Z", message_id: "two@x", references: ["one@x"] };

describe("a mail of the demo", () => {
    it("carries the headers of an answer, and its text in lines that mail allows", () => {
        const text = composed({ from: "anna@example.com", to: "help@example.com", subject: "Ответ", text: "б".repeat(200), original, automatic: true }, "7", new Date("2026-11-30T12:00:00Z"));
        expect(text).toContain("In-Reply-To: <two@x>\r\nReferences: <one@x>\r\n <two@x>\r\nAuto-Submitted: auto-replied\r\n");
        expect(text).toContain("Date: Mon, 30 Nov 2026 12:00:00 +0000\r\n");
        expect(Math.max(...text.split("\r\n").map(line => line.length))).toBeLessThanOrEqual(78);
        expect(/[^\x00-\x7f]/.test(text)).toBe(false);
    });

    it("has a file whose name cannot break out of its header", () => {
        const text = composed({ from: "a@x", to: "b@x", subject: "s", text: "t", file: { name: "a\"\r\nX: y.png", type: "bad type", bytes: new Uint8Array([1, 2]) } }, "7", new Date(0));
        expect(text).toContain("filename=\"a___X: y.png\"");
        expect(text).toContain("Content-Type: application/octet-stream");
        expect(text.trimEnd().endsWith("--=_page--")).toBe(true);
    });

    it("quotes, and prefixes a subject once", () => {
        expect(quoted(original)).toContain("\n> Which?\n> Say.");
        expect([answerSubject("Asked"), answerSubject("RE: Asked")]).toEqual(["Re: Asked", "RE: Asked"]);
        expect([header("plain"), header("Ещё")]).toEqual(["plain", "=?utf-8?B?0JXRidGR?="]);
        expect(base64(new Uint8Array(60)).split("\r\n")[0]).toHaveLength(76);
    });
});
