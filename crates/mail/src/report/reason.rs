//! Why a mail could not be delivered, told from the words of the server and its status code (RFC 3463).
//!
//! Words come first where they are plain: servers write `5.0.0` or `5.7.1` of everything.

use super::{Action, Kind};

/// Why, as somebody who has to do something about it needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Reason {
    /// Nobody has the address, or nobody has it any more.
    UserUnknown,
    /// The mailbox is full.
    MailboxFull,
    /// The mailbox is locked or switched off.
    MailboxDisabled,
    /// There is no such domain, or nothing there takes mail.
    HostUnknown,
    /// The mail is too large.
    TooLarge,
    /// The server takes no more mails for now.
    TooMany,
    /// The server does not want mail of this sender, from this place, or with this content.
    Refused,
    /// The server could not be reached in time.
    NotReached,
    /// Something does not work at the server.
    ServerError,
    /// A recipient complains.
    Complaint,
    /// It was delivered, or it is not known why it was not.
    #[default]
    Unknown,
}

impl Reason {
    /// A stable word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::UserUnknown => "user_unknown",
            Self::MailboxFull => "mailbox_full",
            Self::MailboxDisabled => "mailbox_disabled",
            Self::HostUnknown => "host_unknown",
            Self::TooLarge => "too_large",
            Self::TooMany => "too_many",
            Self::Refused => "refused",
            Self::NotReached => "not_reached",
            Self::ServerError => "server_error",
            Self::Complaint => "complaint",
            Self::Unknown => "unknown",
        }
    }

    /// What it means, as the end of a sentence; empty where nothing is known.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::UserUnknown => "nobody has this address",
            Self::MailboxFull => "the mailbox is full",
            Self::MailboxDisabled => "the mailbox is switched off",
            Self::HostUnknown => "the domain takes no mail",
            Self::TooLarge => "the mail is too large",
            Self::TooMany => "the server takes no more mails for now",
            Self::Refused => "the server does not want the mail",
            Self::NotReached => "the server was not reached in time",
            Self::ServerError => "something does not work at the server",
            Self::Complaint => "the recipient complains of the mail",
            Self::Unknown => "",
        }
    }
}

/// Characters of a text that are looked at.
const MAX_CHARS: usize = 8_000;

/// Words that say it plainly, in the order in which they are looked for.
const PLAIN: &[(Reason, &[&str])] = &[
    (
        Reason::Refused,
        &[
            "sender address",
            "sender rejected",
            "mailfrom domain",
            "my name was rejected",
            "access denied",
            "weren't sent",
            "spamhaus",
            "dnsbl",
            "blocked using",
            "invalid ip",
            "greylist",
            "permission to post",
        ],
    ),
    (
        Reason::ServerError,
        &[
            "ldap",
            "disk space",
            "write error",
            "error while writing",
            "lock failure",
            "pipe to",
            "command died",
        ],
    ),
    (
        Reason::MailboxFull,
        &[
            "mailbox full",
            "mailbox is full",
            "mailfolder is full",
            "inbox is full",
            "folder is full",
            "quota",
            "exceeds allowed size",
            "mailbox size",
            "out of storage",
            "storage limit",
            "exceeded storage",
            "insufficient storage",
            "not enough storage",
            "disk full",
            "exceeded the local limit",
        ],
    ),
    (
        Reason::TooLarge,
        &[
            "too large",
            "too big",
            "message size",
            "message length exceeds",
            "size limit",
            "exceeds the maximum",
            "exceeds maximum",
            "exceeds fixed",
        ],
    ),
    (
        Reason::NotReached,
        &[
            "timed out",
            "time out",
            "timeout",
            "expired",
            "connect to",
            "requests to connect",
            "network is unreachable",
            "no route to host",
            "host not reachable",
            "too many hops",
            "mail loop",
            "loop detected",
            "loops back",
            "retry time",
            "failing for a long time",
            "not responding",
            "connection refused",
            "could not find a gateway",
            "network error",
            "unable to deliver in",
            "deleted from queue",
        ],
    ),
    (
        Reason::HostUnknown,
        &[
            "host unknown",
            "unknown host",
            "host not found",
            "no such domain",
            "no such host",
            "domain not found",
            "domain name not found",
            "domain is not reachable",
            "domain does not exist",
            "couldn't find any host",
            "couldn't find a mail exchanger",
            "unrouteable mail domain",
            "illegal host",
            "unable to resolve",
            "nxdomain",
            "nullmx",
            "no mx record",
            "doesn't receive email",
            "dns error",
        ],
    ),
    (
        Reason::MailboxDisabled,
        &[
            "disabled",
            "suspended",
            "frozen",
            "account is locked",
            "temporary locked",
            "discontinued",
            "deactivated",
            "mailbox is inactive",
            "out of service",
        ],
    ),
    (
        Reason::UserUnknown,
        &[
            "user unknown",
            "unknown user",
            "no valid recipients",
            "no such user",
            "user not found",
            "unknown recipient",
            "recipient unknown",
            "invalid recipient",
            "no such recipient",
            "recipient not found",
            "recipientnotfound",
            "recipnotfound",
            "not exist",
            "doesn't exist",
            "doesn't have a",
            "no mailbox",
            "no such mailbox",
            "mailbox not found",
            "mailbox unavailable",
            "invalid mailbox",
            "not recognized",
            "couldn't be found",
            "could not be found",
            "unknown address",
            "unknown local",
            "unrouteable address",
            "no longer on server",
            "not our customer",
            "not listed in",
            "recipient preferences",
            "inactive email address",
            "message filtered",
            "user name",
            "check if address is correct",
            "undeliverable address",
            "address rejected",
            "alias",
        ],
    ),
    (
        Reason::TooMany,
        &[
            "too many",
            "frequency limited",
            "receiving mail at a rate",
            "throttl",
            "too fast",
            "mails per hour",
        ],
    ),
];

