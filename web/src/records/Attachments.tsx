/* The files of a record or of a mail. */

import { Group, Stack, Text, Title, UnstyledButton } from "@mantine/core";
import { save, type Schemas } from "../api/client";
import { useAttachments } from "../api/queries";
import { useWords } from "../i18n";
import { useAct } from "../ui/Complaint";
import { Icon } from "../ui/icons";

export function Attachments({ table, id }: { table: string; id: string }) {
    const files = useAttachments(table, id).data ?? [];
    return files.length > 0 ? <Files files={files} /> : null;
}

export function Files({ files }: { files: Schemas["AttachmentBody"][] }) {
    const { t, size } = useWords();
    const act = useAct();
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
                </Group>
            ))}
        </Stack>
    );
}
