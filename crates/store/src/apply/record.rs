//! Records of a plan: their rows, their change rows, the counters of their tables, and the configuration
//! generation where one of them is configuration.
//!
//! Must not know how a table is laid out; `crate::record` does.

use std::collections::BTreeMap;

use rejoinder_engine::plan::{Plan, RecordOp, Unit};
use rejoinder_engine::record::Fields;

use super::effects::{About, Effects};
use super::{ApplyError, insert};
use crate::error::StoreError;
use crate::row::{json, params};
use crate::schema::Schema;
use crate::tx::Statement;

/// The table of users.
const USERS: &str = "user";
/// Over how many rows the counter of one table is spread, so that plans that write the same table at the same time
/// do not wait for each other.
pub(crate) const COUNTER_SHARDS: i64 = 16;

/// Adds the statements of all records. Answers the root tables that are written.
pub(super) fn write(effects: &mut Effects, schema: &Schema, plan: &Plan) -> Result<Vec<String>, ApplyError> {
    let mut roots: BTreeMap<String, i64> = BTreeMap::new();
    let mut configuration = !plan.tables.is_empty();
    for op in &plan.records {
        let key = op.key();
        let info = schema.table(&key.table).ok_or_else(|| StoreError::NoSuchField(key.table.clone()))?;
        configuration |= info.table.configuration;
        *roots.entry(info.root.clone()).or_default() += 1;
        let about = About::Record(format!("{} {}", key.table, key.id));
        for statement in crate::record::statements(schema, op)? {
            effects.push(about.clone(), statement);
        }
        effects.push(about, change(plan, op)?);
        if info.root == USERS && shuts_out(op) {
            effects.other("sessions", crate::sign_in::end_all(key.id));
        }
    }
    let shard = shard(plan);
    for (root, writes) in &roots {
        effects.other("a table counter", count(root, shard, *writes));
    }
    if configuration {
        effects.other("the configuration generation", crate::config::raise("configuration_generation"));
    }
    Ok(roots.into_keys().collect())
}

/// Whether a user may no longer be signed in: their sessions end in the same transaction, and do not come back when
/// the user does.
fn shuts_out(op: &RecordOp) -> bool {
    match op {
        RecordOp::Insert { .. } => false,
        RecordOp::Update { new, .. } => new.contains_key("locked") || new.contains_key("active"),
        RecordOp::Delete { .. } => true,
    }
}

fn change(plan: &Plan, op: &RecordOp) -> Result<Statement, StoreError> {
    let (operation, sequence, old, new): (_, _, Option<&Fields>, Option<&Fields>) = match op {
        RecordOp::Insert { fields, .. } => ("insert", 1, None, Some(fields)),
        RecordOp::Update { version, old, new, .. } => ("update", version + 1, Some(old), Some(new)),
        RecordOp::Delete { version, old, .. } => ("delete", version + 1, Some(old), None),
    };
    let key = op.key();
    Ok(insert(
        "INSERT INTO change (record_id, sequence, record_table, at, operation, actor_user, actor_label, cause_kind, \
         cause_id, old_values, new_values) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            key.id,
            sequence,
            &key.table,
            plan.now,
            operation,
            plan.actor.user,
            &plan.actor.label,
            plan.cause.kind.word(),
            plan.cause.id,
            old.map(json).transpose()?,
            new.map(json).transpose()?
        ],
    ))
}

fn shard(plan: &Plan) -> i64 {
    match &plan.unit {
        Unit::Arrival { seq, .. } | Unit::Event { seq, .. } => seq.rem_euclid(COUNTER_SHARDS),
        Unit::Job { id, .. } | Unit::Request { id } => {
            let last = id.bytes().last().copied().unwrap_or_default();
            i64::from(last) % COUNTER_SHARDS
        }
    }
}

fn count(root: &str, shard: i64, writes: i64) -> Statement {
    insert(
        "INSERT INTO table_counter (root, shard, counter) VALUES (?1, ?2, ?3) \
         ON CONFLICT (root, shard) DO UPDATE SET counter = table_counter.counter + excluded.counter",
        params![root, shard, writes],
    )
}
