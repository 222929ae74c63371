/* The frame around every page: header, navigation, live state, and the page itself. */

import { ActionIcon, Anchor, AppShell, Badge, Burger, Group, Kbd, Menu, NavLink, ScrollArea, Stack, Text, TextInput, Tooltip, UnstyledButton } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { Suspense, useEffect, useRef, useState, type FormEvent } from "react";
import { Link, Outlet, useLocation, useNavigate } from "react-router";
import { useLive } from "../api/live";
import { queries, useAttention, useStatus, useTables } from "../api/queries";
import { useWords, type Key } from "../i18n";
import { useAccess, usePerson } from "../session/session";
import { useAct } from "../ui/Complaint";
import icon from "../ui/icon.svg";
import { Icon } from "../ui/icons";
import { Waiting } from "../ui/Page";
import { find, recordPath } from "./jump";
import { Palette, openPalette } from "./Palette";
import { Barred } from "./Gate";
import { barred, offered, type Place } from "./places";
import { LanguageMenu, SchemeMenu } from "./Preferences";
import { Leaving } from "./Unsaved";

/** Rows of one queue that can be told in the shell; more is `100+`. */
const MANY = 100;
const GROUPS: [Place["group"], Key][] = [["work", "group_work"], ["mail", "group_mail"], ["setup", "group_setup"], ["administration", "group_administration"], ["demo", "group_demo"]];
const WAITING = ["ready", "in_process", "parked", "sending", "deferred"];
const FAILED = ["failed", "uncertain", "held"];

/** What waits and what failed, over all queues. */
export function counted(queues: { state: string; count: number }[]): { waiting: number; failed: number } {
    const sum = (states: string[]) => queues.filter(row => states.includes(row.state)).reduce((all, row) => all + row.count, 0);
    return { waiting: sum(WAITING), failed: sum(FAILED) };
}

export function Shell() {
    const { t } = useWords();
    const [open, { toggle, close }] = useDisclosure(false);
    const { pathname } = useLocation();
    useEffect(close, [pathname, close]);
    const { person, agent } = usePerson();
    useLive(queries);
    useHotkeys([["/", event => { event.preventDefault(); document.getElementById("search")?.focus(); }]]);
    return (
        <AppShell header={{ height: 56 }} navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !open } }} padding="md">
            <a href="#main" className="skip" onClick={event => { event.preventDefault(); document.querySelector<HTMLElement>("main h1")?.focus(); }}>{t("skip")}</a>
            <AppShell.Header px="md">
                <Group h="100%" gap="sm" wrap="nowrap" justify="space-between">
                    <Group gap="sm" wrap="nowrap">
                        <Burger opened={open} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t("navigation")} aria-expanded={open} />
                        <Anchor component={Link} to="/incidents" underline="never" c="inherit" className="brand" aria-label="Rejoinder">
                            <img src={icon} width={26} height={26} alt="" /><Text fw={600} component="span" visibleFrom="xs">Rejoinder</Text>
                        </Anchor>
                    </Group>
                    <Jump />
                    <Group gap={4} wrap="nowrap">
                        <Tooltip label={t("palette")}><ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("palette")} onClick={openPalette} visibleFrom="xs"><Icon name="command" /></ActionIcon></Tooltip>
                        <LanguageMenu />
                        <SchemeMenu />
                        <UserMenu />
                    </Group>
                </Group>
            </AppShell.Header>
            <AppShell.Navbar p="xs" aria-label={t("navigation")}>
                <AppShell.Section grow component={ScrollArea} type="auto"><Navigation /></AppShell.Section>
                {agent && <AppShell.Section><LiveState /></AppShell.Section>}
            </AppShell.Navbar>
            <AppShell.Main id="main">{barred(person.roles, pathname) ? <Barred /> : <Suspense fallback={<Waiting />}><Outlet /></Suspense>}</AppShell.Main>
            <Palette />
            <Leaving />
        </AppShell>
    );
}

