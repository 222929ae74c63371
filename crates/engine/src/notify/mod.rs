//! From an event to mail: rules, conditions, recipients, text, in this order (design 8).
//!
//! [`decide`] looks at every rule that listens to the event, and [`fan_out::decide`] goes on where there are
//! more recipients than one plan takes.

mod event_action;
pub mod fan_out;
pub mod letter;
pub mod outgoing;
pub mod recipient;
pub mod rule_table;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::condition::eval::{Reason, evaluate};
use crate::config::Rule;
use crate::context::Context;
use crate::draft::Draft;
use crate::id::{Id, Seed};
use crate::limits::{EVENT_DEPTH_MAX, FAN_OUT_CHUNK};
use crate::occasion::resolved;
use crate::plan::{Actor, Attention, Cause, CauseKind, Plan, Unit, Why};
use crate::reads::Reads;
use crate::record::{Fields, Record, RecordKey};
use crate::script::run::Given;
use crate::script::{CONDITION, ScriptSource};
use crate::time::Timestamp;
use crate::trace::{Step, Trace};
use crate::view::ViewError;

use recipient::Candidate;

/// An event, as the queue holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its identity.
    pub id: Id,
    /// Its place in the queue.
    pub seq: i64,
    /// The claim.
    pub epoch: i64,
    /// Its name: `incident.updated`, or one of its own.
    pub name: String,
    /// The record.
    pub record: RecordKey,
    /// All values before.
    pub old: Option<Fields>,
    /// All values after.
    pub new: Option<Fields>,
    /// What was written into journals with the change.
    pub journal: Fields,
    /// Its parameters.
    pub params: Vec<Option<String>>,
    /// Who caused it.
    pub actor: Actor,
    /// The rules and actions that led to it.
    pub chain: Vec<String>,
    /// The mail that made the record and was answered.
    pub from_email: Option<Id>,
    /// The seed of its decisions.
    pub seed: Seed,
}

impl Event {
    /// The record as it is after the change, or as it was where it was deleted.
    pub fn record_image(&self) -> Record {
        let fields = self.new.clone().or_else(|| self.old.clone()).unwrap_or_default();
        Record { table: self.record.table.clone(), id: self.record.id, version: 0, fields }
    }

    /// The record as it was; `None` where it is new.
    pub fn old_image(&self) -> Option<Record> {
        let fields = self.old.clone()?;
        Some(Record { table: self.record.table.clone(), id: self.record.id, version: 0, fields })
    }

    /// Whether the record is new with this event.
    pub fn is_insert(&self) -> bool {
        self.operation() == Some("inserted")
    }

    fn operation(&self) -> Option<&str> {
        let operation = self.name.strip_prefix(&self.record.table)?.strip_prefix('.')?;
        matches!(operation, "inserted" | "updated" | "deleted").then_some(operation)
    }
}

/// A rule that wants to mail some people.
pub struct Wanted<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// The people.
    pub people: Vec<Candidate>,
}

/// Decides who is mailed about an event.
pub fn decide(context: Context<'_>, event: &Event) -> Result<Plan, ViewError> {
    let trace = Trace::new("event", event.id, context.now, context.config.generation);
    let cause = Cause { kind: CauseKind::Event, id: event.id, chain: event.chain.clone() };
    let unit = Unit::Event { seq: event.seq, epoch: event.epoch, parked: None, unheard: None };
    let mut plan = Plan::new(unit, context.now, event.actor.clone(), cause.clone(), trace);
    if event.chain.len() >= EVENT_DEPTH_MAX {
        park(&mut plan, event);
        return Ok(plan);
    }
    let mut draft = Draft::new(context, event.actor.clone());
    let Some(event) = as_it_is(&draft.reads, event)? else {
        record_gone(&mut plan, event);
        draft.finish(&mut plan, &cause, None);
        return Ok(plan);
    };
    let event = event.as_ref();
    let ran = event_action::run_all(&mut draft, event);
    let cause = caused_by(cause, &ran);
    plan.trace.steps.extend(draft.scripts.take_steps());
    let mut wanted = Vec::new();
    for rule in context.config.rules.iter().filter(|rule| listens(context, rule, event)) {
        if holds(&mut draft, rule, event, &mut plan) {
            wanted.push(Wanted {
                rule,
                people: recipient::collect(&draft.reads, context, rule, event, &mut plan)?,
            });
        }
    }
    supersede(&mut wanted, &mut plan.trace);
    for Wanted { rule, people } in wanted {
        if people.len() > FAN_OUT_CHUNK {
            fan_out::begin(context, event, rule, people.len(), &mut plan);
        } else {
            let about = letter::Occasion { reads: &draft.reads, context, event, rule, parent: None };
            letter::write_all(&about, &people, &mut plan)?;
        }
    }
    draft.finish(&mut plan, &cause, None);
    plan.trace = plan.trace.bounded();
    Ok(plan)
}

/// The event with its record as it is now, where it has waited for its time and so holds no image; `None` where the
/// record is gone.
pub fn as_it_is<'a>(reads: &Reads<'_>, event: &'a Event) -> Result<Option<Cow<'a, Event>>, ViewError> {
    if event.old.is_some() || event.new.is_some() {
        return Ok(Some(Cow::Borrowed(event)));
    }
    let record = reads.get(&event.record.table, event.record.id)?;
    Ok(record.map(|record| Cow::Owned(Event { new: Some(record.fields), ..event.clone() })))
}

