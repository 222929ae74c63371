//! An IMAP client (RFC 3501) that reads mails without changing them, and changes only what it is told to.
//!
//! It never sets `\Seen` by reading (`BODY.PEEK`), and never removes a mail that it was not told to: without `UIDPLUS`
//! (RFC 4315) a mail is marked `\Deleted` and stays, because `EXPUNGE` would take along what others have marked. Unasked
//! notices are not relied upon: mails are found by their UIDs.
//!
//! Every wait has a limit. After a time limit, a broken connection or an answer that cannot be understood the session is
//! no longer usable ([`Imap::usable`]) and every method says so; after a refusal it is. So it is, too, when a method's
//! future is dropped half-way. It keeps no state between sessions, and decides nothing about mails.
//!
//! The answers' grammar is read by imap-proto. The framing is our own, so that an answer is bounded before it is read, and
//! nothing but the server ever sees the password.

mod change;
mod channel;
mod command;
mod connect;
mod date;
mod folders;
mod idle;
mod name;
mod read;
mod reply;

use channel::Channel;
use command::Command;
pub use folders::{Folder, Selected, SpecialUse};
pub use idle::{IDLE_MAX, News};
pub use read::{FETCH_BYTES, FETCH_MAILS, Fetched, Listed, OnFetched};
use reply::{Outcome, Reply};

use crate::endpoint::{Endpoint, Failure, Fault, Kind, Step, shown};

/// What the server can do, of what we use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Offers {
    /// RFC 2177: new mails are told of ([`Imap::idle`]).
    pub idle: bool,
    /// RFC 6851: mails are moved in one step.
    pub moves: bool,
    /// RFC 4315: single mails can be removed, and an appended one has a known UID.
    pub uidplus: bool,
    /// RFC 6154: the folder for sent mails can be known ([`Folder::special_use`]).
    pub special_use: bool,
    /// RFC 5258: `LIST` can be asked for more.
    list_extended: bool,
}

/// What became of mails that were to leave a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// They are gone from it.
    Removed,
    /// They are marked `\Deleted` and still there: the server cannot remove single mails (no `UIDPLUS`), and removing
    /// all marked ones would take along what others have marked.
    Marked,
}

/// A mark on a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flag {
    /// `\Seen`
    Seen,
    /// `\Answered`
    Answered,
    /// `\Flagged`
    Flagged,
    /// `\Draft`
    Draft,
    /// `\Deleted`
    Deleted,
    /// A word of our own, `$Processed`: an atom of ASCII. Not every folder keeps them ([`Selected::keeps_keywords`]).
    Keyword(String),
}

/// A session that is logged in.
pub struct Imap {
    channel: Channel,
    endpoint: Endpoint,
    offers: Offers,
}

impl std::fmt::Debug for Imap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Imap")
            .field("endpoint", &self.endpoint)
            .field("usable", &self.usable())
            .finish_non_exhaustive()
    }
}

/// Hears each untagged answer of a command.
type OnData<'a> = &'a mut (dyn FnMut(&[u8]) -> Result<(), Fault> + Send);

impl Imap {
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
        self.ask(Step::Transfer, None, &Command::new("NOOP")).await.map(drop)
    }

    /// Says good-bye. What the server answers changes nothing, so nothing is returned.
    pub async fn logout(mut self) {
        if self.usable() {
            drop(
                tokio::time::timeout(
                    connect::LOGOUT_TIME,
                    self.ask(Step::Transfer, None, &Command::new("LOGOUT")),
                )
                .await,
            );
        }
    }

    /// Runs a command whose data is of no interest.
    async fn ask(
        &mut self,
        step: Step,
        folder: Option<&str>,
        command: &Command<'_>,
    ) -> Result<Reply, Failure> {
        self.ask_for(step, folder, command, &mut |_| Ok(())).await
    }

    /// Runs a command; a refusal is a failure.
    async fn ask_for(
        &mut self,
        step: Step,
        folder: Option<&str>,
        command: &Command<'_>,
        on_data: OnData<'_>,
    ) -> Result<Reply, Failure> {
        let reply = self.run(step, command, on_data).await?;
        if reply.outcome == Outcome::Ok { Ok(reply) } else { Err(self.refused(step, folder, &reply)) }
    }

    /// Runs a command, whatever the server says to it.
    async fn run(
        &mut self,
        step: Step,
        command: &Command<'_>,
        on_data: OnData<'_>,
    ) -> Result<Reply, Failure> {
        if !self.usable() {
            return Err(self.fail(step, Kind::Unusable));
        }
        match self.channel.run(command, on_data).await {
            Ok(reply) => Ok(reply),
            Err(fault) => Err(self.broken(step, fault)),
        }
    }

    fn fail(&self, step: Step, kind: Kind) -> Failure {
        self.endpoint.failure(step, kind, None)
    }

    /// The connection is lost or out of step. A server that leaves with a word has that word repeated.
    fn broken(&self, step: Step, fault: Fault) -> Failure {
        self.endpoint.failure(step, fault.into(), self.channel.farewell().map(ToOwned::to_owned))
    }

    fn refused(&self, step: Step, folder: Option<&str>, reply: &Reply) -> Failure {
        self.endpoint.failure(step, reply.kind(folder), Some(shown(reply.words.as_bytes())))
    }
}
