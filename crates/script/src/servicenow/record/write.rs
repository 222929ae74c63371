//! What a `GlideRecord` writes. A refused write is told by the return value and in the log.

use std::rc::Rc;

use super::{condition_value, own};
use crate::describe::Member;
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::record::{Record, is_journal, plain};
use crate::servicenow::{element, query as encoded};
use crate::{Filter, HostError, Level, Value};

/// Members of records.
pub(super) const MEMBERS: &[Member] = &[
    Member::method(
        "initialize",
        "(): void",
        "Begins a new record with the defaults of its table.",
        initialize,
    ),
    Member::method("newRecord", "(): void", "The same.", initialize),
    Member::method(
        "insert",
        "(): string | null",
        "Plans the new record; its id, or null where it is refused.",
        insert,
    ),
    Member::method(
        "update",
        "(reason?: string): string | null",
        "Plans the change; the id, or null where it is refused. A record that is not there is inserted.",
        update,
    ),
    Member::method(
        "insertWithReferences",
        "(): string | null",
        "The same as insert, after what was written through references.",
        insert_with_references,
    ),
    Member::method(
        "updateWithReferences",
        "(reason?: string): string | null",
        "The same as update, after what was written through references.",
        update_with_references,
    ),
    Member::method(
        "updateMultiple",
        "(): void",
        "Plans what was written with setValue for all rows of the query.",
        update_multiple,
    ),
    Member::method("deleteRecord", "(): boolean", "Plans the removal of the row.", delete),
    Member::method(
        "deleteMultiple",
        "(): void",
        "Plans the removal of all rows of the query.",
        delete_multiple,
    ),
    Member::method(
        "setValue",
        "(field: string, value: any): void",
        "Writes a field; null changes nothing, '' and 'NULL' empty it.",
        set_value,
    ),
    Member::method(
        "setDisplayValue",
        "(field: string, text: string): void",
        "Writes the value that is shown so; where there is none, or more than one, nothing changes.",
        set_display,
    ),
    Member::method("addValue", "(field: string, number: number): void", "Adds to a number.", add_value),
    Member::method(
        "applyEncodedQuery",
        "(query: string): void",
        "Writes the values of an encoded query (`state=2^priority=1`).",
        apply,
    ),
    Member::method(
        "applyTemplate",
        "(name: string): void",
        "Writes the values of a template: of the record of `sys_template` with this name.",
        apply_template,
    ),
    Member::method(
        "setAbortAction",
        "(abort: boolean): void",
        "Calls the pending change off, or the next write of another record. The script goes on.",
        abort,
    ),
    Member::method("isActionAborted", "(): boolean", "Whether it is called off.", is_aborted),
    Member::method(
        "setWorkflow",
        "(enabled: boolean): void",
        "With false, writes of this object run no rules and raise no events.",
        set_workflow,
    ),
    Member::method(
        "autoSysFields",
        "(enabled: boolean): void",
        "With false, writes of this object leave the stamps (who, when) alone.",
        auto_sys_fields,
    ),
    Member::method(
        "setUseEngines",
        "(enabled: boolean): void",
        "Changes nothing: what runs with a write is switched off by setWorkflow(false).",
        |call| Ok(call.undefined()),
    ),
    Member::method(
        "setForceUpdate",
        "(force: boolean): void",
        "Changes nothing: an update without changes writes nothing.",
        |call| Ok(call.undefined()),
    ),
    Member::refused("setNewGuidValue", "ids are given by Rejoinder: use what insert() gives"),
    Member::refused("setNewGuid", "ids are given by Rejoinder: use what insert() gives"),
];

/// Writes a field, as an assignment does. What the table does not have is left out, with a word in the log;
/// null changes nothing.
pub(in crate::servicenow) fn write_field(call: &Call<'_, '_>, record: &Record, name: &str, value: Value) {
    if value == Value::Null {
        return;
    }
    let value = match record.field(name) {
        Some(info) => element::stored(info, value),
        None => value,
    };
    if name == "sys_id" || !record.set(name, value) {
        let what = if name == "sys_id" { "the id cannot be written" } else { "has no such field" };
        call.log(Level::Warning, format!("{}.{name}: {what}: the value is left out", record.table()));
    }
}

/// Writes the value that is shown as `text`.
pub(in crate::servicenow) fn write_display(
    call: &Call<'_, '_>,
    record: &Record,
    name: &str,
    text: &str,
) -> Result<(), Halt> {
    let Some(info) = record.field(name) else {
        write_field(call, record, name, Value::from(text));
        return Ok(());
    };
    if text.is_empty() || is_journal(info) {
        record.set(name, Value::from(text));
        return Ok(());
    }
    match call.read(|host| host.stored_of(record.table(), name, text))? {
        Some(value) => {
            record.set(name, value);
        }
        None => {
            let message =
                format!("{}.{name}: nothing, or more than one, is shown as {text:?}", record.table());
            call.log(Level::Warning, format!("{message}: the field stays as it is"));
        }
    }
    Ok(())
}

fn initialize<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    own(call)?.begin();
    Ok(call.undefined())
}

/// What a write gives; `refused` where the host, or a rule of a field, does not allow it.
fn attempt<'js>(
    call: &Call<'_, 'js>,
    record: &Record,
    refused: Value,
    effect: impl FnOnce() -> Result<Value, Halt>,
) -> Answer<'js> {
    record.clear_errors();
    if record.is_blocked() {
        // It is the next write that is called off, not all of them.
        record.block(false);
        return call.give(&refused);
    }
    match effect() {
        Err(Halt::Host(error)) => {
            record.note_error(&error.message);
            call.log(Level::Warning, format!("{}: {}", record.table(), error.message));
            call.give(&refused)
        }
        done => call.give(&done?),
    }
}

