//! What stands behind the date objects of both vocabularies.

use std::cell::{Cell, RefCell};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::Moment;
use super::calendar::time_text;

/// A moment that can be moved, and be none after a text that could not be read.
pub(crate) struct Point {
    /// The moment; `None` where the text was none.
    pub(crate) at: Cell<Option<Moment>>,
    /// Why it is none; empty where it is one.
    pub(crate) error: RefCell<String>,
    /// The zone of local times, where it is not the user's.
    pub(crate) zone: RefCell<Option<TimeZone>>,
}

impl Point {
    /// A moment.
    pub(crate) fn new(at: Moment) -> Self {
        Self { at: Cell::new(Some(at)), error: RefCell::default(), zone: RefCell::default() }
    }

    /// Takes a moment, or the reason why there is none.
    pub(crate) fn put(&self, at: Result<Moment, super::DateError>) {
        *self.error.borrow_mut() = at.as_ref().err().map(ToString::to_string).unwrap_or_default();
        self.at.set(at.ok());
    }

    /// `YYYY-MM-DD HH:mm:ss` in UTC; empty where it is no moment.
    pub(crate) fn text(&self) -> String {
        self.at.get().map(Moment::text).unwrap_or_default()
    }
}

/// A length of time in milliseconds.
pub(crate) struct Length {
    /// Milliseconds.
    pub(crate) millis: Cell<i64>,
}

impl Length {
    /// A length of so many milliseconds.
    pub(crate) const fn new(millis: i64) -> Self {
        Self { millis: Cell::new(millis) }
    }

    /// 1970-01-01 and the length, as databases of both platforms keep it.
    pub(crate) fn since_1970(&self) -> Result<Moment, super::DateError> {
        Moment::from_millis(self.millis.get())
    }
}

/// A day without a time.
pub(crate) struct Day {
    /// The day; `None` where the text was none.
    pub(crate) day: Cell<Option<Date>>,
}

impl Day {
    /// Its first moment in UTC.
    pub(crate) fn start(&self) -> Option<Moment> {
        let day = self.day.get()?;
        Moment::from_utc(DateTime::from_parts(day, jiff::civil::Time::midnight())).ok()
    }
}

/// A time of day: that of a moment in UTC, or in the user's zone where it was asked for so.
pub(crate) struct Clock {
    /// The moment whose time it is.
    pub(crate) at: Cell<Moment>,
    /// Whether its value is the time in the user's zone.
    pub(crate) is_local: bool,
}

impl Clock {
    /// The time of a moment in UTC.
    pub(crate) const fn utc(at: Moment) -> Self {
        Self { at: Cell::new(at), is_local: false }
    }

    /// The time of a moment in the user's zone.
    pub(crate) const fn local(at: Moment) -> Self {
        Self { at: Cell::new(at), is_local: true }
    }

    /// Day and time in UTC, or in the user's zone where it is such a time.
    pub(crate) fn shown(&self, zone: &TimeZone) -> DateTime {
        if self.is_local { self.at.get().local(zone) } else { self.at.get().utc() }
    }

    /// `HH:mm:ss` of it.
    pub(crate) fn text(&self, zone: &TimeZone) -> String {
        time_text(self.shown(zone).time())
    }
}
