//! `SimpleRecord`: query, cursor and current row of a table; `SimpleRecordSecure`: the same with the rights
//! of whoever the script runs as.

mod query;
mod read;
mod write;

use crate::Right;
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Call, Fields, State};
use crate::record::Record;

pub(super) use read::{attributes, display, field_value, has_files, id, label, plain_value, table};

/// `SimpleRecord`.
pub(crate) static CLASS: Class = Class {
    name: "SimpleRecord",
    doc: "The rows of a table: query, cursor and current row in one object. Its fields are properties.",
    constructor: "(table: string)",
    make: Some(make),
    members: MEMBERS,
    statics: &[],
    fields: Some(FIELDS),
};

/// `SimpleRecordSecure`.
pub(crate) static SECURE: Class = Class {
    name: "SimpleRecordSecure",
    doc: "A SimpleRecord that sees and writes only what the user as whom the script runs may see and write.",
    constructor: "(table: string)",
    make: Some(|call| {
        let record = make(call)?;
        if let Some(record) = record.downcast_ref::<Record>() {
            record.secure();
        }
        Ok(record)
    }),
    members: MEMBERS,
    statics: &[],
    fields: Some(FIELDS),
};

const FIELDS: Fields = Fields {
    get: |call, name| field_value(call, &*call.state::<Record>()?, name),
    set: write::set_field,
    has: |call, name| Ok(name == "sys_id" || call.state::<Record>()?.field(name).is_some()),
    names: |call| Ok(call.state::<Record>()?.field_names()),
};

