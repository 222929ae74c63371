/* How the application looks to this reader: language, light or dark. */

import { ActionIcon, Menu, Tooltip, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { useWords } from "../i18n";
import { Icon, type IconName } from "../ui/icons";

export const SCHEMES: [MantineColorScheme, IconName][] = [["light", "sun"], ["dark", "moon"], ["auto", "auto"]];

export function SchemeMenu() {
    const { t } = useWords();
    const { colorScheme, setColorScheme } = useMantineColorScheme();
    const icon = SCHEMES.find(([scheme]) => scheme === colorScheme)?.[1] ?? "auto";
    return (
        <Menu position="bottom-end">
            <Menu.Target>
                <Tooltip label={t("theme")}><ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("theme")}><Icon name={icon} /></ActionIcon></Tooltip>
            </Menu.Target>
            <Menu.Dropdown>
                {SCHEMES.map(([scheme, picture]) => (
                    <Menu.Item key={scheme} leftSection={<Icon name={picture} size={16} />} rightSection={scheme === colorScheme ? <Icon name="check" size={14} /> : null} onClick={() => setColorScheme(scheme)}>
                        {t(`theme_${scheme}`)}
                    </Menu.Item>
                ))}
            </Menu.Dropdown>
        </Menu>
    );
}

export function LanguageMenu() {
    const { t, language, choose } = useWords();
    const other = language === "en" ? "ru" : "en";
    return (
        <Tooltip label={t("other_language")}>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`${other.toUpperCase()}: ${t("other_language")}`} lang={other} onClick={() => choose(other)}>
                <span className="language">{other.toUpperCase()}</span>
            </ActionIcon>
        </Tooltip>
    );
}
