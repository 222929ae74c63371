//! Lists of records in any order, page by page; how many there are; feeds; and what reads may cost.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;
mod plans;

#[path = "record_lists/counts.rs"]
mod counts;
#[path = "record_lists/feeds.rs"]
mod feeds;
#[path = "record_lists/walks.rs"]
mod walks;

use std::cmp::Ordering;
use std::collections::BTreeSet;

use common::both;
use plans::{at, id, key, request};
use rejoinder_engine::condition::{Condition, Operator};
use rejoinder_engine::id::{Id, Seed};
use rejoinder_engine::plan::RecordOp;
use rejoinder_engine::record::{Fields, Record, put};
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::value::{Kind, Value};
use rejoinder_engine::view::View;
use rejoinder_store::{Listed, ORDER_FIELDS_MAX, Page, RecordList, Store, StoreError};

const SORTED: [(&str, Kind); 8] = [
    ("name", Kind::String),
    ("weight", Kind::Integer),
    ("price", Kind::Decimal),
    ("flag", Kind::Boolean),
    ("due", Kind::Datetime),
    ("day", Kind::Date),
    ("owner", Kind::Reference),
    ("created_at", Kind::Datetime),
];
/// Records that are there throughout a walk; orders that are walked.
const KEPT: u64 = 40;
const WALKS: u64 = 25;

/// Repeatable numbers (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % end
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }
}

/// Few different values and often none, so that rows share them.
fn value(kind: Kind, random: &mut Random) -> Value {
    if random.below(4) == 0 {
        return Value::Null;
    }
    let number = random.pick(&[i64::MIN, -1, 0, 1, i64::MAX]);
    match kind {
        Kind::Integer => Value::Int(number),
        Kind::Decimal => Value::Decimal(number),
        Kind::Boolean => Value::Bool(number > 0),
        Kind::Datetime => Value::Time(Timestamp::from_micros(random.pick(&[-1, 0, 1_764_000_000_000_000]))),
        Kind::Date => Value::Date(random.pick(&["0001-01-01", "2026-11-30"]).parse().unwrap()),
        Kind::Reference => Value::Ref(Seed::new([3; 32]).id(random.pick(&["a", "b"]), at(0))),
        _ => Value::text(random.pick(&["a", "B", "b", "Принтер", "принтер ёлка", "\"q\", 'r'?1", "Straße"])),
    }
}

fn define_tables(store: &Store) {
    let mut plan = request("tables", 0);
    plan.tables = serde_json::from_value(serde_json::json!([
        {"name": "user", "display": "name", "fields": [{"name": "name", "kind": "string"}]},
        {"name": "errand", "display": "name", "fields": [
            {"name": "name", "kind": "string", "indexed": true}, {"name": "weight", "kind": "integer"},
            {"name": "price", "kind": "decimal"}, {"name": "flag", "kind": "boolean", "indexed": true},
            {"name": "due", "kind": "datetime"}, {"name": "day", "kind": "date"},
            {"name": "owner", "kind": "reference", "table": "user", "indexed": true},
            {"name": "password", "kind": "string", "secret": true}, {"name": "tags", "kind": "text_list"},
            {"name": "code", "kind": "string", "unique": true},
            {"name": "note", "kind": "journal"}, {"name": "story", "kind": "text"}]},
        {"name": "repair", "extends": "errand", "display": "name", "fields": []},
    ]))
    .unwrap();
    store.apply(&plan).unwrap();
}

fn insert(table: &str, label: &str, random: &mut Random) -> RecordOp {
    let mut fields = Fields::new();
    for (name, kind) in SORTED {
        put(&mut fields, name, value(kind, random));
    }
    RecordOp::Insert { key: key(table, label), fields }
}

fn write(store: &Store, label: &str, records: Vec<RecordOp>) {
    let mut plan = request(label, 1);
    plan.records = records;
    store.apply(&plan).unwrap();
}

fn remove(store: &Store, label: &str, record: &Record) {
    let delete = RecordOp::Delete { key: record.key(), version: record.version, old: record.fields.clone() };
    write(store, label, vec![delete]);
}

