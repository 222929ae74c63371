/* The look: calm, compact, one accent colour. Colours are chosen so that every text has the contrast of WCAG AA. */

import { createTheme } from "@mantine/core";

const font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif";

export const theme = createTheme({
    primaryColor: "indigo",
    primaryShade: { light: 7, dark: 8 },
    fontFamily: font,
    fontFamilyMonospace: "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace",
    headings: { fontFamily: font, fontWeight: "600" },
    defaultRadius: "md",
    cursorType: "pointer",
    respectReducedMotion: true,
    components: {
        Tooltip: { defaultProps: { openDelay: 400, withArrow: true, events: { hover: true, focus: true, touch: false } } },
        Badge: { defaultProps: { tt: "none", fw: 500 } },
        Menu: { defaultProps: { shadow: "md" } },
        Select: { defaultProps: { allowDeselect: false, checkIconPosition: "right" } },
    },
});
