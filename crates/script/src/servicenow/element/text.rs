//! String methods and conversions of elements: they act on the value as text.

use rquickjs::{self as js, function::This};

use super::Element;
use crate::describe::Member;
use crate::interp::kit::{Answer, Call};
use crate::record::{is_empty, is_true, plain};
use crate::{FieldKind, Value};

/// A method of texts, or the field of that name where the element leads to a record that has one.
fn of_text<'js>(call: &Call<'_, 'js>, name: &'static str) -> Answer<'js> {
    let element = call.state::<Element>()?;
    if let Some(child) = element.child(call, name)? {
        return call.object(&super::CLASS, std::rc::Rc::new(child));
    }
    let text = element.text(call)?;
    if name == "length" {
        let count = u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
        return Ok(call.give_number(f64::from(count)));
    }
    let text = call.give_text(&text)?;
    let strings: js::Object<'js> = call.ctx.globals().get("String")?;
    let prototype: js::Object<'js> = strings.get("prototype")?;
    let method: js::Object<'js> = prototype.get(name)?;
    let bind: js::Function<'js> = method.get("bind")?;
    Ok(bind.call((This(method), text))?)
}

macro_rules! text_members {
    ($($name:literal: $signature:literal, $doc:literal;)*) => {
        &[$(Member::property($name, $signature, $doc, |call| of_text(call, $name)),)*]
    };
}

/// What elements have of strings.
pub(super) const MEMBERS: &[Member] = text_members! {
    "length": "number", "The length of the value as text.";
    "charAt": "(index: number) => string", "The character of the value at a place.";
    "charCodeAt": "(index: number) => number", "The code of the character at a place.";
    "concat": "(...texts: any[]) => string", "The value with other texts after it.";
    "endsWith": "(text: string) => boolean", "Whether the value ends so.";
    "includes": "(text: string) => boolean", "Whether the value contains a text.";
    "indexOf": "(text: string, from?: number) => number", "Where a text begins in the value; -1 where it does not.";
    "lastIndexOf": "(text: string, from?: number) => number", "Where a text begins in the value for the last time.";
    "localeCompare": "(other: any) => number", "Whether the value comes before (-1) or after (1) another text.";
    "match": "(expression: RegExp | string) => any", "What an expression finds in the value; null where nothing.";
    "padEnd": "(length: number, filler?: string) => string", "The value, filled up at its end.";
    "padStart": "(length: number, filler?: string) => string", "The value, filled up at its start.";
    "replace": "(what: RegExp | string, by: any) => string", "The value with something replaced.";
    "replaceAll": "(what: RegExp | string, by: any) => string", "The value with something replaced everywhere.";
    "search": "(expression: RegExp | string) => number", "Where an expression finds something in the value.";
    "slice": "(start: number, end?: number) => string", "A part of the value.";
    "split": "(separator?: RegExp | string, limit?: number) => string[]", "The parts of the value, as of a list of ids.";
    "startsWith": "(text: string) => boolean", "Whether the value begins so.";
    "substr": "(start: number, length?: number) => string", "A part of the value of some length.";
    "substring": "(start: number, end?: number) => string", "A part of the value.";
    "toLowerCase": "() => string", "The value in small letters.";
    "toUpperCase": "() => string", "The value in capital letters.";
    "trim": "() => string", "The value without blanks around it.";
    "trimLeft": "() => string", "The value without blanks before it.";
    "trimRight": "() => string", "The value without blanks after it.";
    "at": "(index: number) => string", "The character at a place, counted from the end where it is negative.";
};

/// The value as text.
pub(super) fn string<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    call.give_text(&call.state::<Element>()?.text(call)?)
}

/// The value as a plain one: a number of a field of numbers, text of all others.
pub(super) fn plain_value<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let element = call.state::<Element>()?;
    match element.kind(call)? {
        FieldKind::Number => numeric(call, &element),
        _ => call.give_text(&element.text(call)?),
    }
}

/// What the language makes of it: a number where one is wanted and the field has one, text elsewhere.
pub(super) fn primitive<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let element = call.state::<Element>()?;
    match (call.text(0)?.as_str(), element.kind(call)?) {
        ("number", FieldKind::Boolean) => {
            Ok(call.give_number(f64::from(u8::from(is_true(&element.value(call)?)))))
        }
        ("number", FieldKind::Number | FieldKind::Choice | FieldKind::Duration)
        | ("default", FieldKind::Number) => numeric(call, &element),
        _ => call.give_text(&element.text(call)?),
    }
}

fn numeric<'js>(call: &Call<'_, 'js>, element: &Element) -> Answer<'js> {
    let value = element.value(call)?;
    match (&value, plain(&value).trim().parse::<f64>()) {
        (Value::Number(number), _) => Ok(call.give_number(*number)),
        (value, Ok(number)) if !is_empty(value) => Ok(call.give_number(number)),
        _ => call.give_text(&element.text(call)?),
    }
}

/// A text for HTML.
pub(in crate::servicenow) fn shown(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
