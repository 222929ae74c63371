//! Days, weeks, months, quarters and years of a person's calendar: where they begin and end.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::calendar::{day, plus_days, plus_months_clamped, time, weekday};
use super::{DateError, Moment};

/// A stretch of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    /// Sixty seconds.
    Minute,
    /// Sixty minutes.
    Hour,
    /// From midnight to midnight.
    Day,
    /// From Monday to Sunday.
    Week,
    /// A month.
    Month,
    /// Three months, from January, April, July and October.
    Quarter,
    /// A year.
    Year,
}

/// Where in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The time as it is.
    Same,
    /// The first second.
    Start,
    /// The last second.
    End,
}

impl Period {
    /// The moment so many periods from `now` on the calendar of a zone.
    pub(crate) fn moved(
        self,
        now: Moment,
        zone: &TimeZone,
        by: i64,
        place: Place,
    ) -> Result<Moment, DateError> {
        let local = match self {
            // The clocks may be put forward or back in between: an hour is an hour.
            Self::Minute | Self::Hour => {
                let millis = if self == Self::Hour { 3_600_000 } else { 60_000 };
                let at = now.plus_millis(by.checked_mul(millis).ok_or(DateError::Range)?)?;
                return self.within_hour(at, zone, place);
            }
            _ => now.local(zone),
        };
        let (date, many) = (local.date(), |each: i64| by.checked_mul(each).ok_or(DateError::Range));
        let date = match self {
            Self::Week => plus_days(date, many(7)?)?,
            Self::Month => plus_months_clamped(date, by)?,
            Self::Quarter => plus_months_clamped(date, many(3)?)?,
            Self::Year => plus_months_clamped(date, many(12)?)?,
            _ => plus_days(date, by)?,
        };
        let at = match place {
            Place::Same => DateTime::from_parts(date, local.time()),
            Place::Start => DateTime::from_parts(self.first(date)?, Time::midnight()),
            Place::End => DateTime::from_parts(self.last(date)?, time(23, 59, 59).unwrap_or_default()),
        };
        Moment::from_local(at, zone)
    }

    fn within_hour(self, at: Moment, zone: &TimeZone, place: Place) -> Result<Moment, DateError> {
        let local = at.local(zone);
        let into = match self {
            Self::Hour => i64::from(local.minute()) * 60 + i64::from(local.second()),
            _ => i64::from(local.second()),
        };
        let (start, length) =
            (at.whole_seconds().plus_millis(-into * 1_000)?, if self == Self::Hour { 3_599 } else { 59 });
        match place {
            Place::Same => Ok(at),
            Place::Start => Ok(start),
            Place::End => start.plus_millis(length * 1_000),
        }
    }

    fn first(self, date: Date) -> Result<Date, DateError> {
        match self {
            Self::Week => plus_days(date, 1 - i64::from(weekday(date))),
            Self::Month => Ok(date.first_of_month()),
            Self::Quarter => {
                let month = (i64::from(date.month()) - 1) / 3 * 3 + 1;
                day(i64::from(date.year()), month, 1).ok_or(DateError::Range)
            }
            Self::Year => Ok(date.first_of_year()),
            _ => Ok(date),
        }
    }

    fn last(self, date: Date) -> Result<Date, DateError> {
        match self {
            Self::Week => plus_days(date, 7 - i64::from(weekday(date))),
            Self::Month => Ok(date.last_of_month()),
            Self::Quarter => plus_months_clamped(self.first(date)?, 2).map(Date::last_of_month),
            Self::Year => Ok(date.last_of_year()),
            _ => Ok(date),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{input, moment};
    use super::*;

    fn at(text: &str) -> Moment {
        Moment::from_utc(input::internal(text).unwrap()).unwrap()
    }

    fn moved(period: Period, by: i64, place: Place, zone: &str) -> String {
        let zone = moment::zone(zone).unwrap();
        period.moved(at("2026-11-24 22:30:10"), &zone, by, place).unwrap().text()
    }

    #[test]
    fn days_are_those_of_the_zone() {
        // It is already the 25th in Moscow.
        assert_eq!(moved(Period::Day, 0, Place::Start, "Europe/Moscow"), "2026-11-24 21:00:00");
        assert_eq!(moved(Period::Day, 0, Place::End, "Europe/Moscow"), "2026-11-25 20:59:59");
        assert_eq!(moved(Period::Day, -1, Place::Same, "Europe/Moscow"), "2026-11-23 22:30:10");
    }

    #[test]
    fn longer_periods_begin_where_calendars_say() {
        for (period, by, start, end) in [
            (Period::Week, 0, "2026-11-23 00:00:00", "2026-11-29 23:59:59"),
            (Period::Month, -9, "2026-02-01 00:00:00", "2026-02-28 23:59:59"),
            (Period::Quarter, 1, "2027-01-01 00:00:00", "2027-03-31 23:59:59"),
            (Period::Year, 0, "2026-01-01 00:00:00", "2026-12-31 23:59:59"),
            (Period::Hour, -1, "2026-11-24 21:00:00", "2026-11-24 21:59:59"),
            (Period::Minute, 0, "2026-11-24 22:30:00", "2026-11-24 22:30:59"),
        ] {
            assert_eq!(moved(period, by, Place::Start, "UTC"), start, "{period:?}");
            assert_eq!(moved(period, by, Place::End, "UTC"), end, "{period:?}");
        }
    }

    #[test]
    fn a_day_of_changed_clocks_has_its_own_length() {
        let zone = moment::zone("Europe/Berlin").unwrap();
        let (start, end) = (
            Period::Day.moved(at("2026-10-25 12:00:00"), &zone, 0, Place::Start).unwrap(),
            Period::Day.moved(at("2026-10-25 12:00:00"), &zone, 0, Place::End).unwrap(),
        );
        assert_eq!(end.seconds() - start.seconds() + 1, 25 * 3_600);
        let later = Period::Hour.moved(at("2026-10-25 00:30:00"), &zone, 1, Place::Start).unwrap();
        assert_eq!(later.text(), "2026-10-25 01:00:00");
    }

    #[test]
    fn the_years_have_an_end() {
        let zone = moment::zone("UTC").unwrap();
        assert_eq!(Period::Year.moved(at("2026-01-01"), &zone, i64::MAX, Place::Same), Err(DateError::Range));
        assert_eq!(Period::Hour.moved(at("2026-01-01"), &zone, i64::MIN, Place::Same), Err(DateError::Range));
    }
}