/** Jumps to a record by its number; a text leads to the incidents that hold it. */
function Jump() {
    const { t } = useWords();
    const [text, setText] = useState("");
    const tables = useTables().data ?? [];
    const go = useNavigate();
    const act = useAct();
    const input = useRef<HTMLInputElement>(null);
    const jump = async (event: FormEvent) => {
        event.preventDefault();
        const searched = text.trim();
        if (!searched) { return; }
        await act(async () => {
            const found = await find(tables, searched);
            const exact = found.find(one => one.number.toLowerCase() === searched.toLowerCase()) ?? (found.length === 1 ? found[0] : undefined);
            setText("");
            input.current?.blur();
            if (exact) { await go(recordPath(exact.table, exact.id)); return; }
            const filter = { any: [{ field: "number", operator: "contains", value: searched }, { field: "subject", operator: "contains", value: searched }] };
            await go(`/incidents?filter=${encodeURIComponent(JSON.stringify(filter))}`);
        });
    };
    return (
        <form role="search" onSubmit={event => void jump(event)} className="jump">
            <TextInput id="search" ref={input} size="sm" value={text} onChange={event => setText(event.currentTarget.value)} placeholder={t("jump_hint")} aria-label={t("jump")}
                leftSection={<Icon name="search" size={16} />} rightSection={<Kbd size="xs" visibleFrom="sm">/</Kbd>} spellCheck={false} autoComplete="off" />
        </form>
    );
}

function UserMenu() {
    const { t } = useWords();
    const { signOut } = useAccess();
    const { person, admin, agent } = usePerson();
    return (
        <Menu position="bottom-end" width={220}>
            <Menu.Target>
                <Tooltip label={person.name}><ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("account_of", { name: person.name })}><Icon name="user" /></ActionIcon></Tooltip>
            </Menu.Target>
            <Menu.Dropdown>
                <Menu.Label>{person.name} · {t(admin ? "administrator" : agent ? "agent" : "user_alone")}</Menu.Label>
                <Menu.Item component={Link} to={recordPath("user", person.id)} leftSection={<Icon name="user" size={16} />}>{t("my_profile")}</Menu.Item>
                <Menu.Item leftSection={<Icon name="out" size={16} />} onClick={() => void signOut()}>{t("sign_out")}</Menu.Item>
            </Menu.Dropdown>
        </Menu>
    );
}

function Navigation() {
    const { t } = useWords();
    const { person } = usePerson();
    const { pathname } = useLocation();
    const demo = useStatus().data?.demo ?? false;
    const attention = useAttention().data?.length ?? 0;
    const all = offered(person.roles, demo);
    const under = (place: Place) => pathname === place.to || pathname.startsWith(`${place.to}/`) || (place.to === "/incidents" && pathname.startsWith("/record/incident/"));
    const badge = <Badge size="sm" color="red" variant="filled" aria-label={t("open_notices", { count: attention })}>{attention >= MANY ? `${MANY}+` : attention}</Badge>;
    return (
        <Stack gap="xs">
            {GROUPS.map(([group, heading]) => {
                const own = all.filter(place => place.group === group);
                return own.length > 0 && (
                    <div key={group}>
                        <Text size="xs" c="dimmed" fw={600} px="sm" py={4}>{t(heading)}</Text>
                        {own.map(place => (
                            <NavLink key={place.to} component={Link} to={place.to} label={t(place.text)} active={under(place)} aria-current={under(place) ? "page" : undefined} className="place"
                                leftSection={<Icon name={place.icon} />} rightSection={place.to === "/attention" && attention > 0 ? badge : null} />
                        ))}
                    </div>
                );
            })}
        </Stack>
    );
}

/** What waits and what failed, and whether the program answers. */
function LiveState() {
    const { t } = useWords();
    const status = useStatus();
    if (status.isError) { return <Text size="xs" px="sm" py="xs" role="status" c="var(--mantine-color-error)">{t("unreachable")}</Text>; }
    const { waiting, failed } = counted(status.data?.queues ?? []);
    return (
        <UnstyledButton component={Link} to={failed ? "/attention" : "/inbox"} className="live">
            <Group gap="xs" px="sm" py="xs">
                <Text size="xs" c="dimmed"><Icon name="clock" size={13} /> {t("waiting_count", { count: waiting })}</Text>
                <Text size="xs" c={failed ? "var(--mantine-color-error)" : "dimmed"}><Icon name="alert" size={13} /> {t("failed_count", { count: failed })}</Text>
            </Group>
        </UnstyledButton>
    );
}
