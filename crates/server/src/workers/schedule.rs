//! The clock of scheduled jobs: keeps their next times, and begins the runs whose time has come.
//!
//! The runs themselves are jobs. Must not work out times; the engine does.

use rejoinder_engine::config::Config;
use rejoinder_engine::context::NextNumber;
use rejoinder_engine::schedule::{ScheduledJob, Waiting, due};
use rejoinder_engine::time::Timestamp;
use rejoinder_store::ApplyError;

use crate::app::{App, Work, context};
use crate::error::AppError;

/// Begins what is due; says how many runs were begun or left out.
pub fn tick(app: &App) -> Result<usize, AppError> {
    let config = app.config()?;
    let now = app.env.now();
    let mut begun = 0;
    for waiting in kept(app, &config, now)? {
        let job = config.jobs.get(&waiting.job).filter(|job| job.fingerprint == waiting.fingerprint);
        if let (Some(job), Some(at)) = (job, waiting.next_at.filter(|at| *at <= now)) {
            begun += usize::from(begin(app, &config, (job, &waiting, at))?);
        }
    }
    if begun > 0 {
        app.wake.tell(Work::Jobs);
    }
    Ok(begun)
}

/// Sets the next times of jobs that are new, were changed or are gone; at the start before anything else, so that
/// nothing is written later that nobody asked for.
pub fn keep(app: &App) -> Result<(), AppError> {
    kept(app, app.config()?.as_ref(), app.env.now()).map(|_| ())
}

/// The next times, after jobs that are new, were changed or are gone have theirs set.
fn kept(app: &App, config: &Config, now: Timestamp) -> Result<Vec<Waiting>, AppError> {
    let waiting = app.store.schedules()?;
    let same =
        |one: &Waiting| config.jobs.get(&one.job).is_some_and(|job| job.fingerprint == one.fingerprint);
    if waiting.len() == config.jobs.len() && waiting.iter().all(same) {
        return Ok(waiting);
    }
    // From the moment of the change on, so that no time is lost until somebody looks.
    let next = |job: &ScheduledJob| job.next(job.changed_at.unwrap_or(now).min(now));
    let known = config.jobs.values().map(|job| (job.id, job.fingerprint.clone(), next(job)));
    app.store.set_schedules(config.generation, known.collect())?;
    Ok(app.store.schedules()?)
}

/// Whether it was this process that saw to the time.
fn begin(
    app: &App,
    config: &Config,
    (job, waiting, at): (&ScheduledJob, &Waiting, Timestamp),
) -> Result<bool, AppError> {
    let view = app.store.view()?;
    let plan = due(context(config, &view, app.env.now(), app.env.seed()?, &NextNumber), job, waiting, at);
    drop(view);
    match app.store.apply(&plan) {
        Ok(_) => Ok(true),
        // Another process was faster, or the job was changed meanwhile: the next look sees what holds now.
        Err(ApplyError::Fenced | ApplyError::Conflict(_)) => Ok(false),
        Err(error) => {
            tracing::error!(job = job.name, %error, "a run could not be begun; it is tried again");
            Ok(false)
        }
    }
}
