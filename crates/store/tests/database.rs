//! The database below: records and conditions mean the same in memory, on SQLite and on PostgreSQL; units of work
//! are whole or not there; the past can be read.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]
#![allow(dead_code, clippy::allow_attributes, reason = "the helpers are shared by several test files")]

mod common;
mod plans;

use std::collections::BTreeMap;

use common::{Backend, both};
use plans::{at, id, key, request};
use rejoinder_engine::condition::source::{Asked, Source};
use rejoinder_engine::condition::{Condition, Operator};
use rejoinder_engine::dictionary::Table;
use rejoinder_engine::limits::HIERARCHY_DEPTH_MAX;
use rejoinder_engine::plan::RecordOp;
use rejoinder_engine::reads::Reads;
use rejoinder_engine::record::Fields;
use rejoinder_engine::value::{Kind, Value};
use rejoinder_engine::view::{Query, View, ViewError};
use rejoinder_store::limits::{AS_OF_CHANGES_MAX, COMPRESS_BYTES_MIN, GROUP_ROWS_MAX, GROUP_UNITS_MAX};
use rejoinder_store::{ApplyError, DbError, FaultKind, OpenOptions, Store, StoreError, Target};
use serde_json::json;

fn tables(json: serde_json::Value) -> Vec<Table> {
    serde_json::from_value(json).unwrap()
}

fn define(store: &Store, label: &str, json: serde_json::Value) -> Result<(), ApplyError> {
    let mut plan = request(label, 0);
    plan.tables = tables(json);
    // Every record names the users who wrote it.
    if store.dictionary().table("user").is_none() && plan.tables.iter().all(|table| table.name != "user") {
        plan.tables.extend(tables(json!([{"name": "user", "display": "created_at", "fields": []}])));
    }
    store.apply(&plan).map(|_| ())
}

fn insert(table: &str, label: &str, values: &[(&str, Value)]) -> RecordOp {
    let fields = values.iter().filter(|(_, value)| !value.is_null());
    RecordOp::Insert {
        key: key(table, label),
        fields: fields.map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
    }
}

fn write(store: &Store, label: &str, seconds: i64, records: Vec<RecordOp>) -> Result<(), ApplyError> {
    let mut plan = request(label, seconds);
    plan.records = records;
    store.apply(&plan).map(|_| ())
}

fn desk(store: &Store) {
    let json = json!([
        {"name": "user", "display": "name", "fields": [
            {"name": "name", "kind": "string"}, {"name": "email", "kind": "email", "unique": true},
            {"name": "password", "kind": "string", "secret": true}]},
        {"name": "task", "display": "subject", "fields": [
            {"name": "subject", "kind": "string", "indexed": true}, {"name": "weight", "kind": "integer"},
            {"name": "tags", "kind": "text_list"},
            {"name": "caller", "kind": "reference", "table": "user"}, {"name": "note", "kind": "journal"}]},
        {"name": "incident", "extends": "task", "display": "subject", "fields": [
            {"name": "severity", "kind": "choice"}]},
    ]);
    define(store, "desk", json).unwrap();
}

fn subjects(store: &impl View, condition: Condition) -> Vec<String> {
    let query = Query { order: vec![("subject".to_owned(), false)], ..Query::new("task", condition) };
    store.query(&query).unwrap().iter().map(|record| record.text("subject").to_owned()).collect()
}

fn subject_is(text: &str) -> Condition {
    Condition::clause("subject", Kind::String, Operator::Is, vec![Value::text(text)])
}

/// A statement that fails on both databases, without a value in its text.
const BROKEN: &str = "SELECT nothing FROM nowhere";

fn remember(store: &Store, name: &'static str) -> Result<(), StoreError> {
    store.write(move |tx| {
        tx.execute("INSERT INTO meta (name, value) VALUES (?1, 'x')", &[name.into()])?;
        Ok(())
    })
}

