//! One synchronous way to talk to either database inside a transaction.
//!
//! Statements are written once with `?1`-style parameters; what differs between the databases lives in
//! [`dialect`](crate::dialect). Must not be held across a decision, a script or a network call to anything but
//! the database.

use std::borrow::Cow;

use rejoinder_engine::fold::clean;
use rejoinder_engine::id::Id;
use rejoinder_engine::time::Timestamp;

use crate::error::DbError;

/// A parameter or a value of a row. Booleans and times are integers, JSON and ids are texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SqlValue {
    /// NULL.
    Null,
    /// BIGINT.
    Int(i64),
    /// TEXT.
    Text(String),
    /// BLOB or BYTEA.
    Blob(Vec<u8>),
}

impl From<i64> for SqlValue {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for SqlValue {
    fn from(flag: bool) -> Self {
        Self::Int(i64::from(flag))
    }
}

impl From<&str> for SqlValue {
    fn from(text: &str) -> Self {
        Self::Text(clean(text))
    }
}

impl From<String> for SqlValue {
    fn from(text: String) -> Self {
        // PostgreSQL refuses NUL in a text.
        Self::Text(if text.contains('\0') { clean(&text) } else { text })
    }
}

impl From<&String> for SqlValue {
    fn from(text: &String) -> Self {
        Self::Text(clean(text))
    }
}

impl From<Vec<u8>> for SqlValue {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl From<Id> for SqlValue {
    fn from(id: Id) -> Self {
        Self::Text(id.to_string())
    }
}

impl From<Timestamp> for SqlValue {
    fn from(at: Timestamp) -> Self {
        Self::Int(at.micros())
    }
}

impl<T: Into<Self>> From<Option<T>> for SqlValue {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row by position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(pub Vec<SqlValue>);

impl Row {
    /// The value at `column`, as it is.
    pub fn value(&self, column: usize) -> &SqlValue {
        self.0.get(column).unwrap_or(&SqlValue::Null)
    }

    /// A whole number.
    pub fn int(&self, column: usize) -> Result<i64, DbError> {
        self.opt_int(column)?.ok_or(DbError::Column { column, wanted: "number" })
    }

    /// A whole number or NULL.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, DbError> {
        match self.value(column) {
            SqlValue::Null => Ok(None),
            SqlValue::Int(number) => Ok(Some(*number)),
            _ => Err(DbError::Column { column, wanted: "number" }),
        }
    }

    /// A text.
    pub fn text(&self, column: usize) -> Result<String, DbError> {
        self.opt_text(column)?.ok_or(DbError::Column { column, wanted: "text" })
    }

    /// A text or NULL.
    pub fn opt_text(&self, column: usize) -> Result<Option<String>, DbError> {
        match self.value(column) {
            SqlValue::Null => Ok(None),
            SqlValue::Text(text) => Ok(Some(text.clone())),
            _ => Err(DbError::Column { column, wanted: "text" }),
        }
    }

    /// Bytes.
    pub fn blob(&self, column: usize) -> Result<Vec<u8>, DbError> {
        match self.value(column) {
            SqlValue::Blob(bytes) => Ok(bytes.clone()),
            _ => Err(DbError::Column { column, wanted: "bytes" }),
        }
    }

    /// An id.
    pub fn id(&self, column: usize) -> Result<Id, DbError> {
        self.opt_id(column)?.ok_or(DbError::Column { column, wanted: "id" })
    }

    /// An id or NULL.
    pub fn opt_id(&self, column: usize) -> Result<Option<Id>, DbError> {
        match self.value(column) {
            SqlValue::Null => Ok(None),
            SqlValue::Text(text) => {
                text.parse().map(Some).map_err(|_| DbError::Column { column, wanted: "id" })
            }
            _ => Err(DbError::Column { column, wanted: "id" }),
        }
    }

    /// A moment.
    pub fn time(&self, column: usize) -> Result<Timestamp, DbError> {
        self.int(column).map(Timestamp::from_micros)
    }

    /// A moment or NULL.
    pub fn opt_time(&self, column: usize) -> Result<Option<Timestamp>, DbError> {
        Ok(self.opt_int(column)?.map(Timestamp::from_micros))
    }
}

/// How many rows a statement must touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Exactly so many; otherwise the unit fails with [`DbError::Rows`].
    Rows(u64),
    /// Whatever.
    Any,
}

impl Expect {
    /// Checks what the statement at `place` of its batch touched.
    pub fn check(self, place: usize, got: u64) -> Result<(), DbError> {
        match self {
            Self::Rows(expected) if expected != got => Err(DbError::Rows { place, expected, got }),
            _ => Ok(()),
        }
    }
}

/// One write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The text; equal texts are prepared once.
    pub sql: Cow<'static, str>,
    /// Its parameters, in the order of `?1`, `?2`, …
    pub params: Vec<SqlValue>,
    /// How many rows it must touch.
    pub expect: Expect,
}

impl Statement {
    /// A write that may touch any number of rows.
    pub fn new(sql: impl Into<Cow<'static, str>>, params: Vec<SqlValue>) -> Self {
        Self { sql: sql.into(), params, expect: Expect::Any }
    }

    /// The same, which must touch exactly `count` rows.
    #[must_use]
    pub const fn rows(mut self, count: u64) -> Self {
        self.expect = Expect::Rows(count);
        self
    }
}

/// One read of several: its text and its parameters.
pub type Question<'a> = (Cow<'a, str>, Vec<SqlValue>);

/// A transaction on either database.
pub trait Tx {
    /// Which database this is, for the few statements that differ.
    fn dialect(&self) -> crate::dialect::Dialect;
    /// Rows of a read.
    fn query(&mut self, sql: &str, params: &[SqlValue]) -> Result<Vec<Row>, DbError>;
    /// The rows of many reads, in order; pipelined where the database can.
    fn queries(&mut self, questions: &[Question<'_>]) -> Result<Vec<Vec<Row>>, DbError> {
        questions.iter().map(|(sql, params)| self.query(sql, params)).collect()
    }
    /// Rows touched by one write.
    fn execute(&mut self, sql: &str, params: &[SqlValue]) -> Result<u64, DbError>;
    /// Many writes in order; pipelined where the database can. The first that touches an unexpected number of
    /// rows is an error that names its place.
    fn batch(&mut self, statements: &[Statement]) -> Result<(), DbError>;
    /// Nothing of this transaction may be kept, whatever its unit answers; `error` says why.
    fn doom(&mut self, error: &DbError);
}
