//! A script that a person runs by hand: everything that it would do, as a plan. Nothing is done before somebody applies
//! that plan, so that a run is dry by nature.

use rejoinder_script::{Global, Letter, Level, LogLine, ScriptError, Usage, Value, Vocabulary};

use super::ScriptSource;
use super::run::{Given, handle, run};
use crate::access::Rights;
use crate::context::Context;
use crate::draft::{ChangeError, Draft};
use crate::id::Id;
use crate::limits::EVENT_PARAMS_MAX;
use crate::plan::{Actor, Cause, CauseKind, Plan, Unit, Why};
use crate::record::RecordKey;
use crate::trace::{Step, Trace};

/// What is to be run, by whom and on what.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsoleRun {
    /// The identity of the request; a plan of it is applied once.
    pub id: Id,
    /// The name that errors carry.
    pub name: String,
    /// The names and classes that the script uses.
    pub vocabulary: Vocabulary,
    /// JavaScript.
    pub source: String,
    /// The record that `current` is.
    pub record: Option<RecordKey>,
    /// Who runs it.
    pub actor: Actor,
    /// Whose rights count for what it reads and changes, and for what it asks of rights.
    pub rights: Rights,
    /// The content of a notification: it is given a printer, a mail and an event with these parameters.
    pub content: Option<Vec<Option<String>>>,
}

/// One change that the script would make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleChange {
    /// `insert`, `update` or `delete`.
    pub operation: &'static str,
    /// The record.
    pub record: RecordKey,
    /// Its number or name.
    pub name: String,
    /// The fields.
    pub fields: Vec<String>,
}

/// What came of it, for the person who ran it.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsoleOutcome {
    /// The value of the script; null where it failed.
    pub value: Value,
    /// Its log.
    pub log: Vec<LogLine>,
    /// What it used.
    pub usage: Usage,
    /// Why it failed, with its place. The plan of a script that failed changes nothing.
    pub error: Option<ScriptError>,
    /// Why the script was not run at all.
    pub refused: Option<Why>,
    /// Writes that were refused.
    pub refused_writes: Vec<String>,
    /// What it would change, that of the business rules that it sets off included.
    pub changes: Vec<ConsoleChange>,
    /// The events that it would raise, by name.
    pub events: Vec<String>,
    /// What it printed.
    pub printed: String,
    /// The mail that a content script was given, as it leaves it.
    pub letter: Option<Letter>,
    /// Messages for whoever is at the screen.
    pub messages: Vec<(Level, String)>,
    /// Why the change of `current` was called off.
    pub aborted: Option<String>,
}

/// Runs a script over the view, and gives its plan beside what people are told.
pub fn decide(context: Context<'_>, asked: &ConsoleRun) -> Result<(Plan, ConsoleOutcome), ChangeError> {
    let mut draft = Draft::new(context, asked.actor.clone());
    draft.rights = asked.rights.clone();
    let mut given = Given { with_rights: true, record: asked.record.clone(), ..Given::default() };
    let current = match &asked.record {
        Some(key) => {
            let record = draft.existing(key)?;
            given.record = Some(record.key());
            Global::Record(handle(&draft, asked.vocabulary, &record))
        }
        None => Global::Value(Value::Null),
    };
    given.globals = vec![("current".to_owned(), current)];
    if let Some(params) = &asked.content {
        given.globals.extend(content(params));
    }
    let script = ScriptSource {
        kind: "console",
        id: None,
        name: &asked.name,
        text: &asked.source,
        vocabulary: asked.vocabulary,
    };
    let before = draft.savepoint();
    let ran = run(&mut draft, &script, given);
    let failed = ran.as_ref().is_ok_and(|ran| ran.outcome.result.is_err());
    if failed {
        draft.roll_back(before);
    }
    let trace = Trace::new("request", asked.id, context.now, context.config.generation);
    let cause =
        Cause { kind: CauseKind::Request, id: asked.id, chain: vec![format!("script {}", asked.name)] };
    let mut plan =
        Plan::new(Unit::Request { id: asked.id }, context.now, asked.actor.clone(), cause.clone(), trace);
    plan.trace.steps.extend(draft.scripts.take_steps());
    let changes = changes(&draft, &mut plan)?;
    draft.finish(&mut plan, &cause, None);
    plan.trace = plan.trace.bounded();
    let events = plan.events.iter().map(|event| event.name.clone()).collect();
    let mut outcome = ConsoleOutcome {
        value: Value::Null,
        log: Vec::new(),
        usage: Usage::default(),
        error: None,
        refused: None,
        refused_writes: Vec::new(),
        changes,
        events,
        printed: String::new(),
        letter: None,
        messages: Vec::new(),
        aborted: None,
    };
    match ran {
        Err(why) => outcome.refused = Some(why),
        Ok(ran) => {
            outcome.refused_writes = ran.refused;
            outcome.log = ran.outcome.log;
            outcome.usage = ran.outcome.usage;
            outcome.printed = ran.outcome.printed;
            outcome.letter = ran.outcome.letter;
            outcome.messages = ran.outcome.messages;
            outcome.aborted = ran.outcome.aborted;
            match ran.outcome.result {
                Ok(value) => outcome.value = value,
                Err(error) => outcome.error = Some(error),
            }
        }
    }
    Ok((plan, outcome))
}

/// What content scripts are given beside `current`, under the names of both vocabularies.
fn content(params: &[Option<String>]) -> Vec<(String, Global)> {
    let mut event = Vec::new();
    for (place, param) in params.iter().take(EVENT_PARAMS_MAX).enumerate() {
        let value = param.clone().map_or(Value::Null, Value::Text);
        event.push((format!("param_{}", place + 1), value.clone()));
        event.push((format!("parm{}", place + 1), value));
    }
    vec![
        ("template".to_owned(), Global::Printer),
        ("email".to_owned(), Global::Letter(Letter::default())),
        ("email_action".to_owned(), Global::Value(Value::Null)),
        ("event".to_owned(), Global::Event(event)),
    ]
}

fn changes(draft: &Draft<'_>, plan: &mut Plan) -> Result<Vec<ConsoleChange>, ChangeError> {
    let mut changes = Vec::new();
    for (operation, record, fields) in draft.summary() {
        let found = draft.reads.get(&record.table, record.id)?;
        let name = found.map(|found| crate::display::name_of(&draft.reads, &found)).unwrap_or_default();
        plan.trace.push(Step::Planned {
            operation: operation.to_owned(),
            record: record.clone(),
            name: name.clone(),
            fields: fields.clone(),
        });
        changes.push(ConsoleChange { operation, record, name, fields });
    }
    Ok(changes)
}
