//! `SimpleReference`: what a reference field gives.

use std::rc::Rc;

use super::record::{attributes, display, field_value, has_files, id, label, plain_value, table};
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call, Fields};
use crate::record::Record;

/// `SimpleReference`.
pub(crate) static CLASS: Class = Class {
    name: "SimpleReference",
    doc: "The value of a reference field: walks to the record that it leads to.",
    constructor: "",
    make: None,
    members: &[
        Member::method(
            "getValue",
            "(field?: string): any",
            "The id, or the value of a field of the record.",
            value,
        ),
        Member::method("getDisplayValue", "(field?: string): string", "How it is shown.", display),
        Member::refused(
            "setValue",
            "nothing is written through a reference; get the record, write it and update it",
        ),
        Member::method("getLabel", "(field: string): string", "The title of a field of the record.", label),
        Member::method(
            "getAttributes",
            "(): Record<string, any>",
            "The values of all fields of the record.",
            attributes,
        ),
        Member::method("hasAttachment", "(): boolean", "Whether the record has files.", has_files),
        Member::method("getTableName", "(): string", "The table that it leads to.", table),
        Member::method("toString", "(): string", "The id.", id),
        Member::method("toJSON", "(): string", "The id.", id),
    ],
    statics: &[],
    fields: Some(Fields {
        get: |call, name| field_value(call, &*call.state::<Record>()?, name),
        set: refuse,
        has: |call, name| Ok(name == "sys_id" || call.state::<Record>()?.field(name).is_some()),
        names: |call| Ok(call.state::<Record>()?.field_names()),
    }),
};

/// The object of a reference.
pub(super) fn object<'js>(call: &Call<'_, 'js>, record: Rc<Record>) -> Answer<'js> {
    call.object(&CLASS, record)
}

fn value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = call.state::<Record>()?;
    if call.is_missing(0) { call.give_text(&record.id()) } else { plain_value(call, &record) }
}

fn refuse(call: &Call<'_, '_>, name: &str) -> Result<(), Halt> {
    Err(call.type_error(&format!("{name} cannot be written through a reference: get the record first")))
}
