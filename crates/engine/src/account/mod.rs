//! Email accounts and mailboxes: what their records say, typed, as far as decisions and workers need it.
//!
//! An account of the table `email_account` speaks one protocol. A `mailbox`, which extends it, is one account that
//! both receives and sends, under one id and one login. What is wrong with an account stands beside it
//! ([`Account::faults`]), so that it is seen instead of silently missing. Passwords stay encrypted here.

mod fault;

use serde::{Deserialize, Serialize};

use crate::dictionary::Dictionary;
use crate::id::Id;
use crate::limits::{
    INTERVAL_SECONDS, INTERVAL_SECONDS_MAX, INTERVAL_SECONDS_MIN, MAIL_BYTES, MAIL_BYTES_MAX,
};
use crate::plan::Why;
use crate::record::Record;
use crate::sealed::Sealed;
use crate::value::Value;

pub use fault::{Fault, check, faults};

/// The table of accounts, and the root of mailboxes.
pub const EMAIL_ACCOUNT: &str = "email_account";
/// The table of mailboxes.
pub const MAILBOX: &str = "mailbox";
/// The encrypted field of an account.
pub const PASSWORD: &str = "password";
/// The folder that is read where none is named (RFC 3501, 5.1).
pub const INBOX: &str = "INBOX";

/// An email account (design 2 and 7.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its identity.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Whether it is in use.
    pub active: bool,
    /// Whether its conversations with servers are logged step by step, without what is secret.
    pub debug: bool,
    /// How it receives; `None` where it only sends.
    pub receives: Option<Receiving>,
    /// How it sends; `None` where it only receives.
    pub sends: Option<Sending>,
    /// The name that it logs in with, at all its servers; `None` for servers that ask for no login.
    pub user: Option<String>,
    /// The password that it logs in with, encrypted.
    pub password: Option<Sealed>,
    /// What is wrong with it; none where it can be used. Of an account that is not active, only what can never be.
    pub faults: Vec<Fault>,
    /// The From address.
    pub from: String,
    /// The name beside the From address.
    pub label: Option<String>,
    /// The addresses that it receives mail for, in their normal form. Of an account that fetches its mail and names
    /// none: its From address, or else its user name where that is an address.
    pub addresses: Vec<String>,
    /// What becomes of mail from an address that no user has.
    pub unknown_sender: UnknownSender,
    /// The domains (wildcards `*.example.org`) for which an unknown sender becomes a user.
    pub create_domains: Vec<String>,
    /// Whether mail of a locked or inactive user counts as a guest's instead of being refused.
    pub inactive_as_guest: bool,
    /// Whether an unverified sender acts as the user without restriction.
    pub trust_unverified: bool,
    /// The hosts whose `Authentication-Results` are believed (RFC 8601, authserv-id).
    pub trusted_hosts: Vec<String>,
    /// What a record number alone leads to.
    pub number_policy: Filing,
    /// What a valid token or reference leads to for somebody who is no participant.
    pub stranger_policy: Filing,
    /// Whether the same mail in two accounts is one mail each.
    pub once_per_account: bool,
    /// Whether mail of our own to this account is taken.
    pub accepts_internal: bool,
    /// Whether recipients carry tokens (`help+TOKEN@…`).
    pub address_tokens: bool,
}

/// How an account comes by its mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiving {
    /// The protocol.
    pub protocol: Protocol,
    /// The server that is asked; of a listener, which is asked itself, without host.
    pub server: Server,
    /// The folder that is read (IMAP).
    pub folder: String,
    /// What is done with a mail at the server once it is kept here.
    pub after_reading: AfterReading,
    /// Seconds between two looks, where the server does not tell by itself.
    pub interval_seconds: u32,
    /// What the first look takes.
    pub first_run: FirstRun,
    /// Bytes of one mail; of a larger one only the header is kept, and a person is told.
    pub size_limit: u64,
}

/// How an account sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// The server.
    pub server: Server,
    /// Where a copy of each mail goes; `None` where none is wanted.
    pub sent_folder: Option<SentFolder>,
}

/// A server on the other side, and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its name or address.
    pub host: String,
    /// Its port: the record's, else the usual one of protocol and security.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Whether its certificate must be valid and bear its name.
    pub verify: bool,
}

