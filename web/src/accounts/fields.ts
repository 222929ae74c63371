/* Which fields of an account say something, and where a new one begins. Pure. */

import type { FieldValue, FieldValues } from "../api/client";

export const FIRST = ["name", "active", "type", "server", "encryption", "port", "user_name", "password", "certificate_validation"];
export const SENDING = ["sends", "smtp_server", "smtp_encryption", "smtp_port", "save_sent", "sent_folder"];
export const SENDER = ["from_address", "email_user_label", "addresses"];
const READING = ["folder", "after_reading", "move_to_folder", "interval", "first_run", "size_limit"];
const OF_A_SERVER = ["server", "port", "encryption", "certificate_validation", "user_name", "password", "debug", ...READING.filter(name => name !== "size_limit")];
const BY_IMAP = ["folder", "move_to_folder", "save_sent", "sent_folder"];

/** The ports that servers have where the account names none. */
const PORTS: Record<string, Record<string, number>> = {
    imap: { tls: 993, starttls: 143, none: 143 }, pop3: { tls: 995, starttls: 110, none: 110 }, smtp: { tls: 465, starttls: 587, none: 25 },
};

export const usualPort = (kind: FieldValue | undefined, encryption: FieldValue | undefined): string => String(PORTS[String(kind)]?.[String(encryption)] ?? "");

/** Where a new one begins. */
export const BEGIN: Record<string, FieldValues> = {
    mailbox: { type: "imap", encryption: "tls", certificate_validation: true, active: true, folder: "INBOX", sends: true, smtp_encryption: "tls", save_sent: true },
    email_account: { type: "smtp", encryption: "tls", certificate_validation: true, active: true },
};

/** Whether a field says something for these values. */
export function says(values: FieldValues, name: string, mailbox: boolean): boolean {
    if (values.type === "listener") { return !OF_A_SERVER.includes(name); }
    if (values.type === "smtp" && !mailbox) { return [...FIRST, "debug", "from_address", "email_user_label"].includes(name); }
    if (values.type === "pop3" && BY_IMAP.includes(name)) { return false; }
    if (name === "move_to_folder") { return values.after_reading === "move"; }
    if (SENDING.includes(name) && name !== "sends") { return values.sends === true && (name !== "sent_folder" || values.save_sent === true); }
    return true;
}

/** The folders that a mailbox uses, in the order in which a connection test tries them. */
export const foldersOf = (values: FieldValues): string[] => ["read", ...values.after_reading === "move" ? ["move"] : [], ...values.sends === true && values.save_sent === true ? ["sent"] : []];
