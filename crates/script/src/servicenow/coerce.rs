//! The helpers that rewritten scripts call: equality and truth in which elements count by their values.

use rquickjs as js;
use rquickjs::object::Property;

use super::element::Element;
use crate::interp::convert::{self, Halt};
use crate::interp::kit::{self, Answer, Call, Native, Registry};
use crate::record::{is_empty, plain};
use crate::rewrite::{EQUAL, KEPT, OR_FALSE, TRUE, TRUE_OR_KEEP, UNEQUAL, VALUES};
use crate::{FieldKind, Level, Value};

const HELPERS: [(&str, Native); 7] = [
    (EQUAL, |call| Ok(call.give_flag(equal(call)?))),
    (UNEQUAL, |call| Ok(call.give_flag(!equal(call)?))),
    (TRUE, |call| Ok(call.give_flag(truth(call, &call.raw(0))?))),
    (TRUE_OR_KEEP, true_or_keep),
    (KEPT, |call| Ok(kept(call))),
    (OR_FALSE, or_false),
    (VALUES, values),
];

/// Puts the helpers into the global object, where no script can replace them.
pub(super) fn install(call: &Call<'_, '_>) -> js::Result<()> {
    let globals = call.ctx.globals();
    // Once a run: what a script may have put there is replaced, or it fails.
    if call.ctx.userdata::<Registry<'_>>().is_none_or(|registry| registry.are_helpers_there()) {
        return Ok(());
    }
    for (name, native) in HELPERS {
        globals.prop(name, Property::from(kit::native(call.ctx, native)?))?;
    }
    Ok(())
}

/// Says that a source which could not be rewritten runs all the same, should the language accept it.
pub(super) fn warn_if_it_runs(call: &Call<'_, '_>, source: &str) {
    // The first statement ends it, so that nothing else of it runs.
    let ended: js::Result<()> = call.ctx.eval(format!("throw 0;{source}"));
    if ended.is_err() && call.ctx.catch().as_int() == Some(0) {
        let message = "the script has syntax that is not known well enough to compare fields by value: compare their \
                       toString(), or write it in other words";
        call.log(Level::Warning, message);
    }
}

/// The value that a script leaves, where it is an element of a field that is `true` or `false`: as such
/// a value, since text is true whatever it says.
pub(crate) fn result<'js>(call: &Call<'_, 'js>, value: js::Value<'js>) -> js::Value<'js> {
    let Some(element) = element(&value) else { return value };
    match element.kind(call).and_then(|kind| Ok((kind, element.is_true(call)?))) {
        Ok((FieldKind::Boolean, flag)) => call.give_flag(flag),
        _ => value,
    }
}

/// The element that a value is.
pub(super) fn element(value: &js::Value<'_>) -> Option<std::rc::Rc<Element>> {
    if value.is_object() { kit::state_of(value)?.downcast().ok() } else { None }
}

/// Whether a value counts as true.
fn truth<'js>(call: &Call<'_, 'js>, value: &js::Value<'js>) -> Result<bool, Halt> {
    if let Some(flag) = value.as_bool() {
        return Ok(flag);
    }
    if value.is_undefined() || value.is_null() {
        return Ok(false);
    }
    match element(value) {
        Some(element) => element.is_true(call),
        None => Ok(value.get::<js::Coerced<bool>>()?.0),
    }
}

fn true_or_keep<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let value = call.raw(0);
    let flag = truth(call, &value)?;
    if !flag && let Some(registry) = call.ctx.userdata::<Registry<'js>>() {
        registry.keep(value);
    }
    Ok(call.give_flag(flag))
}

fn kept<'js>(call: &Call<'_, 'js>) -> js::Value<'js> {
    let kept = call.ctx.userdata::<Registry<'js>>().and_then(|registry| registry.take_kept());
    kept.unwrap_or_else(|| call.undefined())
}

fn or_false<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let value = call.raw(0);
    match element(&value) {
        Some(element) if !element.is_true(call)? => Ok(call.give_flag(false)),
        _ => Ok(value),
    }
}

