//! Whether what a plan read still holds: versions, answers of queries, table counters, configuration.
//!
//! Asked inside the transaction by the same code that answered the decision. Must not correct anything: a guard
//! that does not hold is a conflict, and the unit is decided again.

use rejoinder_engine::plan::{Guard, Plan, RecordOp};
use rejoinder_engine::reads::digest;

use super::{ApplyError, Prepared};
use crate::config;
use crate::error::StoreError;
use crate::lane;
use crate::schema::Schema;
use crate::tx::Tx;
use crate::view;

/// The guards that apply has to ask for: not the versions that the plan's own writes check anyway.
pub(super) fn needed(plan: &Plan) -> Vec<Guard> {
    let written = |guard: &Guard| {
        let Guard::Version { id, version, .. } = guard else { return false };
        let first = plan.records.iter().find(|op| op.key().id == *id);
        match first {
            Some(RecordOp::Update { version: before, .. } | RecordOp::Delete { version: before, .. }) => {
                before == version
            }
            Some(RecordOp::Insert { .. }) => *version == 0,
            None => false,
        }
    };
    plan.guards.iter().filter(|guard| !written(guard)).cloned().collect()
}

/// Checks that no lane is in the way, the configuration generation, and every guard of the plan. What one statement
/// tells of each is asked at once.
pub(super) fn check(tx: &mut dyn Tx, prepared: &Prepared) -> Result<(), ApplyError> {
    let (plan, schema) = (&prepared.plan, &*prepared.schema);
    let (mut questions, mut versions) = (Vec::new(), Vec::new());
    let writes = !prepared.roots.is_empty();
    questions.extend(writes.then(|| lane::held_asked(plan.now)));
    questions.extend(plan.generation.map(|_| config::generation_asked()));
    for guard in &plan.guards {
        if let Guard::Version { table, id, version } = guard {
            questions.push(view::version_asked(schema, table, *id)?);
            versions.push((table, id, *version));
        }
    }
    let mut answers = tx.queries(&questions)?.into_iter();
    if writes {
        let held = answers.next().unwrap_or_default();
        if let Some(root) = lane::busy_in(&held, &prepared.roots, prepared.lane.as_deref())? {
            return Err(ApplyError::LaneBusy { root });
        }
    }
    if let Some(decided_with) = plan.generation
        && config::generation_in(&answers.next().unwrap_or_default())? != decided_with
    {
        return Err(ApplyError::Conflict("the configuration".to_owned()));
    }
    for ((table, id, version), rows) in versions.into_iter().zip(answers) {
        if view::version_in(&rows)? != version {
            return Err(ApplyError::Conflict(format!("{table} {id}")));
        }
    }
    for guard in &plan.guards {
        if let Some(changed) = broken(tx, schema, guard)? {
            return Err(ApplyError::Conflict(changed));
        }
    }
    Ok(())
}

/// What a guard that takes more than a version says has changed.
fn broken(tx: &mut dyn Tx, schema: &Schema, guard: &Guard) -> Result<Option<String>, StoreError> {
    Ok(match guard {
        Guard::Version { .. } => None,
        Guard::Query { query, digest: read } => {
            let now = digest(&view::query(tx, schema, query)?);
            (now != *read).then(|| format!("the answer to a query of `{}`", query.table))
        }
        Guard::TableCounter { table, counter } => {
            let now = view::table_counter(tx, schema, table)?;
            (now != *counter).then(|| format!("the table `{table}`"))
        }
        Guard::NoRecord { table, field, breach } => {
            let found = crate::breach::find(tx, schema, (table, field), breach)?;
            (found.count > 0).then(|| format!("a value of `{table}.{field}`"))
        }
    })
}