/// What event actions do is caused by them, so that a circle of them and their events is seen.
fn caused_by(mut cause: Cause, actions: &[String]) -> Cause {
    if !actions.is_empty() {
        cause.chain.push(format!("event action {}", actions.join(", ")));
    }
    cause
}

fn record_gone(plan: &mut Plan, event: &Event) {
    let text = "its record was deleted before its time came: nobody is told";
    plan.trace.note("record_gone", text);
    let unheard = Some(Why::new("record_gone", text));
    plan.unit = Unit::Event { seq: event.seq, epoch: event.epoch, parked: None, unheard };
}

/// A chain that is too long is a cycle: the event waits for a person, and the rules are named.
fn park(plan: &mut Plan, event: &Event) {
    let chain = event.chain.join(" → ");
    let text = format!(
        "events cause each other more than {EVENT_DEPTH_MAX} times: {chain}. Change one of these rules"
    );
    let why = Why::new("event_cycle", text);
    plan.trace.push(Step::Error { of: event.name.clone(), why: why.clone() });
    plan.unit = Unit::Event { seq: event.seq, epoch: event.epoch, parked: Some(why), unheard: None };
}

/// Whether the rule listens to this event: the index, before any condition.
pub fn listens(context: Context<'_>, rule: &Rule, event: &Event) -> bool {
    let table = if rule.with_extending {
        context.config.dictionary.is_a(&event.record.table, &rule.table)
    } else {
        rule.table == event.record.table
    };
    table
        && match event.operation() {
            Some("inserted") => rule.on_insert,
            Some("updated") => rule.on_update,
            Some("deleted") => rule.on_delete,
            _ => rule.event_name.as_deref() == Some(&event.name),
        }
}

/// What is wrong with a rule, for whoever can mend it: told once per version of the rule.
pub fn rule_failed(rule: &Rule, error: &str) -> Attention {
    let label = format!("rule failed:{}:{}:{error}", rule.id, rule.version);
    Attention {
        id: Seed::new([0; 32]).id(&label, Timestamp::from_micros(0)),
        why: Why::new("rule_failed", format!("the rule {} does not work: {error}", rule.name)),
        subject: "notification_rule".to_owned(),
        subject_id: rule.id,
    }
}

fn holds(draft: &mut Draft<'_>, rule: &Rule, event: &Event, plan: &mut Plan) -> bool {
    let verdict = verdict(draft, rule, event);
    let (outcome, because, reason) = match verdict {
        Ok(reason) if !reason.holds() => ("skipped", None, Some(reason)),
        Ok(reason) => match answers(draft, rule, event) {
            Ok(true) => ("ran", None, Some(reason)),
            Ok(false) => {
                let why = Why::new("condition_script", "its script answers no");
                ("skipped", Some(why), Some(reason))
            }
            Err(why) => ("error", Some(why), None),
        },
        Err(error) => {
            let why = Why::new("condition_error", format!("its condition cannot be evaluated: {error}"));
            ("error", Some(why), None)
        }
    };
    plan.trace.steps.extend(draft.scripts.take_steps());
    if let (Some(why), "error") = (&because, outcome) {
        plan.attention.push(rule_failed(rule, &why.text));
        plan.trace.push(Step::Error { of: rule.name.clone(), why: why.clone() });
    }
    plan.trace.push(Step::Considered {
        kind: "rule".to_owned(),
        id: rule.id,
        name: rule.name.clone(),
        version: rule.version,
        outcome: outcome.to_owned(),
        because,
        reason,
    });
    outcome == "ran"
}

fn verdict(draft: &Draft<'_>, rule: &Rule, event: &Event) -> Result<Reason, String> {
    let condition = rule.condition.as_ref().map_err(Clone::clone)?;
    let condition = resolved(&draft.reads, draft.context, event.actor.user, condition);
    let condition = condition.map_err(|error| error.to_string())?;
    evaluate(&condition, &rule_table::ChangeSubject::new(&draft.reads, event))
}

/// Whether the script of the condition answers yes; one that there is none of does.
fn answers(draft: &mut Draft<'_>, rule: &Rule, event: &Event) -> Result<bool, Why> {
    if rule.condition_script.trim().is_empty() {
        return Ok(true);
    }
    let script = ScriptSource {
        kind: CONDITION,
        id: Some(rule.id),
        name: &rule.name,
        text: &rule.condition_script,
        vocabulary: rule.vocabulary,
    };
    let globals = event_action::globals(draft, event, rule.vocabulary);
    draft.asked(&script, Given { globals, record: Some(event.record.clone()), ..Given::default() })
}

/// Of the rules of one weight group, a person gets the heaviest; of equal ones the first by name.
fn supersede(wanted: &mut [Wanted<'_>], trace: &mut Trace) {
    let mut best: BTreeMap<(String, String), (i64, String)> = BTreeMap::new();
    for Wanted { rule, people } in wanted.iter() {
        let Some(group) = &rule.weight_group else { continue };
        for person in people {
            let entry =
                best.entry((group.clone(), person.key())).or_insert_with(|| (rule.weight, rule.name.clone()));
            if rule.weight > entry.0 {
                *entry = (rule.weight, rule.name.clone());
            }
        }
    }
    for Wanted { rule, people } in wanted.iter_mut() {
        let Some(group) = &rule.weight_group else { continue };
        people.retain(|person| {
            let winner = best.get(&(group.clone(), person.key())).map(|(_, name)| name.as_str());
            let stays = winner == Some(rule.name.as_str());
            if !stays {
                recipient::say(trace, rule, person, &format!("superseded by {}", winner.unwrap_or_default()));
            }
            stays
        });
    }
}
