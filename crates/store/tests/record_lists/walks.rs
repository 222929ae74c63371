//! How the databases go about lists: by an index, in its order, from the place of the cursor on. And the statistics by
//! which SQLite chooses, and databases of earlier programs.

use rejoinder_engine::condition::{Condition, Operator};
use rejoinder_engine::value::{Kind, Value};
use rejoinder_store::dialect::Dialect;
use rejoinder_store::limits::{ANALYSED_ROWS_MIN, ANALYSIS_ROWS};
use rejoinder_store::replay::{self, Ran};
use rejoinder_store::{DbError, Page, RecordList, Store};

use super::{define_tables, fill, list};
use crate::common::{Backend, explain, on_postgres, on_sqlite};
use crate::plans::id;

/// The statements of these reads, each with the database's own words on how it goes about it.
fn plans(store: &Store, read: impl Fn()) -> Vec<(Ran, String)> {
    replay::record_reads();
    read();
    let ran = replay::recorded_reads();
    let explained = ran.into_iter().filter(|one| one.sql.contains(" ORDER BY ")).map(|one| {
        let plan = explain(store, &one);
        (one, plan)
    });
    explained.collect()
}

/// Neither reads everything nor sorts more than what shares one moment.
fn walks_an_index(plan: &str) -> bool {
    let by_index = plan.contains("USING INDEX") || plan.contains("Index Scan");
    let sorted = plan.contains("USE TEMP B-TREE FOR ORDER BY")
        || plan.contains("; Sort")
        || plan.starts_with("Sort")
        || plan.contains("->  Sort");
    by_index && !sorted && !plan.contains("Seq Scan")
}

fn check_lists(store: &Backend) {
    fill(store, 200);
    let flag = || Condition::clause("flag", Kind::Boolean, Operator::Is, vec![Value::Bool(true)]);
    let one_flag = RecordList { condition: flag(), ..list(&[]) };
    for asked in [
        list(&[]),
        one_flag,
        list(&[("name", false)]),
        list(&[("name", true)]),
        list(&[("code", false)]),
        list(&[("code", true)]),
        list(&[("flag", true), ("created_at", true)]),
        list(&[("updated_at", true)]),
        RecordList { table: "repair".to_owned(), ..list(&[]) },
        RecordList { table: "repair".to_owned(), ..list(&[("owner", false)]) },
    ] {
        let asked = RecordList { page: Page { after: None, limit: 3 }, ..asked };
        let next = store.records(&asked).unwrap().next;
        let later = RecordList { page: Page { after: next, limit: 3 }, ..asked.clone() };
        let seen = plans(store, || {
            store.records(&asked).unwrap();
            store.records(&later).unwrap();
        });
        assert!(seen.len() >= 2);
        for (ran, plan) in seen.iter().filter(|(ran, _)| ran.sql.contains("t_errand")) {
            // What shares all values with the cursor is sorted by id: few rows are of one moment.
            let same = ran.sql.contains("ORDER BY r.sys__id") && !plan.contains("SCAN");
            assert!(same || walks_an_index(plan), "{}: {plan}", ran.sql);
        }
    }
}

#[test]
fn pages_are_read_from_an_index_as_it_stands_sqlite() {
    on_sqlite(check_lists);
}

#[test]
fn pages_are_read_from_an_index_as_it_stands_postgres() {
    on_postgres(check_lists);
}

fn check_feeds(store: &Backend) {
    define_tables(store);
    let seen = plans(store, || {
        store.feed(id("one"), true, &Page::default()).unwrap();
    });
    let parts: Vec<_> = seen.iter().filter(|(ran, _)| ran.sql.contains("record_id = ?1")).collect();
    assert!(parts.len() >= 3);
    for (ran, plan) in parts {
        assert!(walks_an_index(plan) || plan.contains("USING COVERING INDEX"), "{}: {plan}", ran.sql);
        assert!(!plan.contains("SCAN ") || plan.contains("USING"), "{}: {plan}", ran.sql);
    }
}

#[test]
fn a_feed_is_read_from_its_indexes_as_they_stand_sqlite() {
    on_sqlite(check_feeds);
}

#[test]
fn a_feed_is_read_from_its_indexes_as_they_stand_postgres() {
    on_postgres(check_feeds);
}

