//! The forms of dates that are read: SimpleOne's, and ServiceNow's list of accepted ones.

use jiff::civil::{Date, DateTime, Time};

use super::{DateError, Moment, calendar, phrase};

fn digits(text: &str) -> Option<i64> {
    let all = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

/// `HH:mm` or `HH:mm:ss`, hours also with one digit.
pub(crate) fn time(text: &str) -> Option<Time> {
    let mut fields = text.split(':').map(|field| if field.len() <= 2 { digits(field) } else { None });
    let (hour, minute) = (fields.next()??, fields.next()??);
    let second = match fields.next() {
        Some(second) => second?,
        None => 0,
    };
    if fields.next().is_some() { None } else { calendar::time(hour, minute, second) }
}

/// `YYYY-MM-DD`.
pub(crate) fn iso_day(text: &str) -> Option<Date> {
    let mut fields = text.splitn(3, '-');
    let (year, month, day) = (fields.next()?, fields.next()?, fields.next()?);
    if year.len() != 4 {
        return None;
    }
    calendar::day(digits(year)?, digits(month)?, digits(day)?)
}

/// `YYYY-MM-DD HH:mm:ss`, with less of the time, or none.
pub(crate) fn internal(text: &str) -> Option<DateTime> {
    let text = text.trim();
    let (day, rest) = text.split_once(' ').map_or((text, None), |(day, rest)| (day, Some(rest.trim())));
    let time = rest.map_or(Some(Time::midnight()), time)?;
    Some(DateTime::from_parts(iso_day(day)?, time))
}

/// A text of SimpleOne: UTC, also as ISO 8601, or words.
pub(crate) fn simple(text: &str, now: Moment) -> Result<Moment, DateError> {
    if let Some(at) = internal(text) {
        return Moment::from_utc(at);
    }
    let iso = text.trim();
    if iso.as_bytes().get(10) == Some(&b'T') {
        if let Ok(at) = iso.parse::<jiff::Timestamp>() {
            return Moment::from_micros(at.as_microsecond());
        }
        if let Ok(at) = iso.parse::<DateTime>() {
            return Moment::from_utc(at);
        }
    }
    phrase::read(text, now)
}

/// A text of ServiceNow: the internal form first, then American, European and dotted ones. Times with an
/// ISO 8601 `T` are not read.
pub(crate) fn glide(text: &str) -> Option<DateTime> {
    internal(text).or_else(|| {
        let text = text.trim();
        let (day, rest) = text.split_once(' ').map_or((text, None), |(day, rest)| (day, Some(rest.trim())));
        let time = rest.map_or(Some(Time::midnight()), time)?;
        Some(DateTime::from_parts(worded_day(day)?, time))
    })
}

/// A day that does not begin with its year by dashes.
fn worded_day(text: &str) -> Option<Date> {
    let separator = text.chars().find(|c| !c.is_ascii_digit())?;
    let fields: Vec<&str> = text.split(separator).collect();
    let [first, second, third] = fields.as_slice() else { return None };
    let (a, b, c) = (digits(first)?, digits(second)?, digits(third)?);
    if first.len() == 4 && matches!(separator, '/' | '.') {
        return calendar::day(a, b, c);
    }
    if third.len() != 4 {
        return None;
    }
    match separator {
        '/' | '-' => calendar::day(c, a, b).or_else(|| calendar::day(c, b, a)),
        '.' => calendar::day(c, b, a),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        glide(text).map_or_else(|| "none".to_owned(), calendar::text_of)
    }

    #[test]
    fn the_forms_of_servicenow_are_tried_in_their_order() {
        for (text, moment) in [
            ("2026-11-24 10:00:05", "2026-11-24 10:00:05"),
            ("2026-11-24 10:00", "2026-11-24 10:00:00"),
            ("2026-11-24", "2026-11-24 00:00:00"),
            ("02/03/2026 10:00:00", "2026-02-03 10:00:00"),
            ("02-03-2026", "2026-02-03 00:00:00"),
            ("24/11/2026 08:30", "2026-11-24 08:30:00"),
            ("24-11-2026 08:30:00", "2026-11-24 08:30:00"),
            ("02.03.2026", "2026-03-02 00:00:00"),
            ("2026/03/02", "2026-03-02 00:00:00"),
            ("2026-11-24T10:00:00Z", "none"),
            ("31/31/2026", "none"),
            ("2026-02-29", "none"),
            ("0000-01-01", "none"),
            ("24 November 2026", "none"),
            ("", "none"),
        ] {
            assert_eq!(read(text), moment, "{text}");
        }
    }

    #[test]
    fn simpleone_reads_iso_and_words_too() {
        let now = Moment::epoch();
        for (text, moment) in [
            ("2026-11-24 10:00:05", "2026-11-24 10:00:05"),
            ("2026-11-24T10:00:05", "2026-11-24 10:00:05"),
            ("2026-11-24T10:00:05+03:00", "2026-11-24 07:00:05"),
            ("tomorrow", "1970-01-02 00:00:00"),
        ] {
            assert_eq!(simple(text, now).unwrap().text(), moment, "{text}");
        }
        assert_eq!(simple("2026-13-01", now), Err(DateError::Text("2026-13-01".to_owned())));
    }
}
