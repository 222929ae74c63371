//! The harness of the store's tests: each test runs on a database of its own, on SQLite always and on PostgreSQL
//! where `REJOINDER_TEST_POSTGRES` names a server on which databases may be made. With `CI=true` a missing server
//! is a failure.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part of the harness")]
#![expect(clippy::allow_attributes, reason = "whether something is unused differs between the test binaries")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends where its surroundings fail"
)]

use std::io::Write as _;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use rejoinder_engine::dictionary::Table;
use rejoinder_engine::id::{Id, Seed};
use rejoinder_engine::plan::{Actor, Cause, CauseKind, Plan, RecordOp, Unit};
use rejoinder_engine::record::{Fields, RecordKey};
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::trace::Trace;
use rejoinder_engine::value::Value;
use rejoinder_store::{OpenOptions, Store, Target};

/// Makes `name::sqlite` and `name::postgres` of each test.
macro_rules! both {
    ($($(#[$meta:meta])* fn $name:ident($store:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "not every test needs what its file imports")]
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
    )+};
}
pub(crate) use both;

/// The variable that names the server.
pub const SERVER: &str = "REJOINDER_TEST_POSTGRES";
/// The database that is copied for each test; its name carries the schema, so that another schema has its own.
static RAN: [AtomicUsize; 2] = [AtomicUsize::new(0), AtomicUsize::new(0)];
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

fn ran(which: usize) {
    if let Some(counter) = RAN.get(which) {
        counter.fetch_add(1, Ordering::SeqCst);
    }
    let [sqlite, postgres] = RAN.each_ref().map(|counter| counter.load(Ordering::SeqCst));
    // Not through `println!`, which a passing test does not show.
    let _ = writeln!(std::io::stdout(), "store tests: {sqlite} on sqlite, {postgres} on postgres");
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
    ran(0);
}

pub fn on_postgres(check: fn(&Backend)) {
    let Some(server) = server() else { return };
    check(&Backend::postgres(server));
    ran(1);
}

/// The server, or a line that says what was left out.
pub fn server() -> Option<String> {
    match std::env::var(SERVER) {
        Ok(server) => Some(server),
        Err(_) if std::env::var("CI").is_ok_and(|ci| ci == "true") => {
            panic!("{SERVER} names no PostgreSQL server")
        }
        Err(_) => {
            let _ = writeln!(std::io::stdout(), "left out: {SERVER} names no PostgreSQL server");
            None
        }
    }
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
        command(&server, &format!("CREATE DATABASE {name} TEMPLATE {}", template(&server)));
        let target = Target::Postgres(with_database(&server, &name));
        let store = Store::open(&target, &OpenOptions { connections: 8 }).unwrap();
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

    /// Defines tables by a plan.
    pub fn define(&self, tables: Vec<Table>) {
        let mut plan = plan(1);
        plan.tables = tables;
        self.apply(&plan).unwrap();
    }

    /// Writes records by a plan.
    pub fn put(&self, records: Vec<RecordOp>) {
        let mut plan = plan(2);
        plan.records = records;
        self.apply(&plan).unwrap();
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

/// The database that is copied for each test, made once for each state of the migrations.
fn template(server: &str) -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let name = unique("rejoinder_template");
        command(server, &format!("CREATE DATABASE {name}"));
        let target = Target::Postgres(with_database(server, &name));
        drop(Store::open(&target, &OpenOptions { connections: 2 }).unwrap());
        // The pool closes in the background; a template must have no connections.
        command(server, &format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false"));
        command(
            server,
            &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"),
        );
        name
    })
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

/// A moment some seconds after a fixed one.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_700_000_000_000_000 + seconds * 1_000_000)
}

/// An id that is the same in every run.
pub fn id(label: &str) -> Id {
    Seed::new([9; 32]).id(label, at(0))
}

/// A request of its own, decided at second `second`.
pub fn plan(second: i64) -> Plan {
    let request = id(&unique("request"));
    let cause = Cause { kind: CauseKind::Request, id: request, chain: Vec::new() };
    let trace = Trace::new("request", request, at(second), 0);
    Plan::new(Unit::Request { id: request }, at(second), Actor::system(), cause, trace)
}

/// A table from its definition in TOML-like JSON.
pub fn table(json: serde_json::Value) -> Table {
    serde_json::from_value(json).unwrap()
}

/// A new record.
pub fn insert(table: &str, label: &str, fields: &[(&str, Value)]) -> RecordOp {
    let fields: Fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    RecordOp::Insert { key: key(table, label), fields }
}

/// The name of a record.
pub fn key(table: &str, label: &str) -> RecordKey {
    RecordKey { table: table.to_owned(), id: id(label) }
}
