//! An SMTP client (RFC 5321) that says for each recipient what became of the mail.
//!
//! Between the final dot and the reply to it lies the one moment in which nobody can know. The client names it
//! ([`RecipientOutcome::Uncertain`]) and reports, before it writes the first octet of the final dot, that it is about to
//! ([`Stage::FinalDot`]): whoever records the stages can tell after a crash which mails may be sent again safely.
//! It never tries again by itself, keeps no queue and chooses no server.
//!
//! The reply to the final dot is waited for twice as long as others, as RFC 5321 (4.5.3.2) has it.

mod channel;
mod connect;
mod encode;
mod login;
mod offers;
mod reply;
mod report;
mod session;

pub use connect::connect;
pub use reply::Reply;
pub use report::{Cause, RecipientOutcome, SendReport};
pub use session::Session;

/// How far a mail has come, in order; what comes before it is an [`endpoint::Step`](crate::endpoint::Step). Each is reported before the first octet of it is written or awaited, except
/// [`Stage::Replied`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// `MAIL` (before it `RSET`, when the session is used again).
    Mail,
    /// `RCPT`, once for each recipient.
    Rcpt,
    /// `DATA`.
    Data,
    /// The mail without its end. A connection that dies here has sent nothing.
    Body,
    /// The final dot. A connection that dies from here on may have sent the mail.
    FinalDot,
    /// The reply to the final dot was read.
    Replied,
}

impl Stage {
    /// The stage as an administrator knows it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "MAIL",
            Self::Rcpt => "RCPT",
            Self::Data => "DATA",
            Self::Body => "the mail's text",
            Self::FinalDot => "the final dot",
            Self::Replied => "the last reply",
        }
    }
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One mail to some recipients.
#[derive(Debug, Clone, Copy)]
pub struct Transmission<'a> {
    /// The return path; `None` is the null return path `<>`, for reports and automatic answers.
    pub mail_from: Option<&'a str>,
    /// The recipients; the report has one outcome for each, in this order.
    pub rcpt_to: &'a [String],
    /// The mail. Line ends of any kind are sent as `CRLF`; octets beyond ASCII are announced as 8BITMIME where the
    /// server offers it and sent as they are in any case.
    pub bytes: &'a [u8],
}
