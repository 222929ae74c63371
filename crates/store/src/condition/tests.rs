//! Conditions on indexed columns use the index: the plans of SQLite, which tells them.

use rejoinder_engine::condition::source::{Asked, Given, Source, Special};
use rejoinder_engine::condition::{Length, Occasion, Operator, Part, Period, Unit, resolve};
use rejoinder_engine::dictionary::Table;
use rejoinder_engine::time::Timestamp;
use rusqlite::Connection;
use serde_json::json;

use super::matching;
use crate::dialect::Dialect;
use crate::schema::{Schema, Storage};

fn schema() -> Schema {
    let indexed = |name: &str, kind: &str| json!({"name": name, "kind": kind, "indexed": true});
    let tables: Vec<Table> = serde_json::from_value(json!([
        {"name": "user", "display": "name", "fields": [indexed("name", "string")]},
        {"name": "task", "display": "subject", "fields": [
            indexed("subject", "string"), indexed("opened", "datetime"), indexed("due", "date"),
            indexed("weight", "integer"), {"name": "caller", "kind": "reference", "table": "user", "indexed": true},
            {"name": "note", "kind": "string"}]},
    ]))
    .unwrap();
    Schema::new(tables).unwrap()
}

/// The tables as they are defined, with an index on each compared column that wants one.
fn database(schema: &Schema) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    for root in schema.roots().values() {
        let mut columns = vec!["sys__id TEXT PRIMARY KEY".to_owned(), "sys__table TEXT".to_owned()];
        for column in &root.columns {
            let kind = if column.storage.is_integer() { "INTEGER" } else { "TEXT" };
            columns.push(format!("{} {kind}", column.compared()));
            if column.storage == Storage::Text {
                columns.push(format!("\"{}\" TEXT", column.name));
            }
        }
        connection
            .execute(&format!("CREATE TABLE {} ({}) STRICT", root.sql, columns.join(", ")), ())
            .unwrap();
        for column in root.columns.iter().filter(|column| column.indexed) {
            let (name, compared) = (&column.name, column.compared());
            connection
                .execute(&format!("CREATE INDEX {}_by_{name} ON {} ({compared})", root.sql, root.sql), ())
                .unwrap();
        }
    }
    connection
}

/// How SQLite would go about it.
fn plan(asked: Asked) -> String {
    let schema = schema();
    let typed = Source::from(asked).check(&schema, "task").unwrap();
    let condition = resolve(&typed, &Occasion::at(Timestamp::from_micros(0))).into_owned();
    let mut params = Vec::new();
    let matching = matching(Dialect::Sqlite, &schema, "task", &condition, &mut params).unwrap();
    let connection = database(&schema);
    let sql = format!("EXPLAIN QUERY PLAN SELECT r.sys__id FROM t_task AS r{matching}");
    let mut statement = connection.prepare(&sql).unwrap();
    let unset = rusqlite::params_from_iter(vec![""; statement.parameter_count()]);
    let steps = statement.query_map(unset, |row| row.get::<_, String>(3)).unwrap();
    steps.map(Result::unwrap).collect::<Vec<_>>().join("; ")
}

#[test]
fn comparisons_of_indexed_columns_use_the_index() {
    let ago = || Given::from(Special::Ago(Length { amount: 1, unit: Unit::Day }));
    let today = || Given::from(Special::Period(Period::Today));
    for asked in [
        Asked::one("subject", Operator::Is, "Принтер"),
        Asked::several("subject", Operator::In, vec!["a".into(), "b".into()]),
        Asked::one("subject", Operator::StartsWith, "При"),
        Asked::one("weight", Operator::LessThan, "5"),
        Asked::one("weight", Operator::GreaterOrEqual, "5"),
        Asked::several("weight", Operator::Between, vec!["1".into(), "5".into()]),
        Asked::one("opened", Operator::On, today()),
        Asked::one("opened", Operator::GreaterThan, ago()),
        Asked::one("opened", Operator::LessOrEqual, today()),
        Asked::one("due", Operator::On, today()),
        Asked { part: Some(Part::Year), ..Asked::one("opened", Operator::Is, "2026") },
    ] {
        let (field, text) = (asked.field.clone(), format!("{asked:?}"));
        let plan = plan(asked);
        assert!(plan.contains(&format!("SEARCH r USING INDEX t_task_by_{field}")), "{text}: {plan}");
    }
    let caller = Asked::one("caller", Operator::Is, "0190a0b0c0d07000800000000000000a");
    assert!(plan(caller).contains("INDEX t_task_by_caller"));
}

#[test]
fn a_column_without_an_index_is_read_through_as_this_test_can_see() {
    assert!(plan(Asked::one("note", Operator::Is, "a")).contains("SCAN r"));
}

#[test]
fn references_are_followed_by_their_ids() {
    let plan = plan(Asked::one("caller.name", Operator::Is, "anna"));
    assert!(plan.contains("SEARCH w1") && plan.contains("(sys__id=?)"), "{plan}");
}
