//! `GlideSchedule`: working hours.

use std::cell::RefCell;
use std::rc::Rc;

use super::{date_length, date_time};
use crate::date::run::{millis_of, number};
use crate::date::working::{self, Working, hours};
use crate::date::{Length, Moment, moment_of};
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call, State};

/// `GlideSchedule`.
pub(crate) static CLASS: Class = Class {
    name: "GlideSchedule",
    doc: "Working hours: whether a moment lies in them, and how much of them lies between two.",
    constructor: "(id?: string, timeZone?: string)",
    make: Some(make),
    members: &[
        Member::method(
            "load",
            "(id: string, timeZone?: string): void",
            "Takes another schedule, by its id.",
            |call| working::load(call, ""),
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
            "(at: GlideDateTime): boolean",
            "Whether a moment is working time.",
            |call| {
                let inside = match hours(call, None)? {
                    Some(hours) => hours.is_working(at(call, 0)?)?,
                    None => false,
                };
                Ok(call.give_flag(inside))
            },
        ),
        Member::method(
            "duration",
            "(start: GlideDateTime, end: GlideDateTime): GlideDuration",
            "The working time between two moments.",
            |call| {
                let (start, end) = (at(call, 0)?, at(call, 1)?);
                let millis = match hours(call, None)? {
                    Some(hours) => hours.between(start, end)?,
                    None => 0,
                };
                date_length::object(call, Length::new(millis))
            },
        ),
        Member::method(
            "add",
            "(start: GlideDateTime, duration: GlideDuration): GlideDateTime",
            "When so much working time has passed.",
            add,
        ),
        Member::method(
            "whenNext",
            "(at: GlideDateTime, timeZone?: string): number",
            "Milliseconds until working time begins; -1 where it never does.",
            |call| {
                let (from, zone) = (at(call, 0)?, call.optional_text(1)?);
                let next = match hours(call, zone.as_deref())? {
                    Some(hours) => hours.until_next(from)?,
                    None => None,
                };
                number(call, next.unwrap_or(-1))
            },
        ),
    ],
    statics: &[],
    fields: None,
};

fn make(call: &Call<'_, '_>) -> Result<State, Halt> {
    Ok(Rc::new(RefCell::new(Working::find(call, "")?)))
}

fn at(call: &Call<'_, '_>, index: usize) -> Result<Moment, Halt> {
    moment_of(call, index)?.ok_or_else(|| call.type_error("a GlideDateTime is needed"))
}

fn add<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (start, millis) = (at(call, 0)?, millis_of(call, 1)?);
    if millis < 0 {
        return Err(call.type_error("add: the duration must not be negative"));
    }
    let Some(hours) = hours(call, None)? else {
        return Err(call.type_error("there is no such schedule: see isValid()"));
    };
    date_time::object(call, hours.after(start, millis)?.micros())
}
