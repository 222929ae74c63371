//! The description of `GlideElement`.

use std::rc::Rc;

use super::Element;
use super::dates::{glide_object, milliseconds, set_milliseconds};
use super::members::{
    base, can_create, can_read, can_write, changes, changes_from, changes_to, choice, choices, descriptor,
    display, display_or, error, escaped, has_rights, has_value, html, html_or, journal, label, name, nil,
    reference_table, referenced, set_display, set_error, set_journal, set_value, table, value, write,
};
use super::text::{self, plain_value, primitive, string};
use crate::describe::{Class, Member, joined};
use crate::interp::convert::Halt;
use crate::interp::kit::{Call, Fields};

const WITHOUT_ATTRIBUTES: &str = "the dictionary has no attributes; getED() tells what it has";

/// `GlideElement`.
pub(in crate::servicenow) static CLASS: Class = Class {
    name: "GlideElement",
    doc: "What a field of a record gives. It follows the cursor of its record: after `next()` it shows the next \
          row's value; keep values with `toString()` or `getValue()`. `==`, `!=`, tests, `<`, `+` and texts go \
          by the value; `===` and `switch` need `toString()`.",
    constructor: "",
    make: None,
    members: &MEMBERS,
    statics: &[],
    fields: Some(Fields { get, set, has, names }),
};

static MEMBERS: [Member; OWN.len() + text::MEMBERS.len()] = joined(&[OWN, text::MEMBERS]);

