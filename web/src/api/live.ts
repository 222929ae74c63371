/* Keeps what is shown up to date: listens to the stream of the program, and has read anew what it says is stale. Where
   there is no stream, pages look again by themselves, more often. */

import { QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { ask, credentials } from "./client";
import { begins, events, stale, type Rest } from "./events";

/** Milliseconds after which what is live is looked at again, without the stream and with it. */
const ALONE_MS = 3000;
const HEARD_MS = 30_000;
/** Milliseconds for which news are collected before they are read, and before a lost stream is opened again. */
const COLLECT_MS = 150;
const AGAIN_MS = 4000;

let heard = false;
/** How often a live page looks again now. */
export const pace = (): number => heard ? HEARD_MS : ALONE_MS;

/** Listens until it is told to stop; opens the stream again where it was lost, and goes on from the last event. */
async function listen(queries: QueryClient, stop: AbortSignal): Promise<void> {
    let last: string | null = null;
    while (!stop.aborted) {
        try {
            const answer = await ask("/api/v1/stream", { signal: stop, headers: { Accept: "text/event-stream", ...last === null ? {} : { "Last-Event-ID": last } } });
            const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
            // What changed before the stream was open is not told by it.
            if (last === null) { void queries.invalidateQueries(); }
            heard = true;
            const rest: Rest = { text: "" };
            for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
                const sent = events(rest, piece.value);
                last = sent.at(-1)?.id ?? last;
                const beginnings = sent.flatMap(stale);
                if (beginnings.length > 0) { collect(queries, beginnings); }
            }
        } catch { /* The program stopped, or the session ended; both are said elsewhere. */ }
        heard = false;
        if (!stop.aborted) { await new Promise(done => setTimeout(done, AGAIN_MS)); }
    }
}

let collected: ReturnType<typeof stale> = [];
function collect(queries: QueryClient, beginnings: ReturnType<typeof stale>): void {
    if (collected.length === 0) {
        setTimeout(() => {
            const now = collected;
            collected = [];
            void queries.invalidateQueries({ predicate: query => now.some(beginning => begins(query.queryKey, beginning)) });
        }, COLLECT_MS);
    }
    collected.push(...beginnings);
}

/** Listens as long as somebody is signed in. */
export function useLive(queries: QueryClient): void {
    useEffect(() => {
        if (!__ABILITIES__.stream || !credentials.agent) { return undefined; }
        const stop = new AbortController();
        void listen(queries, stop.signal);
        return () => { stop.abort(); heard = false; };
    }, [queries]);
}
