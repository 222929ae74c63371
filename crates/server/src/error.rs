//! What can go wrong in the server, for the person who can act.

use rejoinder_engine::draft::ChangeError;
use rejoinder_engine::inbound::DecideError;
use rejoinder_engine::pack::PackError;
use rejoinder_engine::schedule::run::RunError;
use rejoinder_engine::view::ViewError;
use rejoinder_store::{ApplyError, QueueError, StoreError};

use crate::env::NoEntropy;
use crate::secrets::SecretError;

/// An error of a use case.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A change that the dictionary refuses.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// Something that does not exist.
    #[error("there is no {what} `{name}`")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// Which.
        name: String,
    },
    /// Something that cannot be done, with what to do instead.
    #[error("{0}")]
    Refused(String),
    /// The record was changed by somebody else in the meantime.
    #[error("somebody else has changed this in the meantime: read it again and repeat your change")]
    Conflict,
    /// A value that another record has already.
    #[error("`{table}.{field}`: another record has this value already")]
    Unique {
        /// The table.
        table: String,
        /// The field.
        field: String,
    },
    /// A secret that cannot be encrypted or read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A pack that cannot be read.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// The dictionary.
    #[error("the tables do not fit together: {0}")]
    Dictionary(#[from] rejoinder_engine::dictionary::DictionaryError),
    /// Nothing could be decided.
    #[error(transparent)]
    Decide(#[from] DecideError),
    /// The view.
    #[error(transparent)]
    View(#[from] ViewError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A scheduled job that cannot be carried out.
    #[error("the job {job} cannot be carried out: {problem}")]
    Job {
        /// Its name.
        job: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// A queue.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The machine.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The file system or the network of this machine.
    #[error("{what}: {cause}")]
    Machine {
        /// What was tried.
        what: String,
        /// What it said.
        cause: std::io::Error,
    },
}

impl AppError {
    /// A fault of the machine while doing `what`.
    pub fn machine(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |cause| Self::Machine { what, cause }
    }

    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Change(error) => error.code(),
            Self::NotFound { .. } => "not_found",
            Self::Refused(_) => "refused",
            Self::Conflict => "conflict",
            Self::Unique { .. } => "not_unique",
            Self::Secret(error) => error.code(),
            Self::Pack(_) => "bad_pack",
            Self::Dictionary(_) => "bad_dictionary",
            Self::Decide(_) => "not_decided",
            Self::View(_) => "not_readable",
            Self::Store(_) => "database",
            Self::Job { .. } => "job_broken",
            Self::Queue(_) => "queue",
            Self::Entropy(_) => "no_entropy",
            Self::Machine { .. } => "machine",
        }
    }
}

impl From<RunError> for AppError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::View(error) => Self::View(error),
            RunError::Broken { job, problem } => Self::Job { job, problem },
        }
    }
}

impl From<ApplyError> for AppError {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Unique { table, field } => Self::Unique { table, field },
            ApplyError::Store(error) => Self::Store(error),
            ApplyError::Conflict(_)
            | ApplyError::Fenced
            | ApplyError::LaneBusy { .. }
            | ApplyError::Exists(_) => Self::Conflict,
        }
    }
}
