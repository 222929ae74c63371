//! Cron expressions of five fields: reading them, and the next moment in a time zone.
//!
//! Daylight saving: a job at named hours runs at the first valid moment where its time does not exist, and once where
//! its time comes twice, the first time. A job whose hour is `*` (or `*/n`) goes by real time: it neither makes up for
//! an hour that does not exist nor pauses in one that comes twice. Must not read a clock.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, ToSpan};

use crate::limits::{CRON_CHARS_MAX, CRON_SEARCH_DAYS};
use crate::time::{MINUTE, Timestamp};

/// A cron expression, read. Each set is a mask of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Whether the hour is `*` or `*/n`: such a job goes by real time.
    each_hour: bool,
    /// Whether the day of the month and the day of the week are both named: then either is enough.
    either_day: bool,
}

/// One of the five fields.
struct Field {
    name: &'static str,
    from: u32,
    to: u32,
    names: &'static [&'static str],
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const FIELDS: [Field; 5] = [
    Field { name: "minute", from: 0, to: 59, names: &[] },
    Field { name: "hour", from: 0, to: 23, names: &[] },
    Field { name: "day of the month", from: 1, to: 31, names: &[] },
    Field { name: "month", from: 1, to: 12, names: &MONTHS },
    // 7 is Sunday, too.
    Field { name: "day of the week", from: 0, to: 7, names: &WEEKDAYS },
];
const NICKNAMES: [(&str, &str); 7] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
];

