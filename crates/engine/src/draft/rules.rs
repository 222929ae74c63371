//! Business rules of a change: those that run before it is checked may change it or call it off, those that run after it
//! see the record as it will be. Whatever they write goes into the same plan.
//!
//! A rule that fails ends alone: what it wrote is taken back, the trace and a person are told, the others go on. Rules run
//! with the rights of the program, as whoever acts. No rules run for configuration, and none for a silent change.

use std::sync::Arc;

use rejoinder_script::{Global, Level, RecordHandle, Value as Script};

use super::{ChangeError, Draft, Manner};
use crate::automation::{BUSINESS_RULE, BusinessRule, When, Write};
use crate::condition::eval::{Reason, evaluate};
use crate::dictionary::TableInfo;
use crate::id::Seed;
use crate::notify::Event;
use crate::notify::rule_table::ChangeSubject;
use crate::occasion::resolved;
use crate::plan::{Attention, Why};
use crate::record::{Fields, Record};
use crate::script::host::stored_value;
use crate::script::run::{Given, Ran, handle, run};
use crate::script::{CONDITION, ScriptSource, is_yes};
use crate::time::Timestamp;
use crate::trace::Step;
use crate::value::{Kind, Value};

/// A change on its way through the rules.
#[derive(Clone)]
pub(super) struct Hand {
    pub(super) write: Write,
    pub(super) info: Arc<TableInfo>,
    /// The record before the first change of the decision; `None` where it is made.
    pub(super) previous: Option<Record>,
    /// The record as it is about to be written, or was written; of one that is removed as it was.
    pub(super) image: Record,
    /// What the change writes into journals.
    pub(super) journal: Fields,
    /// Whether it may still be changed.
    pub(super) pending: bool,
}

impl<'a> Draft<'a> {
    /// Whether any rule listens to such a change at all.
    pub(super) fn has_rules(&self, info: &TableInfo, write: Write, manner: Manner) -> bool {
        [When::Before, When::After].into_iter().any(|when| !self.rules(info, write, when, manner).is_empty())
    }

