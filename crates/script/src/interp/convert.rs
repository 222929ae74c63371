//! Values across the border, both ways. Reading an object runs the script's own getters, so the host
//! must not be in use meanwhile; depth and size are bounded because objects may be endless.

use rquickjs::{self as js, Array, Ctx, Object};

use super::shared::{Shared, Stop};
use crate::{HostError, Value};

/// Deeper values are refused; also ends objects that refer to themselves.
const MAX_DEPTH: usize = 64;
/// What an element costs of the bytes that may cross, beside its text.
const ELEMENT_BYTES: usize = 16;

/// Why a call of the host did not come to its end.
pub(crate) enum Halt {
    /// A limit: the run is over.
    Stop(Stop),
    /// A JavaScript exception is pending.
    Js(js::Error),
    /// The value is nested too deeply.
    TooDeep,
    /// The host refused.
    Host(HostError),
}

impl From<js::Error> for Halt {
    fn from(error: js::Error) -> Self {
        Self::Js(error)
    }
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<HostError> for Halt {
    fn from(error: HostError) -> Self {
        if error.fatal { Self::Stop(Stop::Host(error)) } else { Self::Host(error) }
    }
}

/// What a script value is at the border: see [`Value`].
pub(crate) fn from_js<'js>(ctx: &Ctx<'js>, shared: &Shared, value: &js::Value<'js>) -> Result<Value, Halt> {
    read(ctx, shared, value, 0)
}

fn read<'js>(ctx: &Ctx<'js>, shared: &Shared, value: &js::Value<'js>, depth: usize) -> Result<Value, Halt> {
    shared.cross_border(ELEMENT_BYTES)?;
    if let Some(text) = value.as_string() {
        return Ok(Value::Text(text_from_js(ctx, shared, text)?));
    }
    if let Some(flag) = value.as_bool() {
        return Ok(Value::Bool(flag));
    }
    if let Some(number) = value.as_number() {
        return Ok(Value::Number(number));
    }
    if value.is_big_int() {
        return Ok(Value::Text(value.get::<js::Coerced<String>>()?.0));
    }
    if value.is_function() {
        return Ok(Value::Null);
    }
    if depth >= MAX_DEPTH {
        return Err(Halt::TooDeep);
    }
    if let Some(array) = value.as_array() {
        return read_array(ctx, shared, array, depth);
    }
    value.as_object().map_or(Ok(Value::Null), |object| read_object(ctx, shared, object, depth))
}

fn read_array<'js>(ctx: &Ctx<'js>, shared: &Shared, array: &Array<'js>, depth: usize) -> Result<Value, Halt> {
    let mut items = Vec::new();
    // `Array::len` panics at 2^31.
    let length: f64 = array.as_object().get("length")?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "lengths are below 2^32")]
    for index in 0..length as usize {
        items.push(read(ctx, shared, &array.get(index)?, depth + 1)?);
    }
    Ok(Value::List(items))
}

fn read_object<'js>(
    ctx: &Ctx<'js>,
    shared: &Shared,
    object: &Object<'js>,
    depth: usize,
) -> Result<Value, Halt> {
    if object.is_error() {
        let text: js::Coerced<js::String<'js>> = object.as_value().get()?;
        return Ok(Value::Text(text_from_js(ctx, shared, &text.0)?));
    }
    let to_json: js::Value<'js> = object.get("toJSON")?;
    if let Some(to_json) = to_json.as_function() {
        let json: js::Value<'js> = to_json.call((js::function::This(object.clone()),))?;
        return read(ctx, shared, &json, depth + 1);
    }
    let mut entries = Vec::new();
    for entry in object.props::<js::String<'js>, js::Value<'js>>() {
        let (key, value) = entry?;
        let key = text_from_js(ctx, shared, &key)?;
        if !value.is_undefined() {
            entries.push((key, read(ctx, shared, &value, depth + 1)?));
        }
    }
    Ok(Value::Map(entries))
}

/// Text as UTF-8. QuickJS strings may hold halves of surrogate pairs, which UTF-8 cannot; these and
/// NUL become U+FFFD.
pub(crate) fn text_from_js<'js>(
    ctx: &Ctx<'js>,
    shared: &Shared,
    text: &js::String<'js>,
) -> Result<String, Halt> {
    let text = match text.to_string() {
        Ok(text) => text,
        // JSON of a text never runs code of the script, and writes lone halves as escapes.
        Err(js::Error::Utf8(_)) => match ctx.json_stringify(text.clone())? {
            Some(json) => from_json_text(&json.to_string()?),
            None => String::new(),
        },
        Err(error) => return Err(error.into()),
    };
    shared.cross_border(text.len())?;
    Ok(if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text })
}

/// The text of a JSON string in which lone surrogates are written as escapes.
fn from_json_text(json: &str) -> String {
    let mut repaired = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(start) = rest.find('\\') {
        let (before, escape) = rest.split_at(start);
        repaired.push_str(before);
        let lone = escape.get(1..4).is_some_and(|start| {
            start.get(..2) == Some("ud") && start.ends_with(['8', '9', 'a', 'b', 'c', 'd', 'e', 'f'])
        });
        let taken = if lone { 6 } else { 2 };
        let (taken, after) = escape.split_at_checked(taken).unwrap_or((escape, ""));
        repaired.push_str(if lone { "\u{fffd}" } else { taken });
        rest = after;
    }
    repaired.push_str(rest);
    serde_json::from_str(&repaired).unwrap_or(repaired)
}

/// A value for the script.
pub(crate) fn to_js<'js>(ctx: &Ctx<'js>, value: &Value) -> js::Result<js::Value<'js>> {
    match value {
        Value::Null => Ok(js::Value::new_null(ctx.clone())),
        Value::Bool(flag) => Ok(js::Value::new_bool(ctx.clone(), *flag)),
        Value::Number(number) => Ok(js::Value::new_number(ctx.clone(), *number)),
        Value::Text(text) => text_to_js(ctx, text),
        Value::List(items) => {
            let array = Array::new(ctx.clone())?;
            for (index, item) in items.iter().enumerate() {
                array.set(index, to_js(ctx, item)?)?;
            }
            Ok(array.into_value())
        }
        Value::Map(entries) => {
            let object = Object::new(ctx.clone())?;
            // Set on an ordinary object, `__proto__` would be its prototype and not a property.
            for (key, value) in entries.iter().filter(|(key, _)| key != "__proto__") {
                object.set(key.as_str(), to_js(ctx, value)?)?;
            }
            Ok(object.into_value())
        }
    }
}

pub(crate) fn text_to_js<'js>(ctx: &Ctx<'js>, text: &str) -> js::Result<js::Value<'js>> {
    js::String::from_str(ctx.clone(), text).map(js::String::into_value)
}

#[cfg(test)]
mod tests {
    use super::from_json_text;

    #[test]
    fn lone_surrogates_become_replacement_characters() {
        assert_eq!(from_json_text(r#""a\ud800b\"c\\ud800\n\udfff""#), "a\u{fffd}b\"c\\ud800\n\u{fffd}");
        assert_eq!(from_json_text(r#""\ud7ff жук""#), "\u{d7ff} жук");
    }
}
