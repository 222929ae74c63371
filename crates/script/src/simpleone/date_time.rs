//! `SimpleDateTime`: a moment that scripts reckon with, in whole seconds.

use std::cmp::Ordering;
use std::rc::Rc;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::duration;
use crate::date::calendar::{self, day_text, plus_days, plus_months_over, text_of};
use crate::date::run::{language, moment_of, now, number, read, zone};
use crate::date::{Clock, DateError, Length, Moment, Point, names};
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call, State};

/// `SimpleDateTime`.
pub(crate) static CLASS: Class = Class {
    name: "SimpleDateTime",
    doc: "A moment, to the second. Without an argument now; a text is UTC, or words such as `yesterday 06:30`.",
    constructor: "(text?: string | SimpleDateTime)",
    make: Some(make),
    members: &[
        Member::method("addDays", "(days: number): void", "Moves by days.", |call| by_days(call, 1)),
        Member::method("addWeeks", "(weeks: number): void", "Moves by weeks.", |call| by_days(call, 7)),
        Member::method(
            "addMonths",
            "(months: number): void",
            "Moves by months; days that the month does not have run over into the next: 31 January and a month is 3 March.",
            |call| by_months(call, 1),
        ),
        Member::method("addYears", "(years: number): void", "Moves by years, likewise.", |call| {
            by_months(call, 12)
        }),
        Member::method("addSeconds", "(seconds: number): void", "Moves by seconds.", |call| {
            by_seconds(call, 1)
        }),
        Member::method(
            "setValue",
            "(utc: string | SimpleDateTime): void",
            "Takes another moment, in UTC.",
            set_value,
        ),
        Member::method(
            "subtract",
            "(from: SimpleDateTime | number, to?: SimpleDateTime): SimpleDuration | null",
            "The time from the first moment to the second; with a number: moves back by so many seconds.",
            subtract,
        ),
        Member::method(
            "after",
            "(other: SimpleDateTime | string): boolean",
            "Whether it is later, or the same moment.",
            |call| compare(call, Ordering::is_ge),
        ),
        Member::method(
            "before",
            "(other: SimpleDateTime | string): boolean",
            "Whether it is earlier, or the same moment.",
            |call| compare(call, Ordering::is_le),
        ),
        Member::method(
            "equals",
            "(other: SimpleDateTime | string): boolean",
            "Whether it is the same moment.",
            |call| compare(call, Ordering::is_eq),
        ),
        Member::method(
            "compareTo",
            "(other: SimpleDateTime | string): -1 | 0 | 1",
            "-1 where it is earlier, 0 where it is the same moment, 1 where it is later.",
            |call| Ok(call.give_number(f64::from(order(call)? as i8))),
        ),
        Member::method(
            "getValue",
            "(): string | null",
            "`YYYY-MM-DD HH:mm:ss` in UTC; null where it is not valid.",
            value,
        ),
        Member::method(
            "getDisplayValue",
            "(): string",
            "`YYYY-MM-DD HH:mm:ss` in the user's zone.",
            |call| told(call, true, text_of),
        ),
        Member::method("getDate", "(): string", "The day in UTC, `YYYY-MM-DD`.", |call| {
            told(call, false, |at| day_text(at.date()))
        }),
        Member::method("getLocalDate", "(): string", "The day in the user's zone, `YYYY-MM-DD`.", |call| {
            told(call, true, |at| day_text(at.date()))
        }),
        Member::method("getTime", "(): SimpleTime", "The time of day in UTC.", |call| {
            let at = required(call)?;
            super::time::object(call, Clock::utc(at))
        }),
        Member::method("getLocalTime", "(): SimpleTime", "The time of day in the user's zone.", |call| {
            let at = required(call)?;
            super::time::object(call, Clock::local(at))
        }),
        Member::method("getNumericValue", "(): number", "Seconds since 1970-01-01 UTC.", |call| {
            number(call, required(call)?.seconds())
        }),
        Member::method("getDayOfMonthUTC", "(): number", "The day of the month in UTC.", |call| {
            counted(call, false, |at| i64::from(at.day()))
        }),
        Member::method(
            "getDayOfMonthLocalTime",
            "(): number",
            "The day of the month in the user's zone.",
            |call| counted(call, true, |at| i64::from(at.day())),
        ),
        Member::method(
            "getDayOfWeekUTC",
            "(): string",
            "The short name of the day of the week in UTC, in the user's language.",
            |call| {
                named(call, false, |at, language| {
                    names::short_weekday(calendar::weekday(at.date()), language)
                })
            },
        ),
        Member::method("getDayOfWeekLocalTime", "(): string", "The same in the user's zone.", |call| {
            named(call, true, |at, language| names::short_weekday(calendar::weekday(at.date()), language))
        }),
        Member::method("getDaysInMonthUTC", "(): number", "How many days the month has in UTC.", |call| {
            counted(call, false, |at| i64::from(at.days_in_month()))
        }),
        Member::method(
            "getDaysInMonthLocalTime",
            "(): number",
            "How many days the month has in the user's zone.",
            |call| counted(call, true, |at| i64::from(at.days_in_month())),
        ),
        Member::method(
            "getMonthUTC",
            "(): string",
            "The name of the month in UTC, in the user's language.",
            |call| named(call, false, |at, language| names::month(at.month(), language)),
        ),
        Member::method(
            "getMonthLocalTime",
            "(): string",
            "The name of the month in the user's zone, in the user's language.",
            |call| named(call, true, |at, language| names::month(at.month(), language)),
        ),
        Member::method(
            "getWeekOfYearUTC",
            "(): number",
            "The number of the week (ISO 8601) in UTC.",
            |call| counted(call, false, |at| i64::from(calendar::iso_week(at.date()))),
        ),
        Member::method(
            "getWeekOfYearLocalTime",
            "(): number",
            "The number of the week (ISO 8601) in the user's zone.",
            |call| counted(call, true, |at| i64::from(calendar::iso_week(at.date()))),
        ),
        Member::method("getYearUTC", "(): number", "The year in UTC.", |call| {
            counted(call, false, |at| i64::from(at.year()))
        }),
        Member::method("getYearLocalTime", "(): number", "The year in the user's zone.", |call| {
            counted(call, true, |at| i64::from(at.year()))
        }),
        Member::method("isValid", "(): boolean", "Whether the text was a moment.", |call| {
            Ok(call.give_flag(call.state::<Point>()?.at.get().is_some()))
        }),
        Member::method("getErrorMsg", "(): string", "Why it is not valid; empty where it is.", |call| {
            call.give_text(&call.state::<Point>()?.error.borrow())
        }),
        Member::method(
            "toString",
            "(): string",
            "The same as `getValue`; empty where it is not valid.",
            |call| call.give_text(&call.state::<Point>()?.text()),
        ),
        Member::method("toJSON", "(): string", "The same as `toString`.", |call| {
            call.give_text(&call.state::<Point>()?.text())
        }),
        Member::refused("addHours", "use addSeconds(3600 * hours)"),
        Member::refused("addMinutes", "use addSeconds(60 * minutes)"),
    ],
    statics: &[],
    fields: None,
};

