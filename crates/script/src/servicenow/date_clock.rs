//! `GlideTime`: a time of day.

use std::rc::Rc;

use jiff::civil::DateTime;

use super::{date_length, date_time};
use crate::date::calendar::time_text;
use crate::date::run::{millis_of, now, number, zone};
use crate::date::{Clock, DateError, Length, Moment, input};
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call, State};

/// `GlideTime`.
pub(crate) static CLASS: Class = Class {
    name: "GlideTime",
    doc: "A time of day: now, or so many milliseconds after midnight in UTC. Zones are those of today.",
    constructor: "(milliseconds?: number)",
    make: Some(make),
    members: &[
        Member::method("getValue", "(): string", "`HH:mm:ss` in UTC.", value),
        Member::method("toString", "(): string", "The same as `getValue`.", value),
        Member::method("toJSON", "(): string", "The same as `getValue`.", value),
        Member::method("getDisplayValue", "(): string", "`HH:mm:ss` in the user's zone.", |call| {
            call.give_text(&time_text(local(call)?.time()))
        }),
        Member::method("getDisplayValueInternal", "(): string", "The same as `getDisplayValue`.", |call| {
            call.give_text(&time_text(local(call)?.time()))
        }),
        Member::method(
            "getByFormat",
            "(format: string): string",
            "The value by a format of Java's letters.",
            |call| {
                let (clock, zone) = (call.state::<Clock>()?, zone(call)?);
                date_time::by_format(call, clock.shown(&zone), clock.is_local.then_some(&zone))
            },
        ),
        Member::method(
            "setValue",
            "(text: string): void",
            "Takes another time, `HH:mm:ss` in UTC.",
            |call| {
                let time = given(call)?;
                let today = now(call)?.utc().date();
                call.state::<Clock>()?.at.set(Moment::from_utc(DateTime::from_parts(today, time))?);
                Ok(call.undefined())
            },
        ),
        Member::method(
            "setDisplayValue",
            "(text: string): void",
            "Takes another time, `HH:mm:ss` in the user's zone.",
            |call| {
                let (time, zone) = (given(call)?, zone(call)?);
                let today = now(call)?.local(&zone).date();
                call.state::<Clock>()?.at.set(Moment::from_local(DateTime::from_parts(today, time), &zone)?);
                Ok(call.undefined())
            },
        ),
        Member::method("getHourUTC", "(): number", "The hour in UTC, 1 to 12.", |call| {
            number(call, twelve(utc(call)?))
        }),
        Member::method("getHourLocalTime", "(): number", "The hour in the user's zone, 1 to 12.", |call| {
            number(call, twelve(local(call)?))
        }),
        Member::method("getHourOfDayUTC", "(): number", "The hour in UTC, 0 to 23.", |call| {
            number(call, i64::from(utc(call)?.hour()))
        }),
        Member::method(
            "getHourOfDayLocalTime",
            "(): number",
            "The hour in the user's zone, 0 to 23.",
            |call| number(call, i64::from(local(call)?.hour())),
        ),
        Member::method("getMinutesUTC", "(): number", "The minute in UTC.", |call| {
            number(call, i64::from(utc(call)?.minute()))
        }),
        Member::method("getMinutesLocalTime", "(): number", "The minute in the user's zone.", |call| {
            number(call, i64::from(local(call)?.minute()))
        }),
        Member::method("getSeconds", "(): number", "The second.", |call| {
            number(call, i64::from(utc(call)?.second()))
        }),
    ],
    statics: &[Member::method(
        "subtract",
        "(start: GlideTime, end: GlideTime): GlideDuration",
        "The time from the first time of day to the second.",
        |call| {
            date_length::object(call, Length::new(millis_of(call, 1)?.saturating_sub(millis_of(call, 0)?)))
        },
    )],
    fields: None,
};

/// The object of a time of day.
pub(super) fn object<'js>(call: &Call<'_, 'js>, clock: Clock) -> Answer<'js> {
    call.object(&CLASS, Rc::new(clock))
}

fn make(call: &Call<'_, '_>) -> Result<State, Halt> {
    let now = now(call)?;
    if call.is_missing(0) {
        return Ok(Rc::new(Clock::utc(now)));
    }
    let today = Moment::from_utc(now.utc().start_of_day())?;
    Ok(Rc::new(Clock::utc(today.plus_millis(call.whole(0, 0)?)?)))
}

fn given(call: &Call<'_, '_>) -> Result<jiff::civil::Time, Halt> {
    let text = call.text(0)?;
    Ok(input::time(text.trim()).ok_or(DateError::Form { text, form: "HH:mm:ss".to_owned() })?)
}

fn utc(call: &Call<'_, '_>) -> Result<DateTime, Halt> {
    Ok(call.state::<Clock>()?.at.get().utc())
}

fn local(call: &Call<'_, '_>) -> Result<DateTime, Halt> {
    Ok(call.state::<Clock>()?.at.get().local(&zone(call)?))
}

fn twelve(at: DateTime) -> i64 {
    let hour = i64::from(at.hour()) % 12;
    if hour == 0 { 12 } else { hour }
}

fn value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&call.state::<Clock>()?.text(&zone(call)?))
}
