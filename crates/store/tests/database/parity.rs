//! The evaluator in memory against the database, over random records: the same rows for every operator and kind,
//! and in the same order.

use std::collections::BTreeSet;

use rejoinder_engine::condition::source::{Apart, Asked, Given, Related, Source, Special};
use rejoinder_engine::condition::{
    Condition, Dynamic, Length, Occasion, Operator, PARTS_END, Part, Period, Takes, Unit, WeekStart, resolve,
};
use rejoinder_engine::dictionary::Dictionary;
use rejoinder_engine::id::{Id, Seed};
use rejoinder_engine::plan::RecordOp;
use rejoinder_engine::reads::{Reads, order};
use rejoinder_engine::record::{Fields, Record};
use rejoinder_engine::time::{DAY, HOUR, MINUTE, Timestamp};
use rejoinder_engine::value::{Kind, Value};
use rejoinder_engine::view::{Query, View};
use rejoinder_store::Store;
use serde_json::json;

use super::{KINDS, at, define, field, key, write};

const ROWS: usize = 60;
const ROUNDS: usize = 6;

/// Noon in UTC of the day on which the clock is put back in Berlin.
const NOW: Timestamp = Timestamp::from_micros(1_761_480_000_000_000);

/// Zones in which the clock is put back and forward, those that lie between whole hours, and one that left out a day.
const ZONES: [&str; 6] =
    ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"];

const URLS: [&str; 5] = [
    "https://example.com/a",
    "HTTPS://EXAMPLE.com/A",
    "https://пример.рф/Straße",
    "mailto:anna@example.com",
    "http://example.com/%",
];

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

/// A moment: those that databases and calendars are known to get wrong, and many around now.
fn moment(random: &mut Random) -> Timestamp {
    // 2025-10-26 02:30 in Berlin occurs twice; these are the two, and the second between them.
    let known =
        [1_761_438_600_000_000, 1_761_442_200_000_000, 1_761_440_400_000_000, 0, -1, i64::MIN, i64::MAX];
    match random.below(4) {
        0 => Timestamp::from_micros(random.pick(&known)),
        1 => random.pick(&[PARTS_END.plus(-1), PARTS_END, NOW.plus(DAY * 36_500), NOW.plus(-DAY * 50_000)]),
        2 => NOW.plus(DAY * 97 * (i64::from(random.byte()) - 128)),
        _ => NOW.plus(HOUR / 2 * (i64::from(random.byte()) - 128)),
    }
}

/// A value of a kind, sometimes none; few different ones, so that they meet.
pub(crate) fn value(kind: Kind, random: &mut Random) -> Value {
    if random.below(6) == 0 {
        return Value::Null;
    }
    let number = random.pick(&[0, 1, -1, 9, 10, 1_000_000, i64::MIN, i64::MAX]);
    match kind {
        Kind::Integer => Value::Int(number),
        Kind::Decimal => Value::Decimal(number),
        Kind::Boolean => Value::Bool(number > 0),
        Kind::Datetime => Value::Time(moment(random)),
        Kind::Date => {
            let days = ["0001-01-01", "2024-02-29", "2025-10-26", "2025-10-31", "2026-01-01", "9999-12-31"];
            let near = NOW.plus(DAY * (i64::from(random.byte()) - 128)).local("UTC");
            let text =
                if random.below(2) == 0 { random.pick(&days).to_owned() } else { near[..10].to_owned() };
            Value::Date(text.parse().unwrap())
        }
        Kind::Duration => Value::Duration(rejoinder_engine::duration::Duration::from_seconds(number)),
        Kind::Url => Value::text(random.pick(&URLS)),
        Kind::Reference => Value::Ref(reference(random)),
        Kind::ReferenceList | Kind::TextList => {
            let ids =
                if kind == Kind::ReferenceList { vec![reference(random).to_string()] } else { Vec::new() };
            let items = (0..random.below(3)).map(|_| random.pick(&TEXTS[1..]).to_owned());
            Value::list(items.chain(ids).collect())
        }
        _ => Value::text(random.pick(&TEXTS)),
    }
}