/// Words that are plain only where nothing else is known: `rejected` stands in many sentences.
const VAGUE: &[(Reason, &[&str])] = &[
    (
        Reason::ServerError,
        &[
            "system error",
            "internal error",
            "internal server error",
            "transaction failed",
            "service currently unavailable",
            "could not load",
            "command output",
            "exit status",
            "exited with",
            "local configuration error",
            "local error",
            "improper sequence",
            "malformed",
            "syntax error",
            "service refuse",
            "resources temporarily unavailable",
            "unable to contact",
        ],
    ),
    (
        Reason::Refused,
        &[
            "spam",
            "block",
            "blacklist",
            "dnsbl",
            "spf",
            "dkim",
            "dmarc",
            "policy",
            "policies",
            "reputation",
            "complaint",
            "denied",
            "banned",
            "reject",
            "refused",
            "prohibit",
            "not allowed",
            "not authorized",
            "not permitted",
            "not accepting",
            "not accepted",
            "relay",
            "virus",
            "content",
            "authentication",
            "ptr",
            "attachment",
            "restrict",
            "mismatch",
            "responsible address",
            "permission",
            "not member",
            "not a member",
            "unsolicited",
            "security",
            "encrypt",
        ],
    ),
    (Reason::NotReached, &["in the queue too long", "no smtp connection got far", "not delivered within"]),
];

/// Why the mail did not reach this recipient: `diagnostic` is what the server said of it, `text` the whole report.
pub(super) fn of(
    kind: Kind,
    action: Action,
    (status, diagnostic): (Option<&str>, Option<&str>),
    text: &str,
) -> Reason {
    if kind == Kind::Arf {
        return Reason::Complaint;
    }
    if !matches!(action, Action::Failed | Action::Delayed) {
        return Reason::Unknown;
    }
    let said = lowered(diagnostic.unwrap_or_default());
    let whole = || lowered(before_the_returned_mail(text));
    let status = status.unwrap_or_default();
    in_words(&said, PLAIN)
        .or_else(|| of_exact_status(status))
        .or_else(|| in_words(&said, VAGUE))
        .or_else(|| in_words(&whole(), PLAIN))
        .or_else(|| of_status(status))
        .or_else(|| in_words(&whole(), VAGUE))
        .unwrap_or_default()
}

/// The words of the returned mail say nothing of why it came back.
fn before_the_returned_mail(text: &str) -> &str {
    let begins = |line: &str| {
        let lower = line.trim_start().to_ascii_lowercase();
        ["received:", "return-path:", "------ this is a copy"].iter().any(|word| lower.starts_with(word))
    };
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        if begins(line) {
            break;
        }
        length += line.len();
    }
    text.get(..length).unwrap_or(text)
}

fn lowered(text: &str) -> String {
    let lower = text.chars().take(MAX_CHARS).flat_map(char::to_lowercase).collect::<String>();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn in_words(text: &str, words: &[(Reason, &[&str])]) -> Option<Reason> {
    words.iter().find(|(_, words)| words.iter().any(|word| text.contains(word))).map(|(reason, _)| *reason)
}

/// Codes that servers use only where they mean it.
fn of_exact_status(status: &str) -> Option<Reason> {
    let (_, code) = status.split_once('.')?;
    Some(match code {
        "1.1" | "1.3" | "1.6" | "1.10" | "1.351" => Reason::UserUnknown,
        "1.2" | "4.4" => Reason::HostUnknown,
        "1.7" | "1.8" => Reason::Refused,
        "2.1" => Reason::MailboxDisabled,
        "2.2" => Reason::MailboxFull,
        "2.3" | "3.4" => Reason::TooLarge,
        "4.1" | "4.2" | "4.6" | "4.7" => Reason::NotReached,
        "5.3" => Reason::TooMany,
        _ => return None,
    })
}

/// What the subject of a code leaves to guess.
fn of_status(status: &str) -> Option<Reason> {
    let mut parts = status.split('.').skip(1);
    Some(match (parts.next()?, parts.next()?) {
        ("1", _) => Reason::UserUnknown,
        ("3" | "5", _) => Reason::ServerError,
        ("4", _) => Reason::NotReached,
        ("2" | "6" | "7", _) => Reason::Refused,
        _ => return None,
    })
}
