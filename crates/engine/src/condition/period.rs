//! Named periods and lengths back or ahead, as days and moments of a calendar.
//!
//! A period is a half-open range: its first moment belongs to it, the first after it does not. Days begin when
//! they do in the zone, so that the day on which the clock is put back has 25 hours. Must not read a clock.

use jiff::civil::{Date as Civil, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan, ZonedDateTime};
use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::time::{HOUR, MINUTE, Timestamp};

/// The day on which weeks begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeekStart {
    /// As ISO 8601 has it.
    #[default]
    Monday,
    /// As in North America.
    Sunday,
    /// As in parts of the Near East.
    Saturday,
}

impl WeekStart {
    /// Days from the beginning of its week to 1970-01-01, a Thursday.
    pub const fn days_before_1970(self) -> i64 {
        match self {
            Self::Monday => 3,
            Self::Sunday => 4,
            Self::Saturday => 5,
        }
    }
}

/// A period that is named by where it lies from today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// The day of now.
    Today,
    /// The day before.
    Yesterday,
    /// The day after.
    Tomorrow,
    /// The week of now.
    ThisWeek,
    /// The week before.
    LastWeek,
    /// The week after.
    NextWeek,
    /// The month of now.
    ThisMonth,
    /// The month before.
    LastMonth,
    /// The month after.
    NextMonth,
    /// The quarter of now.
    ThisQuarter,
    /// The quarter before.
    LastQuarter,
    /// The quarter after.
    NextQuarter,
    /// The year of now.
    ThisYear,
    /// The year before.
    LastYear,
    /// The year after.
    NextYear,
    /// Today and the six days before.
    #[serde(rename = "last_7_days")]
    Last7Days,
    /// Today and the 29 days before.
    #[serde(rename = "last_30_days")]
    Last30Days,
    /// Today and the 59 days before.
    #[serde(rename = "last_60_days")]
    Last60Days,
    /// Today and the 89 days before.
    #[serde(rename = "last_90_days")]
    Last90Days,
    /// Today and the six days after.
    #[serde(rename = "next_7_days")]
    Next7Days,
    /// Today and the 29 days after.
    #[serde(rename = "next_30_days")]
    Next30Days,
}

impl Period {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::Today,
        Self::Yesterday,
        Self::Tomorrow,
        Self::ThisWeek,
        Self::LastWeek,
        Self::NextWeek,
        Self::ThisMonth,
        Self::LastMonth,
        Self::NextMonth,
        Self::ThisQuarter,
        Self::LastQuarter,
        Self::NextQuarter,
        Self::ThisYear,
        Self::LastYear,
        Self::NextYear,
        Self::Last7Days,
        Self::Last30Days,
        Self::Last60Days,
        Self::Last90Days,
        Self::Next7Days,
        Self::Next30Days,
    ];

    /// The word as it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Yesterday => "yesterday",
            Self::Tomorrow => "tomorrow",
            Self::ThisWeek => "this_week",
            Self::LastWeek => "last_week",
            Self::NextWeek => "next_week",
            Self::ThisMonth => "this_month",
            Self::LastMonth => "last_month",
            Self::NextMonth => "next_month",
            Self::ThisQuarter => "this_quarter",
            Self::LastQuarter => "last_quarter",
            Self::NextQuarter => "next_quarter",
            Self::ThisYear => "this_year",
            Self::LastYear => "last_year",
            Self::NextYear => "next_year",
            Self::Last7Days => "last_7_days",
            Self::Last30Days => "last_30_days",
            Self::Last60Days => "last_60_days",
            Self::Last90Days => "last_90_days",
            Self::Next7Days => "next_7_days",
            Self::Next30Days => "next_30_days",
        }
    }

    /// The first day, and the first that no longer belongs to it.
    pub fn days(self, today: Civil, week: WeekStart) -> (Civil, Civil) {
        let span = |unit, from| Unit::around(unit, shifted(today, unit.span(from)), week);
        match self {
            Self::Today => span(Unit::Day, 0),
            Self::Yesterday => span(Unit::Day, -1),
            Self::Tomorrow => span(Unit::Day, 1),
            Self::ThisWeek => span(Unit::Week, 0),
            Self::LastWeek => span(Unit::Week, -1),
            Self::NextWeek => span(Unit::Week, 1),
            Self::ThisMonth => span(Unit::Month, 0),
            Self::LastMonth => span(Unit::Month, -1),
            Self::NextMonth => span(Unit::Month, 1),
            Self::ThisQuarter => span(Unit::Quarter, 0),
            Self::LastQuarter => span(Unit::Quarter, -1),
            Self::NextQuarter => span(Unit::Quarter, 1),
            Self::ThisYear => span(Unit::Year, 0),
            Self::LastYear => span(Unit::Year, -1),
            Self::NextYear => span(Unit::Year, 1),
            Self::Last7Days => (shifted(today, (-6).days()), shifted(today, 1.day())),
            Self::Last30Days => (shifted(today, (-29).days()), shifted(today, 1.day())),
            Self::Last60Days => (shifted(today, (-59).days()), shifted(today, 1.day())),
            Self::Last90Days => (shifted(today, (-89).days()), shifted(today, 1.day())),
            Self::Next7Days => (today, shifted(today, 7.days())),
            Self::Next30Days => (today, shifted(today, 30.days())),
        }
    }
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Sixty seconds.
    Minute,
    /// Sixty minutes.
    Hour,
    /// A day of the calendar.
    Day,
    /// Seven of them.
    Week,
    /// A month; where the day does not exist, the last one of the month.
    Month,
    /// Three months.
    Quarter,
    /// Twelve months.
    Year,
}