const OWN: &[Member] = &[
    Member::method(
        "getValue",
        "(): string",
        "The stored value; `'1'` or `'0'` of a field that is true or false.",
        value,
    ),
    Member::method(
        "setValue",
        "(value: any): void",
        "Writes the field; null changes nothing, '' and 'NULL' empty it.",
        set_value,
    ),
    Member::method(
        "setDisplayValue",
        "(text: string): void",
        "Writes the value that is shown so: the choice with this label, the one record of this name. Where there \
         is none, or more than one, nothing changes.",
        set_display,
    ),
    Member::method(
        "getDisplayValue",
        "(max?: number): string",
        "How the value is shown, cut at some length.",
        display,
    ),
    Member::method(
        "getDisplayValueExt",
        "(max: number, empty: string): string",
        "How the value is shown; another text where it is empty.",
        display_or,
    ),
    Member::method(
        "getHTMLValue",
        "(max?: number): string",
        "How the value is shown, escaped for HTML.",
        html,
    ),
    Member::method(
        "getHTMLValueExt",
        "(max: number, empty: string): string",
        "The same; another text where it is empty.",
        html_or,
    ),
    Member::method("getEscapedValue", "(): string", "The value, escaped for XML.", escaped),
    Member::method("getXMLValue", "(): string", "The value, escaped for XML.", escaped),
    Member::method(
        "changes",
        "(): boolean",
        "Whether the field has another value than before the change; of a journal field whether an entry is \
         written.",
        changes,
    ),
    Member::method(
        "changesTo",
        "(value: any): boolean",
        "Whether the field changes, and has this value now.",
        changes_to,
    ),
    Member::method(
        "changesFrom",
        "(value: any): boolean",
        "Whether the field changes, and had this value before.",
        changes_from,
    ),
    Member::method("nil", "(): boolean", "Whether there is no value.", nil),
    Member::method("hasValue", "(): boolean", "Whether there is a value.", has_value),
    Member::method(
        "getRefRecord",
        "(): GlideRecord",
        "The record that the reference leads to; one without a row where it is empty (`isValidRecord()`).",
        referenced,
    ),
    Member::method(
        "getReferenceTable",
        "(): string",
        "The table that the reference, or the list, leads to.",
        reference_table,
    ),
    Member::method("getTableName", "(): string", "The table of the record.", table),
    Member::method(
        "getBaseTableName",
        "(): string",
        "The table that the record's table extends at last.",
        base,
    ),
    Member::method("getName", "(): string", "The name of the field.", name),
    Member::method("getLabel", "(): string", "The title of the field.", label),
    Member::method(
        "getJournalEntry",
        "(count: number): string",
        "The newest entries of a journal field, -1 for all: a line `time - name (title)` and the text each, a blank \
         line between them.",
        journal,
    ),
    Member::method(
        "setJournalEntry",
        "(text: any, user?: string): void",
        "Writes an entry. It is always by whoever the script runs as.",
        set_journal,
    ),
    Member::method(
        "getChoices",
        "(dependent?: string): string[]",
        "The values that may be chosen; with `size()` and `get(index)` too.",
        choices,
    ),
    Member::method("getChoiceValue", "(): string", "The label of the value that is chosen.", choice),
    Member::method(
        "dateNumericValue",
        "(): number",
        "Milliseconds since 1970 of a moment or day; milliseconds of a length of time.",
        milliseconds,
    ),
    Member::method(
        "setDateNumericValue",
        "(milliseconds: number): void",
        "Writes a moment by its milliseconds since 1970.",
        set_milliseconds,
    ),
    Member::method(
        "getGlideObject",
        "(): GlideDateTime | GlideDate | GlideDuration",
        "The value of a moment, day or length of time as an object.",
        glide_object,
    ),
    Member::method("setError", "(message: string): void", "Notes what is wrong with the value.", set_error),
    Member::method("getError", "(): string", "What was noted last; empty where nothing.", error),
    Member::method(
        "getED",
        "(): GlideElementDescriptor",
        "What the dictionary says of the field.",
        descriptor,
    ),
    Member::method("canRead", "(): boolean", "Whether whoever the script runs as may read it.", can_read),
    Member::method("canWrite", "(): boolean", "Whether whoever the script runs as may change it.", can_write),
    Member::method(
        "canCreate",
        "(): boolean",
        "Whether whoever the script runs as may write it in a new record.",
        can_create,
    ),
    Member::method(
        "hasRightsTo",
        "(operation: string): boolean",
        "Whether whoever the script runs as may `read`, `write`, `create` or `delete` it.",
        has_rights,
    ),
    Member::method(
        "toString",
        "(): string",
        "The value as text; `'true'` or `'false'` of a field that is so.",
        string,
    ),
    Member::method(
        "valueOf",
        "(): any",
        "The value: a number of a field of numbers, text of others.",
        plain_value,
    ),
    Member::method("toJSON", "(): string", "The value as text.", string),
    Member::method(
        "[Symbol.toPrimitive]",
        "(hint: string): any",
        "What operators of the language work with.",
        primitive,
    ),
    Member::refused("getAttribute", WITHOUT_ATTRIBUTES),
    Member::refused("getBooleanAttribute", WITHOUT_ATTRIBUTES),
    Member::refused("hasAttribute", WITHOUT_ATTRIBUTES),
    Member::refused(
        "getDisplayValueLang",
        "values are shown in the language of the run: use getDisplayValue()",
    ),
    Member::refused("getDecryptedValue", "secret values do not reach scripts"),
    Member::refused("getTextAreaDisplayValue", "use getHTMLValue()"),
];

fn get<'js>(call: &Call<'_, 'js>, name: &str) -> Result<Option<rquickjs::Value<'js>>, Halt> {
    let element = call.state::<Element>()?;
    if let Some(child) = element.child(call, name)? {
        return call.object(&CLASS, Rc::new(child)).map(Some);
    }
    Ok((!crate::servicenow::record::is_called(call, name)).then(|| call.undefined()))
}

fn set(call: &Call<'_, '_>, name: &str) -> Result<(), Halt> {
    let element = call.state::<Element>()?;
    match element.child(call, name)? {
        Some(child) => write(call, &child, call.value(0)?),
        None => {
            crate::servicenow::record::warn_of_field(call, &element.kind(call)?, name);
            Ok(())
        }
    }
}

fn has(call: &Call<'_, '_>, name: &str) -> Result<bool, Halt> {
    Ok(call.state::<Element>()?.child(call, name)?.is_some())
}

fn names(call: &Call<'_, '_>) -> Result<Vec<String>, Halt> {
    match call.state::<Element>()?.kind(call)? {
        crate::FieldKind::Reference(table) => {
            let fields = call.shared.table(call, &table)?;
            Ok(fields.fields.iter().map(|field| field.name.clone()).collect())
        }
        _ => Ok(Vec::new()),
    }
}
