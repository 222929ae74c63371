//! Script includes that ServiceNow ships and others call: ArrayUtil, JSUtil, GlideRecordUtil, TableUtils,
//! AbstractAjaxProcessor.

use std::rc::Rc;

use rquickjs::{self as js, Object};

use super::{coerce, element, language, record};
use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call, State};
use crate::record::Record;

/// `ArrayUtil`.
pub(super) static ARRAYS: Class = Class {
    name: "ArrayUtil",
    doc: "Help with arrays. Values are compared as `===` does, elements by their values.",
    constructor: "()",
    make: Some(|_| Ok(nothing())),
    members: &[
        Member::method(
            "contains",
            "(array: any[], value: any): boolean",
            "Whether the array has the value.",
            contains,
        ),
        Member::method(
            "indexOf",
            "(array: any[], value: any, start?: number): number",
            "Where the array has the value first; -1 where it does not.",
            index_of,
        ),
        Member::method("unique", "(array: any[]): any[]", "The values, each once.", |call| {
            join(call, 1, |_, _| true)
        }),
        Member::method("concat", "(one: any[], other: any[]): any[]", "Both arrays as one.", concat),
        Member::method(
            "union",
            "(...arrays: any[][]): any[]",
            "The values of all arrays, each once.",
            |call| join(call, call.count(), |_, _| true),
        ),
        Member::method(
            "diff",
            "(one: any[], ...others: any[][]): any[]",
            "The values of the first array that no other one has, each once.",
            |call| join(call, 1, |others, value| others.iter().all(|other| !other.contains(value))),
        ),
        Member::method(
            "intersect",
            "(one: any[], ...others: any[][]): any[]",
            "The values of the first array that all others have, each once.",
            |call| join(call, 1, |others, value| others.iter().all(|other| other.contains(value))),
        ),
        Member::method("convertArray", "(list: any): any[]", "The list as an array.", convert),
        Member::method(
            "ensureArray",
            "(value: any): any[]",
            "The value, in an array where it is none.",
            ensure,
        ),
    ],
    statics: &[],
    fields: None,
};

/// `JSUtil`.
pub(super) static VALUES: Class = Class {
    name: "JSUtilities",
    doc: "Help with values.",
    constructor: "",
    make: None,
    members: &[
        Member::method(
            "nil",
            "(value: any): boolean",
            "Whether it is null, undefined or an empty text.",
            |call| Ok(call.give_flag(is_nil(call)?)),
        ),
        Member::method("notNil", "(value: any): boolean", "Whether it is anything else.", |call| {
            Ok(call.give_flag(!is_nil(call)?))
        }),
        Member::method("has", "(object: any, name: string): boolean", "Whether an object has a member.", has),
    ],
    statics: &[],
    fields: None,
};

/// `GlideRecordUtil`.
pub(super) static RECORDS: Class = Class {
    name: "GlideRecordUtil",
    doc: "Help with records.",
    constructor: "()",
    make: Some(|_| Ok(nothing())),
    members: &[
        Member::method("getFields", "(record: GlideRecord): string[]", "The names of the fields.", fields),
        Member::method(
            "getTables",
            "(table: string): string[]",
            "The table and those that it extends.",
            tables,
        ),
        Member::method(
            "getGR",
            "(table: string, id: string): GlideRecord | null",
            "The record with this id; null where there is none.",
            get,
        ),
        Member::method(
            "toHashMap",
            "(record: GlideRecord): any",
            "The values of all fields, by name.",
            to_map,
        ),
    ],
    statics: &[],
    fields: None,
};

/// `TableUtils`.
pub(super) static TABLES: Class = Class {
    name: "TableUtils",
    doc: "What there is to know of a table.",
    constructor: "(table: string)",
    make: Some(|call| Ok(Rc::new(Table(call.text(0)?)))),
    members: &[
        Member::method("getTables", "(): string[]", "The table and those that it extends.", own_tables),
        Member::method("getAllExtensions", "(): string[]", "The table and those that extend it.", extensions),
        Member::method("tableExists", "(table?: string): boolean", "Whether there is such a table.", exists),
        Member::method("getAbsoluteBase", "(): string", "The table that it extends at last.", base),
    ],
    statics: &[],
    fields: None,
};

/// `AbstractAjaxProcessor`.
pub(super) static AJAX: Class = Class {
    name: "AbstractAjaxProcessor",
    doc: "The base of script includes that browsers call. No browser calls one here: there are no parameters.",
    constructor: "()",
    make: Some(|_| Ok(nothing())),
    members: &[
        Member::method("getParameter", "(name: string): null", "Null: there are no parameters.", |call| {
            Ok(call.null())
        }),
        Member::method("getName", "(): null", "Null: there is no call.", |call| Ok(call.null())),
        Member::method("getType", "(): null", "Null: there is no call.", |call| Ok(call.null())),
        Member::refused("newItem", "no browser is there to read it: return the value"),
        Member::refused("setAnswer", "no browser is there to read it: return the value"),
    ],
    statics: &[],
    fields: None,
};

/// The name of a table.
struct Table(String);

fn nothing() -> State {
    Rc::new(())
}

/// What a value is told apart by: its type and its text, of objects the object itself.
#[derive(PartialEq)]
enum Key<'js> {
    Plain(&'static str, String),
    Object(js::Value<'js>),
}

fn key<'js>(call: &Call<'_, 'js>, value: &js::Value<'js>) -> Result<Key<'js>, Halt> {
    if let Some(element) = coerce::element(value) {
        return Ok(Key::Plain("string", element.text(call)?));
    }
    if value.is_object() {
        return Ok(Key::Object(value.clone()));
    }
    let kind = if value.is_number() { "number" } else { value.type_name() };
    Ok(Key::Plain(kind, call.text_of(value)?))
}

