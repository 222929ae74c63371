//! Moments told by PHP's words (`yesterday 06:30`, `first day of next month 00:00`, `+2 days`), as
//! SimpleOne's scripts tell them. Reckoned in UTC.

use jiff::civil::{DateTime, Time};

use super::calendar::{self, plus_days, plus_months_over, weekday};
use super::{DateError, Moment, names};

/// What the words said so far.
#[derive(Default)]
struct Said {
    day: Option<jiff::civil::Date>,
    month: Option<i8>,
    year: Option<i64>,
    time: Option<Time>,
    days: i64,
    months: i64,
    seconds: i64,
    weekday: Option<(i8, Which)>,
    weeks: Option<i64>,
    edge: Option<Edge>,
}

#[derive(Clone, Copy, PartialEq)]
enum Which {
    This,
    Next,
    Last,
}

#[derive(Clone, Copy)]
enum Edge {
    First,
    Last,
}

/// The moment that a text tells, `now` being now.
pub(crate) fn read(text: &str, now: Moment) -> Result<Moment, DateError> {
    let bad = || DateError::Text(text.to_owned());
    let lower = text.trim().to_ascii_lowercase();
    if let Some(seconds) = lower.strip_prefix('@') {
        let seconds: i64 = seconds.parse().map_err(|_| bad())?;
        return Moment::from_millis(seconds.checked_mul(1_000).ok_or(DateError::Range)?);
    }
    let spaced = lower.replace(',', " ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    if words.is_empty() {
        return Err(bad());
    }
    let mut said = Said::default();
    let mut rest = words.as_slice();
    while !rest.is_empty() {
        rest = said.take(rest).ok_or_else(bad)?;
    }
    said.moment(now)
}

