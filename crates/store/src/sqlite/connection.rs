//! One connection to SQLite: its settings, its statements, and what its errors mean.

use std::path::Path;
use std::sync::Arc;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi, params_from_iter};

use crate::dialect::Dialect;
use crate::error::{DbError, StoreError};
use crate::limits::STATEMENTS_KEPT;
use crate::tx::{Row, SqlValue, Statement, Tx};

/// What makes an answered commit durable, references checked, and a reader wait for a recovery of the log.
const SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
     PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 8000;";

pub(super) fn open(path: &Path, query_only: bool) -> Result<Connection, StoreError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let file = |cause| StoreError::File { path: path.to_owned(), cause: Arc::new(cause) };
    let connection = Connection::open_with_flags(path, flags).map_err(file)?;
    connection.execute_batch(SETTINGS).map_err(file)?;
    // Without it, SQLite compiles a statement anew whenever another value is bound to a parameter that its planner
    // may look at, which is most of them: a third of all time went there.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(file)?;
    if query_only {
        connection.execute_batch("PRAGMA query_only = ON").map_err(file)?;
    }
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(connection)
}

/// A transaction, or a savepoint of one, on a connection.
pub(super) struct SqliteTx<'c> {
    connection: &'c Connection,
    /// Rows written so far.
    pub(super) rows: u64,
    /// An error that undoes the whole group.
    pub(super) doom: Option<DbError>,
}

impl<'c> SqliteTx<'c> {
    pub(super) const fn new(connection: &'c Connection) -> Self {
        Self { connection, rows: 0, doom: None }
    }

    fn failed(&mut self, error: rusqlite::Error) -> DbError {
        let error = meaning(error);
        if matches!(error, DbError::Group(_)) {
            self.doom = Some(error.clone());
        }
        error
    }
}

impl Tx for SqliteTx<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn query(&mut self, sql: &str, params: &[SqlValue]) -> Result<Vec<Row>, DbError> {
        crate::replay::note(sql, params);
        query(self.connection, sql, params).map_err(|error| self.failed(error))
    }

    fn execute(&mut self, sql: &str, params: &[SqlValue]) -> Result<u64, DbError> {
        crate::replay::note(sql, params);
        let touched = execute(self.connection, sql, params).map_err(|error| self.failed(error))?;
        self.rows += touched;
        Ok(touched)
    }

    fn batch(&mut self, statements: &[Statement]) -> Result<(), DbError> {
        for (place, statement) in statements.iter().enumerate() {
            let touched = self.execute(&statement.sql, &statement.params)?;
            statement.expect.check(place, touched)?;
        }
        Ok(())
    }

    fn doom(&mut self, error: &DbError) {
        self.doom = Some(error.clone());
    }
}

fn execute(connection: &Connection, sql: &str, params: &[SqlValue]) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached(sql)?;
    let touched = statement.execute(params_from_iter(params))?;
    Ok(touched as u64)
}

pub(super) fn query(connection: &Connection, sql: &str, params: &[SqlValue]) -> rusqlite::Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut found = statement.query(params_from_iter(params))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let mut values = Vec::with_capacity(columns);
        for column in 0..columns {
            values.push(match row.get_ref(column)? {
                ValueRef::Null => SqlValue::Null,
                ValueRef::Integer(number) => SqlValue::Int(number),
                // No column of ours is a REAL; a computed one would be a mistake of a statement.
                ValueRef::Real(number) => SqlValue::Text(number.to_string()),
                ValueRef::Text(text) => SqlValue::Text(String::from_utf8_lossy(text).into_owned()),
                ValueRef::Blob(bytes) => SqlValue::Blob(bytes.to_vec()),
            });
        }
        rows.push(Row(values));
    }
    Ok(rows)
}

impl rusqlite::ToSql for SqlValue {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Runs again what a writer ran; rows of reads are fetched and dropped. Says how long each statement took in all.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
pub(super) fn replay(path: &Path, ran: &[crate::replay::Ran]) -> Result<crate::replay::Costs, StoreError> {
    let connection = open(path, false)?;
    let mut costs = crate::replay::Costs::new();
    for one in ran {
        let began = std::time::Instant::now();
        query(&connection, &one.sql, &one.params).map_err(|error| StoreError::Db(meaning(error)))?;
        let cost = costs.entry(one.sql.clone()).or_default();
        *cost = (cost.0 + 1, cost.1 + began.elapsed());
    }
    Ok(costs)
}

/// What an error of SQLite means for the unit and for its group.
pub(super) fn meaning(error: rusqlite::Error) -> DbError {
    let rusqlite::Error::SqliteFailure(failure, text) = &error else {
        return DbError::Sql(Arc::new(error));
    };
    let unique =
        [ffi::SQLITE_CONSTRAINT_UNIQUE, ffi::SQLITE_CONSTRAINT_PRIMARYKEY, ffi::SQLITE_CONSTRAINT_ROWID];
    if unique.contains(&failure.extended_code) {
        return unique_violation(text.as_deref().unwrap_or_default());
    }
    // These may have rolled back the transaction around the savepoint (SQLite, "Response To Errors Within A
    // Transaction"), so that nothing of the group is certain any more.
    match failure.code {
        ErrorCode::DiskFull
        | ErrorCode::SystemIoFailure
        | ErrorCode::OutOfMemory
        | ErrorCode::DatabaseBusy
        | ErrorCode::OperationInterrupted
        | ErrorCode::ReadOnly
        | ErrorCode::CannotOpen
        | ErrorCode::NotADatabase
        | ErrorCode::DatabaseCorrupt => DbError::Group(Arc::new(error)),
        _ => DbError::Sql(Arc::new(error)),
    }
}

/// `UNIQUE constraint failed: t_user.email__f, t_user.b` without values.
fn unique_violation(text: &str) -> DbError {
    let columns = text.rsplit_once(": ").map_or(text, |(_, columns)| columns);
    let mut table = String::new();
    let fields: Vec<&str> = columns
        .split(", ")
        .map(|column| {
            let (before, field) = column.split_once('.').unwrap_or(("", column));
            before.clone_into(&mut table);
            field
        })
        .collect();
    DbError::Unique { table, field: fields.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unique_violation_names_table_and_columns() {
        let error = unique_violation("UNIQUE constraint failed: arrival.account, arrival.source_key");
        assert!(matches!(error, DbError::Unique { table, field }
            if table == "arrival" && field == "account, source_key"));
    }

    #[test]
    fn a_full_disk_fails_the_group_and_a_constraint_only_its_unit() {
        let failure = |code| rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        for code in [
            ffi::SQLITE_FULL,
            ffi::SQLITE_IOERR,
            ffi::SQLITE_NOMEM,
            ffi::SQLITE_BUSY,
            ffi::SQLITE_INTERRUPT,
            ffi::SQLITE_CORRUPT,
        ] {
            assert!(matches!(meaning(failure(code)), DbError::Group(_)), "code {code}");
        }
        assert!(matches!(meaning(failure(ffi::SQLITE_CONSTRAINT)), DbError::Sql(_)));
    }
}
