//! The dictionary in SQL: definitions with their history, views for reports, indexes that are built beside writers.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what fails ends the test with its place")]

mod common;
mod plans;

use common::both;
use plans::{id, request};
use rejoinder_engine::dictionary::Table;
use rejoinder_engine::dictionary::edit::Definition;
use rejoinder_engine::plan::{Breach, Guard, RecordOp};
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::value::Value;
use rejoinder_store::limits::{BREACHES_SHOWN, ROOT_COLUMNS_MAX};
use rejoinder_store::{ApplyError, Page, Store, StoreError};
use serde_json::{Value as Json, json};

fn tables(json: Json) -> Vec<Table> {
    serde_json::from_value(json).unwrap()
}

fn field(name: &str, kind: &str) -> Json {
    json!({ "name": name, "kind": kind })
}

fn car(fields: &[Json]) -> Vec<Table> {
    tables(json!([{ "name": "car", "display": "created_at", "fields": fields },
                  { "name": "user", "display": "created_at", "fields": [] }]))
}

fn define(store: &Store, label: &str, tables: Vec<Table>) -> Result<(), ApplyError> {
    let mut plan = request(label, 1);
    plan.tables = tables;
    store.apply(&plan).map(|_| ())
}

fn insert(store: &Store, label: &str, values: &[(&str, Value)]) -> Result<(), ApplyError> {
    let mut plan = request(label, 1);
    let fields = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    plan.records =
        vec![RecordOp::Insert { key: RecordKey { table: "car".to_owned(), id: id(label) }, fields }];
    store.apply(&plan).map(|_| ())
}

fn texts(store: &Store, sql: &'static str) -> Vec<String> {
    let rows = store.read(|tx| tx.query(sql, &[])).unwrap();
    rows.iter().map(|row| row.text(0).unwrap()).collect()
}

