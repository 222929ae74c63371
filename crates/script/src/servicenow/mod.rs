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
mod strings;
mod system;
mod user;

mod aggregate;
mod coerce;
mod descriptor;
mod element;
pub(crate) mod include;
mod language;
mod mail;
mod query;
mod record;
mod refused;
mod utilities;

use std::rc::Rc;

use rquickjs as js;

use crate::describe::Api;
use crate::interp::kit::{Answer, Call};
use crate::interp::words;
use crate::record::Record;
use crate::rewrite::{Rewritten, rewritten};
use crate::{Global, Value};

pub(crate) use coerce::result;

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
        &record::CLASS,
        &record::SECURE,
        &record::condition::CLASS,
        &aggregate::CLASS,
        &element::CLASS,
        &descriptor::CLASS,
        &language::JSON,
        &utilities::ARRAYS,
        &utilities::RECORDS,
        &utilities::TABLES,
        &utilities::AJAX,
    ],
    objects: &[("gs", &system::GS), ("Class", &language::CLASSES), ("JSUtil", &utilities::VALUES)],
    given: mail::GIVEN,
    functions: &language::FUNCTIONS,
    refused: refused::NAMES,
};

/// The object of a context variable.
pub(crate) fn given<'js>(call: &Call<'_, 'js>, global: &Global) -> Answer<'js> {
    if let Some(about_mail) = mail::given(call, global) {
        return about_mail;
    }
    match global {
        Global::Record(handle) => {
            let record = Record::given(call, handle)?;
            if handle.pending {
                *call.shared.left.pending.borrow_mut() = Some(Rc::clone(&record));
            }
            record::object(call, record)
        }
        Global::Value(value) => call.give(value),
        _ => call.give(&Value::Null),
    }
}

/// Puts in place what a source needs beside the names of the API, before it is evaluated; what is to be
/// evaluated in its place.
pub(crate) fn prepare(call: &Call<'_, '_>, source: &str) -> js::Result<Option<Rc<Rewritten>>> {
    include::prepare(call, source, &words(source))?;
    let Ok(rewritten) = rewritten(source) else {
        coerce::warn_if_it_runs(call, source);
        return Ok(None);
    };
    if rewritten.is_some() {
        coerce::install(call)?;
    }
    Ok(rewritten)
}