const MEMBERS: &[Member] = &[
    Member::method(
        "get",
        "(idOrField: any, value?: any): this",
        "Stands on the row with this id, or the first with this value; on none where there is none: ask `sys_id`.",
        query::get,
    ),
    Member::method(
        "addQuery",
        "(field: string, operatorOrValue?: any, value?: any): this",
        "Adds a condition that must hold, too. One on `undefined` or `null` is dropped, one on `''` selects nothing.",
        query::add_query,
    ),
    Member::method(
        "addOrCondition",
        "(field: string, operatorOrValue?: any, value?: any): this",
        "Adds a condition that is enough by itself: everything asked so far, or this.",
        query::add_or,
    ),
    Member::method(
        "addEncodedQuery",
        "(condition: string): void",
        "Adds a condition written as text, plain or percent-encoded. One on `undefined` or `null` selects nothing, \
         one without a value is dropped.",
        query::add_encoded,
    ),
    Member::method(
        "getConditionQuery",
        "(): string",
        "The conditions that the next query will ask, as text; empty after `query()`.",
        query::condition,
    ),
    Member::method("orderBy", "(field: string): void", "Sorts by a field.", |call| query::order(call, false)),
    Member::method("orderByDesc", "(field: string): void", "Sorts by a field, the largest first.", |call| {
        query::order(call, true)
    }),
    Member::method("setLimit", "(count: number): void", "Limits the rows of the next query.", query::limit),
    Member::method(
        "selectAttributes",
        "(fields: string | string[]): this",
        "Reads only these fields; such rows cannot be written.",
        query::select,
    ),
    Member::method("query", "(): void", "Runs the query, and stands before its first row.", query::query),
    Member::method(
        "next",
        "(): this | false",
        "Moves to the next row; `false` behind the last.",
        query::next,
    ),
    Member::method("getRowCount", "(): number", "How many rows the query gave.", query::count),
    Member::method(
        "initialize",
        "(): void",
        "Begins a new record with the defaults of its table.",
        write::initialize,
    ),
    Member::method(
        "insert",
        "(): string",
        "Plans the new record; its id, or `'0'` where it is refused.",
        write::insert,
    ),
    Member::method(
        "update",
        "(): string",
        "Plans the change; the id, or `'0'` where it is refused or the record was never saved.",
        write::update,
    ),
    Member::method(
        "setMultipleValue",
        "(field: string, value: any): void",
        "A value for every row, written by `updateMultiple()`.",
        write::set_multiple,
    ),
    Member::method(
        "updateMultiple",
        "(): boolean",
        "Plans the change of every row of the query; refused where a condition of it was dropped.",
        write::update_multiple,
    ),
    Member::method(
        "deleteRecord",
        "(id?: string): boolean",
        "Plans the removal of the current row, or of the one with this id.",
        write::delete,
    ),
    Member::method(
        "deleteMultiple",
        "(): boolean",
        "Plans the removal of every row of the query; refused where a condition of it was dropped.",
        write::delete_multiple,
    ),
    Member::method("getValue", "(field: string): any", "The stored value of a field.", read::value),
    Member::method("setValue", "(field: string, value: any): void", "Writes a field.", write::set_value),
    Member::method(
        "getDisplayValue",
        "(field?: string): string",
        "How a field, or the record, is shown.",
        read::display,
    ),
    Member::method("getAttributes", "(): Record<string, any>", "The values of all fields.", read::attributes),
    Member::method("getLabel", "(field: string): string", "The title of a field.", read::label),
    Member::method("getTitle", "(field: string): string", "The same as `getLabel`.", read::label),
    Member::method("getTableName", "(): string", "The system name of the table.", read::table),
    Member::method("getClassDisplayValue", "(): string", "The title of the table.", read::class_label),
    Member::method("hasAttachment", "(): boolean", "Whether the record has files.", read::has_files),
    Member::method(
        "matchesCondition",
        "(condition?: string): boolean",
        "Whether the record, with what was written to it, fulfils a condition written as text.",
        query::matches,
    ),
    Member::method(
        "getJournalInput",
        "(field: string): SimpleJournalInput",
        "An entry for a journal field, posted by `insert()` or `update()`.",
        write::journal_input,
    ),
    Member::method(
        "isTableVcsEnabled",
        "(): boolean",
        "Always `false`: tables are not under version control here.",
        |call| {
            call.state::<Record>()?;
            Ok(call.give_flag(false))
        },
    ),
    Member::method("canCreate", "(): boolean", "Whether the user may make such a record.", |call| {
        read::may(call, Right::Create)
    }),
    Member::method("canRead", "(): boolean", "Whether the user may read the record.", |call| {
        read::may(call, Right::Read)
    }),
    Member::method("canUpdate", "(): boolean", "Whether the user may change the record.", |call| {
        read::may(call, Right::Update)
    }),
    Member::method("canDelete", "(): boolean", "Whether the user may delete the record.", |call| {
        read::may(call, Right::Delete)
    }),
    Member::method("getErrors", "(): string[]", "Why the last write or query was refused.", query::errors),
    Member::method(
        "setAbortAction",
        "(abort: boolean, message?: string): void",
        "Calls the pending change off and ends the script at once.",
        write::abort,
    ),
    Member::method(
        "silentMode",
        "(enable?: boolean): void",
        "Later writes of this object run no business rules, events and notifications, or run them again.",
        write::silent,
    ),
    Member::method("getReModelId", "(): null", "Always `null`: there are no extended models here.", |call| {
        call.state::<Record>()?;
        Ok(call.null())
    }),
    Member::refused(
        "setReModelId",
        "there are no extended models here; give the table the fields that are needed",
    ),
    Member::refused(
        "rem_attr",
        "there are no extended models here; give the table the fields that are needed",
    ),
    Member::method("toString", "(): string", "The id.", read::id),
    Member::method("toJSON", "(): string", "The id.", read::id),
];

/// A record object on a new row with the defaults of its table.
fn make(call: &Call<'_, '_>) -> Result<State, Halt> {
    let record = Record::open(call, &call.text(0)?)?;
    if record.info.fields.iter().any(|field| field.default.is_some()) {
        record.begin();
    }
    Ok(record)
}

/// The error about a field that the table does not have.
pub(super) fn no_field(call: &Call<'_, '_>, record: &Record, name: &str) -> Halt {
    let names = record.field_names();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    call.not_supported(record.table(), name, None, &known)
}
