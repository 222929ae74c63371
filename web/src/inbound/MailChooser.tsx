/* Picks a mail to try: one of those that came, found by subject, address or text, or a file that is dropped or picked. */

import { Button, CloseButton, FileButton, Group, Select, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import type { EmailBody } from "../api/client";
import { useMail, useMails } from "../api/queries";
import { useWords } from "../i18n";
import { usePerson } from "../session/session";
import { Icon } from "../ui/icons";
import type { Chosen } from "./trial";

interface Props { chosen: Chosen | null; onChoose: (chosen: Chosen | null) => void; onFile: (file: File) => void }

export function MailChooser({ chosen, onChoose, onFile }: Props) {
    const { t } = useWords();
    const { agent } = usePerson();
    return (
        <Stack gap="xs">
            {agent && <Stored id={chosen?.kind === "stored" ? chosen.id : null} onChoose={onChoose} />}
            <Group gap="sm">
                <FileButton onChange={file => { if (file) { onFile(file); } }} accept=".eml,message/rfc822" inputProps={{ "aria-label": t("choose_eml") }}>{props => <Button {...props} size="compact-sm" variant="light" leftSection={<Icon name="file" size={14} />}>{t("choose_eml")}</Button>}</FileButton>
                <Text size="xs" c="dimmed" visibleFrom="sm">{t("drop_eml")}</Text>
            </Group>
            {chosen?.kind === "file" && <div><span className="chip"><Icon name="file" size={14} /> {chosen.name}<CloseButton size="sm" aria-label={t("clear")} onClick={() => onChoose(null)} /></span></div>}
        </Stack>
    );
}

interface Option { value: string; label: string; more: string }

function Stored({ id, onChoose }: { id: string | null; onChoose: (chosen: Chosen | null) => void }) {
    const { t, moment } = useWords();
    const [search, setSearch] = useState("");
    const one = useMail(id ?? "", false, id !== null).data?.email;
    const name = (mail: EmailBody) => mail.subject || t("no_subject");
    const picked = one ? name(one) : "";
    const [searched] = useDebouncedValue(search === picked ? "" : search.trim(), 200);
    const found = useMails({ direction: "incoming", state: null, text: searched || null, cursor: null }).data?.items ?? [];
    const options = new Map<string, Option>();
    for (const mail of [...one ? [one] : [], ...found]) { options.set(mail.id, { value: mail.id, label: name(mail), more: `${mail.from} · ${moment(mail.created_at)}` }); }
    return (
        <Select label={t("received_mail")} placeholder={t("search_mails")} data={[...options.values()]} value={id} onChange={next => onChoose(next ? { kind: "stored", id: next } : null)} searchable searchValue={search} onSearchChange={setSearch} clearable
            filter={({ options: all }) => all} nothingFoundMessage={t("nothing_found")} maxDropdownHeight={320} clearButtonProps={{ "aria-label": t("clear") }} comboboxProps={{ withinPortal: true }}
            renderOption={({ option }) => <div><Text size="sm">{option.label}</Text><Text size="xs" c="dimmed">{(option as Option).more}</Text></div>} />
    );
}
