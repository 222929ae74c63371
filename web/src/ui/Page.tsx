/* The frame of one page: its heading, which is the document's title and gets the focus when one comes here, and what
   stands beside it. */

import { Anchor, Box, Center, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useEffect, useRef, type ReactNode } from "react";
import { Link, useLocation } from "react-router";
import { useWords } from "../i18n";
import { Icon } from "./icons";

/** Whether nothing was shown yet since the tab was loaded: then the focus stays before the way to the content. */
let fresh = true;
export const notFresh = (): void => { fresh = false; };

export interface PageProps { title: string; above?: { to: string; text: string }; beside?: ReactNode; actions?: ReactNode; children: ReactNode }

export function Page({ title, above, beside, actions, children }: PageProps) {
    const heading = useRef<HTMLHeadingElement>(null);
    const { pathname } = useLocation();
    useEffect(() => { document.title = `${title} · Rejoinder`; }, [title]);
    useEffect(() => {
        // Where one came by a link the new heading is read out; where the page itself has put the focus, it stays.
        const active = document.activeElement;
        if (!fresh && (active === null || active === document.body || !document.querySelector("main")?.contains(active))) { heading.current?.focus({ preventScroll: true }); }
        fresh = false;
        scrollTo(0, 0);
    }, [pathname]);
    return (
        <Stack gap="md">
            <Box>
                {above && <Anchor component={Link} to={above.to} size="sm" className="above"><Icon name="back" size={14} /> {above.text}</Anchor>}
                <Group justify="space-between" align="center" gap="sm">
                    <Group gap="sm" className="shrinks">
                        <Title order={1} size="h3" ref={heading} tabIndex={-1} className="heading">{title}</Title>
                        {beside}
                    </Group>
                    {actions && <Group gap="xs">{actions}</Group>}
                </Group>
            </Box>
            {children}
        </Stack>
    );
}

export function Waiting() {
    const { t } = useWords();
    return <Center p="xl"><Loader size="sm" role="status" aria-label={t("working")} /></Center>;
}

export function Nothing({ text, children }: { text: string; children?: ReactNode }) {
    return (
        <Stack align="center" gap="sm" py="xl" px="md" className="nothing">
            <Text c="dimmed" ta="center" maw={520}>{text}</Text>
            {children}
        </Stack>
    );
}
