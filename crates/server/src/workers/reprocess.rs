//! Mails that are decided once more: one in each step of a job, with its own plan.
//!
//! The step settles the job and the mail together, so that neither a crash nor a second worker does it twice.

use rejoinder_engine::config::Config;
use rejoinder_engine::context::Context;
use rejoinder_engine::id::Id;
use rejoinder_engine::inbound::again::decide_again;
use rejoinder_engine::plan::{Actor, Cause, CauseKind, PassedOver, Plan, Unit, Why};
use rejoinder_engine::trace::Trace;
use rejoinder_store::{ClaimedJob, DecidedBefore};

use super::apply::{Ended, settle};
use super::process::arrival as input;
use crate::app::{App, context};
use crate::error::AppError;
use crate::numbers::RequestNumbers;

/// Decides the next mail of the job once more. One that cannot be decided is passed over with its reason: the others
/// do not wait for it.
pub(super) fn step(app: &App, job: &ClaimedJob, arrivals: &[Id], by: &str) -> Ended {
    let place = job.cursor.as_deref().map_or(Ok(0), str::parse::<usize>);
    let Ok(place) = place else {
        return Ended::Never(Why::new("bug", "the place of the job cannot be read"));
    };
    let cursor = Some(place + 1).filter(|next| *next < arrivals.len()).map(|next| next.to_string());
    let unit = || Unit::Job { id: job.id, epoch: job.epoch, cursor: cursor.clone() };
    let Some(arrival) = arrivals.get(place).copied() else {
        return settle(app, |config, _| Ok(without(job, unit(), config, None)));
    };
    let pass = |why: Why| {
        let passed = PassedOver { arrival, why };
        settle(app, |config, _| Ok(without(job, unit(), config, Some(passed.clone()))))
    };
    let before = match possible(app, arrival) {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(why)) => return pass(why),
        Err(error) => return Ended::Later(Why::new(error.code(), error.to_string())),
    };
    let numbers = RequestNumbers::new(app);
    let ended = settle(app, |config, view| {
        // Read with each try: somebody else may have decided it meanwhile.
        let Some(known) = app.store.decided_before(arrival)? else {
            return Err(AppError::NotFound { what: "arrival", name: arrival.to_string() });
        };
        if let Some(why) = &known.not_possible {
            return Err(AppError::Refused(why.text.clone()));
        }
        let seed = job.seed.derive(&arrival.to_string());
        let context = context(config, view, job.created_at, seed, &numbers);
        decide_one(context, &known, &before, (unit(), by))
    });
    match ended {
        Ended::Never(why) => pass(why),
        other => other,
    }
}

/// The bytes of a mail that can be decided once more, or why it cannot.
pub fn possible(app: &App, arrival: Id) -> Result<Result<Vec<u8>, Why>, AppError> {
    let Some(known) = app.store.decided_before(arrival)? else {
        return Ok(Err(Why::new("gone", "there is no such mail any more")));
    };
    if let Some(why) = known.not_possible {
        return Ok(Err(why));
    }
    let gone = || Why::new("no_bytes", "the bytes of the mail are gone from the database");
    Ok(app.store.blob(&known.arrival.digest)?.ok_or_else(gone))
}

/// The decision about one mail that has done something before.
pub fn decide_one(
    context: Context<'_>,
    known: &DecidedBefore,
    bytes: &[u8],
    for_whom: (Unit, &str),
) -> Result<Plan, AppError> {
    let mail = input(&known.arrival, bytes.to_vec());
    Ok(decide_again(context, &mail, &known.before, for_whom)?)
}

/// A step that decides about no mail.
fn without(job: &ClaimedJob, unit: Unit, config: &Config, passed: Option<PassedOver>) -> Plan {
    let cause = Cause { kind: CauseKind::Job, id: job.id, chain: Vec::new() };
    let trace = Trace::new("job", job.id, job.created_at, config.generation);
    let mut plan = Plan::new(unit, job.created_at, Actor::system(), cause, trace);
    if let Some(passed) = &passed {
        plan.trace.note(&passed.why.code, passed.why.text.clone());
    }
    plan.passed_over = passed;
    plan
}
