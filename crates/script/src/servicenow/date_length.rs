//! `GlideDuration`: a length of time in milliseconds.

use std::rc::Rc;

use super::date_time::by_format;
use crate::date::length::{self, DAY};
use crate::date::run::{language, number};
use crate::date::{DateError, Length};
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call, State};

/// `GlideDuration`.
pub(crate) static CLASS: Class = Class {
    name: "GlideDuration",
    doc: "A length of time: milliseconds, or a text such as `2 10:30:00`, days and hours.",
    constructor: "(length?: number | string | GlideDuration)",
    make: Some(make),
    members: &[
        Member::method("getNumericValue", "(): number", "The length in milliseconds.", |call| {
            number(call, own(call)?)
        }),
        Member::method(
            "getDurationValue",
            "(): string",
            "`d HH:mm:ss`; `HH:mm:ss` where it is less than a day.",
            |call| call.give_text(&length::text(own(call)?)),
        ),
        Member::method("getDisplayValue", "(): string", "In words: `2 Days 10 Hours 36 Minutes`.", display),
        Member::method("getDayPart", "(): number", "The whole days.", |call| {
            number(call, length::days(own(call)?))
        }),
        Member::method(
            "getRoundedDayPart",
            "(): number",
            "The days; more than twelve hours count as one.",
            |call| number(call, length::rounded_days(own(call)?, DAY / 2 + 1)),
        ),
        Member::method("getValue", "(): string", "1970-01-01 00:00:00 and the length.", value),
        Member::method("toString", "(): string", "The same as `getValue`.", value),
        Member::method("toJSON", "(): number", "Milliseconds: what a field of a record takes.", |call| {
            number(call, own(call)?)
        }),
        Member::method(
            "getByFormat",
            "(format: string): string",
            "1970-01-01 00:00:00 and the length, by a format of Java's letters.",
            |call| by_format(call, call.state::<Length>()?.since_1970()?.utc(), None),
        ),
        Member::method(
            "add",
            "(other: GlideDuration | number): GlideDuration",
            "Adds a length; a new object with the sum.",
            |call| sum(call, 1),
        ),
        Member::method(
            "subtract",
            "(other: GlideDuration | number): GlideDuration",
            "Takes a length away; a new object with what is left.",
            |call| sum(call, -1),
        ),
        Member::method(
            "setValue",
            "(value: string | number): void",
            "Takes another length: milliseconds, or 1970-01-01 and the length.",
            set,
        ),
        Member::method("setDisplayValue", "(text: string): void", "Takes another length: `d HH:mm:ss`.", set),
        Member::method("setNumericValue", "(milliseconds: number): void", "Takes another length.", set),
    ],
    statics: &[],
    fields: None,
};

/// The object of a length.
pub(crate) fn object<'js>(call: &Call<'_, 'js>, length: Length) -> Answer<'js> {
    call.object(&CLASS, Rc::new(length))
}

fn make(call: &Call<'_, '_>) -> Result<State, Halt> {
    Ok(Rc::new(Length::new(given(call)?)))
}

/// Argument 0 in milliseconds.
fn given(call: &Call<'_, '_>) -> Result<i64, Halt> {
    if let Some(other) = call.argument_state::<Length>(0) {
        return Ok(other.millis.get());
    }
    if call.is_missing(0) {
        return Ok(0);
    }
    let text = call.text(0)?;
    if text.is_empty() {
        return Ok(0);
    }
    match text.trim().parse::<f64>() {
        #[expect(clippy::cast_possible_truncation, reason = "casts of floats saturate")]
        Ok(millis) => Ok(millis as i64),
        Err(_) => Ok(length::read(&text)?),
    }
}

fn own(call: &Call<'_, '_>) -> Result<i64, Halt> {
    Ok(call.state::<Length>()?.millis.get())
}

fn value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&call.state::<Length>()?.since_1970()?.text())
}

/// English words begin with capitals here.
fn display<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let language = language(call)?;
    let words = length::words(own(call)?, &language, false);
    if language.starts_with("ru") {
        return call.give_text(&words);
    }
    let mut text = String::new();
    for letter in words.chars() {
        let first = text.is_empty() || text.ends_with(' ');
        text.push(if first { letter.to_ascii_uppercase() } else { letter });
    }
    call.give_text(&text)
}

fn sum<'js>(call: &Call<'_, 'js>, sign: i64) -> Answer<'js> {
    let (own, other) = (own(call)?, given(call)?);
    let sum = other.checked_mul(sign).and_then(|other| own.checked_add(other)).ok_or(DateError::Range)?;
    call.state::<Length>()?.millis.set(sum);
    object(call, Length::new(sum))
}

fn set<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let millis = given(call)?;
    call.state::<Length>()?.millis.set(millis);
    Ok(call.undefined())
}