/// The items of an argument, with what each is told apart by.
fn items<'js>(call: &Call<'_, 'js>, index: usize) -> Result<Vec<(Key<'js>, js::Value<'js>)>, Halt> {
    let value = call.raw(index);
    let Some(array) = value.as_array() else {
        if call.is_missing(index) {
            return Ok(Vec::new());
        }
        return Err(call.type_error(&format!("ArrayUtil: argument {} must be an array", index + 1)));
    };
    let items = (0..array.len()).map(|place| {
        let item: js::Value<'js> = array.get(place)?;
        Ok((key(call, &item)?, item))
    });
    items.collect()
}

fn array<'js>(call: &Call<'_, 'js>, items: impl Iterator<Item = js::Value<'js>>) -> Answer<'js> {
    language::list(call, items.collect())
}

fn place(call: &Call<'_, '_>, start: usize) -> Result<Option<usize>, Halt> {
    let wanted = key(call, &call.raw(1))?;
    Ok(items(call, 0)?.iter().enumerate().skip(start).find(|(_, (own, _))| *own == wanted).map(|(at, _)| at))
}

fn contains<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_flag(place(call, 0)?.is_some()))
}

fn index_of<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let start = usize::try_from(call.whole(2, 0)?).unwrap_or_default();
    let place = place(call, start)?.and_then(|place| u32::try_from(place).ok());
    Ok(call.give_number(place.map_or(-1.0, f64::from)))
}

fn concat<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let (one, other) = (items(call, 0)?, items(call, 1)?);
    array(call, one.into_iter().chain(other).map(|(_, item)| item))
}

/// The items of the first arrays, each once, of those that `wanted` says, given what the others have.
fn join<'js>(
    call: &Call<'_, 'js>,
    first: usize,
    wanted: impl Fn(&[Vec<Key<'js>>], &Key<'js>) -> bool,
) -> Answer<'js> {
    let others = (first..call.count())
        .map(|index| Ok(items(call, index)?.into_iter().map(|(key, _)| key).collect()))
        .collect::<Result<Vec<Vec<_>>, Halt>>()?;
    let mut known: Vec<(Key<'js>, js::Value<'js>)> = Vec::new();
    for index in 0..first {
        for (key, item) in items(call, index)? {
            if wanted(&others, &key) && known.iter().all(|(other, _)| *other != key) {
                known.push((key, item));
            }
        }
    }
    array(call, known.into_iter().map(|(_, item)| item))
}

fn convert<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let items = items(call, 0)?;
    array(call, items.into_iter().map(|(_, item)| item))
}

fn ensure<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let value = call.raw(0);
    if value.is_array() { Ok(value) } else { array(call, std::iter::once(value)) }
}

/// Whether argument 0 is null, undefined, an empty text or an element without a value.
pub(crate) fn is_nil(call: &Call<'_, '_>) -> Result<bool, Halt> {
    if call.is_missing(0) {
        return Ok(true);
    }
    let value = call.raw(0);
    match coerce::element(&value) {
        Some(element) => Ok(element.text(call)?.is_empty()),
        None => Ok(value.is_string() && call.text(0)?.is_empty()),
    }
}

fn has<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let name = call.text(1)?;
    let has = call.raw(0).as_object().map(|object| object.contains_key(name)).transpose()?;
    Ok(call.give_flag(has.unwrap_or_default()))
}

fn record(call: &Call<'_, '_>) -> Result<Rc<Record>, Halt> {
    call.argument_state::<Record>(0).ok_or_else(|| call.type_error("argument 1 must be a GlideRecord"))
}

fn texts<'js>(call: &Call<'_, 'js>, texts: Vec<String>) -> Answer<'js> {
    element::list_of_choices(call, texts)
}

fn fields<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = record(call)?;
    texts(call, record.info.fields.iter().map(|field| field.name.clone()).collect())
}

fn with_parents(call: &Call<'_, '_>, table: &str) -> Result<Vec<String>, Halt> {
    let info = call.shared.table(call, table)?;
    Ok(std::iter::once(&info.name).chain(&info.parents).cloned().collect())
}

fn tables<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let tables = with_parents(call, &call.text(0)?)?;
    texts(call, tables)
}

fn get<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let found = record::open(call, &call.text(0)?)?;
    if found.get(call, &call.text(1)?)? { record::object(call, found) } else { Ok(call.null()) }
}

fn to_map<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let record = record(call)?;
    let map = Object::new(call.ctx.clone())?;
    for field in &record.info.fields {
        let value = record.value(call, &field.name)?.unwrap_or_default();
        map.set(field.name.as_str(), record::told(call, &field.kind, &value)?)?;
    }
    Ok(map.into_value())
}

fn own_table(call: &Call<'_, '_>) -> Result<String, Halt> {
    Ok(call.state::<Table>()?.0.clone())
}

fn own_tables<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let tables = with_parents(call, &own_table(call)?)?;
    texts(call, tables)
}

fn extensions<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let table = own_table(call)?;
    let extending = call.host(|host| host.extending(&table))?;
    texts(call, std::iter::once(table).chain(extending).collect())
}

fn exists<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let table = match call.optional_text(0)? {
        Some(table) => table,
        None => own_table(call)?,
    };
    match call.shared.table(call, &table) {
        Ok(_) => Ok(call.give_flag(true)),
        Err(Halt::Host(_)) => Ok(call.give_flag(false)),
        Err(other) => Err(other),
    }
}

fn base<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let tables = with_parents(call, &own_table(call)?)?;
    call.give_text(tables.last().map_or("", String::as_str))
}