/// A moment or day near another, at the edges of units; other values as they are.
fn beside(value: &Value, random: &mut Random) -> Value {
    let amount = i64::from(random.pick(&[1, 3, 12]));
    let ends = [0, 1, -1, MINUTE, -MINUTE];
    match value {
        Value::Time(at) if at.micros().unsigned_abs() < PARTS_END.micros().unsigned_abs() / 2 => {
            let length = random.pick(&[MINUTE, HOUR, DAY, 7 * DAY, 31 * DAY, 30 * DAY, 365 * DAY]);
            let length = if random.below(2) == 0 { length } else { -length };
            Value::Time(at.plus(length * amount + random.pick(&ends)))
        }
        Value::Date(day) if ("0010".."9990").contains(&day.to_string().as_str()) => {
            let at = Timestamp::parse(&format!("{day}T00:00:00Z")).unwrap();
            let days = random.pick(&[1, -1, 7, -7, 28, -28, 31, -31, 365, -366]);
            Value::Date(at.plus(days * amount * DAY).local("UTC")[..10].parse().unwrap())
        }
        other => other.clone(),
    }
}

/// The ids of a few rows, and one of none.
fn reference(random: &mut Random) -> Id {
    match random.below(6) {
        0 => Seed::new([3; 32]).id("nowhere", at(0)),
        row => key("all", &format!("row {row}")).id,
    }
}

/// The name of the second field of a kind, with which the first is compared.
fn twin(name: &str) -> String {
    format!("other_{name}")
}

/// Defines the tables and fills them; the records as the evaluator sees them.
fn fill(store: &Store) -> Vec<Record> {
    let of = |name: &str, kind: Kind| match kind {
        Kind::Reference | Kind::ReferenceList => json!({"name": name, "kind": kind, "table": "user"}),
        _ => field(name, kind),
    };
    let fields: Vec<serde_json::Value> =
        KINDS.iter().flat_map(|(name, kind)| [of(name, *kind), of(&twin(name), *kind)]).collect();
    let indexed = json!({"name": "indexed", "kind": "string", "indexed": true});
    let tables = json!([
        {"name": "all", "display": "string", "fields": fields},
        {"name": "user", "extends": "all", "display": "string", "fields": [indexed]},
        {"name": "group", "extends": "user", "display": "string", "fields": []},
        {"name": "special", "extends": "user", "display": "string", "fields": []},
    ]);
    define(store, "parity", tables).unwrap();
    let mut random = Random(0x5EED);
    let mut records = Vec::new();
    for row in 0..ROWS {
        let mut fields = Fields::new();
        for (name, kind) in KINDS {
            let own = value(kind, &mut random);
            // Often enough the same, so that equal ones are found.
            let other = match random.below(5) {
                0 => own.clone(),
                1 => beside(&own, &mut random),
                _ => value(kind, &mut random),
            };
            rejoinder_engine::record::put(&mut fields, name, own);
            rejoinder_engine::record::put(&mut fields, &twin(name), other);
        }
        let table = ["user", "user", "all", "special"][row % 4];
        let key = key("all", &format!("row {row}"));
        records.push(Record { table: table.to_owned(), id: key.id, version: 1, fields });
    }
    let inserts =
        records.iter().map(|record| RecordOp::Insert { key: record.key(), fields: record.fields.clone() });
    write(store, "rows", 1, inserts.collect()).unwrap();
    records
}

/// The text of a value of a kind, as somebody writes it into a condition.
fn written(kind: Kind, random: &mut Random) -> Given {
    let readable = |value: &Value| Value::parse(kind, &value.plain()).as_ref() == Ok(value);
    let some = std::iter::repeat_with(|| value(kind, random)).find(readable);
    Given::Text(some.unwrap().plain())
}

/// An operand that is asked by order: a value, a period, a day, a time from now, another field.
fn in_order(name: &str, kind: Kind, operator: Operator, random: &mut Random) -> Given {
    let in_time = matches!(kind, Kind::Datetime | Kind::Date);
    let length = Length { amount: u32::try_from(random.below(40)).unwrap(), unit: random.pick(&Unit::ALL) };
    let on = matches!(operator, Operator::On | Operator::NotOn);
    match random.below(6) {
        0 if in_time => Special::Period(random.pick(&Period::ALL)).into(),
        1 if in_time => Special::Ago(length).into(),
        2 if in_time => Special::Ahead(length).into(),
        3 if in_time => match written(Kind::Date, random) {
            Given::Text(day) if !day.is_empty() => Given::Text(day),
            _ => Given::from("2025-10-26"),
        },
        4 if !on && operator != Operator::Between => other(name, random),
        _ if on => Given::from("2025-10-26"),
        _ => written(kind, random),
    }
}

/// The units by which two values of a kind are compared.
fn units(kind: Kind) -> Option<&'static [Unit]> {
    match kind {
        Kind::Datetime => Some(&Unit::ALL),
        Kind::Date => Some(&Unit::ALL[2..]),
        _ => None,
    }
}