impl Unit {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Minute, Self::Hour, Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// The word as it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// So many of them; limits of amounts keep this within what the calendar knows.
    fn span(self, amount: i64) -> Span {
        let span = Span::new();
        let made = match self {
            Self::Minute => span.try_minutes(amount),
            Self::Hour => span.try_hours(amount),
            Self::Day => span.try_days(amount),
            Self::Week => span.try_weeks(amount),
            Self::Month => span.try_months(amount),
            Self::Quarter => span.try_months(amount.saturating_mul(3)),
            Self::Year => span.try_years(amount),
        };
        // Beyond the calendar: what is added then ends at its last or first day.
        made.unwrap_or_else(|_| if amount < 0 { (-19_998).years() } else { 19_998.years() })
    }

    /// The days of the unit that holds `day`; of one that is shorter than a day the day itself.
    fn around(self, day: Civil, week: WeekStart) -> (Civil, Civil) {
        let first = match self {
            Self::Minute | Self::Hour | Self::Day => day,
            Self::Week => {
                let weekday = match week {
                    WeekStart::Monday => Weekday::Monday,
                    WeekStart::Sunday => Weekday::Sunday,
                    WeekStart::Saturday => Weekday::Saturday,
                };
                shifted(day, Span::new().days(-i64::from(day.weekday().since(weekday))))
            }
            Self::Month => day.first_of_month(),
            Self::Quarter => {
                shifted(day.first_of_month(), Span::new().months(-i64::from((day.month() - 1) % 3)))
            }
            Self::Year => day.first_of_year(),
        };
        let length = if matches!(self, Self::Minute | Self::Hour) { Self::Day } else { self };
        (first, shifted(first, length.span(1)))
    }
}

/// So many units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Length {
    /// How many; at most [`RELATIVE_AMOUNT_MAX`](crate::limits::RELATIVE_AMOUNT_MAX).
    pub amount: u32,
    /// Of what.
    pub unit: Unit,
}

/// A moment that lies so far from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relative {
    /// Before now.
    Ago(Length),
    /// After now.
    Ahead(Length),
}

impl Relative {
    /// How far, and in which unit.
    pub const fn length(self) -> Length {
        match self {
            Self::Ago(length) | Self::Ahead(length) => length,
        }
    }

    /// In words: `3 day ago`.
    pub fn words(self) -> String {
        let Length { amount, unit } = self.length();
        let way = if matches!(self, Self::Ago(_)) { "ago" } else { "ahead" };
        format!("{amount} {} {way}", unit.word())
    }

