/* A state as a badge: its colour says whether it is well, waits, or needs somebody; the word stands in it. */

import { Badge } from "@mantine/core";
import { useWords } from "../i18n";

const COLOURS: Record<string, string> = {
    processed: "green", done: "green", signed_in: "green", password_changed: "blue", waiting: "blue", running: "indigo", sent: "green", ok: "green", active: "green", completed: "green", verified: "green", good: "green",
    ready: "blue", in_process: "blue", sending: "blue", registered: "blue", assigned: "indigo", in_progress: "indigo",
    encrypted: "orange", signed: "blue", deferred: "yellow", held: "yellow", uncertain: "orange", warning: "yellow", information_needed: "orange", postponed: "yellow", external_processing: "yellow", unverified: "yellow", look: "yellow",
    failed: "red", bounced: "red", bad: "red", rejected_by_user: "red",
};

export const colourOf = (value: string): string => COLOURS[value] ?? "gray";

export function State({ value, text }: { value: string; text?: string }) {
    const { word } = useWords();
    return <Badge variant="light" color={colourOf(value)} radius="sm" className="state" data-state={value}>{text ?? word("state", value)}</Badge>;
}