/// Protocols of receiving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// Mail is fetched by IMAP.
    Imap,
    /// Mail is fetched by POP3.
    Pop3,
    /// Mail servers bring it to our SMTP or LMTP listener.
    Listener,
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Not at all.
    None,
    /// By an upgrade after the greeting; without one the conversation ends.
    StartTls,
    /// From the first byte.
    Tls,
}

/// What is done with a mail at its server once it is kept here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterReading {
    /// It is flagged as read (IMAP).
    Flag,
    /// It is moved to this folder (IMAP).
    Move(String),
    /// It is deleted.
    Delete,
    /// Nothing.
    Leave,
}

/// What the first look into a folder takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstRun {
    /// Also what lies there already: each of these mails is worked on, and may be answered.
    All,
    /// Only what comes after the first look. The default, because nobody wants years of mail to become records.
    New,
}

/// The folder of copies of sent mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SentFolder {
    /// The one that the server marks `\Sent` (RFC 6154), else `Sent`.
    BySpecialUse,
    /// This one.
    Named(String),
}

/// Policies for unknown senders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownSender {
    /// They act as a guest.
    Guest,
    /// They become a user where their domain is listed, else they are a guest.
    Create,
    /// Their mail is ignored, with a reason.
    Refuse,
}

/// What a mail may do on a record that evidence leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filing {
    /// It belongs to the record.
    Accept,
    /// It is filed where only agents see it.
    WorkNote,
    /// It is a new mail, with the record as related.
    New,
}

impl Account {
    /// The account of a record of `email_account` or a table that extends it.
    pub fn read(dictionary: &Dictionary, row: &Record) -> Self {
        let mailbox = dictionary.is_a(&row.table, MAILBOX);
        let receives = receiving(row);
        Self {
            id: row.id,
            name: row.text("name").to_owned(),
            active: row.get("active").is_true(),
            debug: row.get("debug").is_true(),
            sends: if mailbox { mailbox_sending(row) } else { plain_sending(row) },
            user: optional(row, "user_name"),
            password: Sealed::parse(row.text(PASSWORD)),
            faults: faults(dictionary, row),
            from: row.text("from_address").to_owned(),
            label: optional(row, "email_user_label"),
            addresses: addresses(row, receives.as_ref()),
            receives,
            unknown_sender: word(row, "unknown_sender", UnknownSender::Guest),
            create_domains: lower(row, "create_domains"),
            inactive_as_guest: row.text("inactive_sender") == "guest",
            trust_unverified: row.text("unverified_sender") == "user",
            trusted_hosts: lower(row, "trusted_hosts"),
            number_policy: word(row, "number_policy", Filing::New),
            stranger_policy: word(row, "stranger_policy", Filing::WorkNote),
            once_per_account: row.get("once_per_account").is_true(),
            accepts_internal: row.get("accepts_internal").is_true(),
            address_tokens: row.get("address_tokens").is_true(),
        }
    }

    /// Whether mail may come in by it.
    pub const fn is_receiving(&self) -> bool {
        self.active && self.receives.is_some()
    }

    /// Whether mail may go out by it.
    pub const fn is_sending(&self) -> bool {
        self.active && self.sends.is_some()
    }

    /// Whether our listener takes mail for it.
    pub fn is_listening(&self) -> bool {
        self.active && self.receives.as_ref().is_some_and(|how| how.protocol == Protocol::Listener)
    }

    /// How it fetches its mail, where it is active and does. Whether it can is said by [`Account::incomplete`].
    pub fn fetches(&self) -> Option<&Receiving> {
        self.receives.as_ref().filter(|how| self.active && how.protocol != Protocol::Listener)
    }

    /// Why it cannot be used, for the person who can mend it; `None` where it can.
    pub fn incomplete(&self) -> Option<Why> {
        if self.faults.is_empty() {
            return None;
        }
        let faults: Vec<String> = self.faults.iter().map(ToString::to_string).collect();
        let text = format!("the account {} cannot be used: {}", self.name, faults.join("; "));
        Some(Why::new("account_incomplete", text))
    }
}

impl Protocol {
    /// The usual port (RFC 8314, 7.3; RFC 3501; RFC 1939); a listener has none of its own.
    pub const fn usual_port(self, security: Security) -> u16 {
        match (self, security) {
            (Self::Imap, Security::Tls) => 993,
            (Self::Imap, _) => 143,
            (Self::Pop3, Security::Tls) => 995,
            (Self::Pop3, _) => 110,
            (Self::Listener, _) => 0,
        }
    }

