//! Parts of moments and days: the hour, the day of the week, …, as whole numbers in a zone.

use jiff::civil::Date as Civil;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::period::{instant, zone};
use crate::time::{DAY, SECOND, Timestamp};
use crate::value::{Kind, Value};

/// A part of a moment or a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The year.
    Year,
    /// 1 to 4.
    Quarter,
    /// 1 to 12; names of months are understood.
    Month,
    /// The week of ISO 8601, 1 to 53.
    Week,
    /// The day of the month, 1 to 31.
    Day,
    /// 1 for Monday to 7 for Sunday; names of days are understood.
    DayOfWeek,
    /// 0 to 23. An hour that the clock repeats counts both times.
    Hour,
}

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The first moment that has parts: the year 1 in every zone.
pub const FIRST: Timestamp = Timestamp::from_micros(-62_135_510_400_000_000);
/// The first moment after those that have parts: the end of the year 9999 in every zone.
pub const END: Timestamp = Timestamp::from_micros(253_402_128_000_000_000);
/// Before this moment (1900) a zone counts as it does there, so that databases need few of its changes.
pub(super) const ZONES_FROM: Timestamp = Timestamp::from_micros(-2_208_988_800_000_000);
/// After this moment (2100) a zone counts as it does there.
pub(super) const ZONES_TO: Timestamp = Timestamp::from_micros(4_102_444_800_000_000);

impl Part {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Year, Self::Quarter, Self::Month, Self::Week, Self::Day, Self::DayOfWeek, Self::Hour];

    /// The word as it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::DayOfWeek => "day_of_week",
            Self::Hour => "hour",
        }
    }

    /// Whether fields of `kind` have it.
    pub const fn suits(self, kind: Kind) -> bool {
        match kind {
            Kind::Datetime => true,
            Kind::Date => !matches!(self, Self::Hour),
            _ => false,
        }
    }

    /// The number that is written so: digits, or the English name of a day or month, also its first three letters.
    pub fn number(self, text: &str) -> Option<i64> {
        let named = |names: &[&str]| {
            let text = text.trim().to_ascii_lowercase();
            let short = |name: &&str| name.get(..3) == Some(text.as_str());
            let place = names.iter().position(|name| *name == text || short(name))?;
            i64::try_from(place + 1).ok()
        };
        text.trim().parse().ok().or_else(|| match self {
            Self::Month => named(&MONTHS),
            Self::DayOfWeek => named(&DAYS),
            _ => None,
        })
    }

    /// The part of a value; no value where it has none.
    pub fn of(self, value: &Value, zone_name: &str) -> Value {
        match value {
            Value::Date(day) => self.of_day(day.civil()).map_or(Value::Null, Value::Int),
            Value::Time(_) => {
                let Some(local) = local(value, zone_name) else { return Value::Null };
                if self == Self::Hour {
                    return Value::Int(local.rem_euclid(DAY) / crate::time::HOUR);
                }
                let day = day_number(local.div_euclid(DAY)).and_then(|day| self.of_day(day));
                day.map_or(Value::Null, Value::Int)
            }
            _ => Value::Null,
        }
    }

    fn of_day(self, day: Civil) -> Option<i64> {
        Some(match self {
            Self::Year => i64::from(day.year()),
            Self::Quarter => i64::from((day.month() + 2) / 3),
            Self::Month => i64::from(day.month()),
            Self::Week => i64::from(day.iso_week_date().week()),
            Self::Day => i64::from(day.day()),
            Self::DayOfWeek => i64::from(day.weekday().to_monday_one_offset()),
            Self::Hour => return None,
        })
    }
}

/// What a clock in the zone shows at a moment, or at the beginning of a day, in microseconds since 1970; `None` where a
/// value is neither, or lies beyond the calendar.
pub(super) fn local(value: &Value, zone_name: &str) -> Option<i64> {
    match value {
        Value::Time(at) if (FIRST..END).contains(at) => {
            Some(at.micros() + i64::from(offset_at(&zone(zone_name), *at)) * SECOND)
        }
        Value::Date(day) => Some(day.civil().duration_since(Civil::constant(1970, 1, 1)).as_secs() * SECOND),
        _ => None,
    }
}