both! {
    fn each_kind_of_value_is_read_back_as_it_was_written(store) {
        let fields: Vec<serde_json::Value> = KINDS.iter().map(|(name, kind)| field(name, *kind)).collect();
        define(store, "all", json!([{"name": "all", "display": "created_at", "fields": fields}])).unwrap();
        for (label, values) in [("a", samples(0)), ("b", samples(1)), ("none", BTreeMap::new())] {
            let values: Vec<(&str, Value)> = values.into_iter().collect();
            write(store, label, 1, vec![insert("all", label, &values)]).unwrap();
            let record = store.view().unwrap().get("all", id(label)).unwrap().unwrap();
            let expected: Fields = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            assert_eq!((record.fields, record.version, record.table.as_str()), (expected, 1, "all"));
        }
    }

    fn nul_is_stored_as_the_replacement_character_on_both_databases(store) {
        desk(store);
        write(store, "nul", 1, vec![insert("task", "nul", &[("subject", Value::Text("a\0b".to_owned()))])]).unwrap();
        let record = store.view().unwrap().get("task", id("nul")).unwrap().unwrap();
        assert_eq!(record.text("subject"), "a\u{FFFD}b");
    }

    fn a_record_is_found_by_its_table_and_by_those_it_extends_only(store) {
        desk(store);
        write(store, "one", 1, vec![insert("incident", "one", &[("subject", Value::text("x"))])]).unwrap();
        write(store, "two", 1, vec![insert("task", "two", &[("subject", Value::text("y"))])]).unwrap();
        let view = store.view().unwrap();
        assert_eq!(view.get("task", id("one")).unwrap().unwrap().table, "incident");
        assert!(view.get("incident", id("two")).unwrap().is_none());
        assert!(view.get("user", id("one")).unwrap().is_none());
        assert_eq!(view.query(&Query::new("incident", Condition::always())).unwrap().len(), 1);
        assert_eq!(view.query(&Query::new("task", Condition::always())).unwrap().len(), 2);
        assert_eq!(view.get("nowhere", id("one")), Err(ViewError::NoTable("nowhere".to_owned())));
    }

    fn a_condition_that_looks_back_is_an_error_and_never_an_empty_answer(store) {
        desk(store);
        let condition = Condition::clause("subject", Kind::String, Operator::Changes, vec![]);
        let error = store.view().unwrap().query(&Query::new("task", condition)).unwrap_err();
        assert!(error.to_string().contains("looks back"), "{error}");
    }

    fn unique_is_unique_by_the_folded_text_and_the_error_names_the_field_but_no_value(store) {
        desk(store);
        write(store, "a", 1, vec![insert("user", "a", &[("email", Value::text("Анна@Straße.example"))])]).unwrap();
        let error =
            write(store, "b", 1, vec![insert("user", "b", &[("email", Value::text("анна@STRASSE.example"))])])
                .unwrap_err();
        assert!(matches!(&error, ApplyError::Unique { table, field } if table == "user" && field == "email"), "{error:?}");
        assert!(!format!("{error:?}").contains("example"));
        // No value is no value twice.
        write(store, "c", 1, vec![insert("user", "c", &[]), insert("user", "d", &[])]).unwrap();
    }

    fn lists_contain_whole_items_exactly(store) {
        desk(store);
        let tags = |items: &[&str]| Value::list(items.iter().map(|item| (*item).to_owned()).collect());
        let rows = [
            ("plain", tags(&["vip", "eu"])), ("part", tags(&["vip-list"])), ("quoted", tags(&["a\"b", "c\\d", "e,f"])),
            ("case", tags(&["VIP"])), ("number", tags(&["7"])), ("none", Value::Null),
        ];
        for (label, value) in rows {
            let values = [("subject", Value::text(label)), ("tags", value)];
            write(store, label, 1, vec![insert("task", label, &values)]).unwrap();
        }
        let view = store.view().unwrap();
        let with = |item: &str| {
            subjects(&view, Condition::clause("tags", Kind::TextList, Operator::Contains, vec![Value::text(item)]))
        };
        assert_eq!(with("vip"), ["plain"]);
        assert_eq!(with("VIP"), ["case"]);
        assert_eq!(with("7"), ["number"]);
        for item in ["a\"b", "c\\d", "e,f"] {
            assert_eq!(with(item), ["quoted"], "{item}");
        }
        assert_eq!(with("vip\",\"eu"), Vec::<String>::new());
    }

    fn a_condition_follows_references_and_an_absent_one_is_no_value(store) {
        desk(store);
        let user = |label, name| insert("user", label, &[("name", Value::text(name))]);
        write(store, "users", 1, vec![user("anna", "Анна"), user("ben", "Ben")]).unwrap();
        let task = |label: &str, caller| insert("task", label, &[("subject", Value::text(label)), ("caller", caller)]);
        let tasks = vec![
            task("1 anna", Value::Ref(id("anna"))), task("2 ben", Value::Ref(id("ben"))), task("3 nobody", Value::Null),
            task("4 removed", Value::Ref(id("gone"))),
        ];
        write(store, "tasks", 2, tasks).unwrap();
        let asked = |operator, operands: Vec<Value>| {
            let mut condition = Condition::clause("name", Kind::String, operator, operands);
            if let Condition::Clause(clause) = &mut condition {
                let step = rejoinder_engine::condition::Step {
                    field: "caller".to_owned(), kind: Kind::Reference, table: Some("user".to_owned()),
                };
                clause.path.insert(0, step);
            }
            condition
        };
        let view = store.view().unwrap();
        let anna = || vec![Value::text("АННА")];
        assert_eq!(subjects(&view, asked(Operator::Is, anna())), ["1 anna"]);
        assert_eq!(subjects(&view, asked(Operator::IsNot, anna())), ["2 ben", "3 nobody", "4 removed"]);
        assert_eq!(subjects(&view, asked(Operator::IsEmpty, vec![])), ["3 nobody", "4 removed"]);
        let not = Condition::Not(Box::new(asked(Operator::StartsWith, vec![Value::text("b")])));
        assert_eq!(subjects(&view, not), ["1 anna", "3 nobody", "4 removed"]);
    }

    fn conditions_mean_the_same_in_memory_and_in_the_database(store) {
        parity::check(store);
    }

    fn a_hierarchy_is_looked_through_to_its_limit_and_one_that_goes_in_a_circle_ends(store) {
        let table = json!([{"name": "place", "display": "name", "fields": [
            {"name": "name", "kind": "string"}, {"name": "parent", "kind": "reference", "table": "place"}]}]);
        define(store, "places", table).unwrap();
        let deep = HIERARCHY_DEPTH_MAX + 2;
        let below = (0..deep).map(|place| {
            let above = place.checked_sub(1).map_or(Value::Null, |above| Value::Ref(id(&format!("p{above}"))));
            insert("place", &format!("p{place}"), &[("parent", above)])
        });
        // Three that lie below each other in a circle, and one below them.
        let circle = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")];
        let circle = circle.map(|(label, above)| insert("place", label, &[("parent", Value::Ref(id(above)))]));
        write(store, "rows", 1, below.chain(circle).collect()).unwrap();
        let view = store.view().unwrap();
        let reads = Reads::new(&view, view.dictionary());
        let all = view.query(&Query::new("place", Condition::always())).unwrap();
        assert_eq!(all.len(), deep + 4);
        for (field, root, found) in [
            ("sys_id", "p0", HIERARCHY_DEPTH_MAX + 1), ("sys_id", "p1", HIERARCHY_DEPTH_MAX + 1), ("sys_id", "p20", 2),
            ("parent", "p20", 1), ("sys_id", "a", 4), ("sys_id", "d", 1), ("parent", "d", 0), ("sys_id", "nowhere", 0),
        ] {
            let asked = Asked { by: Some("parent".to_owned()), ..Asked::one(field, Operator::InHierarchy, id(root).to_string().as_str()) };
            let condition = Source::from(asked).check(view.dictionary(), "place").unwrap();
            assert_eq!(view.query(&Query::new("place", condition.clone())).unwrap().len(), found, "{field} {root}");
            let held = all.iter().filter(|record| reads.matches(&condition, record).unwrap()).count();
            assert_eq!(held, found, "{field} {root} in memory");
        }
    }

    fn a_plan_that_counted_related_records_is_refused_when_another_came(store) {
        desk(store);
        write(store, "users", 1, vec![insert("user", "anna", &[("name", Value::text("Anna"))])]).unwrap();
        let source = r#"{"field":"sys_id","related":{"table":"task","field":"caller"},"operator":"is","value":0}"#;
        let view = store.view().unwrap();
        let condition = Source::parse(source).unwrap().check(view.dictionary(), "user").unwrap();
        let anna = view.get("user", id("anna")).unwrap().unwrap();
        let reads = Reads::new(&view, view.dictionary());
        assert!(reads.matches(&condition, &anna).unwrap());
        let mut plan = request("decided", 2);
        plan.guards = reads.into_guards();
        assert_eq!(plan.guards.len(), 1);
        plan.records = vec![insert("task", "decided", &[("subject", Value::text("the only one"))])];
        drop(view);
        let others = vec![insert("task", "other", &[("caller", Value::Ref(id("anna")))])];
        write(store, "another", 2, others).unwrap();
        assert!(matches!(store.apply(&plan), Err(ApplyError::Conflict(_))));
        assert!(store.view().unwrap().get("task", id("decided")).unwrap().is_none());
    }

    fn conditions_are_run_as_they_are_and_never_compiled_to_machine_code(store) {
        if matches!(store.target, Target::Postgres(_)) {
            let rows = store.read(|tx| tx.query("SHOW jit", &[])).unwrap();
            assert_eq!(rows[0].text(0).unwrap(), "off");
        }
    }

    fn records_their_tables_and_what_they_refer_to_are_asked_alike(store) {
        parity::check_own(store);
    }

    fn records_sort_the_same_in_memory_and_in_the_database(store) {
        parity::check_order(store);
    }

    fn a_field_is_added_while_records_are_there_and_reports_see_all_but_secrets(store) {
        desk(store);
        write(store, "one", 1, vec![insert("user", "one", &[("name", Value::text("Anna"))])]).unwrap();
        let user = json!([{"name": "user", "display": "name", "fields": [
            {"name": "name", "kind": "string", "indexed": true}, {"name": "email", "kind": "email"},
            {"name": "password", "kind": "string", "secret": true}, {"name": "order", "kind": "integer"}]}]);
        define(store, "more", user).unwrap();
        let values = [("name", Value::text("Ben")), ("order", Value::Int(7)), ("email", Value::text("b@x.example"))];
        write(store, "two", 2, vec![insert("user", "two", &values)]).unwrap();
        // `email` is no longer unique.
        write(store, "three", 2, vec![insert("user", "three", &[("email", Value::text("b@x.example"))])]).unwrap();
        assert_eq!(store.view().unwrap().get("user", id("two")).unwrap().unwrap().get("order"), &Value::Int(7));
        let report = store.read(|tx| tx.query("SELECT name, \"order\" FROM v_user WHERE name = 'Ben'", &[])).unwrap();
        assert_eq!(report.len(), 1);
        let secret = store.read(|tx| tx.query("SELECT password FROM v_user", &[]));
        assert!(matches!(secret, Err(DbError::Sql(_))));
        assert_eq!(store.load_tables().unwrap().len(), 3);
    }

    fn a_field_that_changes_its_kind_is_refused_even_after_it_was_removed(store) {
        let table = |kind: &str| json!([{"name": "asset", "display": "created_at", "fields": [
            {"name": "cost", "kind": kind}]}]);
        define(store, "first", table("integer")).unwrap();
        define(store, "gone", json!([{"name": "asset", "display": "created_at", "fields": []}])).unwrap();
        let error = define(store, "other", table("text")).unwrap_err();
        let clash = StoreError::KindClash {
            root: "asset".to_owned(), field: "cost".to_owned(), old: "a whole number", new: "a text",
        };
        assert_eq!(error.to_string(), clash.to_string());
        define(store, "again", table("integer")).unwrap();
        let two = json!([{"name": "car", "extends": "asset", "display": "cost", "fields": [{"name": "x", "kind": "text"}]},
            {"name": "desk", "extends": "asset", "display": "cost", "fields": [{"name": "x", "kind": "boolean"}]}]);
        assert!(define(store, "siblings", two).unwrap_err().to_string().contains("`asset.x`"));
    }

    fn a_table_named_like_one_of_the_system_clashes_with_nothing(store) {
        let named = json!([{"name": "change", "display": "group", "fields": [
            {"name": "group", "kind": "string"}, {"name": "id", "kind": "integer"}, {"name": "table_name", "kind": "text"}]}]);
        define(store, "named", named).unwrap();
        write(store, "x", 1, vec![insert("change", "x", &[("group", Value::text("g")), ("id", Value::Int(3))])]).unwrap();
        assert_eq!(store.view().unwrap().get("change", id("x")).unwrap().unwrap().get("id"), &Value::Int(3));
    }

    fn a_unit_that_fails_leaves_nothing_and_the_next_works(store) {
        let failed = store.write(|tx| {
            tx.execute("INSERT INTO meta (name, value) VALUES ('half', 'x')", &[])?;
            tx.query(BROKEN, &[])?;
            Ok::<_, StoreError>(())
        });
        assert!(matches!(failed, Err(StoreError::Db(DbError::Sql(_)))), "{failed:?}");
        assert_eq!(store.meta("half").unwrap(), None);
        remember(store, "whole").unwrap();
        assert_eq!(store.meta("whole").unwrap().as_deref(), Some("x"));
    }

    fn a_unit_whose_error_is_swallowed_is_never_half_kept(store) {
        let outcome = store.write(|tx| {
            tx.execute("INSERT INTO meta (name, value) VALUES ('a', 'x')", &[])?;
            let _ = tx.query(BROKEN, &[]);
            Ok::<_, StoreError>(())
        });
        // SQLite goes on after a refused statement, PostgreSQL does not: what counts is that the answer is true.
        assert_eq!(store.meta("a").unwrap().is_some(), outcome.is_ok());
    }

    fn a_batch_runs_in_order_and_says_at_which_place_it_touched_too_few_rows(store) {
        bounds::batch(store);
    }

    fn more_questions_than_are_sent_at_once_are_answered_in_their_order(store) {
        bounds::questions(store);
    }

    fn each_read_is_a_moment_of_its_own(store) {
        bounds::moments(store);
    }

    fn a_unit_that_others_get_in_the_way_of_is_run_again_so_often_and_no_more(store) {
        bounds::tries(store);
    }

    fn more_statements_than_are_kept_prepared_still_work(store) {
        bounds::statements(store);
    }

    fn as_many_views_as_there_are_connections_live_at_once_and_the_next_waits_for_one(store) {
        bounds::connections(store);
    }

    fn decisions_read_what_became_of_mails(store) {
        mail::check(store);
    }

    fn nothing_of_a_mail_is_seen_before_it_was(store) {
        mail::check_past(store);
    }

    fn a_thread_names_its_first_and_last_mails_however_many_there_are(store) {
        mail::check_thread(store);
    }

    fn concurrent_units_that_read_what_the_other_writes_are_as_if_they_ran_alone(store) {
        remember(store, "counter").unwrap();
        store.write(|tx| tx.execute("UPDATE meta SET value = '0' WHERE name = 'counter'", &[])).unwrap();
        let threads: Vec<_> = (0..4).map(|_| {
            let store = Store::clone(store);
            std::thread::spawn(move || for _ in 0..10 { raise(&store); })
        }).collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(store.meta("counter").unwrap().as_deref(), Some("40"));
    }

    fn a_view_is_one_moment(store) {
        desk(store);
        write(store, "one", 1, vec![insert("task", "one", &[("subject", Value::text("one"))])]).unwrap();
        let view = store.view().unwrap();
        assert_eq!(subjects(&view, Condition::always()).len(), 1);
        write(store, "two", 2, vec![insert("task", "two", &[("subject", Value::text("two"))])]).unwrap();
        assert_eq!(subjects(&view, Condition::always()).len(), 1);
        assert_eq!(subjects(&store.view().unwrap(), Condition::always()).len(), 2);
    }

    fn the_past_is_read_by_undoing_what_changed_since(store) {
        past::check(store);
    }

    fn more_changes_than_are_undone_are_an_error_that_says_so(store) {
        desk(store);
        store.write(|tx| {
            tx.execute(
                "INSERT INTO change (record_id, sequence, record_table, at, operation, actor_label, cause_kind, \
                 cause_id) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
                 SELECT '00000000000000000000000000000001', i, 'nowhere', 100 + i, 'update', 'x', 'request', 'x' FROM n",
                &[(i64::from(AS_OF_CHANGES_MAX) + 1).into()],
            )
        }).unwrap();
        let moment = rejoinder_engine::time::Timestamp::from_micros;
        assert!(store.view_as_of(moment(101)).is_ok());
        let error = store.view_as_of(moment(100)).err().unwrap();
        assert!(matches!(error, StoreError::TooFarBack(AS_OF_CHANGES_MAX)));
    }

    fn bytes_are_kept_once_compressed_or_not(store) {
        for length in [0, COMPRESS_BYTES_MIN - 1, COMPRESS_BYTES_MIN, 100_000] {
            let bytes = vec![b'x'; length];
            let digest = store.put_blob(&bytes).unwrap();
            assert_eq!(store.put_blob(&bytes).unwrap(), digest);
            assert_eq!(store.blob(&digest).unwrap(), Some(bytes));
        }
        let rows = store.read(|tx| tx.query("SELECT encoding FROM blob ORDER BY size", &[])).unwrap();
        let encodings: Vec<String> = rows.iter().map(|row| row.text(0).unwrap()).collect();
        assert_eq!(encodings, ["raw", "raw", "zstd", "zstd"]);
        assert_eq!(store.blob("0").unwrap(), None);
    }

    fn bytes_that_are_not_what_their_digest_says_are_an_error(store) {
        let digest = store.put_blob(b"as it was").unwrap();
        let other = b"tampered!".to_vec();
        store.write(move |tx| tx.execute("UPDATE blob SET bytes = ?1", &[other.clone().into()])).unwrap();
        assert!(matches!(store.blob(&digest), Err(StoreError::Corrupt(_))));
    }

    fn the_content_hash_changes_with_every_write_and_with_no_read(store) {
        desk(store);
        let before = store.content_hash().unwrap();
        write(store, "one", 1, vec![insert("task", "one", &[("subject", Value::text("one"))])]).unwrap();
        let after = store.content_hash().unwrap();
        assert_ne!(before, after);
        let view = store.view().unwrap();
        assert_eq!(subjects(&view, subject_is("one")).len(), 1);
        assert!(view.known_mail("x@y").unwrap().is_none());
        assert!(view.thread(&key("task", "one"), "a@b").unwrap().last.is_empty());
        drop(view);
        store.signing_keys().unwrap();
        assert_eq!(store.content_hash().unwrap(), after);
    }

    fn the_newest_signing_key_signs_and_the_others_are_kept(store) {
        let generation = store.configuration_generation().unwrap();
        store.add_signing_key("k1", b"secret one", at(1)).unwrap();
        store.add_signing_key("k2", b"secret two", at(2)).unwrap();
        let keys = store.signing_keys().unwrap();
        assert_eq!(keys[0].retired_at, Some(at(2)));
        assert_eq!((keys[1].id.as_str(), keys[1].retired_at), ("k2", None));
        assert_eq!(keys[1].secret, b"secret two");
        assert!(!format!("{keys:?}").contains("secret: ["));
        assert_eq!(store.configuration_generation().unwrap(), generation + 2);
    }

    fn a_newer_schema_is_refused(store) {
        store.write(|tx| tx.execute("INSERT INTO schema_version (number, name) VALUES (9999, 'later')", &[])).unwrap();
        let error = second_open(store).err().unwrap();
        assert!(matches!(error, StoreError::NewerSchema { found: 9999, .. }), "{error:?}");
    }
}

