//! Two moments, or two days, side by side: whether they lie in one unit of the calendar, and how far they are apart.
//!
//! Minutes and hours are exact lengths. Days and more compare the day and the time of day that a clock in the zone
//! shows; of a month that lacks the day the last one counts. The store writes the same as SQL, so that only what both
//! can work out is asked: moments of the years 1 to 9999.

use std::cmp::Ordering;

use jiff::civil::Date as Civil;
use serde::{Deserialize, Serialize};

use super::part::{day_number, local};
use super::{Operator, Unit, WeekStart};
use crate::time::{DAY, HOUR, MINUTE};
use crate::value::Value;

/// On which side of another moment one lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Before it.
    Before,
    /// After it.
    After,
}

impl Side {
    /// The word as it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// So many units before or after another moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distance {
    /// How many; at most [`RELATIVE_AMOUNT_MAX`](crate::limits::RELATIVE_AMOUNT_MAX).
    pub amount: u32,
    /// On which side.
    pub side: Side,
}

/// By which unit the value is compared with that of another field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// The unit.
    pub unit: Unit,
    /// How many of them lie between; none where both must lie in the same one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance: Option<Distance>,
    /// In which zone; not yet known before the condition is resolved.
    pub zone: Option<String>,
    /// On which day weeks begin.
    pub week_start: WeekStart,
}

/// Where in its month a moment lies: the month since the year 0, the day, and the time of that day.
struct InMonth {
    month: i64,
    day: i64,
    is_last: bool,
    time: i64,
}

impl By {
    /// A unit, in a zone that is not yet known.
    pub fn new(unit: Unit, distance: Option<Distance>) -> Self {
        Self { unit, distance, zone: None, week_start: WeekStart::default() }
    }

    /// In words, with the other field: `day of updated_at`, `3 day before due`.
    pub fn words(&self, other: &str) -> String {
        let unit = self.unit.word();
        match self.distance {
            None => format!("{unit} of {other}"),
            Some(Distance { amount, side }) => format!("{amount} {unit} {} {other}", side.word()),
        }
    }

    /// What a clock in the zone shows, in microseconds since 1970; lengths that are exact know no zone.
    fn shown(&self, value: &Value) -> Option<i64> {
        let exact = self.distance.is_some() && exact(self.unit).is_some();
        local(value, if exact { "UTC" } else { self.zone.as_deref().unwrap_or("UTC") })
    }

    /// Whether both lie in the same unit.
    pub(super) fn same(&self, one: &Value, other: &Value) -> bool {
        let (one, other) = (self.place(one), self.place(other));
        one.is_some() && one == other
    }

    /// The number of the unit in which a value lies.
    fn place(&self, value: &Value) -> Option<i64> {
        let shown = self.shown(value)?;
        let day = shown.div_euclid(DAY);
        Some(match self.unit {
            Unit::Minute | Unit::Hour => {
                let Value::Time(at) = value else { return None };
                // Not what the clock shows: an hour that it repeats is two.
                at.micros() - shown.rem_euclid(exact(self.unit)?)
            }
            Unit::Day => day,
            Unit::Week => (day + self.week_start.days_before_1970()).div_euclid(7),
            Unit::Month => in_month(shown)?.month,
            Unit::Quarter => in_month(shown)?.month / 3,
            Unit::Year => in_month(shown)?.month / 12,
        })
    }

    /// Whether `one` is farther from, or nearer to, `other` than the distance, on its side.
    pub(super) fn holds(&self, operator: Operator, one: &Value, other: &Value) -> bool {
        let Some(Distance { side, .. }) = self.distance else { return false };
        let (Some(place), Some(order)) = (self.against(one, other), one.order(other)) else { return false };
        match (operator, side) {
            (Operator::FartherThan, Side::Before) => place.is_lt(),
            (Operator::FartherThan, Side::After) => place.is_gt(),
            (Operator::NearerThan, Side::Before) => place.is_gt() && order.is_le(),
            (Operator::NearerThan, Side::After) => place.is_lt() && order.is_ge(),
            _ => false,
        }
    }

