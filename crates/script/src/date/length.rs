//! Lengths of time in milliseconds: their texts `d HH:mm:ss`, and their parts. A day is 24 hours here.

use super::{DateError, names};

/// Milliseconds of a second.
pub(crate) const SECOND: i64 = 1_000;
/// Milliseconds of a day.
pub(crate) const DAY: i64 = 86_400 * SECOND;

/// What a length is told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// 24 hours.
    Day,
    /// 60 minutes.
    Hour,
    /// 60 seconds.
    Minute,
    /// A second.
    Second,
}

/// Days, hours, minutes and seconds of the magnitude.
fn parts(millis: i64) -> [u64; 4] {
    let seconds = millis.unsigned_abs() / 1_000;
    [seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60]
}

fn sign(millis: i64) -> &'static str {
    if millis <= -SECOND { "-" } else { "" }
}

/// `d HH:mm:ss`; without days `HH:mm:ss`.
pub(crate) fn text(millis: i64) -> String {
    let [days, hours, minutes, seconds] = parts(millis);
    let days = if days == 0 { String::new() } else { format!("{days} ") };
    format!("{}{days}{hours:02}:{minutes:02}:{seconds:02}", sign(millis))
}

/// The largest parts in words, `2 days 10 hours`; seconds only where `seconds` says so, or where there is
/// nothing else.
pub(crate) fn words(millis: i64, language: &str, seconds: bool) -> String {
    let units = [Unit::Day, Unit::Hour, Unit::Minute, Unit::Second];
    let all = parts(millis);
    let short = all.iter().take(3).all(|count| *count == 0);
    let told = units.into_iter().zip(all).filter(|(unit, count)| {
        if *unit == Unit::Second { short || (seconds && *count > 0) } else { *count > 0 }
    });
    let told: Vec<String> =
        told.map(|(unit, count)| format!("{count} {}", names::unit(unit, count, language))).collect();
    format!("{}{}", sign(millis), told.join(" "))
}

/// Reads `d h:m:s`, `h:m:s` or `1970-01-03 10:00:00` (1970-01-01 and the length), also negative.
pub(crate) fn read(text: &str) -> Result<i64, DateError> {
    let bad = || DateError::Length(text.to_owned());
    let trimmed = text.trim();
    let (negative, rest) = trimmed.strip_prefix('-').map_or((false, trimmed), |rest| (true, rest));
    let (days, time) = rest.split_once(' ').map_or(("0", rest), |(days, time)| (days, time.trim()));
    let days = if days.contains('-') {
        let mut numbers = days.splitn(3, '-').map(number);
        let mut next = || numbers.next().flatten().ok_or_else(bad);
        let day = super::calendar::day(next()?, next()?, next()?).ok_or_else(bad)?;
        let since = day.duration_since(jiff::civil::date(1970, 1, 1)).as_hours();
        since / 24
    } else {
        number(days).ok_or_else(bad)?
    };
    let mut fields = time.split(':').map(number);
    let mut next = || fields.next().flatten().ok_or_else(bad);
    let (hours, minutes) = (next()?, next()?);
    let seconds = fields.next().map_or(Ok(0), |field| field.ok_or_else(bad))?;
    if fields.next().is_some() {
        return Err(bad());
    }
    let whole = (|| {
        let minutes = days.checked_mul(24)?.checked_add(hours)?.checked_mul(60)?.checked_add(minutes)?;
        minutes.checked_mul(60)?.checked_add(seconds)?.checked_mul(SECOND)
    })();
    let whole = whole.ok_or_else(bad)?;
    Ok(if negative { -whole } else { whole })
}

fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Whole days, without what is left.
pub(crate) const fn days(millis: i64) -> i64 {
    millis / DAY
}

/// Whole days; what is left counts as one from `from` milliseconds.
pub(crate) const fn rounded_days(millis: i64, from: i64) -> i64 {
    let rest = millis % DAY;
    let more = if rest >= from {
        1
    } else if rest <= -from {
        -1
    } else {
        0
    };
    millis / DAY + more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_and_written() {
        for written in ["2 10:36:00", "00:00:05", "-1 00:00:01"] {
            assert_eq!(text(read(written).unwrap()), written);
        }
        assert_eq!(read("1:2:3").unwrap(), 3_723_000);
        assert_eq!(read("30:00:00").unwrap(), 108_000_000);
        assert_eq!(read("1970-01-03 10:00:00").unwrap(), 2 * DAY + 36_000_000);
        for bad in ["", "5", "a 1:2:3", "1:2:3:4", "1:-2:3", "99999999999999 1:2:3"] {
            assert_eq!(read(bad), Err(DateError::Length(bad.to_owned())), "{bad}");
        }
    }

    #[test]
    fn words_leave_out_what_is_nothing() {
        let length = read("2 10:36:48").unwrap();
        assert_eq!(words(length, "en", false), "2 days 10 hours 36 minutes");
        assert_eq!(words(length, "en", true), "2 days 10 hours 36 minutes 48 seconds");
        assert_eq!(words(DAY, "ru", false), "1 день");
        assert_eq!(words(0, "en", false), "0 seconds");
        assert_eq!(words(-1_000, "en", false), "-1 second");
    }

    #[test]
    fn half_a_day_is_rounded_as_asked() {
        let half = DAY / 2;
        assert_eq!((rounded_days(DAY + half, half), rounded_days(DAY + half, half + 1)), (2, 1));
        assert_eq!((days(-DAY - half), rounded_days(-DAY - half, half)), (-1, -2));
    }
}
