//! The table that conditions of notification rules ask: the record, with what the event adds as fields.

use crate::condition::eval::Subject;
use crate::condition::{Clause, Hierarchy, Related, Step};
use crate::dictionary::{Dictionary, TableInfo};
use crate::id::Id;
use crate::inbound::mail_table::field;
use crate::notify::Event;
use crate::reads::Reads;
use crate::record::Record;
use crate::value::{Kind, Value};

/// The fields that an event adds: who changed, and its parameters.
const EVENT_FIELDS: [(&str, Kind, Option<&str>); 6] = [
    ("event_actor", Kind::Reference, Some("user")),
    ("event_param_1", Kind::String, None),
    ("event_param_2", Kind::String, None),
    ("event_param_3", Kind::String, None),
    ("event_param_4", Kind::String, None),
    ("event_param_5", Kind::String, None),
];

/// The table of a rule with the fields of the event; an error sentence where there is no such table.
pub fn change_table(dictionary: &Dictionary, table: &str) -> Result<TableInfo, String> {
    let info = dictionary.table(table).ok_or_else(|| format!("there is no table `{table}`"))?;
    let mut info = info.as_ref().clone();
    for (name, kind, target) in EVENT_FIELDS {
        info.fields.insert(name.to_owned(), field(name, kind, target));
    }
    Ok(info)
}

/// A change as the subject of a condition: the images that the event holds, as they were at the change.
/// Values reached through references are read when the event is processed.
pub struct ChangeSubject<'a, 'b> {
    reads: &'b Reads<'a>,
    event: &'b Event,
    new: Record,
    old: Option<Record>,
}

impl<'a, 'b> ChangeSubject<'a, 'b> {
    /// The change that `event` tells of.
    pub fn new(reads: &'b Reads<'a>, event: &'b Event) -> Self {
        Self { reads, event, new: event.record_image(), old: event.old_image() }
    }

    fn added(&self, step: &Step, rest: &[Step]) -> Result<Option<Value>, String> {
        if step.field == "event_actor" {
            let Some(id) = self.event.actor.user else { return Ok(Some(Value::Null)) };
            if rest.is_empty() {
                return Ok(Some(Value::Ref(id)));
            }
            let user = self.reads.get("user", id).map_err(|error| error.to_string())?;
            return user.map_or(Ok(Some(Value::Null)), |user| self.below(&user, rest).map(Some));
        }
        if step.kind == Kind::Journal {
            return Ok(Some(self.event.journal.get(&step.field).cloned().unwrap_or_default()));
        }
        let place = step.field.strip_prefix("event_param_").and_then(|place| place.parse::<usize>().ok());
        Ok(place.map(|place| {
            let param =
                place.checked_sub(1).and_then(|place| self.event.params.get(place)).cloned().flatten();
            Value::text(param.unwrap_or_default())
        }))
    }

    fn below(&self, record: &Record, path: &[Step]) -> Result<Value, String> {
        self.reads.walk_path(record, path).map_err(|error| error.to_string())
    }
}

impl Subject for ChangeSubject<'_, '_> {
    fn value(&self, clause: &Clause) -> Result<Value, String> {
        if let Some((first, rest)) = clause.path.split_first()
            && let Some(value) = self.added(first, rest)?
        {
            return Ok(value);
        }
        self.below(&self.new, &clause.path)
    }

    fn old_value(&self, clause: &Clause) -> Result<Option<Value>, String> {
        // A journal has no value before: writing into it is the change.
        if clause.path.first().is_some_and(|step| step.kind == Kind::Journal) {
            return Ok(Some(Value::Null));
        }
        // A new record had no values: whatever it has now has changed.
        if self.event.is_insert() {
            return Ok(Some(Value::Null));
        }
        self.old.as_ref().map(|old| self.below(old, &clause.path)).transpose()
    }

    fn count(&self, related: &Related, id: Id, limit: u32) -> Result<u32, String> {
        self.reads.count(related, id, limit).map_err(|error| error.to_string())
    }

    fn above(&self, hierarchy: &Hierarchy, id: Id) -> Result<Option<Id>, String> {
        self.reads.above(hierarchy, id).map_err(|error| error.to_string())
    }
}
