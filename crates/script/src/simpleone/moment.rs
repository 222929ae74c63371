//! Moments as texts, `YYYY-MM-DD HH:mm:ss` in UTC.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Microseconds since 1970 as text; the empty text beyond what the calendar knows.
pub(super) fn text(micros: i64) -> String {
    Timestamp::from_microsecond(micros)
        .map(|moment| moment.strftime("%Y-%m-%d %H:%M:%S").to_string())
        .unwrap_or_default()
}

/// Microseconds since 1970 of a text in UTC, or of one with a zone.
pub(super) fn micros(text: &str) -> Option<i64> {
    let moment = text.parse::<Timestamp>().ok().or_else(|| {
        let local = text.parse::<DateTime>().ok()?;
        TimeZone::UTC.to_timestamp(local).ok()
    })?;
    Some(moment.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_moments_are_the_same() {
        for text_of in ["1970-01-01 00:00:00", "2026-11-24 10:00:00", "1960-02-29 23:59:59"] {
            assert_eq!(text(micros(text_of).unwrap()), text_of);
        }
        assert_eq!(micros("2026-11-24T10:00:00Z"), micros("2026-11-24 10:00:00"));
        assert_eq!(micros("tomorrow"), None);
    }
}
