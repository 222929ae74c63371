/* What is not saved yet, over all forms of a page, and the one question before somebody leaves it. */

import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useEffect } from "react";
import { useBlocker } from "react-router";
import { useWords } from "../i18n";

const unsaved = new Set<symbol>();

/** Says that a form holds what is not saved. */
export function useUnsaved(dirty: boolean): void {
    useEffect(() => {
        if (!dirty) { return undefined; }
        const mine = Symbol("a form");
        unsaved.add(mine);
        const ask = (event: BeforeUnloadEvent) => event.preventDefault();
        addEventListener("beforeunload", ask);
        return () => { unsaved.delete(mine); removeEventListener("beforeunload", ask); };
    }, [dirty]);
}

/** Asks before one leaves; there is one of it, since a router takes one. */
export function Leaving() {
    const { t } = useWords();
    const blocker = useBlocker(({ currentLocation, nextLocation }) => unsaved.size > 0 && currentLocation.pathname !== nextLocation.pathname);
    const stay = () => blocker.reset?.();
    return (
        <Modal opened={blocker.state === "blocked"} onClose={stay} title={t("not_saved")} closeButtonProps={{ "aria-label": t("close") }}>
            <Stack>
                <Text size="sm">{t("not_saved_hint")}</Text>
                <Group justify="flex-end"><Button data-autofocus onClick={stay}>{t("stay")}</Button><Button variant="default" onClick={() => blocker.proceed?.()}>{t("leave")}</Button></Group>
            </Stack>
        </Modal>
    );
}
