//! `SimpleRecord`: query, cursor and current row of a table.

use std::rc::Rc;

use super::reference;
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call, Fields, State};
use crate::interp::shared::Stop;
use crate::record::{self, Record, is_empty, is_true, plain};
use crate::{FieldInfo, FieldKind, Filter, Level, Term, Value};

/// `SimpleRecord`.
pub(crate) static CLASS: Class = Class {
    name: "SimpleRecord",
    doc: "The rows of a table: query, cursor and current row in one object.",
    constructor: "(table: string)",
    make: Some(make),
    members: &[
        Member::method(
            "get",
            "(idOrField: any, value?: any): this",
            "Stands on the row with this id, or the first with this value.",
            get,
        ),
        Member::method(
            "addQuery",
            "(field: string, operatorOrValue?: any, value?: any): this",
            "Adds a condition.",
            add_query,
        ),
        Member::method(
            "addOrCondition",
            "(field: string, operatorOrValue?: any, value?: any): this",
            "Adds a condition that is enough by itself: everything asked so far, or this.",
            add_or,
        ),
        Member::method("orderBy", "(field: string): void", "Sorts by a field.", |call| order(call, false)),
        Member::method(
            "orderByDesc",
            "(field: string): void",
            "Sorts by a field, the largest first.",
            |call| order(call, true),
        ),
        Member::method("setLimit", "(count: number): void", "Limits the rows of the next query.", set_limit),
        Member::method("query", "(): void", "Runs the query.", query),
        Member::method("next", "(): this | false", "Moves to the next row.", next),
        Member::method("getRowCount", "(): number", "How many rows the query gave.", count),
        Member::method(
            "initialize",
            "(): void",
            "Begins a new record with the defaults of its table.",
            initialize,
        ),
        Member::method(
            "insert",
            "(): string",
            "Plans the new record; its id, or `'0'` where it is refused.",
            insert,
        ),
        Member::method(
            "update",
            "(): string",
            "Plans the change; the id, or `'0'` where it is refused.",
            update,
        ),
        Member::method("deleteRecord", "(id?: string): boolean", "Plans the removal.", delete),
        Member::method("getValue", "(field: string): any", "The stored value of a field.", value),
        Member::method("setValue", "(field: string, value: any): void", "Writes a field.", set_value),
        Member::method(
            "getDisplayValue",
            "(field?: string): string",
            "How a field, or the record, is shown.",
            display,
        ),
        Member::method("getTableName", "(): string", "The table.", table),
        Member::method("getErrors", "(): string[]", "Why the last write or query was refused.", errors),
        Member::method(
            "setAbortAction",
            "(abort: boolean, message?: string): void",
            "Calls the pending change off and ends the script.",
            abort,
        ),
        Member::method("toString", "(): string", "The id.", id),
        Member::method("toJSON", "(): string", "The id.", id),
    ],
    statics: &[],
    fields: Some(Fields { get: read, set: write, has, names }),
};

fn make(call: &Call<'_, '_>) -> Result<State, Halt> {
    let record: State = Record::open(call, &call.text(0)?)?;
    Ok(record)
}

fn read<'js>(call: &Call<'_, 'js>, name: &str) -> Result<Option<rquickjs::Value<'js>>, Halt> {
    field_value(call, &*call.state::<Record>()?, name)
}

fn has(call: &Call<'_, '_>, name: &str) -> Result<bool, Halt> {
    Ok(name == "sys_id" || call.state::<Record>()?.field(name).is_some())
}

fn names(call: &Call<'_, '_>) -> Result<Vec<String>, Halt> {
    Ok(call.state::<Record>()?.field_names())
}

fn write(call: &Call<'_, '_>, name: &str) -> Result<(), Halt> {
    if name == "sys_id" {
        return Err(call.type_error("sys_id cannot be written"));
    }
    let record = call.state::<Record>()?;
    let value = call.value(0)?;
    if record.set(name, value) { Ok(()) } else { Err(no_field(call, &record, name)) }
}

