//! ServiceNow's vocabulary: thin shells over the record, the dates and the host that both vocabularies
//! share. Field values are elements here, which follow their record and are compared by value.

mod attachment;
mod date_clock;
mod date_day;
mod date_length;
mod date_parts;
mod date_schedule;
pub(crate) mod date_time;
mod filter;
mod hierarchy;
mod refused;
mod strings;
mod system;
mod user;

use crate::Global;
use crate::Value;
use crate::describe::Api;
use crate::interp::kit::{Answer, Call};

/// Everything that scripts find.
pub(crate) static API: Api = Api {
    classes: &[
        &date_time::CLASS,
        &date_day::CLASS,
        &date_clock::CLASS,
        &date_length::CLASS,
        &date_schedule::CLASS,
        &user::CLASS,
        &attachment::CLASS,
        &attachment::STREAM,
        &attachment::READER,
        &strings::CLASS,
        &filter::CLASS,
        &hierarchy::CLASS,
        &system::SESSION,
    ],
    objects: &[("gs", &system::GS)],
    given: &[],
    functions: &[],
    refused: refused::NAMES,
};

/// The object of a context variable.
pub(crate) fn given<'js>(call: &Call<'_, 'js>, global: &Global) -> Answer<'js> {
    match global {
        Global::Value(value) => call.give(value),
        _ => call.give(&Value::Null),
    }
}