/// The twin of a field, its own or that of a record that it refers to.
fn other(name: &str, random: &mut Random) -> Given {
    let way = random.pick(&["", "reference.", "other_reference.reference."]);
    Special::Field(format!("{way}{}", twin(name))).into()
}

fn asked(name: &str, kind: Kind, operator: Operator, random: &mut Random) -> Asked {
    let list = matches!(kind, Kind::ReferenceList | Kind::TextList);
    let part = |random: &mut Random| match value(kind, random).items().first() {
        Some(item) => Given::Text(item.clone()),
        None => Given::from(random.pick(&TEXTS[1..])),
    };
    let dynamic = Special::Dynamic(random.pick(&[Dynamic::Me, Dynamic::MyGroups]));
    match (operator, operator.takes()) {
        (_, Takes::Nothing) => Asked::new(name, operator),
        (_, Takes::Several) => {
            Asked::several(name, operator, (0..3).map(|_| written(kind, random)).collect())
        }
        (_, Takes::Two) => {
            let first = in_order(name, kind, operator, random);
            Asked::several(name, operator, vec![first, in_order(name, kind, operator, random)])
        }
        (_, Takes::Field) => {
            let unit = units(kind).filter(|_| random.below(2) == 0).map(|units| random.pick(units));
            Asked { unit, ..Asked::one(name, operator, other(name, random)) }
        }
        (_, Takes::Distance) => {
            let Given::Special(Special::Field(field)) = other(name, random) else { unreachable!() };
            let amount = random.pick(&[0, 1, 1, 3, 12, 40, 600, 100_000]);
            let apart = Apart { amount, unit: random.pick(units(kind).unwrap()), field };
            let side = random.pick(&[Special::Before, Special::After]);
            Asked::one(name, operator, side(apart))
        }
        (Operator::HasWords, _) => {
            let words = [random.pick(&TEXTS[1..]), random.pick(&TEXTS[..5]), random.pick(&["", "https"])];
            Asked::one(name, operator, words.join(" ").as_str())
        }
        (Operator::InHierarchy, _) => {
            let by = Some(random.pick(&["reference", "other_reference"]).to_owned());
            let root = match random.below(3) {
                0 => dynamic.into(),
                _ => Given::Text(reference(random).to_string()),
            };
            Asked { by, ..Asked::one(name, operator, root) }
        }
        (Operator::InstanceOf, _) => Asked::one(name, operator, random.pick(&["user", "special"])),
        (Operator::Is | Operator::IsNot, _) if kind == Kind::Reference && random.below(3) == 0 => {
            Asked::one(name, operator, dynamic)
        }
        (Operator::Has | Operator::HasNot, _) if kind == Kind::ReferenceList && random.below(3) == 0 => {
            Asked::one(name, operator, dynamic)
        }
        (Operator::Contains | Operator::NotContains | Operator::Has | Operator::HasNot, _) if list => {
            Asked::one(name, operator, part(random))
        }
        (Operator::Contains | Operator::NotContains | Operator::StartsWith | Operator::EndsWith, _) => {
            let texts: &[&str] =
                if kind == Kind::Url { &["https", "HTTPS://e", "/a", "STRASSE", "%"] } else { &TEXTS[1..] };
            Asked::one(name, operator, random.pick(texts))
        }
        (Operator::On | Operator::NotOn, _) => {
            Asked::one(name, operator, in_order(name, kind, operator, random))
        }
        _ if operator.is_ordering() => Asked::one(name, operator, in_order(name, kind, operator, random)),
        _ => Asked::one(name, operator, written(kind, random)),
    }
}

/// A comparison with another field by a unit.
fn by_unit(name: &str, kind: Kind, operator: Operator, unit: Unit, random: &mut Random) -> Asked {
    let mut asked = asked(name, kind, operator, random);
    match &mut asked.value {
        Some(Given::Special(Special::Before(apart) | Special::After(apart))) => apart.unit = unit,
        _ => asked.unit = Some(unit),
    }
    asked
}