/// Whoever is about to write the record writes what the script changed with it.
fn left_to_the_writer(record: &Record) -> Value {
    let id = record.id();
    if id.is_empty() { Value::Null } else { Value::Text(id) }
}

fn inserted(call: &Call<'_, '_>, record: &Record) -> Result<Value, Halt> {
    if record.is_pending() {
        return Ok(left_to_the_writer(record));
    }
    if record.info.fields.is_empty() {
        let message = format!("there is no table {}", record.table());
        return Err(HostError::refused("no_such_table", message).into());
    }
    Ok(record.insert(call)?.map_or(Value::Null, Value::Text))
}

fn updated(call: &Call<'_, '_>, record: &Record) -> Result<Value, Halt> {
    if record.is_pending() {
        return Ok(left_to_the_writer(record));
    }
    record.load(call)?;
    if !record.is_saved() {
        return inserted(call, record);
    }
    record.update(call)?;
    Ok(Value::Text(record.id()))
}

fn insert<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    attempt(call, &record, Value::Null, || inserted(call, &record))
}

fn update<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    attempt(call, &record, Value::Null, || updated(call, &record))
}

/// Writes what was written through references; a new record is named by its reference.
fn write_references(call: &Call<'_, '_>, record: &Record) -> Result<(), Halt> {
    for (field, other) in record.walked() {
        write_references(call, &other)?;
        if !other.is_changed() {
            continue;
        }
        let id = updated(call, &other)?;
        if plain(&record.value(call, &field)?.unwrap_or_default()) != plain(&id) {
            record.set(&field, id);
        }
    }
    Ok(())
}

fn insert_with_references<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    attempt(call, &record, Value::Null, || {
        write_references(call, &record)?;
        inserted(call, &record)
    })
}

fn update_with_references<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    attempt(call, &record, Value::Null, || {
        write_references(call, &record)?;
        updated(call, &record)
    })
}

fn delete<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    attempt(call, &record, Value::Bool(false), || {
        record.load(call)?;
        if !record.is_saved() {
            return Ok(Value::Bool(false));
        }
        Ok(Value::Bool(record.delete(call)?))
    })
}

/// The rows of the query, all of which are to be written to.
fn all_rows(call: &Call<'_, '_>, record: &Record, limited: bool) -> Result<Vec<Rc<Record>>, Halt> {
    let mut choice = record.choose(|choice| choice.clone());
    if choice.widened {
        let message = "a condition of the query was left out: writing to all of its rows is refused";
        return Err(HostError::refused("condition_left_out", message).into());
    }
    if !limited {
        choice.limit = None;
    }
    let rows = record.select(call, &choice)?;
    Ok(rows.into_iter().map(|row| record.sibling(row)).collect())
}

fn update_multiple<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    let values = record.pending_changes();
    for row in all_rows(call, &record, true)? {
        for (name, value) in &values {
            row.set(name, value.clone());
        }
        row.update(call)?;
    }
    record.blank();
    Ok(call.undefined())
}

fn delete_multiple<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    for row in all_rows(call, &record, false)? {
        row.delete(call)?;
    }
    record.blank();
    record.rewind(Vec::new());
    Ok(call.undefined())
}

fn set_value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    write_field(call, &*own(call)?, &call.text(0)?, call.value(1)?);
    Ok(call.undefined())
}

fn set_display<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    write_display(call, &*own(call)?, &call.text(0)?, &call.text(1)?)?;
    Ok(call.undefined())
}

fn add_value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (record, name) = (own(call)?, call.text(0)?);
    let now = plain(&record.value(call, &name)?.unwrap_or_default());
    let sum = now.parse::<f64>().unwrap_or_default() + call.number(1)?;
    write_field(call, &record, &name, Value::Number(sum));
    Ok(call.undefined())
}

fn apply_text(call: &Call<'_, '_>, record: &Record, text: &str) {
    for (field, value) in encoded::assignments(text) {
        let value = if value.is_empty() { Value::from("NULL") } else { Value::Text(value) };
        write_field(call, record, &field, value);
    }
}

fn apply<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    apply_text(call, &*own(call)?, &call.text(0)?);
    Ok(call.undefined())
}

fn apply_template<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    let templates = Record::open(call, "sys_template")?;
    let name = condition_value(call, 0)?;
    templates.narrow(Filter::Term(crate::Term {
        field: "name".to_owned(),
        operator: "=".to_owned(),
        value: name.clone(),
    }));
    templates.run(call)?;
    if !templates.next() {
        call.log(Level::Warning, format!("there is no template {}: nothing is written", plain(&name)));
        return Ok(call.undefined());
    }
    let text = plain(&templates.value(call, "template")?.unwrap_or_default());
    apply_text(call, &record, &text);
    Ok(call.undefined())
}

fn abort<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (record, flag) = (own(call)?, call.flag(0, false)?);
    if record.is_pending() {
        *call.shared.left.aborted.borrow_mut() = flag.then(String::new);
    } else {
        record.block(flag);
    }
    Ok(call.undefined())
}

fn is_aborted<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    let pending = record.is_pending() && call.shared.left.aborted.borrow().is_some();
    Ok(call.give_flag(pending || record.is_blocked()))
}

fn set_workflow<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let enabled = call.flag(0, true)?;
    own(call)?.set_how(|how| how.silent = !enabled);
    Ok(call.undefined())
}

fn auto_sys_fields<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let enabled = call.flag(0, true)?;
    own(call)?.set_how(|how| how.stamped = enabled);
    Ok(call.undefined())
}
