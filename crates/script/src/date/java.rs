//! Formats written with Java's letters (`dd.MM.yyyy HH:mm`), as ServiceNow's scripts write them, both ways.

use jiff::civil::{DateTime, Time};

use super::php::{Shown, offset};
use super::{DateError, calendar, names};

/// A part of a pattern: the same letter so many times, or plain text.
enum Part {
    Letters(char, usize),
    Plain(String),
}

fn parts(pattern: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '\'' {
            let mut plain = String::new();
            while let Some(quoted) = letters.next() {
                if quoted != '\'' {
                    plain.push(quoted);
                } else if letters.next_if_eq(&'\'').is_some() {
                    plain.push('\'');
                } else {
                    break;
                }
            }
            // Two quotes are one.
            parts.push(Part::Plain(if plain.is_empty() { "'".to_owned() } else { plain }));
        } else if letter.is_ascii_alphabetic() {
            let mut count = 1;
            while letters.next_if_eq(&letter).is_some() {
                count += 1;
            }
            parts.push(Part::Letters(letter, count));
        } else {
            parts.push(Part::Plain(letter.to_string()));
        }
    }
    parts
}

/// Writes a moment by a pattern.
pub(crate) fn write(pattern: &str, shown: &Shown<'_>) -> String {
    let mut text = String::new();
    for part in parts(pattern) {
        match part {
            Part::Plain(plain) => text.push_str(&plain),
            Part::Letters(letter, count) => text.push_str(&letters(letter, count, shown)),
        }
    }
    text
}

fn letters(letter: char, count: usize, shown: &Shown<'_>) -> String {
    let (day, time, language) = (shown.at.date(), shown.at.time(), shown.language);
    let weekday = calendar::weekday(day);
    let padded = |number: i64| format!("{number:0count$}");
    let hour = i64::from(time.hour());
    match (letter, count) {
        ('y' | 'Y' | 'u', 2) if letter != 'u' => format!("{:02}", day.year() % 100),
        ('y' | 'Y', _) => padded(i64::from(day.year())),
        ('M' | 'L', 3) => names::short_month(day.month(), language).to_owned(),
        ('M' | 'L', 4..) => names::month(day.month(), language).to_owned(),
        ('M' | 'L', _) => padded(i64::from(day.month())),
        ('d', _) => padded(i64::from(day.day())),
        ('D', _) => padded(i64::from(day.day_of_year())),
        ('E', 1..=3) => names::short_weekday(weekday, language).to_owned(),
        ('E', _) => names::weekday(weekday, language).to_owned(),
        ('u', _) => padded(i64::from(weekday)),
        ('w', _) => padded(i64::from(calendar::sunday_week(day))),
        ('a', _) => if hour >= 12 { "PM" } else { "AM" }.to_owned(),
        ('H', _) => padded(hour),
        ('k', _) => padded(if hour == 0 { 24 } else { hour }),
        ('K', _) => padded(hour % 12),
        ('h', _) => padded(if hour % 12 == 0 { 12 } else { hour % 12 }),
        ('m', _) => padded(i64::from(time.minute())),
        ('s', _) => padded(i64::from(time.second())),
        ('S', _) => padded(i64::from(time.millisecond())),
        ('Z', _) | ('X', 1..=2) => offset(shown.offset, ""),
        ('X', _) => offset(shown.offset, ":"),
        ('z', _) => shown.zone.to_owned(),
        ('G', _) => "AD".to_owned(),
        (other, _) => other.to_string().repeat(count),
    }
}

/// What a text says that was written by a pattern; parts that the pattern does not have are those of
/// 1970-01-01 00:00:00.
pub(crate) fn read(pattern: &str, text: &str) -> Result<DateTime, DateError> {
    let bad = || DateError::Form { text: text.to_owned(), form: pattern.to_owned() };
    let mut found = Found { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, half: None };
    let mut rest = text.trim();
    let parts = parts(pattern.trim());
    for (place, part) in parts.iter().enumerate() {
        rest = match part {
            Part::Plain(plain) => rest.strip_prefix(plain.as_str()).ok_or_else(bad)?,
            Part::Letters(letter, count) => {
                // Fields that follow each other without anything between them have their own widths.
                let crowded = matches!(parts.get(place + 1), Some(Part::Letters(..)));
                found.take(*letter, *count, crowded, rest).ok_or_else(bad)?
            }
        };
    }
    if !rest.is_empty() {
        return Err(bad());
    }
    found.moment().ok_or_else(bad)
}

