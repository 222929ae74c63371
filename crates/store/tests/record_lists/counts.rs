//! How many records a list holds, and reads that may only take so long.

use std::time::Duration;

use rejoinder_engine::condition::{Condition, Operator};
use rejoinder_engine::value::{Kind, Value};
use rejoinder_store::dialect::Dialect;
use rejoinder_store::limits::{COUNT_MS_MAX, STEPS_BETWEEN_LOOKS};
use rejoinder_store::{Count, DbError, Store};

use super::fill;
use crate::common::{on_postgres, on_sqlite};

fn check_counts(store: &crate::common::Backend) {
    fill(store, 10);
    let all = Condition::always();
    let count = |cap| store.count("errand", &all, cap).unwrap();
    assert_eq!(count(11), Some(Count { value: 10, capped: false }));
    assert_eq!(count(10), Some(Count { value: 10, capped: false }));
    assert_eq!(count(9), Some(Count { value: 9, capped: true }));
    assert_eq!(store.count("repair", &all, 9).unwrap(), Some(Count { value: 4, capped: false }));
    let none = Condition::clause("name", Kind::String, Operator::Is, vec![Value::text("nobody")]);
    assert_eq!(store.count("errand", &none, 9).unwrap(), Some(Count { value: 0, capped: false }));
}

#[test]
fn a_count_ends_at_its_cap_sqlite() {
    on_sqlite(check_counts);
}

#[test]
fn a_count_ends_at_its_cap_postgres() {
    on_postgres(check_counts);
}

/// Something that takes longer than any test.
fn endless(store: &Store, limit: Duration) -> Result<i64, DbError> {
    store.read_within(limit, |tx| {
        let sql = match tx.dialect() {
            Dialect::Sqlite => {
                "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) FROM n"
            }
            Dialect::Postgres => "SELECT COUNT(CAST(pg_sleep(3600) AS text))",
        };
        tx.query(sql, &[])?.first().map_or(Ok(0), |row| row.int(0))
    })
}

fn check_time(store: &crate::common::Backend) {
    fill(store, 10);
    const { assert!(STEPS_BETWEEN_LOOKS > 0, "SQLite looks at a clock while it works") };
    // More often than there are connections: each goes back into use without its limit.
    for _ in 0..50 {
        assert!(matches!(endless(store, Duration::from_millis(1)), Err(DbError::TooLong)));
        assert_eq!(store.load_tables().unwrap().len(), 3);
    }
    let soon = store.count_within("errand", &Condition::always(), 9, Duration::from_millis(COUNT_MS_MAX));
    assert_eq!(soon.unwrap(), Some(Count { value: 9, capped: true }));
}

#[test]
fn a_read_ends_when_its_time_is_over_and_leaves_nothing_behind_sqlite() {
    on_sqlite(check_time);
}

#[test]
fn a_read_ends_when_its_time_is_over_and_leaves_nothing_behind_postgres() {
    on_postgres(check_time);
}
