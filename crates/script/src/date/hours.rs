//! Working time: whether a moment lies in the hours of a schedule, how much of them lies between two
//! moments, and when so much of them has passed.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::calendar::{plus_days, weekday};
use super::input::iso_day;
use super::{DateError, Moment, moment};
use crate::Schedule;
use crate::limits::MAX_SCHEDULE_DAYS;

/// The hours of a schedule in a zone.
#[derive(Debug, Clone)]
pub(crate) struct Hours {
    zone: TimeZone,
    weekly: Vec<(u8, u32, u32)>,
    excluded: Vec<(Date, Date)>,
}

impl Hours {
    /// Those of a schedule. Hours of no length and days that are none count as nothing.
    pub(crate) fn read(schedule: &Schedule, zone: Option<&str>) -> Result<Self, DateError> {
        let named = zone.filter(|name| !name.is_empty()).unwrap_or(&schedule.zone);
        let zone = if named.is_empty() { TimeZone::UTC } else { moment::zone(named)? };
        let mut weekly: Vec<(u8, u32, u32)> =
            schedule.weekly.iter().copied().filter(|(_, from, to)| from < to && *to <= 86_400).collect();
        weekly.sort_unstable();
        let days = schedule.excluded.iter();
        let excluded = days.filter_map(|(from, to)| Some((iso_day(from)?, iso_day(to)?))).collect();
        Ok(Self { zone, weekly, excluded })
    }

