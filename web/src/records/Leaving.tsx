/* The question before one leaves what is not saved. */

import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useWords } from "../i18n";
import { useLeaving } from "./useDraft";

export function Leaving({ dirty }: { dirty: boolean }) {
    const { t } = useWords();
    const blocker = useLeaving(dirty);
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