    fn rules(&self, info: &TableInfo, write: Write, when: When, manner: Manner) -> Vec<&'a BusinessRule> {
        let config = self.context.config;
        if manner.silent || info.table.configuration {
            return Vec::new();
        }
        let all = config.automation.business_rules.iter();
        all.filter(|rule| rule.listens(&config.dictionary, info, write, when)).collect()
    }

    /// Runs the rules of one moment in their order.
    pub(super) fn run_rules(&mut self, hand: &mut Hand, when: When) -> Result<(), ChangeError> {
        for rule in self.rules(&hand.info, hand.write, when, Manner::default()) {
            let pair = (rule.id, hand.image.id);
            if self.scripts.active.contains(&pair) {
                let text =
                    format!("{} has set itself off on the same record and is not run again", rule.name);
                self.scripts.tell(Step::Note { why: Why::new("rule_repeated", text) });
                continue;
            }
            self.scripts.active.push(pair);
            let done = self.consider_rule(rule, hand);
            self.scripts.active.retain(|active| *active != pair);
            done?;
        }
        Ok(())
    }

    fn consider_rule(&mut self, rule: &'a BusinessRule, hand: &mut Hand) -> Result<(), ChangeError> {
        let verdict = self.rule_holds(rule, hand);
        let (outcome, because, reason) = match verdict {
            Ok(reason) if !reason.holds() => ("skipped", None, Some(reason)),
            Ok(reason) => match self.condition_answers(rule, hand) {
                Ok(true) => ("ran", None, Some(reason)),
                Ok(false) => {
                    ("skipped", Some(Why::new("condition_script", "its script answers no")), Some(reason))
                }
                Err(why) => ("error", Some(why), None),
            },
            Err(error) => {
                let text = format!("its condition cannot be evaluated: {error}");
                ("error", Some(Why::new("condition_error", text)), None)
            }
        };
        if let (Some(why), true) = (&because, outcome == "error") {
            self.rule_failed(rule, why.clone());
        }
        self.scripts.tell(Step::Considered {
            kind: BUSINESS_RULE.to_owned(),
            id: rule.id,
            name: rule.name.clone(),
            version: rule.version,
            outcome: outcome.to_owned(),
            because,
            reason,
        });
        if outcome == "ran" { self.run_rule(rule, hand) } else { Ok(()) }
    }

    fn rule_holds(&self, rule: &BusinessRule, hand: &Hand) -> Result<Reason, String> {
        let condition = rule.condition.as_ref().map_err(Clone::clone)?;
        let event = self.change_event(hand);
        let condition = resolved(&self.reads, self.context, self.actor.user, condition);
        let condition = condition.map_err(|error| error.to_string())?;
        evaluate(&condition, &ChangeSubject::new(&self.reads, &event))
    }

    /// The change as an event, for conditions.
    fn change_event(&self, hand: &Hand) -> Event {
        let removed = hand.write == Write::Delete;
        let fields = hand.image.fields.clone();
        Event {
            id: hand.image.id,
            seq: 0,
            epoch: 0,
            name: format!("{}.{}", hand.image.table, hand.write.event()),
            record: hand.image.key(),
            old: if removed {
                Some(fields.clone())
            } else {
                hand.previous.as_ref().map(|old| old.fields.clone())
            },
            new: (!removed).then_some(fields),
            journal: hand.journal.clone(),
            params: Vec::new(),
            actor: self.actor.clone(),
            chain: Vec::new(),
            from_email: None,
            seed: self.context.seed,
        }
    }

    fn condition_answers(&mut self, rule: &BusinessRule, hand: &Hand) -> Result<bool, Why> {
        if rule.condition_script.trim().is_empty() {
            return Ok(true);
        }
        let globals = self.rule_globals(rule, &Hand { pending: false, ..hand.clone() });
        let given = Given { globals, record: Some(hand.image.key()), ..Given::default() };
        let script = source(rule, CONDITION, &rule.condition_script);
        self.asked(&script, given)
    }

    /// Runs a script that only answers: whatever it plans is taken back.
    pub(crate) fn asked(&mut self, script: &ScriptSource<'_>, given: Given) -> Result<bool, Why> {
        let before = self.savepoint();
        let ran = run(self, script, given)?;
        if self.effects() != before.0.effects {
            let text = format!("{} is a condition: what it wrote is taken back", script.name);
            self.scripts.tell(Step::Note { why: Why::new("condition_writes", text) });
        }
        self.roll_back(before);
        match ran.error() {
            Some(why) => Err(why),
            None => Ok(ran.outcome.result.is_ok_and(|value| is_yes(&value))),
        }
    }

    fn run_rule(&mut self, rule: &BusinessRule, hand: &mut Hand) -> Result<(), ChangeError> {
        let before = self.savepoint();
        let globals = self.rule_globals(rule, hand);
        let given = Given { globals, record: Some(hand.image.key()), ..Given::default() };
        let ran = match run(self, &source(rule, BUSINESS_RULE, &rule.script), given) {
            Ok(ran) => ran,
            Err(why) => {
                self.rule_failed(rule, why);
                return Ok(());
            }
        };
        if let Some(message) = &ran.outcome.aborted {
            let (rule, message) = (rule.name.clone(), said(message, &ran.outcome.messages));
            return Err(ChangeError::Aborted { rule, message });
        }
        self.scripts.tell_messages(&ran.outcome.messages);
        for text in &ran.refused {
            self.rule_failed(rule, Why::new("write_refused", text.clone()));
        }
        if let Some(why) = ran.error() {
            self.roll_back(before);
            self.rule_failed(rule, why);
        } else if hand.pending {
            self.take_over(rule, hand, ran);
        }
        Ok(())
    }

    /// What the script changed of the record that is about to be written.
    fn take_over(&mut self, rule: &BusinessRule, hand: &mut Hand, ran: Ran) {
        let config = self.context.config;
        let names = config.names.of(rule.vocabulary);
        for (theirs, value) in ran.outcome.pending {
            let name = names.field(&config.dictionary, &hand.image.table, &theirs);
            let Some(field) = hand.info.field(name) else { continue };
            if super::is_stamp(name) {
                continue;
            }
            let fault = if field.read_only {
                Some("only the program sets it".to_owned())
            } else {
                match stored_value(config, rule.vocabulary, &hand.image.table, field, &value) {
                    Ok(value) if field.kind == Kind::Journal => {
                        hand.journal.insert(name.to_owned(), value);
                        None
                    }
                    Ok(value) => {
                        hand.image.set(name, value);
                        None
                    }
                    Err(text) => Some(text),
                }
            };
            if let Some(text) = fault {
                let text = format!("`{}.{name}`: {text}", hand.image.table);
                self.rule_failed(rule, Why::new("bad_value", text));
            }
        }
        hand.journal.retain(|_, value| !value.is_null());
    }

    fn rule_globals(&self, rule: &BusinessRule, hand: &Hand) -> Vec<(String, Global)> {
        let old = match (&hand.previous, hand.write) {
            (_, Write::Insert) | (None, _) => Some(Vec::new()),
            (Some(previous), _) => Some(handle(self, rule.vocabulary, previous).fields),
        };
        let names = self.context.config.names.of(rule.vocabulary);
        let aliases = names.aliases(&self.context.config.dictionary, &hand.image.table);
        let mut journal = Vec::new();
        for (field, value) in &hand.journal {
            let theirs = aliases.iter().filter(|(_, ours)| ours == field).map(|(theirs, _)| *theirs);
            for name in std::iter::once(field.as_str()).chain(theirs) {
                journal.push((name.to_owned(), value.plain()));
            }
        }
        let current = handle(self, rule.vocabulary, &hand.image);
        let removed = hand.write == Write::Delete;
        let current = RecordHandle { old, journal, pending: hand.pending, removed, ..current };
        let previous = match &hand.previous {
            Some(previous) => Global::Record(handle(self, rule.vocabulary, previous)),
            None => Global::Value(Script::Null),
        };
        vec![("current".to_owned(), Global::Record(current)), ("previous".to_owned(), previous)]
    }

    fn rule_failed(&mut self, rule: &BusinessRule, why: Why) {
        self.scripts.attend(script_failed(BUSINESS_RULE, rule.id, rule.version, &rule.name, &why.text));
        self.scripts.tell(Step::Error { of: rule.name.clone(), why });
    }
}

