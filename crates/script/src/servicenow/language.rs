//! What ServiceNow adds to the language: classes before there were classes, lists of Java's kind, the old
//! `JSON`.

use std::rc::Rc;

use rquickjs::object::Property;
use rquickjs::{self as js, Array, Object};

use crate::describe::{Class, Member};
use crate::interp::convert::Halt;
use crate::interp::kit::{self, Answer, Call};

/// `Class`.
pub(super) static CLASSES: Class = Class {
    name: "ClassMaker",
    doc: "Makes classes as script includes declare them.",
    constructor: "",
    make: None,
    members: &[Member::method(
        "create",
        "(): any",
        "A constructor that gives its arguments to the `initialize` of its prototype.",
        create,
    )],
    statics: &[],
    fields: None,
};

/// Functions.
pub(super) static FUNCTIONS: [Member; 2] = [
    Member::method(
        "Object.extendsObject",
        "(base: any, members: any): any",
        "A prototype with the members of a base class and those of its own.",
        extend,
    ),
    Member::property(
        "g_scratchpad",
        "any",
        "An object for what a rule gives to the form of its record. No form reads it here.",
        |call| Ok(Object::new(call.ctx.clone())?.into_value()),
    ),
];

/// `new JSON()`.
pub(super) static JSON: Class = Class {
    name: "JSON",
    doc: "The language's JSON (`JSON.parse`, `JSON.stringify`), which old scripts make objects of.",
    constructor: "()",
    make: Some(|_| Ok(Rc::new(()))),
    members: &[
        Member::method("encode", "(value: any): string", "The value as JSON.", encode),
        Member::method("decode", "(text: string): any", "The value of a JSON text.", decode),
    ],
    statics: &[],
    fields: None,
};

/// The constructor passes on what it is given, as a function of the script would.
fn create<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.ctx.eval(
        "(function () { if (typeof this.initialize === 'function') this.initialize.apply(this, arguments) })",
    )?)
}

fn extend<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let base = call.raw(0);
    let Some(base) = base.as_object() else {
        return Err(call.type_error("Object.extendsObject: the base class is not defined"));
    };
    let inherited: js::Value<'js> = base.get("prototype")?;
    let inherited = inherited.as_object().unwrap_or(base).clone();
    let made = Object::new_proto(call.ctx.clone(), Some(&inherited))?;
    if let Some(own) = call.raw(1).as_object() {
        for entry in own.props::<js::String<'js>, js::Value<'js>>() {
            let (name, value) = entry?;
            made.prop(name, Property::from(value).writable().configurable().enumerable())?;
        }
    }
    Ok(made.into_value())
}

fn encode<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    match call.ctx.json_stringify(call.raw(0))? {
        Some(text) => Ok(text.into_value()),
        None => Ok(call.undefined()),
    }
}

fn decode<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.ctx.json_parse(call.text(0)?)?)
}

/// An array that is a list of Java's kind, too: with `size()` and `get(index)`.
pub(crate) fn list<'js>(call: &Call<'_, 'js>, items: Vec<js::Value<'js>>) -> Answer<'js> {
    let array = Array::new(call.ctx.clone())?;
    for (index, item) in items.into_iter().enumerate() {
        array.set(index, item)?;
    }
    let members: [(&str, kit::Native); 3] = [("size", size), ("get", item), ("isEmpty", is_empty)];
    for (name, native) in members {
        let value = kit::native(call.ctx, native)?;
        array.as_object().prop(name, Property::from(value).writable().configurable())?;
    }
    Ok(array.into_value())
}

fn length(call: &Call<'_, '_>) -> Result<usize, Halt> {
    match call.this.as_array() {
        Some(array) => Ok(array.len()),
        None => Err(call.type_error("the method was called on something else than a list")),
    }
}

#[expect(clippy::cast_precision_loss, reason = "the memory limit keeps lists far below 2^53")]
fn size<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_number(length(call)? as f64))
}

fn is_empty<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    Ok(call.give_flag(length(call)? == 0))
}

fn item<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let length = length(call)?;
    let index = usize::try_from(call.whole(0, -1)?).ok().filter(|index| *index < length);
    match (index, call.this.as_array()) {
        (Some(index), Some(array)) => Ok(array.get(index)?),
        _ => Ok(call.undefined()),
    }
}
