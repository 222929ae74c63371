//! What is wrong with an account: values that can never be, and, while it is active, what it lacks.
//!
//! A change is refused where it brings a fault that the record did not have, so that an old record that is already
//! incomplete can still be mended field by field.

// The types of addresses alone: `core` knows no sockets.
use core::net::IpAddr;
use std::fmt;

use super::{EMAIL_ACCOUNT, MAILBOX, PASSWORD, Protocol, whole};
use crate::dictionary::Dictionary;
use crate::draft::ChangeError;
use crate::limits::{HOST_CHARS_MAX, INTERVAL_SECONDS_MAX, INTERVAL_SECONDS_MIN, MAIL_BYTES_MAX};
use crate::record::Record;
use crate::sealed::Sealed;

/// One thing that is wrong with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field.
    pub field: &'static str,
    /// A stable code: `mandatory` or `bad_value`.
    pub code: &'static str,
    /// The rule that it breaks, with the value where it may be shown.
    pub rule: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.field, self.rule)
    }
}

/// Refuses a change of an account that brings a fault which it did not have before. Other records pass.
pub fn check(dictionary: &Dictionary, before: Option<&Record>, after: &Record) -> Result<(), ChangeError> {
    if !dictionary.is_a(&after.table, EMAIL_ACCOUNT) {
        return Ok(());
    }
    let known = before.map(|before| faults(dictionary, before)).unwrap_or_default();
    let new = faults(dictionary, after).into_iter().find(|fault| !known.contains(fault));
    new.map_or(Ok(()), |Fault { field, code, rule }| {
        Err(ChangeError::Field { table: after.table.clone(), field: field.to_owned(), code, rule })
    })
}

/// What is wrong with the account of a record.
pub fn faults(dictionary: &Dictionary, record: &Record) -> Vec<Fault> {
    let mailbox = dictionary.is_a(&record.table, MAILBOX);
    let protocol = Protocol::from_word(record.text("type"));
    let mut form = Form { record, mailbox, protocol, faults: Vec::new() };
    form.bounds();
    form.texts();
    form.combinations();
    if record.get("active").is_true() {
        form.missing();
    }
    form.faults
}

struct Form<'a> {
    record: &'a Record,
    mailbox: bool,
    protocol: Option<Protocol>,
    faults: Vec<Fault>,
}

impl Form<'_> {
    fn bad(&mut self, field: &'static str, rule: String) {
        self.faults.push(Fault { field, code: "bad_value", rule });
    }

    fn needs(&mut self, field: &'static str, because: &str) {
        if self.record.get(field).is_null() {
            self.faults.push(Fault { field, code: "mandatory", rule: format!("{because} needs it") });
        }
    }

    fn sends(&self) -> bool {
        self.mailbox && self.record.get("sends").is_true()
    }

    /// Numbers between their bounds.
    fn bounds(&mut self) {
        let bytes = i64::try_from(MAIL_BYTES_MAX).unwrap_or(i64::MAX);
        for (field, min, max) in [
            ("port", 1, u16::MAX.into()),
            ("smtp_port", 1, u16::MAX.into()),
            ("interval", INTERVAL_SECONDS_MIN.into(), INTERVAL_SECONDS_MAX.into()),
            ("size_limit", 1, bytes),
        ] {
            if let Some(value) = whole(self.record, field).filter(|value| !(min..=max).contains(value)) {
                self.bad(field, format!("{value} is not between {min} and {max}"));
            }
        }
    }

    /// Host names are host names; nothing that is said to a server breaks out of its line.
    fn texts(&mut self) {
        for field in ["server", "smtp_server"] {
            let host = self.record.text(field);
            if !host.is_empty() && !is_host(host) {
                let shown: String = host.chars().take(80).collect();
                let rule =
                    format!("`{shown}` is no host: write its name or address alone, without scheme and port");
                self.bad(field, rule);
            }
        }
        for field in ["user_name", "folder", "move_to_folder", "sent_folder"] {
            if self.record.text(field).chars().any(char::is_control) {
                self.bad(field, "it holds a control character or a line end".to_owned());
            }
        }
        let password = self.record.text(PASSWORD);
        if !password.is_empty() && Sealed::parse(password).is_none() {
            self.bad(PASSWORD, "it is not encrypted: set it anew".to_owned());
        }
    }

    /// Values that do not go with each other.
    fn combinations(&mut self) {
        let pop3 = self.protocol == Some(Protocol::Pop3);
        let after = self.record.text("after_reading");
        if pop3 && matches!(after, "flag" | "move") {
            let rule = format!("`{after}` does not go with POP3, which knows `delete` and `leave`");
            self.bad("after_reading", rule);
        }
        if !self.mailbox {
            return;
        }
        if !matches!(self.protocol, Some(Protocol::Imap | Protocol::Pop3)) {
            let word = self.record.text("type");
            self.bad("type", format!("`{word}` does not go with a mailbox, which knows `imap` and `pop3`"));
        }
        if pop3 && self.record.get("save_sent").is_true() {
            self.bad("save_sent", "`true` does not go with POP3, which knows no folders".to_owned());
        }
    }

    /// What an account in use lacks.
    fn missing(&mut self) {
        match self.protocol {
            Some(Protocol::Listener) => {}
            Some(Protocol::Imap | Protocol::Pop3) => self.missing_for_fetching(),
            None => self.missing_for_sending(),
        }
        if self.sends() {
            for field in ["smtp_server", "from_address"] {
                self.needs(field, "an active mailbox that sends");
            }
        }
    }

    fn missing_for_fetching(&mut self) {
        let because = format!("an active account of the type {}", self.record.text("type"));
        for field in ["server", "user_name", PASSWORD] {
            self.needs(field, &because);
        }
        if self.record.text("after_reading") == "move" {
            self.needs("move_to_folder", "`move` after reading");
        }
    }

    fn missing_for_sending(&mut self) {
        for field in ["server", "from_address"] {
            self.needs(field, "an active account of the type smtp");
        }
        match (self.record.get("user_name").is_null(), self.record.get(PASSWORD).is_null()) {
            (false, true) => self.needs(PASSWORD, "a login with a user name"),
            (true, false) => self.needs("user_name", "a login with a password"),
            _ => {}
        }
    }
}

/// A name of letters, digits, hyphens and dots (also of other scripts than Latin), or an address.
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    let name = text.strip_suffix('.').unwrap_or(text);
    text.parse::<IpAddr>().is_ok() || (text.chars().count() <= HOST_CHARS_MAX && name.split('.').all(label))
}
