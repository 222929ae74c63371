//! Time as scripts reckon with it: moments, lengths of time, calendars, formats, working hours. Pure
//! arithmetic but for [`run`], which asks the run for its now, its zone and its language. There is no clock.

pub(crate) mod calendar;
pub(crate) mod hours;
pub(crate) mod input;
pub(crate) mod java;
pub(crate) mod length;
pub(crate) mod moment;
pub(crate) mod names;
pub(crate) mod period;
pub(crate) mod php;
pub(crate) mod phrase;
pub(crate) mod run;
pub(crate) mod states;
pub(crate) mod working;

use thiserror::Error;

use crate::HostError;
use crate::interp::convert::Halt;

pub(crate) use moment::Moment;
pub(crate) use run::moment_of;
pub(crate) use states::{Clock, Day, Length, Point};

/// Why a reckoning with time has no result.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum DateError {
    /// Outside of the years that there are here.
    #[error("the date would be outside of the years 1 to 9999")]
    Range,
    /// A text that is none of the forms that are read.
    #[error("`{0}` is no date that can be read: write it as `2026-11-24 10:00:00`")]
    Text(String),
    /// A text that is not of the form that was asked for.
    #[error("`{text}` is not of the form `{form}`")]
    Form {
        /// The text.
        text: String,
        /// The form.
        form: String,
    },
    /// A text that is no length of time.
    #[error("`{0}` is no length of time: write it as `2 10:30:00`, days and hours, or as a number")]
    Length(String),
    /// A name that is no time zone.
    #[error("there is no time zone `{0}`: use a name such as `Europe/Moscow`")]
    Zone(String),
    /// Working hours that do not add up to what is asked for.
    #[error("the schedule has too few working hours within {0} days")]
    TooFar(u32),
}

impl DateError {
    fn code(&self) -> &'static str {
        match self {
            Self::Range => "date_out_of_range",
            Self::Text(_) | Self::Form { .. } => "bad_date",
            Self::Length(_) => "bad_duration",
            Self::Zone(_) => "no_such_time_zone",
            Self::TooFar(_) => "schedule_too_far",
        }
    }
}

impl From<DateError> for Halt {
    fn from(error: DateError) -> Self {
        HostError::refused(error.code(), error.to_string()).into()
    }
}
