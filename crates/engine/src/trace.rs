//! The complete reason of one decision, as data, and how it is told to a person.
//!
//! A trace holds facts only: what was found, each verdict with the values it saw, what was planned. Everything
//! a person reads is made from it by [`Trace::tell`], so that an old trace can be told in new words.

use serde::{Deserialize, Serialize};

use crate::condition::eval::{ClauseReason, Reason};
use crate::condition::{Operand, Operator, Other, counted_up_to};
use crate::id::Id;
use crate::plan::Why;
use crate::record::RecordKey;
use crate::time::Timestamp;

/// One fact of a decision, in the order in which it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// Something in the mail that counts: an id, a token, a number, a prefix, a header sign.
    Evidence {
        /// What kind of evidence.
        kind: String,
        /// What was found.
        value: String,
        /// The record that it names.
        record: Option<RecordKey>,
        /// What became of it: `decides`, `agrees`, `weaker`, `refused: …`.
        verdict: String,
    },
    /// What the mail is.
    Class {
        /// The class.
        class: String,
        /// The sign that decided.
        because: String,
        /// Why it must not be answered automatically.
        do_not_answer: Option<String>,
    },
    /// Who sent it.
    Sender {
        /// The address.
        address: String,
        /// The user.
        user: Option<Id>,
        /// The user's name, or what they count as: `guest`.
        name: String,
        /// `verified`, `unverified` or `failed`.
        authenticity: String,
        /// The policy that was followed.
        because: String,
    },
    /// Which record the mail is about.
    Record {
        /// The record.
        record: Option<RecordKey>,
        /// Its number.
        number: Option<String>,
        /// The evidence that decided, or why there is none.
        because: String,
        /// Whether the record is only offered as related.
        related: bool,
    },
    /// An action or rule that was considered.
    Considered {
        /// `action` or `rule`.
        kind: String,
        /// Which.
        id: Id,
        /// Its name.
        name: String,
        /// The version of its record.
        version: i64,
        /// `ran`, `skipped` or `error`.
        outcome: String,
        /// Why it was skipped where that was no condition: `message_type`, `stopped`, …
        because: Option<Why>,
        /// The condition with all values that it saw.
        reason: Option<Reason>,
    },
    /// One person on the way to a mail.
    Recipient {
        /// The rule.
        rule: String,
        /// The person or address.
        who: String,
        /// The address.
        address: Option<String>,
        /// How the rule leads to them.
        through: String,
        /// `mailed`, or the code of the step that left them out.
        outcome: String,
    },
    /// A change of a record that was planned.
    Planned {
        /// What is done: `insert`, `update`, `delete`.
        operation: String,
        /// The record.
        record: RecordKey,
        /// Its number or name.
        name: String,
        /// The fields that are set.
        fields: Vec<String>,
    },
    /// An event that was raised by its name.
    Raised {
        /// Its name.
        event: String,
        /// The record; `None` for one without.
        record: Option<RecordKey>,
        /// The record's number or name.
        name: String,
    },
    /// A mail that was planned.
    Mailed {
        /// The mail.
        email: Id,
        /// The rule or action.
        rule: String,
        /// To whom.
        to: Vec<String>,
        /// Its subject.
        subject: String,
    },
    /// Something noted for the reader: a policy, a limit, a thing left out.
    Note {
        /// A stable code and a sentence.
        why: Why,
    },
    /// An error of a rule, action or script.
    Error {
        /// Whose.
        of: String,
        /// What went wrong and what to do.
        why: Why,
    },
    /// A script that was run.
    Script {
        /// What it is: `inbound_action`, `business_rule`, `event_action`, `scheduled_job`, `condition`, `console`.
        kind: String,
        /// Its name.
        script: String,
        /// The record that holds it.
        id: Option<Id>,
        /// The record that it was about.
        record: Option<RecordKey>,
        /// `ran`, `error`, or `aborted` where it called the change off; of a condition `yes` or `no`.
        outcome: String,
        /// Why it failed.
        because: Option<Why>,
        /// What it used.
        usage: ScriptUsage,
    },
    /// A line that a script logged.
    Log {
        /// The script.
        script: String,
        /// `info`, `debug`, `warning`, `error`.
        level: String,
        /// The text.
        text: String,
    },
}