impl Hand {
    /// The fields of the record that were changed since `start`.
    pub(super) fn changed_since(&self, start: &Fields) -> Fields {
        let names = start.keys().chain(self.image.fields.keys());
        let changed = names.filter(|name| start.get(*name) != self.image.fields.get(*name));
        changed.map(|name| (name.clone(), self.image.get(name).clone())).collect()
    }
}

/// What whoever asked is told of a change that is called off: the reason, else what the script has said to the screen, as
/// ServiceNow's scripts do.
fn said(reason: &str, messages: &[(Level, String)]) -> String {
    if !reason.is_empty() {
        return reason.to_owned();
    }
    let errors = messages.iter().filter(|(level, _)| *level == Level::Error);
    errors.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ")
}

fn source<'s>(rule: &'s BusinessRule, kind: &'static str, text: &'s str) -> ScriptSource<'s> {
    ScriptSource { kind, id: Some(rule.id), name: &rule.name, text, vocabulary: rule.vocabulary }
}

/// What is wrong with a script, for whoever can mend it: told once per version of its record.
pub(crate) fn script_failed(
    table: &str,
    id: crate::id::Id,
    version: i64,
    name: &str,
    error: &str,
) -> Attention {
    let label = format!("script failed:{id}:{version}:{error}");
    Attention {
        id: Seed::new([0; 32]).id(&label, Timestamp::from_micros(0)),
        why: Why::new("script_failed", format!("{name} does not work: {error}")),
        subject: table.to_owned(),
        subject_id: id,
    }
}

/// Fields with what is written into journals.
pub(super) fn with_journal(mut fields: Fields, journal: &Fields) -> Fields {
    fields.extend(journal.iter().map(|(name, value)| (name.clone(), Value::clone(value))));
    fields
}
