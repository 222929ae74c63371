//! Queries drawn at random: their text says the same, and their normal form means the same.

use std::collections::BTreeMap;

use rejoinder_engine::condition::Clause;
use rejoinder_engine::condition::encoded::{EncodedError, Query, normal, same_names, write};
use rejoinder_engine::condition::eval::{Subject, evaluate};
use rejoinder_engine::condition::source::{Apart, Asked, Given, Related, Source, Special};
use rejoinder_engine::condition::{Dynamic, Length, Operator, Part, Period, Takes, Unit};
use rejoinder_engine::dictionary::{Dictionary, Table};
use rejoinder_engine::value::Value;
use serde_json::json;

use super::{BOTH, read};

/// A small generator (xorshift64*): the same queries in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % end as u64).unwrap()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

fn text(random: &mut Random) -> String {
    const PIECES: [&str; 24] = [
        "a",
        "b",
        "1",
        " ",
        "^",
        "^^",
        "@",
        ",",
        "(",
        ")",
        "{",
        "}",
        "=",
        "<",
        "IN",
        "OR",
        "NQ",
        "ORDERBY",
        "ж",
        "'",
        "javascript:",
        "ISEMPTY",
        "_FIELD",
        "",
    ];
    (0..random.below(5)).map(|_| random.pick(&PIECES)).collect()
}

fn given(random: &mut Random, operator: Operator) -> Given {
    let length = Length { amount: u32::try_from(random.below(100)).unwrap(), unit: random.pick(&Unit::ALL) };
    let time = operator.is_ordering() || operator == Operator::On;
    match random.below(9) {
        0 if time => Special::Ago(length).into(),
        1 if time => Special::Ahead(length).into(),
        2 if time || operator == Operator::NotOn => Special::Period(random.pick(&Period::ALL)).into(),
        3 if matches!(
            operator,
            Operator::Is | Operator::IsNot | Operator::Has | Operator::HasNot | Operator::InHierarchy
        ) =>
        {
            Special::Dynamic(random.pick(&[Dynamic::Me, Dynamic::MyGroups])).into()
        }
        4 if operator.is_ordering() && operator != Operator::Between => {
            Special::Field("g.h".to_owned()).into()
        }
        5 if operator != Operator::InstanceOf => Special::Script("gs.now('x, y')".to_owned()).into(),
        _ if matches!(operator, Operator::On | Operator::NotOn) => Given::from("2026-11-23"),
        _ => Given::Text(text(random)),
    }
}

/// How many records are related.
fn number(random: &mut Random, operator: Operator) -> Asked {
    let condition = match random.below(3) {
        0 => None,
        // What is counted is not counted by others in turn.
        _ => Some(source(random, 2))
            .filter(|source| source.clauses().iter().all(|asked| asked.related.is_none()))
            .map(Box::new),
    };
    let related = Some(Related { table: "task".to_owned(), field: "parent".to_owned(), condition });
    let number = |random: &mut Random| Given::Text(random.below(100).to_string());
    let asked = match operator.takes() {
        Takes::Several | Takes::Two => {
            Asked::several("sys_id", operator, vec![number(random), number(random)])
        }
        _ => Asked::one("sys_id", operator, number(random)),
    };
    Asked { related, ..asked }
}

