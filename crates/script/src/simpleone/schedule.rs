//! `SimpleSchedule`: working hours.

use std::cell::RefCell;
use std::rc::Rc;

use super::{date_time, duration};
use crate::date::working::{self, Working, hours};
use crate::date::{DateError, Length, Moment, moment_of};
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call, State};

/// `SimpleSchedule`.
pub(crate) static CLASS: Class = Class {
    name: "SimpleSchedule",
    doc: "Working hours: whether a moment lies in them, and how much of them lies between two.",
    constructor: "(id?: string, timeZone?: string)",
    make: Some(make),
    members: &[
        Member::method(
            "load",
            "(id: string, timeZone?: string): void",
            "Takes another schedule, by its id.",
            |call| working::load(call, "UTC"),
        ),
        Member::method(
            "setTimeZone",
            "(timeZone: string): void",
            "Reads the hours in another zone.",
            working::set_time_zone,
        ),
        Member::method("getName", "(): string", "Its name.", working::name),
        Member::method(
            "isValid",
            "(): boolean",
            "Whether there is such a schedule, with hours.",
            working::is_valid,
        ),
        Member::method(
            "isInSchedule",
            "(at: SimpleDateTime): boolean",
            "Whether a moment lies in its hours, or on one of its days that do not count.",
            |call| {
                let inside = match hours(call, None)? {
                    Some(hours) => hours.is_inside(at(call, 0)?)?,
                    None => false,
                };
                Ok(call.give_flag(inside))
            },
        ),
        Member::method(
            "isWorkingTime",
            "(at: SimpleDateTime): boolean",
            "Whether a moment is working time.",
            |call| {
                let working = match hours(call, None)? {
                    Some(hours) => hours.is_working(at(call, 0)?)?,
                    None => false,
                };
                Ok(call.give_flag(working))
            },
        ),
        Member::method(
            "duration",
            "(start: SimpleDateTime, end: SimpleDateTime): SimpleDuration",
            "The working time between two moments.",
            |call| {
                let (start, end) = (at(call, 0)?, at(call, 1)?);
                let millis = match hours(call, None)? {
                    Some(hours) => hours.between(start, end)?,
                    None => 0,
                };
                duration::object(call, Length::new(millis))
            },
        ),
        Member::method(
            "whenNext",
            "(at: SimpleDateTime, timeZone?: string): SimpleDuration | null",
            "How long it is until working time begins; null where it never does.",
            when_next,
        ),
        Member::method(
            "whenWillExpire",
            "(start: SimpleDateTime, seconds: number): SimpleDateTime | null",
            "When so many seconds of working time have passed; null where they never do.",
            when_expires,
        ),
    ],
    statics: &[],
    fields: None,
};

fn make(call: &Call<'_, '_>) -> Result<State, Halt> {
    Ok(Rc::new(RefCell::new(Working::find(call, "UTC")?)))
}

fn at(call: &Call<'_, '_>, index: usize) -> Result<Moment, Halt> {
    moment_of(call, index)?.ok_or_else(|| call.type_error("a SimpleDateTime is needed"))
}

fn when_next<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (from, zone) = (at(call, 0)?, call.optional_text(1)?);
    let Some(hours) = hours(call, zone.as_deref())? else { return Ok(call.null()) };
    match hours.until_next(from)? {
        Some(millis) => duration::object(call, Length::new(millis)),
        None => Ok(call.null()),
    }
}

fn when_expires<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (start, seconds) = (at(call, 0)?, call.whole(1, 0)?);
    if seconds < 0 {
        return Err(call.type_error("whenWillExpire: argument 2 must be a number of seconds, 0 or more"));
    }
    let Some(hours) = hours(call, None)? else { return Ok(call.null()) };
    match hours.after(start, seconds.saturating_mul(1_000)) {
        Ok(at) => date_time::object(call, at),
        Err(DateError::TooFar(_)) => Ok(call.null()),
        Err(error) => Err(error.into()),
    }
}
