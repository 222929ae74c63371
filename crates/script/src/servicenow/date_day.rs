//! `GlideDate`: a day without a time.

use std::rc::Rc;

use jiff::civil::{Date, DateTime, Time};

use super::date_time;
use crate::date::calendar::{day_text, plus_days, plus_months_clamped};
use crate::date::run::{now, number};
use crate::date::{DateError, Day, Point, input};
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call, State};

/// `GlideDate`.
pub(crate) static CLASS: Class = Class {
    name: "GlideDate",
    doc: "A day without a time. Without an argument it is today in UTC.",
    constructor: "(value?: string | GlideDateTime)",
    make: Some(make),
    members: &[
        Member::method("getValue", "(): string", "`yyyy-MM-dd`; empty where it is not valid.", value),
        Member::method("toString", "(): string", "The same as `getValue`.", value),
        Member::method("toJSON", "(): string", "The same as `getValue`.", value),
        Member::method(
            "getDisplayValue",
            "(): string",
            "The same as `getValue`: users' formats are all that one.",
            value,
        ),
        Member::method("getDisplayValueInternal", "(): string", "The same as `getValue`.", value),
        Member::method(
            "setValue",
            "(value: string | GlideDate): void",
            "Takes another day, `yyyy-MM-dd`.",
            set,
        ),
        Member::method("setDisplayValue", "(text: string): void", "The same as `setValue`.", set),
        Member::method("isValid", "(): boolean", "Whether the text was a day.", |call| {
            Ok(call.give_flag(call.state::<Day>()?.day.get().is_some()))
        }),
        Member::method(
            "getByFormat",
            "(format: string): string",
            "The day by a format of Java's letters.",
            |call| {
                let Some(day) = call.state::<Day>()?.day.get() else { return call.give_text("") };
                date_time::by_format(call, DateTime::from_parts(day, Time::midnight()), None)
            },
        ),
        Member::method("getDayOfMonthNoTZ", "(): number", "The day of the month.", |call| {
            part(call, |day| i64::from(day.day()))
        }),
        Member::method("getMonthNoTZ", "(): number", "The month, 1 to 12.", |call| {
            part(call, |day| i64::from(day.month()))
        }),
        Member::method("getYearNoTZ", "(): number", "The year.", |call| {
            part(call, |day| i64::from(day.year()))
        }),
        Member::method("getNumericValue", "(): number", "Milliseconds from 1970-01-01 to the day.", |call| {
            number(call, call.state::<Day>()?.start().map_or(0, crate::date::Moment::millis))
        }),
        Member::method("addDays", "(days: number): void", "Moves by days.", |call| by_days(call, 1)),
        Member::method("addDaysUTC", "(days: number): void", "The same as `addDays`.", |call| {
            by_days(call, 1)
        }),
        Member::method("addDaysLocalTime", "(days: number): void", "The same as `addDays`.", |call| {
            by_days(call, 1)
        }),
        Member::method("addWeeks", "(weeks: number): void", "Moves by weeks.", |call| by_days(call, 7)),
        Member::method(
            "addMonths",
            "(months: number): void",
            "Moves by months; where the month is too short, to its last day.",
            |call| by_months(call, 1),
        ),
        Member::method("addYears", "(years: number): void", "Moves by years.", |call| by_months(call, 12)),
        Member::method("before", "(other: GlideDate | string): boolean", "Whether it is earlier.", |call| {
            let (own, other) = both(call)?;
            Ok(call.give_flag(own < other))
        }),
        Member::method("after", "(other: GlideDate | string): boolean", "Whether it is later.", |call| {
            let (own, other) = both(call)?;
            Ok(call.give_flag(own > other))
        }),
        Member::method(
            "equals",
            "(other: GlideDate | string): boolean",
            "Whether it is the same day.",
            |call| {
                let (own, other) = both(call)?;
                Ok(call.give_flag(own == other))
            },
        ),
        Member::method(
            "compareTo",
            "(other: GlideDate | string): -1 | 0 | 1",
            "-1 where it is earlier, 0 where it is the same day, 1 where it is later.",
            |call| {
                let (own, other) = both(call)?;
                Ok(call.give_number(f64::from(own.cmp(&other) as i8)))
            },
        ),
    ],
    statics: &[Member::method(
        "subtract",
        "(start: GlideDate, end: GlideDate): GlideDuration",
        "The time from the first day to the second.",
        date_time::between,
    )],
    fields: None,
};

/// The object of a day; `None` is one that is not valid.
pub(crate) fn object<'js>(call: &Call<'_, 'js>, day: Option<Date>) -> Answer<'js> {
    call.object(&CLASS, Rc::new(Day { day: day.into() }))
}

fn make(call: &Call<'_, '_>) -> Result<State, Halt> {
    let day = if call.is_missing(0) { Some(now(call)?.utc().date()) } else { given(call)? };
    Ok(Rc::new(Day { day: day.into() }))
}

/// The day of argument 0.
fn given(call: &Call<'_, '_>) -> Result<Option<Date>, Halt> {
    if let Some(day) = call.argument_state::<Day>(0) {
        return Ok(day.day.get());
    }
    if let Some(point) = call.argument_state::<Point>(0) {
        return Ok(point.at.get().map(|at| at.utc().date()));
    }
    Ok(input::glide(&call.text(0)?).map(DateTime::date))
}

fn value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&call.state::<Day>()?.day.get().map(day_text).unwrap_or_default())
}

fn set<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let day = given(call)?;
    call.state::<Day>()?.day.set(day);
    Ok(call.undefined())
}

fn part<'js>(call: &Call<'_, 'js>, of: fn(Date) -> i64) -> Answer<'js> {
    number(call, call.state::<Day>()?.day.get().map_or(0, of))
}

fn change<'js>(call: &Call<'_, 'js>, change: impl FnOnce(Date) -> Result<Date, DateError>) -> Answer<'js> {
    let state = call.state::<Day>()?;
    if let Some(day) = state.day.get() {
        state.day.set(Some(change(day)?));
    }
    Ok(call.undefined())
}

fn by_days<'js>(call: &Call<'_, 'js>, each: i64) -> Answer<'js> {
    let days = call.whole(0, 0)?.checked_mul(each).ok_or(DateError::Range)?;
    change(call, |day| plus_days(day, days))
}

fn by_months<'js>(call: &Call<'_, 'js>, each: i64) -> Answer<'js> {
    let months = call.whole(0, 0)?.checked_mul(each).ok_or(DateError::Range)?;
    change(call, |day| plus_months_clamped(day, months))
}

fn both(call: &Call<'_, '_>) -> Result<(Date, Date), Halt> {
    let own = call.state::<Day>()?.day.get();
    let both = own.zip(given(call)?);
    both.ok_or_else(|| call.type_error("two valid days are needed to compare them"))
}
