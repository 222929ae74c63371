/* Who is signed in, and how: with a session (cookie and CSRF token) or with an API token, which is kept for this tab
   alone and never in an address. Shows nothing. */

import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import { api, ask, credentials, take, type Schemas } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import { queries } from "../api/queries";
import { useWords } from "../i18n";

const TOKEN = "rejoinder-token";

export interface Person { id: string; name: string; email: string | null | undefined; roles: string[] }

export type Session =
    | { state: "unknown" }
    | { state: "out"; failure: Failure | null; ended: boolean }
    | { state: "in"; person: Person; admin: boolean; agent: boolean };

type SessionBody = Schemas["SessionBody"];

export interface Access {
    session: Session;
    signIn: (login: string, password: string) => Promise<void>;
    signInWith: (token: string) => Promise<void>;
    signOut: () => Promise<void>;
}

const Current = createContext<Access | null>(null);

/** A token behind the `#` is taken and removed from the address at once. */
export function takeToken(): void {
    const place = new URLSearchParams(location.hash.slice(1));
    const token = place.get("token");
    if (token === null) { return; }
    sessionStorage.setItem(TOKEN, token);
    history.replaceState(history.state, "", location.pathname + location.search);
}

const opened = (body: SessionBody): Session => {
    credentials.csrf = body.csrf;
    const { id, name, email, roles } = body.user;
    const admin = roles.includes("admin");
    credentials.agent = admin || roles.includes("agent");
    return { state: "in", person: { id, name, email, roles }, admin, agent: credentials.agent };
};

async function withToken(token: string): Promise<Session> {
    credentials.token = token;
    const session = opened(await take(api.GET("/api/v1/session")));
    sessionStorage.setItem(TOKEN, token);
    return session;
}

function forget(): void {
    credentials.token = null;
    credentials.csrf = null;
    credentials.agent = false;
    sessionStorage.removeItem(TOKEN);
    queries.clear();
}

/** How the tab begins: with its token, with the browser's session, or signed out. */
async function begin(suggest: (language: string) => void): Promise<Session> {
    const token = sessionStorage.getItem(TOKEN);
    try {
        if (token !== null) { return await withToken(token); }
        if (__ABILITIES__.sessions) {
            const body = await (await ask("/api/v1/session")).json() as SessionBody;
            suggest(body.user.language);
            return opened(body);
        }
        return { state: "out", failure: null, ended: false };
    } catch (thrown) {
        const failure = asFailure(thrown);
        forget();
        return { state: "out", failure: failure.status === 401 && token === null ? null : failure, ended: false };
    }
}

export function SessionProvider({ children }: { children: ReactNode }) {
    const { suggest } = useWords();
    const [session, setSession] = useState<Session>({ state: "unknown" });
    useEffect(() => {
        let current = true;
        const start = () => void begin(suggest).then(next => { if (current) { setSession(next); } });
        const again = () => { if (new URLSearchParams(location.hash.slice(1)).has("token")) { forget(); takeToken(); start(); } };
        start();
        addEventListener("hashchange", again);
        return () => { current = false; removeEventListener("hashchange", again); };
    // eslint-disable-next-line
    }, []);
    useEffect(() => {
        credentials.refused = () => {
            if (session.state === "in") { forget(); setSession({ state: "out", failure: null, ended: true }); }
        };
    }, [session.state]);

    const signIn = useCallback(async (login: string, password: string) => {
        credentials.token = null;
        const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ login, password }) };
        const body = await (await ask("/api/v1/session", init)).json() as SessionBody;
        suggest(body.user.language);
        setSession(opened(body));
    }, [suggest]);
    const signInWith = useCallback(async (token: string) => {
        try { setSession(await withToken(token.trim())); } catch (thrown) { forget(); throw thrown; }
    }, []);
    const signOut = useCallback(async () => {
        if (credentials.token === null) { await ask("/api/v1/session", { method: "DELETE" }).catch(() => undefined); }
        forget();
        setSession({ state: "out", failure: null, ended: false });
    }, []);
    const access = useMemo(() => ({ session, signIn, signInWith, signOut }), [session, signIn, signInWith, signOut]);
    return <Current value={access}>{children}</Current>;
}

export function useAccess(): Access {
    const access = use(Current);
    if (access === null) { throw new Error("there is no session outside of <SessionProvider>"); }
    return access;
}

/** Who is signed in; only inside of the shell, which nobody else sees. */
export function usePerson(): { person: Person; admin: boolean; agent: boolean } {
    const { session } = useAccess();
    if (session.state !== "in") { return { person: { id: "", name: "", email: null, roles: [] }, admin: false, agent: false }; }
    return session;
}
