//! What a `GlideRecord` tells of its table, its row and the change that the script is about.

use super::own;
use crate::Right;
use crate::describe::Member;
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::servicenow::element;

/// Members of records.
pub(super) const MEMBERS: &[Member] = &[
    Member::method("getTableName", "(): string", "The table that the object was made for.", table),
    Member::method("getRecordClassName", "(): string", "The table that the row belongs to.", class_name),
    Member::method(
        "getClassDisplayValue",
        "(): string",
        "The title of the table that the row belongs to.",
        title,
    ),
    Member::method("getLabel", "(): string", "The title of the table.", label),
    Member::method(
        "getLink",
        "(noStack?: boolean): string",
        "The address of the record behind that of the site, which ends with a slash.",
        link,
    ),
    Member::method("hasAttachments", "(): boolean", "Whether the record has files.", has_files),
    Member::method(
        "operation",
        "(): string | null",
        "`'insert'`, `'update'` or `'delete'`: the change that the script is about; null where it is about none.",
        operation,
    ),
    Member::method("changes", "(): boolean", "Whether any field changes with it.", changes),
    Member::method(
        "isNewRecord",
        "(): boolean",
        "Whether the record is not saved yet, or new with the change that the script is about.",
        is_new,
    ),
    Member::method("isValid", "(): boolean", "Whether there is such a table.", is_valid),
    Member::method("isValidField", "(field: string): boolean", "Whether the table has a field.", is_field),
    Member::method("isValidRecord", "(): boolean", "Whether the object stands on a record.", is_record),
    Member::method("canRead", "(): boolean", "Whether whoever the script runs as may read it.", |call| {
        may(call, Right::Read)
    }),
    Member::method("canWrite", "(): boolean", "Whether whoever the script runs as may change it.", |call| {
        may(call, Right::Update)
    }),
    Member::method("canCreate", "(): boolean", "Whether whoever the script runs as may make one.", |call| {
        may(call, Right::Create)
    }),
    Member::method("canDelete", "(): boolean", "Whether whoever the script runs as may remove it.", |call| {
        may(call, Right::Delete)
    }),
    Member::method(
        "getLastErrorMessage",
        "(): string | null",
        "Why the last query or write was refused; null where it was not.",
        last_error,
    ),
    Member::method(
        "getED",
        "(field?: string): GlideElementDescriptor",
        "What the dictionary says of a field.",
        descriptor,
    ),
    Member::refused("getPlural", "the dictionary has one title for a table: use getLabel()"),
    Member::refused("getAttribute", "the dictionary has no attributes; getED() tells what it has"),
];

fn table<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(own(call)?.table())
}

fn class_name<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&own(call)?.row_table())
}

fn title<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let info = call.shared.table(call, &own(call)?.row_table())?;
    call.give_text(&info.label)
}

fn label<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&own(call)?.info.label)
}

fn link<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    let link = call.host(|host| host.link(&record.row_table(), &record.id()))?;
    // Scripts put it behind an address that ends with a slash.
    call.give_text(link.trim_start_matches('/'))
}

fn has_files<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    let id = record.id();
    let any = !id.is_empty() && !call.read(|host| host.attachments(record.table(), &id))?.is_empty();
    Ok(call.give_flag(any))
}

fn operation<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    match (record.is_removed(), record.is_inserted(), record.is_changing()) {
        (true, ..) => call.give_text("delete"),
        (false, true, _) => call.give_text("insert"),
        (false, false, true) => call.give_text("update"),
        (false, false, false) => Ok(call.null()),
    }
}

fn changes<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    for field in &record.info.fields {
        if let Some(element) = element::at_path(call, &record, &field.name)?
            && element.changes(call)?
        {
            return Ok(call.give_flag(true));
        }
    }
    Ok(call.give_flag(false))
}

fn is_new<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    Ok(call.give_flag(record.is_inserted() || (record.is_placed() && !record.is_saved())))
}

fn is_valid<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_flag(!own(call)?.info.fields.is_empty()))
}

fn is_field<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_flag(element::has_field(&*own(call)?, &call.text(0)?)))
}

fn is_record<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = own(call)?;
    // Of a reference only the id is known; whether there is such a record is asked now.
    record.load(call)?;
    Ok(call.give_flag(record.is_saved() || record.is_pending()))
}

fn may<'js>(call: &Call<'_, 'js>, right: Right) -> Answer<'js> {
    let record = own(call)?;
    let id = Some(record.id()).filter(|id| !id.is_empty() && right != Right::Create);
    Ok(call.give_flag(call.host(|host| host.may(right, record.table(), id.as_deref(), None))?))
}

fn last_error<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    match own(call)?.errors().last() {
        Some(error) => call.give_text(error),
        None => Ok(call.null()),
    }
}

fn descriptor<'js>(call: &Call<'_, 'js>) -> Result<rquickjs::Value<'js>, Halt> {
    element::descriptor_of(call, &*own(call)?, &call.text(0)?)
}
