//! Values of fields, their kinds, and their three texts: stored, in JSON, and as typed by people.
//!
//! An empty text and no value are one ([`Value::Null`]). Decimals are integers of millionths. There is no
//! comparison across kinds: a condition converts its operand to the kind of its field first.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::date::Date;
use crate::duration::Duration;
use crate::fold::{clean, fold};
use crate::id::Id;
use crate::time::Timestamp;
use crate::url::is_url;

/// Millionths in one unit of a decimal.
pub const DECIMAL_SCALE: i64 = 1_000_000;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One line of text.
    String,
    /// Text of several lines.
    Text,
    /// HTML as its author wrote it.
    Html,
    /// An email address.
    Email,
    /// A number of a record, such as `INC0000042`.
    Number,
    /// One of the field's choices, stored as its word.
    Choice,
    /// A whole number of 64 bits.
    Integer,
    /// A decimal of six places.
    Decimal,
    /// Yes or no.
    Boolean,
    /// A moment.
    Datetime,
    /// A day without a time or zone, such as `2026-11-23`.
    Date,
    /// A length of time in whole seconds, such as `1d 02:03:04`.
    Duration,
    /// The address of a page or mailbox: `http:`, `https:` or `mailto:`.
    Url,
    /// The id of a record of another table.
    Reference,
    /// Ids of records of another table.
    ReferenceList,
    /// Texts.
    TextList,
    /// An input that becomes an activity; never read back.
    Journal,
    /// A JSON document, such as a condition.
    Json,
}

impl Kind {
    /// Whether values of this kind are texts that are compared by their folded form.
    pub const fn is_text(self) -> bool {
        matches!(
            self,
            Self::String
                | Self::Text
                | Self::Html
                | Self::Email
                | Self::Number
                | Self::Choice
                | Self::Url
                | Self::Json
        )
    }
}

/// The value of one field.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// No value; also the empty text and the empty list.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Millionths.
    Decimal(i64),
    /// A text that is not empty and holds no NUL.
    Text(String),
    /// A moment.
    Time(Timestamp),
    /// A day.
    Date(Date),
    /// A length of time.
    Duration(Duration),
    /// A reference.
    Ref(Id),
    /// Texts or ids, in order.
    List(Vec<String>),
}

/// A text or JSON value that does not fit the kind of its field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no {wanted}")]
pub struct BadValue {
    /// What was given, shortened.
    pub given: String,
    /// What the field takes, in words.
    pub wanted: &'static str,
}

impl Value {
    /// A text, cleaned; the empty one is no value.
    pub fn text(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        if text.is_empty() { Self::Null } else { Self::Text(clean(text)) }
    }

    /// A list; the empty one is no value.
    pub fn list(items: Vec<String>) -> Self {
        if items.is_empty() { Self::Null } else { Self::List(items) }
    }

    /// Whether there is no value.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text, where the value is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The reference, where the value is one.
    pub const fn as_ref_id(&self) -> Option<Id> {
        if let Self::Ref(id) = self { Some(*id) } else { None }
    }

    /// Whether the value is yes.
    pub const fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    /// The items of a list; none for anything else.
    pub fn items(&self) -> &[String] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// Reads what a person or a configuration file wrote for a field of `kind`.
    pub fn parse(kind: Kind, text: &str) -> Result<Self, BadValue> {
        if text.is_empty() {
            return Ok(Self::Null);
        }
        let bad = |wanted| BadValue { given: text.chars().take(80).collect(), wanted };
        match kind {
            Kind::Integer => text.trim().parse().map(Self::Int).map_err(|_| bad("whole number")),
            Kind::Decimal => {
                parse_decimal(text.trim()).map(Self::Decimal).ok_or_else(|| bad("decimal number"))
            }
            Kind::Boolean => match text.trim() {
                "true" | "1" | "yes" => Ok(Self::Bool(true)),
                "false" | "0" | "no" => Ok(Self::Bool(false)),
                _ => Err(bad("`true` or `false`")),
            },
            Kind::Datetime => Timestamp::parse(text.trim())
                .map(Self::Time)
                .ok_or_else(|| bad("moment such as 2026-11-23T14:05:00Z")),
            Kind::Date => text.trim().parse().map(Self::Date).map_err(|_| bad("day such as 2026-11-23")),
            Kind::Duration => text
                .trim()
                .parse()
                .map(Self::Duration)
                .map_err(|_| bad("length of time such as `1d 02:03:04` or `02:03:04`")),
            Kind::Url if is_url(text.trim()) => Ok(Self::text(text.trim())),
            Kind::Url => Err(bad("address that begins with `https:`, `http:` or `mailto:`")),
            Kind::Reference => {
                text.trim().parse().map(Self::Ref).map_err(|_| bad("record id of 32 hex digits"))
            }
            Kind::ReferenceList | Kind::TextList => Ok(Self::list(
                text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(clean).collect(),
            )),
            Kind::String
            | Kind::Text
            | Kind::Html
            | Kind::Email
            | Kind::Number
            | Kind::Choice
            | Kind::Journal
            | Kind::Json => Ok(Self::text(text)),
        }
    }

