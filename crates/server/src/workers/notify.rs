//! Events: claims them in the order of their records, decides who is mailed, applies the plan.

use std::sync::Arc;

use rejoinder_engine::context::NextNumber;
use rejoinder_engine::notify::{Event, decide};
use rejoinder_store::{QueueError, StoredEvent};

use super::apply::{Ended, settle};
use super::deciders::decide_all;
use super::process::micros;
use crate::app::{App, context};
use crate::error::AppError;
use crate::limits::{CLAIM_ROWS, LEASE, RETRY_FAULT};

/// Works on the events that wait; says how many it claimed.
pub fn tick(app: &Arc<App>) -> Result<usize, AppError> {
    app.config()?;
    let claimed = app.store.claim_events(&app.claim("notify", CLAIM_ROWS, LEASE))?;
    let count = claimed.len();
    decide_all(app, claimed, one);
    Ok(count)
}

fn one(app: &App, stored: &StoredEvent) {
    let event = event(stored);
    let ended = settle(app, |config, view| {
        Ok(decide(context(config, view, stored.decided_at(), stored.seed, &NextNumber), &event)?)
    });
    let (why, retry_at) = match ended {
        Ended::Applied(applied) => return app.wake.tell_applied(&applied),
        Ended::Fenced => return,
        Ended::Later(why) => (why, Some(app.env.now().plus(micros(RETRY_FAULT)))),
        Ended::Never(why) => (why, None),
    };
    tracing::warn!(event = %stored.id, code = why.code, reason = why.text, "an event could not be decided");
    if let Err(error) = app.store.fail_event((stored.seq, stored.epoch), &why, retry_at, app.env.now())
        && !matches!(error, QueueError::Fenced)
    {
        tracing::error!(event = %stored.id, %error, "the claim could not be given back; its lease ends by itself");
    }
}

/// What the engine decides on.
pub fn event(stored: &StoredEvent) -> Event {
    Event {
        id: stored.id,
        seq: stored.seq,
        epoch: stored.epoch,
        name: stored.name.clone(),
        record: stored.record.clone(),
        old: stored.old.clone(),
        new: stored.new.clone(),
        journal: stored.journal.clone(),
        params: stored.params.clone(),
        actor: stored.actor.clone(),
        chain: stored.chain.clone(),
        from_email: stored.from_email,
        seed: stored.seed,
    }
}
