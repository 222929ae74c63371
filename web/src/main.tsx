/* Where the application begins: providers, routes, and the styles. */

import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./ui/style.css";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";
import { queries } from "./api/queries";
import { LanguageProvider } from "./i18n";
import { routes } from "./routes";
import { SessionProvider, takeToken } from "./session/session";
import { theme } from "./ui/theme";

// The policy of the page lets only styles with this nonce in.
const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";
setNonce(nonce);
takeToken();

const root = document.getElementById("root");
if (root !== null) {
    createRoot(root).render(
        <StrictMode>
            <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
                <QueryClientProvider client={queries}>
                    <LanguageProvider>
                        <SessionProvider>
                            <Notifications position="bottom-right" limit={4} />
                            <RouterProvider router={routes} />
                        </SessionProvider>
                    </LanguageProvider>
                </QueryClientProvider>
            </MantineProvider>
        </StrictMode>,
    );
}
