/* What the pages of inbound actions read. Nothing here changes anything. */

import { useQuery } from "@tanstack/react-query";
import { api, take, type RecordBody, type TableBody } from "../api/client";
import { pace } from "../api/live";
import { useAll } from "../api/queries";
import { described } from "./mailTable";
import { inOrder, orderOf } from "./order";

export const ACTION = "inbound_action";
/** Rows of one request, and the most actions that are read. */
const ROWS = 200;
const ACTIONS_MAX = 2000;

/** Under which they are kept. */
export const ACTIONS = ["records", ACTION, "in order"] as const;
export const sorted = (records: RecordBody[]): RecordBody[] => [...records].sort((one, other) => inOrder(orderOf(one), orderOf(other)));

/** Every action, in the order in which they run. */
export const useActions = () => useQuery({
    queryKey: ACTIONS,
    queryFn: async () => {
        const all: RecordBody[] = [];
        for (let cursor: string | null | undefined = undefined; cursor !== null && all.length < ACTIONS_MAX;) {
            const page: { items: RecordBody[]; next?: string | null } = await take(api.GET("/api/v1/records/{table}", { params: { path: { table: ACTION }, query: { limit: ROWS, ...cursor ? { cursor } : {} } } }));
            all.push(...page.items);
            cursor = page.next ?? null;
        }
        return sorted(all);
    },
    refetchInterval: pace,
});

/** What the switch and the order of the list say already. */
const SEEN = ["inactive", "equal_order"];

/** What is doubtful about the actions, for those who may change them. */
export const useWarnings = (enabled: boolean) => useQuery({
    queryKey: ["records", ACTION, "warnings"],
    queryFn: async () => (await take(api.GET("/api/v1/inbound-actions/warnings"))).items.filter(one => !SEEN.includes(one.code)),
    enabled,
    refetchInterval: pace,
});

/** A mail as conditions of an action on `table` ask it. */
export const useMailTable = (table: string) => useQuery({
    queryKey: ["mail-table", table],
    queryFn: async (): Promise<TableBody> => described(await take(api.GET("/api/v1/inbound-actions/mail-tables/{table}", { params: { path: { table } } }))),
    enabled: table !== "",
    staleTime: 60_000,
});

/** The names of the accounts that receive. */
export const useAccountNames = (): string[] => (useAll("email_account").data ?? []).filter(one => one.table === "mailbox" || one.fields.type !== "smtp").map(one => String(one.fields.name));
