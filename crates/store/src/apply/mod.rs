//! Carries out a plan: one transaction that settles the unit of work and writes every effect, or nothing.
//!
//! Order: settle the unit (fenced by its epoch), see that no lane is in the way, check what the plan read, write.
//! What is expensive (compression, JSON) is done before the transaction begins. Must not decide anything: what is
//! written is the plan's, and what the database adds are sequence numbers.

mod effects;
mod feed;
mod guard;
mod mail;
mod record;
mod settle;

use std::sync::Arc;

use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{Plan, Unit};
use rejoinder_engine::record::RecordKey;
use serde::{Deserialize, Serialize};

use crate::db::Store;
use crate::error::{DbError, StoreError};
use crate::schema::Schema;
use crate::stage::{self, Stage};
use crate::tx::{Statement, Tx};

use effects::Effects;
pub use mail::SEARCH_TEXT_CHARS;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Applied {
    /// The records that were inserted, changed or deleted, in the plan's order.
    pub records: Vec<RecordKey>,
    /// The outgoing mails.
    pub emails: Vec<Id>,
    /// How many events were raised: workers of events have something to do.
    pub events: usize,
    /// How many deliveries are ready: senders have something to do.
    pub deliveries: usize,
    /// How many jobs were begun or go on.
    pub jobs: usize,
    /// Whether this request was answered before: then nothing was written now, and this is the first answer.
    #[serde(skip)]
    pub repeated: bool,
}

/// Why nothing of a plan was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ApplyError {
    /// Something that the plan read has changed: decide again.
    #[error("{0} has changed since it was decided")]
    Conflict(String),
    /// The claim is over: the work went on without this worker.
    #[error("the claim is over: the lease ran out and the work went on without this worker")]
    Fenced,
    /// Another worker decides on this table alone for a moment: try again shortly.
    #[error("`{root}` is held by another worker for a moment")]
    LaneBusy {
        /// The root table.
        root: String,
    },
    /// Two records would share the value of a unique field.
    #[error("`{table}` already has a record with this `{field}`")]
    Unique {
        /// The root table.
        table: String,
        /// The field.
        field: String,
    },
    /// An effect with the identity of one in the plan is there already: the plan was applied before under another
    /// unit, or its seed was used twice.
    #[error("an effect of the plan is in `{0}` already")]
    Exists(String),
    /// The database, or a plan that does not fit the dictionary.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for ApplyError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unique { table, field } => Self::Unique { table, field },
            other => Self::Store(other),
        }
    }
}

impl From<DbError> for ApplyError {
    fn from(error: DbError) -> Self {
        match error {
            // A second copy of the same mail was settled between this one's reading and its writing.
            DbError::Unique { table, field } if table == "email" && field.contains("dedupe_key") => {
                Self::Conflict("the same mail in another mailbox".to_owned())
            }
            DbError::Unique { table, .. } if !table.starts_with(crate::schema::TABLE_PREFIX) => {
                Self::Exists(table)
            }
            other => Self::from(StoreError::from(other)),
        }
    }
}

/// A plan made ready: every statement but those that ask the database first.
struct Prepared {
    plan: Plan,
    schema: Arc<Schema>,
    /// The schema with the plan's own tables, where it defines some.
    extended: Option<Schema>,
    effects: Effects,
    applied: Applied,
    roots: Vec<String>,
    lane: Option<String>,
}

impl Store {
    /// Applies a plan: everything it holds, or nothing.
    pub fn apply(&self, plan: &Plan) -> Result<Applied, ApplyError> {
        self.apply_prepared(plan, None)
    }

    /// Applies a plan of the worker `by` that holds the lanes of what it writes (see [`crate::lane`]).
    pub fn apply_in_lane(&self, plan: &Plan, by: &str) -> Result<Applied, ApplyError> {
        self.apply_prepared(plan, Some(by.to_owned()))
    }

    fn apply_prepared(&self, plan: &Plan, lane: Option<String>) -> Result<Applied, ApplyError> {
        let prepared = Arc::new(prepare(self.dictionary(), plan, lane)?);
        let shared = Arc::clone(&prepared);
        let applied = self.write(move |tx| carry_out(tx, &shared))?;
        if prepared.extended.is_some() {
            self.reload_dictionary()?;
        }
        Ok(applied)
    }
}

fn prepare(schema: Arc<Schema>, plan: &Plan, lane: Option<String>) -> Result<Prepared, ApplyError> {
    let changes = [plan.tables.is_empty(), plan.removed_tables.is_empty(), plan.shipped_tables.is_empty()];
    let extended = match changes {
        [true, true, true] => None,
        _ => Some(schema.with_changes(&plan.tables, &plan.removed_tables)?),
    };
    let known = extended.as_ref().unwrap_or(&schema);
    let mut effects = Effects::default();
    let roots = record::write(&mut effects, known, plan)?;
    mail::write(&mut effects, plan)?;
    feed::write(&mut effects, plan)?;
    effects::write(&mut effects, plan)?;
    let applied = summary(plan);
    // The bytes are in the statements by now.
    let plan = without_bytes(plan);
    Ok(Prepared { plan, schema, extended, effects, applied, roots, lane })
}

fn summary(plan: &Plan) -> Applied {
    use rejoinder_engine::plan::DeliveryState;
    let ready = plan.outgoing.iter().flat_map(|mail| &mail.deliveries);
    Applied {
        records: plan.records.iter().map(|op| op.key().clone()).collect(),
        emails: plan.outgoing.iter().map(|mail| mail.id).collect(),
        events: plan.events.len(),
        deliveries: ready.filter(|delivery| delivery.state == DeliveryState::Ready).count(),
        jobs: plan.jobs.len() + usize::from(matches!(&plan.unit, Unit::Job { cursor: Some(_), .. })),
        repeated: false,
    }
}

/// What the transaction itself still needs of the plan: its unit, its guards and its tables.
fn without_bytes(plan: &Plan) -> Plan {
    let trace = rejoinder_engine::trace::Trace::new("", plan.trace.id, plan.trace.at, plan.trace.generation);
    let mut rest = Plan::new(plan.unit.clone(), plan.now, plan.actor.clone(), plan.cause.clone(), trace);
    rest.generation = plan.generation;
    rest.guards = guard::needed(plan);
    rest.tables.clone_from(&plan.tables);
    rest.removed_tables.clone_from(&plan.removed_tables);
    rest.shipped_tables.clone_from(&plan.shipped_tables);
    rest
}

fn carry_out(tx: &mut dyn Tx, prepared: &Prepared) -> Result<Applied, ApplyError> {
    let _inside = stage::enter(Stage::Transaction);
    let plan = &prepared.plan;
    if let Some(first) = settle::settle(tx, plan, &prepared.applied)? {
        return Ok(first);
    }
    guard::check(tx, prepared)?;
    if prepared.extended.is_some() {
        crate::ddl::define(tx, &prepared.schema, plan)?;
    }
    prepared.effects.carry_out(tx)?;
    Ok(prepared.applied.clone())
}

/// A statement whose row must be new.
fn insert(sql: &'static str, params: Vec<crate::tx::SqlValue>) -> Statement {
    Statement::new(sql, params).rows(1)
}
