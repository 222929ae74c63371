//! Days without a time or zone, written `2026-11-23`.
//!
//! Must not read a clock: which day it is depends on a zone and is worked out by who asks
//! ([`crate::condition::resolve`]).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A day of the years 0001 to 9999, so that the order of the texts is the order of the days.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date(jiff::civil::Date);

/// A text that is no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no day such as 2026-11-23")]
pub struct BadDate(String);

impl Default for Date {
    fn default() -> Self {
        Self(jiff::civil::Date::constant(1, 1, 1))
    }
}

impl Date {
    /// A day of the calendar; `None` outside of the years 0001 to 9999.
    pub fn new(day: jiff::civil::Date) -> Option<Self> {
        (1..=9999).contains(&day.year()).then_some(Self(day))
    }

    /// The day of the calendar.
    pub const fn civil(self) -> jiff::civil::Date {
        self.0
    }
}

impl FromStr for Date {
    type Err = BadDate;

    fn from_str(text: &str) -> Result<Self, BadDate> {
        let bad = || BadDate(text.chars().take(40).collect());
        let mut parts = text.split('-');
        let mut part = |digits: usize| {
            let part = parts.next().filter(|part| part.len() == digits);
            part.filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?.parse::<i16>().ok()
        };
        let (Some(year), Some(month), Some(day)) = (part(4), part(2), part(2)) else { return Err(bad()) };
        let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else { return Err(bad()) };
        if parts.next().is_some() {
            return Err(bad());
        }
        jiff::civil::Date::new(year, month, day).ok().and_then(Self::new).ok_or_else(bad)
    }
}

impl TryFrom<String> for Date {
    type Error = BadDate;

    fn try_from(text: String) -> Result<Self, BadDate> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_survives_its_text_and_is_ordered_like_it() {
        for text in ["0001-01-01", "0999-12-31", "2024-02-29", "9999-12-31"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
        assert!("0999-12-31".parse::<Date>().unwrap() < "1000-01-01".parse::<Date>().unwrap());
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "2025-02-29",
            "0000-01-01",
            "2025-2-9",
            "25-02-09",
            "2025-02-09T00:00",
            "2025-02-09-",
            "+025-01-01",
            "",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }
}
