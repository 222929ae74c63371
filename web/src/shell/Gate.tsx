/* Lets those in who are signed in, and says where one is who took a wrong way. */

import { Anchor, Center } from "@mantine/core";
import { Link, useRouteError } from "react-router";
import { useWords } from "../i18n";
import { useAccess } from "../session/session";
import { SignIn } from "../session/SignIn";
import { Complaint } from "../ui/Complaint";
import { Nothing, Page, Waiting } from "../ui/Page";
import { Shell } from "./Shell";

export function Gate() {
    const { session } = useAccess();
    if (session.state === "unknown") { return <Waiting />; }
    if (session.state === "out") { return <SignIn />; }
    return <Shell />;
}

/** Where somebody came by an address that is for agents. */
export function Barred() {
    const { t } = useWords();
    return <Page title={t("agents_page")}><Nothing text={t("agents_page_hint")}><Anchor component={Link} to="/incidents">{t("incidents")}</Anchor></Nothing></Page>;
}

export function Unknown() {
    const { t } = useWords();
    return <Page title={t("no_page")}><Nothing text={t("no_page_hint")}><Anchor component={Link} to="/incidents">{t("incidents")}</Anchor></Nothing></Page>;
}

/** A defect of the application, or a page that could not be loaded since the program was updated. */
export function Broken() {
    const failure = useRouteError();
    return <Center mih="100dvh" p="md" component="main"><Complaint failure={failure} again={() => location.reload()} /></Center>;
}
