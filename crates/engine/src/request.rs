//! Changes that a person or a program asks for: the same plan as a mail's, decided by hand.

use crate::access::Rights;
use crate::context::Context;
use crate::draft::{ChangeError, Draft, Manner};
use crate::events::{EVENT_REGISTER, Raise, allowed};
use crate::file::NewFile;
use crate::id::Id;
use crate::plan::{Actor, Cause, CauseKind, Plan, Unit};
use crate::record::{Fields, RecordKey};
use crate::trace::{Step, Trace};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new record.
    Insert {
        /// The table.
        table: String,
        /// Its id, where the asker chose it.
        id: Option<Id>,
        /// Its values.
        fields: Fields,
    },
    /// New values.
    Update {
        /// The record.
        key: RecordKey,
        /// The values; no value clears.
        fields: Fields,
    },
    /// New values of which rules do not hear, as the dictionary fills in.
    Fill {
        /// The record.
        key: RecordKey,
        /// The values.
        fields: Fields,
    },
    /// A removal.
    Delete {
        /// The record.
        key: RecordKey,
    },
    /// A file that is put on a record.
    Attach {
        /// The record.
        key: RecordKey,
        /// The file.
        file: NewFile,
    },
    /// A file that is taken off a record.
    TakeOff {
        /// The record that has it.
        key: RecordKey,
        /// The file.
        attachment: Id,
        /// Its name, for the feed.
        name: String,
        /// Who brought it, where it is known.
        brought_by: Option<Id>,
    },
    /// An event of a name of its own.
    Raise {
        /// The record.
        key: RecordKey,
        /// The event.
        raise: Raise,
    },
}

impl Change {
    /// The id that the asker chose for a new record.
    const fn chosen_id(&self) -> Option<Id> {
        if let Self::Insert { id, .. } = self { *id } else { None }
    }
}

/// What is asked for; all of it is done, or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its identity; a repeat collides.
    pub id: Id,
    /// Who asks.
    pub actor: Actor,
    /// Whose rights count.
    pub rights: Rights,
    /// What for.
    pub changes: Vec<Change>,
}

/// Decides the request. Gives the plan and the records that it made or changed, in order.
pub fn decide(context: Context<'_>, request: &Request) -> Result<(Plan, Vec<RecordKey>), ChangeError> {
    decide_in(Draft::new(context, request.actor.clone()), request)
}

/// The same for what the program does itself, which may set what only the program sets (such as the digest of a
/// password). Not for values that somebody gave as they are.
pub fn decide_as_program(
    context: Context<'_>,
    request: &Request,
) -> Result<(Plan, Vec<RecordKey>), ChangeError> {
    let mut draft = Draft::new(context, request.actor.clone());
    draft.program = true;
    decide_in(draft, request)
}

fn decide_in(mut draft: Draft<'_>, request: &Request) -> Result<(Plan, Vec<RecordKey>), ChangeError> {
    let context = draft.context;
    draft.rights = request.rights.clone();
    let mut keys = Vec::new();
    draft.expected = request.changes.iter().filter_map(Change::chosen_id).collect();
    for change in &request.changes {
        keys.push(apply(&mut draft, change)?);
    }
    crate::automation::check_together(&draft)?;
    let mut trace = Trace::new("request", request.id, context.now, context.config.generation);
    trace.steps.extend(draft.scripts.take_steps());
    for (operation, record, fields) in draft.summary() {
        let found = draft.reads.get(&record.table, record.id)?;
        let name = found.map(|found| crate::display::name_of(&draft.reads, &found)).unwrap_or_default();
        trace.push(Step::Planned { operation: operation.to_owned(), record, name, fields });
    }
    let cause = Cause { kind: CauseKind::Request, id: request.id, chain: Vec::new() };
    let unit = Unit::Request { id: request.id };
    let mut plan = Plan::new(unit, context.now, request.actor.clone(), cause.clone(), trace);
    draft.finish(&mut plan, &cause, None);
    plan.trace = plan.trace.bounded();
    Ok((plan, keys))
}

fn apply(draft: &mut Draft<'_>, change: &Change) -> Result<RecordKey, ChangeError> {
    match change {
        Change::Insert { table, id: None, fields } => draft.insert(table, fields.clone()),
        Change::Insert { table, id: Some(id), fields } => {
            draft.insert_as(RecordKey { table: table.clone(), id: *id }, fields.clone())
        }
        Change::Update { key, fields } => draft.update(key, fields.clone()).map(|_| key.clone()),
        Change::Fill { key, fields } => {
            let silent = Manner { silent: true, ..Manner::default() };
            draft.update_how(key, fields.clone(), silent)?;
            Ok(key.clone())
        }
        Change::Delete { key } => draft.delete(key).map(|()| key.clone()),
        Change::Attach { key, file } => draft.attach(key, file).map(|_| key.clone()),
        Change::TakeOff { key, attachment, name, brought_by } => {
            draft.take_off(key, *attachment, name, *brought_by).map(|()| key.clone())
        }
        Change::Raise { key, raise } => {
            // An event without a record is about its entry in the registry.
            let table = Some(key.table.as_str()).filter(|table| *table != EVENT_REGISTER);
            allowed(draft.context.config, &raise.name, table)?;
            draft.raise(raise, key).map(|()| key.clone())
        }
    }
}