    /// Whether there are any hours at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.weekly.is_empty()
    }

    fn is_excluded(&self, day: Date) -> bool {
        self.excluded.iter().any(|(from, to)| (from..=to).contains(&&day))
    }

    /// The working hours of a day, one after the other, without overlaps.
    fn of_day(&self, day: Date) -> Result<Vec<(Moment, Moment)>, DateError> {
        let mut all: Vec<(Moment, Moment)> = Vec::new();
        if self.is_excluded(day) {
            return Ok(all);
        }
        let number = weekday(day).unsigned_abs();
        for (_, from, to) in self.weekly.iter().filter(|(on, _, _)| *on == number) {
            let (from, to) = (self.at(day, *from)?, self.at(day, *to)?);
            match all.last_mut() {
                Some((_, end)) if from <= *end => *end = (*end).max(to),
                _ if from < to => all.push((from, to)),
                _ => {}
            }
        }
        Ok(all)
    }

    fn at(&self, day: Date, second: u32) -> Result<Moment, DateError> {
        let (day, second) = if second == 86_400 { (plus_days(day, 1)?, 0) } else { (day, i64::from(second)) };
        let time = super::calendar::time(second / 3_600, second / 60 % 60, second % 60);
        Moment::from_local(DateTime::from_parts(day, time.unwrap_or_default()), &self.zone)
    }

    /// Whether a moment lies in working hours.
    pub(crate) fn is_working(&self, at: Moment) -> Result<bool, DateError> {
        let day = at.local(&self.zone).date();
        Ok(self.of_day(day)?.iter().any(|(from, to)| *from <= at && at < *to))
    }

    /// Whether a moment lies in working hours or on a day that is excluded.
    pub(crate) fn is_inside(&self, at: Moment) -> Result<bool, DateError> {
        Ok(self.is_excluded(at.local(&self.zone).date()) || self.is_working(at)?)
    }

    /// The working time between two moments in milliseconds; none where the second one is not later.
    pub(crate) fn between(&self, from: Moment, to: Moment) -> Result<i64, DateError> {
        let mut sum = 0_i64;
        if to <= from || self.is_empty() {
            return Ok(0);
        }
        let last = to.local(&self.zone).date();
        for day in self.days(from) {
            let day = day?;
            if day > last {
                return Ok(sum);
            }
            for (start, end) in self.of_day(day)? {
                let (start, end) = (start.max(from), end.min(to));
                sum = sum.saturating_add(end.millis().saturating_sub(start.millis()).max(0));
            }
        }
        Err(DateError::TooFar(MAX_SCHEDULE_DAYS))
    }

    /// When so many milliseconds of working time have passed.
    pub(crate) fn after(&self, from: Moment, millis: i64) -> Result<Moment, DateError> {
        let mut left = millis;
        if !self.is_empty() {
            for day in self.days(from) {
                for (start, end) in self.of_day(day?)? {
                    let start = start.max(from);
                    let length = end.millis().saturating_sub(start.millis());
                    if length > 0 && left <= length {
                        return start.plus_millis(left);
                    }
                    left -= length.max(0);
                }
            }
        }
        Err(DateError::TooFar(MAX_SCHEDULE_DAYS))
    }

    /// The milliseconds until working hours begin; 0 within them.
    pub(crate) fn until_next(&self, from: Moment) -> Result<Option<i64>, DateError> {
        match self.after(from, 0) {
            Ok(next) => Ok(Some(next.millis().saturating_sub(from.millis()))),
            Err(DateError::TooFar(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The days from a moment on.
    fn days(&self, from: Moment) -> impl Iterator<Item = Result<Date, DateError>> {
        let first = from.local(&self.zone).date();
        (0..MAX_SCHEDULE_DAYS).map(move |number| plus_days(first, i64::from(number)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::input;
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn at(text: &str) -> Moment {
        Moment::from_utc(input::internal(text).unwrap()).unwrap()
    }

    /// Monday to Friday 9 to 13 and 14 to 18 in Berlin, not on 25 and 26 December.
    fn office() -> Hours {
        let weekly = (1..=5).flat_map(|day| [(day, 50_400, 64_800), (day, 32_400, 46_800)]).collect();
        let excluded = vec![("2026-12-25".to_owned(), "2026-12-26".to_owned())];
        let schedule =
            Schedule { name: "Office".to_owned(), zone: "Europe/Berlin".to_owned(), weekly, excluded };
        Hours::read(&schedule, None).unwrap()
    }

    #[test]
    fn hours_have_a_beginning_and_end_before_the_end() {
        for (moment, working) in [
            ("2026-11-24 07:59:59", false),
            ("2026-11-24 08:00:00", true),
            ("2026-11-24 11:59:59", true),
            ("2026-11-24 12:00:00", false),
            ("2026-11-24 16:59:59", true),
            ("2026-11-24 17:00:00", false),
            ("2026-11-28 10:00:00", false),
            ("2026-12-25 10:00:00", false),
        ] {
            assert_eq!(office().is_working(at(moment)).unwrap(), working, "{moment}");
        }
        assert!(office().is_inside(at("2026-12-25 10:00:00")).unwrap());
    }

    #[test]
    fn working_time_leaves_out_nights_breaks_weekends_and_excluded_days() {
        let (office, friday) = (office(), at("2026-11-27 16:00:00"));
        assert_eq!(office.between(friday, at("2026-11-30 09:00:00")).unwrap(), 2 * HOUR);
        assert_eq!(office.between(at("2026-12-24 08:00:00"), at("2026-12-28 17:00:00")).unwrap(), 16 * HOUR);
        assert_eq!(office.between(at("2026-11-30 09:00:00"), friday).unwrap(), 0);
        assert_eq!(office.after(friday, 2 * HOUR).unwrap().text(), "2026-11-30 09:00:00");
        assert_eq!(office.after(at("2026-11-24 08:00:00"), 5 * HOUR).unwrap().text(), "2026-11-24 14:00:00");
        // Exactly the hours that are left end with them.
        assert_eq!(office.after(friday, HOUR).unwrap().text(), "2026-11-27 17:00:00");
    }

    #[test]
    fn the_next_hours_are_awaited() {
        let office = office();
        assert_eq!(office.until_next(at("2026-11-24 08:30:00")).unwrap(), Some(0));
        assert_eq!(office.until_next(at("2026-11-24 12:30:00")).unwrap(), Some(HOUR / 2));
        let never = Hours::read(&Schedule::default(), None).unwrap();
        assert!(never.is_empty());
        assert_eq!(never.until_next(at("2026-11-24 12:30:00")).unwrap(), None);
        assert_eq!(never.after(at("2026-11-24"), 1), Err(DateError::TooFar(MAX_SCHEDULE_DAYS)));
    }

    #[test]
    fn clocks_that_change_shorten_or_lengthen_the_hours() {
        let weekly = (1..=7).map(|day| (day, 0, 86_400)).collect();
        let schedule = Schedule { zone: "Europe/Berlin".to_owned(), weekly, ..Schedule::default() };
        let always = Hours::read(&schedule, None).unwrap();
        assert_eq!(always.between(at("2026-03-28 23:00:00"), at("2026-03-29 22:00:00")).unwrap(), 23 * HOUR);
        assert_eq!(always.between(at("2026-10-24 22:00:00"), at("2026-10-25 23:00:00")).unwrap(), 25 * HOUR);
    }

    #[test]
    fn a_schedule_is_not_followed_for_ever() {
        assert_eq!(
            office().between(at("1926-01-01"), at("2126-01-01")),
            Err(DateError::TooFar(MAX_SCHEDULE_DAYS))
        );
        assert!(matches!(
            Hours::read(&Schedule { zone: "Nowhere".to_owned(), ..Schedule::default() }, None),
            Err(DateError::Zone(_))
        ));
    }
}
