//! How large the tables of SQLite are and how the values of their indexes are spread, for its planner.
//!
//! Without these numbers it takes every index for equally good, and searches a million incidents by their state where
//! one caller is asked for. Only large tables are looked at: a plan that was made for ten rows is a bad one for ten
//! thousand, and without numbers the planner expects many. Must not be called within a transaction.

use std::sync::Arc;

use rusqlite::Connection;

use super::connection::meaning;
use crate::error::{DbError, StoreError};
use crate::limits::{ANALYSED_ROWS_MIN, ANALYSIS_ROWS};

/// Only tells what it would do (1), analyses what needs it (2), looks at all tables (0x10000). SQLite knows what has
/// changed much since it was analysed, and which index never was.
const WOULD_ANALYSE: &str = "PRAGMA optimize(65539)";

/// Looks at what has changed much since it was looked at, and is large; whether there was anything.
pub(super) fn refresh(connection: &Connection) -> Result<bool, StoreError> {
    let refused = |error: rusqlite::Error| match meaning(error) {
        // Others write: it can be done the next time.
        DbError::Group(cause) => StoreError::Db(DbError::Sql(Arc::clone(&cause))),
        other => StoreError::Db(other),
    };
    let large = large(connection).map_err(refused)?;
    if large.is_empty() {
        return Ok(false);
    }
    connection.execute_batch(&format!("PRAGMA analysis_limit = {ANALYSIS_ROWS}")).map_err(refused)?;
    for table in &large {
        connection.execute_batch(&format!("ANALYZE \"{table}\"")).map_err(refused)?;
    }
    tracing::debug!(?large, "statistics of tables were made anew");
    Ok(true)
}

fn large(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(WOULD_ANALYSE)?;
    let lines = statement.query_map((), |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    let mut large = Vec::new();
    for line in lines {
        // `ANALYZE "main"."t_task"`
        let Some(table) = line.trim_end_matches('"').rsplit('"').next() else { continue };
        if table.is_empty() || !line.starts_with("ANALYZE") {
            continue;
        }
        let sql = format!("SELECT COUNT(*) FROM (SELECT 1 FROM \"{table}\" LIMIT {ANALYSED_ROWS_MIN})");
        let rows: u32 = connection.query_row(&sql, (), |row| row.get(0))?;
        if rows >= ANALYSED_ROWS_MIN {
            large.push(table.to_owned());
        }
    }
    Ok(large)
}
