//! A moment, to the microsecond, within the years 1 to 9999 of the calendar in UTC.

use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;

use super::DateError;
use super::calendar::text_of;

/// A moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(Timestamp);

impl Moment {
    /// From microseconds since 1970-01-01 UTC.
    pub(crate) fn from_micros(micros: i64) -> Result<Self, DateError> {
        Timestamp::from_microsecond(micros).map_err(|_| DateError::Range).and_then(Self::checked)
    }

    /// From milliseconds since 1970-01-01 UTC.
    pub(crate) fn from_millis(millis: i64) -> Result<Self, DateError> {
        Timestamp::from_millisecond(millis).map_err(|_| DateError::Range).and_then(Self::checked)
    }

    /// From a day and a time in UTC.
    pub(crate) fn from_utc(at: DateTime) -> Result<Self, DateError> {
        Self::from_local(at, &TimeZone::UTC)
    }

    /// From a day and a time in a zone. A time that the clocks leave out counts as so much later, one that
    /// they show twice as the first.
    pub(crate) fn from_local(at: DateTime, zone: &TimeZone) -> Result<Self, DateError> {
        let found = zone.to_ambiguous_timestamp(at).compatible();
        found.map_err(|_| DateError::Range).and_then(Self::checked)
    }

    fn checked(at: Timestamp) -> Result<Self, DateError> {
        let year = TimeZone::UTC.to_datetime(at).year();
        if (1..=9999).contains(&year) { Ok(Self(at)) } else { Err(DateError::Range) }
    }

    /// Microseconds since 1970-01-01 UTC.
    pub(crate) fn micros(self) -> i64 {
        self.0.as_microsecond()
    }

    /// Whole milliseconds since 1970-01-01 UTC; those of a moment before it are those of the millisecond
    /// that it lies in.
    pub(crate) fn millis(self) -> i64 {
        self.micros().div_euclid(1_000)
    }

    /// Whole seconds likewise.
    pub(crate) fn seconds(self) -> i64 {
        self.micros().div_euclid(1_000_000)
    }

    /// Without what is less than a second.
    pub(crate) fn whole_seconds(self) -> Self {
        Self::from_micros(self.seconds().saturating_mul(1_000_000)).unwrap_or(self)
    }

    /// Without what is less than a millisecond.
    pub(crate) fn whole_millis(self) -> Self {
        Self::from_millis(self.millis()).unwrap_or(self)
    }

    /// Day and time in UTC.
    pub(crate) fn utc(self) -> DateTime {
        self.local(&TimeZone::UTC)
    }

    /// Day and time in a zone.
    pub(crate) fn local(self, zone: &TimeZone) -> DateTime {
        zone.to_datetime(self.0)
    }

    /// `YYYY-MM-DD HH:mm:ss` in UTC.
    pub(crate) fn text(self) -> String {
        text_of(self.utc())
    }

    /// So much later, or earlier.
    pub(crate) fn plus_millis(self, millis: i64) -> Result<Self, DateError> {
        let micros = millis.checked_mul(1_000).and_then(|micros| self.micros().checked_add(micros));
        Self::from_micros(micros.ok_or(DateError::Range)?)
    }

    /// With day and time in a zone changed.
    pub(crate) fn shifted(
        self,
        zone: &TimeZone,
        change: impl FnOnce(DateTime) -> Result<DateTime, DateError>,
    ) -> Result<Self, DateError> {
        Self::from_local(change(self.local(zone))?, zone)
    }

    /// How far the clocks of a zone are ahead of UTC, in milliseconds, and how much of that is for
    /// daylight saving.
    pub(crate) fn offset(self, zone: &TimeZone) -> (i64, i64) {
        let millis = |at: Timestamp| i64::from(zone.to_offset(at).seconds()).saturating_mul(1_000);
        let own = millis(self.0);
        // What the clocks show otherwise is what they show after the next change. Ireland's winter is told
        // as daylight saving of less than nothing; people call its summer so.
        let other = zone.following(self.0).next().map_or(own, |change| {
            let seconds = i64::from(change.offset().seconds());
            if change.dst().is_dst() == zone.to_offset_info(self.0).dst().is_dst() {
                own
            } else {
                seconds.saturating_mul(1_000)
            }
        });
        (own, own.saturating_sub(other).max(0))
    }