    /// Minutes and hours are exact lengths; days and more keep the time of day.
    fn from(self, now: &ZonedDateTime) -> ZonedDateTime {
        let Length { amount, unit } = self.length();
        let amount = i64::from(amount);
        let span = unit.span(if matches!(self, Self::Ago(_)) { -amount } else { amount });
        now.saturating_add(span)
    }
}

fn shifted(day: Civil, span: Span) -> Civil {
    day.saturating_add(span)
}

/// A zone by its IANA name; an unknown one counts as UTC.
pub(super) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// What a calendar says of one moment: where periods begin in a zone.
#[derive(Debug, Clone)]
pub(super) struct Calendar {
    now: ZonedDateTime,
    week: WeekStart,
}

impl Calendar {
    /// The calendar at `now` in a zone.
    pub(super) fn new(now: Timestamp, zone_name: &str, week: WeekStart) -> Self {
        Self { now: instant(now).to_zoned_datetime(zone(zone_name)), week }
    }

    /// The first moment of a day.
    pub(super) fn start(&self, day: Civil) -> Timestamp {
        let first = day.to_zoned_datetime(self.now.time_zone().clone()).map(|at| at.timestamp());
        Timestamp::from_micros(match first {
            Ok(at) => at.as_microsecond(),
            Err(_) if day.year() > 0 => i64::MAX,
            Err(_) => i64::MIN,
        })
    }

    /// The days of a named period.
    pub(super) fn period(&self, period: Period) -> (Civil, Civil) {
        period.days(self.now.date(), self.week)
    }

    /// The moment that lies so far from now.
    pub(super) fn moment(&self, relative: Relative) -> Timestamp {
        Timestamp::from_micros(relative.from(&self.now).timestamp().as_microsecond())
    }

    /// The day of that moment.
    pub(super) fn day(&self, relative: Relative) -> Civil {
        relative.from(&self.now).date()
    }

    /// The minute or hour around that moment; `None` for units of whole days.
    pub(super) fn clock_unit(&self, relative: Relative) -> Option<(Timestamp, Timestamp)> {
        let length = match relative.length().unit {
            Unit::Minute => MINUTE,
            Unit::Hour => HOUR,
            _ => return None,
        };
        let at = relative.from(&self.now);
        let offset = i64::from(at.offset().seconds()) * crate::time::SECOND;
        let local = at.timestamp().as_microsecond().saturating_add(offset);
        let start = Timestamp::from_micros(local - local.rem_euclid(length) - offset);
        Some((start, start.plus(length)))
    }

    /// The days of the unit around that moment.
    pub(super) fn day_unit(&self, relative: Relative) -> (Civil, Civil) {
        relative.length().unit.around(self.day(relative), self.week)
    }
}

/// The moment as the calendar's crate has it; one beyond its years is its first or last.
pub(super) fn instant(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(at.micros()).unwrap_or(if at.micros() < 0 {
        jiff::Timestamp::MIN
    } else {
        jiff::Timestamp::MAX
    })
}

