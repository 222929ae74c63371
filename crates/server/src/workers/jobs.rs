//! Jobs: claims the next step of each, decides it, applies its plan.

use rejoinder_engine::context::NextNumber;
use rejoinder_engine::notify::fan_out::{FanOut, decide};
use rejoinder_engine::plan::{JobWork, Why};
use rejoinder_store::{ClaimedJob, QueueError};

use super::apply::{Ended, settle};
use super::notify::event;
use super::process::micros;
use crate::app::{App, Work, context};
use crate::error::AppError;
use crate::limits::{LEASE, RETRY_FAULT};

/// Steps that one tick claims: a step may write hundreds of mails.
const STEPS: u32 = 4;

/// Works on the steps that wait; says how many it claimed.
pub fn tick(app: &App) -> Result<usize, AppError> {
    app.config()?;
    let claimed = app.store.claim_jobs(&app.claim("jobs", STEPS, LEASE))?;
    for job in &claimed {
        one(app, job);
    }
    if !claimed.is_empty() {
        app.wake.tell(Work::Deliveries);
    }
    Ok(claimed.len())
}

fn one(app: &App, job: &ClaimedJob) {
    let JobWork::FanOut { event: id, rule, parent } = job.work;
    let step = FanOut {
        job: job.id,
        epoch: job.epoch,
        rule,
        parent,
        cursor: job.cursor.clone().unwrap_or_default(),
    };
    let ended = match app.store.event(id) {
        Ok(Some(stored)) => settle(app, |config, view| {
            let input = context(config, view, stored.created_at, job.seed, &NextNumber);
            Ok(decide(input, &event(&stored), &step)?)
        }),
        Ok(None) => Ended::Never(Why::new("no_event", "the event that the job mails about is gone")),
        Err(error) => Ended::Later(Why::new("database", error.to_string())),
    };
    let (why, retry_at) = match ended {
        Ended::Applied(_) | Ended::Fenced => return,
        Ended::Later(why) => (why, Some(app.env.now().plus(micros(RETRY_FAULT)))),
        Ended::Never(why) => (why, None),
    };
    tracing::warn!(job = %job.id, code = why.code, reason = why.text, "a step of a job failed");
    if let Err(error) = app.store.fail_job((job.id, job.epoch), &why, retry_at, app.env.now())
        && !matches!(error, QueueError::Fenced)
    {
        tracing::error!(job = %job.id, %error, "the claim could not be given back; its lease ends by itself");
    }
}
