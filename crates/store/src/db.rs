//! The store: a database of either kind behind one synchronous face.
//!
//! [`Store::read`] and [`Store::write`] run a closure in a transaction. They block: from asynchronous code they
//! are called on blocking threads only. A closure must not call the store again, and must not wait for anything
//! but its transaction.

use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rejoinder_engine::time::Timestamp;

use crate::error::{DbError, StoreError};
use crate::fault::Faults;
use crate::postgres::{Isolation, Postgres};
use crate::schema::Schema;
use crate::sqlite::{Sqlite, Unit};
use crate::tx::{Row, SqlValue, Tx};

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file.
    Sqlite(PathBuf),
    /// A server, by its URL. It may hold a password: not to be logged; its [`Display`](std::fmt::Display) hides it.
    Postgres(String),
}

impl Target {
    /// Reads `sqlite:PATH`, a path, or `postgres://…`.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text);
        if path.is_empty() || path.starts_with(':') || path.contains("://") {
            let shown = text.split_once("://").map_or(text, |(scheme, _)| scheme);
            return Err(StoreError::BadTarget(shown.to_owned()));
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => {
                let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
                let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
                write!(f, "postgres://{}", host.split('?').next().unwrap_or_default())
            }
        }
    }
}

/// How a database is opened.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// Connections to PostgreSQL, at least 2; SQLite has its own numbers.
    pub connections: usize,
    /// The node that opens it, where it is one: what an earlier process of this name left open on PostgreSQL is ended
    /// first, so that nothing of it is committed any more.
    pub node: Option<String>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { connections: crate::limits::POSTGRES_CONNECTIONS, node: None }
    }
}

/// A database of either kind.
pub(crate) enum Db {
    /// SQLite.
    Sqlite(Sqlite),
    /// PostgreSQL.
    Postgres(Postgres),
}

/// An open database. Clones share it; it is closed with the last.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    schema: RwLock<Arc<Schema>>,
    faults: Arc<Faults>,
}

impl Store {
    /// Opens the database, creates it where it is a file that does not exist, and brings it to this program's
    /// schema.
    pub fn open(target: &Target, options: &OpenOptions) -> Result<Self, StoreError> {
        let db = match target {
            Target::Sqlite(path) => Db::Sqlite(Sqlite::open(path)?),
            Target::Postgres(url) => Db::Postgres(Postgres::open(url, options)?),
        };
        let store = Self { inner: Arc::new(Inner { db, schema: RwLock::default(), faults: Arc::default() }) };
        store.reload_dictionary()?;
        store.bring_indexes_up_to_date()?;
        let schema = store.dictionary();
        store.write_committed(move |tx| crate::report::refresh(tx, &schema))?;
        Ok(store)
    }

    /// Runs `work` over one moment of the database.
    pub fn read<T, E: From<DbError>>(&self, work: impl FnOnce(&mut dyn Tx) -> Result<T, E>) -> Result<T, E> {
        match &self.inner.db {
            Db::Sqlite(sqlite) => work(&mut sqlite.reader()?),
            Db::Postgres(postgres) => postgres.read(work),
        }
    }

    /// The rows of one statement, which is one moment of the database by itself.
    pub(crate) fn query(&self, sql: &str, params: &[SqlValue]) -> Result<Vec<Row>, DbError> {
        match &self.inner.db {
            Db::Sqlite(sqlite) => sqlite.reader()?.query(sql, params),
            Db::Postgres(postgres) => postgres.query(sql, params),
        }
    }

    /// The same for `limit` at most: then what it asks of the database ends with [`DbError::TooLong`].
    pub fn read_within<T, E: From<DbError>>(
        &self,
        limit: Duration,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.inner.db {
            Db::Sqlite(sqlite) => {
                let mut reader = sqlite.reader()?;
                reader.limit(limit)?;
                work(&mut reader)
            }
            Db::Postgres(postgres) => postgres.read(|tx| {
                tx.execute(&format!("SET LOCAL statement_timeout = {}", limit.as_millis().max(1)), &[])?;
                work(tx)
            }),
        }
    }

    /// Has SQLite look at the sizes of its tables again, where they have changed much: its planner chooses indexes by
    /// them. Quick where nothing has changed; to be called from time to time. PostgreSQL does it by itself.
    pub fn refresh_statistics(&self) -> Result<(), StoreError> {
        match &self.inner.db {
            Db::Sqlite(sqlite) => {
                if sqlite.refresh_statistics()? {
                    // The writer's connection reads them when it is told to.
                    self.write(|tx| tx.execute("ANALYZE sqlite_schema", &[]).map(|_| ()))?;
                }
                Ok(())
            }
            Db::Postgres(_) => Ok(()),
        }
    }