/// A part of a field, by a number that it can have.
fn asked_part(name: &str, part: Part, operator: Operator, random: &mut Random) -> Asked {
    let numbers: &[&str] = match part {
        Part::Year => &["2025", "2026", "1970", "1", "9999", "10000"],
        Part::Hour => &["0", "2", "3", "12", "23"],
        Part::DayOfWeek => &["monday", "7", "3"],
        Part::Month => &["january", "10", "12"],
        _ => &["1", "2", "4", "30", "44"],
    };
    let mut given = || Given::from(random.pick(numbers));
    let asked = match operator.takes() {
        Takes::Several | Takes::Two => Asked::several(name, operator, vec![given(), given()]),
        _ => Asked::one(name, operator, given()),
    };
    Asked { part: Some(part), ..asked }
}

/// The number of records that refer to one, all or those that fulfil a condition in their turn.
fn asked_number(path: &str, operator: Operator, random: &mut Random) -> Asked {
    let condition = match random.below(3) {
        0 => None,
        1 => Some(Source::from(asked("datetime", Kind::Datetime, Operator::On, random))),
        _ => Some(Source::Not {
            not: Box::new(asked("string", Kind::String, Operator::SameAs, random).into()),
        }),
    };
    let related = Related {
        table: random.pick(&["all", "user", "special"]).to_owned(),
        field: random.pick(&["reference", "other_reference"]).to_owned(),
        condition: condition.map(Box::new),
    };
    let mut number = || Given::Text(random.pick(&[0, 1, 2, 3, 9]).to_string());
    let asked = match operator.takes() {
        Takes::Several | Takes::Two => Asked::several(path, operator, vec![number(), number()]),
        _ => Asked::one(path, operator, number()),
    };
    Asked { related: Some(related), ..asked }
}

/// The database and the evaluator in memory, over the same records.
struct Both<'a, V: View> {
    view: &'a V,
    reads: Reads<'a>,
    records: Vec<Record>,
}

impl<'a, V: View> Both<'a, V> {
    fn new(view: &'a V, dictionary: &'a Dictionary, records: Vec<Record>) -> Self {
        Self { view, reads: Reads::new(view, dictionary), records }
    }

    /// How many records fulfil the condition in memory; the same ones must in the database.
    fn ask(&self, source: &Source, occasion: &Occasion) -> usize {
        let typed =
            source.check(self.reads.dictionary, "all").unwrap_or_else(|error| panic!("{source:?}: {error}"));
        let condition = resolve(&typed, occasion).into_owned();
        let holds = |record: &&Record| self.reads.matches(&condition, record).unwrap();
        let mut in_memory: Vec<_> = self.records.iter().filter(holds).map(|record| record.id).collect();
        in_memory.sort();
        let found = self.view.query(&Query::new("all", condition.clone())).unwrap();
        let in_database: Vec<_> = found.iter().map(|record| record.id).collect();
        assert_eq!(in_database, in_memory, "{condition:?}");
        in_memory.len()
    }

    /// Asks in several rounds, alone and within groups, and on until it held for some records and not for others;
    /// whether it ever did.
    fn rounds(&self, rounds: usize, random: &mut Random, mut make: impl FnMut(&mut Random) -> Asked) -> bool {
        let mut told_apart = false;
        for round in 0..rounds * 10 {
            if round >= rounds && told_apart {
                break;
            }
            let occasion = Occasion {
                time_zone: random.pick(&ZONES).to_owned(),
                week_start: random.pick(&[WeekStart::Monday, WeekStart::Sunday, WeekStart::Saturday]),
                user: (random.below(4) > 0).then(|| key("all", "row 1").id),
                groups: (0..random.below(3)).map(|row| key("all", &format!("row {}", row + 2)).id).collect(),
                ..Occasion::at(NOW)
            };
            let clause = Source::from(make(random));
            let other = Source::from(Asked::one("string", Operator::Is, written(Kind::String, random)));
            let alone = self.ask(&clause, &occasion);
            told_apart |= alone > 0 && alone < ROWS;
            let not = |part: Source| Source::Not { not: Box::new(part) };
            let within = match round % 3 {
                0 => not(clause),
                1 => Source::All { all: vec![not(other), clause] },
                _ => Source::Any { any: vec![other, clause] },
            };
            self.ask(&within, &occasion);
        }
        told_apart
    }
}