/// What one run of a script used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ScriptUsage {
    /// Reads.
    pub queries: u32,
    /// Rows that they returned.
    pub rows: u32,
    /// Changes and events that it asked for, also refused ones.
    pub effects: u32,
}

/// The complete reason of one decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// What was decided on: `arrival`, `event`, `job`, `request`.
    pub of: String,
    /// Which one.
    pub id: Id,
    /// The time of the decision.
    pub at: Timestamp,
    /// The configuration generation.
    pub generation: i64,
    /// The facts.
    pub steps: Vec<Step>,
}

impl Trace {
    /// An empty trace.
    pub fn new(of: &str, id: Id, at: Timestamp, generation: i64) -> Self {
        Self { of: of.to_owned(), id, at, generation, steps: Vec::new() }
    }

    /// Adds a fact.
    pub fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// Notes something for the reader.
    pub fn note(&mut self, code: &str, text: impl Into<String>) {
        self.push(Step::Note { why: Why::new(code, text) });
    }

    /// Cuts the trace to [`TRACE_BYTES_MAX`](crate::limits::TRACE_BYTES_MAX); what is left out is said.
    pub fn bounded(mut self) -> Self {
        /// Bytes kept for the frame of the trace and for the note about what is left out.
        const FRAME_BYTES: usize = 512;
        let size = |step: &Step| serde_json::to_string(step).map_or(0, |text| text.len() + 1);
        let mut bytes = FRAME_BYTES;
        let before = self.steps.len();
        let keep = self.steps.iter().take_while(|step| {
            bytes += size(step);
            bytes <= crate::limits::TRACE_BYTES_MAX
        });
        let kept = keep.count();
        if kept < before {
            self.steps.truncate(kept);
            self.note(
                "trace_cut",
                format!("{} more facts are left out: the trace is too long", before - kept),
            );
        }
        self
    }

    /// The trace for a person, a line for each fact; actions that are for other mail share one.
    pub fn tell(&self) -> String {
        let mut text = String::new();
        let mut told: Vec<&str> = Vec::new();
        for step in &self.steps {
            let line = match for_other_mail(step) {
                None => tell_step(step),
                Some((why, _)) if told.contains(&why) => continue,
                Some((why, _)) => {
                    told.push(why);
                    let all = self.steps.iter().filter_map(for_other_mail).filter(|(other, _)| *other == why);
                    match all.map(|(_, name)| name).collect::<Vec<_>>().as_slice() {
                        [_] => tell_step(step),
                        names => format!("  skipped   each because {why}: {}", names.join("; ")),
                    }
                }
            };
            text.push_str(&line);
            text.push('\n');
        }
        text
    }
}

/// Reason and name of an action that is for another kind of mail: most are, so that people read them in one line.
fn for_other_mail(step: &Step) -> Option<(&str, &str)> {
    match step {
        Step::Considered { kind, name, because: Some(why), .. }
            if kind == "action"
                && ["message_type", "no_record", "other_table"].contains(&why.code.as_str()) =>
        {
            Some((&why.text, name))
        }
        _ => None,
    }
}

fn tell_step(step: &Step) -> String {
    match step {
        Step::Evidence { kind, value, verdict, .. } => format!("  evidence  {kind} {value}: {verdict}"),
        Step::Class { class, because, do_not_answer } => {
            let silent =
                do_not_answer.as_ref().map(|why| format!("; not to be answered: {why}")).unwrap_or_default();
            format!("  class     {class}, because of {because}{silent}")
        }
        Step::Sender { address, name, authenticity, because, .. } => {
            format!("  sender    {address} is {name}, {authenticity} ({because})")
        }
        Step::Record { record, number, because, related } => {
            let name = number.clone().or_else(|| record.as_ref().map(|key| key.id.to_string()));
            let name = name.unwrap_or_else(|| "none".to_owned());
            format!("  record    {}{name}: {because}", if *related { "related " } else { "" })
        }
        Step::Considered { kind, name, outcome, because, reason, .. } => {
            let clause = || reason.as_ref().and_then(Reason::failing).map(tell_clause);
            let why = because.as_ref().map(|why| why.text.clone()).or_else(clause);
            let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
            format!("  {kind:<9} {name}: {outcome}{why}")
        }
        Step::Recipient { who, address, through, outcome, .. } => {
            let address = address.as_ref().map(|address| format!(" <{address}>")).unwrap_or_default();
            format!("  recipient {who}{address} through {through}: {outcome}")
        }
        Step::Planned { operation, name, fields, .. } => {
            format!("  change    {operation} {name}: {}", fields.join(", "))
        }
        Step::Raised { event, name, .. } if name.is_empty() => format!("  event     {event}"),
        Step::Raised { event, name, .. } => format!("  event     {event} on {name}"),
        Step::Mailed { rule, to, subject, .. } => {
            format!("  mail      to {} \"{subject}\" by {rule}", to.join(", "))
        }
        Step::Note { why } => format!("  note      {} [{}]", why.text, why.code),
        Step::Error { of, why } => format!("  ERROR     {of}: {} [{}]", why.text, why.code),
        Step::Script { kind, script, outcome, because, usage, .. } => {
            let why = because.as_ref().map(|why| format!(" ({})", why.text)).unwrap_or_default();
            let ScriptUsage { queries, rows, effects } = usage;
            format!(
                "  script    {script} ({kind}): {outcome}{why}; {queries} reads, {rows} rows, {effects} changes"
            )
        }
        Step::Log { script, level, text } => format!("  log       {script} {level}: {text}"),
    }
}

