//! Running the query, moving, and values of the current row.

use super::find::{
    apply_query, choose_window, count, find, get, has_next, is_valid_query, location, next, restore_location,
    run, save_location, set_location,
};
use super::own;
use crate::describe::Member;
use crate::interp::kit::{Answer, Call};
use crate::record::{is_empty, is_true, plain};
use crate::servicenow::element;
use crate::{FieldKind, Value};

/// Members of records.
pub(in crate::servicenow) const MEMBERS: &[Member] = &[
    Member::method(
        "query",
        "(field?: string, value?: any): void",
        "Runs the query, with one more condition where there are arguments.",
        run,
    ),
    Member::method("_query", "(field?: string, value?: any): void", "The same.", run),
    Member::method("next", "(): boolean", "Moves to the next row; false behind the last one.", next),
    Member::method("_next", "(): boolean", "The same.", next),
    Member::method("hasNext", "(): boolean", "Whether there is another row.", has_next),
    Member::method(
        "get",
        "(idOrField: any, value?: any): boolean",
        "Stands on the record with this id, or shown so; with two arguments on the first one with this value.",
        get,
    ),
    Member::method(
        "find",
        "(field: string, value: any): boolean",
        "Moves to the first row with this value.",
        find,
    ),
    Member::method("getRowCount", "(): number", "How many rows the query gave.", count),
    Member::method(
        "chooseWindow",
        "(first: number, last: number, forceCount?: boolean): void",
        "Limits the query to the rows from the first (0 is the very first) to before the last.",
        choose_window,
    ),
    Member::method("setNoCount", "(): void", "Changes nothing: rows are never counted ahead.", |call| {
        Ok(call.undefined())
    }),
    Member::method(
        "getLocation",
        "(): number",
        "The number of the current row, from 0; -1 before the first.",
        location,
    ),
    Member::method(
        "setLocation",
        "(location: number): void",
        "Moves to the row of this number.",
        set_location,
    ),
    Member::method("saveLocation", "(): void", "Remembers the current row.", save_location),
    Member::method("restoreLocation", "(): void", "Moves to the row that was remembered.", restore_location),
    Member::method(
        "isValidEncodedQuery",
        "(query: string): boolean",
        "Whether an encoded query can be asked.",
        is_valid_query,
    ),
    Member::method(
        "isEncodedQueryValid",
        "(query: string): boolean",
        "The same, and adds it; one that cannot be asked selects nothing.",
        apply_query,
    ),
    Member::method(
        "getValue",
        "(field: string): string | null",
        "The stored value; null where it is empty or there is no such field, `'1'` or `'0'` of a field that is true \
         or false.",
        value,
    ),
    Member::method(
        "getDisplayValue",
        "(field?: string): string",
        "How a field, or the record, is shown.",
        display,
    ),
    Member::method("getElement", "(path: string): GlideElement", "The element of a field.", get_element),
    Member::method("getElements", "(): GlideElement[]", "The elements of all fields.", elements),
    Member::method(
        "getFields",
        "(): GlideElement[]",
        "The elements of all fields, as a list with `size()` and `get(index)`.",
        elements,
    ),
    Member::method("getUniqueValue", "(): string | null", "The id.", id_or_null),
    Member::method("toString", "(): string", "The id.", id),
    Member::method("toJSON", "(): string", "The id.", id),
    Member::refused("variables", "Rejoinder has no catalogue: keep what an order asks for in fields"),
];

/// The stored value as `getValue` tells it.
pub(in crate::servicenow) fn told<'js>(call: &Call<'_, 'js>, kind: &FieldKind, value: &Value) -> Answer<'js> {
    match kind {
        _ if is_empty(value) => Ok(call.null()),
        FieldKind::Boolean => call.give_text(if is_true(value) { "1" } else { "0" }),
        _ => call.give_text(&plain(value)),
    }
}

fn value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    match element::at_path(call, &own(call)?, &call.text(0)?)? {
        Some(element) => told(call, &element.kind(call)?, &element.value(call)?),
        None => Ok(call.null()),
    }
}

fn display<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    let Some(path) = call.optional_text(0)? else {
        if !record.is_placed() {
            return call.give_text("");
        }
        return call.give_text(&record.display(call, None)?);
    };
    match element::at_path(call, &record, &path)? {
        Some(element) => {
            let owner = element.owner(call)?;
            let text = if element.name() == "sys_id" {
                owner.id()
            } else if is_empty(&element.value(call)?) {
                String::new()
            } else {
                owner.display(call, Some(element.name()))?
            };
            call.give_text(&text)
        }
        None => Ok(call.null()),
    }
}

fn get_element<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    match element::at_path(call, &own(call)?, &call.text(0)?)? {
        Some(element) => call.object(&element::CLASS, std::rc::Rc::new(element)),
        None => Ok(call.null()),
    }
}

fn elements<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    let names = record.info.fields.iter().map(|field| field.name.as_str());
    let elements: Result<Vec<_>, _> = names.map(|name| element::object(call, &record, name)).collect();
    super::super::language::list(call, elements?)
}

fn id<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&own(call)?.id())
}

fn id_or_null<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let id = own(call)?.id();
    if id.is_empty() { Ok(call.null()) } else { call.give_text(&id) }
}
