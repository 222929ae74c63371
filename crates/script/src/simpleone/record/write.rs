//! What a `SimpleRecord` writes. A refused write is no exception in SimpleOne: it is told by the return
//! value and `getErrors()`.

use std::rc::Rc;

use super::no_field;
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::interp::shared::Stop;
use crate::record::{Choice, Record};
use crate::simpleone::journal;
use crate::{HostError, Row, Value};

pub(super) fn set_field(call: &Call<'_, '_>, name: &str) -> Result<(), Halt> {
    let (record, value) = (call.state::<Record>()?, call.value(0)?);
    write(call, &record, name, value)
}

pub(super) fn set_value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (record, name, value) = (call.state::<Record>()?, call.text(0)?, call.value(1)?);
    write(call, &record, &name, value)?;
    Ok(call.undefined())
}

fn write(call: &Call<'_, '_>, record: &Record, name: &str, value: Value) -> Result<(), Halt> {
    if name == "sys_id" {
        return Err(call.type_error("sys_id cannot be written"));
    }
    if record.set(name, value) { Ok(()) } else { Err(no_field(call, record, name)) }
}

pub(super) fn journal_input<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (record, name) = (call.state::<Record>()?, call.text(0)?);
    if !record.field(&name).is_some_and(crate::record::is_journal) {
        let message = format!("getJournalInput: {}.{name} is no journal field", record.table());
        return Err(call.type_error(&message));
    }
    journal::object(call, record, name)
}

pub(super) fn initialize<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.state::<Record>()?.begin();
    Ok(call.undefined())
}

fn attempt<'js>(
    call: &Call<'_, 'js>,
    record: &Rc<Record>,
    refused: &Value,
    effect: impl FnOnce() -> Answer<'js>,
) -> Answer<'js> {
    record.clear_errors();
    match effect() {
        Err(Halt::Host(error)) => {
            record.note_error(&error.message);
            call.give(refused)
        }
        done => done,
    }
}

fn refused(message: &str) -> Halt {
    HostError::refused("refused", message).into()
}

fn is_reduced(record: &Record) -> bool {
    record.is_saved() && !record.is_made() && !record.selected().is_empty()
}

/// A row that was read with some of its fields is not written to.
fn must_be_whole(record: &Record) -> Result<(), Halt> {
    if is_reduced(record) {
        let message = "the record was read with a reduced attribute set (selectAttributes): get it first";
        return Err(refused(message));
    }
    Ok(())
}

pub(super) fn insert<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    attempt(call, &record, &"0".into(), || {
        // Whoever is about to write it does so with what the script has changed.
        if record.is_pending() {
            let id = Some(record.id()).filter(|id| !id.is_empty());
            return call.give_text(&id.unwrap_or_else(|| "0".to_owned()));
        }
        if record.is_saved() && !record.is_made() {
            return Err(refused("the record is saved already: use update(), or initialize() first"));
        }
        call.give_text(&record.insert(call)?.unwrap_or_else(|| "0".to_owned()))
    })
}

pub(super) fn update<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    attempt(call, &record, &"0".into(), || {
        if !record.is_saved() && !record.is_pending() {
            return Err(refused("the record was never saved: use insert()"));
        }
        must_be_whole(&record)?;
        record.update(call)?;
        call.give_text(&record.id())
    })
}

pub(super) fn delete<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    let other = call.optional_text(0)?;
    attempt(call, &record, &false.into(), || {
        must_be_whole(&record)?;
        let gone = match other.filter(|id| *id != record.id()) {
            Some(id) => record.beside(call, Row { id, ..Row::default() })?.delete(call)?,
            None => record.delete(call)?,
        };
        Ok(call.give_flag(gone))
    })
}

pub(super) fn set_multiple<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (record, name, value) = (call.state::<Record>()?, call.text(0)?, call.value(1)?);
    if record.set_for_all(&name, value) { Ok(call.undefined()) } else { Err(no_field(call, &record, &name)) }
}

/// The rows of the last query, or of the one in the making where it has not run.
fn chosen(call: &Call<'_, '_>, record: &Record) -> Result<Vec<Row>, Halt> {
    let choice = record.choose(std::mem::take::<Choice>);
    let waits = !choice.is_open() || choice.widened || !choice.faults.is_empty();
    if choice.widened || (!waits && record.is_widened()) {
        let message = "a condition without a value was dropped, so that more rows are chosen than were asked for: \
                       none of them is written";
        return Err(refused(message));
    }
    if !waits {
        if !record.selected().is_empty() {
            return Err(refused("the records were read with a reduced attribute set (selectAttributes)"));
        }
        return Ok(record.rows());
    }
    if let Some(fault) = choice.faults.first() {
        return Err(refused(fault));
    }
    record.select(call, &choice)
}

pub(super) fn update_multiple<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    attempt(call, &record, &false.into(), || {
        let values = record.take_for_all();
        if values.is_empty() {
            return Err(refused("there is nothing to write: use setMultipleValue() first"));
        }
        for row in chosen(call, &record)? {
            let one = record.beside(call, row)?;
            for (name, value) in &values {
                one.set(name, value.clone());
            }
            one.update(call)?;
        }
        Ok(call.give_flag(true))
    })
}

pub(super) fn delete_multiple<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    attempt(call, &record, &false.into(), || {
        for row in chosen(call, &record)? {
            record.beside(call, row)?.delete(call)?;
        }
        record.blank();
        record.rewind(Vec::new());
        Ok(call.give_flag(true))
    })
}

pub(super) fn silent<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let silent = call.flag(0, true)?;
    call.state::<Record>()?.set_how(|how| how.silent = silent);
    Ok(call.undefined())
}

pub(super) fn abort<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.state::<Record>()?;
    if call.flag(0, false)? {
        let message = call.text(1)?;
        *call.shared.left.aborted.borrow_mut() = Some(message.clone());
        return Err(Stop::Aborted(message).into());
    }
    Ok(call.undefined())
}