/// The day so many days after 1970-01-01.
pub(super) fn day_number(days: i64) -> Option<Civil> {
    let span = jiff::Span::new().try_days(days).ok()?;
    Civil::constant(1970, 1, 1).checked_add(span).ok()
}

fn offset_at(zone: &TimeZone, at: Timestamp) -> i32 {
    zone.to_offset(instant(at.clamp(ZONES_FROM, ZONES_TO))).seconds()
}

/// From which moment on which offset from UTC holds, in seconds, the newest first; the last holds before, too.
pub fn offsets(zone_name: &str) -> Vec<(Timestamp, i32)> {
    let zone = zone(zone_name);
    let mut known = vec![(ZONES_FROM, offset_at(&zone, ZONES_FROM))];
    for change in zone.following(instant(ZONES_FROM)) {
        let at = Timestamp::from_micros(change.timestamp().as_microsecond());
        if at >= ZONES_TO {
            break;
        }
        let offset = change.offset().seconds();
        if known.last().is_some_and(|(_, before)| *before != offset) {
            known.push((at, offset));
        }
    }
    known.reverse();
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(part: Part, at: &str, zone: &str) -> Value {
        part.of(&Value::Time(Timestamp::parse(at).unwrap()), zone)
    }

    #[test]
    fn both_of_two_repeated_hours_are_that_hour() {
        for (at, hour) in
            [("2025-10-26T00:30:00Z", 2), ("2025-10-26T01:30:00Z", 2), ("2025-10-26T02:30:00Z", 3)]
        {
            assert_eq!(part(Part::Hour, at, "Europe/Berlin"), Value::Int(hour), "{at}");
        }
    }

    #[test]
    fn parts_are_those_of_the_zone() {
        let at = "2025-12-31T23:30:00Z";
        let parts = |zone| Part::ALL.map(|one| part(one, at, zone).plain()).join(" ");
        assert_eq!(parts("UTC"), "2025 4 12 1 31 3 23");
        assert_eq!(parts("Europe/Berlin"), "2026 1 1 1 1 4 0");
        let day = Value::Date("2027-01-01".parse().unwrap());
        assert_eq!(Part::Week.of(&day, "UTC"), Value::Int(53));
        assert_eq!(Part::Hour.of(&day, "UTC"), Value::Null);
    }

    #[test]
    fn the_offsets_are_those_of_every_moment_between_the_limits() {
        for name in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"] {
            let known = offsets(name);
            let mut at = ZONES_FROM.plus(-5 * DAY);
            while at < ZONES_TO.plus(5 * DAY) {
                let by_list = known.iter().find(|(from, _)| *from <= at).or(known.last()).unwrap().1;
                assert_eq!(by_list, offset_at(&zone(name), at), "{name} {at}");
                at = at.plus(DAY * 11 + 3_601 * SECOND);
            }
        }
    }

    #[test]
    fn moments_at_the_ends_of_the_calendar_have_parts_and_those_beyond_none() {
        for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago"] {
            assert_eq!(Part::Year.of(&Value::Time(FIRST), zone), Value::Int(1));
            assert_eq!(Part::Year.of(&Value::Time(END.plus(-1)), zone), Value::Int(9999));
            for beyond in
                [FIRST.plus(-1), END, Timestamp::from_micros(i64::MIN), Timestamp::from_micros(i64::MAX)]
            {
                assert_eq!(Part::Year.of(&Value::Time(beyond), zone), Value::Null);
            }
        }
    }

    #[test]
    fn names_of_days_and_months_are_numbers() {
        assert_eq!(Part::DayOfWeek.number("Sunday"), Some(7));
        assert_eq!(Part::Month.number("feb"), Some(2));
        assert_eq!(Part::Hour.number("monday"), None);
    }
}
