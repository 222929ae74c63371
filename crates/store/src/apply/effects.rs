//! The statements of a plan in their order, each with what it is about; and those that fit nowhere else.
//!
//! Must not read: what a statement needs from the database it asks for itself.

use rejoinder_engine::plan::{Plan, Unit};

use super::{ApplyError, insert};
use crate::error::{DbError, StoreError};
use crate::row::{json, params};
use crate::tx::{Statement, Tx};
use crate::{attention, job};

/// What a statement is about, to say what is wrong when it does not touch the rows it must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum About {
    /// A record: somebody else wrote or removed it.
    Record(String),
    /// Anything else.
    Other(&'static str),
}

/// The statements of a plan.
#[derive(Debug, Default)]
pub(super) struct Effects {
    statements: Vec<Statement>,
    about: Vec<About>,
}

impl Effects {
    pub(super) fn push(&mut self, about: About, statement: Statement) {
        self.about.push(about);
        self.statements.push(statement);
    }

    pub(super) fn other(&mut self, about: &'static str, statement: Statement) {
        self.push(About::Other(about), statement);
    }

    pub(super) fn carry_out(&self, tx: &mut dyn Tx) -> Result<(), ApplyError> {
        let Err(error) = tx.batch(&self.statements) else { return Ok(()) };
        if let DbError::Rows { place, .. } = error {
            return Err(match self.about.get(place) {
                Some(About::Record(name)) => ApplyError::Conflict(name.clone()),
                Some(About::Other(what)) => ApplyError::Conflict((*what).to_owned()),
                None => error.into(),
            });
        }
        Err(error.into())
    }
}

/// Jobs, attention and the trace.
pub(super) fn write(effects: &mut Effects, plan: &Plan) -> Result<(), StoreError> {
    for new in &plan.jobs {
        effects.other("a job", job::insert(new, plan.now)?);
        for old in crate::schedule::forget_runs(new, plan.now) {
            effects.other("the runs that are kept", old);
        }
    }
    for attention in &plan.attention {
        effects.other("an entry of attention", attention::once(attention, plan.now));
    }
    effects.other("the trace", trace(plan)?);
    Ok(())
}

/// The trace under the id of its unit. A unit that is decided again after a person asked for it replaces its
/// trace; each step of a job has its own, under the cursor that it leads to; a mail
/// that is decided once more keeps every trace.
fn trace(plan: &Plan) -> Result<Statement, StoreError> {
    let step = match (&plan.again, &plan.unit) {
        (Some(again), _) => format!("again {}", again.decision + 1),
        (None, Unit::Job { cursor, .. }) => cursor.clone().unwrap_or_else(|| "end".to_owned()),
        (None, _) => String::new(),
    };
    let facts = json(&plan.trace)?;
    Ok(insert(
        "INSERT INTO trace (id, step, kind, at, facts) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (id, step) DO UPDATE SET kind = excluded.kind, at = excluded.at, facts = excluded.facts",
        params![plan.trace.id, step, &plan.trace.of, plan.trace.at, facts],
    ))
}
