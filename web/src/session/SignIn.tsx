/* The way in: login and password, or an API token. */

import { Anchor, Button, Card, Center, Group, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useEffect, useState, type FormEvent } from "react";
import { asFailure, type Failure } from "../api/failure";
import { useWords } from "../i18n";
import { LanguageMenu, SchemeMenu } from "../shell/Preferences";
import icon from "../ui/icon.svg";
import { Complaint } from "../ui/Complaint";
import { notFresh } from "../ui/Page";
import { useAccess } from "./session";

export function SignIn() {
    const { t } = useWords();
    const { session, signIn, signInWith } = useAccess();
    const [byToken, setByToken] = useState(!__ABILITIES__.sessions);
    const [login, setLogin] = useState("");
    const [secret, setSecret] = useState("");
    const [busy, setBusy] = useState(false);
    const [failure, setFailure] = useState<Failure | null>(session.state === "out" ? session.failure : null);
    useEffect(notFresh, []);
    useEffect(() => { document.title = `${t("sign_in")} · Rejoinder`; }, [t]);

    const enter = async (event: FormEvent) => {
        event.preventDefault();
        setBusy(true);
        setFailure(null);
        try { await (byToken ? signInWith(secret) : signIn(login.trim(), secret)); }
        catch (thrown) { setFailure(asFailure(thrown)); setBusy(false); }
    };
    const other = () => { setByToken(!byToken); setSecret(""); setFailure(null); };
    const ended = session.state === "out" && session.ended && failure === null;

    return (
        <Center mih="100dvh" p="md" component="main">
            <Stack w="100%" maw={400} gap="lg">
                <Group gap="sm" justify="center">
                    <img src={icon} width={36} height={36} alt="" />
                    <Title order={1} size="h2">Rejoinder</Title>
                </Group>
                <Card withBorder padding="lg" radius="md">
                    <form onSubmit={event => void enter(event)}>
                        <Stack gap="md">
                            <Title order={2} size="h4">{t("sign_in")}</Title>
                            {ended && <Text role="status" size="sm">{t("session_ended")}</Text>}
                            {failure && <Complaint failure={said(failure, byToken, t("wrong_token"), t("wrong_password"))} />}
                            {!byToken && <TextInput label={t("login")} value={login} onChange={event => setLogin(event.currentTarget.value)} required autoComplete="username" spellCheck={false} data-autofocus autoFocus />}
                            {byToken
                                ? <PasswordInput key="token" label={t("token")} description={t("token_hint")} value={secret} onChange={event => setSecret(event.currentTarget.value)} required autoComplete="off" autoFocus visibilityToggleButtonProps={{ "aria-label": t("show_secret") }} />
                                : <PasswordInput key="password" label={t("password")} value={secret} onChange={event => setSecret(event.currentTarget.value)} required autoComplete="current-password" visibilityToggleButtonProps={{ "aria-label": t("show_secret") }} />}
                            <Button type="submit" loading={busy} fullWidth>{t("enter")}</Button>
                            {__ABILITIES__.sessions && <Anchor component="button" type="button" size="sm" onClick={other}>{t(byToken ? "by_password" : "by_token")}</Anchor>}
                        </Stack>
                    </form>
                </Card>
                <Group justify="center" gap="xs"><LanguageMenu /><SchemeMenu /></Group>
            </Stack>
        </Center>
    );
}

/** A wrong token or password is told with where the right one is. */
function said(failure: Failure, byToken: boolean, wrongToken: string, wrongPassword: string): Failure {
    if (failure.status !== 401) { return failure; }
    return Object.assign(Object.create(failure) as Failure, { message: byToken ? wrongToken : wrongPassword, hint: null });
}
