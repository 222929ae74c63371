//! SimpleOne's vocabulary: thin shells over the record, the dates and the host that both vocabularies
//! share. Field values are plain values here, refused writes are told by return values.

mod attachment;
mod criteria;
mod date_time;
mod delegation;
mod document;
mod duration;
mod email_template;
mod encoded;
mod functions;
mod journal;
mod lookup;
mod mail;
mod message;
mod operators;
mod record;
mod reference;
mod refused;
mod schedule;
mod system;
mod table;
mod template;
mod time;
mod user;

use crate::describe::Api;
use crate::interp::kit::{Answer, Call};
use crate::record::Record;
use crate::{Global, occasion};

/// Everything that scripts find.
pub(crate) static API: Api = Api {
    classes: &[
        &record::CLASS,
        &date_time::CLASS,
        &duration::CLASS,
        &time::CLASS,
        &schedule::CLASS,
        &record::SECURE,
        &reference::CLASS,
        &journal::CLASS,
        &attachment::CLASS,
        &message::CLASS,
        &user::CLASS,
        &user::SESSION,
        &criteria::CLASS,
        &delegation::CLASS,
        &template::CLASS,
        &table::CLASS,
        &email_template::CLASS,
    ],
    objects: &[("ss", &system::SS), ("console", &system::CONSOLE)],
    given: &[
        ("current", &record::CLASS),
        ("previous", &record::CLASS),
        ("target", &record::CLASS),
        ("sys_email", &record::CLASS),
        ("email", &record::CLASS),
        ("email", &mail::OUTBOUND),
        ("template", &mail::PRINTER),
        ("event", &mail::EVENT),
        ("logger", &mail::LOGGER),
    ],
    functions: &functions::ALL,
    refused: &refused::ALL,
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
        Global::Letter(letter) => {
            *call.shared.left.letter.borrow_mut() = Some(letter.clone());
            call.object(&mail::OUTBOUND, std::rc::Rc::new(()))
        }
        Global::Printer => mail::printer(call),
        Global::Event(values) => occasion::event(call, &mail::EVENT, values),
        Global::Logger => call.object(&mail::LOGGER, std::rc::Rc::new(())),
        Global::Incoming(properties) => mail::incoming(call, properties),
        Global::Classifier(word) => call.give_text(word),
    }
}
