//! `GlideDateTime`: a moment, to the millisecond. Its parts are in [`super::date_parts`].

use std::cmp::Ordering;
use std::rc::Rc;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::{date_clock, date_day, date_length, date_parts};
use crate::date::calendar::{plus_days, plus_months_clamped, text_of};
use crate::date::run::{formatted, language, millis_of, now, number, zone};
use crate::date::{Clock, DateError, Day, Length, Moment, Point, input, java, length, moment};
use crate::describe::{Class, Member, joined};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call, State};

/// `GlideDateTime`.
pub(crate) static CLASS: Class = Class {
    name: "GlideDateTime",
    doc: "A moment, to the millisecond. Without an argument now; a text is UTC, `yyyy-MM-dd HH:mm:ss`.",
    constructor: "(value?: string | GlideDateTime | GlideElement)",
    make: Some(make),
    members: &MEMBERS,
    statics: &[Member::method(
        "subtract",
        "(start: GlideDateTime, end: GlideDateTime): GlideDuration",
        "The time from the first moment to the second.",
        between,
    )],
    fields: None,
};

static MEMBERS: [Member; OWN.len() + date_parts::MEMBERS.len()] = joined(&[OWN, date_parts::MEMBERS]);

const OWN: &[Member] = &[
    Member::method(
        "getValue",
        "(): string",
        "`yyyy-MM-dd HH:mm:ss` in UTC; empty where it is not valid.",
        value,
    ),
    Member::method("toString", "(): string", "The same as `getValue`.", value),
    Member::method("toJSON", "(): string", "The same as `getValue`.", value),
    Member::method("getDisplayValue", "(): string", "`yyyy-MM-dd HH:mm:ss` in the user's zone.", shown),
    Member::method(
        "getDisplayValueInternal",
        "(): string",
        "The same: users' formats are all the internal one.",
        shown,
    ),
    Member::method(
        "getDisplayValueLang",
        "(style: 'full' | 'long' | 'medium' | 'short', language?: string): string",
        "The moment in the user's zone as a language writes it.",
        in_language,
    ),
    Member::method("getNumericValue", "(): number", "Milliseconds since 1970-01-01 UTC.", |call| {
        number(call, call.state::<Point>()?.at.get().map_or(0, Moment::millis))
    }),
    Member::method("getDate", "(): GlideDate", "The day in UTC.", |call| day(call, &TimeZone::UTC)),
    Member::method("getLocalDate", "(): GlideDate", "The day in the user's zone.", |call| {
        day(call, &own_zone(call)?)
    }),
    Member::method("getTime", "(): GlideTime", "The time of day in UTC.", |call| clock(call, Clock::utc)),
    Member::method("getLocalTime", "(): GlideTime", "The time of day in the user's zone.", |call| {
        clock(call, Clock::local)
    }),
    Member::method("isValid", "(): boolean", "Whether the text was a moment.", |call| {
        Ok(call.give_flag(call.state::<Point>()?.at.get().is_some()))
    }),
    Member::method("getErrorMsg", "(): string", "Why it is not valid; empty where it is.", |call| {
        call.give_text(&call.state::<Point>()?.error.borrow())
    }),
    Member::method(
        "setValue",
        "(value: string | GlideDateTime | number): void",
        "Takes another moment: a text in UTC, or milliseconds.",
        |call| {
            put(call, &*call.state::<Point>()?)?;
            Ok(call.undefined())
        },
    ),
    Member::method(
        "setDisplayValue",
        "(text: string, format?: string): void",
        "Takes a moment in the user's zone; with a format of Java's letters an error where the text is not of it.",
        |call| {
            let zone = own_zone(call)?;
            set_by_format(call, &zone)
        },
    ),
    Member::method(
        "setDisplayValueInternal",
        "(text: string): void",
        "Takes a moment in the user's zone, `yyyy-MM-dd HH:mm:ss`.",
        |call| set_local(call, &own_zone(call)?, input::internal),
    ),
    Member::method(
        "setValueUTC",
        "(text: string, format: string): void",
        "Takes a moment in UTC by a format of Java's letters.",
        |call| set_by_format(call, &TimeZone::UTC),
    ),
    Member::method(
        "setNumericValue",
        "(milliseconds: number): void",
        "Takes the moment so long after 1970-01-01 UTC.",
        |call| {
            let millis = call.whole(0, 0)?;
            call.state::<Point>()?.put(Moment::from_millis(millis));
            Ok(call.undefined())
        },
    ),
    Member::method(
        "setTZ",
        "(timeZone: string): void",
        "Uses another zone than the user's for local times.",
        |call| {
            let zone = moment::zone(&call.text(0)?)?;
            *call.state::<Point>()?.zone.borrow_mut() = Some(zone);
            Ok(call.undefined())
        },
    ),
    Member::method(
        "getTZOffset",
        "(): number",
        "How far local time is ahead of UTC, in milliseconds.",
        |call| {
            let zone = own_zone(call)?;
            number(call, call.state::<Point>()?.at.get().map_or(0, |at| at.offset(&zone).0))
        },
    ),
    Member::method(
        "getDSTOffset",
        "(): number",
        "How much of that is for daylight saving, in milliseconds.",
        |call| {
            let zone = own_zone(call)?;
            number(call, call.state::<Point>()?.at.get().map_or(0, |at| at.offset(&zone).1))
        },
    ),
    Member::method("isDST", "(): boolean", "Whether local time is on daylight saving.", |call| {
        let zone = own_zone(call)?;
        Ok(call.give_flag(call.state::<Point>()?.at.get().is_some_and(|at| at.offset(&zone).1 != 0)))
    }),
    Member::method(
        "add",
        "(time: number | GlideTime | GlideDuration): void",
        "Moves by milliseconds, or by a time.",
        |call| by_millis(call, millis_of(call, 0)?),
    ),
    Member::method(
        "subtract",
        "(time: number | GlideTime | GlideDuration): void",
        "Moves back by milliseconds, or by a time.",
        |call| by_millis(call, millis_of(call, 0)?.checked_neg().ok_or(DateError::Range)?),
    ),
    Member::method("addSeconds", "(seconds: number): void", "Moves by seconds.", |call| {
        by_millis(call, call.whole(0, 0)?.checked_mul(1_000).ok_or(DateError::Range)?)
    }),
    Member::method("addDays", "(days: number): void", "The same as `addDaysUTC`.", |call| {
        by_days(call, 1, false)
    }),
    Member::method("addDaysUTC", "(days: number): void", "Moves by days of 24 hours.", |call| {
        by_days(call, 1, false)
    }),
    Member::method(
        "addDaysLocalTime",
        "(days: number): void",
        "Moves by days; the time of day in the user's zone stays.",
        |call| by_days(call, 1, true),
    ),
    Member::method("addWeeks", "(weeks: number): void", "The same as `addWeeksUTC`.", |call| {
        by_days(call, 7, false)
    }),
    Member::method("addWeeksUTC", "(weeks: number): void", "Moves by weeks of 168 hours.", |call| {
        by_days(call, 7, false)
    }),
    Member::method(
        "addWeeksLocalTime",
        "(weeks: number): void",
        "Moves by weeks; the time of day in the user's zone stays.",
        |call| by_days(call, 7, true),
    ),
    Member::method("addMonths", "(months: number): void", "The same as `addMonthsUTC`.", |call| {
        by_months(call, 1, false)
    }),
    Member::method(
        "addMonthsUTC",
        "(months: number): void",
        "Moves by months; where the month is too short, to its last day.",
        |call| by_months(call, 1, false),
    ),
    Member::method(
        "addMonthsLocalTime",
        "(months: number): void",
        "The same on the calendar of the user's zone.",
        |call| by_months(call, 1, true),
    ),
    Member::method("addYears", "(years: number): void", "The same as `addYearsUTC`.", |call| {
        by_months(call, 12, false)
    }),
    Member::method(
        "addYearsUTC",
        "(years: number): void",
        "Moves by years; from 29 February to the 28th where there is no 29th.",
        |call| by_months(call, 12, false),
    ),
    Member::method(
        "addYearsLocalTime",
        "(years: number): void",
        "The same on the calendar of the user's zone.",
        |call| by_months(call, 12, true),
    ),
    Member::method(
        "compareTo",
        "(other: GlideDateTime | string): -1 | 0 | 1",
        "-1 where it is earlier, 0 where it is the same moment, 1 where it is later.",
        |call| Ok(call.give_number(order(call)?.map_or(1.0, |order| f64::from(order as i8)))),
    ),
    Member::method(
        "equals",
        "(other: GlideDateTime | string): boolean",
        "Whether it is the same moment.",
        |call| is(call, Ordering::is_eq),
    ),
    Member::method(
        "before",
        "(other: GlideDateTime | string): boolean",
        "Whether it is earlier; not where it is the same moment.",
        |call| is(call, Ordering::is_lt),
    ),
    Member::method(
        "after",
        "(other: GlideDateTime | string): boolean",
        "Whether it is later; not where it is the same moment.",
        |call| is(call, Ordering::is_gt),
    ),
    Member::method(
        "onOrBefore",
        "(other: GlideDateTime | string): boolean",
        "Whether it is earlier, or the same moment.",
        |call| is(call, Ordering::is_le),
    ),
    Member::method(
        "onOrAfter",
        "(other: GlideDateTime | string): boolean",
        "Whether it is later, or the same moment.",
        |call| is(call, Ordering::is_ge),
    ),
];

