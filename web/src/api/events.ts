/* Server-sent events as the stream of the API writes them: from bytes that come in pieces to events, and from an event
   to what has to be read anew. Pure. */

export interface Sent { event: string; id: string | null; data: string }

/** What has come so far and is no whole event yet. */
export interface Rest { text: string }

/** The events that are whole with this piece; the rest waits for the next one. */
export function events(rest: Rest, piece: string): Sent[] {
    const blocks = (rest.text + piece).replaceAll("\r\n", "\n").split("\n\n");
    rest.text = blocks.pop() ?? "";
    return blocks.map(block => {
        const sent: Sent = { event: "message", id: null, data: "" };
        for (const line of block.split("\n")) {
            const [, name = "", value = ""] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
            if (name === "event") { sent.event = value; }
            if (name === "id") { sent.id = value; }
            if (name === "data") { sent.data += value; }
        }
        return sent;
    }).filter(sent => sent.data !== "");
}

type Key = readonly (string | null | undefined)[];

/** The beginnings of the keys of queries that an event makes stale; everything where too much was missed. */
export function stale({ event, data }: Sent): Key[] {
    const said = readable(data);
    switch (event) {
        case "record": return [["records"], ["record", null, said.id], ["feed", null, said.id], ["attachments", null, said.id], ["all"], ["named"], ["explanation"], ...said.table?.startsWith("script") ? [["tables"]] : []];
        case "email": return [["mails"], ["mail", said.id], ["arrivals"], ["feed"], ["explanation"], ["demo"]];
        case "delivery": return [["mails"], ["mail", said.email], ["explanation"], ["demo"]];
        case "attention": return [["attention"], ["status"]];
        case "status": return [["status"], ["arrivals"]];
        case "reset": return [[]];
        default: return [];
    }
}

interface Said { table?: string; id?: string; email?: string }

function readable(data: string): Said {
    try { return JSON.parse(data) as Said; } catch { return {}; }
}

/** Whether the key of a query begins so; `null` and what is missing stand for anything. */
export const begins = (key: readonly unknown[], beginning: Key): boolean => beginning.every((part, at) => part === null || part === undefined || key[at] === part);
