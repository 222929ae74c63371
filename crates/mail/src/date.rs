//! The date field (RFC 5322, 3.3 and 4.3), both ways, in microseconds UTC. No clock, no time zone database.

/// Microseconds of a second.
const MICROS: i64 = 1_000_000;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH_NAMES: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_NAMES: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// Microseconds UTC of a date field; none when it is no date between the years 1900 and 9999.
///
/// The day of the week and comments are not looked at; day and month may stand in either order (`Jan 2 2026`).
pub(crate) fn parse(value: &str) -> Option<i64> {
    let mut day = None;
    let mut month = None;
    let mut year = None;
    let mut seconds = None;
    let mut zone = 0;
    let without_comment = value.split('(').next().unwrap_or_default();
    for word in without_comment.split([' ', '\t', ',']).filter(|word| !word.is_empty()) {
        if word.contains(':') {
            let (clock, inner_zone) = split_zone(word);
            seconds = Some(time_of_day(clock)?);
            zone = inner_zone.map_or(zone, |minutes| minutes);
        } else if let Some(number) = month_number(word) {
            month = month.or(Some(number));
        } else if word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit()) {
            let number: i64 = word.parse().ok()?;
            if day.is_none() && word.len() <= 2 {
                day = Some(number);
            } else {
                year = year.or(Some(full_year(number, word.len())));
            }
        } else if let Some((d, m, y)) = dashed(word) {
            (day, month, year) = (Some(d), Some(m), Some(y));
        } else if seconds.is_some() {
            zone = zone_minutes(word).unwrap_or(zone);
        }
    }
    let (day, month, year) = (day?, month?, year?);
    if !(1900..=9999).contains(&year) || !(1..=days_in_month(year, month)).contains(&day) {
        return None;
    }
    let seconds = days_from_civil(year, month, day) * 86_400 + seconds? - zone * 60;
    Some(seconds * MICROS)
}

/// RFC 5322, 4.3: two digits under 50 are of this century, other short years of the last.
fn full_year(number: i64, digits: usize) -> i64 {
    match digits {
        1 | 2 if number < 50 => number + 2000,
        1..=3 => number + 1900,
        _ => number,
    }
}

fn month_number(word: &str) -> Option<i64> {
    let start = word.get(..3)?.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| *month == start)?;
    i64::try_from(at + 1).ok()
}

/// `02-Jan-2026`
fn dashed(word: &str) -> Option<(i64, i64, i64)> {
    let mut pieces = word.split('-');
    let day = pieces.next()?.parse().ok()?;
    let month = month_number(pieces.next()?)?;
    let year = pieces.next()?;
    let number: i64 = year.parse().ok()?;
    Some((day, month, full_year(number, year.len())))
}

/// Parts a zone that was written without a space: `10:00:00+0100`.
fn split_zone(word: &str) -> (&str, Option<i64>) {
    match word.find(['+', '-']).and_then(|at| word.split_at_checked(at)) {
        Some((clock, zone)) => (clock, zone_minutes(zone)),
        None => (word, None),
    }
}

/// Seconds since midnight of `hh:mm[:ss]`; a leap second counts as the one before it.
fn time_of_day(clock: &str) -> Option<i64> {
    let mut pieces = clock.split(':');
    let hour: i64 = pieces.next()?.parse().ok()?;
    let minute: i64 = pieces.next()?.parse().ok()?;
    let second: i64 = match pieces.next() {
        Some(text) => text.split('.').next().unwrap_or_default().parse().ok()?,
        None => 0,
    };
    let valid = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    valid.then(|| hour * 3600 + minute * 60 + second.min(59))
}

