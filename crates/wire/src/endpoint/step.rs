//! The steps of a connection, and what is reported of each: what *Test connection* shows.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use super::Kind;

/// A step of a conversation with a server, in the order in which they are taken. With `STARTTLS`, [`Step::Tls`] comes
/// after [`Step::StartTls`], and over SMTP [`Step::Hello`] a second time after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The name is resolved.
    Name,
    /// The connection is made.
    Connect,
    /// The handshake of TLS, and the certificate.
    Tls,
    /// The server's first words are awaited.
    Greeting,
    /// We introduce us (SMTP), or ask what the server can do (IMAP, POP3).
    Hello,
    /// The server is asked to change to TLS.
    StartTls,
    /// The login.
    Login,
    /// A folder is opened, made or listed.
    Folder,
    /// Mails are listed, read, written, moved or removed.
    Transfer,
}

impl Step {
    /// The step as an administrator knows it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "resolving the name",
            Self::Connect => "connecting",
            Self::Tls => "TLS",
            Self::Greeting => "the greeting",
            Self::Hello => "the introduction",
            Self::StartTls => "STARTTLS",
            Self::Login => "the login",
            Self::Folder => "the folder",
            Self::Transfer => "the transfer",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Hears each step.
pub type OnStep<'a> = &'a mut (dyn FnMut(StepReport) + Send + Sync);

/// One thing that happened in a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    /// The step.
    pub step: Step,
    /// How it stands with it.
    pub progress: Progress,
}

/// How it stands with a step. A step that fails is not reported here: it is the [`Failure`](super::Failure).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// It begins.
    Begun,
    /// Something is known now, also of a step that fails afterwards: the certificate that is refused.
    Learnt(Fact),
    /// It has succeeded.
    Done,
}

/// What is learnt in a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// The addresses of the name that will be tried, in this order.
    Addresses(Vec<IpAddr>),
    /// The address that accepted the connection.
    Connected(SocketAddr),
    /// The encryption.
    Tls(Tls),
    /// The server's greeting, one line of text.
    Greeting(String),
    /// What the server says that it can do, in its words.
    Capabilities(Vec<String>),
    /// The login was accepted.
    LoggedIn {
        /// `PLAIN`, `LOGIN`, `USER`, or `PREAUTH` for a server that asked for none.
        mechanism: &'static str,
        /// False: the password went over the network as it is.
        encrypted: bool,
    },
}

/// What is known of an encrypted connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// `TLS 1.3` or `TLS 1.2`; none if the handshake did not get so far.
    pub version: Option<&'static str>,
    /// The server's certificate, where it can be read.
    pub certificate: Option<Certificate>,
    /// What is wrong with the certificate. The connection exists all the same where the endpoint says so
    /// ([`Endpoint::verify`](super::Endpoint::verify)).
    pub fault: Option<Kind>,
}

/// A server's certificate, as far as an administrator asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The subject, `CN=mail.example.org,O=Example`; empty in many certificates.
    pub subject: String,
    /// Host names and addresses that it is for; at most 100 of them.
    pub names: Vec<String>,
    /// The issuer, as the subject is written.
    pub issuer: String,
    /// Seconds since 1970.
    pub not_before: i64,
    /// Seconds since 1970.
    pub not_after: i64,
}
