//! `SimpleJournalInput`: what is written into a journal field.

use std::rc::Rc;

use crate::Value;
use crate::describe::{Class, Member};
use crate::interp::kit::{Answer, Call};
use crate::record::Record;

/// `SimpleJournalInput`.
pub(crate) static CLASS: Class = Class {
    name: "SimpleJournalInput",
    doc: "An entry for a journal field, posted when its record is inserted or updated.",
    constructor: "",
    make: None,
    members: &[
        Member::method(
            "setComment",
            "(message: string, authorId?: string): void",
            "The text of the entry. Its author is the user as whom the script runs; another one is refused.",
            comment,
        ),
        Member::method("setMessage", "(text: string): void", "The text of the entry.", message),
        Member::method(
            "setAuthor",
            "(id: string): void",
            "Who writes it: the user as whom the script runs, another one is refused.",
            |call| author(call, 0),
        ),
    ],
    statics: &[],
    fields: None,
};

struct Input {
    record: Rc<Record>,
    field: String,
}

/// The input of a journal field.
pub(super) fn object<'js>(call: &Call<'_, 'js>, record: Rc<Record>, field: String) -> Answer<'js> {
    call.object(&CLASS, Rc::new(Input { record, field }))
}

fn message<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let input = call.state::<Input>()?;
    let text = call.text(0)?;
    input.record.set(&input.field, Value::Text(text));
    Ok(call.undefined())
}

fn comment<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    author(call, 1)?;
    message(call)
}

/// Entries are written as whoever the script runs as: nobody else's name is put under one.
fn author<'js>(call: &Call<'_, 'js>, index: usize) -> Answer<'js> {
    let id = call.text(index)?;
    if !id.is_empty() && id != call.shared.user(call)?.id {
        let message = "the author of an entry is the user as whom the script runs: leave the author out";
        return Err(call.type_error(message));
    }
    Ok(call.undefined())
}
