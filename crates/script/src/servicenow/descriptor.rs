//! `GlideElementDescriptor`: what the dictionary says of a field, in ServiceNow's words.

use std::rc::Rc;

use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::{FieldInfo, FieldKind};

/// `GlideElementDescriptor`.
pub(super) static CLASS: Class = Class {
    name: "GlideElementDescriptor",
    doc: "What the dictionary says of a field.",
    constructor: "",
    make: None,
    members: &[
        Member::method("getName", "(): string", "The name of the field.", name),
        Member::method("getLabel", "(): string", "The title of the field.", label),
        Member::method(
            "getInternalType",
            "(): string",
            "Its type: `string`, `integer`, `decimal`, `boolean`, `reference`, `glide_list`, `glide_date`, \
             `glide_date_time`, `glide_duration`, `journal_input` or `GUID`.",
            kind,
        ),
        Member::method(
            "getLength",
            "(): number",
            "The most characters of its text; 0 without a limit.",
            length,
        ),
        Member::method(
            "getReference",
            "(): string",
            "The table that it leads to; empty where to none.",
            reference,
        ),
    ],
    statics: &[],
    fields: None,
};

struct Descriptor {
    name: String,
    info: Option<FieldInfo>,
}

/// The object of a field; one without a description is the id.
pub(super) fn object<'js>(call: &Call<'_, 'js>, info: Option<&FieldInfo>, name: &str) -> Answer<'js> {
    call.object(&CLASS, Rc::new(Descriptor { name: name.to_owned(), info: info.cloned() }))
}

fn own(call: &Call<'_, '_>) -> Result<Rc<Descriptor>, Halt> {
    call.state::<Descriptor>()
}

fn name<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&own(call)?.name)
}

fn label<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let own = own(call)?;
    call.give_text(own.info.as_ref().map_or(&own.name, |info| &info.label))
}

fn kind<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let own = own(call)?;
    let Some(info) = &own.info else { return call.give_text("GUID") };
    call.give_text(match info.kind {
        FieldKind::Text | FieldKind::Choice => "string",
        FieldKind::Number if matches!(info.type_name.as_str(), "decimal" | "float" | "number") => "decimal",
        FieldKind::Number => "integer",
        FieldKind::Boolean => "boolean",
        FieldKind::Date => "glide_date",
        FieldKind::Moment => "glide_date_time",
        FieldKind::Duration => "glide_duration",
        FieldKind::Reference(_) => "reference",
        FieldKind::List(_) => "glide_list",
        FieldKind::Journal => "journal_input",
    })
}

fn length<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_number(f64::from(own(call)?.info.as_ref().map_or(32, |info| info.length))))
}

fn reference<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(match own(call)?.info.as_ref().map(|info| &info.kind) {
        Some(FieldKind::Reference(table) | FieldKind::List(table)) => table,
        _ => "",
    })
}
