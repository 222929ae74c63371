//! Formats written with PHP's letters (`d.m.Y H:i`), as SimpleOne's scripts write them.

use jiff::civil::DateTime;

use super::{calendar, names};

/// What a format is written from: day and time in a zone, how far that is ahead of UTC, the zone's name.
pub(crate) struct Shown<'a> {
    /// Day and time.
    pub(crate) at: DateTime,
    /// Milliseconds ahead of UTC.
    pub(crate) offset: i64,
    /// The zone's name.
    pub(crate) zone: &'a str,
    /// The language of names.
    pub(crate) language: &'a str,
}

/// Writes a moment by a format; letters without a meaning stay, a backslash keeps the letter behind it.
pub(crate) fn write(format: &str, shown: &Shown<'_>) -> String {
    let mut text = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter == '\\' {
            text.extend(letters.next());
            continue;
        }
        match day_letter(letter, shown).or_else(|| time_letter(letter, shown)) {
            Some(part) => text.push_str(&part),
            None => text.push(letter),
        }
    }
    text
}

fn day_letter(letter: char, shown: &Shown<'_>) -> Option<String> {
    let (day, language) = (shown.at.date(), shown.language);
    let weekday = calendar::weekday(day);
    Some(match letter {
        'd' => format!("{:02}", day.day()),
        'j' => day.day().to_string(),
        'D' => names::short_weekday(weekday, language).to_owned(),
        'l' => names::weekday(weekday, language).to_owned(),
        'N' => weekday.to_string(),
        'w' => (weekday % 7).to_string(),
        'S' => ordinal(day.day()).to_owned(),
        'z' => (day.day_of_year() - 1).to_string(),
        'W' => format!("{:02}", calendar::iso_week(day)),
        'F' => names::month(day.month(), language).to_owned(),
        'M' => names::short_month(day.month(), language).to_owned(),
        'm' => format!("{:02}", day.month()),
        'n' => day.month().to_string(),
        't' => day.days_in_month().to_string(),
        'L' => i8::from(day.in_leap_year()).to_string(),
        'o' => day.iso_week_date().year().to_string(),
        'Y' => format!("{:04}", day.year()),
        'y' => format!("{:02}", day.year() % 100),
        _ => return None,
    })
}

fn time_letter(letter: char, shown: &Shown<'_>) -> Option<String> {
    let time = shown.at.time();
    let twelve = if time.hour() % 12 == 0 { 12 } else { time.hour() % 12 };
    let after_noon = time.hour() >= 12;
    Some(match letter {
        'a' => if after_noon { "pm" } else { "am" }.to_owned(),
        'A' => if after_noon { "PM" } else { "AM" }.to_owned(),
        'g' => twelve.to_string(),
        'h' => format!("{twelve:02}"),
        'G' => time.hour().to_string(),
        'H' => format!("{:02}", time.hour()),
        'i' => format!("{:02}", time.minute()),
        's' => format!("{:02}", time.second()),
        'v' => format!("{:03}", time.millisecond()),
        'u' => format!("{:06}", time.subsec_nanosecond() / 1_000),
        'e' | 'T' => shown.zone.to_owned(),
        'O' => offset(shown.offset, ""),
        'P' => offset(shown.offset, ":"),
        'Z' => (shown.offset / 1_000).to_string(),
        'c' => write("Y-m-d\\TH:i:sP", shown),
        'r' => write("D, d M Y H:i:s O", &Shown { language: "en", ..*shown }),
        'U' => {
            let since = shown.at.duration_since(jiff::civil::datetime(1970, 1, 1, 0, 0, 0, 0));
            (since.as_secs() - shown.offset / 1_000).to_string()
        }
        _ => return None,
    })
}

/// `+0300`, with something between hours and minutes.
pub(super) fn offset(millis: i64, between: &str) -> String {
    let minutes = millis.unsigned_abs() / 60_000;
    let sign = if millis < 0 { '-' } else { '+' };
    format!("{sign}{:02}{between}{:02}", minutes / 60, minutes % 60)
}

fn ordinal(day: i8) -> &'static str {
    match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;

    use super::*;

    fn shown(language: &str) -> Shown<'_> {
        let at = datetime(2026, 11, 24, 13, 5, 9, 500_000_000);
        Shown { at, offset: 10_800_000, zone: "Europe/Moscow", language }
    }

    #[test]
    fn letters_are_phps() {
        for (format, text) in [
            ("Y-m-d H:i:s", "2026-11-24 13:05:09"),
            ("j.n.y G:i A", "24.11.26 13:05 PM"),
            ("D, l jS F, M", "Tue, Tuesday 24th November, Nov"),
            ("g:i a, h", "1:05 pm, 01"),
            ("N w z W t L o", "2 2 327 48 30 0 2026"),
            ("\\Y\\m: v u", "Ym: 500 500000"),
            ("c", "2026-11-24T13:05:09+03:00"),
            ("U", "1795514709"),
            ("e O Z", "Europe/Moscow +0300 10800"),
            ("d/m?", "24/11?"),
        ] {
            assert_eq!(write(format, &shown("en")), text, "{format}");
        }
        assert_eq!(write("l, j F", &shown("ru")), "Вторник, 24 Ноябрь");
    }
}
