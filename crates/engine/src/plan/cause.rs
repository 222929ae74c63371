//! Why a plan is there: its actor, its cause, the unit it settles, and what it read.

use serde::{Deserialize, Serialize};

use super::EmailState;
use crate::id::Id;
use crate::time::Timestamp;
use crate::view::Query;

/// A reason for a person: a stable code, and a sentence that says what happened and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The code, lower-case words joined by `_`.
    pub code: String,
    /// The sentence.
    pub text: String,
}

impl Why {
    /// A reason.
    pub fn new(code: &str, text: impl Into<String>) -> Self {
        Self { code: code.to_owned(), text: text.into() }
    }
}

/// Who caused an effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Actor {
    /// The user, where it is one.
    pub user: Option<Id>,
    /// How people call them: a name, an address, or `system`.
    pub label: String,
}

impl Actor {
    /// The program itself.
    pub fn system() -> Self {
        Self { user: None, label: "system".to_owned() }
    }
}

/// What a change was caused by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// What kind of thing `id` names.
    pub kind: CauseKind,
    /// The arrival, event, job or request.
    pub id: Id,
    /// The names of the rules and actions that led here, oldest first; its length is the depth.
    pub chain: Vec<String>,
}

/// Kinds of causes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// An incoming mail.
    Arrival,
    /// An event.
    Event,
    /// A job.
    Job,
    /// A person or a program through the API or the command line.
    Request,
}

/// The unit of work that a plan settles. The epoch fences: a plan of an older claim is not applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// One copy of an incoming mail.
    Arrival {
        /// Its place in the queue.
        seq: i64,
        /// The claim.
        epoch: i64,
        /// The mail that this copy belongs to (new with this plan, or known already).
        email: Id,
        /// How it ends.
        state: EmailState,
        /// Why it ends so, where that is not plain.
        why: Option<Why>,
    },
    /// One event.
    Event {
        /// Its place in the queue.
        seq: i64,
        /// The claim.
        epoch: i64,
        /// Why it is parked; `None` where it is done.
        parked: Option<Why>,
        /// Why it is done without anybody having looked at it; `None` where the rules did.
        unheard: Option<Why>,
    },
    /// One step of a job.
    Job {
        /// The job.
        id: Id,
        /// The claim.
        epoch: i64,
        /// Where the next step begins; `None` where the job is done.
        cursor: Option<String>,
    },
    /// A scheduled job whose time has come.
    Schedule {
        /// The scheduled job.
        job: Id,
        /// The change of its time that was last seen.
        epoch: i64,
        /// Its next time; `None` where there is none.
        next_at: Option<Timestamp>,
    },
    /// A request, which is no queue: it is answered at once. Its id makes a repeat collide.
    Request {
        /// The request.
        id: Id,
    },
}

/// Something that was read and must not have changed when the plan is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// The version of a record; 0 for one that did not exist.
    Version {
        /// The table that was asked.
        table: String,
        /// The record.
        id: Id,
        /// What was read.
        version: i64,
    },
    /// The rows of a query: a digest over their ids and versions in order.
    Query {
        /// What was asked.
        query: Query,
        /// The digest by [`crate::reads::digest`].
        digest: String,
    },
    /// The counter of a table, where a query was too large to be guarded by its rows.
    TableCounter {
        /// The root table.
        table: String,
        /// What was read.
        counter: i64,
    },
    /// No record of a table breaks a rule that a field is to have from now on.
    NoRecord {
        /// The table; those that extend it are asked too.
        table: String,
        /// The field.
        field: String,
        /// What no record may be.
        breach: Breach,
    },
}

/// How a record breaks a rule of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Breach {
    /// It has no value.
    Empty,
    /// It has a value.
    Any,
    /// Its text is one of these words.
    Among(Vec<String>),
    /// Its text is none of these words.
    NoneOf(Vec<String>),
    /// Its text has more characters than this.
    Longer(usize),
    /// Another record of the same root has the same value.
    Shared,
}
