//! Values as they cross the border between scripts and the host. No behaviour beyond conversion to
//! text and JSON: what a value means is decided by the dictionary of the host.

use serde_json::Value as Json;

/// Numbers up to this magnitude are whole numbers without loss in JavaScript (2^53 - 1).
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// A script value at the border.
///
/// `undefined`, functions and symbols arrive as [`Value::Null`], dates as ISO 8601 text in UTC,
/// records and references as the text of their id, big integers as decimal text.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// `null` or `undefined`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An IEEE 754 double, also NaN and the infinities.
    Number(f64),
    /// Text; lone surrogates and NUL have become U+FFFD.
    Text(String),
    /// An array.
    List(Vec<Value>),
    /// An object's own enumerable properties in their order.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// The text of a [`Value::Text`].
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Truth as JavaScript's `Boolean(value)` has it: what a condition script answers with.
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(flag) => *flag,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::List(_) | Self::Map(_) => true,
        }
    }

    /// The value as JSON. NaN and the infinities become `null`, as in `JSON.stringify`.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(flag) => Json::Bool(*flag),
            Self::Number(number) => number_to_json(*number),
            Self::Text(text) => Json::String(text.clone()),
            Self::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Self::Map(entries) => {
                Json::Object(entries.iter().map(|(key, value)| (key.clone(), value.to_json())).collect())
            }
        }
    }
}

/// A value of JSON.
pub(crate) fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(from_json).collect()),
        Json::Object(entries) => {
            Value::Map(entries.iter().map(|(key, value)| (key.clone(), from_json(value))).collect())
        }
    }
}

/// A number as JavaScript's `String(number)` writes it, for numbers of everyday size.
pub(crate) fn number_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() };
    }
    // Rust writes `-0`, JavaScript does not.
    if number == 0.0 { "0".to_owned() } else { number.to_string() }
}

/// Whole numbers are written without a fraction, as JavaScript writes them.
#[expect(clippy::cast_possible_truncation, reason = "checked to be a whole number within 53 bits")]
fn number_to_json(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() <= MAX_SAFE_INTEGER {
        return Json::from(number as i64);
    }
    serde_json::Number::from_f64(number).map_or(Json::Null, Json::Number)
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_of_whole_numbers_has_no_fraction() {
        let value = Value::List(vec![3.0.into(), 0.5.into(), f64::NAN.into(), MAX_SAFE_INTEGER.into()]);
        assert_eq!(value.to_json().to_string(), "[3,0.5,null,9007199254740991]");
    }

    #[test]
    fn truth_is_javascripts() {
        for falsy in [Value::Null, false.into(), 0.0.into(), f64::NAN.into(), "".into()] {
            assert!(!falsy.is_truthy(), "{falsy:?}");
        }
        for truthy in [true.into(), 1.0.into(), "0".into(), Value::List(vec![]), Value::Map(vec![])] {
            assert!(truthy.is_truthy(), "{truthy:?}");
        }
    }
}