impl Cron {
    /// Reads an expression; the error says what is wrong with it and what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.chars().count() > CRON_CHARS_MAX {
            return Err(format!("it has more than {CRON_CHARS_MAX} characters"));
        }
        let trimmed = text.trim().to_lowercase();
        let expression = match NICKNAMES.iter().find(|(name, _)| *name == trimmed) {
            Some((_, expression)) => expression,
            None if trimmed.starts_with('@') => {
                let known: Vec<&str> = NICKNAMES.iter().map(|(name, _)| *name).collect();
                return Err(format!("`{trimmed}` is none of {}", known.join(", ")));
            }
            None => trimmed.as_str(),
        };
        let words: Vec<&str> = expression.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = words.as_slice() else {
            return Err(format!(
                "it has {} fields and needs five: minute, hour, day of the month, month, day of the week",
                words.len()
            ));
        };
        let [minutes, hours, days, months, weekdays] = FIELDS;
        let sundays = weekdays.set(weekday)?;
        Ok(Self {
            minutes: minutes.set(minute)?,
            hours: hours.set(hour)?,
            days: days.set(day)?,
            months: months.set(month)?,
            weekdays: if sundays & (1 << 7) == 0 { sundays } else { sundays | 1 },
            each_hour: hour.starts_with('*'),
            either_day: !day.starts_with('*') && !weekday.starts_with('*'),
        })
    }

    /// The first moment after `after`; `None` where none comes within [`CRON_SEARCH_DAYS`].
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        if self.each_hour { self.next_by_real_time(after, zone) } else { self.next_by_clock(after, zone) }
    }

    fn on(&self, date: Date) -> bool {
        let day = has(self.days, date.day());
        let weekday = has(self.weekdays, date.weekday().to_sunday_zero_offset());
        has(self.months, date.month()) && if self.either_day { day || weekday } else { day && weekday }
    }

    /// Named hours: the times that the clock on the wall should show, in their order, and when it does.
    fn next_by_clock(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        // From the day before: a time that does not exist may lie on it and run on the next.
        let mut date = local(after, zone)?.date().yesterday().ok()?;
        for _ in 0..CRON_SEARCH_DAYS {
            if self.on(date) {
                let times = values(self.hours)
                    .flat_map(|hour| values(self.minutes).map(move |minute| date.at(hour, minute, 0, 0)));
                let found = times.filter_map(|time| moment(time, zone)).find(|at| *at > after);
                if found.is_some() {
                    return found;
                }
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    /// Any hour: minute for minute of real time, in jumps over what cannot fit.
    fn next_by_real_time(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut at = Timestamp::from_micros((after.micros().div_euclid(MINUTE) + 1) * MINUTE);
        let end =
            local(after, zone)?.date().checked_add(Span::new().days(i64::from(CRON_SEARCH_DAYS))).ok()?;
        loop {
            let time = local(at, zone)?;
            if time.date() > end {
                return None;
            }
            if !self.on(time.date()) {
                let midnight = moment(time.date().tomorrow().ok()?.at(0, 0, 0, 0), zone)?;
                at = if midnight > at { midnight } else { at.plus(MINUTE) };
                continue;
            }
            let minute = i64::from(time.minute());
            if !has(self.hours, time.hour()) {
                at = at.plus((60 - minute) * MINUTE);
            } else if has(self.minutes, time.minute()) {
                return Some(at);
            } else {
                at = at.plus(MINUTE);
            }
        }
    }
}

impl Field {
    /// The values that a text names: `*`, `5`, `1-5`, `*/15`, `mon-fri`, with commas between.
    fn set(&self, text: &str) -> Result<u64, String> {
        text.split(',').try_fold(0, |set, part| Ok(set | self.part(part)?))
    }

    fn part(&self, part: &str) -> Result<u64, String> {
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        let step = step.map_or(Ok(1), |text| {
            let read = text.parse::<usize>().ok().filter(|step| *step > 0);
            read.ok_or_else(|| format!("the {}: `{part}` needs a number above 0 behind `/`", self.name))
        })?;
        let (from, to) = match (range, range.split_once('-')) {
            ("*", _) => (self.from, self.to),
            (_, Some((from, to))) => (self.value(from)?, self.value(to)?),
            // `5/10` is from 5 on, as in other crons.
            (one, None) if part.contains('/') => (self.value(one)?, self.to),
            (one, None) => (self.value(one)?, self.value(one)?),
        };
        if from > to {
            return Err(format!("the {}: `{part}` runs backwards", self.name));
        }
        Ok((from..=to).step_by(step).fold(0, |set, value| set | (1 << value)))
    }

    fn value(&self, text: &str) -> Result<u32, String> {
        if let Some(place) = self.names.iter().position(|name| *name == text) {
            return Ok(self.from + u32::try_from(place).unwrap_or_default());
        }
        let (name, from, to) = (self.name, self.from, self.to);
        let number = text.parse::<u32>().map_err(|_| {
            let shown: String = text.chars().take(20).collect();
            format!("the {name}: `{shown}` is no number, `*`, list, range or step")
        })?;
        if number < from || number > to {
            return Err(format!("the {name}: {number} is not between {from} and {to}"));
        }
        Ok(number)
    }
}

fn has(set: u64, value: i8) -> bool {
    u32::try_from(value).is_ok_and(|value| set & (1 << value) != 0)
}

fn values(set: u64) -> impl Iterator<Item = i8> {
    (0..60_i8).filter(move |value| has(set, *value))
}

/// What the clock on the wall shows.
fn local(at: Timestamp, zone: &TimeZone) -> Option<DateTime> {
    Some(zone.to_datetime(jiff::Timestamp::from_microsecond(at.micros()).ok()?))
}

/// When the clock shows `time`: the first time where it does so twice, the first valid moment where it never does.
fn moment(time: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let at = match zone.to_ambiguous_timestamp(time).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(time).ok()?,
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(time).ok()?,
        AmbiguousOffset::Gap { after, .. } => {
            // Read with the offset after the gap, it lies before it: the next change of the clock ends the gap.
            let before = after.to_timestamp(time).ok()?.checked_sub(1.nanosecond()).ok()?;
            zone.following(before).next()?.timestamp()
        }
    };
    Some(Timestamp::from_micros(at.as_microsecond()))
}

#[cfg(test)]
mod tests;
