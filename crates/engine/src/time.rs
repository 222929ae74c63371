//! Moments: integer microseconds since 1970 in UTC, and how people read them.
//!
//! Must not read a clock: every moment is handed in.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A moment in microseconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// One second in microseconds.
pub const SECOND: i64 = 1_000_000;
/// One minute in microseconds.
pub const MINUTE: i64 = 60 * SECOND;
/// One hour in microseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// One day in microseconds.
pub const DAY: i64 = 24 * HOUR;

impl Timestamp {
    /// From microseconds since 1970.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since 1970; 0 for moments before it.
    pub fn millis(self) -> u64 {
        u64::try_from(self.0 / 1_000).unwrap_or(0)
    }

    /// This moment and `micros` more, at most the last one that can be written.
    #[must_use]
    pub const fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// As RFC 3339 in UTC with microseconds; reading it again gives the same moment.
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_microsecond(self.0).map_or_else(|_| self.0.to_string(), |at| format!("{at:.6}"))
    }

    /// Reads RFC 3339 with any offset.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|at| Self(at.as_microsecond()))
    }

    /// As a person in `zone` (an IANA name; an unknown one counts as UTC) reads it: `2026-11-23 14:05`.
    pub fn local(self, zone: &str) -> String {
        let Ok(at) = jiff::Timestamp::from_microsecond(self.0) else { return self.0.to_string() };
        let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
        at.to_zoned_datetime(zone).strftime("%Y-%m-%d %H:%M").to_string()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_survives_its_text_to_the_microsecond() {
        let at = Timestamp::from_micros(1_763_900_000_123_456);
        assert_eq!(Timestamp::parse(&at.rfc3339()), Some(at));
    }

    #[test]
    fn a_person_reads_local_time_and_an_unknown_zone_is_utc() {
        let at = Timestamp::parse("2026-07-01T12:00:00Z").unwrap();
        assert_eq!(at.local("Europe/Moscow"), "2026-07-01 15:00");
        assert_eq!(at.local("Mars/Olympus"), "2026-07-01 12:00");
    }
}
