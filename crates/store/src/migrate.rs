//! Brings a database to this program's schema. Migrations go up only, are embedded, have equal numbers and names
//! for both databases, and run under a lock. A database that a newer program wrote is refused.

use std::sync::Arc;

use crate::error::{DbError, StoreError};

/// One step of the schema.
pub struct Migration {
    /// Its number; steps run in this order.
    pub number: i64,
    /// Its name.
    pub name: &'static str,
    pub(crate) sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migrations {
    ($($number:literal $name:literal),+ $(,)?) => {
        /// All steps, oldest first.
        pub const MIGRATIONS: &[Migration] = &[$(Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $name, ".sql")),
        }),+];
    };
}

migrations! {
    1 "0001_spine", 2 "0002_reading", 3 "0003_states", 4 "0004_dictionary", 5 "0005_sign_in", 6 "0006_events",
    7 "0007_audit", 8 "0008_lists", 9 "0009_files", 10 "0010_again", 11 "0011_protection", 12 "0012_attention",
    13 "0013_addresses",
}

/// The newest schema that this program knows.
pub fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |migration| migration.number)
}

const VERSIONS: &str =
    "CREATE TABLE IF NOT EXISTS schema_version (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)";
const VERSIONS_STRICT: &str = "CREATE TABLE IF NOT EXISTS schema_version (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL) STRICT";
const FOUND: &str = "SELECT COALESCE(MAX(number), 0) FROM schema_version";
/// The key of the lock under which nodes migrate one after the other; any constant of ours.
const LOCK: i64 = 0x7265_6a6f_696e;

fn missing(found: i64) -> Result<&'static [Migration], StoreError> {
    if found > newest() {
        return Err(StoreError::NewerSchema { found, known: newest() });
    }
    let done = MIGRATIONS.iter().take_while(|migration| migration.number <= found).count();
    Ok(MIGRATIONS.get(done..).unwrap_or_default())
}

/// Migrates SQLite. The file lock is held already.
pub(crate) fn sqlite(connection: &mut rusqlite::Connection) -> Result<(), StoreError> {
    let refused = |error: rusqlite::Error| StoreError::Db(DbError::Sql(Arc::new(error)));
    let tx =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(refused)?;
    tx.execute_batch(VERSIONS_STRICT).map_err(refused)?;
    let found = tx.query_row(FOUND, (), |row| row.get(0)).map_err(refused)?;
    for migration in missing(found)? {
        tracing::info!(number = migration.number, name = migration.name, "migrating the database");
        tx.execute_batch(migration.sqlite).map_err(refused)?;
        tx.execute(
            "INSERT INTO schema_version (number, name) VALUES (?1, ?2)",
            (migration.number, migration.name),
        )
        .map_err(refused)?;
    }
    tx.commit().map_err(refused)
}

/// Migrates PostgreSQL; other nodes that start at the same time wait.
pub(crate) async fn postgres(client: &mut tokio_postgres::Client) -> Result<(), StoreError> {
    let refused = |error: tokio_postgres::Error| StoreError::Db(DbError::Sql(Arc::new(error)));
    let tx = client.transaction().await.map_err(refused)?;
    tx.query_one("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await.map_err(refused)?;
    tx.batch_execute(VERSIONS).await.map_err(refused)?;
    let found = tx.query_one(FOUND, &[]).await.and_then(|row| row.try_get(0)).map_err(refused)?;
    for migration in missing(found)? {
        tracing::info!(number = migration.number, name = migration.name, "migrating the database");
        tx.batch_execute(migration.postgres).await.map_err(refused)?;
        tx.execute(
            "INSERT INTO schema_version (number, name) VALUES ($1, $2)",
            &[&migration.number, &migration.name],
        )
        .await
        .map_err(refused)?;
    }
    tx.commit().await.map_err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_up_by_one_and_stand_before_the_name() {
        for (place, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.number, i64::try_from(place).unwrap() + 1);
            assert!(migration.name.starts_with(&format!("{:04}_", migration.number)));
        }
    }

    #[test]
    fn both_folders_hold_exactly_the_steps_of_the_list() {
        let listed: Vec<String> =
            MIGRATIONS.iter().map(|migration| format!("{}.sql", migration.name)).collect();
        for database in ["sqlite", "postgres"] {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
            let mut files: Vec<String> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            files.sort();
            assert_eq!(files, listed, "{database}");
        }
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let error = missing(newest() + 1).err().unwrap();
        assert!(matches!(error, StoreError::NewerSchema { .. }));
        assert_eq!(missing(newest()).unwrap().len(), 0);
    }
}