    /// Reads the JSON form written by [`Value::to_json`], and what API clients write for the kind.
    pub fn from_json(kind: Kind, json: &Json) -> Result<Self, BadValue> {
        match (kind, json) {
            (_, Json::Null) => Ok(Self::Null),
            (Kind::Json, other) if !other.is_string() => Ok(Self::text(other.to_string())),
            (Kind::Datetime, Json::Number(number)) if number.is_i64() => {
                Ok(Self::Time(Timestamp::from_micros(number.as_i64().unwrap_or_default())))
            }
            (Kind::Duration, Json::Number(number)) if number.is_i64() => {
                Ok(Self::Duration(Duration::from_seconds(number.as_i64().unwrap_or_default())))
            }
            (Kind::ReferenceList | Kind::TextList, Json::Array(items)) => {
                let texts = items.iter().map(|item| item.as_str().map(clean)).collect::<Option<Vec<_>>>();
                texts
                    .map(Self::list)
                    .ok_or_else(|| BadValue { given: shorten(json), wanted: "list of texts" })
            }
            (_, Json::Bool(flag)) => Self::parse(kind, if *flag { "true" } else { "false" }),
            (_, Json::Number(number)) => Self::parse(kind, &number.to_string()),
            (_, Json::String(text)) => Self::parse(kind, text),
            (_, Json::Array(_) | Json::Object(_)) => {
                Err(BadValue { given: shorten(json), wanted: "single value" })
            }
        }
    }