impl Said {
    /// Understands the first words; those that are left.
    fn take<'a, 'b>(&mut self, words: &'a [&'b str]) -> Option<&'a [&'b str]> {
        let (first, rest) = words.split_first()?;
        match (*first, rest) {
            ("now" | "of" | "at", _) => {}
            ("today" | "midnight", _) => self.time = Some(Time::midnight()),
            ("noon", _) => self.time = calendar::time(12, 0, 0),
            ("yesterday", _) => {
                self.days = self.days.checked_sub(1)?;
                self.time = Some(Time::midnight());
            }
            ("tomorrow", _) => {
                self.days = self.days.checked_add(1)?;
                self.time = Some(Time::midnight());
            }
            ("first" | "last", ["day", "of", after @ ..]) => {
                self.edge = Some(if *first == "first" { Edge::First } else { Edge::Last });
                return Some(after);
            }
            ("next" | "last" | "previous" | "this", [what, after @ ..]) => {
                self.which(first, what)?;
                return Some(after);
            }
            _ => return self.number_or_name(first, rest),
        }
        Some(rest)
    }

    fn which(&mut self, which: &str, what: &str) -> Option<()> {
        let (count, which) = match which {
            "next" => (1, Which::Next),
            "this" => (0, Which::This),
            _ => (-1, Which::Last),
        };
        if let Some(day) = names::weekday_called(what) {
            self.weekday = Some((day, which));
            self.time.get_or_insert(Time::midnight());
            return Some(());
        }
        if what == "week" {
            self.weeks = Some(self.weeks.unwrap_or_default().checked_add(count)?);
            return Some(());
        }
        self.add(count, what)
    }

    fn add(&mut self, count: i64, unit: &str) -> Option<()> {
        let (sum, each) = match unit.strip_suffix('s').unwrap_or(unit) {
            "sec" | "second" => (&mut self.seconds, 1),
            "min" | "minute" => (&mut self.seconds, 60),
            "hour" => (&mut self.seconds, 3_600),
            "day" => (&mut self.days, 1),
            "week" => (&mut self.days, 7),
            "fortnight" => (&mut self.days, 14),
            "month" => (&mut self.months, 1),
            "year" => (&mut self.months, 12),
            _ => return None,
        };
        *sum = sum.checked_add(count.checked_mul(each)?)?;
        Some(())
    }

    fn number_or_name<'a, 'b>(&mut self, first: &'b str, rest: &'a [&'b str]) -> Option<&'a [&'b str]> {
        if let Some(month) = names::month_called(first) {
            self.month = Some(month);
            self.time.get_or_insert(Time::midnight());
            return Some(rest);
        }
        if let Some(day) = names::weekday_called(first) {
            self.weekday = Some((day, Which::This));
            self.time.get_or_insert(Time::midnight());
            return Some(rest);
        }
        if let Some(time) = super::input::time(first) {
            self.time = Some(time);
            return Some(rest);
        }
        if let Some(day) = super::input::iso_day(first) {
            self.day = Some(day);
            self.time.get_or_insert(Time::midnight());
            return Some(rest);
        }
        if first.len() == 4 && first.bytes().all(|byte| byte.is_ascii_digit()) {
            self.year = first.parse().ok();
            return Some(rest);
        }
        let end = first.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(first.len());
        let (number, unit) = first.split_at(end);
        let count: i64 = number.parse().ok()?;
        if !unit.is_empty() {
            self.add(count, unit)?;
            return self.ago(count, unit, rest);
        }
        let (unit, rest) = rest.split_first()?;
        self.add(count, unit)?;
        self.ago(count, unit, rest)
    }

    /// `3 days ago` is three days back.
    fn ago<'a, 'b>(&mut self, count: i64, unit: &str, rest: &'a [&'b str]) -> Option<&'a [&'b str]> {
        let ["ago", after @ ..] = rest else { return Some(rest) };
        self.add(count.checked_mul(-2)?, unit)?;
        Some(after)
    }

    fn moment(self, now: Moment) -> Result<Moment, DateError> {
        let start = now.utc();
        let mut day = self.day.unwrap_or(start.date());
        if self.month.is_some() || self.year.is_some() {
            let year = self.year.unwrap_or(i64::from(day.year()));
            let month = i64::from(self.month.unwrap_or(day.month()));
            let first = calendar::day(year, month, 1).ok_or(DateError::Range)?;
            let in_month = if self.edge.is_some() { 0 } else { i64::from(day.day()) - 1 };
            day = plus_days(first, in_month)?;
        }
        day = match self.edge {
            // The edge is that of the month, so its days must not run over on the way.
            Some(Edge::First) => plus_months_over(day.first_of_month(), self.months)?,
            Some(Edge::Last) => plus_months_over(day.first_of_month(), self.months)?.last_of_month(),
            None => plus_months_over(day, self.months)?,
        };
        let more = match (self.weekday, self.weeks) {
            (None, weeks) => weeks.unwrap_or_default() * 7,
            // A day of a week that is named is that of the week from Monday to Sunday.
            (Some((wanted, _)), Some(weeks)) => weeks * 7 + i64::from(wanted) - i64::from(weekday(day)),
            (Some((wanted, which)), None) => {
                let ahead = (i64::from(wanted) - i64::from(weekday(day))).rem_euclid(7);
                match which {
                    Which::Next if ahead == 0 => 7,
                    Which::Last if ahead == 0 => -7,
                    Which::Last => ahead - 7,
                    _ => ahead,
                }
            }
        };
        let day = plus_days(day, self.days.checked_add(more).ok_or(DateError::Range)?)?;
        let at = DateTime::from_parts(day, self.time.unwrap_or(start.time()));
        let millis = self.seconds.checked_mul(1_000).ok_or(DateError::Range)?;
        Moment::from_utc(at)?.plus_millis(millis)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;

    use super::*;

    fn told(text: &str) -> String {
        // A Tuesday.
        let now = Moment::from_utc(datetime(2026, 11, 24, 10, 0, 0, 0)).unwrap();
        read(text, now).map_or_else(|error| error.to_string(), Moment::text)
    }

    #[test]
    fn words_are_phps() {
        for (text, moment) in [
            ("now", "2026-11-24 10:00:00"),
            ("today", "2026-11-24 00:00:00"),
            ("noon", "2026-11-24 12:00:00"),
            ("yesterday", "2026-11-23 00:00:00"),
            ("yesterday 06:30", "2026-11-23 06:30:00"),
            ("Tomorrow noon", "2026-11-25 12:00:00"),
            ("first day of next month 00:00", "2026-12-01 00:00:00"),
            ("first day of next month", "2026-12-01 10:00:00"),
            ("last day of this month", "2026-11-30 10:00:00"),
            ("last day of previous month 23:59:59", "2026-10-31 23:59:59"),
            ("first day of January", "2026-01-01 00:00:00"),
            ("last day of february 2028", "2028-02-29 00:00:00"),
            ("+2 days", "2026-11-26 10:00:00"),
            ("-1 week 08:00", "2026-11-17 08:00:00"),
            ("3 hours ago", "2026-11-24 07:00:00"),
            ("+90 minutes", "2026-11-24 11:30:00"),
            ("next year", "2027-11-24 10:00:00"),
            ("monday", "2026-11-30 00:00:00"),
            ("tuesday", "2026-11-24 00:00:00"),
            ("next tuesday", "2026-12-01 00:00:00"),
            ("last friday 18:00", "2026-11-20 18:00:00"),
            ("monday next week", "2026-11-30 00:00:00"),
            ("monday this week", "2026-11-23 00:00:00"),
            ("next week", "2026-12-01 10:00:00"),
            ("2026-01-31 +1 month", "2026-03-03 00:00:00"),
            ("@86400", "1970-01-02 00:00:00"),
        ] {
            assert_eq!(told(text), moment, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for text in ["", "soon", "next", "first day", "+2 lightyears", "25:00", "@x"] {
            assert!(told(text).contains(&format!("`{text}` is no date")), "{text}: {}", told(text));
        }
        assert!(told("+9999 years").contains("outside of the years"));
        assert!(told("+9223372036854775807 weeks").contains("is no date"));
        assert!(told("+9223372036854775807 days monday next week").contains("outside of the years"));
        assert!(told("+9223372036854775807 days tomorrow").contains("is no date"));
        assert!(told("-9223372036854775808 seconds ago").contains("is no date"));
        assert!(told("+9223372036854775807 months").contains("outside of the years"));
    }
}
