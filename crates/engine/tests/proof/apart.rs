//! Two moments or days side by side, against the calendar of another library call: the evaluator works out places in
//! units and months by whole numbers, the second way moves the moment itself.

use rejoinder_engine::condition::eval::{Subject, evaluate};
use rejoinder_engine::condition::source::{Apart, Asked, Source, Special};
use rejoinder_engine::condition::{Clause, Occasion, Operator, Unit, WeekStart, resolve};
use rejoinder_engine::dictionary::{Dictionary, Table};
use rejoinder_engine::time::{DAY, HOUR, MINUTE, Timestamp};
use rejoinder_engine::value::Value;
use serde_json::json;

use crate::support::verdict;

/// Two values by the name of their field.
struct Two(Value, Value);

impl Subject for Two {
    fn value(&self, clause: &Clause) -> Result<Value, String> {
        Ok(if clause.path_text().ends_with("other") { self.1.clone() } else { self.0.clone() })
    }
    fn count(
        &self,
        _: &rejoinder_engine::condition::Related,
        _: rejoinder_engine::id::Id,
        _: u32,
    ) -> Result<u32, String> {
        Err("a value alone has no others".to_owned())
    }
    fn above(
        &self,
        _: &rejoinder_engine::condition::Hierarchy,
        _: rejoinder_engine::id::Id,
    ) -> Result<Option<rejoinder_engine::id::Id>, String> {
        Err("a value alone has none above".to_owned())
    }
    fn old_value(&self, _: &Clause) -> Result<Option<Value>, String> {
        Ok(None)
    }
}

/// A small generator (xorshift64*): the same moments in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> i64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        i64::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % end).unwrap()
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()].clone()
    }
}

fn question(random: &mut Random, day: bool, unit: Unit) -> Asked {
    let (field, other) = if day { ("day", "day_other") } else { ("at", "at_other") };
    let operator =
        random.pick(&[Operator::SameAs, Operator::NotSameAs, Operator::FartherThan, Operator::NearerThan]);
    if matches!(operator, Operator::SameAs | Operator::NotSameAs) {
        return Asked { unit: Some(unit), ..Asked::one(field, operator, Special::Field(other.to_owned())) };
    }
    let amount = random.pick(&[0, 1, 1, 2, 3, 12]);
    let apart = Apart { amount, unit, field: other.to_owned() };
    Asked::one(field, operator, random.pick(&[Special::Before, Special::After])(apart))
}

#[test]
fn places_in_the_calendar_are_those_that_moving_along_it_finds() {
    let kinds = [("at", "datetime"), ("at_other", "datetime"), ("day", "date"), ("day_other", "date")];
    let fields = kinds.map(|(name, kind)| json!({"name": name, "kind": kind}));
    let tables: Vec<Table> =
        serde_json::from_value(json!([{"name": "user", "display": "at", "fields": fields}])).unwrap();
    let dictionary = Dictionary::new(tables).unwrap();
    let mut random = Random(0x5EED);
    let start = Timestamp::parse("2023-12-30T22:30:00Z").unwrap();
    let (mut asked, mut held) = (0, 0);
    for _ in 0..20_000 {
        let unit = random.pick(&Unit::ALL);
        let day = random.below(4) == 0 && !matches!(unit, Unit::Minute | Unit::Hour);
        let one = start.plus(random.below(800) * DAY + random.below(48) * (HOUR / 2));
        let step = random.pick(&[MINUTE, HOUR, DAY, 7 * DAY, 30 * DAY, 31 * DAY, 365 * DAY]);
        let other =
            one.plus(random.pick(&[-3, -2, -1, 0, 1, 2, 3]) * step + random.pick(&[-HOUR, -1, 0, 1, HOUR]));
        let value = |at: Timestamp| {
            if day { Value::Date(at.local("UTC")[..10].parse().unwrap()) } else { Value::Time(at) }
        };
        let source = Source::from(question(&mut random, day, unit));
        let occasion = Occasion {
            time_zone: random.pick(&["UTC", "Europe/Berlin", "America/New_York"]).to_owned(),
            week_start: random.pick(&[WeekStart::Monday, WeekStart::Sunday, WeekStart::Saturday]),
            ..Occasion::at(start)
        };
        let condition = resolve(&source.check(&dictionary, "user").unwrap(), &occasion).into_owned();
        let reason = evaluate(&condition, &Two(value(one), value(other))).unwrap();
        let again = verdict::holds(&serde_json::to_value(&reason).unwrap());
        assert_eq!(reason.holds(), again, "{reason:?}");
        asked += 1;
        held += usize::from(again);
    }
    assert!(held > asked / 10 && held < asked / 10 * 9, "{held} of {asked}");
}
