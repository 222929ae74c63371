//! The state behind the schedule objects of both vocabularies: the hours that were found, and the zone that
//! they are read in. What an object makes of a schedule that there is none of is its vocabulary's.

use std::cell::RefCell;

use super::hours::Hours;
use super::moment;
use crate::Schedule;
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};

/// A schedule, and the zone that its hours are read in; empty for its own.
pub(crate) struct Working {
    found: Option<Schedule>,
    zone: String,
}

impl Working {
    /// The schedule with the id of argument 0, in the zone of argument 1, or in `usual` without one.
    pub(crate) fn find(call: &Call<'_, '_>, usual: &str) -> Result<Self, Halt> {
        let (id, zone) = (call.text(0)?, call.optional_text(1)?.unwrap_or_else(|| usual.to_owned()));
        if !zone.is_empty() {
            moment::zone(&zone)?;
        }
        let found = if id.is_empty() { None } else { call.read(|host| host.schedule(&id))? };
        Ok(Self { found, zone })
    }
}

/// Takes the schedule of the arguments in the place of the one that there was.
pub(crate) fn load<'js>(call: &Call<'_, 'js>, usual: &str) -> Answer<'js> {
    let working = Working::find(call, usual)?;
    *call.state::<RefCell<Working>>()?.borrow_mut() = working;
    Ok(call.undefined())
}

/// `setTimeZone`
pub(crate) fn set_time_zone<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let zone = call.text(0)?;
    moment::zone(&zone)?;
    call.state::<RefCell<Working>>()?.borrow_mut().zone = zone;
    Ok(call.undefined())
}

/// `getName`
pub(crate) fn name<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let working = call.state::<RefCell<Working>>()?;
    let name = working.borrow().found.as_ref().map(|found| found.name.clone());
    call.give_text(&name.unwrap_or_default())
}

/// `isValid`
pub(crate) fn is_valid<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_flag(hours(call, None)?.is_some_and(|hours| !hours.is_empty())))
}

/// The hours, read in another zone where one is given; `None` where there is no such schedule.
pub(crate) fn hours(call: &Call<'_, '_>, zone: Option<&str>) -> Result<Option<Hours>, Halt> {
    let working = call.state::<RefCell<Working>>()?;
    let working = working.borrow();
    let zone = zone.unwrap_or(&working.zone);
    let hours = working.found.as_ref().map(|found| Hours::read(found, Some(zone)));
    Ok(hours.transpose()?)
}