/// A clause that did not hold, with both values, and what was written where a value stands.
pub fn tell_clause(clause: &ClauseReason) -> String {
    let quoted = |value: &crate::value::Value| {
        if value.is_null() { "empty".to_owned() } else { format!("`{}`", value.plain()) }
    };
    let operand = |operand: &Operand| match operand {
        Operand::Value(value) => quoted(value),
        Operand::Other(Other::Range(range)) => {
            format!("from {} to before {}", quoted(&range.from), quoted(&range.to))
        }
        Operand::Other(_) => "what was not known".to_owned(),
    };
    let wanted: Vec<String> = clause.operands.iter().map(operand).collect();
    let was = clause.old.as_ref().map(|old| format!(", before {}", quoted(old))).unwrap_or_default();
    let wanted = if wanted.is_empty() { String::new() } else { format!(" {}", wanted.join(", ")) };
    let word = clause.word.as_ref().map(|word| format!(" ({word})")).unwrap_or_default();
    let part = clause.part.as_ref().map(|asked| format!("{} of ", asked.part.word()));
    let count = clause.related.as_ref().map(|related| format!("number of {related} of "));
    let part = part.or(count).unwrap_or_default();
    let limit = i64::from(counted_up_to(&clause.operands));
    let counted = clause.related.is_some() && clause.actual == crate::value::Value::Int(limit);
    let more = if counted { " or more" } else { "" };
    let (path, operator) = (&clause.path, clause.operator.word());
    if clause.operator == Operator::HasWords {
        let found = clause.actual.items().join("`, `");
        let found = if found.is_empty() { "none of them".to_owned() } else { format!("only `{found}`") };
        return format!("{path} {operator}{wanted}: {found} was found");
    }
    format!("{part}{path} {operator}{wanted}{word}: it is {}{more}{was}", quoted(&clause.actual))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Seed;

    #[test]
    fn actions_for_other_mail_share_a_line_and_those_that_were_asked_have_their_own() {
        let now = Timestamp::from_micros(0);
        let id = Seed::new([0; 32]).id("trace", now);
        let mut trace = Trace::new("arrival", id, now, 1);
        let mut consider = |name: &str, outcome: &str, because: Option<Why>| {
            let (kind, name, outcome) = ("action".to_owned(), name.to_owned(), outcome.to_owned());
            trace.push(Step::Considered { kind, id, name, version: 1, outcome, because, reason: None });
        };
        let other =
            |class: &str| Some(Why::new("message_type", format!("it is not for mail of the class {class}")));
        consider("Approve", "skipped", other("new"));
        consider("Create incident", "ran", None);
        consider("Comment", "skipped", other("new"));
        consider("Alone", "skipped", Some(Why::new("no_record", "there is no record")));
        consider("Stopped", "skipped", Some(Why::new("stopped", "Comment stopped the processing")));
        let told = "  skipped   each because it is not for mail of the class new: Approve; Comment\n\
                    \x20 action    Create incident: ran\n\
                    \x20 action    Alone: skipped (there is no record)\n\
                    \x20 action    Stopped: skipped (Comment stopped the processing)\n";
        assert_eq!(trace.tell(), told);
    }
}
