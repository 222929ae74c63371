//! The first write of every plan: its unit of work is done, if the claim is still ours.
//!
//! Exactly one row or the plan is fenced. Must come before everything else, so that a plan of an older claim
//! writes nothing at all.

use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{EmailState, JobWork, Plan, Unit, Why};
use rejoinder_engine::time::Timestamp;

use super::{Applied, ApplyError};
use crate::error::StoreError;
use crate::row::{json, params};
use crate::tx::{Statement, Tx};

/// Settles the unit. The first answer where a request was answered before; nothing else is written then.
pub(super) fn settle(tx: &mut dyn Tx, plan: &Plan, applied: &Applied) -> Result<Option<Applied>, ApplyError> {
    match &plan.unit {
        Unit::Arrival { seq, epoch, email, state, why } => {
            fenced(tx, &arrival(plan, (*seq, *epoch), *email, *state, why.as_ref()))?;
            tx.execute("DELETE FROM arrival_key WHERE seq = ?1", &params![*seq])?;
        }
        Unit::Event { seq, epoch, parked, unheard } => {
            fenced(tx, &event(plan, (*seq, *epoch), parked.as_ref(), unheard.as_ref()))?;
        }
        Unit::Job { id, epoch, cursor } => job(tx, plan, (*id, *epoch), cursor.as_deref(), applied)?,
        Unit::Schedule { job, epoch, next_at } => fenced(tx, &schedule(*job, *epoch, *next_at))?,
        Unit::Request { id } => return request(tx, plan, *id, applied),
    }
    Ok(None)
}

fn fenced(tx: &mut dyn Tx, statement: &Statement) -> Result<(), ApplyError> {
    let touched = tx.execute(&statement.sql, &statement.params)?;
    if touched == 1 { Ok(()) } else { Err(ApplyError::Fenced) }
}

fn arrival(plan: &Plan, claimed: (i64, i64), email: Id, state: EmailState, why: Option<&Why>) -> Statement {
    let (seq, epoch) = claimed;
    Statement::new(
        "UPDATE arrival SET state = ?3, reason_code = ?4, reason_text = ?5, email = ?6, settled_at = ?7, \
         lease_until = NULL, lease_by = NULL WHERE seq = ?1 AND lease_epoch = ?2 AND state = 'in_process'",
        params![
            seq,
            epoch,
            state.word(),
            why.map(|why| why.code.as_str()),
            why.map(|why| why.text.as_str()),
            email,
            plan.now
        ],
    )
}

fn schedule(job: Id, epoch: i64, next_at: Option<Timestamp>) -> Statement {
    Statement::new(
        "UPDATE schedule SET next_at = ?3, epoch = epoch + 1 WHERE job = ?1 AND epoch = ?2",
        params![job, epoch, next_at],
    )
}

fn event(plan: &Plan, claimed: (i64, i64), parked: Option<&Why>, unheard: Option<&Why>) -> Statement {
    let (seq, epoch) = claimed;
    let (parked_at, settled_at) =
        if parked.is_some() { (Some(plan.now), None) } else { (None, Some(plan.now)) };
    Statement::new(
        "UPDATE event SET state = ?3, reason_code = ?4, reason_text = ?5, parked_at = ?6, settled_at = ?7, \
         lease_until = NULL, lease_by = NULL WHERE seq = ?1 AND lease_epoch = ?2 AND state = 'in_process'",
        params![
            seq,
            epoch,
            if parked.is_some() { "parked" } else { "processed" },
            parked.or(unheard).map(|why| why.code.as_str()),
            parked.or(unheard).map(|why| why.text.as_str()),
            parked_at,
            settled_at
        ],
    )
}

fn job(
    tx: &mut dyn Tx,
    plan: &Plan,
    claimed: (Id, i64),
    cursor: Option<&str>,
    applied: &Applied,
) -> Result<(), ApplyError> {
    let (id, epoch) = claimed;
    let state = if cursor.is_some() { "ready" } else { "processed" };
    let events = i64::try_from(applied.events).unwrap_or(i64::MAX);
    fenced(
        tx,
        &Statement::new(
            "UPDATE job SET state = ?3, step_cursor = COALESCE(?4, step_cursor), attempts = 0, next_at = ?5, \
             events = events + ?6, reason_code = NULL, reason_text = NULL, lease_until = NULL, lease_by = NULL \
             WHERE id = ?1 AND lease_epoch = ?2 AND state = 'in_process'",
            params![id, epoch, state, cursor, plan.now, events],
        ),
    )?;
    if cursor.is_some() {
        return Ok(());
    }
    let rows = tx.query("SELECT work FROM job WHERE id = ?1", &params![id])?;
    for row in rows {
        let JobWork::FanOut { parent, .. } = row.json(0)? else { continue };
        // The mail that stands for all is done when every mail is planned; each of these has its own state.
        tx.execute(
            "UPDATE email SET state = 'processed' WHERE id = ?1 AND state = 'in_process'",
            &params![parent],
        )?;
    }
    Ok(())
}

fn request(tx: &mut dyn Tx, plan: &Plan, id: Id, applied: &Applied) -> Result<Option<Applied>, ApplyError> {
    let result = json(applied)?;
    let inserted = tx.execute(
        "INSERT INTO request (id, at, result) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO NOTHING",
        &params![id, plan.now, result],
    )?;
    if inserted == 1 {
        return Ok(None);
    }
    let rows = tx.query("SELECT result FROM request WHERE id = ?1", &params![id])?;
    let row = rows
        .first()
        .ok_or_else(|| StoreError::Corrupt("a request vanished while it was repeated".to_owned()))?;
    let first: Applied = row.json(0)?;
    Ok(Some(Applied { repeated: true, ..first }))
}
