//! A time that has come: a run begins, or is left out with its reason; and the next time is set.

use super::{Missed, ScheduledJob};
use crate::context::Context;
use crate::id::Id;
use crate::limits::JOB_LATE_MINUTES;
use crate::plan::{Actor, Cause, CauseKind, JobWork, NewJob, Plan, Unit, Why};
use crate::time::{MINUTE, Timestamp};
use crate::trace::Trace;

/// A job that waits for its next time, as the store holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The job.
    pub job: Id,
    /// Of which configuration of the job the time is.
    pub fingerprint: String,
    /// The next time; `None` where it does not run by itself.
    pub next_at: Option<Timestamp>,
    /// Raised with each change of the time: a plan of an older one is not applied.
    pub epoch: i64,
    /// Whether a run of it is under way.
    pub busy: bool,
}

/// Decides what becomes of the time `at` that has come; `context.now` is the present.
pub fn due(context: Context<'_>, job: &ScheduledJob, waiting: &Waiting, at: Timestamp) -> Plan {
    let late = context.now.micros() - at.micros() > JOB_LATE_MINUTES * MINUTE;
    let skipped = if waiting.busy {
        Some(Why::new("still_running", "the run before this one had not ended"))
    } else if late && job.missed == Missed::Skip {
        let text = format!("nobody was there at {at}, and the job is set to leave out what was missed");
        Some(Why::new("missed", text))
    } else {
        None
    };
    let work = match &skipped {
        Some(why) => JobWork::Skipped { job: job.id, due: at, why: why.clone() },
        None => JobWork::Run { job: job.id, due: at, by: None },
    };
    let next_at = job.next(context.now);
    let unit = Unit::Schedule { job: job.id, epoch: waiting.epoch, next_at };
    let mut plan = begin(context, job, unit, work);
    plan.trace.note("due", format!("{} was due at {at}", job.name));
    match skipped {
        Some(why) => plan.trace.note(&why.code, why.text),
        None if late => {
            let text =
                format!("begun at {}: one run makes up for all that were missed since then", context.now);
            plan.trace.note("made_up_for", text);
        }
        None => {}
    }
    let next = next_at.map_or_else(|| "never".to_owned(), Timestamp::rfc3339);
    plan.trace.note("next", format!("it runs next: {next}"));
    plan
}

/// A run that a person asks for.
pub fn by_hand(context: Context<'_>, job: &ScheduledJob, request: Id, actor: &Actor) -> Plan {
    let work = JobWork::Run { job: job.id, due: context.now, by: Some(actor.label.clone()) };
    let mut plan = begin(context, job, Unit::Request { id: request }, work);
    plan.actor = actor.clone();
    plan.trace.note("by_hand", format!("{} was run by {}", job.name, actor.label));
    plan
}

fn begin(context: Context<'_>, job: &ScheduledJob, unit: Unit, work: JobWork) -> Plan {
    let run = context.seed.id("run", context.now);
    let trace = Trace::new("job", run, context.now, context.config.generation);
    let actor = Actor { user: None, label: job.label() };
    let cause = Cause { kind: CauseKind::Job, id: run, chain: Vec::new() };
    let mut plan = Plan::new(unit, context.now, actor, cause, trace);
    // Whoever moves the job's times while this is decided has it decided again.
    plan.generation = Some(context.config.generation);
    plan.jobs.push(NewJob { id: run, work, seed: context.seed.derive("run") });
    plan
}
