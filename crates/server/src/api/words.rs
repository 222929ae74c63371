//! Small shapes that several resources share: reasons, names of records, words of states.

use rejoinder_engine::plan::Why;
use rejoinder_engine::record::RecordKey;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::{ApiError, ErrorCode};

/// Why something is as it is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Reason {
    /// A stable code.
    pub(super) code: String,
    /// A sentence.
    pub(super) text: String,
}

impl From<Why> for Reason {
    fn from(why: Why) -> Self {
        Self { code: why.code, text: why.text }
    }
}

/// Which record.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecordName {
    /// Its most specific table.
    pub(super) table: String,
    /// Its id.
    pub(super) id: String,
}

impl From<RecordKey> for RecordName {
    fn from(key: RecordKey) -> Self {
        Self { table: key.table, id: key.id.to_string() }
    }
}

/// The state, direction, … that a query names.
pub(super) fn word<T>(
    name: &str,
    text: Option<&str>,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, ApiError> {
    let bad = |text: &str| {
        let shown: String = text.chars().take(80).collect();
        ApiError::new(ErrorCode::BadRequest, format!("`{name}` knows no `{shown}`"))
    };
    text.map(|text| read(text).ok_or_else(|| bad(text))).transpose()
}
