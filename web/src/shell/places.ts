/* The places of the application that navigation and command palette offer. */

import type { Key } from "../i18n";
import type { IconName } from "../ui/icons";

export interface Place { to: string; text: Key; icon: IconName; group: "work" | "mail" | "setup" | "administration" | "demo"; who: Who; demo?: boolean }

/** Who is offered a place: everybody, or those with one of these roles; administrators always. */
type Who = "everybody" | readonly string[];
const AGENTS: Who = ["agent"];
const ADMINISTRATORS: Who = [];

export const places: Place[] = [
    { to: "/incidents", text: "incidents", icon: "ticket", group: "work", who: "everybody" },
    { to: "/inbox", text: "inbox", icon: "inbox", group: "mail", who: AGENTS },
    { to: "/outbox", text: "outbox", icon: "outbox", group: "mail", who: AGENTS },
    { to: "/attention", text: "attention", icon: "bell", group: "mail", who: AGENTS },
    { to: "/mailboxes", text: "mailboxes", icon: "mailbox", group: "setup", who: ["agent", "email_admin"] },
    { to: "/list/notification_rule", text: "rules", icon: "out", group: "setup", who: ["agent", "notification_admin"] },
    { to: "/actions", text: "actions", icon: "robot", group: "setup", who: ["agent", "notification_admin"] },
    { to: "/list/scheduled_job", text: "jobs", icon: "clock", group: "setup", who: AGENTS },
    { to: "/list/user", text: "users", icon: "user", group: "setup", who: AGENTS },
    { to: "/tables", text: "tables", icon: "tables", group: "setup", who: AGENTS },
    { to: "/list/business_rule", text: "business_rules", icon: "change", group: "administration", who: ADMINISTRATORS },
    { to: "/list/event_action", text: "event_actions", icon: "bell", group: "administration", who: ADMINISTRATORS },
    { to: "/list/script_include", text: "script_includes", icon: "file", group: "administration", who: ADMINISTRATORS },
    { to: "/list/script_alias", text: "aliases", icon: "language", group: "administration", who: ADMINISTRATORS },
    { to: "/scripts", text: "script_console", icon: "command", group: "administration", who: ADMINISTRATORS },
    { to: "/list/setting", text: "settings", icon: "gear", group: "administration", who: ADMINISTRATORS },
    { to: "/list/access_rule", text: "access_rules", icon: "key", group: "administration", who: ADMINISTRATORS },
    { to: "/list/role", text: "roles", icon: "people", group: "administration", who: ADMINISTRATORS },
    { to: "/audit", text: "audit", icon: "change", group: "administration", who: ADMINISTRATORS },
    { to: "/sign-ins", text: "sign_ins", icon: "user", group: "administration", who: ADMINISTRATORS },
    { to: "/people", text: "people", icon: "people", group: "demo", who: AGENTS, demo: true },
    { to: "/write", text: "write", icon: "write", group: "demo", who: AGENTS, demo: true },
];

/** What this reader is offered. */
export const offered = (roles: readonly string[], demo: boolean): Place[] =>
    places.filter(place => (place.who === "everybody" || roles.includes("admin") || place.who.some(role => roles.includes(role))) && (!place.demo || demo));

/** What only agents see; others who come by such an address are told so. */
const AGENTS_ONLY = ["/inbox", "/outbox", "/mail/", "/attention", "/tables", "/people", "/write", "/audit", "/sign-ins"];
export const barred = (roles: readonly string[], path: string): boolean =>
    !roles.includes("admin") && !roles.includes("agent") && AGENTS_ONLY.some(one => path === one || path.startsWith(one.endsWith("/") ? one : `${one}/`));
