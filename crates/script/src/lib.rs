//! The JavaScript sandbox: source, host interface and limits go in; a value, effects asked of the
//! host, a log, or a located error come out.
//!
//! A run is a pure function of its [`Run`] and of what the [`Host`] answers: time and randomness are
//! values of the run, each run has a fresh interpreter, and nothing survives it. This crate must not
//! read a clock for anything but the time limit, do I/O, or know what a record means: tables, rights
//! and plans are the host's.

mod date;
pub mod describe;
mod error;
mod host;
mod interp;
mod letter;
pub mod limits;
mod lint;
mod nearest;
mod occasion;
mod record;
mod rewrite;
mod run;
mod servicenow;
mod simpleone;
mod value;

pub use error::{Location, ScriptError};
pub use host::{
    Attachment, Event, FieldInfo, FieldKind, Filter, Host, HostError, How, Include, JournalEntry, Query,
    Right, Row, Schedule, TableInfo, Term, User,
};
pub use limits::{Limits, Usage};
pub use lint::{Finding, lint};
pub use run::{
    Global, Letter, Level, LogLine, Outcome, RecordHandle, Run, Script, Vocabulary, check, prepare, prepared,
    run,
};
pub use value::Value;
