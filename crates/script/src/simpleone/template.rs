//! `SimpleTemplate`: values for new records, kept in the table `record_template`.

use std::cell::RefCell;
use std::rc::Rc;

use super::lookup::{self, term};
use super::record::no_field;
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::record::{Record, is_empty, is_journal};
use crate::value::from_json;
use crate::{How, Row, Value};

/// Where templates are kept.
const TABLE: &str = "record_template";

/// `SimpleTemplate`.
pub(crate) static CLASS: Class = Class {
    name: "SimpleTemplate",
    doc: "Values for records, kept by a name in the table `record_template`.",
    constructor: "(name?: string)",
    make: Some(|call| {
        let name = call.text(0)?;
        let found = if name.is_empty() { None } else { find(call, &name)? };
        Ok(Rc::new(RefCell::new(found)))
    }),
    members: &[
        Member::method("get", "(name: string): this", "Takes the template of this name.", |call| {
            let found = find(call, &call.text(0)?)?;
            *call.state::<RefCell<Option<Row>>>()?.borrow_mut() = found;
            Ok(call.this.clone())
        }),
        Member::method(
            "applyTo",
            "(record: SimpleRecord): boolean",
            "Writes the values into a record, which is not saved by it; `false` where there is no such template.",
            apply,
        ),
        Member::method(
            "applyToByTemplateField",
            "(record: SimpleRecord, value: any): void",
            "Writes values, an object or its JSON, into a record.",
            |call| {
                write(call, fields_of(call, call.value(1)?)?)?;
                Ok(call.undefined())
            },
        ),
        Member::method(
            "createBySimpleRecord",
            "(record: SimpleRecord, name: string, tableName?: string): string",
            "Plans a template with the values of a record; its id.",
            create_from_record,
        ),
        Member::method(
            "createByTemplateData",
            "(values: Record<string, any>, table: string, name: string, tableName?: string): string",
            "Plans a template with these values; its id.",
            create,
        ),
        Member::method(
            "createByTemplateField",
            "(values: any, table: string, name: string, tableName?: string): string",
            "Plans a template with these values, an object or its JSON; its id.",
            create,
        ),
    ],
    statics: &[],
    fields: None,
};

fn find(call: &Call<'_, '_>, name: &str) -> Result<Option<Row>, Halt> {
    Ok(lookup::rows(call, TABLE, vec![term("name", "=", name)])?.into_iter().next())
}

fn apply<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let row = call.state::<RefCell<Option<Row>>>()?.borrow().clone();
    let Some(row) = row else { return Ok(call.give_flag(false)) };
    let values = row.fields.into_iter().find(|(name, _)| name == "values");
    write(call, fields_of(call, values.map(|(_, value)| value).unwrap_or_default())?)?;
    Ok(call.give_flag(true))
}

/// Writes values into the record of argument 0.
fn write(call: &Call<'_, '_>, values: Vec<(String, Value)>) -> Result<(), Halt> {
    let record = target(call)?;
    for (name, value) in values {
        if !record.set(&name, value) {
            return Err(no_field(call, &record, &name));
        }
    }
    Ok(())
}

fn target(call: &Call<'_, '_>) -> Result<Rc<Record>, Halt> {
    call.argument_state::<Record>(0).ok_or_else(|| call.type_error("argument 1 must be a record"))
}

/// Values as an object, or as its JSON.
fn fields_of(call: &Call<'_, '_>, value: Value) -> Result<Vec<(String, Value)>, Halt> {
    let read = match value {
        Value::Text(text) if !text.trim().is_empty() => {
            serde_json::from_str(&text).map(|json| from_json(&json)).unwrap_or_default()
        }
        Value::Text(_) | Value::Null => Value::Map(Vec::new()),
        other => other,
    };
    match read {
        Value::Map(fields) => Ok(fields),
        _ => Err(call.type_error("the values of a template are an object, or its JSON")),
    }
}

fn create_from_record<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = target(call)?;
    let image = record.image(call)?;
    let kept = image.fields.into_iter().filter(|(name, value)| {
        let takes_values = record.field(name).is_some_and(|field| !is_journal(field));
        takes_values && !name.starts_with("sys_") && !is_empty(value)
    });
    let other = call.text(2)?;
    let table = if other.is_empty() { record.table() } else { &other };
    insert(call, &call.text(1)?, table, kept.collect())
}

fn create<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let values = fields_of(call, call.value(0)?)?;
    let (table, other) = (call.text(1)?, call.text(3)?);
    insert(call, &call.text(2)?, if other.is_empty() { &table } else { &other }, values)
}

fn insert<'js>(call: &Call<'_, 'js>, name: &str, table: &str, values: Vec<(String, Value)>) -> Answer<'js> {
    if name.is_empty() || table.is_empty() {
        return Err(call.type_error("a template needs a name and a table"));
    }
    let fields = vec![
        ("name".to_owned(), name.into()),
        ("table".to_owned(), table.into()),
        ("values".to_owned(), Value::Text(Value::Map(values).to_json().to_string())),
    ];
    let id = call.plan(|host| host.insert(TABLE, fields, How::default()))?;
    call.give_text(&id)
}
