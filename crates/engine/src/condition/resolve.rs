//! Puts in what depends on the occasion: who asks, when, and in which zone.
//!
//! A pure function, so that the evaluator in memory and SQL are asked the same, and a trace holds what was asked.

use std::borrow::Cow;

use super::period::{Calendar, Relative, kept};
use super::{By, Clause, Condition, Dynamic, Operand, Operator, Other, Part, Range, Related, WeekStart};
use crate::id::Id;
use crate::time::Timestamp;
use crate::value::{Kind, Value};

/// Who asks, when and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// The time of the decision.
    pub now: Timestamp,
    /// The IANA name of the zone in which days begin; an unknown one counts as UTC.
    pub time_zone: String,
    /// The day on which weeks begin.
    pub week_start: WeekStart,
    /// The user who asks; nobody where a decision has none.
    pub user: Option<Id>,
    /// The groups of that user.
    pub groups: Vec<Id>,
}

impl Occasion {
    /// A moment in UTC, with nobody who asks.
    pub fn at(now: Timestamp) -> Self {
        let week_start = WeekStart::default();
        Self { now, time_zone: "UTC".to_owned(), week_start, user: None, groups: Vec::new() }
    }
}

/// The condition with values, other fields and half-open ranges only. Nobody is never `me`: `is me` does not hold
/// without a user, `is_not me` does.
pub fn resolve<'a>(condition: &'a Condition, occasion: &Occasion) -> Cow<'a, Condition> {
    if !condition.is_open() {
        return Cow::Borrowed(condition);
    }
    let calendar = Calendar::new(occasion.now, &occasion.time_zone, occasion.week_start);
    Cow::Owned(Resolver { occasion, calendar }.condition(condition))
}

struct Resolver<'a> {
    occasion: &'a Occasion,
    calendar: Calendar,
}