/// The error about a field that the table does not have.
pub(super) fn no_field(call: &Call<'_, '_>, record: &Record, name: &str) -> Halt {
    let names = record.field_names();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    call.not_supported(record.table(), name, None, &known)
}

/// A field as scripts see it: plain values, and an object that walks for a reference.
pub(super) fn field_value<'js>(
    call: &Call<'_, 'js>,
    record: &Record,
    name: &str,
) -> Result<Option<rquickjs::Value<'js>>, Halt> {
    let Some(value) = record.value(call, name)? else {
        // `$$name` looks at the most specific table of the row, and is nothing where that has none.
        return Ok(name.starts_with("$$").then(|| call.undefined()));
    };
    let Some(info) = record.field(name) else { return call.give(&value).map(Some) };
    if let FieldKind::Reference(table) = &info.kind {
        let target = Record::referenced(call, table, &plain(&value))?;
        return reference::object(call, target).map(Some);
    }
    plain_js(call, info, &value).map(Some)
}

fn plain_js<'js>(call: &Call<'_, 'js>, info: &FieldInfo, value: &Value) -> Answer<'js> {
    match info.kind {
        FieldKind::Journal => call.give_text(""),
        FieldKind::List(_) => call.give_text(&plain(value)),
        FieldKind::Boolean if !is_empty(value) => Ok(call.give_flag(is_true(value))),
        _ => call.give(value),
    }
}

/// The stored value of the field that argument 0 names.
pub(super) fn plain_value<'js>(call: &Call<'_, 'js>, record: &Record) -> Answer<'js> {
    let name = call.text(0)?;
    let Some(value) = record.value(call, &name)? else { return Err(no_field(call, record, &name)) };
    match record.field(&name) {
        Some(info) => plain_js(call, info, &value),
        None => call.give(&value),
    }
}

fn value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    plain_value(call, &*call.state::<Record>()?)
}

fn set_value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (record, name, value) = (call.state::<Record>()?, call.text(0)?, call.value(1)?);
    if record.set(&name, value) { Ok(call.undefined()) } else { Err(no_field(call, &record, &name)) }
}

/// How a field, or the record, is shown.
pub(super) fn display<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    let field = call.optional_text(0)?;
    if let Some(name) = field.as_deref().filter(|name| *name != "sys_id" && record.field(name).is_none()) {
        return Err(no_field(call, &record, name));
    }
    call.give_text(&record.display(call, field.as_deref())?)
}

fn get<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    let first = call.value(0)?;
    if is_empty(&first) {
        return Err(call.type_error("get: argument 1 must not be empty"));
    }
    if call.count() < 2 {
        record.get(call, &plain(&first))?;
        return Ok(call.this.clone());
    }
    let wanted = call.value(1)?;
    record.blank();
    record.rewind(Vec::new());
    if !is_empty(&wanted) {
        record.choose(|choice| *choice = record::Choice::default());
        record.narrow(Filter::Term(Term { field: plain(&first), operator: "=".to_owned(), value: wanted }));
        record.choose(|choice| choice.limit = Some(1));
        record.run(call)?;
        record.next();
    }
    Ok(call.this.clone())
}

/// The term of `addQuery`'s arguments; `None` where the condition is dropped.
fn term(call: &Call<'_, '_>) -> Result<Option<Filter>, Halt> {
    let field = call.text(0)?;
    let (operator, value) = match call.count() {
        0 | 1 => ("=".to_owned(), Value::Null),
        2 => {
            let given = call.value(1)?;
            let unary = given.as_text().and_then(unary);
            unary.map_or(("=".to_owned(), given), |name| (name.to_owned(), Value::Null))
        }
        _ => (call.text(1)?.trim().to_uppercase(), call.value(2)?),
    };
    let operator = if operator == "CONTAINS" { "LIKE".to_owned() } else { operator };
    if unary(&operator).is_some() {
        return Ok(Some(Filter::Term(Term { field, operator, value: Value::Null })));
    }
    Ok(match value {
        Value::Null => None,
        Value::Text(text) if text.is_empty() => Some(Filter::nothing()),
        value => Some(Filter::Term(Term { field, operator, value })),
    })
}

