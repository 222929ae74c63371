//! The records as they were: inserted, changed, moved by reference and removed since.

use rejoinder_engine::condition::{Condition, Operator, Step};
use rejoinder_engine::plan::RecordOp;
use rejoinder_engine::record::Fields;
use rejoinder_engine::value::{Kind, Value};
use rejoinder_engine::view::View;
use rejoinder_store::Store;

use super::{at, desk, id, insert, key, subject_is, subjects, write};

fn fields(subject: &str) -> Fields {
    [("subject".to_owned(), Value::text(subject))].into()
}

fn update(label: &str, version: i64, old: Fields, new: Fields) -> RecordOp {
    RecordOp::Update { key: key("task", label), version, old, new }
}

/// Second 1: `a`, `b`. Second 2: `a` is renamed and gets a weight. Second 3: `b` is removed, `c` comes. Second 4: the
/// caller of `a` is renamed.
fn history(store: &Store) {
    desk(store);
    let caller = ("caller", Value::Ref(id("anna")));
    let inserts = vec![
        insert("user", "anna", &[("name", Value::text("Anna"))]),
        insert("task", "a", &[("subject", Value::text("a1")), caller]),
        insert("incident", "b", &[("subject", Value::text("b1"))]),
    ];
    write(store, "1", 1, inserts).unwrap();
    let mut new = fields("a2");
    new.insert("weight".to_owned(), Value::Int(5));
    write(store, "2", 2, vec![update("a", 1, fields("a1"), new)]).unwrap();
    let gone = RecordOp::Delete { key: key("incident", "b"), version: 1, old: fields("b1") };
    write(store, "3", 3, vec![gone, insert("task", "c", &[("subject", Value::text("c1"))])]).unwrap();
    let name = |name: &str| -> Fields { [("name".to_owned(), Value::text(name))].into() };
    let renamed =
        RecordOp::Update { key: key("user", "anna"), version: 1, old: name("Anna"), new: name("Berta") };
    write(store, "4", 4, vec![renamed]).unwrap();
}

fn caller_is(name: &str) -> Condition {
    let mut condition = Condition::clause("name", Kind::String, Operator::Is, vec![Value::text(name)]);
    if let Condition::Clause(clause) = &mut condition {
        let step = Step { field: "caller".to_owned(), kind: Kind::Reference, table: Some("user".to_owned()) };
        clause.path.insert(0, step);
    }
    condition
}

pub(crate) fn check(store: &Store) {
    history(store);
    let expected: [(i64, &[&str]); 5] =
        [(0, &[]), (1, &["a1", "b1"]), (2, &["a2", "b1"]), (3, &["a2", "c1"]), (4, &["a2", "c1"])];
    for (second, all) in expected {
        let past = store.view_as_of(at(second)).unwrap();
        assert_eq!(subjects(&past, Condition::always()), all, "second {second}");
    }

    let first = store.view_as_of(at(1)).unwrap();
    let a = first.get("task", id("a")).unwrap().unwrap();
    assert_eq!((a.version, a.text("subject"), a.get("weight")), (1, "a1", &Value::Null));
    let b = first.get("incident", id("b")).unwrap().unwrap();
    assert_eq!((b.version, b.table.as_str()), (1, "incident"));
    assert!(first.get("task", id("c")).unwrap().is_none());
    assert_eq!(subjects(&first, subject_is("a1")), ["a1"]);
    assert!(subjects(&first, subject_is("a2")).is_empty());

    // A reference leads to the past too, though the record that holds it did not change since.
    let third = store.view_as_of(at(3)).unwrap();
    assert_eq!(subjects(&third, caller_is("anna")), ["a2"]);
    assert!(subjects(&third, caller_is("berta")).is_empty());
    assert_eq!(subjects(&store.view().unwrap(), caller_is("berta")), ["a2"]);
}