fn asked(random: &mut Random) -> Asked {
    let field = random.pick(&["f", "caller.email", "sys_id", "parent.sys_table", "u_1"]);
    let operator = random.pick(&Operator::ALL);
    if operator.suits_part() && random.below(8) == 0 {
        let number = || Given::from("7");
        let part = Some(random.pick(&Part::ALL));
        let asked = match operator.takes() {
            Takes::Several | Takes::Two => {
                Asked::several(field, operator, vec![number(), Given::from("monday")])
            }
            _ => Asked::one(field, operator, number()),
        };
        return Asked { part, ..asked };
    }
    if operator.suits_part() && random.below(6) == 0 {
        return number(random, operator);
    }
    match operator.takes() {
        Takes::Nothing => Asked::new(field, operator),
        Takes::Field => {
            let unit = (random.below(3) == 0).then(|| random.pick(&Unit::ALL));
            Asked { unit, ..Asked::one(field, operator, Special::Field("other.field".to_owned())) }
        }
        Takes::Distance => {
            let amount = u32::try_from(random.below(100)).unwrap();
            let apart = Apart { amount, unit: random.pick(&Unit::ALL), field: "other.field".to_owned() };
            Asked::one(field, operator, random.pick(&[Special::Before, Special::After])(apart))
        }
        Takes::One => {
            let by = (operator == Operator::InHierarchy).then(|| "parent".to_owned());
            Asked { by, ..Asked::one(field, operator, given(random, operator)) }
        }
        Takes::Two => Asked::several(field, operator, vec![given(random, operator), given(random, operator)]),
        Takes::Several => Asked::several(
            field,
            operator,
            (0..=random.below(3)).map(|_| Given::Text(text(random))).collect(),
        ),
    }
}

fn source(random: &mut Random, depth: usize) -> Source {
    let parts = |random: &mut Random| (0..random.below(4)).map(|_| source(random, depth - 1)).collect();
    match random.below(6) {
        0 | 1 if depth > 0 => Source::All { all: parts(random) },
        2 | 3 if depth > 0 => Source::Any { any: parts(random) },
        4 if depth > 0 => Source::Not { not: Box::new(source(random, depth - 1)) },
        _ => asked(random).into(),
    }
}

#[test]
fn ten_thousand_random_queries_survive_their_text() {
    for dialect in BOTH {
        let mut random = Random(0x5EED);
        let (mut kept, mut without_form) = (0, 0);
        while kept < 10_000 {
            let order =
                (0..random.below(3)).map(|place| (format!("o{place}"), random.below(2) == 0)).collect();
            let group_by = (0..random.below(2)).map(|_| "state".to_owned()).collect();
            let query = Query { source: source(&mut random, 3), order, group_by };
            let text = match write(&query, dialect, &same_names) {
                Ok(text) => text,
                Err(EncodedError::NoForm(_) | EncodedError::TooLarge { .. }) => {
                    without_form += 1;
                    continue;
                }
                Err(error) => panic!("{query:?}: {error}"),
            };
            // Tree to text to tree.
            let again = read(&text, dialect);
            let normal_form = normal(&query.source, dialect).unwrap();
            assert_eq!(again, Query { source: normal_form.clone(), ..query.clone() }, "{text}");
            // The normal form is one: bringing it into it changes nothing.
            assert_eq!(normal(&normal_form, dialect).unwrap(), normal_form, "{text}");
            // Text to tree to text to tree.
            assert_eq!(write(&again, dialect, &same_names).unwrap(), text);
            kept += 1;
        }
        println!("{dialect:?}: {kept} kept, {without_form} without a form");
        assert!(without_form < kept, "{without_form}");
    }
}

/// Values by path, some of them none.
struct Row(BTreeMap<String, Value>);

impl Subject for Row {
    fn count(
        &self,
        _: &rejoinder_engine::condition::Related,
        _: rejoinder_engine::id::Id,
        _: u32,
    ) -> Result<u32, String> {
        Err("a row alone has no others".to_owned())
    }
    fn above(
        &self,
        _: &rejoinder_engine::condition::Hierarchy,
        _: rejoinder_engine::id::Id,
    ) -> Result<Option<rejoinder_engine::id::Id>, String> {
        Err("a row alone has none above".to_owned())
    }
    fn value(&self, clause: &Clause) -> Result<Value, String> {
        Ok(self.0.get(&clause.path_text()).cloned().unwrap_or_default())
    }
    fn old_value(&self, clause: &Clause) -> Result<Option<Value>, String> {
        self.value(clause).map(Some)
    }
}

