//! Why there is no session, in words for whoever runs the server and with the server's own.

use std::{io, net::IpAddr, time::Duration};

use thiserror::Error;

use super::{Reply, Stage};

/// No session came about. No mail was offered, so nothing was sent: it may be tried again once the cause is gone.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The name cannot be resolved, or no address of it accepts a connection.
    #[error("{host}:{port} cannot be reached")]
    Unreachable {
        /// As configured.
        host: String,
        /// As configured.
        port: u16,
        /// The system's reason, of the last address tried.
        source: io::Error,
    },
    /// The endpoint allows loopback only ([`Egress::LoopbackOnly`](super::Egress::LoopbackOnly)).
    #[error("{host}:{port} was not connected to: only this machine is allowed{}", .address.map(|a| format!(", not {a}")).unwrap_or_default())]
    Egress {
        /// As configured.
        host: String,
        /// As configured.
        port: u16,
        /// The address refused; `None` if the name was not even resolved.
        address: Option<IpAddr>,
    },
    /// Our own name would not be accepted as an argument of `EHLO`.
    #[error("{name:?} is no host name to introduce this server with")]
    HostName {
        /// As configured.
        name: String,
    },
    /// The server accepted the connection and wants no mail now (421) or ever (554).
    #[error("{host}:{port} greets with: {reply}")]
    Greeting {
        /// As configured.
        host: String,
        /// As configured.
        port: u16,
        /// The server's words.
        reply: Reply,
    },
    /// The server refused `EHLO` and `HELO`.
    #[error("{host}:{port} refuses our introduction: {reply}")]
    Refused {
        /// As configured.
        host: String,
        /// As configured.
        port: u16,
        /// The server's words.
        reply: Reply,
    },
    /// The server took too long.
    #[error("{host}:{port} did not answer within {limit:?} (at {stage})")]
    Timeout {
        /// As configured.
        host: String,
        /// As configured.
        port: u16,
        /// What was waited for.
        stage: Stage,
        /// The endpoint's limit.
        limit: Duration,
    },
    /// The connection broke, or what the server said is no SMTP.
    #[error("{host}:{port}: {what} (at {stage})")]
    Broken {
        /// As configured.
        host: String,
        /// As configured.
        port: u16,
        /// What was under way.
        stage: Stage,
        /// What happened.
        what: String,
    },
}
