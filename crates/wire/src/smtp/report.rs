//! What became of each recipient of one mail.

use std::fmt;

use super::{Reply, Stage, channel::Fault};

/// The outcome of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "without it nobody knows who got the mail"]
pub struct SendReport {
    /// One for each recipient of the transmission, in its order.
    pub recipients: Vec<RecipientOutcome>,
}

/// The outcome for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecipientOutcome {
    /// The server took the mail.
    Sent {
        /// To the final dot; most servers name their queue id here.
        reply: Reply,
    },
    /// The mail was certainly not taken; it may be tried again.
    Deferred {
        /// The server's reply, or what happened to the connection.
        cause: Cause,
    },
    /// The mail was certainly not taken, and trying again is useless.
    Failed {
        /// The server's reply, or why the mail was not offered to it.
        cause: Cause,
    },
    /// The connection was lost, or out of step, after the final dot was begun and before the reply: the mail may have
    /// been taken.
    Uncertain {
        /// What happened to the connection.
        cause: Cause,
    },
}

/// Why a recipient was not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The server's words.
    Reply(Reply),
    /// Ours.
    Local {
        /// Enhanced status code (RFC 3463) that says it best.
        enhanced: &'static str,
        /// For the administrator.
        text: String,
    },
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reply(reply) => reply.fmt(f),
            Self::Local { enhanced, text } => write!(f, "{enhanced} {text}"),
        }
    }
}

impl Cause {
    /// What happened to the connection during `stage`. A reply that nobody asked for is the best reason there is.
    pub(super) fn from_fault(fault: Fault, stage: Stage) -> Self {
        match fault {
            Fault::Unasked(reply) => Self::Reply(reply),
            // RFC 3463: 4.4.2, bad connection.
            fault => Self::Local { enhanced: "4.4.2", text: format!("{fault} (at {stage})") },
        }
    }

    pub(super) fn local(enhanced: &'static str, text: impl Into<String>) -> Self {
        Self::Local { enhanced, text: text.into() }
    }
}

impl RecipientOutcome {
    /// What a reply before the final dot means, or one to it: 2xx does not come here.
    pub(super) fn refused(reply: Reply) -> Self {
        let permanent = reply.is_permanent();
        let cause = Cause::Reply(reply);
        if permanent { Self::Failed { cause } } else { Self::Deferred { cause } }
    }
}