/// The object of a moment, in microseconds since 1970-01-01 UTC.
pub(crate) fn object<'js>(call: &Call<'_, 'js>, micros: i64) -> Answer<'js> {
    call.object(&CLASS, Rc::new(Point::new(Moment::from_micros(micros)?.whole_millis())))
}

/// The object of a text in UTC; not valid where the text is no moment.
pub(crate) fn object_of_text<'js>(call: &Call<'_, 'js>, text: &str) -> Answer<'js> {
    let point = Point::new(now(call)?.whole_millis());
    point.put(read(text));
    call.object(&CLASS, Rc::new(point))
}

fn make(call: &Call<'_, '_>) -> Result<State, Halt> {
    let point = Point::new(now(call)?.whole_millis());
    put(call, &point)?;
    Ok(Rc::new(point))
}

fn read(text: &str) -> Result<Moment, DateError> {
    input::glide(text).ok_or_else(|| DateError::Text(text.to_owned())).and_then(Moment::from_utc)
}

/// Takes argument 0 where there is one.
fn put(call: &Call<'_, '_>, point: &Point) -> Result<(), Halt> {
    if let Some(other) = call.argument_state::<Point>(0) {
        point.at.set(other.at.get());
        point.error.borrow_mut().clone_from(&other.error.borrow());
    } else if call.raw(0).is_number() {
        point.put(Moment::from_millis(call.whole(0, 0)?));
    } else if !call.is_missing(0) {
        point.put(read(&call.text(0)?));
    }
    Ok(())
}

