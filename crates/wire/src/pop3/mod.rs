//! A POP3 client (RFC 1939, 2449, 2595, 5034) that removes only what it is told to, and says that it is removed only when
//! the server has said so.
//!
//! POP3 removes at the end: [`Pop3::delete`] only marks, and [`Pop3::quit`] removes. A session that ends otherwise has removed
//! nothing. Mails are named by numbers that hold for one session; what lasts is the unique id (`UIDL`), without which
//! there is no way to know what was read before ([`Kind::NoUniqueIds`]).
//!
//! Every wait has a limit. After a time limit, a broken connection or an answer that cannot be understood the session is
//! no longer usable ([`Pop3::usable`]) and every method says so; so it is, too, when a method's future is dropped half-way.

mod channel;
mod connect;
mod mails;
mod reply;

use channel::Channel;
pub use mails::{LINE_MAX, LISTED_MAX, Listed};
use reply::Reply;

use crate::endpoint::{Endpoint, Failure, Fault, Kind, Step};

/// What the server can do, of what we use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Offers {
    /// Mails have lasting ids, as the server says. One that says nothing (RFC 1939 has no way to) is asked.
    pub uidl: bool,
    /// Headers can be read alone ([`Pop3::top`]).
    pub top: bool,
}

/// A session that is logged in. Other clients are shut out of the mailbox while it lasts.
pub struct Pop3 {
    channel: Channel,
    endpoint: Endpoint,
    offers: Offers,
}

impl std::fmt::Debug for Pop3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pop3")
            .field("endpoint", &self.endpoint)
            .field("usable", &self.usable())
            .finish_non_exhaustive()
    }
}

impl Pop3 {
    /// What the server can do.
    pub fn offers(&self) -> Offers {
        self.offers
    }

    /// Whether the session may be used further. Once false, it stays so.
    pub fn usable(&self) -> bool {
        self.channel.usable()
    }

    /// Asks for nothing: keeps the session alive, and finds out whether it is.
    pub async fn noop(&mut self) -> Result<(), Failure> {
        self.ask("NOOP").await.map(drop)
    }

    /// Ends the session and removes what was marked. Only after success is it known to be removed; after a refusal some
    /// of it may be.
    pub async fn quit(mut self) -> Result<(), Failure> {
        self.ask("QUIT").await.map(drop)
    }

    /// Runs a command with one line of answer; a refusal is a failure.
    async fn ask(&mut self, line: &str) -> Result<Reply, Failure> {
        self.ready()?;
        let reply = self.channel.command(line).await.map_err(|fault| self.broken(fault))?;
        if reply.ok { Ok(reply) } else { Err(self.refused(&reply)) }
    }

    fn ready(&self) -> Result<(), Failure> {
        if self.usable() { Ok(()) } else { Err(self.fail(Kind::Unusable)) }
    }

    fn fail(&self, kind: Kind) -> Failure {
        self.endpoint.failure(Step::Transfer, kind, None)
    }

    fn broken(&self, fault: Fault) -> Failure {
        self.fail(fault.into())
    }

    fn refused(&self, reply: &Reply) -> Failure {
        self.endpoint.failure(Step::Transfer, reply.kind(), Some(reply.words.clone()))
    }
}
