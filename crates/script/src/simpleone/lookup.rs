//! Rows of the tables that SimpleOne's classes stand on here: reading them in one place.

use crate::interp::convert::Halt;
use crate::interp::kit::Call;
use crate::limits::MAX_ROWS_OF_A_QUESTION;
use crate::record::{is_true, plain};
use crate::{Filter, Query, Row, Term, Value};

/// A condition of a question.
pub(super) fn term(field: &str, operator: &str, value: impl Into<Value>) -> Filter {
    Filter::Term(Term { field: field.to_owned(), operator: operator.to_owned(), value: value.into() })
}

/// The rows of a table that fulfil all of these, at most [`MAX_ROWS_OF_A_QUESTION`].
pub(super) fn rows(call: &Call<'_, '_>, table: &str, all: Vec<Filter>) -> Result<Vec<Row>, Halt> {
    let query = Query {
        table: table.to_owned(),
        filter: Filter::All(all),
        order: Vec::new(),
        limit: MAX_ROWS_OF_A_QUESTION.min(call.shared.rows_left().saturating_add(1)),
        skip: 0,
    };
    let rows = call.read(|host| host.query(&query))?;
    call.shared.count_rows(rows.len())?;
    Ok(rows)
}

fn value<'a>(row: &'a Row, field: &str) -> Option<&'a Value> {
    row.fields.iter().find(|(name, _)| name == field).map(|(_, value)| value)
}

/// A field as text.
pub(super) fn text(row: &Row, field: &str) -> String {
    value(row, field).map(plain).unwrap_or_default()
}

/// Whether a field is true.
pub(super) fn flag(row: &Row, field: &str) -> bool {
    value(row, field).is_some_and(is_true)
}

/// The entries of a list, also of one that is kept as text with commas.
pub(super) fn list(row: &Row, field: &str) -> Vec<String> {
    let text = text(row, field);
    text.split(',').map(|entry| entry.trim().to_owned()).filter(|entry| !entry.is_empty()).collect()
}
