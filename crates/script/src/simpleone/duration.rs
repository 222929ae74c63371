//! `SimpleDuration`: a length of time in whole seconds.

use std::rc::Rc;

use crate::date::length::{self, DAY, SECOND};
use crate::date::run::{formatted, language, number};
use crate::date::{DateError, Length, Point, php};
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call, State};

/// `SimpleDuration`.
pub(crate) static CLASS: Class = Class {
    name: "SimpleDuration",
    doc: "A length of time, to the second: so many seconds, or a text such as `2 10:30:00`, days and hours.",
    constructor: "(length?: number | string)",
    make: Some(make),
    members: &[
        Member::method(
            "add",
            "(other: SimpleDuration): SimpleDuration",
            "Adds a length; a new object with the sum.",
            |call| sum(call, 1),
        ),
        Member::method(
            "subtract",
            "(other: SimpleDuration): SimpleDuration",
            "Takes a length away; a new object with what is left.",
            |call| sum(call, -1),
        ),
        Member::method("getDurationSeconds", "(): number", "The length in seconds.", |call| {
            number(call, own(call)? / SECOND)
        }),
        Member::method(
            "getDurationValue",
            "(): string",
            "`d HH:mm:ss`; `HH:mm:ss` where it is less than a day.",
            |call| call.give_text(&length::text(own(call)?)),
        ),
        Member::method(
            "getDisplayValue",
            "(): string",
            "In words of the user's language: `2 days 10 hours`.",
            |call| call.give_text(&length::words(own(call)?, &language(call)?, true)),
        ),
        Member::method("getDayPart", "(): number", "The whole days.", |call| {
            number(call, length::days(own(call)?))
        }),
        Member::method(
            "getRoundedDayPart",
            "(): number",
            "The days; twelve hours and more count as one.",
            |call| number(call, length::rounded_days(own(call)?, DAY / 2)),
        ),
        Member::method("getValue", "(): string", "1970-01-01 00:00:00 and the length.", |call| {
            call.give_text(&call.state::<Length>()?.since_1970()?.text())
        }),
        Member::method(
            "getByFormat",
            "(format?: string): string",
            "1970-01-01 00:00:00 and the length, by a format of PHP's letters; `Y-m-d H:i:s` without one.",
            |call| {
                let format = call.optional_text(0)?.unwrap_or_else(|| "Y-m-d H:i:s".to_owned());
                let at = call.state::<Length>()?.since_1970()?.utc();
                call.give_text(&formatted(call, php::write, &format, at, None)?)
            },
        ),
        Member::method(
            "setDisplayValue",
            "(text: string): void",
            "Takes another length: `d h:m:s`.",
            |call| {
                let millis = length::read(&call.text(0)?)?;
                call.state::<Length>()?.millis.set(millis);
                Ok(call.undefined())
            },
        ),
        Member::method(
            "setValue",
            "(since1970: string | SimpleDateTime): void",
            "Takes the length from 1970-01-01 00:00:00 to a moment.",
            set_value,
        ),
        Member::method("toString", "(): string", "The same as `getValue`.", |call| {
            call.give_text(&call.state::<Length>()?.since_1970()?.text())
        }),
        Member::method("toJSON", "(): number", "Milliseconds: what a field of a record takes.", |call| {
            number(call, own(call)?)
        }),
    ],
    statics: &[],
    fields: None,
};

/// The object of a length.
pub(super) fn object<'js>(call: &Call<'_, 'js>, length: Length) -> Answer<'js> {
    call.object(&CLASS, Rc::new(length))
}

fn make(call: &Call<'_, '_>) -> Result<State, Halt> {
    Ok(Rc::new(Length::new(given(call)?)))
}

/// Argument 0 as a length in milliseconds: an object, a number of seconds, or a text.
pub(super) fn given(call: &Call<'_, '_>) -> Result<i64, Halt> {
    if let Some(other) = call.argument_state::<Length>(0) {
        return Ok(other.millis.get());
    }
    if call.is_missing(0) {
        return Ok(0);
    }
    let text = call.text(0)?;
    if let Ok(seconds) = text.trim().parse::<f64>() {
        #[expect(clippy::cast_possible_truncation, reason = "casts of floats saturate")]
        let seconds = seconds as i64;
        return Ok(seconds.checked_mul(SECOND).ok_or(DateError::Length(text))?);
    }
    Ok(length::read(&text)?)
}

fn own(call: &Call<'_, '_>) -> Result<i64, Halt> {
    Ok(call.state::<Length>()?.millis.get())
}

fn sum<'js>(call: &Call<'_, 'js>, sign: i64) -> Answer<'js> {
    let sum = given(call)?.checked_mul(sign).and_then(|other| own(call).ok()?.checked_add(other));
    let sum = sum.ok_or(DateError::Range)?;
    call.state::<Length>()?.millis.set(sum);
    object(call, Length::new(sum))
}

fn set_value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let millis = match call.argument_state::<Point>(0) {
        Some(point) => point.at.get().map_or(0, |at| at.seconds() * SECOND),
        None => length::read(&call.text(0)?)?,
    };
    call.state::<Length>()?.millis.set(millis);
    Ok(call.undefined())
}