/// The object of a moment.
pub(super) fn object<'js>(call: &Call<'_, 'js>, at: Moment) -> Answer<'js> {
    call.object(&CLASS, Rc::new(Point::new(at)))
}

fn make(call: &Call<'_, '_>) -> Result<State, Halt> {
    let point = Point::new(now(call)?.whole_seconds());
    put(call, &point)?;
    Ok(Rc::new(point))
}

/// Takes argument 0 where there is one.
fn put(call: &Call<'_, '_>, point: &Point) -> Result<(), Halt> {
    if let Some(other) = call.argument_state::<Point>(0) {
        point.at.set(other.at.get());
        point.error.borrow_mut().clone_from(&other.error.borrow());
    } else if !call.is_missing(0) {
        let text = call.text(0)?;
        if !text.trim().is_empty() {
            point.put(read(call, &text).map(Moment::whole_seconds));
        }
    }
    Ok(())
}

/// The moment of the object; an error where it is none.
fn required(call: &Call<'_, '_>) -> Result<Moment, Halt> {
    let point = call.state::<Point>()?;
    point
        .at
        .get()
        .ok_or_else(|| call.type_error(&format!("the SimpleDateTime is not valid: {}", point.error.borrow())))
}

fn shift(
    call: &Call<'_, '_>,
    change: impl FnOnce(DateTime) -> Result<DateTime, DateError>,
) -> Result<(), Halt> {
    let at = required(call)?.shifted(&TimeZone::UTC, change)?;
    call.state::<Point>()?.at.set(Some(at));
    Ok(())
}