/// The values of an object or list, for `for each`.
fn values<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let value = call.raw(0);
    let list = js::Array::new(call.ctx.clone())?;
    if let Some(object) = value.as_object().filter(|object| !object.is_array()) {
        for (index, entry) in object.props::<js::String<'js>, js::Value<'js>>().enumerate() {
            list.set(index, entry?.1)?;
        }
        return Ok(list.into_value());
    }
    Ok(if value.is_array() { value } else { list.into_value() })
}

fn equal(call: &Call<'_, '_>) -> Result<bool, Halt> {
    let (left, right) = (call.raw(0), call.raw(1));
    match (element(&left), element(&right)) {
        (None, None) => equal_natively(call, &left, &right),
        (Some(one), Some(other)) => {
            let (own, value) = (one.value(call)?, other.value(call)?);
            let kind = if one.kind(call)? == FieldKind::Boolean { &one } else { &other };
            Ok(alike(&kind.kind(call)?, &own, &value))
        }
        (Some(element), None) => equals(call, &element, &right),
        (None, Some(element)) => equals(call, &element, &left),
    }
}

fn equals<'js>(call: &Call<'_, 'js>, element: &Element, other: &js::Value<'js>) -> Result<bool, Halt> {
    let own = element.value(call)?;
    if other.is_null() || other.is_undefined() {
        return Ok(is_empty(&own) && !element.has_pending_text(call)?);
    }
    if let Some(flag) = other.as_bool() {
        return Ok(element.is_true(call)? == flag);
    }
    if let Some(number) = other.as_number() {
        let own = match (&own, element.kind(call)?) {
            (own, FieldKind::Boolean) => f64::from(u8::from(crate::record::is_true(own))),
            (Value::Number(own), _) => *own,
            (own, _) => number_of(&plain(own)),
        };
        #[expect(clippy::float_cmp, reason = "equality of the language")]
        return Ok(own == number);
    }
    let other = convert::from_js(call.ctx, call.shared, other)?;
    let own = if is_empty(&own) { Value::Text(element.text(call)?) } else { own };
    Ok(alike(&element.kind(call)?, &own, &other))
}

/// A text as `Number(…)` reads it.
fn number_of(text: &str) -> f64 {
    let text = text.trim();
    if text.is_empty() { 0.0 } else { text.parse().unwrap_or(f64::NAN) }
}

/// Whether two values of a field are the same.
pub(super) fn alike(kind: &FieldKind, one: &Value, other: &Value) -> bool {
    if is_empty(one) || is_empty(other) {
        return is_empty(one) && is_empty(other);
    }
    let (own, text) = (plain(one), plain(other));
    if own == text {
        return true;
    }
    match kind {
        FieldKind::Boolean => {
            let known = |text: &str| matches!(text, "true" | "1" | "false" | "0");
            known(&own) && known(&text) && crate::record::is_true(one) == crate::record::is_true(other)
        }
        #[expect(clippy::float_cmp, reason = "the same number, written otherwise")]
        FieldKind::Number => number_of(&own) == number_of(&text),
        _ => false,
    }
}

/// `==` of the language, of values that are no elements.
fn equal_natively<'js>(
    call: &Call<'_, 'js>,
    left: &js::Value<'js>,
    right: &js::Value<'js>,
) -> Result<bool, Halt> {
    let nothing = |value: &js::Value<'js>| value.is_null() || value.is_undefined();
    if nothing(left) || nothing(right) {
        return Ok(nothing(left) && nothing(right));
    }
    if let (Some(one), Some(other)) = (left.as_number(), right.as_number()) {
        #[expect(clippy::float_cmp, reason = "equality of the language")]
        return Ok(one == other);
    }
    if let (Some(one), Some(other)) = (left.as_bool(), right.as_bool()) {
        return Ok(one == other);
    }
    if let (Some(one), Some(other)) = (left.as_string(), right.as_string())
        && let (Ok(one), Ok(other)) = (one.to_string(), other.to_string())
    {
        return Ok(one == other);
    }
    if left.is_object() && right.is_object() {
        return Ok(left == right);
    }
    // Everything else is rare, or as quickly done by the language itself.
    let equal: js::Function<'js> = call.ctx.eval("(function (a, b) { return a == b })")?;
    Ok(equal.call((left.clone(), right.clone()))?)
}