    /// The JSON form of images and plans: moments are microseconds; decimals, days, lengths of time and ids are
    /// texts. A length of time may also be given as a number of seconds.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(flag) => Json::Bool(*flag),
            Self::Int(number) => Json::from(*number),
            Self::Time(at) => Json::from(at.micros()),
            Self::List(items) => Json::from(items.clone()),
            Self::Decimal(_) | Self::Text(_) | Self::Date(_) | Self::Duration(_) | Self::Ref(_) => {
                Json::from(self.plain())
            }
        }
    }

    /// The text that [`Value::parse`] reads back; lists are joined by commas.
    pub fn plain(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(flag) => flag.to_string(),
            Self::Int(number) => number.to_string(),
            Self::Decimal(millionths) => decimal_text(*millionths),
            Self::Text(text) => text.clone(),
            Self::Time(at) => at.rfc3339(),
            Self::Date(day) => day.to_string(),
            Self::Duration(length) => length.to_string(),
            Self::Ref(id) => id.to_string(),
            Self::List(items) => items.join(","),
        }
    }

    /// Equality as conditions see it: texts by their folded form.
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => fold(a) == fold(b),
            _ => self == other,
        }
    }

    /// Order as conditions and sorting see it; `None` where there is none (no value, other kinds, lists).
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Int(a), Self::Int(b)) | (Self::Decimal(a), Self::Decimal(b)) => Some(a.cmp(b)),
            (Self::Time(a), Self::Time(b)) => Some(a.cmp(b)),
            (Self::Date(a), Self::Date(b)) => Some(a.cmp(b)),
            (Self::Duration(a), Self::Duration(b)) => Some(a.cmp(b)),
            (Self::Text(a), Self::Text(b)) => Some(fold(a).cmp(&fold(b))),
            (Self::Ref(a), Self::Ref(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

fn shorten(json: &Json) -> String {
    json.to_string().chars().take(80).collect()
}

fn parse_decimal(text: &str) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || fraction.len() > 6 || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let fraction: i64 = format!("{fraction:0<6}").parse().ok()?;
    let magnitude = i128::from(whole) * i128::from(DECIMAL_SCALE) + i128::from(fraction);
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

fn decimal_text(millionths: i64) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let magnitude = millionths.unsigned_abs();
    let scale = DECIMAL_SCALE.unsigned_abs();
    let text = format!("{sign}{}.{:06}", magnitude / scale, magnitude % scale);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_text_and_no_value_are_one() {
        assert_eq!(Value::text(""), Value::Null);
        assert_eq!(Value::parse(Kind::Integer, ""), Ok(Value::Null));
        assert_eq!(Value::list(vec![]), Value::Null);
    }

    #[test]
    fn decimals_are_exact_to_six_places_and_refuse_a_seventh() {
        assert_eq!(Value::parse(Kind::Decimal, "-1.05"), Ok(Value::Decimal(-1_050_000)));
        assert_eq!(Value::Decimal(-1_050_000).plain(), "-1.05");
        for edge in [i64::MIN, i64::MAX] {
            let edge = Value::Decimal(edge);
            assert_eq!(Value::parse(Kind::Decimal, &edge.plain()), Ok(edge));
        }
        assert!(Value::parse(Kind::Decimal, "9223372036854.775808").is_err());
        assert!(Value::parse(Kind::Decimal, "0.0000001").is_err());
        assert!(Value::parse(Kind::Decimal, "1e3").is_err());
    }

    #[test]
    fn each_kind_survives_its_json_form() {
        let id = crate::id::Seed::new([3; 32]).id("x", Timestamp::from_micros(5));
        let samples = [
            (Kind::Boolean, Value::Bool(false)),
            (Kind::Integer, Value::Int(i64::MIN)),
            (Kind::Decimal, Value::Decimal(1)),
            (Kind::Text, Value::text("Пример\n")),
            (Kind::Datetime, Value::Time(Timestamp::from_micros(1))),
            (Kind::Date, Value::Date("2024-02-29".parse().unwrap())),
            (Kind::Duration, Value::Duration(Duration::from_seconds(-93_784))),
            (Kind::Url, Value::text("https://example.com/a?b=c")),
            (Kind::Reference, Value::Ref(id)),
            (Kind::TextList, Value::List(vec!["a".into(), "b".into()])),
        ];
        for (kind, value) in samples {
            assert_eq!(Value::from_json(kind, &value.to_json()), Ok(value.clone()));
            assert_eq!(Value::parse(kind, &value.plain()), Ok(value));
        }
    }

    #[test]
    fn days_lengths_of_time_and_addresses_are_read_in_one_form_each() {
        assert_eq!(Value::parse(Kind::Date, " 2026-11-23 "), Ok(Value::Date("2026-11-23".parse().unwrap())));
        assert!(Value::parse(Kind::Date, "23.11.2026").is_err());
        let day = Value::Duration(Duration::from_seconds(86_400));
        assert_eq!(Value::parse(Kind::Duration, "1d 00:00:00"), Ok(day.clone()));
        assert_eq!(Value::from_json(Kind::Duration, &Json::from(86_400)), Ok(day));
        assert!(Value::from_json(Kind::Duration, &Json::from(1.5)).is_err());
        assert_eq!(Value::parse(Kind::Url, "mailto:a@x.org"), Ok(Value::text("mailto:a@x.org")));
        let error = Value::parse(Kind::Url, "javascript:alert(1)").unwrap_err();
        assert!(error.to_string().ends_with("begins with `https:`, `http:` or `mailto:`"), "{error}");
    }

    #[test]
    fn a_value_of_the_wrong_kind_says_what_is_wanted() {
        let error = Value::parse(Kind::Boolean, "maybe").unwrap_err();
        assert_eq!(error.to_string(), "`maybe` is no `true` or `false`");
    }
}
