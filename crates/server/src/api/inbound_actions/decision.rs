//! A decision about a mail: what it is, why, and what it does, as differences.

use std::collections::BTreeSet;

use rejoinder_engine::condition::Operand;
use rejoinder_engine::condition::eval::{ClauseReason, Reason as Evaluated};
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::Why;
use rejoinder_engine::trace::{Step, tell_clause};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::scripts::run::{ScriptEntry, ScriptFieldChange};
use crate::api::value::FieldValue;
use crate::api::words::{Reason, RecordName};
use crate::ops::decided::{Decided, name_of};
use crate::ops::diff::RecordChange;

/// Something in the mail that counts for what it is about.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DecisionEvidence {
    /// What kind of evidence: `address_token`, `reference`, `watermark`, `number`.
    kind: String,
    /// What was found.
    value: String,
    /// The record that it names.
    #[schema(required)]
    record: Option<RecordName>,
    /// What became of it: `decides`, `agrees`, `weaker`, `refused: …`.
    verdict: String,
}

/// Who sent it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DecisionSender {
    /// The address.
    address: String,
    /// The user; `null` for a guest.
    #[schema(required)]
    user: Option<String>,
    /// The user's name, or what they count as.
    name: String,
    /// `verified`, `unverified` or `failed`.
    authenticity: String,
    /// The policy that was followed.
    because: String,
}

/// The record that the mail is about or mentions.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DecisionRecord {
    /// The record; `null` where there is none.
    #[schema(required)]
    record: Option<RecordName>,
    /// Its number.
    #[schema(required)]
    number: Option<String>,
    /// The evidence that decided, or why there is none.
    because: String,
    /// Whether it is only offered as related.
    related: bool,
}

/// One clause of a condition, with what it saw.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DecisionClause {
    /// The path that was asked.
    path: String,
    /// How: `is`, `contains`, …
    operator: String,
    /// The values that were asked for.
    wanted: Vec<String>,
    /// The value that was found; a long text is cut.
    found: FieldValue,
    /// Whether the clause holds.
    holds: bool,
    /// The clause with both values, for a person.
    text: String,
}

/// An action that was considered.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DecisionAction {
    /// Its id.
    id: String,
    /// `action`, or `template` for a template of the reply that the action before it asked.
    kind: String,
    /// Its name.
    name: String,
    /// The version of its record; 0 where it was never saved.
    version: i64,
    /// Whether it was tried otherwise than it is saved.
    unsaved: bool,
    /// `ran`, `skipped` or `error`.
    outcome: &'static str,
    /// Why it was skipped or failed where that was no clause: `message_type`, `stopped`, `action_failed`, …
    #[schema(required)]
    because: Option<Reason>,
    /// The clause that decided against it, with both values.
    #[schema(required)]
    failing: Option<DecisionClause>,
    /// All clauses that were looked at, in their order.
    clauses: Vec<DecisionClause>,
    /// What went wrong in it, also where it ran all the same.
    errors: Vec<Reason>,
}

/// A record that changes.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DecisionChange {
    /// `insert`, `update` or `delete`.
    operation: &'static str,
    /// The record; a new one of a dry run has an id that nobody will have.
    record: RecordName,
    /// Its number or name: `INC‹next›` for a number that is not used up.
    name: String,
    /// Its fields that change, before and after.
    fields: Vec<ScriptFieldChange>,
    /// Whether the caller may not read it: then nothing is told of its fields.
    hidden: bool,
}

/// Where a file of the mail goes.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DecisionFile {
    /// Its name.
    name: String,
    /// The record; `null` where it stays on the mail alone.
    #[schema(required)]
    record: Option<RecordName>,
    /// What people call the record.
    record_name: String,
    /// Why it stays on the mail.
    #[schema(required)]
    left_out: Option<Reason>,
}

/// A mail that goes out.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DecisionMail {
    /// The action that sends it.
    action: String,
    /// To whom.
    to: Vec<String>,
    /// Its subject.
    subject: String,
    /// Its text.
    text: String,
    /// Why it is not sent.
    #[schema(required)]
    suppressed: Option<Reason>,
    /// Whether the caller may not read it: then subject and text are empty.
    hidden: bool,
}

/// An event that is raised.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DecisionEvent {
    /// Its name.
    name: String,
    /// The record.
    record: RecordName,
    /// What people call the record.
    record_name: String,
}

