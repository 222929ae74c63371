//! The harness of the store's tests: each test runs on a database of its own, on SQLite always and on PostgreSQL
//! where `REJOINDER_TEST_POSTGRES` names a server on which databases may be made. With `CI=true` a missing server
//! is a failure.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part of the harness")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where its surroundings fail"
)]

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use rejoinder_store::dialect::Dialect;
use rejoinder_store::replay::Ran;
use rejoinder_store::{DbError, OpenOptions, Store, Target};

/// Makes `name::sqlite` and `name::postgres` of each test; used once in a file, it also says how many there are.
macro_rules! both {
    ($($(#[$meta:meta])* fn $name:ident($store:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(
                unused_imports,
                clippy::allow_attributes,
                reason = "not every test needs what its file imports"
            )]
            use super::*;

            fn check($store: &$crate::common::Backend) $body

            #[test]
            fn sqlite() {
                $crate::common::on_sqlite(check);
            }

            #[test]
            fn postgres() {
                $crate::common::on_postgres(check);
            }
        }
    )+
        #[test]
        fn how_many_run_on_each_database() {
            $crate::common::tell([$(stringify!($name)),+].len());
        }
    };
}
pub(crate) use both;

/// The variable that names the server.
pub const SERVER: &str = "REJOINDER_TEST_POSTGRES";
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// One database of a test.
pub struct Backend {
    store: Option<Store>,
    /// Where it is.
    pub target: Target,
    place: Place,
}

enum Place {
    Folder(PathBuf),
    Database { server: String, name: String },
}

impl Deref for Backend {
    type Target = Store;

    fn deref(&self) -> &Store {
        self.store.as_ref().expect("the store is open")
    }
}

/// Says on how many databases `count` tests run.
pub fn tell(count: usize) {
    let on_postgres = if server().is_some() { count } else { 0 };
    println!("store tests: {count} on SQLite, {on_postgres} on PostgreSQL");
}

fn unique(prefix: &str) -> String {
    format!("{prefix}_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst))
}

/// A folder of its own, removed with the backend.
pub fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(unique("rejoinder_store"));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

pub fn on_sqlite(check: fn(&Backend)) {
    check(&Backend::sqlite());
}

pub fn on_postgres(check: fn(&Backend)) {
    if let Some(server) = server() {
        check(&Backend::postgres(server));
    }
}

/// The server, or a line that says what was left out.
pub fn server() -> Option<String> {
    let server = std::env::var(SERVER).ok();
    if server.is_none() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{SERVER} names no PostgreSQL server");
        println!("left out on PostgreSQL: {SERVER} names no server");
    }
    server
}

impl Backend {
    pub fn sqlite() -> Self {
        let folder = folder();
        let target = Target::Sqlite(folder.join("store.db"));
        let store = Store::open(&target, &OpenOptions::default()).unwrap();
        Self { store: Some(store), target, place: Place::Folder(folder) }
    }

    pub fn postgres(server: String) -> Self {
        let name = unique("rejoinder_test");
        command(&server, &format!("CREATE DATABASE {name}"));
        let target = Target::Postgres(with_database(&server, &name));
        let store = Store::open(&target, &OpenOptions::default()).unwrap();
        Self { store: Some(store), target, place: Place::Database { server, name } }
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self.target, Target::Sqlite(_))
    }

    /// Closes the database.
    pub fn close(&mut self) {
        self.store = None;
    }

    /// Opens it again.
    pub fn open(&mut self) {
        self.store = Some(Store::open(&self.target, &OpenOptions::default()).unwrap());
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.store = None;
        match &self.place {
            Place::Folder(folder) => drop(std::fs::remove_dir_all(folder)),
            Place::Database { server, name } => {
                command(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
            }
        }
    }
}

fn with_database(server: &str, name: &str) -> String {
    let (url, query) = server.split_once('?').map_or((server, ""), |(url, query)| (url, query));
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let base = match host.find('/') {
        Some(slash) => url.get(..url.len() - host.len() + slash).unwrap(),
        None => url,
    };
    if query.is_empty() { format!("{base}/{name}") } else { format!("{base}/{name}?{query}") }
}

/// Runs one command on the server, in autocommit.
pub fn command(server: &str, sql: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        client.batch_execute(sql).await.unwrap();
        drop(client);
        let _ = connection.await;
    });
}

/// The database's own words on how it goes about a statement.
pub fn explain(store: &Store, one: &Ran) -> String {
    let rows = store.read(|tx| {
        let sql = match tx.dialect() {
            Dialect::Sqlite => format!("EXPLAIN QUERY PLAN {}", one.sql),
            Dialect::Postgres => {
                // In a table of a few rows reading them all and sorting them is always the shortest way.
                for way in ["seqscan", "sort", "bitmapscan"] {
                    tx.execute(&format!("SET LOCAL enable_{way} = off"), &[])?;
                }
                format!("EXPLAIN {}", one.sql)
            }
        };
        let column = if tx.dialect() == Dialect::Sqlite { 3 } else { 0 };
        let rows = tx.query(&sql, &one.params)?;
        Ok::<_, DbError>(rows.iter().filter_map(|row| row.text(column).ok()).collect::<Vec<_>>())
    });
    rows.unwrap().join("; ")
}
