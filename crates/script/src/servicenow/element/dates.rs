//! What elements of moments, days and lengths of time do: their numbers, and their objects.

use jiff::civil::DateTime;

use super::members::{own, write};
use crate::date::calendar::day_text;
use crate::date::run::number;
use crate::date::{Length, Moment, input, length};
use crate::interp::kit::{Answer, Call};
use crate::record::plain;
use crate::servicenow::{date_day, date_length, date_time};
use crate::{FieldKind, Value};

/// The milliseconds of a length of time as it is stored; none where it is no length.
fn stored_length(text: &str) -> i64 {
    text.parse().or_else(|_| length::read(text)).unwrap_or_default()
}

pub(super) fn milliseconds<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let element = own(call)?;
    let text = plain(&element.value(call)?);
    if element.kind(call)? == FieldKind::Duration {
        return number(call, stored_length(&text));
    }
    let at = input::internal(&text).and_then(|at| Moment::from_utc(at).ok());
    number(call, at.map_or(0, Moment::millis))
}

pub(super) fn set_milliseconds<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let element = own(call)?;
    let at = Moment::from_millis(call.whole(0, 0)?)?;
    let text = if element.kind(call)? == FieldKind::Date { day_text(at.utc().date()) } else { at.text() };
    write(call, &element, Value::Text(text))?;
    Ok(call.undefined())
}

/// The value as an object; not valid where there is none.
pub(super) fn glide_object<'js>(call: &Call<'_, 'js>) -> Answer<'js> {
    let element = own(call)?;
    let text = plain(&element.value(call)?);
    match element.kind(call)? {
        FieldKind::Moment => date_time::object_of_text(call, &text),
        FieldKind::Date => date_day::object(call, input::internal(&text).map(DateTime::date)),
        FieldKind::Duration => date_length::object(call, Length::new(stored_length(&text))),
        _ => Err(call.type_error("getGlideObject: the field is no moment, day or length of time")),
    }
}