fn order_of(random: &mut Random) -> Vec<(String, bool)> {
    let mut order: Vec<(String, bool)> = Vec::new();
    for _ in 0..random.below(ORDER_FIELDS_MAX as u64 + 1) {
        let (name, _) = random.pick(&SORTED);
        if order.iter().all(|(known, _)| known != name) {
            order.push((name.to_owned(), random.below(2) == 0));
        }
    }
    order
}

fn narrowed(random: &mut Random) -> Condition {
    match random.below(3) {
        0 => Condition::always(),
        1 => Condition::clause("flag", Kind::Boolean, Operator::IsNot, vec![Value::Bool(true)]),
        _ => Condition::clause("weight", Kind::Integer, Operator::LessThan, vec![Value::Int(i64::MAX)]),
    }
}

/// Walks a list to its end while other rows come and go; what it saw.
fn walk(store: &Store, list: &mut RecordList, kept: &[Record], random: &mut Random) -> Vec<Record> {
    let mut seen: Vec<Record> = Vec::new();
    for round in 0_u64.. {
        list.page.limit = u32::try_from(1 + random.below(7)).unwrap();
        let listed = store.records(list).unwrap();
        seen.extend(listed.items);
        let Some(next) = listed.next else { break };
        list.page.after = Some(next);
        let label = format!("{} {round}", random.below(u64::MAX));
        if round < KEPT {
            write(store, &label, vec![insert("repair", &label, random)]);
        }
        // Also the very row that the cursor names, unless it is one that must be seen.
        if let Some(last) = seen.last()
            && kept.iter().all(|one| one.id != last.id)
        {
            remove(store, &format!("without {label}"), last);
        }
    }
    list.page.after = None;
    seen
}

fn list(order: &[(&str, bool)]) -> RecordList {
    let order = order.iter().map(|(field, descending)| ((*field).to_owned(), *descending)).collect();
    RecordList { order, ..RecordList::newest("errand", Condition::always(), Page::default()) }
}

fn fill(store: &Store, count: u64) -> Vec<Record> {
    define_tables(store);
    let random = &mut Random(0x5EED);
    let table = |n: u64| if n.is_multiple_of(3) { "repair" } else { "errand" };
    let rows = (0..count).map(|n| insert(table(n), &format!("kept {n}"), random)).collect();
    write(store, "kept", rows);
    let view = store.view().unwrap();
    (0..count).map(|n| view.get("errand", id(&format!("kept {n}"))).unwrap().unwrap()).collect()
}

