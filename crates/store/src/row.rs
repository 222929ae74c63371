//! Rows and parameters in the types of the engine: whatever has a text form, and JSON columns.
//!
//! Must not know tables.

use rejoinder_engine::id::Seed;

use crate::error::{DbError, StoreError};
use crate::tx::{Row, SqlValue};

impl Row {
    /// The text at `column`, read as whatever has a text form: an id, a seed.
    pub fn read<T: TryFrom<String>>(&self, column: usize) -> Result<T, DbError> {
        let unreadable = |_| DbError::Column { column, wanted: std::any::type_name::<T>() };
        T::try_from(self.text(column)?).map_err(unreadable)
    }

    /// As [`Row::read`], where there is a value.
    pub fn opt_read<T: TryFrom<String>>(&self, column: usize) -> Result<Option<T>, DbError> {
        let unreadable = |_| DbError::Column { column, wanted: std::any::type_name::<T>() };
        self.opt_text(column)?.map(T::try_from).transpose().map_err(unreadable)
    }

    /// The JSON text at `column`.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Result<T, DbError> {
        self.opt_json(column)?.ok_or(DbError::Column { column, wanted: "JSON text" })
    }

    /// The JSON text at `column`, where there is one.
    pub fn opt_json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Result<Option<T>, DbError> {
        let unreadable = |_| DbError::Column { column, wanted: "JSON text of its kind" };
        self.opt_text(column)?.map(|text| serde_json::from_str(&text)).transpose().map_err(unreadable)
    }

    /// The word at `column`, by the function that reads it.
    pub fn word<T>(&self, column: usize, read: fn(&str) -> Option<T>) -> Result<T, DbError> {
        read(&self.text(column)?).ok_or(DbError::Column { column, wanted: "known word" })
    }
}

impl From<Seed> for SqlValue {
    fn from(seed: Seed) -> Self {
        Self::Text(seed.to_string())
    }
}

/// The JSON text of a column.
pub(crate) fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    Ok(serde_json::to_string(value)?)
}

/// Parameters of a statement, in the order of `?1`, `?2`, …
macro_rules! params {
    ($($value:expr),* $(,)?) => { Vec::from([$($crate::tx::SqlValue::from($value)),*]) };
}
pub(crate) use params;
