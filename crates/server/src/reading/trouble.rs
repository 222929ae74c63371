//! What ends a session with a mailbox, in words for the person who can act.

use rejoinder_engine::plan::Why;
use rejoinder_store::{QueueError, StoreError};
use rejoinder_wire::endpoint::Failure;
use tokio::task::JoinError;

use crate::advice::{Conversation, Language, advice};
use crate::error::AppError;

/// Codes of reading begin so, so that what reading raised is cleared when reading works again, and nothing else is.
pub(super) const PREFIX: &str = "reading_";

/// Why a session ended.
#[derive(Debug)]
pub(super) enum Trouble {
    /// A person should know.
    Tell(Why),
    /// A step of the conversation failed.
    Failed(Box<Failure>),
    /// Another process reads this folder.
    Elsewhere,
}

impl Trouble {
    pub(super) fn new(code: &str, text: impl Into<String>) -> Self {
        Self::Tell(Why::new(&format!("{PREFIX}{code}"), text))
    }

    /// What a person is told, with what to do about it; `None` where there is nothing to tell.
    pub(super) fn why(self, asked: Conversation) -> Option<Why> {
        match self {
            Self::Tell(why) => Some(why),
            Self::Failed(failure) => {
                let text = format!("{failure}. {}", advice(&failure, asked, Language::English));
                Some(Why::new(&format!("{PREFIX}{}", failure.code()), text))
            }
            Self::Elsewhere => None,
        }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failed(Box::new(failure))
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
