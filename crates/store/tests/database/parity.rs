//! The evaluator in memory against the database, over random records: the same rows for every operator and kind,
//! and in the same order.

use std::collections::BTreeSet;

use rejoinder_engine::condition::{Condition, Operator};
use rejoinder_engine::id::Seed;
use rejoinder_engine::plan::RecordOp;
use rejoinder_engine::reads::{Reads, order};
use rejoinder_engine::record::{Fields, Record};
use rejoinder_engine::value::{Kind, Value};
use rejoinder_engine::view::{Query, View};
use rejoinder_store::Store;
use serde_json::json;

use super::{KINDS, at, define, field, key, write};

const ROWS: usize = 120;
const ROUNDS: usize = 12;

/// Texts whose comparison databases are known to get wrong: case beyond ASCII, letters that fold to two, letters
/// with combining marks, parts of one another, wildcards of LIKE, and no text.
const TEXTS: [&str; 28] = [
    "",
    "a",
    "A",
    "ab",
    "%",
    "_",
    "a%b",
    "Принтер",
    "ПРИНТЕР",
    "принтер не печатает",
    "Straße",
    "STRASSE",
    "strasse",
    "İstanbul",
    "istanbul",
    "i\u{307}stanbul",
    "e\u{301}t\u{e9}",
    "\u{e9}te\u{301}",
    "\u{FB01}x",
    "FIX",
    "Ёлка",
    "ёлка",
    "елка",
    "10",
    "9",
    "[\"a\"]",
    "\u{1F600}",
    "ΣΊΣΥΦΟΣ",
];

/// A small generator (xorshift64*): the same rows in every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.next().to_be_bytes()[0]
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// A value of a kind, sometimes none; few different ones, so that they meet.
pub(crate) fn value(kind: Kind, random: &mut Random) -> Value {
    if random.below(6) == 0 {
        return Value::Null;
    }
    let number = random.pick(&[0, 1, -1, 9, 10, 1_000_000, i64::MIN, i64::MAX]);
    // 2025-10-26 02:30 in Berlin occurs twice; these are the two, and the second between them.
    let moment = random.pick(&[1_761_438_600_000_000, 1_761_442_200_000_000, 1_761_440_400_000_000, 0, -1]);
    let reference = Seed::new([3; 32]).id(random.pick(&["a", "b", "c"]), at(0));
    match kind {
        Kind::Integer => Value::Int(number),
        Kind::Decimal => Value::Decimal(number),
        Kind::Boolean => Value::Bool(number > 0),
        Kind::Datetime => Value::Time(rejoinder_engine::time::Timestamp::from_micros(moment)),
        Kind::Date => {
            let days = ["0001-01-01", "2024-02-29", "2025-10-26", "2025-12-31", "2026-01-01", "9999-12-31"];
            Value::Date(random.pick(&days).parse().unwrap())
        }
        Kind::Duration => Value::Duration(rejoinder_engine::duration::Duration::from_seconds(number)),
        Kind::Reference => Value::Ref(reference),
        Kind::ReferenceList | Kind::TextList => {
            let items = (0..random.below(3)).map(|_| random.pick(&TEXTS[1..]).to_owned());
            let ids = if kind == Kind::ReferenceList { vec![reference.to_string()] } else { Vec::new() };
            Value::list(items.chain(ids).collect())
        }
        _ => Value::text(random.pick(&TEXTS)),
    }
}

/// Defines the table and fills it; its records as the evaluator sees them.
fn fill(store: &Store) -> Vec<Record> {
    let fields: Vec<serde_json::Value> = KINDS.iter().map(|(name, kind)| field(name, *kind)).collect();
    define(store, "parity", json!([{"name": "all", "display": "created_at", "fields": fields}])).unwrap();
    let mut random = Random(0x5EED);
    let mut records = Vec::new();
    for row in 0..ROWS {
        let mut fields = Fields::new();
        for (name, kind) in KINDS {
            rejoinder_engine::record::put(&mut fields, name, value(kind, &mut random));
        }
        let key = key("all", &format!("row {row}"));
        records.push(Record { table: key.table.clone(), id: key.id, version: 1, fields });
    }
    let inserts =
        records.iter().map(|record| RecordOp::Insert { key: record.key(), fields: record.fields.clone() });
    write(store, "rows", 1, inserts.collect()).unwrap();
    records
}

fn operands(kind: Kind, operator: Operator, random: &mut Random) -> Vec<Value> {
    let list = matches!(kind, Kind::ReferenceList | Kind::TextList);
    match operator {
        Operator::IsEmpty => vec![],
        Operator::In => (0..3).map(|_| value(kind, random)).collect(),
        Operator::Contains if list => match value(kind, random).items().first() {
            Some(item) => vec![Value::text(item)],
            None => vec![Value::text("a")],
        },
        Operator::Contains | Operator::StartsWith => vec![Value::text(random.pick(&TEXTS[1..]))],
        _ => vec![value(kind, random)],
    }
}

pub(crate) fn check(store: &Store) {
    let records = fill(store);
    let view = store.view().unwrap();
    let reads = Reads::new(&view, view.dictionary());
    let mut random = Random(7);
    let (mut asked, mut held, mut wanted) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (name, kind) in KINDS {
        for operator in Operator::PLAIN.into_iter().filter(|operator| operator.suits(kind)) {
            wanted.insert((operator.word(), name));
            for round in 0..ROUNDS {
                let clause = Condition::clause(name, kind, operator, operands(kind, operator, &mut random));
                let other = Condition::clause(
                    "string",
                    Kind::String,
                    Operator::Is,
                    vec![value(Kind::String, &mut random)],
                );
                let condition = match round % 4 {
                    0 => clause,
                    1 => Condition::Not(Box::new(clause)),
                    2 => Condition::All(vec![Condition::Not(Box::new(other)), clause]),
                    _ => Condition::Any(vec![other, clause]),
                };
                let mut in_memory: Vec<_> = records
                    .iter()
                    .filter(|record| reads.matches(&condition, record).unwrap())
                    .map(|record| record.id)
                    .collect();
                in_memory.sort();
                let found = view.query(&Query::new("all", condition.clone())).unwrap();
                let in_database: Vec<_> = found.iter().map(|record| record.id).collect();
                assert_eq!(in_database, in_memory, "{condition:?}");
                asked.insert((operator.word(), name));
                if !in_memory.is_empty() && in_memory.len() < ROWS {
                    held.insert((operator.word(), name));
                }
            }
        }
    }
    println!("evaluator parity: {} of {} operators × kinds", asked.len(), wanted.len());
    assert_eq!(asked, wanted);
    // A comparison that selects all or nothing in every round would prove little.
    assert_eq!(held, wanted);
}

pub(crate) fn check_order(store: &Store) {
    let records = fill(store);
    let view = store.view().unwrap();
    for (first, _) in KINDS {
        for descending in [false, true] {
            let query = Query {
                order: vec![(first.to_owned(), descending), ("integer".to_owned(), !descending)],
                ..Query::new("all", Condition::always())
            };
            let mut in_memory = records.clone();
            in_memory.sort_by(|a, b| order(&query, a, b));
            assert_eq!(view.query(&query).unwrap(), in_memory, "{first} {descending}");
        }
    }
}