/// A table with an index of two values and one of many.
fn spread(store: &Store, rows: u32) {
    store
        .write(move |tx| {
            tx.execute("CREATE TABLE spread (few INTEGER, many INTEGER)", &[])?;
            tx.execute("CREATE INDEX spread_many ON spread (many)", &[])?;
            tx.execute("CREATE INDEX spread_few ON spread (few)", &[])?;
            let sql = format!(
                "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {rows}) \
                 INSERT INTO spread SELECT x % 2, x FROM n"
            );
            tx.execute(&sql, &[]).map(|_| ())
        })
        .unwrap();
}

/// Whether the connections know which index is the better one, readers and writer.
fn knows(store: &Store) -> (bool, bool) {
    const SQL: &str = "EXPLAIN QUERY PLAN SELECT * FROM spread WHERE few = ?1 AND many = ?2";
    fn choice(tx: &mut dyn rejoinder_store::tx::Tx) -> Result<bool, DbError> {
        let rows = tx.query(SQL, &[1.into(), 1.into()])?;
        Ok(rows.iter().any(|row| row.text(3).is_ok_and(|step| step.contains("spread_many"))))
    }
    (store.read(choice).unwrap(), store.write(choice).unwrap())
}

#[test]
fn sqlite_learns_how_large_a_table_has_become_while_it_is_open() {
    on_sqlite(|store| {
        const { assert!(ANALYSIS_ROWS > ANALYSED_ROWS_MIN, "what is just large enough is looked at whole") };
        spread(store, ANALYSED_ROWS_MIN - 1);
        store.refresh_statistics().unwrap();
        assert_eq!(knows(store), (false, false), "a small one is left alone");
        store.write(|tx| tx.execute("INSERT INTO spread VALUES (0, 0)", &[])).unwrap();
        store.refresh_statistics().unwrap();
        assert_eq!(knows(store), (true, true));
        store.refresh_statistics().unwrap();
    });
}

#[test]
fn sqlite_learns_how_large_its_tables_are_when_it_is_opened() {
    let mut store = Backend::sqlite();
    spread(&store, ANALYSED_ROWS_MIN);
    store.close();
    store.open();
    assert_eq!(knows(&store), (true, true));
}

fn check_earlier(mut store: Backend) {
    fill(&store, 5);
    let indexes = |store: &Store| {
        let names = store.read(|tx| {
            let sql = match tx.dialect() {
                Dialect::Sqlite => {
                    "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 't_errand'"
                }
                Dialect::Postgres => {
                    "SELECT CAST(indexname AS text) FROM pg_indexes WHERE tablename = 't_errand'"
                }
            };
            let rows = tx.query(sql, &[])?;
            rows.iter().map(|row| row.text(0)).collect::<Result<std::collections::BTreeSet<_>, DbError>>()
        });
        names.unwrap()
    };
    let made = indexes(&store);
    let names = made.clone();
    store
        .write(move |tx| {
            for name in
                names.iter().filter(|name| ["l_", "t_", "u_"].iter().any(|kind| name.starts_with(kind)))
            {
                if !name.ends_with("_pkey") {
                    tx.execute(&format!("DROP INDEX {name}"), &[])?;
                }
                if let Some(rest) = name.strip_prefix("l_") {
                    tx.execute(&format!("CREATE INDEX i_{rest} ON t_errand (weight)"), &[])?;
                }
                if name.starts_with("u_") {
                    tx.execute(&format!("CREATE UNIQUE INDEX {name} ON t_errand (weight, sys__id)"), &[])?;
                }
            }
            tx.execute("DELETE FROM meta WHERE name = 'index_layout'", &[]).map(|_| ())
        })
        .unwrap();
    assert_ne!(indexes(&store), made);
    store.close();
    store.open();
    assert_eq!(indexes(&store), made);
}

#[test]
fn a_database_of_an_earlier_program_gets_the_indexes_of_lists_sqlite() {
    check_earlier(Backend::sqlite());
}

#[test]
fn a_database_of_an_earlier_program_gets_the_indexes_of_lists_postgres() {
    if let Some(server) = crate::common::server() {
        check_earlier(Backend::postgres(server));
    }
}
