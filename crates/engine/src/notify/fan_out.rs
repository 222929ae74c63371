//! Many recipients: one mail that stands for all, and a job that writes the rest in chunks (design 3).
//!
//! Each chunk is a plan of its own, keyed by event, rule and person; sending begins with the first one.

use super::{Event, letter, recipient};
use crate::config::Rule;
use crate::context::Context;
use crate::draft::Draft;
use crate::id::Id;
use crate::limits::FAN_OUT_CHUNK;
use crate::plan::{Cause, CauseKind, JobWork, NewJob, OutgoingEmail, Plan, Purpose, Unit};
use crate::trace::Trace;
use crate::view::ViewError;

/// A step of a fan-out, as the queue holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FanOut {
    /// The job.
    pub job: Id,
    /// The claim.
    pub epoch: i64,
    /// The rule.
    pub rule: Id,
    /// The mail that stands for all.
    pub parent: Id,
    /// The key of the last person who was written to; empty at the beginning.
    pub cursor: String,
}

/// Plans the job and the mail that stands for all.
pub fn begin(context: Context<'_>, event: &Event, rule: &Rule, people: usize, plan: &mut Plan) {
    let parent = event.seed.id(&format!("fan-out:{}", rule.id), context.now);
    let Some(account) = context.config.sending_account(rule.account) else {
        plan.trace.note("no_account", format!("{}: no account sends mail", rule.name));
        return;
    };
    plan.outgoing.push(OutgoingEmail {
        id: parent,
        purpose: Purpose::FanOut,
        account: account.id,
        message_id: String::new(),
        in_reply_to: None,
        subject: rule.subject.clone(),
        from: account.from.clone(),
        text: String::new(),
        record: Some(event.record.clone()),
        rule: rule.name.clone(),
        parent: None,
        digest: String::new(),
        bytes: Vec::new(),
        deliveries: Vec::new(),
    });
    let label = format!("job:{}", rule.id);
    plan.jobs.push(NewJob {
        id: event.seed.id(&label, context.now),
        work: JobWork::FanOut { event: event.id, rule: rule.id, parent },
        seed: event.seed.derive(&label),
    });
    plan.trace
        .note("fan_out", format!("{}: {people} people, written in steps of {FAN_OUT_CHUNK}", rule.name));
}

/// Decides the next step: the people behind the cursor, at most [`FAN_OUT_CHUNK`].
pub fn decide(context: Context<'_>, event: &Event, step: &FanOut) -> Result<Plan, ViewError> {
    let mut trace = Trace::new("job", step.job, context.now, context.config.generation);
    let cause = Cause { kind: CauseKind::Job, id: step.job, chain: event.chain.clone() };
    let unit = Unit::Job { id: step.job, epoch: step.epoch, cursor: None };
    let Some(rule) = context.config.rules.iter().find(|rule| rule.id == step.rule) else {
        trace.note("rule_gone", "the rule is gone or switched off: the rest is not mailed");
        return Ok(Plan::new(unit, context.now, event.actor.clone(), cause, trace));
    };
    let mut plan = Plan::new(unit, context.now, event.actor.clone(), cause.clone(), trace);
    let draft = Draft::new(context, event.actor.clone());
    let Some(event) = super::as_it_is(&draft.reads, event)? else {
        plan.trace.note("record_gone", "the record is gone: the rest is not mailed");
        draft.finish(&mut plan, &cause, None);
        return Ok(plan);
    };
    let event = event.as_ref();
    let people = recipient::collect(&draft.reads, context, rule, event, &mut plan)?;
    let mut rest = people.into_iter().filter(|person| person.key() > step.cursor).peekable();
    let chunk: Vec<_> = rest.by_ref().take(FAN_OUT_CHUNK).collect();
    let cursor = chunk.last().map(recipient::Candidate::key).filter(|_| rest.peek().is_some());
    let about = letter::Occasion { reads: &draft.reads, context, event, rule, parent: Some(step.parent) };
    letter::write_all(&about, &chunk, &mut plan)?;
    plan.unit = Unit::Job { id: step.job, epoch: step.epoch, cursor };
    draft.finish(&mut plan, &cause, None);
    // The people of a step were read to find them, not to decide on them: a change of one of them must not
    // send the step back. What is decided is fixed by event, rule and person.
    plan.guards.clear();
    plan.trace = plan.trace.bounded();
    Ok(plan)
}
