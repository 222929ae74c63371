/* The command palette: pages, actions, and records by number or subject. */

import { Spotlight, spotlight, type SpotlightActionData, type SpotlightActionGroupData } from "@mantine/spotlight";
import { useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState, type KeyboardEvent } from "react";
import { useNavigate } from "react-router";
import { useStatus, useTables } from "../api/queries";
import { useWords } from "../i18n";
import { useAccess, usePerson } from "../session/session";
import { Icon, type IconName } from "../ui/icons";
import { find, recordPath } from "./jump";
import { offered } from "./places";
import { SCHEMES } from "./Preferences";

/** Characters from which on records are looked for. */
const SEARCH_MIN = 2;

/** Enter takes the first of what is offered where nothing is selected: what is found comes after what was typed. */
function enterFirst(event: KeyboardEvent) {
    if (event.key !== "Enter") { return; }
    const list = document.querySelector(".mantine-Spotlight-actionsList");
    if (!list?.querySelector("[data-selected]")) { list?.querySelector<HTMLElement>(".mantine-Spotlight-action")?.click(); }
}

export function Palette() {
    const { t, choose, language, label } = useWords();
    const { signOut } = useAccess();
    const { admin, agent, person } = usePerson();
    const { setColorScheme } = useMantineColorScheme();
    const go = useNavigate();
    const status = useStatus().data;
    const tables = useTables().data ?? [];
    const [query, setQuery] = useState("");
    const [searched] = useDebouncedValue(query.trim(), 200);
    const records = useQuery({
        queryKey: ["find", searched],
        queryFn: () => find(tables, searched),
        enabled: searched.length >= SEARCH_MIN && tables.length > 0,
    }).data ?? [];

    const action = (id: string, text: string, icon: IconName, act: () => void, keywords = ""): SpotlightActionData =>
        ({ id, label: text, keywords, leftSection: <Icon name={icon} />, onClick: act });
    const groups: SpotlightActionGroupData[] = [
        ...searched.length >= SEARCH_MIN && records.length ? [{
            group: t("records"),
            actions: records.map(one => ({ ...action(one.id, `${one.number} ${one.subject}`, "ticket", () => void go(recordPath(one.table, one.id)), query) })),
        }] : [],
        { group: t("pages"), actions: offered(person.roles, status?.demo ?? false).map(place => action(place.to, t(place.text), place.icon, () => void go(place.to))) },
        {
            group: t("actions_of_palette"),
            actions: [
                action("new-incident", t("new_incident"), "plus", () => void go("/record/incident/new")),
                ...admin ? [action("new-mailbox", t("new_mailbox"), "plus", () => void go("/mailboxes/new-mailbox"))] : [],
                ...SCHEMES.map(([scheme, icon]) => action(`scheme-${scheme}`, `${t("theme")}: ${t(`theme_${scheme}`)}`, icon, () => setColorScheme(scheme))),
                action("language", t("other_language"), "language", () => choose(language === "en" ? "ru" : "en")),
                action("sign-out", t("sign_out"), "out", () => void signOut()),
            ],
        },
        ...agent ? [{ group: t("tables"), actions: tables.map(table => action(`table-${table.name}`, label(table.label, table.name), "tables", () => void go(`/list/${table.name}`), table.name)) }] : [],
    ];
    return (
        <Spotlight
            actions={groups} nothingFound={t("nothing_found")} shortcut={["mod + K"]} tagsToIgnore={[]} query={query} onQueryChange={setQuery} scrollable maxHeight={420} limit={30}
            searchProps={{ leftSection: <Icon name="search" />, placeholder: t("palette_hint"), "aria-label": t("palette"), onKeyDown: enterFirst }}
        />
    );
}

export const openPalette = () => spotlight.open();
