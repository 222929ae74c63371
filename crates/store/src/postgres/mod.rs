//! PostgreSQL: a pool of connections behind a synchronous face.
//!
//! The store owns a small runtime that drives the connections; callers are blocking threads. Connections are not
//! encrypted: the server is reached over loopback, a Unix socket, or a network that is trusted otherwise.

mod left_over;
mod notice;
mod tx;

use std::sync::Arc;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, QueueMode, RecyclingMethod};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_postgres::NoTls;

pub(crate) use tx::PgTx;

use crate::db::OpenOptions;
use crate::error::{DbError, StoreError};
use crate::limits::TRANSACTION_TRIES_MAX;
use crate::tx::{Row, SqlValue, Tx};

/// How a transaction sees others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Isolation {
    /// As if it ran alone.
    Serializable,
    /// Each statement sees what is committed.
    ReadCommitted,
    /// One moment, without writing.
    Snapshot,
}

impl Isolation {
    const fn begin(self) -> &'static str {
        match self {
            Self::Serializable => "BEGIN ISOLATION LEVEL SERIALIZABLE",
            Self::ReadCommitted => "BEGIN ISOLATION LEVEL READ COMMITTED",
            Self::Snapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }
}

/// An open PostgreSQL database.
pub(crate) struct Postgres {
    /// Boxed: large, and used only where a connection beside the pool is made.
    config: Box<tokio_postgres::Config>,
    pool: Pool,
    /// Ended in the background when the store is dropped, which may happen on an asynchronous thread.
    runtime: Option<Runtime>,
    handle: Handle,
}

/// What each session is set to. A condition is a long expression over few rows: compiling it to machine code takes
/// seconds, running it as it is microseconds.
const SESSION: &str = "SET jit = off";

impl Postgres {
    /// Connects and brings the database to this program's schema.
    pub(crate) fn open(url: &str, options: &OpenOptions) -> Result<Self, StoreError> {
        let mut config: tokio_postgres::Config = url
            .parse()
            .map_err(|cause| StoreError::Db(DbError::Unreachable(Arc::new(SafeConfigError::of(&cause)))))?;
        let name = options.node.as_deref().map(left_over::session_name);
        config.application_name(name.as_deref().unwrap_or("rejoinder"));
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("postgres")
            .enable_all()
            .build()
            .map_err(|cause| StoreError::Db(DbError::Unreachable(Arc::new(cause))))?;
        let manager = Manager::from_config(
            config.clone(),
            NoTls,
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let pool = Pool::builder(manager)
            .max_size(options.connections.max(2))
            // The one used last has its statements prepared and its server's caches warm.
            .queue_mode(QueueMode::Lifo)
            .post_create(Hook::async_fn(|client, _| {
                Box::pin(async move { client.batch_execute(SESSION).await.map_err(HookError::Backend) })
            }))
            .build()
            .map_err(|cause| StoreError::Db(DbError::Unreachable(Arc::new(cause))))?;
        let handle = runtime.handle().clone();
        let postgres = Self { config: Box::new(config), pool, runtime: Some(runtime), handle };
        let mut client = postgres.client()?;
        if let Some(name) = name {
            postgres.handle.block_on(left_over::end(&client, &name))?;
        }
        postgres.handle.block_on(crate::migrate::postgres(&mut client))?;
        Ok(postgres)
    }

    fn client(&self) -> Result<Object, DbError> {
        self.handle.block_on(self.pool.get()).map_err(|cause| DbError::Unreachable(Arc::new(cause)))
    }

    /// Tells the other processes on this database that there may be work.
    pub(crate) fn announce(&self, own: &str) -> Result<(), DbError> {
        let client = self.client()?;
        let told = async {
            let statement = client.prepare_cached("SELECT CAST(pg_notify($1, $2) AS TEXT)").await?;
            client.query(&statement, &[&notice::CHANNEL, &own]).await
        };
        self.handle.block_on(told).map(|_| ()).map_err(tx::meaning)
    }

    /// Runs one statement outside of any transaction, as building an index beside writers wants.
    pub(crate) fn alone(&self, sql: &str) -> Result<(), DbError> {
        let client = self.client()?;
        self.handle.block_on(client.batch_execute(sql)).map_err(tx::meaning)
    }

    /// Calls `heard` when another process has told of work, until `stop`.
    pub(crate) fn listen(
        &self,
        own: &str,
        heard: impl Fn() + Send + Sync + 'static,
        stop: impl Future<Output = ()> + Send + 'static,
    ) {
        self.handle.spawn(notice::listen(*self.config.clone(), own.to_owned(), heard, stop));
    }

    /// A transaction that ends when it is told so, or when it is dropped without keeping anything.
    pub(crate) fn begin(&self, isolation: Isolation) -> Result<PgTx, DbError> {
        let (client, handle) = (self.client()?, self.handle.clone());
        match isolation {
            Isolation::Snapshot => Ok(PgTx::reading(client, handle, isolation.begin())),
            _ => PgTx::begin(client, handle, isolation.begin()),
        }
    }

    /// The rows of one read, which needs no transaction around it.
    pub(crate) fn query(&self, sql: &str, params: &[SqlValue]) -> Result<Vec<Row>, DbError> {
        crate::replay::note_read(sql, params);
        crate::replay::note_wait();
        let client = self.client()?;
        self.handle.block_on(tx::query(&client, None, sql, params))
    }

    pub(crate) fn read<T, E: From<DbError>>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = self.begin(Isolation::Snapshot)?;
        let outcome = work(&mut tx);
        tx.rollback()?;
        outcome
    }

    pub(crate) fn write<T, E: From<DbError>>(
        &self,
        isolation: Isolation,
        work: impl Fn(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tries = 0;
        loop {
            tries += 1;
            let mut tx = self.begin(isolation)?;
            let outcome = work(&mut tx);
            let doom = tx.doom.take();
            let again = match (outcome, doom) {
                (Ok(value), None) => match tx.commit() {
                    Ok(()) => return Ok(value),
                    Err(error) => E::from(retried(error, tries)?),
                },
                (outcome, Some(doom)) => {
                    tx.rollback()?;
                    match (retried(doom, tries), outcome) {
                        (Ok(error), _) => E::from(error),
                        (Err(_), Err(error)) => return Err(error),
                        (Err(error), Ok(_)) => return Err(error.into()),
                    }
                }
                (Err(error), None) => {
                    tx.rollback()?;
                    return Err(error);
                }
            };
            if tries >= TRANSACTION_TRIES_MAX {
                return Err(again);
            }
        }
    }
}

/// The error, where running the transaction again may help.
fn retried(error: DbError, tries: u32) -> Result<DbError, DbError> {
    if matches!(error, DbError::Retry(_)) {
        tracing::debug!(tries, "concurrent transactions got in the way");
        Ok(error)
    } else {
        Err(error)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.pool.close();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// What is wrong with a URL, without the URL: it may hold a password.
#[derive(Debug, thiserror::Error)]
#[error("the postgres:// URL cannot be read: {0}")]
struct SafeConfigError(String);

impl SafeConfigError {
    fn of(cause: &tokio_postgres::Error) -> Self {
        use std::error::Error as _;
        Self(cause.source().map_or_else(|| "invalid".to_owned(), ToString::to_string))
    }
}
