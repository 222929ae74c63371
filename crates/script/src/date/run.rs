//! What a run says of time: its now, the zone and language of its user, the moments of arguments.

use jiff::tz::TimeZone;

use super::php::Shown;
use super::{Clock, DateError, Day, Length, Moment, Point, input, moment};
use crate::Vocabulary;
use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};

/// Now, as the run has it.
pub(crate) fn now(call: &Call<'_, '_>) -> Result<Moment, Halt> {
    Ok(Moment::from_micros(call.shared.now_micros)?)
}

/// The zone of the user as whom the script runs; UTC where they have none that exists.
pub(crate) fn zone(call: &Call<'_, '_>) -> Result<TimeZone, Halt> {
    let user = call.shared.user(call)?;
    Ok(moment::zone(&user.zone).unwrap_or(TimeZone::UTC))
}

/// Their language.
pub(crate) fn language(call: &Call<'_, '_>) -> Result<String, Halt> {
    Ok(call.shared.user(call)?.language.clone())
}

/// Writes by a format: the `write` of [`super::php`] or [`super::java`].
pub(crate) fn formatted(
    call: &Call<'_, '_>,
    write: fn(&str, &Shown<'_>) -> String,
    format: &str,
    at: jiff::civil::DateTime,
    zone: Option<&TimeZone>,
) -> Result<String, Halt> {
    let utc = TimeZone::UTC;
    let zone = zone.unwrap_or(&utc);
    let offset = Moment::from_local(at, zone).map_or(0, |moment| moment.offset(zone).0);
    let language = language(call)?;
    let shown = Shown { at, offset, zone: zone.iana_name().unwrap_or("UTC"), language: &language };
    Ok(write(format, &shown))
}

/// The moment of an argument: a date object of either vocabulary, or a text in UTC. `None` where the
/// argument is missing; an error where it is no moment.
pub(crate) fn moment_of(call: &Call<'_, '_>, index: usize) -> Result<Option<Moment>, Halt> {
    if let Some(point) = call.argument_state::<Point>(index) {
        let invalid = || DateError::Text(String::new());
        return Ok(Some(point.at.get().ok_or_else(invalid)?));
    }
    if let Some(day) = call.argument_state::<Day>(index) {
        return Ok(Some(day.start().ok_or_else(|| DateError::Text(String::new()))?));
    }
    if call.is_missing(index) {
        return Ok(None);
    }
    let text = call.text(index)?;
    if text.is_empty() {
        return Ok(None);
    }
    Ok(Some(read(call, &text)?))
}

/// The moment of a text in UTC, as the vocabulary reads it.
pub(crate) fn read(call: &Call<'_, '_>, text: &str) -> Result<Moment, DateError> {
    match call.shared.vocabulary {
        Vocabulary::SimpleOne => {
            input::simple(text, Moment::from_micros(call.shared.now_micros)?.whole_seconds())
        }
        Vocabulary::ServiceNow => {
            input::glide(text).ok_or_else(|| DateError::Text(text.to_owned())).and_then(Moment::from_utc)
        }
    }
}

/// The milliseconds of an argument: a number, a length, or the time of day of a time object.
pub(crate) fn millis_of(call: &Call<'_, '_>, index: usize) -> Result<i64, Halt> {
    if let Some(length) = call.argument_state::<Length>(index) {
        return Ok(length.millis.get());
    }
    if let Some(clock) = call.argument_state::<Clock>(index) {
        let time = clock.shown(&zone(call)?).time();
        let seconds =
            (i64::from(time.hour()) * 60 + i64::from(time.minute())) * 60 + i64::from(time.second());
        return Ok(seconds * super::length::SECOND);
    }
    call.whole(index, 0)
}

/// A moment's number for the script.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of the years 1 to 9999 fit 53 bits")]
#[expect(clippy::unnecessary_wraps, reason = "it is what members answer")]
pub(crate) fn number<'js>(call: &Call<'_, 'js>, number: i64) -> Answer<'js> {
    Ok(call.give_number(number as f64))
}
