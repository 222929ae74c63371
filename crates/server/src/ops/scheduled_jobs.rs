//! Scheduled jobs as people use them: what comes next, what ran, and a run by hand.

use rejoinder_engine::context::NextNumber;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::Actor;
use rejoinder_engine::schedule::{ScheduledJob, by_hand};
use rejoinder_engine::time::Timestamp;
use rejoinder_store::{ApplyError, QueueError, RunRow};

use crate::app::{App, Work, context, request_id};
use crate::error::AppError;

/// How often a run by hand is begun again while the configuration changes, before its asker is told.
const TRIES: usize = 8;

fn missing(id: Id) -> AppError {
    AppError::NotFound { what: "scheduled job", name: id.to_string() }
}

/// The next times of a job, whether or not it is switched on; none where it never comes.
pub fn next_times(app: &App, id: Id, count: usize) -> Result<Vec<Timestamp>, AppError> {
    let config = app.config()?;
    let job = config.jobs.get(&id).ok_or_else(|| missing(id))?;
    let schedule =
        job.schedule.as_ref().map_err(|rule| AppError::Refused(format!("{}: {rule}", job.name)))?;
    Ok(schedule.times(app.env.now(), count))
}

/// The job, as it is compiled.
pub fn job(app: &App, id: Id) -> Result<ScheduledJob, AppError> {
    app.config()?.jobs.get(&id).cloned().ok_or_else(|| missing(id))
}

/// Runs a job now. Refused while a run of it is under way.
pub fn run_now(app: &App, id: Id, actor: &Actor) -> Result<RunRow, AppError> {
    let (request, seed, now) = (request_id(&app.env)?, app.env.seed()?, app.env.now());
    for _ in 0..TRIES {
        let config = app.config()?;
        let job = config.jobs.get(&id).ok_or_else(|| missing(id))?;
        if app.store.is_running(id)? {
            let text = "a run of this job is under way: wait until it has ended";
            return Err(QueueError::NotPossible(text.to_owned()).into());
        }
        let view = app.store.view()?;
        let plan = by_hand(context(&config, &view, now, seed, &NextNumber), job, request, actor);
        drop(view);
        match app.store.apply(&plan) {
            Ok(_) => {
                app.wake.tell(Work::Jobs);
                let run = plan.jobs.first().map(|job| app.store.run(job.id)).transpose()?.flatten();
                return run.ok_or(AppError::Conflict);
            }
            Err(ApplyError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(AppError::Conflict)
}
