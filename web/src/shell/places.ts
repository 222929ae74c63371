/* The places of the application that navigation and command palette offer. */

import type { Key } from "../i18n";
import type { IconName } from "../ui/icons";

export interface Place { to: string; text: Key; icon: IconName; group: "work" | "mail" | "setup" | "demo"; admin?: boolean; demo?: boolean }

export const places: Place[] = [
    { to: "/incidents", text: "incidents", icon: "ticket", group: "work" },
    { to: "/inbox", text: "inbox", icon: "inbox", group: "mail" },
    { to: "/outbox", text: "outbox", icon: "outbox", group: "mail" },
    { to: "/attention", text: "attention", icon: "bell", group: "mail" },
    { to: "/mailboxes", text: "mailboxes", icon: "mailbox", group: "setup" },
    { to: "/list/notification_rule", text: "rules", icon: "out", group: "setup" },
    { to: "/list/inbound_action", text: "actions", icon: "robot", group: "setup" },
    { to: "/list/user", text: "users", icon: "user", group: "setup" },
    { to: "/list/setting", text: "settings", icon: "gear", group: "setup", admin: true },
    { to: "/tables", text: "tables", icon: "tables", group: "setup" },
    { to: "/people", text: "people", icon: "people", group: "demo", demo: true },
    { to: "/write", text: "write", icon: "write", group: "demo", demo: true },
];

/** What this reader is offered. */
export const offered = (admin: boolean, demo: boolean): Place[] => places.filter(place => (!place.admin || admin) && (!place.demo || demo));
