//! Lengths of time in whole seconds, written `1d 02:03:04`; without days `02:03:04`; `-` before a negative one.
//!
//! A day is 24 hours here, whatever a calendar says.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A length of time in whole seconds; it may be negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Duration(i64);

/// A text that is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no length of time such as `1d 02:03:04` or `02:03:04`")]
pub struct BadDuration(String);

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

impl Duration {
    /// From whole seconds.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// The whole seconds.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// As a person reads it, with `day` behind the number of days.
    pub fn text(self, day: &str) -> String {
        let rest = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let days = if rest >= DAY { format!("{}{day} ", rest / DAY) } else { String::new() };
        format!("{sign}{days}{:02}:{:02}:{:02}", rest % DAY / HOUR, rest % HOUR / MINUTE, rest % MINUTE)
    }
}

/// A whole number written in digits alone.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn seconds(text: &str) -> Option<i64> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (days, time) = match text.split_once("d ") {
        Some((days, time)) => (Some(number(days)?), time),
        None => (None, text),
    };
    let mut parts = time.split(':');
    let hours = number(parts.next()?)?;
    let mut sixtieths = || parts.next().filter(|part| part.len() == 2).and_then(number).filter(|n| *n < 60);
    let (minutes, seconds) = (sixtieths()?, sixtieths()?);
    if parts.next().is_some() || (days.is_some() && hours > 23) {
        return None;
    }
    let days = days.unwrap_or_default().checked_mul(DAY)?;
    let all = hours.checked_mul(HOUR)?.checked_add(days)?.checked_add(minutes * MINUTE + seconds)?;
    if negative { 0_i64.checked_sub_unsigned(all) } else { i64::try_from(all).ok() }
}

impl FromStr for Duration {
    type Err = BadDuration;

    fn from_str(text: &str) -> Result<Self, BadDuration> {
        seconds(text).map(Self).ok_or_else(|| BadDuration(text.chars().take(40).collect()))
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text("d"))
    }
}

impl fmt::Debug for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_survives_its_text() {
        for (seconds, text) in [
            (0, "00:00:00"),
            (93_784, "1d 02:03:04"),
            (-1, "-00:00:01"),
            (86_399, "23:59:59"),
            (i64::MAX, "106751991167300d 15:30:07"),
            (i64::MIN, "-106751991167300d 15:30:08"),
        ] {
            assert_eq!(Duration::from_seconds(seconds).to_string(), text);
            assert_eq!(text.parse(), Ok(Duration::from_seconds(seconds)));
        }
    }

    #[test]
    fn hours_without_days_may_be_many() {
        assert_eq!("36:00:00".parse(), Ok(Duration::from_seconds(129_600)));
    }

    #[test]
    fn what_is_no_length_of_time_is_refused() {
        for text in [
            "",
            "5",
            "1d",
            "1d 24:00:00",
            "00:60:00",
            "00:0:00",
            "1:2",
            "1d 00:00:00:00",
            "+1:00:00",
            "99999999999999999999:00:00",
            "106751991167300d 15:30:08",
        ] {
            assert!(text.parse::<Duration>().is_err(), "{text}");
        }
    }
}