both! {
    fn moments_decimals_and_truth_are_reported_exactly_also_before_1970(store) {
        define(store, "car", car(&[field("at", "datetime"), field("cost", "decimal"), field("ok", "boolean")])).unwrap();
        let rows = [("a", -1, -1), ("b", 1_763_900_000_123_456, 1_234_567), ("c", 0, 0), ("d", -86_400_000_000, 5_000_000)];
        for (label, micros, cost) in rows {
            let at = Value::Time(Timestamp::from_micros(micros));
            insert(store, label, &[("at", at), ("cost", Value::Decimal(cost)), ("ok", Value::Bool(micros > 0))]).unwrap();
        }
        let (moments, costs, truth) = if store.is_sqlite() {
            ("SELECT at FROM v_car ORDER BY at", "SELECT printf('%.6f', cost) FROM v_car ORDER BY cost",
             "SELECT CAST(SUM(ok) AS TEXT) FROM v_car")
        } else {
            ("SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM v_car ORDER BY at",
             "SELECT CAST(cost AS TEXT) FROM v_car ORDER BY cost", "SELECT CAST(COUNT(*) FILTER (WHERE ok) AS TEXT) FROM v_car")
        };
        assert_eq!(texts(store, moments), [
            "1969-12-31T00:00:00.000000Z", "1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00.000000Z",
            "2025-11-23T12:13:20.123456Z"]);
        assert_eq!(texts(store, costs), ["-0.000001", "0.000000", "1.234567", "5.000000"]);
        assert_eq!(texts(store, truth), ["1"]);
    }

    fn a_definition_has_a_version_and_each_change_is_kept_with_its_actor(store) {
        define(store, "one", car(&[field("a", "text")])).unwrap();
        define(store, "same", car(&[field("a", "text")])).unwrap();
        define(store, "two", car(&[field("b", "text")])).unwrap();
        let mut plan = request("gone", 2);
        plan.removed_tables = vec!["car".to_owned()];
        store.apply(&plan).unwrap();
        assert!(store.definitions().unwrap().get("car").is_none() && store.dictionary().table("car").is_none());
        let changes = store.definition_changes("car", &Page::default()).unwrap().items;
        let told: Vec<(i64, &str)> = changes.iter().map(|one| (one.sequence, one.operation.as_str())).collect();
        assert_eq!(told, [(3, "delete"), (2, "update"), (1, "insert")]);
        assert_eq!(changes[0].actor, plan.actor);
        assert_eq!((&changes[0].old, &changes[1].new), (&changes[1].new, &Some(car(&[field("b", "text")]).remove(0))));
        assert!(store.read(|tx| tx.query("SELECT 1 FROM v_car", &[])).is_err());
        define(store, "again", car(&[field("b", "text")])).unwrap();
        assert_eq!(store.definitions().unwrap().get("car").map(|one| one.version), Some(4));
    }

    fn what_ships_is_kept_beside_what_there_is(store) {
        let mut plan = request("ships", 1);
        (plan.tables, plan.shipped_tables) = (car(&[field("a", "text")]), car(&[])[..1].to_vec());
        store.apply(&plan).unwrap();
        let car = Definition { table: car(&[field("a", "text")]).remove(0), shipped: Some(car(&[]).remove(0)), version: 1 };
        assert_eq!(store.definitions().unwrap().get("car"), Some(&car));
    }

    fn a_plan_is_refused_where_a_record_breaks_a_rule_in_the_meantime(store) {
        define(store, "car", car(&[field("a", "string")])).unwrap();
        let mut plan = request("strict", 2);
        plan.tables = car(&[json!({ "name": "a", "kind": "string", "mandatory": true })]);
        plan.guards = vec![Guard::NoRecord { table: "car".to_owned(), field: "a".to_owned(), breach: Breach::Empty }];
        insert(store, "empty", &[]).unwrap();
        assert!(matches!(store.apply(&plan), Err(ApplyError::Conflict(what)) if what.contains("car.a")));
        plan.guards = vec![Guard::NoRecord { table: "car".to_owned(), field: "a".to_owned(), breach: Breach::Any }];
        store.apply(&plan).unwrap();
    }

    fn records_that_break_a_rule_are_counted_and_a_few_are_named(store) {
        define(store, "car", car(&[field("a", "string"), field("n", "integer")])).unwrap();
        for place in 0..=BREACHES_SHOWN {
            let name = if place == 0 { "ß" } else { "SS" };
            insert(store, &format!("c{place}"), &[("a", Value::text(name))]).unwrap();
        }
        let all = i64::try_from(BREACHES_SHOWN).unwrap() + 1;
        let found = |breach: Breach| {
            let found = store.breaches("car", "a", &breach).unwrap();
            (found.count, found.examples.len())
        };
        assert_eq!(found(Breach::Any), (all, BREACHES_SHOWN));
        assert_eq!(found(Breach::Empty), (0, 0));
        assert_eq!(found(Breach::Longer(1)), (all - 1, BREACHES_SHOWN));
        assert_eq!(found(Breach::Among(vec!["ß".to_owned()])), (1, 1));
        assert_eq!(found(Breach::NoneOf(vec!["ß".to_owned()])).0, all - 1);
        // Equal as they are compared, which is how a unique field is held.
        assert_eq!(found(Breach::Shared), (all, 1));
        assert_eq!(store.breaches("car", "n", &Breach::Shared).unwrap().count, 0);
        assert_eq!(store.breaches("car", "unborn", &Breach::Empty).unwrap().count, all);
    }

    fn columns_of_fields_that_left_take_room_until_none_is_left(store) {
        let many = |from: usize, to: usize| -> Vec<Json> { (from..to).map(|place| field(&format!("f{place}"), "integer")).collect() };
        // With the base fields, in rounds that each fit into a table.
        let (base, round) = (4, 150);
        let mut from = 0;
        while from + round <= ROOT_COLUMNS_MAX - base {
            define(store, &format!("to{from}"), car(&many(from, from + round))).unwrap();
            from += round;
        }
        define(store, "full", car(&many(from, ROOT_COLUMNS_MAX - base))).unwrap();
        let over = define(store, "over", car(&many(ROOT_COLUMNS_MAX, ROOT_COLUMNS_MAX + 1))).unwrap_err();
        assert!(matches!(over, ApplyError::Store(StoreError::TooManyColumns { max, .. }) if max == ROOT_COLUMNS_MAX));
        assert!(store.layout(&car(&many(ROOT_COLUMNS_MAX, ROOT_COLUMNS_MAX + 1)), &[]).is_err());
        // A field that comes back takes none.
        define(store, "back", car(&many(0, 1))).unwrap();
    }
}

/// What a program that made simpler views leaves, and one that starts finds.
fn views_come_anew(mut store: common::Backend) {
    define(&store, "car", car(&[field("cost", "decimal")])).unwrap();
    insert(&store, "one", &[("cost", Value::Decimal(1_500_000))]).unwrap();
    let older = |tx: &mut dyn rejoinder_store::tx::Tx| {
        tx.execute("DROP VIEW v_car", &[])?;
        tx.execute("CREATE VIEW v_car AS SELECT sys__id, cost FROM t_car", &[])?;
        tx.execute("DROP VIEW v_email", &[])?;
        tx.execute("DELETE FROM meta WHERE name = 'views_format'", &[])?;
        Ok::<_, StoreError>(())
    };
    store.write(older).unwrap();
    store.close();
    store.open();
    let tenths = "SELECT CAST(CAST(cost * 10 AS INTEGER) AS TEXT) FROM v_car WHERE sys_table = 'car'";
    assert_eq!(texts(&store, tenths), ["15"]);
    assert!(texts(&store, "SELECT subject FROM v_email").is_empty());
}

