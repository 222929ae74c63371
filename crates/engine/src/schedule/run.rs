//! One step of a run: the records behind the cursor, at most [`JOB_STEP_RECORDS`], and an event or a script for each.

use rejoinder_script::Global;

use super::{SCHEDULED_JOB, ScheduledJob, Targets};
use crate::context::Context;
use crate::draft::rules::script_failed;
use crate::draft::{ChangeError, Draft};
use crate::events::{Raise, allowed};
use crate::id::Id;
use crate::limits::{JOB_RUN_RECORDS_MAX, JOB_STEP_RECORDS, JOB_STEP_SCRIPTS};
use crate::occasion::resolved;
use crate::plan::{Actor, Attention, Cause, CauseKind, Plan, Unit, Why};
use crate::record::Record;
use crate::script::ScriptSource;
use crate::script::run::{Given, handle, run};
use crate::trace::{Step, Trace};
use crate::view::{Query, ViewError};

/// A step of a run, as the queue holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunStep<'a> {
    /// The run.
    pub run: Id,
    /// The claim.
    pub epoch: i64,
    /// The job.
    pub job: Id,
    /// Where the step before it ended.
    pub cursor: Option<&'a str>,
}

/// Why a run cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The job cannot be carried out as it is: a person must change it.
    #[error("the job {job} cannot be carried out: {problem}")]
    Broken {
        /// Its name.
        job: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The records could not be read.
    #[error(transparent)]
    View(#[from] ViewError),
}

/// Decides one step. The context's seed is the run's own.
pub fn decide(context: Context<'_>, step: &RunStep<'_>) -> Result<Plan, RunError> {
    let mut trace = Trace::new("job", step.run, context.now, context.config.generation);
    let ended = Unit::Job { id: step.run, epoch: step.epoch, cursor: None };
    let cause = Cause { kind: CauseKind::Job, id: step.run, chain: Vec::new() };
    let Some(job) = context.config.jobs.get(&step.job) else {
        trace.note("job_gone", "the job is gone: nothing more is raised");
        let mut plan = Plan::new(ended, context.now, Actor::system(), cause, trace);
        plan.generation = Some(context.config.generation);
        return Ok(plan);
    };
    let broken = |problem: String| RunError::Broken { job: job.name.clone(), problem };
    let actor = Actor { user: None, label: job.label() };
    let cause = Cause { chain: vec![job.label()], ..cause };
    let mut plan = Plan::new(ended, context.now, actor.clone(), cause.clone(), trace);
    let targets = job.targets.as_ref().map_err(|rule| broken(rule.clone()))?;
    let table = targets.as_ref().map(|targets| targets.table.as_str());
    let entry = if job.script.is_empty() {
        Some(allowed(context.config, &job.event, table).map_err(|error| broken(advice(&error)))?)
    } else {
        None
    };
    // Each step draws ids of its own, so that steps decided again collide and others do not.
    let seed = context.seed.derive(&format!("step:{}", step.cursor.unwrap_or_default()));
    let mut draft = Draft::new(Context { seed, ..context }, actor);
    let raise = Raise { name: job.event.clone(), params: job.params.clone(), ..Raise::default() };
    match (targets, entry) {
        (None, Some(entry)) => {
            draft.raise(&raise, &entry.key()).map_err(|error| refused(job, error))?;
            plan.trace.push(Step::Raised { event: job.event.clone(), record: None, name: String::new() });
        }
        (None, None) => run_script(&mut draft, job, None, &mut plan),
        (Some(targets), _) => for_each(&mut draft, job, (targets, &raise), step, &mut plan)?,
    }
    draft.finish(&mut plan, &cause, None);
    plan.trace = plan.trace.bounded();
    Ok(plan)
}

/// Raises the event for the records behind the cursor, and says where the next step begins.
fn for_each(
    draft: &mut Draft<'_>,
    job: &ScheduledJob,
    (targets, raise): (&Targets, &Raise),
    step: &RunStep<'_>,
    plan: &mut Plan,
) -> Result<(), RunError> {
    let (done, after) = step.cursor.and_then(read_cursor).map_or((0, None), |(done, id)| (done, Some(id)));
    let condition = targets.condition_at(draft.context.now);
    let condition = resolved(&draft.reads, draft.context, None, &condition)?.into_owned();
    let mut query = Query::new(&targets.table, condition);
    query.after = after;
    let most = if job.script.is_empty() { JOB_STEP_RECORDS } else { JOB_STEP_SCRIPTS };
    query.limit = most.min(JOB_RUN_RECORDS_MAX.saturating_sub(done));
    let records = draft.reads.query(&query)?;
    let found = u32::try_from(records.len()).unwrap_or(JOB_STEP_RECORDS);
    let total = done.saturating_add(found);
    let text = format!(
        "records of `{}` that fulfil the condition: {found}; in this run so far: {total}",
        targets.table
    );
    plan.trace.note("considered", text);
    for record in &records {
        if !job.script.is_empty() {
            run_script(draft, job, Some(record), plan);
            continue;
        }
        draft.raise_for(raise, record).map_err(|error| refused(job, error))?;
        let name = crate::display::name_of(&draft.reads, record);
        plan.trace.push(Step::Raised { event: raise.name.clone(), record: Some(record.key()), name });
    }
    let Some(last) = records.last().filter(|_| found == query.limit) else { return Ok(()) };
    if total < JOB_RUN_RECORDS_MAX {
        let cursor = Some(cursor(total, last));
        plan.unit = Unit::Job { id: step.run, epoch: step.epoch, cursor };
    } else {
        let text = format!(
            "the job {} found more than {JOB_RUN_RECORDS_MAX} records: those beyond were left out of this run. Narrow its \
             condition",
            job.name
        );
        plan.trace.note("too_many", text.clone());
        let why = Why::new("too_many", text);
        let id = draft.context.seed.id("too many", draft.context.now);
        plan.attention.push(Attention { id, why, subject: "job".to_owned(), subject_id: step.run });
    }
    Ok(())
}

/// Runs the job's script, for a record or for none. One that fails leaves nothing behind, and the run goes on.
fn run_script(draft: &mut Draft<'_>, job: &ScheduledJob, record: Option<&Record>, plan: &mut Plan) {
    let before = draft.savepoint();
    let script = ScriptSource {
        kind: SCHEDULED_JOB,
        id: Some(job.id),
        name: &job.name,
        text: &job.script,
        vocabulary: job.vocabulary,
    };
    let current = record.map(|record| Global::Record(handle(draft, job.vocabulary, record)));
    let globals = current.into_iter().map(|current| ("current".to_owned(), current)).collect();
    let given = Given { globals, record: record.map(Record::key), ..Given::default() };
    let done = run(draft, &script, given);
    let mut faults = Vec::new();
    match done {
        Ok(ran) => {
            faults.extend(ran.refused.iter().map(|text| Why::new("write_refused", text.clone())));
            if let Some(why) = ran.error() {
                draft.roll_back(before);
                faults.push(why);
            }
        }
        Err(why) => faults.push(why),
    }
    for why in faults {
        draft.scripts.attend(script_failed(SCHEDULED_JOB, job.id, job.version, &job.name, &why.text));
        draft.scripts.tell(Step::Error { of: job.name.clone(), why });
    }
    plan.trace.steps.extend(draft.scripts.take_steps());
}

fn refused(job: &ScheduledJob, error: ChangeError) -> RunError {
    match error {
        ChangeError::View(error) => error.into(),
        other => RunError::Broken { job: job.name.clone(), problem: advice(&other) },
    }
}

fn advice(error: &ChangeError) -> String {
    match error {
        ChangeError::Event { hint: Some(hint), .. } => format!("{error}; {hint}"),
        other => other.to_string(),
    }
}

/// The cursor behind a record: how many came before, in as many digits as keep traces in their order, and its id.
fn cursor(total: u32, last: &Record) -> String {
    format!("{total:07}.{}", last.id)
}

fn read_cursor(text: &str) -> Option<(u32, Id)> {
    let (total, id) = text.split_once('.')?;
    Some((total.parse().ok()?, id.parse().ok()?))
}
