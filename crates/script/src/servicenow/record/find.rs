//! The query of a `GlideRecord` and its cursor.

use std::rc::Rc;

use super::{condition, own};
use crate::describe::Member;
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::record::{Choice, Record, is_empty, plain};
use crate::servicenow::{element, query as encoded};
use crate::{FieldKind, Filter, Level, Value};

/// Members of records and aggregates.
pub(in crate::servicenow) const MEMBERS: &[Member] = &[
    Member::method(
        "addQuery",
        "(field: string, operatorOrValue?: any, value?: any): GlideQueryCondition",
        "Adds a condition, which may be a path through references; one argument alone is an encoded query.",
        add,
    ),
    Member::method(
        "addEncodedQuery",
        "(query: string, enforceFieldACL?: boolean): void",
        "Adds a condition in its text form, and the order that it has.",
        add_encoded,
    ),
    Member::method("addActiveQuery", "(): GlideQueryCondition", "Only active records.", |call| {
        active(call, true)
    }),
    Member::method("addInactiveQuery", "(): GlideQueryCondition", "Only inactive records.", |call| {
        active(call, false)
    }),
    Member::method(
        "addNullQuery",
        "(field: string): GlideQueryCondition",
        "Only where the field is empty.",
        |call| unary(call, "ISEMPTY"),
    ),
    Member::method(
        "addNotNullQuery",
        "(field: string): GlideQueryCondition",
        "Only where the field has a value.",
        |call| unary(call, "ISNOTEMPTY"),
    ),
    Member::method(
        "addJoinQuery",
        "(table: string, field?: string, otherField?: string): GlideQueryCondition",
        "Only records that a record of another table names; conditions added to the result are about that table.",
        join,
    ),
    Member::method(
        "addUserQuery",
        "(field: string, operatorOrValue?: any, value?: any): GlideQueryCondition",
        "As addQuery.",
        add,
    ),
    Member::method(
        "addSystemQuery",
        "(field: string, operatorOrValue?: any, value?: any): GlideQueryCondition",
        "As addQuery.",
        add,
    ),
    Member::method(
        "orderBy",
        "(field: string): void",
        "Sorts by a field, after those named before.",
        |call| order(call, false),
    ),
    Member::method("orderByDesc", "(field: string): void", "Sorts by a field, the largest first.", |call| {
        order(call, true)
    }),
    Member::method("setLimit", "(count: number): void", "Limits the rows of the query.", set_limit),
    Member::method("getEncodedQuery", "(): string", "The condition in its text form, with its order.", text),
];

/// Runs an addition to the condition of a query.
pub(in crate::servicenow) fn choose(
    call: &Call<'_, '_>,
    change: impl FnOnce(&mut Choice),
) -> Result<(), Halt> {
    own(call)?.choose(change);
    Ok(())
}

fn object<'js>(call: &Call<'_, 'js>, record: Rc<Record>, filter: Filter) -> Answer<'js> {
    let table = Rc::clone(&record.info);
    condition::object(call, record, table, filter)
}

fn add<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    if call.count() == 1 {
        let filter = encoded::filter(call, &record, &call.text(0)?)?;
        return object(call, record, filter);
    }
    let filter = condition::term(call, &record, &record.info)?.unwrap_or_else(Filter::everything);
    object(call, record, filter)
}

fn add_encoded<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    match encoded::filter(call, &record, &call.text(0)?)? {
        Filter::All(parts) if parts.is_empty() => {}
        filter => record.narrow(filter),
    }
    Ok(call.undefined())
}

fn active<'js>(call: &Call<'_, 'js>, active: bool) -> Answer<'js> {
    let record = own(call)?;
    let made = condition::made(call, &record, &record.info, "active", "=", Value::Bool(active))?;
    object(call, record, made.unwrap_or_else(Filter::everything))
}

fn unary<'js>(call: &Call<'_, 'js>, operator: &str) -> Answer<'js> {
    let record = own(call)?;
    let made = condition::made(call, &record, &record.info, &call.text(0)?, operator, Value::Null)?;
    object(call, record, made.unwrap_or_else(Filter::everything))
}

fn join<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    let table = call.shared.table(call, &call.text(0)?)?;
    let field = call.optional_text(1)?.unwrap_or_else(|| "sys_id".to_owned());
    let leads_here = |kind: &FieldKind| {
        let FieldKind::Reference(to) = kind else { return false };
        to == record.table() || record.info.parents.contains(to)
    };
    let other = match call.optional_text(2)? {
        Some(name) => name,
        None => match table.fields.iter().find(|field| leads_here(&field.kind)) {
            Some(field) => field.name.clone(),
            None => {
                let message = format!("addJoinQuery: no field of {} leads to {}", table.name, record.table());
                return Err(call.type_error(&message));
            }
        },
    };
    let filter = Filter::Related {
        table: table.name.clone(),
        own: field,
        other,
        filter: Box::new(Filter::everything()),
    };
    condition::object(call, record, table, filter)
}

fn order<'js>(call: &Call<'_, 'js>, descending: bool) -> Answer<'js> {
    let field = call.text(0)?;
    choose(call, |choice| choice.order.push((field, descending)))?;
    Ok(call.undefined())
}