pub(crate) fn check(store: &Store) {
    let records = fill(store);
    let view = store.view().unwrap();
    let both = Both::new(&view, view.dictionary(), records);
    let mut random = Random(7);
    let (mut asked_so, mut told_apart, mut wanted) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (name, kind) in KINDS {
        for operator in
            Operator::ALL.into_iter().filter(|operator| operator.suits(kind) && !operator.looks_back())
        {
            let question = (operator.word(), name.to_owned());
            wanted.insert(question.clone());
            if operator == Operator::Anything
                || both.rounds(ROUNDS, &mut random, |random| asked(name, kind, operator, random))
            {
                told_apart.insert(question.clone());
            }
            asked_so.insert(question);
        }
        for unit in units(kind).unwrap_or_default().iter().copied() {
            for operator in
                [Operator::SameAs, Operator::NotSameAs, Operator::FartherThan, Operator::NearerThan]
            {
                let question = (operator.word(), format!("{name} by {}", unit.word()));
                wanted.insert(question.clone());
                if both.rounds(ROUNDS, &mut random, |random| by_unit(name, kind, operator, unit, random)) {
                    told_apart.insert(question.clone());
                }
                asked_so.insert(question);
            }
        }
        for part in Part::ALL.into_iter().filter(|part| part.suits(kind)) {
            for operator in Operator::ALL.into_iter().filter(|operator| operator.suits_part()) {
                let question = (operator.word(), format!("{} of {name}", part.word()));
                wanted.insert(question.clone());
                if both.rounds(ROUNDS / 3, &mut random, |random| asked_part(name, part, operator, random)) {
                    told_apart.insert(question.clone());
                }
                asked_so.insert(question);
            }
        }
    }
    for operator in [Operator::HasWords, Operator::InHierarchy] {
        for path in ["sys_id", "reference.sys_id", "reference.other_reference"] {
            let question = (operator.word(), path.to_owned());
            wanted.insert(question.clone());
            if both.rounds(ROUNDS, &mut random, |random| asked(path, Kind::Reference, operator, random)) {
                told_apart.insert(question.clone());
            }
            asked_so.insert(question);
        }
    }
    for operator in Operator::ALL.into_iter().filter(|operator| operator.suits_part()) {
        for path in ["sys_id", "reference", "other_reference.reference"] {
            let question = (operator.word(), format!("number related to {path}"));
            wanted.insert(question.clone());
            if both.rounds(ROUNDS, &mut random, |random| asked_number(path, operator, random)) {
                told_apart.insert(question.clone());
            }
            asked_so.insert(question);
        }
    }
    println!("evaluator parity: {} of {} operators × kinds", asked_so.len(), wanted.len());
    assert_eq!(asked_so, wanted);
    // A comparison that selects all or nothing in every round would prove little.
    let vain: Vec<_> = wanted.difference(&told_apart).collect();
    assert_eq!(vain, Vec::<&(&str, String)>::new());
}

/// What the record is, which table it belongs to, and what its references lead to.
pub(crate) fn check_own(store: &Store) {
    let records = fill(store);
    let view = store.view().unwrap();
    let both = Both::new(&view, view.dictionary(), records);
    let mut random = Random(11);
    let row = || Given::Text(key("all", "row 2").id.to_string());
    let occasion = Occasion { user: Some(key("all", "row 1").id), ..Occasion::at(NOW) };
    for (asked, found) in [
        (Asked::one("sys_id", Operator::Is, row()), 1),
        (Asked::one("sys_id", Operator::IsNot, row()), ROWS - 1),
        (Asked::one("sys_id", Operator::InstanceOf, "special"), ROWS / 4),
        (Asked::one("sys_id", Operator::InstanceOf, "user"), ROWS / 4 * 3),
        (Asked::one("sys_table", Operator::Is, "USER"), ROWS / 2),
        (Asked::several("sys_table", Operator::NotIn, vec!["user".into(), "special".into()]), ROWS / 4),
    ] {
        assert_eq!(both.ask(&asked.into(), &occasion), found);
    }
    for path in [
        "reference.sys_id",
        "reference.reference.string",
        "reference.date",
        "reference.texts",
        "reference.sys_table",
    ] {
        let kind = match path {
            "reference.sys_id" => Kind::Reference,
            "reference.date" => Kind::Date,
            "reference.texts" => Kind::TextList,
            "reference.sys_table" => Kind::Choice,
            _ => Kind::String,
        };
        for operator in
            Operator::ALL.into_iter().filter(|operator| operator.suits(kind) && !operator.looks_back())
        {
            if matches!(operator.takes(), Takes::Field | Takes::Distance) {
                continue;
            }
            both.rounds(ROUNDS, &mut random, |random| match asked("string", kind, operator, random) {
                asked if kind == Kind::String || kind == Kind::Choice || !operator.is_ordering() => {
                    Asked { field: path.to_owned(), ..asked }
                }
                _ => Asked::new(path, Operator::IsNotEmpty),
            });
        }
    }
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