/// A question about a number, a text or a day, whose answer does not depend on when it is asked.
fn answerable(random: &mut Random) -> Asked {
    let number = |random: &mut Random| Given::from(random.pick(&["1", "2", "3", ""]));
    let operators: Vec<Operator> = Operator::ALL
        .into_iter()
        .filter(|one| one.suits(rejoinder_engine::value::Kind::Integer) && !one.looks_back())
        .collect();
    let operator = random.pick(&operators);
    let field = random.pick(&["one", "two"]);
    match operator.takes() {
        Takes::Nothing => Asked::new(field, operator),
        Takes::Field => Asked::one(field, operator, Special::Field("two".to_owned())),
        Takes::Two | Takes::Distance => Asked::several(field, operator, vec![number(random), number(random)]),
        Takes::Several => Asked::several(field, operator, (0..3).map(|_| number(random)).collect()),
        Takes::One if operator.is_ordering() && random.below(3) == 0 => {
            Asked::one(field, operator, Special::Field("two".to_owned()))
        }
        Takes::One => match random.below(4) {
            0 => {
                let part = random.pick(&[Part::Month, Part::DayOfWeek]);
                let operator = if operator.suits_part() { operator } else { Operator::IsNot };
                Asked { part: Some(part), ..Asked::one("day", operator, random.pick(&["1", "2", "7"])) }
            }
            1 => {
                let operator = random.pick(&[Operator::Contains, Operator::NotContains, Operator::Is]);
                Asked::one("text", operator, random.pick(&["a", "b", "a,b", "^"]))
            }
            _ => Asked::one(field, operator, number(random)),
        },
    }
}

fn answerable_tree(random: &mut Random, depth: usize) -> Source {
    let parts =
        |random: &mut Random| (0..random.below(3)).map(|_| answerable_tree(random, depth - 1)).collect();
    match random.below(5) {
        0 if depth > 0 => Source::All { all: parts(random) },
        1 if depth > 0 => Source::Any { any: parts(random) },
        2 | 3 if depth > 0 => Source::Not { not: Box::new(answerable_tree(random, depth - 1)) },
        _ => answerable(random).into(),
    }
}

#[test]
fn the_normal_form_means_the_same() {
    let tables: Vec<Table> = serde_json::from_value(json!([
        {"name": "user", "display": "text", "fields": [
            {"name": "one", "kind": "integer"}, {"name": "two", "kind": "integer"},
            {"name": "text", "kind": "string"}, {"name": "day", "kind": "date"}]},
    ]))
    .unwrap();
    let dictionary = Dictionary::new(tables).unwrap();
    let mut random = Random(0xFACE);
    let (mut asked, mut held) = (0, 0);
    for _ in 0..3_000 {
        let source = answerable_tree(&mut random, 4);
        for dialect in BOTH {
            let Ok(normal_form) = normal(&source, dialect) else { continue };
            let before = source.check(&dictionary, "user").unwrap();
            let after = normal_form.check(&dictionary, "user").unwrap();
            for _ in 0..8 {
                let mut row = BTreeMap::new();
                let id = rejoinder_engine::id::Seed::new([1; 32])
                    .id("x", rejoinder_engine::time::Timestamp::from_micros(0));
                row.insert("sys_id".to_owned(), Value::Ref(id));
                for field in ["one", "two"] {
                    row.insert(
                        field.to_owned(),
                        random.pick(&[None, Some(1), Some(2), Some(3)]).map_or(Value::Null, Value::Int),
                    );
                }
                row.insert("text".to_owned(), Value::text(random.pick(&["", "a", "a,b", "^"])));
                let day = random.pick(&["", "2026-01-04", "2026-02-03", "2026-07-06"]);
                row.insert("day".to_owned(), Value::parse(rejoinder_engine::value::Kind::Date, day).unwrap());
                let holds = |condition| evaluate(condition, &Row(row.clone())).unwrap().holds();
                assert_eq!(holds(&before), holds(&after), "{source:?} {normal_form:?} {row:?}");
                asked += 1;
                held += usize::from(holds(&before));
            }
        }
    }
    assert!(asked > 30_000 && held > asked / 5 && held < asked / 5 * 4, "{held} of {asked}");
}
