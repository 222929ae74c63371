//! The parts of a `GlideDateTime`: years, months, days and weeks, in UTC and in the user's zone, read and
//! written.

use jiff::civil::DateTime;

use super::date_time::{civil, shift};
use crate::date::DateError;
use crate::date::calendar::{self, plus_days, plus_months_clamped};
use crate::date::run::number;
use crate::describe::Member;
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};

/// The members.
pub(super) const MEMBERS: &[Member] = &[
    Member::method("getYearUTC", "(): number", "The year in UTC.", |call| part(call, false, year)),
    Member::method("getYearLocalTime", "(): number", "The year in the user's zone.", |call| {
        part(call, true, year)
    }),
    Member::method("getYear", "(): number", "The same as `getYearUTC`.", |call| part(call, false, year)),
    Member::method("getMonthUTC", "(): number", "The month in UTC, 1 to 12.", |call| {
        part(call, false, month)
    }),
    Member::method("getMonthLocalTime", "(): number", "The month in the user's zone, 1 to 12.", |call| {
        part(call, true, month)
    }),
    Member::method("getMonth", "(): number", "The same as `getMonthUTC`.", |call| part(call, false, month)),
    Member::method("getDayOfMonthUTC", "(): number", "The day of the month in UTC.", |call| {
        part(call, false, day)
    }),
    Member::method(
        "getDayOfMonthLocalTime",
        "(): number",
        "The day of the month in the user's zone.",
        |call| part(call, true, day),
    ),
    Member::method("getDayOfMonth", "(): number", "The same as `getDayOfMonthUTC`.", |call| {
        part(call, false, day)
    }),
    Member::method(
        "getDayOfWeekUTC",
        "(): number",
        "The day of the week in UTC, Monday 1 to Sunday 7.",
        |call| part(call, false, weekday),
    ),
    Member::method(
        "getDayOfWeekLocalTime",
        "(): number",
        "The day of the week in the user's zone, Monday 1 to Sunday 7.",
        |call| part(call, true, weekday),
    ),
    Member::method("getDayOfWeek", "(): number", "The same as `getDayOfWeekUTC`.", |call| {
        part(call, false, weekday)
    }),
    Member::method("getDaysInMonthUTC", "(): number", "How many days the month has in UTC.", |call| {
        part(call, false, days)
    }),
    Member::method(
        "getDaysInMonthLocalTime",
        "(): number",
        "How many days the month has in the user's zone.",
        |call| part(call, true, days),
    ),
    Member::method("getDaysInMonth", "(): number", "The same as `getDaysInMonthUTC`.", |call| {
        part(call, false, days)
    }),
    Member::method(
        "getWeekOfYearUTC",
        "(): number",
        "The number of the week in UTC: weeks begin on Sunday, the first one has 1 January.",
        |call| part(call, false, week),
    ),
    Member::method("getWeekOfYearLocalTime", "(): number", "The same in the user's zone.", |call| {
        part(call, true, week)
    }),
    Member::method("getWeekOfYear", "(): number", "The same as `getWeekOfYearUTC`.", |call| {
        part(call, false, week)
    }),
    Member::method("setYearUTC", "(year: number): void", "Takes another year in UTC.", |call| {
        set(call, false, with_year)
    }),
    Member::method(
        "setYearLocalTime",
        "(year: number): void",
        "Takes another year in the user's zone.",
        |call| set(call, true, with_year),
    ),
    Member::method("setYear", "(year: number): void", "The same as `setYearUTC`.", |call| {
        set(call, false, with_year)
    }),
    Member::method(
        "setMonthUTC",
        "(month: number): void",
        "Takes another month in UTC, 1 to 12; where it is too short, its last day.",
        |call| set(call, false, with_month),
    ),
    Member::method("setMonthLocalTime", "(month: number): void", "The same in the user's zone.", |call| {
        set(call, true, with_month)
    }),
    Member::method("setMonth", "(month: number): void", "The same as `setMonthUTC`.", |call| {
        set(call, false, with_month)
    }),
    Member::method(
        "setDayOfMonthUTC",
        "(day: number): void",
        "Takes another day of the month in UTC; days that it does not have run over.",
        |call| set(call, false, with_day),
    ),
    Member::method("setDayOfMonthLocalTime", "(day: number): void", "The same in the user's zone.", |call| {
        set(call, true, with_day)
    }),
    Member::method("setDayOfMonth", "(day: number): void", "The same as `setDayOfMonthUTC`.", |call| {
        set(call, false, with_day)
    }),
];

fn year(at: DateTime) -> i64 {
    i64::from(at.year())
}

fn month(at: DateTime) -> i64 {
    i64::from(at.month())
}

fn day(at: DateTime) -> i64 {
    i64::from(at.day())
}

fn weekday(at: DateTime) -> i64 {
    i64::from(calendar::weekday(at.date()))
}

fn days(at: DateTime) -> i64 {
    i64::from(at.days_in_month())
}

fn week(at: DateTime) -> i64 {
    i64::from(calendar::sunday_week(at.date()))
}

fn part<'js>(call: &Call<'_, 'js>, local: bool, of: fn(DateTime) -> i64) -> Answer<'js> {
    number(call, civil(call, local)?.map_or(0, of))
}

fn with_year(at: DateTime, year: i64) -> Result<DateTime, DateError> {
    let years = year.checked_sub(i64::from(at.year())).and_then(|years| years.checked_mul(12));
    Ok(DateTime::from_parts(plus_months_clamped(at.date(), years.ok_or(DateError::Range)?)?, at.time()))
}

fn with_month(at: DateTime, month: i64) -> Result<DateTime, DateError> {
    let months = month.checked_sub(i64::from(at.month())).ok_or(DateError::Range)?;
    Ok(DateTime::from_parts(plus_months_clamped(at.date(), months)?, at.time()))
}

fn with_day(at: DateTime, day: i64) -> Result<DateTime, DateError> {
    let days = day.checked_sub(1).ok_or(DateError::Range)?;
    Ok(DateTime::from_parts(plus_days(at.date().first_of_month(), days)?, at.time()))
}

fn set<'js>(
    call: &Call<'_, 'js>,
    local: bool,
    with: fn(DateTime, i64) -> Result<DateTime, DateError>,
) -> Answer<'js> {
    let wanted = required(call)?;
    shift(call, local, |at| with(at, wanted))?;
    Ok(call.undefined())
}

fn required(call: &Call<'_, '_>) -> Result<i64, Halt> {
    if call.number(0)?.is_nan() {
        return Err(call.type_error("argument 1 must be a number"));
    }
    call.whole(0, 0)
}