    /// Where `one` lies from the moment that is exactly the distance from `other`.
    fn against(&self, one: &Value, other: &Value) -> Option<Ordering> {
        let Distance { amount, side } = self.distance?;
        let amount = if side == Side::Before { -i64::from(amount) } else { i64::from(amount) };
        let (one, other) = (self.shown(one)?, self.shown(other)?);
        if let Some(length) = fixed(self.unit) {
            return Some(one.cmp(&(other + amount * length)));
        }
        let (one, other) = (in_month(one)?, in_month(other)?);
        let months = amount * months(self.unit);
        // The last day of a month stands for those that it lacks.
        let day = if one.is_last { one.day.max(other.day) } else { one.day };
        Some((one.month, day, one.time).cmp(&(other.month + months, other.day, other.time)))
    }
}

fn in_month(shown: i64) -> Option<InMonth> {
    let day: Civil = day_number(shown.div_euclid(DAY))?;
    Some(InMonth {
        month: i64::from(day.year()) * 12 + i64::from(day.month()) - 1,
        day: i64::from(day.day()),
        is_last: day.day() == day.days_in_month(),
        time: shown.rem_euclid(DAY),
    })
}

/// The length of a unit whose length is exact, in microseconds.
const fn exact(unit: Unit) -> Option<i64> {
    match unit {
        Unit::Minute => Some(MINUTE),
        Unit::Hour => Some(HOUR),
        _ => None,
    }
}

/// The length of a unit that is the same for each of them on the clock of a zone, in microseconds.
pub const fn fixed(unit: Unit) -> Option<i64> {
    match unit {
        Unit::Minute => Some(MINUTE),
        Unit::Hour => Some(HOUR),
        Unit::Day => Some(DAY),
        Unit::Week => Some(7 * DAY),
        Unit::Month | Unit::Quarter | Unit::Year => None,
    }
}