impl Resolver<'_> {
    fn condition(&self, condition: &Condition) -> Condition {
        let all = |parts: &[Condition]| parts.iter().map(|part| self.condition(part)).collect();
        match condition {
            Condition::All(parts) => Condition::All(all(parts)),
            Condition::Any(parts) => Condition::Any(all(parts)),
            Condition::Not(part) => Condition::Not(Box::new(self.condition(part))),
            Condition::Clause(clause) if clause.is_open() => self.clause(clause),
            Condition::Clause(clause) => Condition::Clause(clause.clone()),
        }
    }

    fn clause(&self, clause: &Clause) -> Condition {
        if clause.part.is_some() {
            return Condition::Clause(self.part(clause.clone()));
        }
        if let Some(Operand::Other(Other::Dynamic(dynamic))) = clause.operands.first() {
            return self.people(clause, *dynamic);
        }
        if let Some(related) = &clause.related {
            let condition = Box::new(self.condition(&related.condition));
            let related = Some(Box::new(Related { condition, ..related.as_ref().clone() }));
            return Condition::Clause(Clause { related, ..clause.clone() });
        }
        if let Some(by) = &clause.by {
            let (zone, week_start) = (Some(self.occasion.time_zone.clone()), self.occasion.week_start);
            return Condition::Clause(Clause {
                by: Some(Box::new(By { zone, week_start, ..by.as_ref().clone() })),
                ..clause.clone()
            });
        }
        let kind = clause.kind();
        let mut words = Vec::new();
        let operands =
            clause.operands.iter().map(|operand| self.operand(clause.operator, kind, operand, &mut words));
        let mut resolved = Clause { operands: operands.collect(), ..clause.clone() };
        resolved.word = Some(words.join(", ")).filter(|word| !word.is_empty());
        Condition::Clause(resolved)
    }

    /// Parts are asked in the zone; whole years become ranges, which an index serves.
    fn part(&self, mut clause: Clause) -> Clause {
        let Some(asked) = &mut clause.part else { return clause };
        asked.zone = Some(self.occasion.time_zone.clone());
        let operator = match clause.operator {
            Operator::Is => Operator::On,
            Operator::IsNot => Operator::NotOn,
            ordering if ordering.is_ordering() => ordering,
            _ => return clause,
        };
        let year = |operand: &Operand| match operand {
            Operand::Value(Value::Int(year)) if (2..9999).contains(year) => i16::try_from(*year).ok(),
            _ => None,
        };
        let years: Option<Vec<i16>> = clause.operands.iter().map(year).collect();
        let (Part::Year, Some(years)) = (asked.part, years) else { return clause };
        let range = |year: &i16| {
            let first = |year| jiff::civil::Date::new(year, 1, 1).unwrap_or(jiff::civil::Date::MAX);
            self.range(Kind::Datetime, (first(*year), first(*year + 1)))
        };
        let word = years.iter().map(|year| format!("year {year}")).collect::<Vec<_>>().join(", ");
        Clause {
            part: None,
            operator,
            operands: years.iter().map(range).collect(),
            word: Some(word),
            ..clause
        }
    }

    fn people(&self, clause: &Clause, dynamic: Dynamic) -> Condition {
        let people: Vec<Id> = match dynamic {
            Dynamic::Me => self.occasion.user.into_iter().collect(),
            Dynamic::MyGroups => self.occasion.groups.clone(),
        };
        let list = clause.kind() == Kind::ReferenceList;
        let value =
            |id: &Id| Operand::Value(if list { Value::text(id.to_string()) } else { Value::Ref(*id) });
        let one_of = |operator, operands| {
            let word = Some(dynamic.word().to_owned());
            Condition::Clause(Clause { operator, operands, word, ..clause.clone() })
        };
        let each = || people.iter().map(|id| one_of(clause.operator, vec![value(id)])).collect();
        match clause.operator {
            Operator::Is => one_of(Operator::In, people.iter().map(value).collect()),
            Operator::IsNot => one_of(Operator::NotIn, people.iter().map(value).collect()),
            Operator::InHierarchy => one_of(Operator::InHierarchy, people.iter().map(value).collect()),
            Operator::HasNot | Operator::NotContains => Condition::All(each()),
            _ => Condition::Any(each()),
        }
    }

    fn operand(&self, operator: Operator, kind: Kind, operand: &Operand, words: &mut Vec<String>) -> Operand {
        let Operand::Other(other) = operand else { return operand.clone() };
        let on = matches!(operator, Operator::On | Operator::NotOn);
        match other {
            Other::Period(period) => {
                words.push(period.word().to_owned());
                self.range(kind, self.calendar.period(*period))
            }
            Other::Day(day) => {
                words.push(day.to_string());
                let day = day.civil();
                self.range(kind, (day, day.saturating_add(jiff::Span::new().days(1))))
            }
            Other::Moment(relative) => {
                words.push(relative.words());
                if on { self.unit(kind, *relative) } else { self.moment(kind, *relative) }
            }
            Other::Dynamic(_) | Other::Field(_) | Other::Range(_) => operand.clone(),
        }
    }

    fn moment(&self, kind: Kind, relative: Relative) -> Operand {
        Operand::Value(if kind == Kind::Date {
            Value::Date(kept(self.calendar.day(relative)))
        } else {
            Value::Time(self.calendar.moment(relative))
        })
    }

    fn unit(&self, kind: Kind, relative: Relative) -> Operand {
        match self.calendar.clock_unit(relative) {
            Some((from, to)) if kind != Kind::Date => {
                Operand::Other(Other::Range(Range { from: Value::Time(from), to: Value::Time(to) }))
            }
            _ => self.range(kind, self.calendar.day_unit(relative)),
        }
    }

    fn range(&self, kind: Kind, (from, to): (jiff::civil::Date, jiff::civil::Date)) -> Operand {
        let value = |day| match kind {
            Kind::Date => Value::Date(kept(day)),
            _ => Value::Time(self.calendar.start(day)),
        };
        // The last day that a field can hold has no day after it.
        let endless = kind == Kind::Date && to == jiff::civil::Date::MAX;
        let to = if endless { Value::Null } else { value(to) };
        Operand::Other(Other::Range(Range { from: value(from), to }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::period::{Length, Period, Unit};
    use super::super::{PartOf, Step};
    use super::*;

    fn occasion() -> Occasion {
        Occasion {
            time_zone: "Europe/Berlin".to_owned(),
            ..Occasion::at(Timestamp::parse("2025-10-26T12:00:00Z").unwrap())
        }
    }

    fn clause(kind: Kind, operator: Operator, operand: impl Into<Operand>) -> Clause {
        let step = Step { field: "f".to_owned(), kind, table: None };
        Clause::new(vec![step], operator, vec![operand.into()])
    }

    fn resolved(clause: Clause, occasion: &Occasion) -> Condition {
        let condition = resolve(&Condition::Clause(clause), occasion).into_owned();
        assert!(!condition.is_open());
        condition
    }

    fn range(condition: &Condition) -> (String, String) {
        let Condition::Clause(clause) = condition else { panic!("{condition:?}") };
        let Some(Operand::Other(Other::Range(range))) = clause.operands.first() else { panic!("{clause:?}") };
        (range.from.plain(), range.to.plain())
    }

    #[test]
    fn a_period_becomes_a_half_open_range_of_moments_or_days_and_keeps_its_word() {
        let today = || Operand::Other(Other::Period(Period::Today));
        let moments = resolved(clause(Kind::Datetime, Operator::On, today()), &occasion());
        assert_eq!(
            range(&moments),
            ("2025-10-25T22:00:00.000000Z".into(), "2025-10-26T23:00:00.000000Z".into())
        );
        let days = resolved(clause(Kind::Date, Operator::On, today()), &occasion());
        assert_eq!(range(&days), ("2025-10-26".into(), "2025-10-27".into()));
        assert_eq!(days.clauses()[0].word.as_deref(), Some("today"));
    }

    #[test]
    fn the_last_day_of_all_is_a_day_like_others() {
        let last = Operand::Other(Other::Day("9999-12-31".parse().unwrap()));
        let days = resolved(clause(Kind::Date, Operator::On, last), &occasion());
        assert_eq!(range(&days), ("9999-12-31".into(), String::new()));
    }

    #[test]
    fn so_long_ago_is_a_moment_in_comparisons_and_its_whole_unit_in_on() {
        let ago = |unit| Operand::Other(Other::Moment(Relative::Ago(Length { amount: 1, unit })));
        let less = resolved(clause(Kind::Datetime, Operator::LessThan, ago(Unit::Day)), &occasion());
        // The same time of day, although the day between had 25 hours.
        let value = less.clauses()[0].operands[0].value().unwrap().plain();
        assert_eq!(value, "2025-10-25T11:00:00.000000Z");
        let on = resolved(clause(Kind::Datetime, Operator::On, ago(Unit::Month)), &occasion());
        assert_eq!(range(&on), ("2025-08-31T22:00:00.000000Z".into(), "2025-09-30T22:00:00.000000Z".into()));
    }

    #[test]
    fn nobody_is_never_me_and_never_not_me() {
        let me = |operator| clause(Kind::Reference, operator, Operand::Other(Other::Dynamic(Dynamic::Me)));
        let is = resolved(me(Operator::Is), &occasion());
        assert_eq!((is.clauses()[0].operator, is.clauses()[0].operands.len()), (Operator::In, 0));
        let is_not = resolved(me(Operator::IsNot), &occasion());
        assert_eq!((is_not.clauses()[0].operator, is_not.clauses()[0].operands.len()), (Operator::NotIn, 0));
    }

    #[test]
    fn a_list_that_has_one_of_my_groups_is_asked_for_each() {
        let id = |label| crate::id::Seed::new([1; 32]).id(label, Timestamp::from_micros(0));
        let occasion = Occasion { groups: vec![id("a"), id("b")], ..occasion() };
        let groups = |operator| {
            let operand = Operand::Other(Other::Dynamic(Dynamic::MyGroups));
            resolved(clause(Kind::ReferenceList, operator, operand), &occasion)
        };
        assert!(matches!(groups(Operator::Has), Condition::Any(parts) if parts.len() == 2));
        assert!(matches!(groups(Operator::HasNot), Condition::All(parts) if parts.len() == 2));
    }

    #[test]
    fn a_year_is_a_range_and_an_hour_is_asked_in_the_zone() {
        let part = |part, value| {
            let mut asked = clause(Kind::Datetime, Operator::Is, Value::Int(value));
            asked.part = Some(PartOf { part, zone: None });
            resolved(asked, &occasion())
        };
        let year = part(Part::Year, 2025);
        assert_eq!(
            range(&year),
            ("2024-12-31T23:00:00.000000Z".into(), "2025-12-31T23:00:00.000000Z".into())
        );
        let hour = part(Part::Hour, 2);
        let zone = hour.clauses()[0].part.as_ref().unwrap().zone.as_deref();
        assert_eq!(zone, Some("Europe/Berlin"));
    }
}