/// A line that a script has logged.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DecisionLog {
    /// The script.
    script: String,
    /// `debug`, `info`, `warning` or `error`.
    level: String,
    /// Its text.
    text: String,
}

/// A script that ran.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DecisionScript {
    /// What it is: `inbound_action`, `business_rule`, `condition`, …
    kind: String,
    /// Its name.
    name: String,
    /// `ran`, `error` or `aborted`; of a condition `yes` or `no`.
    outcome: String,
    /// Why it failed.
    #[schema(required)]
    because: Option<Reason>,
    /// Its reads.
    queries: u32,
    /// Rows that they returned.
    rows: u32,
    /// Changes and events that it asked for, also refused ones.
    effects: u32,
}

/// A decision about a mail.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct MailDecision {
    /// `processed`, `ignored` or `failed`.
    state: String,
    /// Why, where that is not plain: `no_action`, `duplicate`, `own_mail`, …
    #[schema(required)]
    reason: Option<Reason>,
    /// What the mail is: `new`, `reply`, `forward`, `automatic_answer`, `delivery_report`, `calendar`, `own_mail`; `null`
    /// where the decision ended before that.
    #[schema(required)]
    class: Option<String>,
    /// The sign that decided about that.
    #[schema(required)]
    class_because: Option<String>,
    /// Why it is not answered automatically.
    #[schema(required)]
    do_not_answer: Option<String>,
    /// Who sent it.
    #[schema(required)]
    sender: Option<DecisionSender>,
    /// Everything in it that names a record.
    evidence: Vec<DecisionEvidence>,
    /// The record that it is about and the one that it mentions, as the evidence leads to them.
    records: Vec<DecisionRecord>,
    /// The actions in the order in which they were considered.
    actions: Vec<DecisionAction>,
    /// The records that change.
    changes: Vec<DecisionChange>,
    /// What is written into feeds.
    entries: Vec<ScriptEntry>,
    /// The files of the mail.
    files: Vec<DecisionFile>,
    /// The mails that go out.
    mails: Vec<DecisionMail>,
    /// The events that are raised.
    events: Vec<DecisionEvent>,
    /// What a person is told to look at.
    attention: Vec<Reason>,
    /// What is noted beside: limits, policies, what is left out.
    notes: Vec<Reason>,
    /// The scripts that ran.
    scripts: Vec<DecisionScript>,
    /// What they logged.
    log: Vec<DecisionLog>,
    /// The reason as a text, a line for each fact.
    trace: String,
}

impl MailDecision {
    /// A decision for the caller; `unsaved` are the actions that were tried otherwise than they are saved.
    pub(in crate::api) fn new(decided: Decided, unsaved: &[Id]) -> Self {
        let trace = decided.trace.tell();
        let name = |key: &rejoinder_engine::record::RecordKey| name_of(&decided.trace, key);
        let events = decided.events.iter().map(|(event, record)| DecisionEvent {
            name: event.clone(),
            record_name: name(record),
            record: record.clone().into(),
        });
        let files = decided.files.iter().map(|file| DecisionFile {
            name: file.name.clone(),
            record_name: file.record.as_ref().map(name).unwrap_or_default(),
            record: file.record.clone().map(RecordName::from),
            left_out: file.left_out.clone().map(Reason::from),
        });
        let hidden = &decided.hidden;
        let mails = decided.mails.iter().map(|mail| DecisionMail {
            action: mail.action.clone(),
            to: mail.to.clone(),
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            suppressed: mail.suppressed.clone().map(Reason::from),
            hidden: mail.record.as_ref().is_some_and(|key| hidden.contains(&key.id)),
        });
        let mut all = Self {
            state: decided.state.clone(),
            reason: decided.why.clone().map(Reason::from),
            class: None,
            class_because: None,
            do_not_answer: None,
            sender: None,
            evidence: Vec::new(),
            records: Vec::new(),
            actions: Vec::new(),
            events: events.collect(),
            files: files.collect(),
            mails: mails.collect(),
            attention: decided.attention.iter().cloned().map(Reason::from).collect(),
            notes: Vec::new(),
            scripts: Vec::new(),
            log: Vec::new(),
            trace,
            changes: Vec::new(),
            entries: Vec::new(),
        };
        all.changes = decided.changes.into_iter().map(|one| change(one, &decided.hidden)).collect();
        all.entries = decided.entries.into_iter().map(ScriptEntry::from).collect();
        for step in decided.trace.steps {
            all.add(step, unsaved);
        }
        all
    }

