//! Why a conversation with a server failed: at which step, of what kind, and with which words of the server.

use std::{net::IpAddr, time::Duration};

use thiserror::Error;

use super::Step;

/// A step failed. Whatever was asked for did not happen, unless the method that returns it says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{host}:{port}: {kind} (at {step}){}", .said.as_ref().map(|said| format!("; the server said: {said}")).unwrap_or_default())]
pub struct Failure {
    /// The step.
    pub step: Step,
    /// What happened.
    pub kind: Kind,
    /// As configured.
    pub host: String,
    /// As configured.
    pub port: u16,
    /// The server's words, one line; never the password.
    pub said: Option<String>,
}

impl Failure {
    /// A stable word for the kind.
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Kind {
    /// No name server knows the name, or none could be asked.
    #[error("the name has no address")]
    NameNotFound,
    /// The endpoint allows loopback only ([`Egress::LoopbackOnly`](super::Egress::LoopbackOnly)).
    #[error("only this machine is allowed{}", .address.map(|a| format!(", not {a}")).unwrap_or_default())]
    NotAllowed {
        /// The address refused; none if the name was not even resolved.
        address: Option<IpAddr>,
    },
    /// The host is there, and nothing listens on the port.
    #[error("the port is closed")]
    Refused,
    /// No way to the host.
    #[error("the host cannot be reached: {reason}")]
    Unreachable {
        /// The system's words.
        reason: String,
    },
    /// Nothing came in time. At [`Step::Greeting`] without TLS it is mostly a port that wants TLS.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The server closed the connection.
    #[error("the server closed the connection")]
    Closed,
    /// The connection broke.
    #[error("the connection broke: {reason}")]
    Broken {
        /// The system's words.
        reason: String,
    },
    /// The certificate is over.
    #[error("the certificate has expired")]
    CertificateExpired {
        /// Seconds since 1970.
        not_after: i64,
    },
    /// The certificate is not valid yet; or our clock is wrong.
    #[error("the certificate is not valid yet")]
    CertificateNotYetValid {
        /// Seconds since 1970.
        not_before: i64,
    },
    /// The certificate is for other names.
    #[error("the certificate is not for {wanted}, but for {}", if .names.is_empty() { "no name".to_owned() } else { .names.join(", ") })]
    CertificateName {
        /// The endpoint's host.
        wanted: String,
        /// What the certificate is for.
        names: Vec<String>,
    },
    /// Nobody whom we trust has issued the certificate: it is self-signed, of a private authority, or an
    /// intermediate certificate is missing.
    #[error("nobody who is trusted has issued the certificate; its issuer is {issuer}")]
    CertificateUntrusted {
        /// As the certificate says.
        issuer: String,
    },
    /// The certificate is unusable in another way.
    #[error("the certificate cannot be used: {reason}")]
    CertificateUnusable {
        /// In the words of the TLS library.
        reason: String,
    },
    /// The handshake failed in another way: no common version or cipher, mostly.
    #[error("TLS failed: {reason}")]
    TlsOther {
        /// In the words of the TLS library.
        reason: String,
    },
    /// The other side does not speak TLS on this port: it wants `STARTTLS` or nothing.
    #[error("the server does not speak TLS here")]
    NotTls,
    /// The greeting is none of this protocol: another service, or a port that wants TLS.
    #[error("this is no {wanted} server")]
    NotThisProtocol {
        /// `SMTP`, `IMAP` or `POP3`.
        wanted: &'static str,
    },
    /// `STARTTLS` is asked for and not offered, or was refused.
    #[error("the server does not offer STARTTLS")]
    NoStartTls,
    /// Octets came in plaintext between `STARTTLS` and TLS: somebody on the way may have put them in.
    #[error("text came unencrypted after STARTTLS: somebody on the way may have put it in")]
    Injected,
    /// User or password are wrong, or the user may not log in this way.
    #[error("the login was refused")]
    LoginRefused,
    /// The server takes no password here: not without encryption, or not in a way that we know.
    #[error("the server takes no password here")]
    LoginNotOffered,
    /// User or password hold characters that no protocol can carry, or the user is empty.
    #[error("the user is empty, or user or password hold line ends or NUL")]
    LoginUnspeakable,
    /// The server asks to wait before the next login (POP3 `LOGIN-DELAY`).
    #[error("the server asks to wait before the next login")]
    LoginTooSoon,
    /// No such folder, or it holds no mails.
    #[error("there is no folder {folder:?}")]
    FolderMissing {
        /// As asked for.
        folder: String,
    },
    /// The folder to make is there already.
    #[error("there is a folder {folder:?} already")]
    FolderExists {
        /// As asked for.
        folder: String,
    },
    /// The flag is no word that IMAP can carry.
    #[error("{flag:?} cannot be a flag")]
    FlagUnspeakable {
        /// As asked for.
        flag: String,
    },
    /// The mailbox is full.
    #[error("the mailbox is full")]
    OverQuota,
    /// Another client has locked the mailbox.
    #[error("the mailbox is in use by another client")]
    InUse,
    /// The server cannot do it now, and says so: it may go well another time.
    #[error("the server cannot do it now")]
    Unavailable,
    /// The server gives its mails no lasting names (POP3 `UIDL`): which were read already cannot be known.
    #[error("the server gives its mails no unique ids (UIDL)")]
    NoUniqueIds,
    /// The mail is gone, or was never there.
    #[error("there is no such mail")]
    MailMissing,
    /// The mail, or an answer, is larger than was asked for.
    #[error("more than {limit} octets")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// The server lacks what is needed for it.
    #[error("the server does not offer {what}")]
    NotOffered {
        /// The extension or command.
        what: &'static str,
    },
    /// Our own name is none that a server would accept.
    #[error("{name:?} is no host name to introduce this server with")]
    HostName {
        /// As configured.
        name: String,
    },
    /// The server refused, and its words are all there is.
    #[error("the server refused")]
    ServerSaid,
    /// The server's answer makes no sense.
    #[error("the server's answer cannot be understood")]
    Garbled,
    /// An earlier fault left the connection out of step; it has to be made anew.
    #[error("the connection is no longer usable after an earlier fault")]
    Unusable,
}

impl Kind {
    /// A stable word for programs and translations.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NameNotFound => "name_not_found",
            Self::NotAllowed { .. } => "not_allowed",
            Self::Refused => "port_closed",
            Self::Unreachable { .. } => "unreachable",
            Self::Timeout(_) => "timeout",
            Self::Closed => "closed",
            Self::Broken { .. } => "broken",
            Self::CertificateExpired { .. } => "certificate_expired",
            Self::CertificateNotYetValid { .. } => "certificate_not_yet_valid",
            Self::CertificateName { .. } => "certificate_name",
            Self::CertificateUntrusted { .. } => "certificate_untrusted",
            Self::CertificateUnusable { .. } => "certificate_unusable",
            Self::TlsOther { .. } => "tls",
            Self::NotTls => "not_tls",
            Self::NotThisProtocol { .. } => "not_this_protocol",
            Self::NoStartTls => "no_starttls",
            Self::Injected => "injected",
            Self::LoginRefused => "login_refused",
            Self::LoginNotOffered => "login_not_offered",
            Self::LoginUnspeakable => "login_unspeakable",
            Self::LoginTooSoon => "login_too_soon",
            Self::FolderMissing { .. } => "folder_missing",
            Self::FolderExists { .. } => "folder_exists",
            Self::FlagUnspeakable { .. } => "flag_unspeakable",
            Self::OverQuota => "over_quota",
            Self::InUse => "in_use",
            Self::Unavailable => "unavailable",
            Self::NoUniqueIds => "no_unique_ids",
            Self::MailMissing => "mail_missing",
            Self::TooLarge { .. } => "too_large",
            Self::NotOffered { .. } => "not_offered",
            Self::HostName { .. } => "host_name",
            Self::ServerSaid => "server_said",
            Self::Garbled => "garbled",
            Self::Unusable => "unusable",
        }
    }
}
