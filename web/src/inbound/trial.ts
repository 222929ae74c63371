/* What a mail would do with an action as it stands in the form, saved or not: asked anew when one has stopped changing it. */

import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, take, type FieldValues } from "../api/client";
import type { MailTrial } from "./decision";

/** A mail to try: one that came, or one that was dropped here. */
export type Chosen = { kind: "stored"; id: string } | { kind: "file"; name: string; base64: string };
/** An action as it is in the form; without `id` it was never saved. */
export interface Edited { id: string | null; name: string; changed: FieldValues; dirty: boolean }

/** Milliseconds after the last change before it is tried anew. */
const STILL_MS = 700;

export const mailOf = (chosen: Chosen) => chosen.kind === "stored" ? { email: chosen.id } : { source_base64: chosen.base64 };

export function useTrial(chosen: Chosen | null, action: Edited | null, { alone, today }: { alone: boolean; today: boolean }) {
    const changed = action && (action.dirty || action.id === null) ? [{ ...action.id === null ? {} : { id: action.id }, fields: action.changed }] : [];
    const body = chosen === null ? null : {
        ...mailOf(chosen), actions: changed, ...alone && action ? { only: action.id ?? action.name } : {},
        // Otherwise as they were when the mail came, as far as that can be worked out.
        ...chosen.kind === "stored" && today ? { records: "today" } : {},
    };
    const [asked] = useDebouncedValue(JSON.stringify(body), STILL_MS, { leading: true });
    return useQuery({
        queryKey: ["trial", asked],
        queryFn: (): Promise<MailTrial> => take(api.POST("/api/v1/inbound-actions/try", { body: JSON.parse(asked) as NonNullable<typeof body> })),
        enabled: asked !== "null",
        placeholderData: asked === "null" ? undefined : keepPreviousData,
        staleTime: 0,
        gcTime: 60_000,
    });
}

/** The bytes of a file in Base64. */
export async function base64(file: Blob): Promise<string> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text = "";
    // In pieces: a call takes only so many arguments.
    for (let at = 0; at < bytes.length; at += 0x8000) { text += String.fromCharCode(...bytes.subarray(at, at + 0x8000)); }
    return btoa(text);
}
