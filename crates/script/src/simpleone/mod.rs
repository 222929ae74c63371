//! SimpleOne's vocabulary: thin shells over the record, the dates and the host that both vocabularies
//! share. Field values are plain values here, refused writes are told by return values.

mod date_time;
mod duration;
mod record;
mod reference;
mod schedule;
mod system;
mod time;

use crate::describe::Api;
use crate::interp::kit::{Answer, Call};
use crate::record::Record;
use crate::{Global, Value};

/// Everything that scripts find.
pub(crate) static API: Api = Api {
    classes: &[
        &record::CLASS,
        &reference::CLASS,
        &date_time::CLASS,
        &duration::CLASS,
        &time::CLASS,
        &schedule::CLASS,
    ],
    objects: &[("ss", &system::SS), ("console", &system::CONSOLE)],
    given: &[],
    functions: &[],
    refused: &[],
};

/// The object of a context variable.
pub(crate) fn given<'js>(call: &Call<'_, 'js>, global: &Global) -> Answer<'js> {
    match global {
        Global::Record(handle) => {
            let record = Record::given(call, handle)?;
            if handle.pending {
                *call.shared.left.pending.borrow_mut() = Some(std::rc::Rc::clone(&record));
            }
            call.object(&record::CLASS, record)
        }
        Global::Value(value) => call.give(value),
        _ => call.give(&Value::Null),
    }
}
