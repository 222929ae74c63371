//! The reading connections of SQLite, and a read transaction on one of them.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};

use super::connection::{meaning, open, query};
use crate::dialect::Dialect;
use crate::error::{DbError, StoreError, cause};
use crate::limits::{SQLITE_READERS, STEPS_BETWEEN_LOOKS};
use crate::tx::{Row, SqlValue, Statement, Tx};

/// Reading connections; whoever finds none waits.
pub(crate) struct Readers {
    path: PathBuf,
    free: Mutex<Vec<Opened>>,
    returned: Condvar,
    /// Raised where connections must be opened anew to see what they only read when they are opened.
    wanted: AtomicU64,
}

struct Opened {
    connection: Connection,
    generation: u64,
}

impl Readers {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let opened = |_| Ok(Opened { connection: open(path, true)?, generation: 0 });
        let free = (0..SQLITE_READERS).map(opened).collect::<Result<_, StoreError>>()?;
        let (path, wanted) = (path.to_owned(), AtomicU64::new(0));
        Ok(Self { path, free: Mutex::new(free), returned: Condvar::new(), wanted })
    }

    /// Has every connection opened anew before it is used the next time.
    pub(super) fn renew(&self) {
        self.wanted.fetch_add(1, Ordering::Relaxed);
    }

    fn take(&self) -> Opened {
        let opened = self.wait();
        let generation = self.wanted.load(Ordering::Relaxed);
        if opened.generation == generation {
            return opened;
        }
        match open(&self.path, true) {
            Ok(connection) => Opened { connection, generation },
            Err(error) => {
                tracing::warn!(%error, "a reading connection was not opened anew; the old one goes on");
                opened
            }
        }
    }

    fn wait(&self) -> Opened {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(opened) = free.pop() {
                return opened;
            }
            free = self.returned.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give_back(&self, opened: Opened) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(opened);
        self.returned.notify_one();
    }
}

/// A read transaction: everything read through it is one moment of the database.
pub(crate) struct Reader {
    readers: Arc<Readers>,
    opened: Option<Opened>,
    /// Whether its connection looks at a clock.
    limited: bool,
}

impl Reader {
    pub(super) fn begin(readers: Arc<Readers>) -> Result<Self, DbError> {
        let opened = readers.take();
        let reader = Self { readers, opened: Some(opened), limited: false };
        reader.command("BEGIN")?;
        Ok(reader)
    }

    /// From now on what is asked ends after `limit`, with [`DbError::TooLong`].
    #[expect(clippy::disallowed_methods, reason = "bounds how long a read lasts, decides nothing")]
    pub(crate) fn limit(&mut self, limit: Duration) -> Result<(), DbError> {
        let until = Instant::now() + limit;
        let over = move || Instant::now() >= until;
        self.limited = true;
        let opened = self.opened.as_mut().ok_or(DbError::Stopped)?;
        opened.connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(over)).map_err(meaning)
    }

    fn connection(&self) -> Result<&Connection, DbError> {
        self.opened.as_ref().map(|opened| &opened.connection).ok_or(DbError::Stopped)
    }

    /// Leaves the moment and goes on at a newer one.
    pub(crate) fn renew(&mut self) -> Result<(), DbError> {
        self.command("COMMIT")?;
        self.command("BEGIN")
    }

    fn command(&self, sql: &str) -> Result<(), DbError> {
        self.connection()?.execute_batch(sql).map_err(meaning)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(mut opened) = self.opened.take() {
            let connection = &mut opened.connection;
            if self.limited
                && let Err(error) = connection.progress_handler(0, None::<fn() -> bool>)
            {
                tracing::warn!(%error, "a reading connection still looks at its clock");
            }
            if !connection.is_autocommit()
                && let Err(error) = connection.execute_batch("ROLLBACK")
            {
                tracing::warn!(%error, "a read transaction of SQLite did not end");
            }
            self.readers.give_back(opened);
        }
    }
}

impl Tx for Reader {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn query(&mut self, sql: &str, params: &[SqlValue]) -> Result<Vec<Row>, DbError> {
        crate::replay::note_read(sql, params);
        query(self.connection()?, sql, params).map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) if self.limited => DbError::TooLong,
            _ => meaning(error),
        })
    }

    fn execute(&mut self, _: &str, _: &[SqlValue]) -> Result<u64, DbError> {
        Err(DbError::Sql(cause("a read transaction does not write")))
    }

    fn batch(&mut self, _: &[Statement]) -> Result<(), DbError> {
        Err(DbError::Sql(cause("a read transaction does not write")))
    }

    fn doom(&mut self, _: &DbError) {}
}
