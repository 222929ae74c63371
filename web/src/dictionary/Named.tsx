/* A record by its name, where only its id is at hand. */

import { useQuery } from "@tanstack/react-query";
import { api } from "../api/client";
import { useTables } from "../api/queries";

export function Named({ table, id }: { table: string; id: string }) {
    const display = useTables().data?.find(one => one.name === table)?.display ?? "name";
    const record = useQuery({
        queryKey: ["named", table, id],
        queryFn: async () => (await api.GET("/api/v1/records/{table}/{id}", { params: { path: { table, id } } })).data ?? null,
        staleTime: 60_000,
    });
    return <>{record.data?.display[display] ?? (record.isLoading ? "…" : id)}</>;
}
