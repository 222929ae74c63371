//! Event actions: scripts that run when an event is processed, before the notification rules are asked.
//!
//! One that fails ends alone: what it wrote is taken back, the trace and a person are told, the others go on.

use rejoinder_script::{Global, RecordHandle, Value as Script};

use super::Event;
use super::rule_table::ChangeSubject;
use crate::automation::{EVENT_ACTION, EventAction};
use crate::condition::eval::{Reason, evaluate};
use crate::draft::Draft;
use crate::draft::rules::script_failed;
use crate::events::EVENT_REGISTER;
use crate::occasion::resolved;
use crate::plan::Why;
use crate::script::run::{Given, handle, run};
use crate::script::{ScriptSource, Vocabulary};
use crate::trace::Step;

/// Runs the actions that listen to the event; the names of those that ran.
pub(super) fn run_all(draft: &mut Draft<'_>, event: &Event) -> Vec<String> {
    let config = draft.context.config;
    let actions = config.automation.event_actions.iter();
    let listening = actions.filter(|one| one.listens(&config.dictionary, &event.name, &event.record.table));
    let mut ran = Vec::new();
    for action in listening {
        if consider(draft, event, action) {
            run_one(draft, event, action);
            ran.push(action.name.clone());
        }
    }
    ran
}

fn consider(draft: &mut Draft<'_>, event: &Event, action: &EventAction) -> bool {
    let (outcome, because, reason) = match holds(draft, event, action) {
        Ok(reason) => (if reason.holds() { "ran" } else { "skipped" }, None, Some(reason)),
        Err(error) => {
            let why = Why::new("condition_error", format!("its condition cannot be evaluated: {error}"));
            failed(draft, action, why.clone());
            ("error", Some(why), None)
        }
    };
    draft.scripts.tell(Step::Considered {
        kind: EVENT_ACTION.to_owned(),
        id: action.id,
        name: action.name.clone(),
        version: action.version,
        outcome: outcome.to_owned(),
        because,
        reason,
    });
    outcome == "ran"
}

fn holds(draft: &Draft<'_>, event: &Event, action: &EventAction) -> Result<Reason, String> {
    let condition = action.condition.as_ref().map_err(Clone::clone)?;
    let condition = resolved(&draft.reads, draft.context, event.actor.user, condition);
    let condition = condition.map_err(|error| error.to_string())?;
    evaluate(&condition, &ChangeSubject::new(&draft.reads, event))
}

fn run_one(draft: &mut Draft<'_>, event: &Event, action: &EventAction) {
    let before = draft.savepoint();
    let script = ScriptSource {
        kind: EVENT_ACTION,
        id: Some(action.id),
        name: &action.name,
        text: &action.script,
        vocabulary: action.vocabulary,
    };
    let globals = globals(draft, event, action.vocabulary);
    let given = Given { globals, record: Some(event.record.clone()), ..Given::default() };
    let ran = match run(draft, &script, given) {
        Ok(ran) => ran,
        Err(why) => return failed(draft, action, why),
    };
    draft.scripts.tell_messages(&ran.outcome.messages);
    for text in &ran.refused {
        failed(draft, action, Why::new("write_refused", text.clone()));
    }
    if let Some(why) = ran.error() {
        draft.roll_back(before);
        failed(draft, action, why);
    }
}

fn failed(draft: &mut Draft<'_>, action: &EventAction, why: Why) {
    draft.scripts.attend(script_failed(EVENT_ACTION, action.id, action.version, &action.name, &why.text));
    draft.scripts.tell(Step::Error { of: action.name.clone(), why });
}

/// What scripts of events are given: `current`, `previous` where the event is about a change, and the event itself.
pub(super) fn globals(draft: &Draft<'_>, event: &Event, vocabulary: Vocabulary) -> Vec<(String, Global)> {
    let image = event.record_image();
    let old = event.old_image();
    let fields = match &old {
        _ if event.is_insert() => Some(Vec::new()),
        Some(old) => Some(handle(draft, vocabulary, old).fields),
        None => None,
    };
    let null = || Global::Value(Script::Null);
    let about = event.record.table != EVENT_REGISTER;
    let journal = event.journal.iter().map(|(field, text)| (field.clone(), text.plain())).collect();
    let current = RecordHandle { old: fields, journal, ..handle(draft, vocabulary, &image) };
    let previous = old.map_or_else(null, |old| Global::Record(handle(draft, vocabulary, &old)));
    vec![
        ("current".to_owned(), if about { Global::Record(current) } else { null() }),
        ("previous".to_owned(), previous),
        ("event".to_owned(), Global::Event(properties(draft, event, vocabulary))),
    ]
}

/// The event as both vocabularies name its parts.
fn properties(draft: &Draft<'_>, event: &Event, vocabulary: Vocabulary) -> Vec<(String, Script)> {
    let names = draft.context.config.names.of(vocabulary);
    let text = |name: &str, text: String| (name.to_owned(), Script::Text(text));
    let mut all = vec![
        text("name", event.name.clone()),
        text("instance", event.record.id.to_string()),
        text("table", names.their_table(&event.record.table).to_owned()),
    ];
    for place in 1..=crate::limits::EVENT_PARAMS_MAX {
        let param = event.params.get(place - 1).cloned().flatten();
        let value = param.map_or(Script::Null, Script::Text);
        if place <= 2 {
            all.push((format!("parm{place}"), value.clone()));
        }
        all.push((format!("param_{place}"), value));
    }
    all
}
