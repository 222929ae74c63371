//! From a draft to its plan: operations, one event per record, activities, files, guards.

use super::{Draft, Pending};
use crate::events::unregistered;
use crate::id::Id;
use crate::plan::{ActivityKind, Cause, NewEvent, Plan, RecordOp};
use crate::record::{Fields, Record, RecordKey};

impl Draft<'_> {
    /// Comments and work notes that are planned for a record, oldest first: whether only agents see it, who, what.
    pub(crate) fn entries(&self, record: Id) -> Vec<(bool, String, String)> {
        let of = self.state.activities.iter().filter(|one| one.record.id == record);
        let told = of.filter(|one| matches!(one.kind, ActivityKind::Comment | ActivityKind::WorkNote));
        told.map(|one| (one.kind == ActivityKind::WorkNote, one.actor.label.clone(), one.text.clone()))
            .collect()
    }

    /// The names of what changes, for the trace: operation, record, fields.
    pub fn summary(&self) -> Vec<(&'static str, RecordKey, Vec<String>)> {
        let line = |pending: &Pending| {
            let operation = match (&pending.before, &pending.after) {
                (None, _) => "insert",
                (Some(_), Some(_)) => "update",
                (Some(_), None) => "delete",
            };
            let mut fields: Vec<String> =
                changed_fields(pending).into_iter().filter(|name| !is_stamp(name)).collect();
            fields.extend(pending.journal.keys().cloned());
            (operation, pending.key.clone(), fields)
        };
        self.state.records.iter().map(line).collect()
    }

    /// Puts everything into the plan: operations, activities, one event per record, guards.
    pub fn finish(mut self, plan: &mut Plan, cause: &Cause, from_email: Option<Id>) {
        for pending in &self.state.records {
            if let Some(op) = operation(pending) {
                plan.records.push(op);
            }
            if let Some(event) = self.event(pending, from_email) {
                plan.events.push(event);
            }
        }
        for event in &self.state.raised {
            let Some(odd) = unregistered(self.context.config, event) else { continue };
            if plan.attention.iter().all(|one| one.id != odd.id) {
                plan.attention.push(odd);
            }
        }
        plan.trace.steps.extend(self.scripts.take_steps());
        plan.attention.extend(self.scripts.take_attention());
        plan.events.extend(self.state.raised);
        plan.attachments.extend(self.state.files);
        plan.taken_off.extend(self.state.taken_off);
        plan.renamed.extend(self.state.renamed);
        // What was made and removed again leaves no feed behind.
        let gone: Vec<Id> =
            self.state.records.iter().filter(|one| one.never_was()).map(|one| one.key.id).collect();
        plan.activities
            .extend(self.state.activities.into_iter().filter(|one| !gone.contains(&one.record.id)));
        plan.cause = cause.clone();
        plan.generation = Some(self.context.config.generation);
        plan.guards.extend(self.reads.into_guards());
    }

    fn event(&self, pending: &Pending, from_email: Option<Id>) -> Option<NewEvent> {
        let listens = self.context.config.dictionary.table(&pending.key.table)?.table.events;
        if !listens || pending.silent {
            return None;
        }
        let name = match (&pending.before, &pending.after) {
            (None, None) => return None,
            (None, Some(_)) => "inserted",
            (Some(_), Some(_)) => "updated",
            (Some(_), None) => "deleted",
        };
        let label = format!("event:{}", pending.key.id);
        Some(NewEvent {
            id: self.context.seed.id(&label, self.context.now),
            name: format!("{}.{name}", pending.key.table),
            record: pending.key.clone(),
            old: pending.before.as_ref().map(|record| record.fields.clone()),
            new: pending.after.as_ref().map(|record| record.fields.clone()),
            actor: self.actor.clone(),
            params: Vec::new(),
            journal: pending.journal.clone(),
            from_email: from_email.filter(|_| pending.before.is_none()),
            seed: self.context.seed.derive(&label),
            due: None,
            same: None,
        })
    }
}

/// Whether a field says who made or changed a record, and when.
pub(crate) fn is_stamp(field: &str) -> bool {
    matches!(field, "created_at" | "created_by" | "updated_at" | "updated_by")
}

fn changed_fields(pending: &Pending) -> Vec<String> {
    let empty = Fields::new();
    let before = pending.before.as_ref().map_or(&empty, |record| &record.fields);
    let after = pending.after.as_ref().map_or(&empty, |record| &record.fields);
    let names = before.keys().chain(after.keys()).collect::<std::collections::BTreeSet<_>>();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}

fn operation(pending: &Pending) -> Option<RecordOp> {
    let key = pending.key.clone();
    match (&pending.before, &pending.after) {
        (None, None) => None,
        (None, Some(after)) => Some(RecordOp::Insert { key, fields: after.fields.clone() }),
        (Some(before), None) => {
            Some(RecordOp::Delete { key, version: before.version, old: before.fields.clone() })
        }
        (Some(before), Some(after)) => {
            let pick = |record: &Record, name: &String| (name.clone(), record.get(name).clone());
            let names = changed_fields(pending);
            let old = names.iter().map(|name| pick(before, name)).collect();
            let new = names.iter().map(|name| pick(after, name)).collect();
            Some(RecordOp::Update { key, version: before.version, old, new })
        }
    }
}
