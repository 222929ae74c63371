/* The typed client of the REST API. Signs each request (session with CSRF, or a token), and turns whatever is no
   success into a Failure. Knows no pages. */

import createClient, { type Middleware } from "openapi-fetch";
import { Failure, failureOf } from "./failure";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type RecordBody = Schemas["RecordBody"];
export type TableBody = Schemas["TableBody"];
export type FieldBody = Schemas["FieldBody"];
export type EmailBody = Schemas["EmailBody"];
export type FeedEntry = Schemas["FeedEntry"];
export type FieldValue = Schemas["BTreeMap"][string];
export type FieldValues = Record<string, FieldValue>;

/** How requests are signed; set by the session. */
export const credentials: { token: string | null; csrf: string | null; agent: boolean; refused: () => void } = {
    token: null,
    csrf: null,
    /** Whether whoever asks works on records: mails, queues and the state of the program are for those alone. */
    agent: false,
    refused: () => undefined,
};

const SAFE = ["GET", "HEAD"];

export function signed(headers: Headers, method: string): void {
    if (credentials.token !== null) { headers.set("Authorization", `Bearer ${credentials.token}`); }
    else if (credentials.csrf !== null && !SAFE.includes(method)) { headers.set("X-CSRF-Token", credentials.csrf); }
}

const signing: Middleware = {
    onRequest({ request }) {
        signed(request.headers, request.method);
        return request;
    },
};

export const api = createClient<paths>({ baseUrl: "/", cache: "no-store" });
api.use(signing);

interface Answer<T> { data?: T; error?: unknown; response: Response }

/** The data of an answer; throws a Failure otherwise. */
export async function take<T>(call: Promise<Answer<T>>): Promise<T> {
    let answer: Answer<T>;
    try { answer = await call; } catch { throw new Failure(0, "unreachable", ""); }
    if (answer.response.ok) { return answer.data as T; }
    if (answer.response.status === 401) { credentials.refused(); }
    throw failureOf(answer.response.status, answer.response.statusText, answer.error);
}

/** A request outside of the description: bytes, and what another version of the API may know. */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    signed(headers, init.method ?? "GET");
    let answer: Response;
    try { answer = await fetch(path, { ...init, headers, cache: "no-store" }); } catch { throw new Failure(0, "unreachable", ""); }
    if (answer.ok) { return answer; }
    if (answer.status === 401) { credentials.refused(); }
    throw failureOf(answer.status, answer.statusText, await answer.json().catch(() => null));
}

/** Hands bytes of the API to the browser as a file. */
export async function save(path: string, name: string): Promise<void> {
    const address = URL.createObjectURL(await (await ask(path)).blob());
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
