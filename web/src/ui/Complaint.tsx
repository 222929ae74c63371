/* What went wrong, where it happened or in a corner: message, what to do, code. */

import { Alert, Button, Code, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { asFailure, type Failure } from "../api/failure";
import { useWords } from "../i18n";
import { Icon } from "./icons";

/** The sentences of a failure for this reader. */
export function useSaid() {
    const { t } = useWords();
    return (failure: Failure) => ({
        message: failure.status === 0 ? t("unreachable") : failure.message,
        hint: failure.status === 0 ? t("unreachable_hint") : failure.hint ?? (failure.status === 403 ? t("forbidden_hint") : null),
    });
}

export function Complaint({ failure, again }: { failure: unknown; again?: () => void }) {
    const { t } = useWords();
    const known = asFailure(failure);
    const { message, hint } = useSaid()(known);
    return (
        <Alert color="red" icon={<Icon name="alert" />} title={message}>
            <Stack gap={6} align="flex-start">
                {hint && <Text size="sm">{hint}</Text>}
                {known.status !== 0 && <Group gap={6}><Code>{known.code}</Code></Group>}
                {again && <Button size="xs" variant="default" onClick={again}>{t("again")}</Button>}
            </Stack>
        </Alert>
    );
}

/** Runs what a button does; what goes wrong is said in a corner, with hint and code. Tells whether it went well. */
export function useAct() {
    const { t } = useWords();
    const said = useSaid();
    return async (act: () => Promise<unknown>, done?: string): Promise<boolean> => {
        try {
            await act();
            if (done) { notifications.show({ message: done, color: "green", icon: <Icon name="check" />, closeButtonProps: { "aria-label": t("close") } }); }
            return true;
        } catch (thrown) {
            const failure = asFailure(thrown);
            const { message, hint } = said(failure);
            notifications.show({
                color: "red", title: message, autoClose: 15_000, role: "alert", closeButtonProps: { "aria-label": t("close") },
                message: <>{hint && <div>{hint}</div>}{failure.status !== 0 && <Code>{failure.code}</Code>}</>,
            });
            return false;
        }
    };
}