both! {
    fn pages_of_any_order_give_each_row_once_and_in_order_while_others_come_and_go(store) {
        let kept = fill(store, KEPT);
        let random = &mut Random(17);
        for _ in 0..WALKS {
            let table = random.pick(&["errand", "repair"]);
            let mut list = RecordList {
                order: order_of(random),
                ..RecordList::newest(table, narrowed(random), Page::default())
            };
            let seen = walk(store, &mut list, &kept, random);
            for pair in seen.windows(2) {
                assert_eq!(list.compare(&pair[0], &pair[1]), Ordering::Less, "{list:?}: {pair:?}");
            }
            let ids: BTreeSet<Id> = seen.iter().map(|record| record.id).collect();
            assert_eq!(ids.len(), seen.len(), "each row once");
            let view = store.view().unwrap();
            let reads = rejoinder_engine::reads::Reads::new(&view, view.dictionary());
            for record in kept.iter().filter(|record| table == "errand" || record.table == table) {
                let wanted = reads.matches(&list.condition, record).unwrap();
                assert_eq!(ids.contains(&record.id), wanted, "{list:?}: {record:?}");
            }
        }
    }

    fn a_list_is_newest_first_where_nothing_is_asked(store) {
        fill(store, 20);
        let seen = store.records(&list(&[])).unwrap().items;
        assert!(seen.windows(2).all(|pair| pair[0].get("created_at").order(pair[1].get("created_at")) != Some(Ordering::Less)));
        assert_eq!(seen, store.records(&list(&[("created_at", true)])).unwrap().items);
    }

    fn a_cursor_of_another_list_or_a_broken_one_is_refused(store) {
        fill(store, 20);
        let first = RecordList { page: Page { after: None, limit: 5 }, ..list(&[("weight", false)]) };
        let Listed { next: Some(cursor), .. } = store.records(&first).unwrap() else { panic!("there are more") };
        let with = |list: RecordList, cursor: &str| {
            store.records(&RecordList { page: Page { after: Some(cursor.to_owned()), limit: 5 }, ..list })
        };
        assert_eq!(with(first.clone(), &cursor).unwrap().items.len(), 5);
        // Fields and the size of a page do not make another list.
        assert!(with(RecordList { fields: Some(vec!["name".to_owned()]), ..first.clone() }, &cursor).is_ok());
        let condition = Condition::clause("flag", Kind::Boolean, Operator::Is, vec![Value::Bool(true)]);
        for other in [
            list(&[("weight", true)]),
            list(&[("price", false)]),
            list(&[]),
            RecordList { table: "repair".to_owned(), ..first.clone() },
            RecordList { condition, ..first.clone() },
        ] {
            assert!(matches!(with(other, &cursor), Err(StoreError::BadCursor)));
        }
        for broken in ["", "1764000000000000.0", &cursor[1..], &cursor[..cursor.len() - 3]] {
            assert!(matches!(with(first.clone(), broken), Err(StoreError::BadCursor)), "{broken}");
        }
    }

    fn an_order_that_cannot_be_had_names_its_field_and_says_why(store) {
        define_tables(store);
        for (order, field, why) in [
            (vec![("password", false)], "password", "it is secret"),
            (vec![("note", false)], "note", "it is a journal, whose entries are in the feed"),
            (vec![("tags", true)], "tags", "lists have no order among themselves"),
            (vec![("story", true)], "story", "its texts may be long"),
            (vec![("name", false), ("nothing", true)], "nothing", "the table has no such field"),
            (vec![("name", false), ("name", true)], "name", "it is named twice"),
            (
                [("name", false), ("flag", true), ("due", true), ("day", true)][..=ORDER_FIELDS_MAX].to_vec(),
                "day",
                "at most three fields are sorted by",
            ),
        ] {
            match store.records(&list(&order)) {
                Err(StoreError::BadOrder { field: named, why: said }) => assert_eq!((named.as_str(), said), (field, why)),
                other => panic!("{order:?}: {other:?}"),
            }
        }
    }

    fn only_the_fields_that_are_asked_for_are_read(store) {
        let kept = fill(store, 10);
        let some = RecordList {
            fields: Some(vec!["name".to_owned(), "owner".to_owned()]),
            page: Page { after: None, limit: 3 },
            ..list(&[("weight", true)])
        };
        let all = RecordList { fields: None, ..some.clone() };
        let (some, all) = (store.records(&some).unwrap(), store.records(&all).unwrap());
        assert_eq!(some.next, all.next, "the cursor needs what it is sorted by");
        for (part, whole) in some.items.iter().zip(&all.items) {
            let mut expected = whole.clone();
            expected.fields.retain(|name, _| name == "name" || name == "owner");
            assert_eq!(*part, expected);
        }
        assert!(kept.iter().any(|record| record.fields.contains_key("weight")));
    }

    fn what_people_call_records_by_is_read_at_once(store) {
        let kept = fill(store, 10);
        let ids: BTreeSet<Id> = kept.iter().map(|record| record.id).chain([id("nobody")]).collect();
        let view = store.view().unwrap();
        let named = view.named(&[("errand", ids.clone())].into()).unwrap().remove("errand").unwrap();
        assert_eq!(named.len(), kept.len());
        for one in named {
            let whole = kept.iter().find(|record| record.id == one.id).unwrap();
            assert_eq!((one.get("name"), &one.table), (whole.get("name"), &whole.table));
            assert!(one.fields.len() <= 1, "{one:?}");
        }
        assert_eq!(view.named(&[("repair", ids.clone())].into()).unwrap()["repair"].len(), 4, "only those of the table");
        assert!(view.named(&[("user", ids)].into()).unwrap().is_empty());
    }
}
