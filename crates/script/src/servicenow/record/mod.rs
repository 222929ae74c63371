//! `GlideRecord` and `GlideRecordSecure`: query, cursor and current row of a table.

pub(super) mod condition;
mod find;
mod row;
mod tell;
mod write;

use std::rc::Rc;

use super::{aggregate::Aggregate, element};
use crate::describe::{Class, Member, joined};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call, Fields, State};
use crate::record::Record;
use crate::{FieldKind, Level, TableInfo, Value};

pub(super) use find::MEMBERS as FIND;
use row::MEMBERS as ROW;
pub(super) use row::told;
pub(super) use write::{write_display, write_field};

/// `GlideRecord`.
pub(crate) static CLASS: Class = Class {
    name: "GlideRecord",
    doc: "The rows of a table: query, cursor and current row in one object. Fields are elements under their names; \
          a field that the table does not have is undefined, and writing one changes nothing.",
    constructor: "(table: string)",
    make: Some(make),
    members: &MEMBERS,
    statics: &[],
    fields: Some(FIELDS),
};

/// `GlideRecordSecure`.
pub(super) static SECURE: Class = Class {
    name: "GlideRecordSecure",
    doc: "A GlideRecord that asks for the rights of whoever the script runs as: rows and fields that they may not \
          read are not there, writes that they may not make are refused.",
    constructor: "(table: string)",
    make: Some(make_secure),
    members: &MEMBERS,
    statics: &[],
    fields: Some(FIELDS),
};

const ALL: usize = FIND.len() + ROW.len() + tell::MEMBERS.len() + write::MEMBERS.len();
static MEMBERS: [Member; ALL] = joined(&[FIND, ROW, tell::MEMBERS, write::MEMBERS]);
pub(super) const FIELDS: Fields = Fields { get: read, set: write_named, has, names };

/// The object of a record.
pub(super) fn object<'js>(call: &Call<'_, 'js>, record: Rc<Record>) -> Answer<'js> {
    call.object(&CLASS, record)
}

/// The record that a member is called on, also behind an aggregate.
pub(super) fn own(call: &Call<'_, '_>) -> Result<Rc<Record>, Halt> {
    call.state::<Record>().or_else(|error| match call.state::<Aggregate>() {
        Ok(aggregate) => Ok(aggregate.record()),
        Err(_) => Err(error),
    })
}

/// A record of a table. One that does not exist is no error in ServiceNow: there is nothing in it.
pub(super) fn open(call: &Call<'_, '_>, table: &str) -> Result<Rc<Record>, Halt> {
    match Record::open(call, table) {
        Err(Halt::Host(error)) => {
            call.log(Level::Warning, format!("{}: nothing is read or written", error.message));
            Ok(Record::without_table(table))
        }
        other => other,
    }
}

fn make(call: &Call<'_, '_>) -> Result<State, Halt> {
    let record: State = open(call, &call.text(0)?)?;
    Ok(record)
}

fn make_secure(call: &Call<'_, '_>) -> Result<State, Halt> {
    let record = open(call, &call.text(0)?)?;
    record.secure();
    let record: State = record;
    Ok(record)
}

fn read<'js>(call: &Call<'_, 'js>, name: &str) -> Result<Option<rquickjs::Value<'js>>, Halt> {
    let record = own(call)?;
    if element::has_field(&record, name) {
        return element::object(call, &record, name).map(Some);
    }
    Ok((!is_called(call, name)).then(|| call.undefined()))
}

fn write_named(call: &Call<'_, '_>, name: &str) -> Result<(), Halt> {
    write_field(call, &*own(call)?, name, call.value(0)?);
    Ok(())
}

fn has(call: &Call<'_, '_>, name: &str) -> Result<bool, Halt> {
    Ok(element::has_field(&*own(call)?, name))
}

fn names(call: &Call<'_, '_>) -> Result<Vec<String>, Halt> {
    Ok(own(call)?.field_names())
}

/// Whether a script calls something of this name: then it is no field that may be missing, but a member
/// that there is none of.
pub(super) fn is_called(call: &Call<'_, '_>, name: &str) -> bool {
    let called = format!(".{name}(");
    call.shared.any_source(|source| source.contains(&called))
}

/// Says that a value was left out.
pub(super) fn warn_of_field(call: &Call<'_, '_>, kind: &FieldKind, name: &str) {
    let text = match kind {
        FieldKind::Reference(table) => format!("{table} has no field {name}: the value is left out"),
        _ => format!("there is no field {name}: the value is left out"),
    };
    call.log(Level::Warning, text);
}

/// Whether a path of a condition leads to a field. What is no field of a table but has a meaning in
/// conditions is left to the host.
pub(super) fn is_path(call: &Call<'_, '_>, info: &Rc<TableInfo>, path: &str) -> Result<bool, Halt> {
    let mut info = Rc::clone(info);
    let mut names = path.split('.').peekable();
    while let Some(name) = names.next() {
        if matches!(name, "sys_id" | "sys_class_name" | "123TEXTQUERY321") {
            return Ok(names.peek().is_none());
        }
        let Some(field) = info.field(name) else { return Ok(false) };
        if names.peek().is_none() {
            return Ok(true);
        }
        let FieldKind::Reference(table) = field.kind.clone() else { return Ok(false) };
        info = call.shared.table(call, &table)?;
    }
    Ok(false)
}

/// The value of an argument as a condition has it.
pub(super) fn condition_value(call: &Call<'_, '_>, index: usize) -> Result<Value, Halt> {
    // ServiceNow asks for the word, which selects nothing; asking for empty values would select too much.
    if index < call.count() && call.raw(index).is_undefined() {
        return Ok(Value::Text("undefined".to_owned()));
    }
    call.value(index)
}
