//! ServiceNow's vocabulary: thin shells over the record, the dates and the host that both vocabularies
//! share. Field values are elements here, which follow their record and are compared by value.

mod mail;

use crate::describe::Api;
use crate::interp::kit::{Answer, Call};
use crate::{Global, Value};

/// Everything that scripts find.
pub(crate) static API: Api =
    Api { classes: &[], objects: &[], given: mail::GIVEN, functions: &[], refused: &[] };

/// The object of a context variable.
pub(crate) fn given<'js>(call: &Call<'_, 'js>, global: &Global) -> Answer<'js> {
    if let Some(about_mail) = mail::given(call, global) {
        return about_mail;
    }
    match global {
        Global::Value(value) => call.give(value),
        _ => call.give(&Value::Null),
    }
}
