//! `GlideFilter`: whether a record fulfils a condition.

use crate::Filter;
use crate::describe::{Class, Member};
use crate::interp::kit::{Answer, Call};
use crate::record::Record;

/// `GlideFilter`.
pub(crate) static CLASS: Class = Class {
    name: "GlideFilter",
    doc: "Whether a record fulfils a condition.",
    constructor: "",
    make: None,
    members: &[],
    statics: &[Member::method(
        "checkRecord",
        "(record: GlideRecord, encodedQuery: string): boolean",
        "Whether a record, as it is with what was written into it, fulfils an encoded query.",
        check,
    )],
    fields: None,
};

fn check<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let Some(record) = call.argument_state::<Record>(0) else {
        return Err(call.type_error("checkRecord: argument 1 must be a record"));
    };
    let (row, filter) = (record.image(call)?, Filter::Encoded(call.text(1)?));
    let fulfils = call.read(|host| host.matches(record.table(), &row, &filter))?;
    Ok(call.give_flag(fulfils))
}
