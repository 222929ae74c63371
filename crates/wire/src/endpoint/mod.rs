//! What the three clients share: where a server is, how its connection is made and secured, and why that fails.
//!
//! A connection goes through [`Step`]s. Each is reported as it begins, with what is learnt in it, and as it succeeds
//! ([`StepReport`]); the first that fails ends in a [`Failure`], whose [`Kind`] is fine enough to say what to do about it.
//! No configuration is read here and no time limit chosen.

mod certificate;
mod connect;
mod dial;
mod failure;
mod fault;
mod login;
mod pipe;
mod step;
mod stream;
mod trust;
mod verifier;

use std::time::Duration;

pub(crate) use dial::Dial;
pub use failure::{Failure, Kind};
pub(crate) use fault::{Fault, shown};
pub use login::{Login, Secret};
pub(crate) use pipe::{Pipe, within};
pub use step::{Certificate, Fact, OnStep, Progress, Step, StepReport, Tls};
pub use trust::{Trust, TrustError};

/// A server, and how to speak with it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Host name or address. The certificate has to name it, too.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: Security,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// False: a certificate that does not hold is used all the same. The connection is encrypted then, but nobody
    /// knows to whom; what is wrong with the certificate is reported ([`Tls::fault`]).
    pub verify: bool,
    /// The longest wait for each step of the connection, for each answer, and for each piece of a mail to be taken.
    pub timeout: Duration,
    /// Where connections may go.
    pub egress: Egress,
}

impl Endpoint {
    /// A server without encryption, on this machine mostly.
    pub fn plain(host: impl Into<String>, port: u16, timeout: Duration, egress: Egress) -> Self {
        let (security, trust) = (Security::None, Trust::nobody());
        Self { host: host.into(), port, security, trust, verify: true, timeout, egress }
    }
}

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Not at all. A login goes over the network as it is.
    None,
    /// From the `STARTTLS` (POP3: `STLS`) command on; a server that does not offer it is refused.
    StartTls,
    /// From the first octet.
    Tls,
}

/// Where connections may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Egress {
    /// Only to this machine: loopback addresses, and of names only `localhost`, so that nothing is asked of a name
    /// server either.
    LoopbackOnly,
    /// Anywhere.
    Any,
}
