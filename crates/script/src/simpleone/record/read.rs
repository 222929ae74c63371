//! Reading the current row of a `SimpleRecord`, or the row that a `SimpleReference` leads to.

use super::no_field;
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::record::{Record, is_empty, is_true, plain};
use crate::simpleone::reference;
use crate::{FieldInfo, FieldKind, Right, Value};

/// A field as scripts see it: plain values, and an object that walks for a reference.
pub(in crate::simpleone) fn field_value<'js>(
    call: &Call<'_, 'js>,
    record: &Record,
    name: &str,
) -> Result<Option<rquickjs::Value<'js>>, Halt> {
    if let Some(target) = record.follow(call, name)? {
        return reference::object(call, target).map(Some);
    }
    let Some(value) = record.value(call, name)? else {
        return match name {
            "sys_db_table_id" => call.give_text(&own_table(call, record)?).map(Some),
            _ => match name.strip_prefix("$$") {
                Some(name) => deepest(call, record, name).map(Some),
                None => Ok(None),
            },
        };
    };
    match record.field(name) {
        // Of no row, also where an empty reference leads, there is nothing.
        Some(_) if value == Value::Null && !record.is_placed() => Ok(Some(call.undefined())),
        Some(info) => plain_js(call, info, &value).map(Some),
        None => call.give(&value).map(Some),
    }
}

/// The most specific table of the current row. What tables have for an id is their name.
fn own_table(call: &Call<'_, '_>, record: &Record) -> Result<String, Halt> {
    record.load(call)?;
    Ok(record.row_table())
}

/// A field of the most specific table of the row; nothing where that has none of this name.
fn deepest<'js>(call: &Call<'_, 'js>, record: &Record, name: &str) -> Answer<'js> {
    if record.field(name).is_none() && record.is_saved() {
        let table = own_table(call, record)?;
        if table != record.table() {
            let row = Record::referenced(call, &table, &record.id())?;
            return Ok(field_value(call, &row, name)?.unwrap_or_else(|| call.undefined()));
        }
    }
    Ok(field_value(call, record, name)?.unwrap_or_else(|| call.undefined()))
}

fn plain_js<'js>(call: &Call<'_, 'js>, info: &FieldInfo, value: &Value) -> Answer<'js> {
    call.give(&as_plain(info, value))
}

fn as_plain(info: &FieldInfo, value: &Value) -> Value {
    match info.kind {
        FieldKind::Journal => Value::Text(String::new()),
        FieldKind::List(_) => Value::Text(plain(value)),
        FieldKind::Boolean if !is_empty(value) => Value::Bool(is_true(value)),
        _ => value.clone(),
    }
}

/// The stored value of the field that argument 0 names.
pub(in crate::simpleone) fn plain_value<'js>(call: &Call<'_, 'js>, record: &Record) -> Answer<'js> {
    let name = call.text(0)?;
    let Some(value) = record.value(call, &name)? else {
        if name == "sys_db_table_id" {
            return call.give_text(&own_table(call, record)?);
        }
        return Err(no_field(call, record, &name));
    };
    match record.field(&name) {
        Some(info) => plain_js(call, info, &value),
        None => call.give(&value),
    }
}

pub(super) fn value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    plain_value(call, &*call.state::<Record>()?)
}

/// How a field, or the record, is shown.
pub(in crate::simpleone) fn display<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    let field = call.optional_text(0)?;
    if let Some(name) = field.as_deref().filter(|name| *name != "sys_id" && record.field(name).is_none()) {
        return Err(no_field(call, &record, name));
    }
    call.give_text(&record.display(call, field.as_deref())?)
}

/// All fields by their names.
pub(in crate::simpleone) fn attributes<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    let mut all = vec![("sys_id".to_owned(), Value::Text(record.id()))];
    for info in record.info.fields.iter().filter(|info| info.name != "sys_id") {
        let value = record.value(call, &info.name)?.unwrap_or_default();
        all.push((info.name.clone(), as_plain(info, &value)));
    }
    call.give(&Value::Map(all))
}

pub(in crate::simpleone) fn label<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    let name = call.text(0)?;
    match record.field(&name) {
        Some(info) => call.give_text(&info.label),
        None => Err(no_field(call, &record, &name)),
    }
}

pub(super) fn class_label<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&call.state::<Record>()?.info.label)
}

pub(in crate::simpleone) fn has_files<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    if !record.is_saved() {
        return Ok(call.give_flag(false));
    }
    let (table, id) = (record.row_table(), record.id());
    let files = call.read(|host| host.attachments(&table, &id))?;
    Ok(call.give_flag(!files.is_empty()))
}

/// Whether whoever the script runs as may do this with the record.
pub(super) fn may<'js>(call: &Call<'_, 'js>, right: Right) -> Answer<'js> {
    let record = call.state::<Record>()?;
    let id = Some(record.id()).filter(|_| record.is_saved() && right != Right::Create);
    let may = call.host(|host| host.may(right, record.table(), id.as_deref(), None))?;
    Ok(call.give_flag(may))
}

pub(in crate::simpleone) fn table<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(call.state::<Record>()?.table())
}

pub(in crate::simpleone) fn id<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&call.state::<Record>()?.id())
}
