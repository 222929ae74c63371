/* The usual steps with a task, as buttons: take it, ask for information, go on, complete. */

import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { api, take, type FieldValues, type RecordBody, type TableBody } from "../api/client";
import { useLookAgain } from "../api/queries";
import { useWords } from "../i18n";
import { usePerson } from "../session/session";
import { useAct } from "../ui/Complaint";

export function Steps({ table, record, ask }: { table: TableBody; record: RecordBody; ask: () => void }) {
    const { t } = useWords();
    const { person } = usePerson();
    const act = useAct();
    const again = useLookAgain();
    const [busy, setBusy] = useState("");
    const states = table.fields.find(field => field.name === "state")?.choices.map(choice => choice.value) ?? [];
    const assignable = table.fields.some(field => field.name === "assigned_user");
    const state = String(record.fields.state ?? "");
    const to = async (step: string, fields: FieldValues) => {
        setBusy(step);
        await act(() => take(api.PATCH("/api/v1/records/{table}/{id}", { params: { path: { table: record.table, id: record.id } }, body: { fields } })), t("saved"));
        setBusy("");
        await again();
    };
    const offers = (value: string) => states.includes(value) && state !== value;
    const button = (step: string, text: string, fields: FieldValues, variant = "default") => <Button key={step} size="xs" variant={variant} loading={busy === step} onClick={() => void to(step, fields)}>{text}</Button>;
    const buttons = [
        assignable && record.fields.assigned_user !== person.id ? button("take", t("take"), { assigned_user: person.id, ...(state === "registered" && states.includes("assigned") ? { state: "assigned" } : {}) }, "filled") : null,
        offers("in_progress") && state !== "closed" ? button("in_progress", t("step_in_progress"), { state: "in_progress" }) : null,
        offers("information_needed") && state !== "closed" ? <Button key="ask" size="xs" variant="default" onClick={ask}>{t("step_ask")}</Button> : null,
        offers("completed") && state !== "closed" ? button("completed", t("step_completed"), { state: "completed" }) : null,
        offers("closed") && state === "completed" ? button("closed", t("step_closed"), { state: "closed" }) : null,
    ].filter(Boolean);
    return buttons.length > 0 ? <Group gap="xs" role="group" aria-label={t("steps")}>{buttons}</Group> : null;
}
