//! Whether what a plan read still holds: versions, answers of queries, table counters, configuration.
//!
//! Asked inside the transaction by the same code that answered the decision. Must not correct anything: a guard
//! that does not hold is a conflict, and the unit is decided again.

use rejoinder_engine::plan::{Guard, Plan, RecordOp};
use rejoinder_engine::reads::digest;

use super::ApplyError;
use crate::error::StoreError;
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

/// Checks the configuration generation and every guard of the plan.
pub(super) fn check(tx: &mut dyn Tx, schema: &Schema, plan: &Plan) -> Result<(), ApplyError> {
    if let Some(decided_with) = plan.generation
        && crate::config::generation(tx)? != decided_with
    {
        return Err(ApplyError::Conflict("the configuration".to_owned()));
    }
    for guard in &plan.guards {
        if let Some(changed) = broken(tx, schema, guard)? {
            return Err(ApplyError::Conflict(changed));
        }
    }
    Ok(())
}

fn broken(tx: &mut dyn Tx, schema: &Schema, guard: &Guard) -> Result<Option<String>, StoreError> {
    Ok(match guard {
        Guard::Version { table, id, version } => {
            let now = view::version(tx, schema, table, *id)?;
            (now != *version).then(|| format!("{table} {id}"))
        }
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
