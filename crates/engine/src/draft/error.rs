//! Why a change is refused.

use super::Forbidden;
use crate::field_fault::FieldFault;
use crate::plan::Why;
use crate::view::ViewError;

/// Why a change is refused. The text is for the person who can mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// There is no such table.
    #[error("there is no table `{0}`")]
    NoTable(String),
    /// There is no such record.
    #[error("there is no record {id} in `{table}`")]
    NoRecord {
        /// The table.
        table: String,
        /// The id.
        id: String,
    },
    /// A field that breaks a rule of the dictionary.
    #[error("`{table}.{field}`: {rule}")]
    Field {
        /// The table.
        table: String,
        /// The field.
        field: String,
        /// A stable code: `unknown_field`, `mandatory`, `read_only`, `too_long`, `unknown_choice`,
        /// `bad_value`, `no_such_reference`.
        code: &'static str,
        /// The rule that it breaks, with the value where it may be shown.
        rule: String,
    },
    /// What the person who asks may not do.
    #[error("{0}")]
    Forbidden(Forbidden),
    /// A business rule has called the change off.
    #[error("{}", aborted(.rule, .message))]
    Aborted {
        /// Its name.
        rule: String,
        /// What it says to whoever asked; may be empty.
        message: String,
    },
    /// A file that goes to no record.
    #[error("the file {name} is not taken: {}", why.text)]
    File {
        /// Its name.
        name: String,
        /// Why.
        why: Why,
    },
    /// Fields that break rules of the dictionary: every one of a change.
    #[error("{}", crate::field_fault::sentence(.0))]
    Fields(Vec<FieldFault>),
    /// No number could be had.
    #[error("no number for a record of `{table}`: {cause}")]
    Number {
        /// The table.
        table: String,
        /// Why.
        cause: String,
    },
    /// An event that cannot be raised.
    #[error("the event `{name}`: {rule}")]
    Event {
        /// Its name.
        name: String,
        /// A stable code: `unknown_event`, `refused`.
        code: &'static str,
        /// Why.
        rule: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The records could not be read.
    #[error(transparent)]
    View(#[from] ViewError),
}

impl ChangeError {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File { .. } => "file_refused",
            Self::Aborted { .. } => "aborted",
            Self::NoTable(_) => "unknown_table",
            Self::NoRecord { .. } => "no_record",
            Self::Field { code, .. } | Self::Event { code, .. } => code,
            Self::Forbidden(_) => "forbidden",
            Self::Fields(faults) => match faults.first() {
                Some(fault) => fault.code,
                None => "bad_value",
            },
            Self::Number { .. } => "no_number",
            Self::View(_) => "not_readable",
        }
    }
}

/// What whoever asked is told of a change that was called off.
fn aborted(rule: &str, message: &str) -> String {
    if message.is_empty() {
        format!("the business rule {rule} does not allow this change")
    } else {
        message.to_owned()
    }
}
