//! Incoming mail: claims arrivals, decides each, applies its plan.

use std::sync::Arc;

use rejoinder_engine::inbound::{Arrival, decide};
use rejoinder_engine::plan::Why;
use rejoinder_store::{ClaimedArrival, QueueError};

use super::apply::{Ended, settle};
use super::deciders::decide_all;
use crate::app::{App, Work, context};
use crate::error::AppError;
use crate::limits::{CLAIM_ROWS, LEASE, RETRY_FAULT};
use crate::numbers::ArrivalNumbers;

/// Works on the arrivals that wait; says how many it claimed.
pub fn tick(app: &Arc<App>) -> Result<usize, AppError> {
    app.config()?;
    let claimed = app.store.claim_arrivals(&app.claim("process", CLAIM_ROWS, LEASE))?;
    let count = claimed.len();
    decide_all(app, claimed, one);
    if count > 0 {
        app.wake.tell(Work::Events);
        app.wake.tell(Work::Deliveries);
    }
    Ok(count)
}

fn one(app: &App, claimed: &ClaimedArrival) {
    let numbers = ArrivalNumbers::new(app, (claimed.seq, claimed.epoch), claimed.numbers.clone());
    let ended = match app.store.blob(&claimed.digest) {
        Ok(Some(bytes)) => {
            let arrival = arrival(claimed, bytes);
            settle(app, |config, view| {
                Ok(decide(context(config, view, claimed.received_at, claimed.seed, &numbers), &arrival)?)
            })
        }
        Ok(None) => Ended::Never(Why::new("no_bytes", "the bytes of the mail are gone from the database")),
        Err(error) => Ended::Later(Why::new("database", error.to_string())),
    };
    let failed = match ended {
        Ended::Applied(_) | Ended::Fenced => return,
        Ended::Later(why) => (why, Some(app.env.now().plus(micros(RETRY_FAULT)))),
        Ended::Never(why) => (why, None),
    };
    let (why, retry_at) = failed;
    numbers.keep();
    tracing::warn!(arrival = %claimed.id, code = why.code, reason = why.text, "a mail could not be decided");
    let released = app.store.fail_arrival((claimed.seq, claimed.epoch), &why, retry_at, app.env.now());
    if let Err(error) = released
        && !matches!(error, QueueError::Fenced)
    {
        tracing::error!(arrival = %claimed.id, %error, "the claim could not be given back; its lease ends by itself");
    }
}

/// What the engine decides on.
pub fn arrival(claimed: &ClaimedArrival, bytes: Vec<u8>) -> Arrival {
    Arrival {
        id: claimed.id,
        seq: claimed.seq,
        epoch: claimed.epoch,
        account: claimed.account,
        bytes,
        envelope_from: claimed.envelope_from.clone(),
        envelope_to: claimed.envelope_to.clone(),
        authentication: claimed.authentication.clone(),
    }
}

/// A span in microseconds.
pub fn micros(span: std::time::Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}
