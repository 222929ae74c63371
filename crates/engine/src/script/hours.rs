//! Working hours, as scripts count with them.

use rejoinder_script::{HostError, Schedule};

use super::host::{ScriptHost, refuse, view_error};
use crate::automation::SCHEDULE;
use crate::automation::hours::Hours;
use crate::id::Id;

impl ScriptHost<'_, '_> {
    /// The working hours of this id; none where there are none of it, an error where they cannot be read.
    pub(super) fn working_hours(&self, id: &str) -> Result<Option<Schedule>, HostError> {
        let Ok(id) = id.parse::<Id>() else { return Ok(None) };
        if self.draft.context.config.dictionary.table(SCHEDULE).is_none() {
            return Ok(None);
        }
        let Some(record) = self.draft.reads.get(SCHEDULE, id).map_err(view_error)? else { return Ok(None) };
        let hours = Hours::read(&record);
        hours.map(|hours| Some(hours.0)).map_err(|(field, rule)| {
            refuse("bad_schedule", format!("the working hours {}: {field}: {rule}", record.text("name")))
        })
    }
}
