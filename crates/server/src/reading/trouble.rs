//! What ends a session with a mailbox, in words for the person who can act.

use rejoinder_engine::plan::Why;
use rejoinder_store::{QueueError, StoreError};
use rejoinder_wire::endpoint::{Failure, Kind};
use tokio::task::JoinError;

use crate::error::AppError;

/// Codes of reading begin so, so that what reading raised is cleared when reading works again, and nothing else is.
pub(super) const PREFIX: &str = "reading_";

/// Why a session ended.
#[derive(Debug)]
pub(super) enum Trouble {
    /// A person should know.
    Tell(Why),
    /// Another process reads this folder.
    Elsewhere,
}

impl Trouble {
    pub(super) fn new(code: &str, text: impl Into<String>) -> Self {
        Self::Tell(Why::new(&format!("{PREFIX}{code}"), text))
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        if let Kind::FolderMissing { folder } = &failure.kind {
            let text = format!("{failure}. Make the folder {folder}, or name another one in the account");
            return Self::new(failure.code(), text);
        }
        Self::new(failure.code(), failure.to_string())
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        AppError::from(error).into()
    }
}

impl From<AppError> for Trouble {
    fn from(error: AppError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<QueueError> for Trouble {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Fenced => Self::Elsewhere,
            other => AppError::from(other).into(),
        }
    }
}

impl From<JoinError> for Trouble {
    fn from(error: JoinError) -> Self {
        Self::new("bug", format!("a defect of the program stopped the reading: {error}"))
    }
}
