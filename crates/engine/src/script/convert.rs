//! Values between records and scripts: what a script reads of a stored value, and what is stored of what it writes.

use rejoinder_script::{FieldKind, Value as Script};

use crate::dictionary::{Field, TableInfo};
use crate::duration::Duration;
use crate::record::Fields;
use crate::time::{DAY, SECOND, Timestamp};
use crate::value::{DECIMAL_SCALE, Kind, Value};

/// The largest whole number that scripts hold without loss (2^53).
const EXACT: i64 = 1 << 53;

/// How scripts see the values of a field.
pub(crate) fn kind(field: &Field) -> FieldKind {
    let table = || field.table.clone().unwrap_or_default();
    match field.kind {
        Kind::Reference => FieldKind::Reference(table()),
        Kind::ReferenceList => FieldKind::List(table()),
        Kind::TextList => FieldKind::List(String::new()),
        Kind::Journal => FieldKind::Journal,
        Kind::Boolean => FieldKind::Boolean,
        Kind::Integer | Kind::Decimal => FieldKind::Number,
        Kind::Choice => FieldKind::Choice,
        Kind::Date => FieldKind::Date,
        Kind::Datetime => FieldKind::Moment,
        Kind::Duration => FieldKind::Duration,
        Kind::String | Kind::Text | Kind::Html | Kind::Email | Kind::Number | Kind::Url | Kind::Json => {
            FieldKind::Text
        }
    }
}

/// The values that scripts may read: all but the secret ones, under our names.
pub(crate) fn visible(info: &TableInfo, fields: &Fields) -> Vec<(String, Script)> {
    let readable = |name: &str| info.field(name).is_some_and(|field| !field.secret);
    let fields = fields.iter().filter(|(name, _)| readable(name));
    fields.map(|(name, value)| (name.clone(), to_script(value))).collect()
}

/// A stored value as scripts see it.
pub(crate) fn to_script(value: &Value) -> Script {
    match value {
        Value::Null => Script::Null,
        Value::Bool(flag) => Script::Bool(*flag),
        Value::Int(number) if number.abs() <= EXACT => Script::Number(float(*number)),
        Value::Decimal(millionths) if millionths.abs() <= EXACT => {
            Script::Number(float(*millionths) / float(DECIMAL_SCALE))
        }
        Value::Time(at) => Script::Text(moment(*at)),
        Value::Duration(length) => Script::Number(float(length.seconds()) * 1_000.0),
        Value::List(items) => Script::List(items.iter().map(|item| Script::Text(item.clone())).collect()),
        other => Script::Text(other.plain()),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "what is larger than 2^53 is given as text, lengths of time apart"
)]
const fn float(number: i64) -> f64 {
    number as f64
}

/// `YYYY-MM-DD HH:mm:ss` in UTC.
pub(crate) fn moment(at: Timestamp) -> String {
    at.rfc3339().chars().take(19).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

/// The moment that a script's text means.
pub(crate) fn read_moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() == 10 {
        return Timestamp::parse(&format!("{text}T00:00:00Z"));
    }
    if text.len() == 19 && text.contains(' ') {
        return Timestamp::parse(&format!("{}Z", text.replacen(' ', "T", 1)));
    }
    Timestamp::parse(text)
}

/// A script's value for a field of `kind`; an error sentence where it does not fit.
pub(crate) fn from_script(kind: Kind, value: &Script) -> Result<Value, String> {
    if let (Script::List(items), Kind::ReferenceList | Kind::TextList) = (value, kind) {
        return Ok(Value::list(items.iter().map(plain).collect()));
    }
    let text = plain(value);
    if text.is_empty() {
        return Ok(Value::Null);
    }
    match kind {
        Kind::Datetime => read_moment(&text).map(Value::Time).ok_or_else(|| format!("`{text}` is no moment")),
        Kind::Duration => length(&text).map(Value::Duration).ok_or_else(|| {
            format!(
                "`{text}` is no length of time: milliseconds, or a text such as `1d 02:03:04`, are wanted"
            )
        }),
        // A day of a moment, as dates of scripts are written.
        Kind::Date if text.len() == 19 => read(kind, text.get(..10).unwrap_or_default()),
        Kind::Integer => read(kind, text.strip_suffix(".0").unwrap_or(&text)),
        _ => read(kind, &text),
    }
}

fn read(kind: Kind, text: &str) -> Result<Value, String> {
    Value::parse(kind, text).map_err(|error| error.to_string())
}

/// Milliseconds, the moment so long after 1970 (as ServiceNow stores lengths of time), or a length as people write it.
fn length(text: &str) -> Option<Duration> {
    if let Ok(millis) = text.trim().parse::<f64>() {
        #[expect(clippy::cast_possible_truncation, reason = "casts of floats saturate")]
        let seconds = (millis / 1_000.0).trunc() as i64;
        return millis.is_finite().then(|| Duration::from_seconds(seconds));
    }
    let since_1970 = || read_moment(text).filter(|at| at.micros().abs() < 400 * DAY);
    text.trim().parse().ok().or_else(|| since_1970().map(|at| Duration::from_seconds(at.micros() / SECOND)))
}

/// A script's value as text.
pub(crate) fn plain(value: &Script) -> String {
    match value {
        Script::Null => String::new(),
        Script::Bool(flag) => flag.to_string(),
        Script::Number(number) if *number == 0.0 => "0".to_owned(),
        Script::Number(number) => number.to_string(),
        Script::Text(text) => text.clone(),
        Script::List(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        Script::Map(_) => value.to_json().to_string(),
    }
}
