//! Days and times of day without a zone: texts, months that clamp or overflow, weeks of both kinds.

use jiff::Span;
use jiff::civil::{Date, DateTime, Time};

use super::DateError;
use super::moment::{FIRST, LAST};

/// `YYYY-MM-DD HH:mm:ss`.
pub(crate) fn text_of(at: DateTime) -> String {
    format!("{} {}", day_text(at.date()), time_text(at.time()))
}

/// `YYYY-MM-DD`.
pub(crate) fn day_text(day: Date) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
}

/// `HH:mm:ss`.
pub(crate) fn time_text(time: Time) -> String {
    format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
}

/// A day by its numbers, of the years 1 to 9999.
pub(crate) fn day(year: i64, month: i64, day: i64) -> Option<Date> {
    let year = i16::try_from(year).ok().filter(|year| (1..=9999).contains(year))?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A time by its numbers.
pub(crate) fn time(hour: i64, minute: i64, second: i64) -> Option<Time> {
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second).ok()?, 0).ok()
}

/// So many days later.
pub(crate) fn plus_days(day: Date, days: i64) -> Result<Date, DateError> {
    let span = Span::new().try_days(days).map_err(|_| DateError::Range)?;
    let day = day.checked_add(span).map_err(|_| DateError::Range)?;
    if (FIRST..=LAST).contains(&day) { Ok(day) } else { Err(DateError::Range) }
}

/// The first day of the month so many months later.
fn month_later(day: Date, months: i64) -> Result<Date, DateError> {
    let own = i64::from(day.year()) * 12 + i64::from(day.month()) - 1;
    let wanted = own.checked_add(months).ok_or(DateError::Range)?;
    self::day(wanted.div_euclid(12), wanted.rem_euclid(12) + 1, 1).ok_or(DateError::Range)
}

/// So many months later; in a month that is too short for the day it is the last one.
pub(crate) fn plus_months_clamped(day: Date, months: i64) -> Result<Date, DateError> {
    let first = month_later(day, months)?;
    plus_days(first, i64::from(day.day().min(first.days_in_month())) - 1)
}

/// So many months later; days that the month does not have run over into the next one.
pub(crate) fn plus_months_over(day: Date, months: i64) -> Result<Date, DateError> {
    plus_days(month_later(day, months)?, i64::from(day.day()) - 1)
}

/// The number of the day in the week: Monday 1 to Sunday 7.
pub(crate) fn weekday(day: Date) -> i8 {
    day.weekday().to_monday_one_offset()
}

/// The number of the week in the year as ISO 8601 has it: weeks begin on Monday, the first one has the first
/// Thursday.
pub(crate) fn iso_week(day: Date) -> i8 {
    day.iso_week_date().week()
}

/// The number of the week in the year where weeks begin on Sunday and the first one has 1 January.
pub(crate) fn sunday_week(day: Date) -> i16 {
    let in_week = i16::from(day.weekday().to_sunday_zero_offset());
    let last_of_week = day.day_of_year() + 6 - in_week;
    if last_of_week > day.days_in_year() { 1 } else { (last_of_week + 6) / 7 }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn months_clamp_or_run_over() {
        let january = date(2026, 1, 31);
        assert_eq!(plus_months_clamped(january, 1).unwrap(), date(2026, 2, 28));
        assert_eq!(plus_months_over(january, 1).unwrap(), date(2026, 3, 3));
        assert_eq!(plus_months_over(date(2024, 1, 31), 1).unwrap(), date(2024, 3, 2));
        assert_eq!(plus_months_over(date(2026, 3, 31), -1).unwrap(), date(2026, 3, 3));
        assert_eq!(plus_months_clamped(date(2026, 3, 31), -1).unwrap(), date(2026, 2, 28));
        assert_eq!(plus_months_clamped(date(2024, 2, 29), 12).unwrap(), date(2025, 2, 28));
        assert_eq!(plus_months_over(date(2024, 2, 29), 12).unwrap(), date(2025, 3, 1));
        assert_eq!(plus_months_clamped(date(2026, 1, 15), -13).unwrap(), date(2024, 12, 15));
    }

    #[test]
    fn days_and_months_end_with_the_years() {
        assert_eq!(plus_days(LAST, 1), Err(DateError::Range));
        assert_eq!(plus_days(FIRST, -1), Err(DateError::Range));
        assert_eq!(plus_days(FIRST, i64::MAX), Err(DateError::Range));
        assert_eq!(plus_months_clamped(LAST, 1), Err(DateError::Range));
        assert_eq!(plus_months_over(FIRST, i64::MIN), Err(DateError::Range));
    }

    #[test]
    fn the_week_of_new_year_is_counted_in_two_ways() {
        assert_eq!((iso_week(date(2019, 12, 31)), sunday_week(date(2019, 12, 31))), (1, 1));
        assert_eq!((iso_week(date(2021, 1, 3)), sunday_week(date(2021, 1, 3))), (53, 2));
        assert_eq!((iso_week(date(2022, 12, 31)), sunday_week(date(2022, 12, 31))), (52, 53));
        assert_eq!((iso_week(date(2026, 12, 31)), sunday_week(date(2026, 12, 26))), (53, 52));
        assert_eq!(sunday_week(date(2026, 12, 27)), 1);
        assert_eq!(sunday_week(date(2022, 1, 1)), 1);
        assert_eq!(sunday_week(date(2022, 1, 2)), 2);
    }

    #[test]
    fn days_of_the_week_begin_with_monday() {
        assert_eq!((weekday(date(2026, 11, 23)), weekday(date(2026, 11, 29))), (1, 7));
    }
}