/// How many months a unit has; none where it is counted in days or less.
pub const fn months(unit: Unit) -> i64 {
    match unit {
        Unit::Month => 1,
        Unit::Quarter => 3,
        Unit::Year => 12,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn at(text: &str) -> Value {
        Value::Time(Timestamp::parse(text).unwrap())
    }

    fn by(unit: Unit, distance: Option<(u32, Side)>) -> By {
        let distance = distance.map(|(amount, side)| Distance { amount, side });
        By { zone: Some("Europe/Berlin".to_owned()), ..By::new(unit, distance) }
    }

    fn apart(one: &str, operator: Operator, amount: u32, unit: Unit, side: Side, other: &str) -> bool {
        by(unit, Some((amount, side))).holds(operator, &at(one), &at(other))
    }

    #[test]
    fn exactly_so_far_is_neither_farther_nor_nearer() {
        use Operator::{FartherThan, NearerThan};
        let other = "2026-11-23T12:00:00Z";
        for (one, side, farther, nearer) in [
            ("2026-11-23T08:59:59.999999Z", Side::Before, true, false),
            ("2026-11-23T09:00:00Z", Side::Before, false, false),
            ("2026-11-23T09:00:00.000001Z", Side::Before, false, true),
            ("2026-11-23T12:00:00Z", Side::Before, false, true),
            ("2026-11-23T12:00:00.000001Z", Side::Before, false, false),
            ("2026-11-23T11:59:59Z", Side::After, false, false),
            ("2026-11-23T12:00:00Z", Side::After, false, true),
            ("2026-11-23T14:59:59Z", Side::After, false, true),
            ("2026-11-23T15:00:00Z", Side::After, false, false),
            ("2026-11-23T15:00:01Z", Side::After, true, false),
        ] {
            let asked = |operator| apart(one, operator, 3, Unit::Hour, side, other);
            assert_eq!((asked(FartherThan), asked(NearerThan)), (farther, nearer), "{one} {side:?}");
        }
    }

    #[test]
    fn days_keep_the_time_of_day_and_hours_do_not() {
        // The day on which the clock is put back in Berlin has 25 hours.
        let (noon, before) = ("2025-10-26T11:00:00Z", "2025-10-25T10:00:00Z");
        let farther = |amount, unit| apart(before, Operator::FartherThan, amount, unit, Side::Before, noon);
        assert!(!farther(1, Unit::Day), "both are at noon");
        assert!(farther(24, Unit::Hour));
        assert!(!farther(25, Unit::Hour));
    }

    #[test]
    fn a_month_that_lacks_the_day_ends_with_its_last() {
        let nearer =
            |one: &str, other: &str| apart(one, Operator::NearerThan, 1, Unit::Month, Side::Before, other);
        let farther =
            |one: &str, other: &str| apart(one, Operator::FartherThan, 1, Unit::Month, Side::Before, other);
        let end = "2026-03-31T10:00:00Z";
        assert!(farther("2026-02-27T11:00:00Z", end));
        assert!(farther("2026-02-28T10:59:00Z", end), "11:59 in winter is before 12:00 in summer");
        assert!(!farther("2026-02-28T11:00:00Z", end) && !nearer("2026-02-28T11:00:00Z", end));
        assert!(nearer("2026-02-28T11:01:00Z", end));
        let day = |text: &str| Value::Date(text.parse().unwrap());
        let years = by(Unit::Year, Some((1, Side::After)));
        assert!(!years.holds(Operator::FartherThan, &day("2025-02-28"), &day("2024-02-29")));
        assert!(years.holds(Operator::FartherThan, &day("2025-03-01"), &day("2024-02-29")));
        assert!(years.holds(Operator::NearerThan, &day("2025-02-27"), &day("2024-02-29")));
    }

    #[test]
    fn the_same_unit_is_that_of_the_zone() {
        let same = |unit, one: &str, other: &str| by(unit, None).same(&at(one), &at(other));
        // Half past eleven in the evening in UTC is the next day in Berlin.
        assert!(same(Unit::Day, "2026-11-22T23:30:00Z", "2026-11-23T12:00:00Z"));
        assert!(!same(Unit::Day, "2026-11-22T22:30:00Z", "2026-11-23T12:00:00Z"));
        assert!(same(Unit::Week, "2026-11-22T23:30:00Z", "2026-11-29T22:59:59Z"));
        assert!(!same(Unit::Week, "2026-11-22T23:30:00Z", "2026-11-29T23:00:00Z"));
        assert!(same(Unit::Quarter, "2026-09-30T22:00:00Z", "2026-12-31T22:59:59Z"));
        assert!(same(Unit::Year, "2025-12-31T23:00:00Z", "2026-12-31T22:59:59Z"));
        assert!(!same(Unit::Month, "2025-11-30T12:00:00Z", "2026-11-30T12:00:00Z"));
        // Both are at half past two, but an hour apart.
        assert!(!same(Unit::Hour, "2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z"));
        assert!(same(Unit::Minute, "2026-11-23T12:00:00Z", "2026-11-23T12:00:59Z"));
    }

    #[test]
    fn weeks_begin_where_they_are_said_to() {
        let same = |week_start| {
            let week = By { week_start, ..by(Unit::Week, None) };
            // A Saturday and the Sunday after it.
            week.same(&at("2026-11-21T12:00:00Z"), &at("2026-11-22T12:00:00Z"))
        };
        assert!(same(WeekStart::Monday) && same(WeekStart::Saturday) && !same(WeekStart::Sunday));
    }

    #[test]
    fn no_value_and_moments_beyond_the_calendar_are_never_near_far_or_the_same() {
        for value in [Value::Null, Value::Time(Timestamp::from_micros(i64::MIN))] {
            let other = at("2026-11-23T12:00:00Z");
            assert!(!by(Unit::Day, None).same(&value, &value));
            let far = by(Unit::Day, Some((1, Side::Before)));
            assert!(!far.holds(Operator::FartherThan, &value, &other));
            assert!(!far.holds(Operator::FartherThan, &other, &value));
        }
    }
}