/// A day that fields can hold: one beyond the years 0001 to 9999 is the first or the last of them.
pub(super) fn kept(day: Civil) -> Date {
    let edge = if day.year() < 1 { Civil::constant(1, 1, 1) } else { Civil::constant(9999, 12, 31) };
    Date::new(day).or_else(|| Date::new(edge)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(now: &str, zone: &str, week: WeekStart) -> Calendar {
        Calendar::new(Timestamp::parse(now).unwrap(), zone, week)
    }

    fn days(period: Period, now: &str) -> String {
        let (from, to) = calendar(now, "Europe/Berlin", WeekStart::Monday).period(period);
        format!("{from} {to}")
    }

    #[test]
    fn every_period_is_read_by_its_word() {
        for period in Period::ALL {
            let word = format!("\"{}\"", period.word());
            assert_eq!(serde_json::from_str::<Period>(&word).unwrap(), period);
        }
    }

    #[test]
    fn periods_are_those_of_the_zone() {
        // Half past eleven in the evening in UTC is the next day in Berlin.
        let now = "2026-01-31T23:30:00Z";
        assert_eq!(days(Period::Today, now), "2026-02-01 2026-02-02");
        assert_eq!(days(Period::Yesterday, now), "2026-01-31 2026-02-01");
        assert_eq!(days(Period::Tomorrow, now), "2026-02-02 2026-02-03");
        assert_eq!(days(Period::ThisWeek, now), "2026-01-26 2026-02-02");
        assert_eq!(days(Period::NextWeek, now), "2026-02-02 2026-02-09");
        assert_eq!(days(Period::LastMonth, now), "2026-01-01 2026-02-01");
        assert_eq!(days(Period::ThisQuarter, now), "2026-01-01 2026-04-01");
        assert_eq!(days(Period::LastQuarter, now), "2025-10-01 2026-01-01");
        assert_eq!(days(Period::NextQuarter, now), "2026-04-01 2026-07-01");
        assert_eq!(days(Period::LastYear, now), "2025-01-01 2026-01-01");
        assert_eq!(days(Period::Last7Days, now), "2026-01-26 2026-02-02");
        assert_eq!(days(Period::Next30Days, now), "2026-02-01 2026-03-03");
    }

    #[test]
    fn a_week_begins_where_it_is_said_to() {
        let week =
            |start| calendar("2026-11-25T12:00:00Z", "UTC", start).period(Period::ThisWeek).0.to_string();
        assert_eq!(week(WeekStart::Monday), "2026-11-23");
        assert_eq!(week(WeekStart::Sunday), "2026-11-22");
        assert_eq!(week(WeekStart::Saturday), "2026-11-21");
    }

    #[test]
    fn a_day_on_which_the_clock_is_put_back_has_25_hours_and_forward_23() {
        let hours = |day: Civil| {
            let calendar = calendar("2026-01-01T00:00:00Z", "Europe/Berlin", WeekStart::Monday);
            (calendar.start(day.tomorrow().unwrap()).micros() - calendar.start(day).micros()) / HOUR
        };
        assert_eq!(hours(jiff::civil::date(2025, 10, 26)), 25);
        assert_eq!(hours(jiff::civil::date(2026, 3, 29)), 23);
        assert_eq!(hours(jiff::civil::date(2026, 3, 30)), 24);
    }

    #[test]
    fn hours_back_are_exact_and_days_back_keep_the_time_of_day() {
        // 02:30 in Berlin after the clock was put back: an hour before it was 02:30 too.
        let calendar = calendar("2025-10-26T01:30:00Z", "Europe/Berlin", WeekStart::Monday);
        let ago = |amount, unit| calendar.moment(Relative::Ago(Length { amount, unit })).rfc3339();
        assert_eq!(ago(1, Unit::Hour), "2025-10-26T00:30:00.000000Z");
        assert_eq!(ago(1, Unit::Day), "2025-10-25T00:30:00.000000Z");
        assert_eq!(ago(1, Unit::Quarter), "2025-07-26T00:30:00.000000Z");
        let around = calendar.clock_unit(Relative::Ago(Length { amount: 1, unit: Unit::Hour })).unwrap();
        assert_eq!(around.0.rfc3339(), "2025-10-26T00:00:00.000000Z");
    }

    #[test]
    fn months_end_where_they_do() {
        let calendar = calendar("2026-03-31T12:00:00Z", "UTC", WeekStart::Monday);
        let day = calendar.day(Relative::Ago(Length { amount: 1, unit: Unit::Month }));
        assert_eq!(day.to_string(), "2026-02-28");
    }

    #[test]
    fn beyond_the_calendar_is_its_end() {
        let calendar = calendar("2026-03-31T12:00:00Z", "UTC", WeekStart::Monday);
        let far = |way: fn(Length) -> Relative| {
            calendar.day(way(Length { amount: 100_000, unit: Unit::Year })).year()
        };
        assert_eq!((far(Relative::Ago), far(Relative::Ahead)), (-9999, 9999));
        assert_eq!(kept(jiff::civil::date(-9999, 1, 3)).to_string(), "0001-01-01");
    }
}