fn unary(name: &str) -> Option<&'static str> {
    let known = ["ISEMPTY", "ISNOTEMPTY", "ANYTHING", "NOTHING", "VALCHANGES"];
    known.into_iter().find(|known| known.eq_ignore_ascii_case(name.trim()))
}

fn add_query<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    if let Some(filter) = term(call)? {
        record.narrow(filter);
    }
    Ok(call.this.clone())
}

fn add_or<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    if let Some(filter) = term(call)? {
        record.choose(|choice| choice.widen(filter));
    }
    Ok(call.this.clone())
}

fn order<'js>(call: &Call<'_, 'js>, descending: bool) -> Answer<'js> {
    let field = call.text(0)?;
    call.state::<Record>()?.choose(|choice| choice.order.push((field, descending)));
    Ok(call.undefined())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts of floats saturate")]
fn set_limit<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let count = call.number(0)?;
    if count.is_nan() || count < 0.0 {
        return Err(call.type_error("setLimit: argument 1 must be a number, 0 or more"));
    }
    call.state::<Record>()?.choose(|choice| choice.limit = Some(count as u32));
    Ok(call.undefined())
}

fn query<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    record.clear_errors();
    match record.run(call) {
        // A condition that cannot be asked selects nothing, and says why.
        Err(Halt::Host(error)) => {
            record.note_error(&error.message);
            call.log(
                Level::Warning,
                format!("{}: {}: the query selects nothing", record.table(), error.message),
            );
            record.blank();
            record.rewind(Vec::new());
            Ok(call.undefined())
        }
        done => done.map(|()| call.undefined()),
    }
}

fn next<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    if call.state::<Record>()?.next() { Ok(call.this.clone()) } else { Ok(call.give_flag(false)) }
}

#[expect(clippy::cast_precision_loss, reason = "rows are limited far below 2^53")]
fn count<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_number(call.state::<Record>()?.count() as f64))
}

fn initialize<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.state::<Record>()?.begin();
    Ok(call.undefined())
}

/// A refused write is no exception in SimpleOne: it is told by the return value and getErrors().
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

fn insert<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    attempt(call, &record, &"0".into(), || {
        if record.is_saved() {
            return Err(refused("the record is saved already: use update(), or initialize() first"));
        }
        call.give_text(&record.insert(call)?.unwrap_or_else(|| "0".to_owned()))
    })
}

fn update<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    attempt(call, &record, &"0".into(), || {
        if !record.is_saved() && !record.is_pending() {
            return Err(refused("the record was never saved: use insert()"));
        }
        record.update(call)?;
        call.give_text(&record.id())
    })
}

fn delete<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    let other = call.optional_text(0)?;
    attempt(call, &record, &false.into(), || {
        let gone = match other.filter(|id| *id != record.id()) {
            Some(id) => Record::referenced(call, record.table(), &id)?.delete(call)?,
            None => record.delete(call)?,
        };
        Ok(call.give_flag(gone))
    })
}

fn refused(message: &str) -> Halt {
    crate::HostError::refused("refused", message).into()
}

fn table<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(call.state::<Record>()?.table())
}

fn errors<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let errors = call.state::<Record>()?.errors();
    call.give(&Value::List(errors.into_iter().map(Value::Text).collect()))
}

fn abort<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    if call.flag(0, false)? {
        let message = call.text(1)?;
        *call.shared.left.aborted.borrow_mut() = Some(message.clone());
        return Err(Stop::Aborted(message).into());
    }
    Ok(call.undefined())
}

fn id<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&call.state::<Record>()?.id())
}
