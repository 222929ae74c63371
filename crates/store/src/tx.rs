//! One synchronous way to talk to either database inside a transaction.
//!
//! Statements are written once with `?1`-style parameters; what differs between the databases lives in
//! `dialect`. Must not be held across a decision, a script or a network call to anything but the database.

use crate::error::DbError;

/// A parameter or a value of a row. Booleans and times are integers, JSON and ids are texts.
#[derive(Debug, Clone, PartialEq)]
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

/// A row by position.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(pub Vec<SqlValue>);

/// How many rows a statement must touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Exactly so many; otherwise the unit fails with the given meaning.
    Rows(u64),
    /// Whatever.
    Any,
}

/// One write.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The text; static texts are prepared once.
    pub sql: std::borrow::Cow<'static, str>,
    /// Its parameters, in the order of `?1`, `?2`, …
    pub params: Vec<SqlValue>,
    /// How many rows it must touch.
    pub expect: Expect,
}

/// A transaction on either database.
pub trait Tx {
    /// Which database this is, for the few statements that differ.
    fn dialect(&self) -> crate::dialect::Dialect;
    /// Rows of a read.
    fn query(&mut self, sql: &str, params: &[SqlValue]) -> Result<Vec<Row>, DbError>;
    /// Rows touched by one write.
    fn execute(&mut self, sql: &str, params: &[SqlValue]) -> Result<u64, DbError>;
    /// Many writes in order; pipelined where the database can. The first that touches an unexpected number of
    /// rows is an error that names its place.
    fn batch(&mut self, statements: &[Statement]) -> Result<(), DbError>;
}
