/* A mail as a mail program writes it, for the demo's people. Pure but for the time and the number of the mail. */

export interface Original { from: string; subject: string; text: string; received_at: string; message_id?: string | null; references: string[] }
export interface Letter { from: string; to: string; subject: string; text: string; original?: Original; automatic?: boolean; file?: { name: string; type: string; bytes: Uint8Array } }

/** Base64, in lines that mail allows (RFC 2045, 6.8). */
export function base64(bytes: Uint8Array): string {
    let binary = "";
    for (const byte of bytes) { binary += String.fromCharCode(byte); }
    return btoa(binary).replace(/.{76}/g, "$&\r\n");
}
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A header text: as it is, or in encoded words of whole characters (RFC 2047, 2). */
export function header(text: string): string {
    const line = text.replace(/[\r\n]+/g, " ");
    if (/^[ -~]*$/.test(line) && line.length < 900) { return line; }
    return (line.match(/.{1,10}/gu) ?? []).map(part => `=?utf-8?B?${base64(utf8(part))}?=`).join("\r\n ");
}

/** The quoted original under an answer. */
export function quoted({ received_at, from, text }: Original): string {
    const lines = text.trimEnd().split("\n").map(line => `> ${line}`).join("\n");
    return `\n\n${new Date(received_at).toDateString()}, ${from} wrote:\n${lines}`;
}

export const answerSubject = (subject: string): string => /^re:/i.test(subject) ? subject : `Re: ${subject}`;

/** The bytes of a mail, as text of ASCII characters. */
export function composed(letter: Letter, id: string, now: Date): string {
    const lines = [`From: ${letter.from}`, `To: ${letter.to.replace(/[^ -~]/g, "?")}`, `Subject: ${header(letter.subject)}`,
        `Date: ${now.toUTCString().replace("GMT", "+0000")}`, `Message-ID: <${id}@page.example.com>`, "MIME-Version: 1.0"];
    if (letter.original?.message_id) {
        const ids = [...letter.original.references, letter.original.message_id].map(one => `<${one}>`);
        lines.push(`In-Reply-To: ${ids.at(-1) ?? ""}`, `References: ${ids.join("\r\n ")}`);
    }
    if (letter.automatic) { lines.push("Auto-Submitted: auto-replied"); }
    const text = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "", base64(utf8(letter.text))];
    const { file } = letter;
    if (!file) { return `${[...lines, ...text].join("\r\n")}\r\n`; }
    const type = /^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? file.type : "application/octet-stream";
    const name = file.name.replace(/[^ -~]|["\\]/g, "_");
    return `${[...lines, "Content-Type: multipart/mixed; boundary=\"=_page\"", "", "--=_page", ...text, "--=_page", `Content-Type: ${type}`,
        `Content-Disposition: attachment; filename="${name}"`, "Content-Transfer-Encoding: base64", "", base64(file.bytes), "--=_page--"].join("\r\n")}\r\n`;
}