#[test]
fn a_database_of_an_older_program_gets_its_views_anew() {
    views_come_anew(common::Backend::sqlite());
    if let Some(server) = common::server() {
        views_come_anew(common::Backend::postgres(server));
    }
}

#[test]
fn rights_on_a_view_outlive_a_new_field_on_postgresql() {
    let Some(server) = common::server() else { return };
    let store = common::Backend::postgres(server.clone());
    define(&store, "car", car(&[field("b", "text")])).unwrap();
    let reader = format!("rejoinder_reader_{}", std::process::id());
    let (make, grant) = (format!("CREATE ROLE {reader}"), format!("GRANT SELECT ON v_car TO {reader}"));
    common::command(&server, &make);
    store.write(move |tx| tx.execute(&grant, &[])).unwrap();
    define(&store, "more", car(&[field("a", "text"), field("b", "text")])).unwrap();
    let asked = format!("SELECT has_table_privilege('{reader}', 'v_car', 'SELECT')");
    let may = store.read(move |tx| tx.query(&asked, &[])).unwrap();
    assert_eq!(may[0].int(0).unwrap(), 1);
    let drop_owned = format!("DROP OWNED BY {reader}");
    store.write(move |tx| tx.execute(&drop_owned, &[])).unwrap();
    common::command(&server, &format!("DROP ROLE {reader}"));
}

#[test]
fn an_index_is_built_on_postgresql_while_others_write() {
    let Some(server) = common::server() else { return };
    let store = common::Backend::postgres(server);
    define(&store, "car", car(&[field("a", "string")])).unwrap();
    insert(&store, "before", &[("a", Value::text("1"))]).unwrap();
    let indexed = car(&[json!({ "name": "a", "kind": "string", "indexed": true })]);
    let building = "SELECT COUNT(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' AND state = 'active' \
                    AND datname = current_database()";
    let count = |sql: &'static str| store.read(|tx| tx.query(sql, &[])).unwrap()[0].int(0).unwrap();
    std::thread::scope(|scope| {
        // A transaction that has written to the table and goes on: every way to build an index waits for it.
        let (began, begins) = std::sync::mpsc::channel();
        let (end, ends) = std::sync::mpsc::channel::<()>();
        let ends = std::sync::Mutex::new(ends);
        let holder = (*store).clone();
        scope.spawn(move || {
            holder
                .write_committed(move |tx| {
                    tx.execute("UPDATE t_car SET sys__version = 1", &[])?;
                    began.send(()).unwrap_or_default();
                    ends.lock().unwrap().recv().unwrap_or_default();
                    Ok::<_, StoreError>(())
                })
                .unwrap();
        });
        begins.recv().unwrap();
        let builder = scope.spawn(|| store.prepare_layout(&indexed));
        while count(building) == 0 {
            assert!(!builder.is_finished(), "it waits for the open transaction");
            std::thread::yield_now();
        }
        // Others write all the same.
        insert(&store, "meanwhile", &[("a", Value::text("2"))]).unwrap();
        assert!(!builder.is_finished());
        end.send(()).unwrap();
        builder.join().unwrap().unwrap();
    });
    let there = "SELECT COUNT(*) FROM pg_indexes WHERE tablename = 't_car' AND (indexname LIKE 'l\\_%' OR indexname LIKE 'u\\_%')";
    // Those of the moments of creation and of the last change, which every table has, and its own.
    assert_eq!(count(there), 2 + 1);
    // With a column that is new, too.
    let indexed = car(&[
        json!({ "name": "a", "kind": "string", "indexed": true }),
        json!({ "name": "new", "kind": "integer", "unique": true }),
    ]);
    store.prepare_layout(&indexed).unwrap();
    assert_eq!(count(there), 2 + 2);
    define(&store, "indexed", indexed).unwrap();
    assert_eq!(count(there), 2 + 2, "the plan found them");
    // One that was prepared and not made goes with the next preparation.
    let wanted = car(&[
        json!({ "name": "a", "kind": "string", "unique": true }),
        json!({ "name": "new", "kind": "integer", "unique": true }),
    ]);
    store.prepare_layout(&wanted).unwrap();
    assert_eq!(count(there), 2 + 3);
    store
        .prepare_layout(&car(&[
            json!({ "name": "a", "kind": "string", "indexed": true }),
            json!({ "name": "new", "kind": "integer", "unique": true }),
        ]))
        .unwrap();
    assert_eq!(count(there), 2 + 2);
    // A unique one over values that are shared is no index, and the field is named.
    insert(&store, "twice", &[("a", Value::text("2"))]).unwrap();
    let error = store.prepare_layout(&wanted).unwrap_err();
    assert!(matches!(error, StoreError::Unique { table, field } if table == "car" && field == "a"));
    assert_eq!(count(there), 2 + 2);
}
