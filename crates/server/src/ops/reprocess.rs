//! Reprocessing: mails that came are decided once more with today's rules; shown first, then done by a job.
//!
//! What a mail has done stays and is not done again: see [`rejoinder_engine::inbound::again`].

use rejoinder_engine::context::NextNumber;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{Actor, Cause, CauseKind, JobWork, NewJob, Plan, Unit, Why};
use rejoinder_engine::reads::Reads;
use rejoinder_engine::trace::Trace;
use rejoinder_store::ArrivalFilter;

use super::decided::{Decided, Eyes};
use crate::app::{App, context, request_id};
use crate::error::AppError;
use crate::limits::{REPROCESS_MAX, REPROCESS_SHOWN_MAX};
use crate::workers::reprocess::{decide_one, possible};

/// Which mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// These arrivals.
    These(Vec<Id>),
    /// Those that a filter finds, the oldest first.
    Found(ArrivalFilter),
}

/// Mails that are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// Their arrivals in the order in which they came, at most [`REPROCESS_MAX`].
    pub arrivals: Vec<Id>,
    /// Whether there are more.
    pub more: bool,
}

/// What deciding a mail once more would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The arrival.
    pub arrival: Id,
    /// What it would do, or why it cannot be decided once more.
    pub decided: Result<Decided, Why>,
}

impl Shown {
    /// Whether something would be done.
    pub fn changes(&self) -> bool {
        self.decided.as_ref().is_ok_and(|decided| {
            !(decided.changes.is_empty() && decided.entries.is_empty() && decided.mails.is_empty())
        })
    }
}

/// The mails that are meant. None is named twice.
pub fn meant(app: &App, which: &Which) -> Result<Meant, AppError> {
    let most = usize::try_from(REPROCESS_MAX).unwrap_or(usize::MAX);
    let mut arrivals = match which {
        Which::Found(filter) => app.store.arrivals_where(filter, REPROCESS_MAX + 1)?,
        Which::These(ids) => {
            if ids.len() > most {
                return Err(AppError::Refused(format!(
                    "at most {REPROCESS_MAX} mails are reprocessed at once: name fewer"
                )));
            }
            let mut placed = Vec::new();
            for id in ids {
                let row = app.store.arrival(*id)?;
                let row = row.ok_or_else(|| AppError::NotFound { what: "arrival", name: id.to_string() })?;
                placed.push((row.seq, *id));
            }
            placed.sort_unstable();
            placed.dedup();
            placed.into_iter().map(|(_, id)| id).collect()
        }
    };
    let more = arrivals.len() > most;
    arrivals.truncate(most);
    Ok(Meant { arrivals, more })
}

/// What deciding them once more would do, each on the records as they are; nothing is written. Of more than
/// [`REPROCESS_SHOWN_MAX`] only the first are shown.
pub fn show(app: &App, eyes: Eyes<'_>, by: &str, arrivals: &[Id]) -> Result<Vec<Shown>, AppError> {
    let now = app.env.now();
    let most = usize::try_from(REPROCESS_SHOWN_MAX).unwrap_or(usize::MAX);
    let mut all = Vec::new();
    for arrival in arrivals.iter().take(most) {
        let decided = match possible(app, *arrival)? {
            Err(why) => Err(why),
            Ok(bytes) => {
                let known = app.store.decided_before(*arrival)?;
                let known =
                    known.ok_or_else(|| AppError::NotFound { what: "arrival", name: arrival.to_string() })?;
                let (config, view) = app.moment()?;
                let unit = Unit::Job { id: *arrival, epoch: 0, cursor: None };
                let context = context(&config, &view, now, app.env.seed()?, &NextNumber);
                match decide_one(context, &known, &bytes, (unit, by)) {
                    Ok(plan) => {
                        Ok(Decided::of(&config, &Reads::new(&view, &config.dictionary), eyes, &plan)?)
                    }
                    Err(AppError::Decide(error)) => Err(Why::new("not_decided", error.to_string())),
                    Err(error) => return Err(error),
                }
            }
        };
        all.push(Shown { arrival: *arrival, decided });
    }
    Ok(all)
}

/// Begins the job that decides them once more, for `actor`; its id. `request` is the identity of the request, where it
/// may be repeated: then the job is the one of the first time.
pub fn begin(app: &App, actor: Actor, arrivals: Vec<Id>, request: Option<Id>) -> Result<Id, AppError> {
    let now = app.env.now();
    let seed = app.env.seed()?;
    let id = request.map_or_else(|| request_id(&app.env), Ok)?;
    let cause = Cause { kind: CauseKind::Request, id, chain: Vec::new() };
    let mut trace = Trace::new("request", id, now, app.config()?.generation);
    trace.note("reprocess", format!("{} mails are decided once more for {}", arrivals.len(), actor.label));
    let job = NewJob {
        id,
        work: JobWork::Reprocess { arrivals, by: actor.label.clone() },
        seed: seed.derive("reprocess"),
    };
    let mut plan = Plan::new(Unit::Request { id }, now, actor, cause, trace);
    plan.jobs.push(job);
    let applied = app.store.apply(&plan)?;
    app.wake.tell_applied(&applied);
    Ok(id)
}