/// Opens the database again: a copy of the file where a second process would be locked out.
fn second_open(store: &Backend) -> Result<Store, StoreError> {
    let target = match &store.target {
        Target::Postgres(url) => Target::Postgres(url.clone()),
        Target::Sqlite(path) => {
            let copy = path.with_extension("copy");
            let text = copy.to_str().unwrap().to_owned();
            rusqlite::Connection::open(path).unwrap().execute("VACUUM INTO ?1", [text]).unwrap();
            Target::Sqlite(copy)
        }
    };
    Store::open(&target, &OpenOptions::default())
}

fn raise(store: &Store) {
    loop {
        let raised = store.write(|tx| {
            let rows = tx.query("SELECT value FROM meta WHERE name = 'counter'", &[])?;
            let next = rows[0].text(0)?.parse::<i64>().unwrap() + 1;
            tx.execute("UPDATE meta SET value = ?1 WHERE name = 'counter'", &[next.to_string().into()])?;
            Ok::<_, DbError>(())
        });
        match raised {
            Ok(()) => return,
            Err(DbError::Retry(_)) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// Every kind that has a column.
const KINDS: [(&str, Kind); 17] = [
    ("string", Kind::String),
    ("text", Kind::Text),
    ("html", Kind::Html),
    ("email", Kind::Email),
    ("number", Kind::Number),
    ("choice", Kind::Choice),
    ("integer", Kind::Integer),
    ("decimal", Kind::Decimal),
    ("boolean", Kind::Boolean),
    ("datetime", Kind::Datetime),
    ("date", Kind::Date),
    ("duration", Kind::Duration),
    ("url", Kind::Url),
    ("reference", Kind::Reference),
    ("references", Kind::ReferenceList),
    ("texts", Kind::TextList),
    ("json", Kind::Json),
];

fn field(name: &str, kind: Kind) -> serde_json::Value {
    json!({"name": name, "kind": kind})
}

/// A value of each kind.
fn samples(which: u64) -> BTreeMap<&'static str, Value> {
    let random = &mut parity::Random(which + 1);
    let mut some =
        |kind| std::iter::repeat_with(|| parity::value(kind, random)).find(|value| !value.is_null()).unwrap();
    KINDS.iter().map(|(name, kind)| (*name, some(*kind))).collect()
}

#[path = "database/bounds.rs"]
mod bounds;
#[path = "database/mail.rs"]
mod mail;
#[path = "database/parity.rs"]
mod parity;
#[path = "database/past.rs"]
mod past;
#[path = "database/sqlite.rs"]
mod sqlite;