fn by_days<'js>(call: &Call<'_, 'js>, each: i64) -> Answer<'js> {
    let days = call.whole(0, 0)?.checked_mul(each).ok_or(DateError::Range)?;
    shift(call, |at| Ok(DateTime::from_parts(plus_days(at.date(), days)?, at.time())))?;
    Ok(call.undefined())
}

fn by_months<'js>(call: &Call<'_, 'js>, each: i64) -> Answer<'js> {
    let months = call.whole(0, 0)?.checked_mul(each).ok_or(DateError::Range)?;
    shift(call, |at| Ok(DateTime::from_parts(plus_months_over(at.date(), months)?, at.time())))?;
    Ok(call.undefined())
}

fn by_seconds<'js>(call: &Call<'_, 'js>, sign: i64) -> Answer<'js> {
    let millis = call.whole(0, 0)?.checked_mul(1_000 * sign).ok_or(DateError::Range)?;
    let at = required(call)?.plus_millis(millis)?;
    call.state::<Point>()?.at.set(Some(at));
    Ok(call.undefined())
}

fn set_value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    put(call, &*call.state::<Point>()?)?;
    Ok(call.undefined())
}

fn subtract<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    if call.argument_state::<Point>(0).is_none() {
        by_seconds(call, -1)?;
        return Ok(call.null());
    }
    let (Some(from), Some(to)) = (moment_of(call, 0)?, moment_of(call, 1)?) else {
        return Err(call.type_error("subtract: two SimpleDateTime are needed, or a number of seconds"));
    };
    duration::object(call, Length::new((to.seconds() - from.seconds()) * 1_000))
}

fn order(call: &Call<'_, '_>) -> Result<Ordering, Halt> {
    let own = required(call)?;
    match moment_of(call, 0)? {
        Some(other) => Ok(own.seconds().cmp(&other.seconds())),
        None => Err(call.type_error("a SimpleDateTime to compare with is needed")),
    }
}

fn compare<'js>(call: &Call<'_, 'js>, is: fn(Ordering) -> bool) -> Answer<'js> {
    Ok(call.give_flag(is(order(call)?)))
}

fn value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let point = call.state::<Point>()?;
    if point.at.get().is_some() { call.give_text(&point.text()) } else { Ok(call.null()) }
}

/// Day and time in UTC or in the user's zone.
fn civil(call: &Call<'_, '_>, local: bool) -> Result<DateTime, Halt> {
    let at = required(call)?;
    Ok(if local { at.local(&zone(call)?) } else { at.utc() })
}

fn told<'js>(call: &Call<'_, 'js>, local: bool, tell: fn(DateTime) -> String) -> Answer<'js> {
    if call.state::<Point>()?.at.get().is_none() {
        return call.give_text("");
    }
    call.give_text(&tell(civil(call, local)?))
}

fn counted<'js>(call: &Call<'_, 'js>, local: bool, count: fn(DateTime) -> i64) -> Answer<'js> {
    number(call, count(civil(call, local)?))
}

fn named<'js>(call: &Call<'_, 'js>, local: bool, name: fn(DateTime, &str) -> &'static str) -> Answer<'js> {
    call.give_text(name(civil(call, local)?, &language(call)?))
}