struct Found {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    half: Option<bool>,
}

impl Found {
    fn take<'a>(&mut self, letter: char, count: usize, crowded: bool, text: &'a str) -> Option<&'a str> {
        if matches!((letter, count), ('M' | 'L' | 'E', 3..) | ('a', _)) {
            let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
            let (word, rest) = text.split_at(end);
            match letter {
                'a' => self.half = Some(word.eq_ignore_ascii_case("pm")),
                'E' => drop(names::weekday_called(word)?),
                _ => self.month = i64::from(names::month_called(word)?),
            }
            return Some(rest);
        }
        let most = if crowded { count } else { text.len() };
        let end = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (number, rest) = text.split_at_checked(end)?;
        let number: i64 = number.parse().ok()?;
        match letter {
            'y' | 'Y' if count <= 2 && end <= 2 => self.year = 2000 + number,
            'y' | 'Y' => self.year = number,
            'M' | 'L' => self.month = number,
            'd' => self.day = number,
            'H' | 'h' | 'K' => self.hour = number,
            'k' => self.hour = number % 24,
            'm' => self.minute = number,
            's' => self.second = number,
            'S' => {}
            _ => return None,
        }
        Some(rest)
    }

    fn moment(&self) -> Option<DateTime> {
        let hour = match self.half {
            Some(after_noon) => self.hour % 12 + if after_noon { 12 } else { 0 },
            None => self.hour,
        };
        let time: Time = calendar::time(hour, self.minute, self.second)?;
        Some(DateTime::from_parts(calendar::day(self.year, self.month, self.day)?, time))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;

    use super::*;

    fn shown(language: &str) -> Shown<'_> {
        Shown {
            at: datetime(2026, 11, 4, 0, 5, 9, 0),
            offset: -18_000_000,
            zone: "America/New_York",
            language,
        }
    }

    #[test]
    fn letters_are_javas() {
        for (pattern, text) in [
            ("yyyy-MM-dd HH:mm:ss", "2026-11-04 00:05:09"),
            ("d.M.yy h:mm a", "4.11.26 12:05 AM"),
            ("EEE, EEEE d MMM MMMM", "Wed, Wednesday 4 Nov November"),
            ("'at' k 'o''clock'''", "at 24 o'clock'"),
            ("''yyyy''", "'2026'"),
            ("Z XXX D u w S", "-0500 -05:00 308 3 45 0"),
        ] {
            assert_eq!(write(pattern, &shown("en")), text, "{pattern}");
        }
        assert_eq!(write("EEEE, d MMMM", &shown("ru")), "Среда, 4 Ноябрь");
    }

    #[test]
    fn what_is_written_is_read() {
        for (pattern, text, moment) in [
            ("dd.MM.yyyy HH:mm", "04.11.2026 23:05", "2026-11-04 23:05:00"),
            ("yyyyMMddHHmmss", "20261104230509", "2026-11-04 23:05:09"),
            ("d MMM yy hh:mm a", "4 Nov 26 12:05 am", "2026-11-04 00:05:00"),
            ("MM/dd/yyyy", "11/4/2026", "2026-11-04 00:00:00"),
        ] {
            assert_eq!(calendar::text_of(read(pattern, text).unwrap()), moment, "{pattern}");
        }
        for (pattern, text) in [
            ("dd.MM.yyyy", "2026-11-04"),
            ("dd.MM.yyyy", "31.02.2026"),
            ("HH:mm", "10:00 and more"),
            ("yyyy", "жук"),
        ] {
            assert!(read(pattern, text).is_err(), "{pattern} {text}");
        }
    }
}