fn set_limit<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let count = u32::try_from(call.whole(0, 0)?).unwrap_or_default();
    choose(call, |choice| choice.limit = Some(count))?;
    Ok(call.undefined())
}

fn text<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    let choice = record.choose(|choice| choice.clone());
    let mut text = if choice.is_open() {
        String::new()
    } else {
        call.host(|host| host.encoded(record.table(), &choice.filter()))?
    };
    for (field, descending) in &choice.order {
        let word = if *descending { "ORDERBYDESC" } else { "ORDERBY" };
        let join = if text.is_empty() { "" } else { "^" };
        text = format!("{text}{join}{word}{field}");
    }
    call.give_text(&text)
}

/// Runs the query, which stays in place for the next one. What cannot be asked selects nothing.
pub(super) fn run<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    if call.count() >= 2 {
        let made = condition::term(call, &record, &record.info)?;
        object(call, Rc::clone(&record), made.unwrap_or_else(Filter::everything))?;
    }
    let choice = record.choose(|choice| choice.clone());
    stand_before(call, &record, &choice)?;
    Ok(call.undefined())
}

fn stand_before(call: &Call<'_, '_>, record: &Record, choice: &Choice) -> Result<(), Halt> {
    record.clear_errors();
    let rows = match record.select(call, choice) {
        Err(Halt::Host(error)) => {
            record.note_error(&error.message);
            let message = format!("{}: {}: the query selects nothing", record.table(), error.message);
            call.log(Level::Warning, message);
            Vec::new()
        }
        rows => rows?,
    };
    record.blank();
    record.rewind(rows);
    Ok(())
}

pub(super) fn next<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_flag(own(call)?.next()))
}

pub(super) fn has_next<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_flag(own(call)?.has_next()))
}

fn query_by(call: &Call<'_, '_>, record: &Record, field: &str, value: Value) -> Result<bool, Halt> {
    let mut choice = Choice::default();
    match condition::made(call, record, &record.info, field, "=", value)? {
        Some(filter) => choice.narrow(filter),
        // A term that was left out must not select any row.
        None => choice.narrow(Filter::nothing()),
    }
    stand_before(call, record, &choice)?;
    Ok(record.next())
}

pub(super) fn get<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    if record.info.fields.is_empty() {
        return Ok(call.give_flag(false));
    }
    if call.count() >= 2 {
        let found = query_by(call, &record, &call.text(0)?, super::condition_value(call, 1)?)?;
        return Ok(call.give_flag(found));
    }
    let wanted = call.value(0)?;
    if is_empty(&wanted) {
        record.blank();
        record.rewind(Vec::new());
        return Ok(call.give_flag(false));
    }
    if record.get(call, &plain(&wanted))? {
        return Ok(call.give_flag(true));
    }
    let display = record.info.display.clone();
    if display.is_empty() || record.field(&display).is_none() {
        return Ok(call.give_flag(false));
    }
    Ok(call.give_flag(query_by(call, &record, &display, wanted)?))
}

pub(super) fn find<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    let (path, wanted) = (call.text(0)?, call.value(1)?);
    for place in 0..record.count() {
        record.move_to(place);
        if let Some(element) = element::at_path(call, &record, &path)?
            && super::super::coerce::alike(&element.kind(call)?, &element.value(call)?, &wanted)
        {
            return Ok(call.give_flag(true));
        }
    }
    Ok(call.give_flag(false))
}

pub(super) fn choose_window<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let first = u32::try_from(call.whole(0, 0)?).unwrap_or_default();
    let last = u32::try_from(call.whole(1, 0)?).unwrap_or_default();
    choose(call, |choice| {
        choice.skip = first;
        choice.limit = Some(last.saturating_sub(first));
    })?;
    Ok(call.undefined())
}

#[expect(clippy::cast_precision_loss, reason = "rows are limited far below 2^53")]
pub(super) fn count<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_number(own(call)?.count() as f64))
}

#[expect(clippy::cast_precision_loss, reason = "rows are limited far below 2^53")]
pub(super) fn location<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_number(own(call)?.location().map_or(-1.0, |place| place as f64)))
}

pub(super) fn set_location<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    match usize::try_from(call.whole(0, -1)?) {
        Ok(place) => _ = record.move_to(place),
        Err(_) => {
            record.blank();
            let rows = record.rows();
            record.rewind(rows);
        }
    }
    Ok(call.undefined())
}

pub(super) fn save_location<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    own(call)?.save_location();
    Ok(call.undefined())
}

pub(super) fn restore_location<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    own(call)?.restore_location();
    Ok(call.undefined())
}

pub(super) fn is_valid_query<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_flag(is_askable(call)?))
}

/// The old form: it also applies the query, or one that selects nothing.
pub(super) fn apply_query<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let valid = is_askable(call)?;
    if valid {
        add_encoded(call)?;
    } else {
        own(call)?.narrow(Filter::nothing());
    }
    Ok(call.give_flag(valid))
}

fn is_askable(call: &Call<'_, '_>) -> Result<bool, Halt> {
    let record = own(call)?;
    let text = call.text(0)?;
    match call.host(|host| host.encoded(record.table(), &Filter::Encoded(text))) {
        Ok(_) => Ok(true),
        Err(Halt::Host(_)) => Ok(false),
        Err(other) => Err(other),
    }
}
