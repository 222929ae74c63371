//! `SimpleTime`: a time of day.

use std::rc::Rc;

use jiff::civil::DateTime;

use crate::date::calendar::time_text;
use crate::date::run::{formatted, now, zone};
use crate::date::{Clock, DateError, Moment, input, php};
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call, State};

/// `SimpleTime`.
pub(crate) static CLASS: Class = Class {
    name: "SimpleTime",
    doc: "A time of day: so many seconds after midnight in UTC. Zones are those of today.",
    constructor: "(seconds?: number)",
    make: Some(make),
    members: &[
        Member::method(
            "setValue",
            "(text: string): void",
            "Takes another time, `HH:mm:ss` in the user's zone.",
            set_value,
        ),
        Member::method("getValue", "(): string", "`HH:mm:ss` in UTC.", value),
        Member::method("getDisplayValue", "(): string", "`HH:mm:ss` in the user's zone.", |call| {
            call.give_text(&time_text(local(call)?.time()))
        }),
        Member::method(
            "getByFormat",
            "(format?: string): string",
            "The value by a format of PHP's letters; `H:i:s` without one.",
            |call| {
                let format = call.optional_text(0)?.unwrap_or_else(|| "H:i:s".to_owned());
                let (clock, zone) = (call.state::<Clock>()?, zone(call)?);
                let own = clock.is_local.then_some(&zone);
                call.give_text(&formatted(call, php::write, &format, clock.shown(&zone), own)?)
            },
        ),
        Member::method(
            "getHourLocalTime",
            "(): string",
            "The hour in the user's zone, two digits.",
            |call| call.give_text(&format!("{:02}", local(call)?.hour())),
        ),
        Member::method("getHourUTC", "(): string", "The hour in UTC, two digits.", |call| {
            call.give_text(&format!("{:02}", call.state::<Clock>()?.at.get().utc().hour()))
        }),
        Member::method("toString", "(): string", "The same as `getValue`.", value),
        Member::method("toJSON", "(): string", "The same as `getValue`.", value),
    ],
    statics: &[],
    fields: None,
};

/// The object of a time of day.
pub(super) fn object<'js>(call: &Call<'_, 'js>, clock: Clock) -> Answer<'js> {
    call.object(&CLASS, Rc::new(clock))
}

fn make(call: &Call<'_, '_>) -> Result<State, Halt> {
    let today = Moment::from_utc(now(call)?.utc().start_of_day())?;
    let millis = call.whole(0, 0)?.checked_mul(1_000).ok_or(DateError::Range)?;
    Ok(Rc::new(Clock::utc(today.plus_millis(millis)?)))
}

fn local(call: &Call<'_, '_>) -> Result<DateTime, Halt> {
    Ok(call.state::<Clock>()?.at.get().local(&zone(call)?))
}

fn value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&call.state::<Clock>()?.text(&zone(call)?))
}

fn set_value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let text = call.text(0)?;
    let time = input::time(text.trim()).ok_or(DateError::Form { text, form: "HH:mm:ss".to_owned() })?;
    let zone = zone(call)?;
    let today = now(call)?.local(&zone).date();
    call.state::<Clock>()?.at.set(Moment::from_local(DateTime::from_parts(today, time), &zone)?);
    Ok(call.undefined())
}