/// Minutes east of Greenwich of `+hhmm`, `+hh:mm` or a zone name of RFC 5322, 4.3; unknown names are UTC.
fn zone_minutes(word: &str) -> Option<i64> {
    let (sign, digits) = match word.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => match word.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => return Some(named_zone(word)),
        },
    };
    let digits: String = digits.chars().filter(|character| *character != ':').collect();
    if digits.len() > 4 || digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    let minutes = if digits.len() <= 2 { number * 60 } else { number / 100 * 60 + number % 100 };
    (minutes < 24 * 60).then_some(sign * minutes)
}

fn named_zone(name: &str) -> i64 {
    match name.to_ascii_uppercase().as_str() {
        "EDT" => -4 * 60,
        "EST" | "CDT" => -5 * 60,
        "CST" | "MDT" => -6 * 60,
        "MST" | "PDT" => -7 * 60,
        "PST" => -8 * 60,
        "CET" => 60,
        "CEST" | "EET" => 120,
        "EEST" | "MSK" => 180,
        "JST" | "KST" => 540,
        _ => 0,
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar; years are counted from March, so that the leap day
/// is the last of its year.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = (month + 9) % 12;
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a number of days since 1970-01-01: the inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// The date field of a time in microseconds UTC, always in UTC. Times outside the years 1900 to 9999 are moved to
/// the nearest end, because the field cannot hold them.
pub(crate) fn format(micros: i64) -> String {
    const FIRST: i64 = -2_208_988_800;
    const LAST: i64 = 253_402_300_799;
    let seconds = micros.div_euclid(MICROS).clamp(FIRST, LAST);
    let days = seconds.div_euclid(86_400);
    let clock = seconds.rem_euclid(86_400);
    let (year, month, day) = civil_from_days(days);
    let name = |names: &[&'static str], at: i64| {
        usize::try_from(at).ok().and_then(|at| names.get(at).copied()).unwrap_or_default()
    };
    format!(
        "{}, {day:02} {} {year:04} {:02}:{:02}:{:02} +0000",
        name(&DAY_NAMES, days.rem_euclid(7)),
        name(&MONTH_NAMES, month - 1),
        clock / 3600,
        clock / 60 % 60,
        clock % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_that_mail_carries() {
        let expected = Some(1_700_000_000 * MICROS);
        for text in [
            "Tue, 14 Nov 2023 22:13:20 +0000",
            "14 Nov 2023 22:13:20 GMT",
            "Tue, 14 Nov 2023 23:13:20 +0100 (CET)",
            "Tue, 14 Nov 23 17:13:20 EST",
            "Tue,14-Nov-2023 22:13:20",
            "Tue Nov 14 22:13:20 2023",
            "Tue, 14 Nov 2023 22:13:20+00:00",
            "Tuesday, November 14, 2023 22:13:20 UTC",
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
        assert_eq!(parse("1 Jan 1970 00:00 +0000"), Some(0));
        assert_eq!(parse("Sat, 31 Dec 2016 23:59:60 +0000"), parse("Sat, 31 Dec 2016 23:59:59 +0000"));
    }

    #[test]
    fn nonsense_is_no_date() {
        for text in [
            "",
            "yesterday",
            "32 Jan 2020 10:00:00 +0000",
            "29 Feb 2023 10:00:00 +0000",
            "1 Jan 2020",
            "1 Jan 2020 25:00:00",
            "1 Foo 2020 10:00:00",
            "99999999999 Jan 2020 1:1:1",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn writing_and_reading_agree() {
        assert_eq!(format(1_700_000_000 * MICROS + 999_999), "Tue, 14 Nov 2023 22:13:20 +0000");
        for seconds in [-2_208_988_800, -1, 0, 951_782_400, 1_709_164_800, 4_102_444_800, 253_402_300_799_i64]
        {
            assert_eq!(parse(&format(seconds * MICROS)), Some(seconds * MICROS), "{seconds}");
        }
        assert_eq!(format(i64::MAX), "Fri, 31 Dec 9999 23:59:59 +0000");
        assert_eq!(format(i64::MIN), "Mon, 01 Jan 1900 00:00:00 +0000");
    }
}
