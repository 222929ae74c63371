/* Sets the password of a user: one's own with the one until now, an administrator anybody's. */

import { Button, Group, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState, type FormEvent } from "react";
import { api, take, type RecordBody } from "../api/client";
import { asFailure, type Failure } from "../api/failure";
import { useWords } from "../i18n";
import { usePerson } from "../session/session";
import { Complaint, useAct } from "../ui/Complaint";

export function Password({ record }: { record: RecordBody }) {
    const { t } = useWords();
    const { person, admin } = usePerson();
    const act = useAct();
    const [opened, { open, close }] = useDisclosure(false);
    const [current, setCurrent] = useState("");
    const [password, setPassword] = useState("");
    const [failure, setFailure] = useState<Failure | null>(null);
    const own = person.id === record.id;
    if (!own && !admin) { return null; }
    const end = () => { setCurrent(""); setPassword(""); setFailure(null); close(); };
    const set = async (event: FormEvent) => {
        event.preventDefault();
        event.stopPropagation();
        try {
            const body = { password, ...own ? { current } : {} };
            await take(api.PUT("/api/v1/users/{id}/password", { params: { path: { id: record.id } }, body }));
            end();
            await act(() => Promise.resolve(), t("password_changed"));
        } catch (thrown) { setFailure(asFailure(thrown)); }
    };
    const eye = { "aria-label": t("show_secret") };
    return (
        <>
            <Button variant="default" size="compact-sm" onClick={open}>{t("set_password")}</Button>
            <Modal opened={opened} onClose={end} title={t("set_password")} closeButtonProps={{ "aria-label": t("close") }}>
                <form onSubmit={event => void set(event)}>
                    <Stack>
                        <Text size="sm">{t("set_password_hint")}</Text>
                        {own && <PasswordInput label={t("password_until_now")} value={current} onChange={event => setCurrent(event.currentTarget.value)} autoComplete="current-password" required visibilityToggleButtonProps={eye} />}
                        <PasswordInput label={t("password_new")} value={password} onChange={event => setPassword(event.currentTarget.value)} autoComplete="new-password" required visibilityToggleButtonProps={eye} />
                        {failure && <Complaint failure={failure} />}
                        <Group justify="flex-end"><Button variant="default" onClick={end}>{t("cancel")}</Button><Button type="submit">{t("save")}</Button></Group>
                    </Stack>
                </form>
            </Modal>
        </>
    );
}
