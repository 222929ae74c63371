/* The files of a record or of a mail. */

import { ActionIcon, Button, FileButton, Group, Stack, Text, Title, UnstyledButton } from "@mantine/core";
import { useState, type DragEvent, type ReactNode } from "react";
import { api, ask, save, take, type Schemas } from "../api/client";
import { useAttachments, useLookAgain } from "../api/queries";
import { useWords } from "../i18n";
import { usePerson } from "../session/session";
import { useAct } from "../ui/Complaint";
import { Icon } from "../ui/icons";

/** The files of a record: more are dropped here or picked, and what was put on it is taken off again. */
export function Attachments({ table, id }: { table: string; id: string }) {
    const { t } = useWords();
    const files = useAttachments(table, id).data ?? [];
    const act = useAct();
    const again = useLookAgain();
    const [over, setOver] = useState(false);
    const [busy, setBusy] = useState(false);
    const put = async (chosen: File[]) => {
        setBusy(true);
        for (const file of chosen) {
            const init = { method: "POST", headers: { "Content-Type": file.type || "application/octet-stream" }, body: file };
            await act(() => ask(`/api/v1/records/${table}/${id}/attachments?${new URLSearchParams({ name: file.name }).toString()}`, init), t("file_put", { name: file.name }));
        }
        setBusy(false);
        await again();
    };
    const remove = async (file: Schemas["AttachmentBody"]) => { await act(() => take(api.DELETE("/api/v1/attachments/{id}", { params: { path: { id: file.id } } })), t("deleted")); await again(); };
    const drop = (event: DragEvent) => { event.preventDefault(); setOver(false); if (event.dataTransfer.files.length > 0) { void put([...event.dataTransfer.files]); } };
    return (
        <div className={over ? "drop over" : "drop"} onDragOver={event => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
            <Files files={files} remove={remove}>
                <Group gap="sm">
                    <FileButton onChange={chosen => void put(chosen)} multiple inputProps={{ "aria-label": t("file_add") }}>{props => <Button {...props} size="compact-sm" variant="light" loading={busy} leftSection={<Icon name="plus" size={14} />}>{t("file_add")}</Button>}</FileButton>
                    <Text size="xs" c="dimmed" visibleFrom="sm">{t("file_drop")}</Text>
                </Group>
            </Files>
        </div>
    );
}

interface FilesProps { files: Schemas["AttachmentBody"][]; remove?: (file: Schemas["AttachmentBody"]) => Promise<void>; children?: ReactNode }

export function Files({ files, remove, children }: FilesProps) {
    const { t, size } = useWords();
    const act = useAct();
    const { person, agent } = usePerson();
    return (
        <Stack gap={6} component="section" aria-label={t("files")} className="sheet">
            <Title order={2} size="h5">{t("files")}</Title>
            {files.map(file => (
                <Group key={file.id} gap="xs">
                    <UnstyledButton className="file" onClick={() => void act(() => save(`/api/v1/attachments/${file.id}/content`, file.file_name))}>
                        <Icon name="file" size={16} /> {file.file_name || t("download")}
                    </UnstyledButton>
                    <Text size="xs" c="dimmed">{file.media_type}, {size(file.size)}</Text>
                    {file.left_out && <Text size="xs">{file.left_out.text}</Text>}
                    {remove && (agent || file.created_by === person.id) && <Removing file={file} remove={remove} />}
                </Group>
            ))}
            {children}
        </Stack>
    );
}

/** Takes a file off; asks before, in its place. */
function Removing({ file, remove }: { file: Schemas["AttachmentBody"]; remove: (file: Schemas["AttachmentBody"]) => Promise<void> }) {
    const { t } = useWords();
    const [asked, setAsked] = useState(false);
    if (!asked) { return <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t("file_remove", { name: file.file_name })} onClick={() => setAsked(true)}><Icon name="close" size={14} /></ActionIcon>; }
    return <Group gap={4}><Button size="compact-xs" color="red" onClick={() => void remove(file)}>{t("delete")}</Button><Button size="compact-xs" variant="default" onClick={() => setAsked(false)}>{t("cancel")}</Button></Group>;
}
