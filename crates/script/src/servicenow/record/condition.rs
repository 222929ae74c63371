//! Conditions of queries: terms from arguments, and `GlideQueryCondition`, to which more can be added.

use std::cell::RefCell;
use std::rc::Rc;

use super::{condition_value, is_path};
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::record::{Record, is_empty};
use crate::{Filter, Level, TableInfo, Term, Value};

/// The setting that says what a condition with an unknown field selects.
const NO_ROWS: &str = "glide.invalid_query.returns_no_rows";

/// `GlideQueryCondition`.
pub(in crate::servicenow) static CLASS: Class = Class {
    name: "GlideQueryCondition",
    doc: "A condition of a query, to which others can be added: they bind to it and not to the whole query.",
    constructor: "",
    make: None,
    members: &[
        Member::method(
            "addCondition",
            "(field: string, operatorOrValue?: any, value?: any): GlideQueryCondition",
            "This condition holds only where the other one holds, too.",
            |call| add(call, false),
        ),
        Member::method(
            "addOrCondition",
            "(field: string, operatorOrValue?: any, value?: any): GlideQueryCondition",
            "This condition holds also where the other one holds.",
            |call| add(call, true),
        ),
    ],
    statics: &[],
    fields: None,
};

/// A condition that may still grow.
struct Condition {
    part: Rc<RefCell<Filter>>,
    record: Rc<Record>,
    /// The table whose fields it names.
    table: Rc<TableInfo>,
}

/// Adds a filter to the query of a record, as an object that may grow.
pub(super) fn object<'js>(
    call: &Call<'_, 'js>,
    record: Rc<Record>,
    table: Rc<TableInfo>,
    filter: Filter,
) -> Answer<'js> {
    let part = record.choose(|choice| choice.grow(filter));
    call.object(&CLASS, Rc::new(Condition { part, record, table }))
}

fn add<'js>(call: &Call<'_, 'js>, or: bool) -> Answer<'js> {
    let condition = call.state::<Condition>()?;
    let Some(filter) = term(call, &condition.record, &condition.table)? else { return Ok(call.this.clone()) };
    // What is too large to be asked is not built: it could be nested deeper than any stack.
    if !condition.record.choose(|choice| choice.takes(&filter)) {
        return Ok(call.this.clone());
    }
    let mut part = condition.part.borrow_mut();
    match &mut *part {
        // Of a related table it is the rows there that are chosen.
        Filter::Related { filter: inner, .. } => join(inner, filter, or),
        other => join(other, filter, or),
    }
    Ok(call.this.clone())
}

fn join(part: &mut Filter, filter: Filter, or: bool) {
    let own = std::mem::replace(part, Filter::everything());
    *part = match (own, or) {
        (Filter::All(parts), false) => Filter::All(parts.into_iter().chain([filter]).collect()),
        (Filter::Any(parts), true) if !parts.is_empty() => {
            Filter::Any(parts.into_iter().chain([filter]).collect())
        }
        (own, false) => Filter::All(vec![own, filter]),
        (own, true) => Filter::Any(vec![own, filter]),
    };
}

/// The term of the arguments `field, [operator], value`; `None` where it is left out because there is no
/// such field.
pub(super) fn term(
    call: &Call<'_, '_>,
    record: &Record,
    table: &Rc<TableInfo>,
) -> Result<Option<Filter>, Halt> {
    let field = call.text(0)?;
    let (operator, value) = match call.count() {
        0..=2 => ("=".to_owned(), condition_value(call, 1)?),
        _ => (call.text(1)?.trim().to_uppercase(), condition_value(call, 2)?),
    };
    made(call, record, table, &field, &operator, value)
}

/// A term of a field that may not be there.
pub(super) fn made(
    call: &Call<'_, '_>,
    record: &Record,
    table: &Rc<TableInfo>,
    field: &str,
    operator: &str,
    value: Value,
) -> Result<Option<Filter>, Halt> {
    if !is_path(call, table, field)? {
        return without(call, record, table, field);
    }
    let operator = match (operator, &value) {
        // A list is enough to ask for each of its values.
        ("=" | "IN", Value::List(_)) => "IN",
        ("!=" | "NOT IN", Value::List(_)) => "NOT IN",
        // An empty value asks for emptiness.
        ("=", value) if is_empty(value) => "ISEMPTY",
        ("!=", value) if is_empty(value) => "ISNOTEMPTY",
        ("CONTAINS", _) => "LIKE",
        ("DOES NOT CONTAIN" | "DOESNOTCONTAIN", _) => "NOT LIKE",
        (other, _) => other,
    };
    let unary = matches!(operator, "ISEMPTY" | "ISNOTEMPTY" | "ANYTHING" | "EMPTYSTRING" | "VALCHANGES");
    let value = match value {
        _ if unary => Value::Null,
        Value::Text(list) if matches!(operator, "IN" | "NOT IN") => {
            Value::List(list.split(',').map(|one| Value::from(one.trim())).collect())
        }
        value => super::super::element::kept_like(table, field, value),
    };
    Ok(Some(Filter::Term(Term { field: field.to_owned(), operator: operator.to_owned(), value })))
}

/// What comes of a term whose field there is none of: no rows, unless a setting says that the term is left
/// out; then the rows must not be written to as a whole.
fn without(
    call: &Call<'_, '_>,
    record: &Record,
    table: &TableInfo,
    field: &str,
) -> Result<Option<Filter>, Halt> {
    let dropped = call.host(|host| host.property(NO_ROWS))?.as_deref() == Some("false");
    let what = if dropped { "the condition is left out" } else { "the query selects nothing" };
    call.log(Level::Warning, format!("{} has no field {field}: {what}", table.name));
    if dropped {
        record.choose(|choice| choice.widened = true);
        return Ok(None);
    }
    Ok(Some(Filter::nothing()))
}