/// The zone of the object's local times.
pub(super) fn own_zone(call: &Call<'_, '_>) -> Result<TimeZone, Halt> {
    let own = call.state::<Point>()?.zone.borrow().clone();
    own.map_or_else(|| zone(call), Ok)
}

/// Day and time in UTC or in the zone of the object; `None` where it is not valid.
pub(super) fn civil(call: &Call<'_, '_>, local: bool) -> Result<Option<DateTime>, Halt> {
    let zone = if local { own_zone(call)? } else { TimeZone::UTC };
    Ok(call.state::<Point>()?.at.get().map(|at| at.local(&zone)))
}

/// Changes day and time; one that is not valid stays so.
pub(super) fn shift(
    call: &Call<'_, '_>,
    local: bool,
    change: impl FnOnce(DateTime) -> Result<DateTime, DateError>,
) -> Result<(), Halt> {
    let zone = if local { own_zone(call)? } else { TimeZone::UTC };
    let point = call.state::<Point>()?;
    if let Some(at) = point.at.get() {
        point.at.set(Some(at.shifted(&zone, change)?));
    }
    Ok(())
}

fn value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&call.state::<Point>()?.text())
}

fn shown<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&civil(call, true)?.map(text_of).unwrap_or_default())
}

fn in_language<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let language = match call.optional_text(1)? {
        Some(language) => language,
        None => language(call)?,
    };
    let russian = language.starts_with("ru");
    let pattern = match (call.text(0)?.as_str(), russian) {
        ("full", false) => "EEEE, MMMM d, yyyy h:mm:ss a z",
        ("long", false) => "MMMM d, yyyy h:mm:ss a z",
        ("short", false) => "M/d/yy h:mm a",
        (_, false) => "MMM d, yyyy h:mm:ss a",
        ("full", true) => "EEEE, dd.MM.yyyy H:mm:ss z",
        ("long", true) => "dd.MM.yyyy H:mm:ss z",
        ("short", true) => "dd.MM.yy H:mm",
        (_, true) => "dd.MM.yyyy H:mm:ss",
    };
    let Some(at) = civil(call, true)? else { return call.give_text("") };
    let zone = own_zone(call)?;
    let shown = crate::date::php::Shown {
        at,
        offset: Moment::from_local(at, &zone)?.offset(&zone).0,
        zone: zone.iana_name().unwrap_or("UTC"),
        language: &language,
    };
    call.give_text(&java::write(pattern, &shown))
}