    /// Runs `work` in a transaction that is as if it ran alone. An error undoes all that it wrote. Where the
    /// database can tell only afterwards that others got in the way, `work` runs again, up to
    /// [`TRANSACTION_TRIES_MAX`](crate::limits::TRANSACTION_TRIES_MAX) times.
    pub fn write<T, E>(&self, work: impl Fn(&mut dyn Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.write_at(Isolation::Serializable, work)
    }

    /// The same, for work that guards itself by row locks and epochs: it sees what others commit meanwhile.
    pub fn write_committed<T, E>(
        &self,
        work: impl Fn(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.write_at(Isolation::ReadCommitted, work)
    }

    fn write_at<T, E>(
        &self,
        isolation: Isolation,
        work: impl Fn(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let faults = Arc::clone(&self.inner.faults);
        let work = move |tx: &mut dyn Tx| faults.with(tx, |tx| work(tx));
        match &self.inner.db {
            Db::Sqlite(sqlite) => {
                let (reply, answer) = sync_channel(1);
                sqlite.submit(Box::new(Work { closure: work, outcome: None, reply }))?;
                answer.recv().unwrap_or_else(|_| Err(DbError::Stopped.into()))
            }
            Db::Postgres(postgres) => postgres.write(isolation, work),
        }
    }

    /// The dictionary with its SQL layout, as this process last read it.
    pub fn dictionary(&self) -> Arc<Schema> {
        Arc::clone(&self.inner.schema.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the dictionary again, after tables were defined here or on another node.
    pub fn reload_dictionary(&self) -> Result<(), StoreError> {
        let (generation, tables) = self.read(|tx| {
            Ok::<_, StoreError>((crate::config::dictionary_generation(tx)?, crate::config::tables(tx)?))
        })?;
        let mut schema = Schema::new(tables)?;
        schema.generation = generation;
        let mut current = self.inner.schema.write().unwrap_or_else(PoisonError::into_inner);
        if current.generation <= generation {
            *current = Arc::new(schema);
        }
        Ok(())
    }

    /// Whether other processes may have this database open.
    pub fn is_shared(&self) -> bool {
        matches!(self.inner.db, Db::Postgres(_))
    }

    /// The database's clock; none where it has none of its own.
    pub fn clock(&self) -> Result<Option<Timestamp>, StoreError> {
        if !self.is_shared() {
            return Ok(None);
        }
        self.read(|tx| {
            let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";
            let rows = tx.query(sql, &[])?;
            let micros = rows.first().map(|row| row.int(0)).transpose()?;
            Ok::<_, StoreError>(micros.map(Timestamp::from_micros))
        })
    }

    /// Tells the other processes on this database that there may be work; `own` is the name of this one. A hint:
    /// it may be lost. Does nothing where the database is this process's alone.
    pub fn announce(&self, own: &str) -> Result<(), StoreError> {
        match &self.inner.db {
            Db::Sqlite(_) => Ok(()),
            Db::Postgres(postgres) => Ok(postgres.announce(own)?),
        }
    }

    /// Calls `heard` whenever another process than `own` has announced work or may have, until `stop` or the last
    /// owner of the store is gone. Does nothing where the database is this process's alone.
    pub fn listen(
        &self,
        own: &str,
        heard: impl Fn() + Send + Sync + 'static,
        stop: impl Future<Output = ()> + Send + 'static,
    ) {
        if let Db::Postgres(postgres) = &self.inner.db {
            postgres.listen(own, heard, stop);
        }
    }

    pub(crate) fn db(&self) -> &Db {
        &self.inner.db
    }

    /// Faults for tests.
    #[doc(hidden)]
    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }
}

/// A closure and where its answer goes.
struct Work<W, T, E> {
    closure: W,
    outcome: Option<Result<T, E>>,
    reply: SyncSender<Result<T, E>>,
}

impl<W, T, E> Unit for Work<W, T, E>
where
    W: Fn(&mut dyn Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<DbError> + Send,
{
    fn run(&mut self, tx: &mut dyn Tx) -> bool {
        let outcome = (self.closure)(tx);
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn answer(self: Box<Self>, commit: Result<(), DbError>) {
        let outcome = match commit {
            Ok(()) => self.outcome.unwrap_or_else(|| Err(DbError::Stopped.into())),
            Err(error) => Err(error.into()),
        };
        // Whoever asked may be gone; what was committed stays.
        let _ = self.reply.send(outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_file_or_a_server() {
        assert_eq!(Target::parse("sqlite:a/b.db").unwrap(), Target::Sqlite("a/b.db".into()));
        assert_eq!(Target::parse("b.db").unwrap(), Target::Sqlite("b.db".into()));
        assert!(matches!(Target::parse("postgres://u@h/d").unwrap(), Target::Postgres(_)));
        for bad in ["", "sqlite:", ":memory:", "mysql://root:secret@h/d"] {
            let error = Target::parse(bad).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_shown_target_hides_its_password() {
        let target = Target::parse("postgres://anna:secret@db.example:5433/desk?password=secret").unwrap();
        assert_eq!(target.to_string(), "postgres://db.example:5433/desk");
    }
}