    /// 1970-01-01 00:00:00 UTC.
    pub(crate) fn epoch() -> Self {
        Self(Timestamp::default())
    }
}

/// A zone by its IANA name.
pub(crate) fn zone(name: &str) -> Result<TimeZone, DateError> {
    TimeZone::get(name).map_err(|_| DateError::Zone(name.to_owned()))
}

/// The first and the last day that there are.
pub(crate) const FIRST: jiff::civil::Date = date(1, 1, 1);
/// See [`FIRST`].
pub(crate) const LAST: jiff::civil::Date = date(9999, 12, 31);

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;

    use super::*;

    fn berlin() -> TimeZone {
        zone("Europe/Berlin").unwrap()
    }

    #[test]
    fn a_time_that_the_clocks_leave_out_counts_as_so_much_later() {
        let at = Moment::from_local(datetime(2026, 3, 29, 2, 30, 0, 0), &berlin()).unwrap();
        assert_eq!(at.text(), "2026-03-29 01:30:00");
        assert_eq!(text_of(at.local(&berlin())), "2026-03-29 03:30:00");
    }

    #[test]
    fn a_time_that_the_clocks_show_twice_is_the_first() {
        let at = Moment::from_local(datetime(2026, 10, 25, 2, 30, 0, 0), &berlin()).unwrap();
        assert_eq!(at.text(), "2026-10-25 00:30:00");
    }

    #[test]
    fn years_are_1_to_9999() {
        assert_eq!(Moment::from_utc(datetime(1, 1, 1, 0, 0, 0, 0)).unwrap().text(), "0001-01-01 00:00:00");
        assert_eq!(Moment::from_utc(datetime(0, 12, 31, 23, 59, 59, 0)), Err(DateError::Range));
        let last = Moment::from_utc(datetime(9999, 12, 30, 21, 59, 59, 0)).unwrap();
        assert_eq!(last.plus_millis(86_400_000 * 3), Err(DateError::Range));
        assert_eq!(last.plus_millis(i64::MAX), Err(DateError::Range));
        assert_eq!(Moment::from_millis(i64::MIN), Err(DateError::Range));
    }

    #[test]
    fn moments_before_1970_lie_in_their_own_second() {
        let at = Moment::from_micros(-1).unwrap();
        assert_eq!((at.seconds(), at.millis()), (-1, -1));
        assert_eq!(at.whole_seconds().text(), "1969-12-31 23:59:59");
    }

    #[test]
    fn daylight_saving_is_part_of_the_offset() {
        let summer = Moment::from_utc(datetime(2026, 7, 1, 0, 0, 0, 0)).unwrap();
        let winter = Moment::from_utc(datetime(2026, 1, 1, 0, 0, 0, 0)).unwrap();
        assert_eq!(summer.offset(&berlin()), (7_200_000, 3_600_000));
        assert_eq!(winter.offset(&berlin()), (3_600_000, 0));
        assert_eq!(winter.offset(&TimeZone::UTC), (0, 0));
        let dublin = zone("Europe/Dublin").unwrap();
        assert_eq!((summer.offset(&dublin), winter.offset(&dublin)), ((3_600_000, 3_600_000), (0, 0)));
        assert_eq!(summer.offset(&zone("Europe/Moscow").unwrap()), (10_800_000, 0));
        let before = Moment::from_utc(datetime(2014, 10, 1, 0, 0, 0, 0)).unwrap();
        assert_eq!(before.offset(&zone("Europe/Moscow").unwrap()), (14_400_000, 0));
    }

    #[test]
    fn an_unknown_zone_is_named() {
        assert_eq!(zone("Mars/Base").unwrap_err(), DateError::Zone("Mars/Base".to_owned()));
    }
}
