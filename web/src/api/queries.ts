/* What pages read, by key, and how often they look again. Nothing here changes anything. */

import { QueryClient, keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, credentials, take, type TableBody } from "./client";
import { pace } from "./live";

/** Rows of one page of a list. */
export const PAGE_ROWS = 50;
/** The most rows that the API gives at once. */
const ROWS_MAX = 200;

export const queries = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: 1000, refetchOnWindowFocus: true, networkMode: "always" }, mutations: { networkMode: "always" } },
});

export const useTables = () => useQuery({
    queryKey: ["tables"],
    // Tables of the program itself are read elsewhere: they have no records that could be listed.
    queryFn: async () => (await take(api.GET("/api/v1/tables"))).items.filter(table => !(table as TableBody & { system?: boolean }).system),
    staleTime: 60_000,
});

export function useTable(name: string) {
    const all = useTables();
    return { ...all, table: all.data?.find(one => one.name === name) };
}

export const useStatus = () => useQuery({ queryKey: ["status"], queryFn: () => take(api.GET("/api/v1/status")), enabled: credentials.agent, refetchInterval: pace });

export const useAttention = () => useQuery({
    queryKey: ["attention"],
    queryFn: async () => (await take(api.GET("/api/v1/attention", { params: { query: { limit: 100 } } }))).items,
    enabled: credentials.agent,
    refetchInterval: pace,
});

export interface ListQuery { filter: string | null; query?: string | null; order: string | null; cursor: string | null; limit?: number }

export const useRecords = (table: string, { filter, query: encoded = null, order, cursor, limit = PAGE_ROWS }: ListQuery, live = true) => useQuery({
    queryKey: ["records", table, filter, encoded, order, cursor, limit],
    queryFn: () => {
        const query = { limit, ...encoded ? { query: encoded } : filter ? { filter } : {}, ...(cursor ? { cursor } : { count: true }), ...(order && __ABILITIES__.order ? { order } : {}) };
        return take(api.GET("/api/v1/records/{table}", { params: { path: { table }, query } }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: live ? pace : false,
});

export const useRecord = (table: string, id: string, live = true) => useQuery({
    queryKey: ["record", table, id],
    queryFn: () => take(api.GET("/api/v1/records/{table}/{id}", { params: { path: { table, id } } })),
    refetchInterval: live ? pace : false,
});

export const useFeed = (table: string, id: string) => useInfiniteQuery({
    queryKey: ["feed", table, id],
    queryFn: ({ pageParam }) => take(api.GET("/api/v1/records/{table}/{id}/feed",
        { params: { path: { table, id }, query: { limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next ?? null,
    refetchInterval: pace,
});

export const useAttachments = (table: string, id: string) => useQuery({
    queryKey: ["attachments", table, id],
    queryFn: async () => (await take(api.GET("/api/v1/records/{table}/{id}/attachments", { params: { path: { table, id } } }))).items,
    refetchInterval: pace,
});

export interface MailQuery { direction: string; state: string | null; text: string | null; cursor: string | null }

export const useMails = ({ direction, state, text, cursor }: MailQuery) => useQuery({
    queryKey: ["mails", direction, state, text, cursor],
    queryFn: () => take(api.GET("/api/v1/emails", { params: { query: {
        direction, limit: PAGE_ROWS, ...(state ? { state } : {}), ...(text ? { text } : {}), ...(cursor ? { cursor } : {}),
    } } })),
    placeholderData: keepPreviousData,
    refetchInterval: pace,
});

export const useMail = (id: string, live = true, enabled = true) => useQuery({
    queryKey: ["mail", id],
    enabled,
    queryFn: () => take(api.GET("/api/v1/emails/{id}", { params: { path: { id } } })),
    refetchInterval: live ? pace : false,
});

/** Mails that are not worked on yet, or could not be: they have no mail of their own in lists. */
export const useWaiting = () => useQuery({
    queryKey: ["arrivals"],
    queryFn: async () => {
        const inState = async (state: string) => (await take(api.GET("/api/v1/arrivals", { params: { query: { state, limit: 100 } } }))).items;
        return [...await inState("failed"), ...await inState("ready")].filter(one => !one.email);
    },
    refetchInterval: pace,
});

export const useExplanation = (key: string, open = true) => useQuery({
    queryKey: ["explanation", key],
    queryFn: async () => (await take(api.GET("/api/v1/explanations/{key}", { params: { path: { key } } }))).text,
    enabled: open,
    refetchInterval: pace,
});

/** Every record of a small table, for lists of accounts and people. */
export const useAll = (table: string) => useQuery({
    queryKey: ["all", table],
    queryFn: async () => (await take(api.GET("/api/v1/records/{table}", { params: { path: { table }, query: { limit: ROWS_MAX } } }))).items,
    refetchInterval: pace,
});

/** What to look at again after something was changed. */
export function useLookAgain() {
    const client = useQueryClient();
    return () => client.invalidateQueries();
}
