//! How a Dovecot is to be: users, TLS, what it offers and what it refuses.

use std::net::Ipv4Addr;

use super::config::{self, Host};
use super::{Dovecot, Ports};
use crate::folder::Folder;
use crate::port::{Port, user_id};
use crate::{Certificates, Kind};

/// The address with TLS required. Dovecot takes a connection whose two ends have the same address for secure, and a
/// client of 127.0.0.2 comes from 127.0.0.1.
const APART: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// What Dovecot's IMAP offers after login, without what it offers for login.
const IMAP_CAPABILITIES: &str = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES \
     THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS \
     LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY \
     MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE";

/// Whether TLS is offered on the plain ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tls {
    /// No TLS at all: no STARTTLS, and nothing listens on the ports for TLS.
    None,
    /// STARTTLS is offered; a password is taken also without it.
    #[default]
    Offered,
    /// STARTTLS is offered, and without it a password is refused (`LOGINDISABLED`). The server listens on 127.0.0.2.
    Required,
}

/// How a Dovecot is to be.
#[derive(Debug, Clone)]
pub struct DovecotBuilder {
    certificates: Certificates,
    kind: Kind,
    tls: Tls,
    users: Vec<(String, String)>,
    quota: Option<u64>,
    hidden: Vec<String>,
    settings: String,
}

impl DovecotBuilder {
    pub(super) fn new(certificates: &Certificates) -> Self {
        Self {
            certificates: certificates.clone(),
            kind: Kind::Good,
            tls: Tls::Offered,
            users: Vec::new(),
            quota: None,
            hidden: Vec::new(),
            settings: String::new(),
        }
    }

    /// A user, by mail address, with a password. Mail to others is refused.
    pub fn user(mut self, user: &str, password: &str) -> Self {
        self.set_user(user, password);
        self
    }

    /// The certificate to show; the good one where nothing is said.
    pub fn certificate(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Whether TLS is offered; [`Tls::Offered`] where nothing is said.
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Bytes that one mailbox may hold; one more and IMAP answers `[OVERQUOTA]`, LMTP `552`.
    pub fn quota(mut self, bytes: u64) -> Self {
        self.quota = Some(bytes);
        self
    }

    /// IMAP capabilities that are not offered (`IDLE`, `MOVE`, `UIDPLUS`). Who uses them all the same is served.
    pub fn hide(mut self, capabilities: &[&str]) -> Self {
        self.hidden.extend(capabilities.iter().map(|name| (*name).to_owned()));
        self
    }

    /// Lines at the end of Dovecot's configuration.
    pub fn settings(mut self, lines: &str) -> Self {
        self.settings.push_str(lines);
        self.settings.push('\n');
        self
    }

    /// Starts it and waits until it listens. The error says what is missing, or what Dovecot logged.
    pub fn start(self) -> Result<Dovecot, String> {
        Dovecot::available()?;
        let address = if self.tls == Tls::Required { APART } else { Ipv4Addr::LOCALHOST };
        let folder = Folder::new()?;
        let reserve = || Port::reserve(address);
        let ports = Ports {
            imap: reserve()?,
            imaps: reserve()?,
            pop3: reserve()?,
            pop3s: reserve()?,
            lmtp: reserve()?,
        };
        for name in [config::RUN, config::STATE, config::MAIL] {
            folder.create(name)?;
        }
        let host = Host::new(user_id()? == 0)?;
        if host.is_root {
            // The owner of the mailboxes makes those of the users.
            folder.allow(config::MAIL, 0o1777)?;
        }
        folder.write(config::FILE, self.config(&folder, &ports, &host))?;
        let mut dovecot = Dovecot { process: None, options: self, ports, folder, writes: 0 };
        dovecot.write_users()?;
        dovecot.launch()?;
        Ok(dovecot)
    }

    pub(super) fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    pub(super) fn set_user(&mut self, user: &str, password: &str) {
        self.users.retain(|(name, _)| name != user);
        self.users.push((user.to_owned(), password.to_owned()));
    }

    /// The file of users: name and password, of which nothing can end the field. Each version is longer than the one
    /// before.
    pub(super) fn users_file(&self, version: usize) -> String {
        let mut text = format!("{}\n", "#".repeat(version));
        for (user, password) in &self.users {
            text.push_str(&format!("{user}:{{PLAIN.HEX}}"));
            password.bytes().for_each(|byte| text.push_str(&format!("{byte:02x}")));
            text.push_str("::::::\n");
        }
        text
    }

    fn config(&self, folder: &Folder, ports: &Ports, host: &Host) -> String {
        let mut text = config::server(folder.path(), host);
        text.push_str(&config::listeners(ports, self.tls != Tls::None));
        let leaf = self.certificates.leaf(self.kind);
        text.push_str(&match self.tls {
            Tls::None => "ssl = no\n".to_owned(),
            Tls::Offered => config::tls("yes", leaf),
            Tls::Required => config::tls("required", leaf),
        });
        let plain = if self.tls == Tls::Required { "yes" } else { "no" };
        text.push_str(&format!("disable_plaintext_auth = {plain}\n"));
        if let Some(bytes) = self.quota {
            text.push_str(&config::quota(bytes));
        }
        if !self.hidden.is_empty() {
            let shown = IMAP_CAPABILITIES
                .split_whitespace()
                .filter(|name| !self.hidden.iter().any(|hidden| hidden.eq_ignore_ascii_case(name)));
            text.push_str(&format!("imap_capability = {}\n", shown.collect::<Vec<_>>().join(" ")));
        }
        text + &self.settings
    }
}