    /// The word in records and logs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Imap => "imap",
            Self::Pop3 => "pop3",
            Self::Listener => "listener",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Imap, Self::Pop3, Self::Listener].into_iter().find(|protocol| protocol.word() == word)
    }
}

/// The usual port of an SMTP server: 25, with an upgrade 587 (RFC 6409), with TLS from the first byte 465 (RFC 8314).
pub const fn usual_smtp_port(security: Security) -> u16 {
    match security {
        Security::None => 25,
        Security::StartTls => 587,
        Security::Tls => 465,
    }
}

fn receiving(row: &Record) -> Option<Receiving> {
    let protocol = Protocol::from_word(row.text("type"))?;
    let security = security(row, "encryption");
    let after_reading = match (protocol, row.text("after_reading")) {
        (_, "delete") => AfterReading::Delete,
        (Protocol::Imap, "move") => AfterReading::Move(row.text("move_to_folder").to_owned()),
        (Protocol::Imap, "" | "flag") => AfterReading::Flag,
        _ => AfterReading::Leave,
    };
    let interval = whole(row, "interval").unwrap_or_else(|| i64::from(INTERVAL_SECONDS));
    let interval = interval.clamp(INTERVAL_SECONDS_MIN.into(), INTERVAL_SECONDS_MAX.into());
    let size_limit = whole(row, "size_limit").and_then(|size| u64::try_from(size).ok());
    Some(Receiving {
        protocol,
        server: server(row, "server", "port", security, protocol.usual_port(security)),
        folder: optional(row, "folder").unwrap_or_else(|| INBOX.to_owned()),
        after_reading,
        interval_seconds: u32::try_from(interval).unwrap_or(INTERVAL_SECONDS),
        first_run: word(row, "first_run", FirstRun::New),
        size_limit: size_limit.filter(|size| *size > 0).unwrap_or(MAIL_BYTES).min(MAIL_BYTES_MAX),
    })
}

fn plain_sending(row: &Record) -> Option<Sending> {
    let security = security(row, "encryption");
    (row.text("type") == "smtp").then(|| Sending {
        server: server(row, "server", "port", security, usual_smtp_port(security)),
        sent_folder: None,
    })
}

fn mailbox_sending(row: &Record) -> Option<Sending> {
    let security = security(row, "smtp_encryption");
    let folder = || optional(row, "sent_folder").map_or(SentFolder::BySpecialUse, SentFolder::Named);
    row.get("sends").is_true().then(|| Sending {
        server: server(row, "smtp_server", "smtp_port", security, usual_smtp_port(security)),
        sent_folder: row.get("save_sent").is_true().then(folder),
    })
}

fn server(row: &Record, host: &str, port: &str, security: Security, usual: u16) -> Server {
    Server {
        host: row.text(host).trim().to_owned(),
        port: whole(row, port).and_then(|port| u16::try_from(port).ok()).unwrap_or(usual),
        security,
        verify: !matches!(row.get("certificate_validation"), Value::Bool(false)),
    }
}

/// No word is no protection: rows from before there was any went unprotected, and new ones always have a word.
fn security(row: &Record, field: &str) -> Security {
    word(row, field, Security::None)
}

fn addresses(row: &Record, receives: Option<&Receiving>) -> Vec<String> {
    let named = lower(row, "addresses");
    let fetched = receives.is_some_and(|how| how.protocol != Protocol::Listener);
    if !named.is_empty() || !fetched {
        return named;
    }
    let own = [row.text("from_address"), row.text("user_name")].map(str::trim);
    own.into_iter().find(|address| address.contains('@')).map(str::to_lowercase).into_iter().collect()
}

pub(crate) fn word<T: serde::de::DeserializeOwned>(row: &Record, field: &str, default: T) -> T {
    let json = serde_json::Value::from(row.text(field));
    serde_json::from_value(json).unwrap_or(default)
}

fn optional(row: &Record, field: &str) -> Option<String> {
    row.get(field).as_text().map(str::to_owned)
}

fn lower(row: &Record, field: &str) -> Vec<String> {
    row.get(field).items().iter().map(|item| item.trim().to_lowercase()).collect()
}

fn whole(row: &Record, field: &str) -> Option<i64> {
    if let Value::Int(number) = row.get(field) { Some(*number) } else { None }
}

#[cfg(test)]
mod tests;
