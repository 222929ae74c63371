//! `SimpleSchedule`: working hours.

use std::cell::RefCell;
use std::rc::Rc;

use super::{date_time, duration};
use crate::Schedule;
use crate::date::hours::Hours;
use crate::date::{DateError, Length, Moment, moment_of};
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call, State};

/// A schedule, and the zone that its hours are read in.
#[derive(Default)]
struct Working {
    found: Option<Schedule>,
    zone: String,
}

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
            |call| {
                let working = find(call)?;
                *call.state::<RefCell<Working>>()?.borrow_mut() = working;
                Ok(call.undefined())
            },
        ),
        Member::method(
            "setTimeZone",
            "(timeZone: string): void",
            "Reads the hours in another zone.",
            |call| {
                let zone = call.text(0)?;
                crate::date::moment::zone(&zone)?;
                call.state::<RefCell<Working>>()?.borrow_mut().zone = zone;
                Ok(call.undefined())
            },
        ),
        Member::method("getName", "(): string", "Its name.", |call| {
            let working = call.state::<RefCell<Working>>()?;
            let name = working.borrow().found.as_ref().map(|found| found.name.clone());
            call.give_text(&name.unwrap_or_default())
        }),
        Member::method("isValid", "(): boolean", "Whether there is such a schedule, with hours.", |call| {
            Ok(call.give_flag(hours(call)?.is_some_and(|hours| !hours.is_empty())))
        }),
        Member::method(
            "isInSchedule",
            "(at: SimpleDateTime): boolean",
            "Whether a moment lies in its hours, or on one of its days that do not count.",
            |call| {
                let inside = match hours(call)? {
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
                let working = match hours(call)? {
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
                let millis = match hours(call)? {
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
    Ok(Rc::new(RefCell::new(find(call)?)))
}

/// The schedule with the id of argument 0, in the zone of argument 1 (UTC without one).
fn find(call: &Call<'_, '_>) -> Result<Working, Halt> {
    let id = call.text(0)?;
    let zone = call.optional_text(1)?.unwrap_or_else(|| "UTC".to_owned());
    crate::date::moment::zone(&zone)?;
    let found = if id.is_empty() { None } else { call.read(|host| host.schedule(&id))? };
    Ok(Working { found, zone })
}

fn hours(call: &Call<'_, '_>) -> Result<Option<Hours>, Halt> {
    let working = call.state::<RefCell<Working>>()?;
    let working = working.borrow();
    let hours = working.found.as_ref().map(|found| Hours::read(found, Some(&working.zone)));
    Ok(hours.transpose()?)
}

fn at(call: &Call<'_, '_>, index: usize) -> Result<Moment, Halt> {
    moment_of(call, index)?.ok_or_else(|| call.type_error("a SimpleDateTime is needed"))
}

fn when_next<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let from = at(call, 0)?;
    let working = call.state::<RefCell<Working>>()?;
    let zone = call.optional_text(1)?.unwrap_or_else(|| working.borrow().zone.clone());
    let Some(found) = working.borrow().found.clone() else { return Ok(call.null()) };
    match Hours::read(&found, Some(&zone))?.until_next(from)? {
        Some(millis) => duration::object(call, Length::new(millis)),
        None => Ok(call.null()),
    }
}

fn when_expires<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (start, seconds) = (at(call, 0)?, call.whole(1, 0)?);
    if seconds < 0 {
        return Err(call.type_error("whenWillExpire: argument 2 must be a number of seconds, 0 or more"));
    }
    let Some(hours) = hours(call)? else { return Ok(call.null()) };
    match hours.after(start, seconds.saturating_mul(1_000)) {
        Ok(at) => date_time::object(call, at),
        Err(DateError::TooFar(_)) => Ok(call.null()),
        Err(error) => Err(error.into()),
    }
}