fn day<'js>(call: &Call<'_, 'js>, zone: &TimeZone) -> Answer<'js> {
    let day = call.state::<Point>()?.at.get().map(|at| at.local(zone).date());
    date_day::object(call, day)
}

fn clock<'js>(call: &Call<'_, 'js>, made: fn(Moment) -> Clock) -> Answer<'js> {
    let at = call.state::<Point>()?.at.get().unwrap_or_else(Moment::epoch);
    date_clock::object(call, made(at))
}

fn set_local<'js>(call: &Call<'_, 'js>, zone: &TimeZone, read: fn(&str) -> Option<DateTime>) -> Answer<'js> {
    let text = call.text(0)?;
    let at = read(&text).ok_or(DateError::Text(text)).and_then(|at| Moment::from_local(at, zone));
    call.state::<Point>()?.put(at);
    Ok(call.undefined())
}

fn set_by_format<'js>(call: &Call<'_, 'js>, zone: &TimeZone) -> Answer<'js> {
    let Some(format) = call.optional_text(1)? else { return set_local(call, zone, input::glide) };
    let at = Moment::from_local(java::read(&format, &call.text(0)?)?, zone)?;
    call.state::<Point>()?.put(Ok(at));
    Ok(call.undefined())
}

fn by_millis<'js>(call: &Call<'_, 'js>, millis: i64) -> Answer<'js> {
    let point = call.state::<Point>()?;
    if let Some(at) = point.at.get() {
        point.at.set(Some(at.plus_millis(millis)?));
    }
    Ok(call.undefined())
}

fn by_days<'js>(call: &Call<'_, 'js>, each: i64, local: bool) -> Answer<'js> {
    let days = call.whole(0, 0)?.checked_mul(each).ok_or(DateError::Range)?;
    on_calendar(call, local, |day| plus_days(day, days))
}

fn by_months<'js>(call: &Call<'_, 'js>, each: i64, local: bool) -> Answer<'js> {
    let months = call.whole(0, 0)?.checked_mul(each).ok_or(DateError::Range)?;
    on_calendar(call, local, |day| plus_months_clamped(day, months))
}

fn on_calendar<'js>(
    call: &Call<'_, 'js>,
    local: bool,
    change: impl FnOnce(Date) -> Result<Date, DateError>,
) -> Answer<'js> {
    shift(call, local, |at| Ok(DateTime::from_parts(change(at.date())?, at.time())))?;
    Ok(call.undefined())
}

/// The moment of an argument; `None` where it is none.
pub(super) fn given(call: &Call<'_, '_>, index: usize) -> Result<Option<Moment>, Halt> {
    if let Some(point) = call.argument_state::<Point>(index) {
        return Ok(point.at.get());
    }
    if let Some(day) = call.argument_state::<Day>(index) {
        return Ok(day.start());
    }
    Ok(if call.is_missing(index) { None } else { read(&call.text(index)?).ok() })
}

/// How the object stands to argument 0; `None` where one of them is no moment.
fn order(call: &Call<'_, '_>) -> Result<Option<Ordering>, Halt> {
    let own = call.state::<Point>()?.at.get();
    let other = given(call, 0)?;
    // Texts have no milliseconds.
    let coarse = call.raw(0).is_string();
    let number = |at: Moment| if coarse { at.seconds() } else { at.millis() };
    Ok(own.zip(other).map(|(own, other)| number(own).cmp(&number(other))))
}

fn is<'js>(call: &Call<'_, 'js>, is: fn(Ordering) -> bool) -> Answer<'js> {
    Ok(call.give_flag(order(call)?.is_some_and(is)))
}

/// The time from argument 0 to argument 1.
pub(super) fn between<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (Some(start), Some(end)) = (given(call, 0)?, given(call, 1)?) else {
        return Err(call.type_error("subtract: two valid moments are needed"));
    };
    date_length::object(call, Length::new((end.seconds() - start.seconds()) * length::SECOND))
}

/// Day and time by a format of Java's letters, in UTC or in a zone.
pub(super) fn by_format<'js>(call: &Call<'_, 'js>, at: DateTime, zone: Option<&TimeZone>) -> Answer<'js> {
    let format = call.text(0)?;
    call.give_text(&formatted(call, java::write, &format, at, zone)?)
}