    /// Puts a fact of the trace where it belongs.
    fn add(&mut self, step: Step, unsaved: &[Id]) {
        match step {
            Step::Evidence { kind, value, record, verdict } => {
                let record = record.map(RecordName::from);
                self.evidence.push(DecisionEvidence { kind, value, record, verdict });
            }
            Step::Class { class, because, do_not_answer } => {
                (self.class, self.class_because, self.do_not_answer) =
                    (Some(class), Some(because), do_not_answer);
            }
            Step::Sender { address, user, name, authenticity, because } => {
                let user = user.map(|user| user.to_string());
                self.sender = Some(DecisionSender { address, user, name, authenticity, because });
            }
            Step::Record { record, number, because, related } => {
                let record = record.map(RecordName::from);
                self.records.push(DecisionRecord { record, number, because, related });
            }
            Step::Considered { kind, id, name, version, outcome, because, reason } => {
                let unsaved = unsaved.contains(&id);
                self.actions.push(action(
                    kind,
                    (id, name, version, unsaved),
                    &outcome,
                    because,
                    reason.as_ref(),
                ));
            }
            Step::Error { of, why } => self.error(&of, why),
            Step::Note { why } => self.notes.push(why.into()),
            Step::Script { kind, script, outcome, because, usage, .. } => self.scripts.push(DecisionScript {
                kind,
                name: script,
                outcome,
                because: because.map(Reason::from),
                queries: usage.queries,
                rows: usage.rows,
                effects: usage.effects,
            }),
            Step::Log { script, level, text } => self.log.push(DecisionLog { script, level, text }),
            // Told as differences.
            Step::Planned { .. } | Step::Raised { .. } | Step::Mailed { .. } | Step::Recipient { .. } => {}
        }
    }

    /// An error belongs to the action of its name; one of a script elsewhere is a note.
    fn error(&mut self, of: &str, why: Why) {
        match self.actions.iter_mut().rev().find(|action| action.name == of) {
            Some(action) => {
                // Its condition held, and what it did was taken back.
                if why.code == "action_failed" {
                    action.outcome = "error";
                    action.because = Some(why.clone().into());
                }
                action.errors.push(why.into());
            }
            None => self.notes.push(Reason { code: why.code, text: format!("{of}: {}", why.text) }),
        }
    }
}

fn action(
    kind: String,
    (id, name, version, unsaved): (Id, String, i64, bool),
    outcome: &str,
    because: Option<Why>,
    reason: Option<&Evaluated>,
) -> DecisionAction {
    let mut clauses = Vec::new();
    if let Some(reason) = reason {
        collect(reason, &mut clauses);
    }
    DecisionAction {
        id: id.to_string(),
        kind,
        name,
        version,
        unsaved,
        outcome: match outcome {
            "ran" => "ran",
            "error" => "error",
            _ => "skipped",
        },
        because: because.map(Reason::from),
        failing: reason.and_then(Evaluated::failing).map(clause),
        clauses,
        errors: Vec::new(),
    }
}

fn collect(reason: &Evaluated, clauses: &mut Vec<DecisionClause>) {
    match reason {
        Evaluated::All(parts) | Evaluated::Any(parts) => {
            parts.iter().for_each(|part| collect(part, clauses));
        }
        Evaluated::Not(part) => collect(part, clauses),
        Evaluated::Clause(one) => clauses.push(clause(one)),
    }
}

fn clause(one: &ClauseReason) -> DecisionClause {
    let operand = |operand: &Operand| match operand {
        Operand::Value(value) => Some(value.plain()),
        Operand::Other(_) => None,
    };
    DecisionClause {
        path: one.path.clone(),
        operator: one.operator.word().to_owned(),
        wanted: one.operands.iter().filter_map(operand).collect(),
        found: FieldValue::shown(&one.actual),
        holds: one.holds(),
        text: tell_clause(one),
    }
}

fn change(one: RecordChange, hidden: &BTreeSet<Id>) -> DecisionChange {
    DecisionChange {
        operation: one.operation,
        hidden: hidden.contains(&one.key.id),
        record: one.key.into(),
        name: one.name,
        fields: one.fields.into_iter().map(ScriptFieldChange::from).collect(),
    }
}
