//! Jobs: claims the next step of each, decides it, applies its plan.

use std::time::Duration;

use rejoinder_engine::context::NextNumber;
use rejoinder_engine::id::Id;
use rejoinder_engine::notify::fan_out::{FanOut, decide};
use rejoinder_engine::plan::{JobWork, Why};
use rejoinder_engine::schedule::run::{RunStep, decide as decide_run};
use rejoinder_store::{ClaimedJob, QueueError};

use super::apply::{Ended, settle};
use super::notify::event;
use super::process::micros;
use crate::app::{App, Work, context};
use crate::error::AppError;
use crate::limits::{LEASE, RETRY_FAULT, RUN_RETRY_MAX};

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
        app.wake.tell(Work::Events);
    }
    Ok(claimed.len())
}

fn one(app: &App, job: &ClaimedJob) {
    let (ended, wait) = match &job.work {
        &JobWork::FanOut { event, rule, parent } => (fan_out(app, job, (event, rule, parent)), RETRY_FAULT),
        JobWork::Run { job: scheduled, .. } => (run(app, job, *scheduled), back_off(job.attempts)),
        JobWork::Reprocess { arrivals, by } => (super::reprocess::step(app, job, arrivals, by), RETRY_FAULT),
        JobWork::Skipped { .. } => {
            (Ended::Never(Why::new("bug", "a run that was left out was claimed")), RETRY_FAULT)
        }
    };
    let (why, retry_at) = match ended {
        Ended::Applied(_) | Ended::Fenced => return,
        Ended::Later(why) => (why, Some(app.env.now().plus(micros(wait)))),
        Ended::Never(why) => (why, None),
    };
    tracing::warn!(job = %job.id, code = why.code, reason = why.text, "a step of a job failed");
    if let Err(error) = app.store.fail_job((job.id, job.epoch), &why, retry_at, app.env.now())
        && !matches!(error, QueueError::Fenced)
    {
        tracing::error!(job = %job.id, %error, "the claim could not be given back; its lease ends by itself");
    }
}

/// How long a run waits after so many tries: twice as long each time.
pub fn back_off(attempts: i64) -> Duration {
    let doubled = u32::try_from(attempts).ok().and_then(|attempts| 2_u32.checked_pow(attempts));
    doubled.and_then(|times| RETRY_FAULT.checked_mul(times)).unwrap_or(RUN_RETRY_MAX).min(RUN_RETRY_MAX)
}

fn run(app: &App, job: &ClaimedJob, scheduled: Id) -> Ended {
    let step = RunStep { run: job.id, epoch: job.epoch, job: scheduled, cursor: job.cursor.as_deref() };
    settle(app, |config, view| {
        Ok(decide_run(context(config, view, job.created_at, job.seed, &NextNumber), &step)?)
    })
}

fn fan_out(app: &App, job: &ClaimedJob, (id, rule, parent): (Id, Id, Id)) -> Ended {
    let step = FanOut {
        job: job.id,
        epoch: job.epoch,
        rule,
        parent,
        cursor: job.cursor.clone().unwrap_or_default(),
    };
    match app.store.event(id) {
        Ok(Some(stored)) => settle(app, |config, view| {
            let input = context(config, view, stored.decided_at(), job.seed, &NextNumber);
            Ok(decide(input, &event(&stored), &step)?)
        }),
        Ok(None) => Ended::Never(Why::new("no_event", "the event that the job mails about is gone")),
        Err(error) => Ended::Later(Why::new("database", error.to_string())),
    }
}
