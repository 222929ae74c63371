//! The reading connections of SQLite, and a read transaction on one of them.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use rusqlite::Connection;

use super::connection::{meaning, open, query};
use crate::dialect::Dialect;
use crate::error::{DbError, StoreError, cause};
use crate::limits::SQLITE_READERS;
use crate::tx::{Row, SqlValue, Statement, Tx};

/// Reading connections; whoever finds none waits.
pub(crate) struct Readers {
    free: Mutex<Vec<Connection>>,
    returned: Condvar,
}

impl Readers {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let free = (0..SQLITE_READERS).map(|_| open(path, true)).collect::<Result<_, _>>()?;
        Ok(Self { free: Mutex::new(free), returned: Condvar::new() })
    }

    fn take(&self) -> Connection {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = free.pop() {
                return connection;
            }
            free = self.returned.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give_back(&self, connection: Connection) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        self.returned.notify_one();
    }
}

/// A read transaction: everything read through it is one moment of the database.
pub(crate) struct Reader {
    readers: Arc<Readers>,
    connection: Option<Connection>,
}

impl Reader {
    pub(super) fn begin(readers: Arc<Readers>) -> Result<Self, DbError> {
        let connection = readers.take();
        let reader = Self { readers, connection: Some(connection) };
        reader.command("BEGIN")?;
        Ok(reader)
    }

    /// Leaves the moment and goes on at a newer one.
    pub(crate) fn renew(&mut self) -> Result<(), DbError> {
        self.command("COMMIT")?;
        self.command("BEGIN")
    }

    fn command(&self, sql: &str) -> Result<(), DbError> {
        let connection = self.connection.as_ref().ok_or(DbError::Stopped)?;
        connection.execute_batch(sql).map_err(meaning)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            if !connection.is_autocommit()
                && let Err(error) = connection.execute_batch("ROLLBACK")
            {
                tracing::warn!(%error, "a read transaction of SQLite did not end");
            }
            self.readers.give_back(connection);
        }
    }
}

impl Tx for Reader {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn query(&mut self, sql: &str, params: &[SqlValue]) -> Result<Vec<Row>, DbError> {
        let connection = self.connection.as_ref().ok_or(DbError::Stopped)?;
        query(connection, sql, params).map_err(meaning)
    }

    fn execute(&mut self, _: &str, _: &[SqlValue]) -> Result<u64, DbError> {
        Err(DbError::Sql(cause("a read transaction does not write")))
    }

    fn batch(&mut self, _: &[Statement]) -> Result<(), DbError> {
        Err(DbError::Sql(cause("a read transaction does not write")))
    }

    fn doom(&mut self, _: &DbError) {}
}
