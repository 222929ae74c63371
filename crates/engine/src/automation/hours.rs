//! Working hours: when a week's hours count, in which zone, and which days do not.

use rejoinder_script::Schedule;

use crate::date::Date;
use crate::limits::SCHEDULE_LINES_MAX;
use crate::record::Record;

/// The days of a week as they are written, Monday first.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Working hours, as their record says them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours(pub(crate) Schedule);

type Fault = (&'static str, String);

impl Hours {
    /// Reads a record of [`SCHEDULE`](super::SCHEDULE); the error names its field.
    pub(crate) fn read(row: &Record) -> Result<Self, Fault> {
        let zone = Some(row.text("time_zone")).filter(|zone| !zone.is_empty()).unwrap_or("UTC");
        if jiff::tz::TimeZone::get(zone).is_err() {
            return Err((
                "time_zone",
                format!("there is no time zone `{zone}`: write one as `Europe/Berlin`"),
            ));
        }
        let lines = |field: &'static str| {
            let lines: Vec<&str> =
                row.text(field).lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            if lines.len() > SCHEDULE_LINES_MAX {
                return Err((field, format!("at most {SCHEDULE_LINES_MAX} lines")));
            }
            Ok(lines)
        };
        let mut weekly = Vec::new();
        for line in lines("hours")? {
            weekly.extend(week(line).ok_or_else(|| {
                let short: String = line.chars().take(40).collect();
                ("hours", format!("`{short}` is no line of hours: write `mon-fri 09:00-18:00`"))
            })?);
        }
        let mut excluded = Vec::new();
        for line in lines("excluded")? {
            excluded.push(days(line).ok_or_else(|| {
                let short: String = line.chars().take(40).collect();
                ("excluded", format!("`{short}` is no day: write `2026-12-31`, or `2026-12-31..2027-01-08`"))
            })?);
        }
        Ok(Self(Schedule { name: row.text("name").to_owned(), zone: zone.to_owned(), weekly, excluded }))
    }
}

/// `mon-fri 09:00-18:00`: an entry for each day.
fn week(line: &str) -> Option<Vec<(u8, u32, u32)>> {
    let (days, hours) = line.split_once(' ')?;
    let (first, last) = days.split_once('-').unwrap_or((days, days));
    let day = |word: &str| DAYS.iter().position(|known| word.eq_ignore_ascii_case(known));
    let (first, last) = (day(first)?, day(last)?);
    let (from, to) = hours.trim().split_once('-')?;
    let (from, to) = (second(from)?, second(to)?);
    if from >= to || first > last {
        return None;
    }
    (first..=last).map(|day| Some((u8::try_from(day + 1).ok()?, from, to))).collect()
}

/// `09:30`: the second of the day; `24:00` is its end.
fn second(text: &str) -> Option<u32> {
    let (hour, minute) = text.trim().split_once(':')?;
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() == 2);
    let (hour, minute) = (number(hour)?, number(minute)?);
    let second = hour * 3_600 + minute * 60;
    (minute < 60 && second <= 86_400).then_some(second)
}

/// A day, or the first and the last of several.
fn days(line: &str) -> Option<(String, String)> {
    let (first, last) = line.split_once("..").unwrap_or((line, line));
    let (first, last): (Date, Date) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (first <= last).then(|| (first.to_string(), last.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_hours_are_read_for_each_of_their_days() {
        assert_eq!(week("mon-tue 09:00-18:30"), Some(vec![(1, 32_400, 66_600), (2, 32_400, 66_600)]));
        assert_eq!(week("sun 00:00-24:00"), Some(vec![(7, 0, 86_400)]));
        for bad in [
            "mon",
            "fri-mon 09:00-10:00",
            "mon 10:00-10:00",
            "mon 9:00-10:00",
            "mon 09:00-24:01",
            "x 09:00-10:00",
        ] {
            assert_eq!(week(bad), None, "{bad}");
        }
    }

    #[test]
    fn excluded_days_are_one_or_a_range() {
        assert_eq!(days("2026-12-31"), Some(("2026-12-31".to_owned(), "2026-12-31".to_owned())));
        assert_eq!(days("2026-12-31..2027-01-08"), Some(("2026-12-31".to_owned(), "2027-01-08".to_owned())));
        assert_eq!(days("2027-01-08..2026-12-31"), None);
        assert_eq!(days("tomorrow"), None);
    }
}
