//! The query in the making of a `SimpleRecord`, and its rows.

use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::record::{self, Choice, Record, is_empty, plain};
use crate::simpleone::{encoded, operators};
use crate::{Filter, Level, Term, Value};

pub(super) fn get<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
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

/// What `addQuery` is asked for.
enum Asked {
    Filter(Filter),
    /// A condition without a value: it is dropped.
    Dropped,
    /// A condition that cannot be asked selects nothing, and says why.
    Fault(String),
}

fn asked(call: &Call<'_, '_>, record: &Record) -> Result<Asked, Halt> {
    let field = call.text(0)?;
    let (operator, value) = match call.count() {
        0 | 1 => ("=".to_owned(), Value::Null),
        2 => {
            let given = call.value(1)?;
            let unary = given.as_text().and_then(operators::find).filter(|operator| operator.unary);
            unary.map_or(("=".to_owned(), given), |unary| (unary.name.to_owned(), Value::Null))
        }
        _ => (call.text(1)?, call.value(2)?),
    };
    let Some(operator) = operators::find(&operator) else {
        let place = format!("{}.{field}", record.table());
        return Ok(Asked::Fault(format!(
            "unknown operator {operator} on {place}: the condition selects nothing"
        )));
    };
    // Several values are a set, whichever way they are compared.
    let name = match (&value, operator.name) {
        (Value::List(_), "=") => "IN",
        (Value::List(_), "!=") => "NOT IN",
        (_, name) => name,
    };
    let term = |value| Asked::Filter(Filter::Term(Term { field, operator: name.to_owned(), value }));
    Ok(match value {
        _ if operator.unary => term(Value::Null),
        Value::Null => Asked::Dropped,
        Value::Text(text) if text.is_empty() => Asked::Filter(Filter::nothing()),
        value => term(value),
    })
}

fn add<'js>(call: &Call<'_, 'js>, join: fn(&mut Choice, Filter)) -> Answer<'js> {
    let record = call.state::<Record>()?;
    match asked(call, &record)? {
        Asked::Filter(filter) => record.choose(|choice| join(choice, filter)),
        Asked::Dropped => record.choose(|choice| choice.widened = true),
        Asked::Fault(fault) => {
            call.log(Level::Warning, fault.as_str());
            record.choose(|choice| {
                join(choice, Filter::nothing());
                choice.faults.push(fault);
            });
        }
    }
    Ok(call.this.clone())
}

pub(super) fn add_query<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    add(call, Choice::narrow)
}

pub(super) fn add_or<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    add(call, Choice::widen)
}

pub(super) fn add_encoded<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    let asked = encoded::asked(&call.text(0)?);
    if let Some(fault) = &asked.fault {
        call.log(Level::Warning, format!("{}: {fault}", record.table()));
    }
    record.choose(|choice| {
        if let Some(filter) = asked.filter {
            choice.narrow(filter);
        }
        choice.order.extend(asked.order);
        choice.widened |= asked.dropped;
        choice.faults.extend(asked.fault);
    });
    Ok(call.undefined())
}

pub(super) fn condition<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let filter = call.state::<Record>()?.choose(|choice| choice.filter());
    call.give_text(&encoded::text(&filter))
}

pub(super) fn order<'js>(call: &Call<'_, 'js>, descending: bool) -> Answer<'js> {
    let field = call.text(0)?;
    call.state::<Record>()?.choose(|choice| choice.order.push((field, descending)));
    Ok(call.undefined())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts of floats saturate")]
pub(super) fn limit<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let count = call.number(0)?;
    if count.is_nan() || count < 0.0 {
        return Err(call.type_error("setLimit: argument 1 must be a number, 0 or more"));
    }
    call.state::<Record>()?.choose(|choice| choice.limit = Some(count as u32));
    Ok(call.undefined())
}

pub(super) fn select<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    let names = match call.value(0)? {
        Value::List(names) => names.iter().map(plain).collect(),
        Value::Null => Vec::new(),
        name => vec![plain(&name)],
    };
    for name in &names {
        if name != "sys_id" && record.field(name).is_none() {
            return Err(super::no_field(call, &record, name));
        }
    }
    record.choose(|choice| choice.fields = names);
    Ok(call.this.clone())
}

pub(super) fn query<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    record.clear_errors();
    for fault in record.choose(|choice| std::mem::take(&mut choice.faults)) {
        record.note_error(&fault);
    }
    match record.run(call) {
        // A condition that cannot be asked selects nothing, and says why.
        Err(Halt::Host(error)) => {
            record.note_error(&error.message);
            let message = format!("{}: {}: the query selects nothing", record.table(), error.message);
            call.log(Level::Warning, message);
            record.blank();
            record.rewind(Vec::new());
            Ok(call.undefined())
        }
        done => done.map(|()| call.undefined()),
    }
}

pub(super) fn next<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    if call.state::<Record>()?.next() { Ok(call.this.clone()) } else { Ok(call.give_flag(false)) }
}

#[expect(clippy::cast_precision_loss, reason = "rows are limited far below 2^53")]
pub(super) fn count<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_number(call.state::<Record>()?.count() as f64))
}

pub(super) fn errors<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    let faults = record.choose(|choice| choice.faults.clone());
    let errors = record.errors().into_iter().chain(faults);
    call.give(&Value::List(errors.map(Value::Text).collect()))
}

/// Whether the current row, with what was written to it, fulfils a condition.
pub(super) fn matches<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    let text = call.text(0)?;
    let read = record.selected();
    let is_there = |field: &String| read.is_empty() || field == "sys_id" || read.contains(field);
    if !encoded::fields(&text).iter().all(is_there) {
        return Ok(call.give_flag(false));
    }
    let filter = encoded::asked(&text).filter.unwrap_or_else(Filter::everything);
    let holds = match filter {
        Filter::Any(parts) if parts.is_empty() => false,
        Filter::All(parts) if parts.is_empty() => true,
        filter => {
            let row = record.image(call)?;
            call.read(|host| host.matches(record.table(), &row, &filter))?
        }
    };
    Ok(call.give_flag(holds))
}
