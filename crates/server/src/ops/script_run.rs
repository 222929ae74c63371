//! A script that somebody runs by hand: dry, or with its plan applied.
//!
//! Both decide in the same way; only whether the plan is applied differs. A script that failed changes nothing.

use rejoinder_engine::access::{Person, Rights};
use rejoinder_engine::condition::{Condition, Operator};
use rejoinder_engine::config::Config;
use rejoinder_engine::context::{NextNumber, Numbers};
use rejoinder_engine::dictionary::TableInfo;
use rejoinder_engine::display::Reader;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{Actor, Plan};
use rejoinder_engine::reads::Reads;
use rejoinder_engine::record::{Fields, Record, RecordKey};
use rejoinder_engine::script::console::{ConsoleOutcome, ConsoleRun, decide};
use rejoinder_engine::value::{Kind, Value};
use rejoinder_engine::view::{Query, View};
use rejoinder_store::ApplyError;

use super::change::{Asker, TRIES, tell_applied};
use super::diff::{Differing, Entry, RecordChange, change, entry};
use super::passwords::{USERS, user_called};
use super::scripts::{must_be_short, vocabulary};
use super::sign_in::may_sign_in;
use super::users::administrator;
use crate::app::{App, context, request_id};
use crate::error::AppError;
use crate::numbers::RequestNumbers;

/// What is to be run.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The name that errors carry.
    pub name: String,
    /// JavaScript.
    pub source: String,
    /// The word of its vocabulary; empty for the first.
    pub vocabulary: String,
    /// Table and id, or number, of the record that `current` is. The table may have the vocabulary's name.
    pub record: Option<(String, String)>,
    /// Whether what it would do is done.
    pub apply: bool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// What the engine tells.
    pub outcome: ConsoleOutcome,
    /// What would change, or has changed.
    pub changes: Vec<RecordChange>,
    /// What would be written into feeds, or was.
    pub entries: Vec<Entry>,
    /// Whether it was done.
    pub applied: bool,
    /// The name of the script.
    pub name: String,
}

/// Whoever runs scripts where nobody is named: the administrator that every installation has; or the active user
/// with this id or address. The second is how they read values.
pub fn runner(app: &App, user: Option<&str>) -> Result<(Asker, Reader), AppError> {
    let (config, view) = app.moment()?;
    let found = match user {
        None => view.get(USERS, administrator().id)?,
        Some(text) => match text.parse::<Id>() {
            Ok(id) => view.get(USERS, id)?,
            Err(_) => user_called(&view, text)?,
        },
    };
    let name = user.unwrap_or("administrator").chars().take(80).collect();
    let found = found.filter(may_sign_in).ok_or(AppError::NotFound { what: "active user", name })?;
    let reads = Reads::new(&view, &config.dictionary);
    let person = Person::of(&found, &config, &reads, app.env.now())?;
    let actor = Actor { user: Some(found.id), label: found.text("name").to_owned() };
    Ok((Asker { actor, rights: Rights::Person(person) }, Reader::user(&found)))
}

/// Runs a script as `asker`, and tells what it does in the words of `reader`.
pub fn run(app: &App, asker: &Asker, reader: &Reader, wanted: &Wanted) -> Result<Ran, AppError> {
    must_be_short(&wanted.source)?;
    let id = request_id(&app.env)?;
    let numbers = RequestNumbers::new(app);
    let numbers: &dyn Numbers = if wanted.apply { &numbers } else { &NextNumber };
    let seed = app.env.seed()?;
    let now = app.env.now();
    for _ in 0..TRIES {
        let (config, view) = app.moment()?;
        let asked = ConsoleRun {
            id,
            name: wanted.name.clone(),
            vocabulary: vocabulary(&wanted.vocabulary)?,
            source: wanted.source.clone(),
            record: wanted.record.as_ref().map(|of| key(&config, &view, wanted, of)).transpose()?,
            actor: asker.actor.clone(),
            rights: asker.rights.clone(),
            content: None,
        };
        let (plan, outcome) = decide(context(&config, &view, now, seed, numbers), &asked)?;
        let changes = changes(&config, &Reads::new(&view, &config.dictionary), reader, &plan, &outcome)?;
        let entries = plan.activities.iter().filter_map(entry).collect();
        let works = outcome.error.is_none() && outcome.refused.is_none();
        let mut ran = Ran { outcome, changes, entries, applied: false, name: wanted.name.clone() };
        if !wanted.apply || !works {
            return Ok(ran);
        }
        drop(view);
        match app.store.apply(&plan) {
            Ok(applied) => {
                tell_applied(app, &config, &plan, &applied);
                ran.applied = true;
                return Ok(ran);
            }
            Err(ApplyError::Conflict(_) | ApplyError::LaneBusy { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(AppError::Conflict)
}

/// The record that is named, by its id or by its number, else by what names a record of its table.
fn key(
    config: &Config,
    view: &dyn View,
    wanted: &Wanted,
    (table, name): &(String, String),
) -> Result<RecordKey, AppError> {
    let table = config.names.of(vocabulary(&wanted.vocabulary)?).table(table);
    let shown = |text: &str| text.chars().take(80).collect::<String>();
    let info = config.dictionary.table(table);
    let info = info.ok_or_else(|| AppError::NotFound { what: "table", name: shown(table) })?;
    let found = match name.parse::<Id>() {
        Ok(id) => view.get(table, id)?,
        Err(_) => called(view, info, name)?,
    };
    let found = found.ok_or_else(|| AppError::NotFound { what: "record", name: shown(name) })?;
    Ok(found.key())
}

fn called(view: &dyn View, info: &TableInfo, name: &str) -> Result<Option<Record>, AppError> {
    let numbered = info.fields.values().find(|field| field.kind == Kind::Number);
    let Some(field) = numbered.or_else(|| info.field(&info.table.display)) else { return Ok(None) };
    let condition = Condition::clause(&field.name, field.kind, Operator::Is, vec![Value::text(name)]);
    let mut query = Query::new(&info.table.name, condition);
    query.limit = 2;
    let found = view.query(&query)?;
    if found.len() > 1 {
        let text = format!("more than one record of `{}` is called `{name}`: name its id", info.table.name);
        return Err(AppError::Refused(text));
    }
    Ok(found.into_iter().next())
}

fn changes(
    config: &Config,
    reads: &Reads<'_>,
    reader: &Reader,
    plan: &Plan,
    outcome: &ConsoleOutcome,
) -> Result<Vec<RecordChange>, AppError> {
    let nothing = Fields::new();
    let name =
        |id| outcome.changes.iter().find(|known| known.record.id == id).map(|known| known.name.clone());
    let all = plan.records.iter().map(|op| {
        let name = name(op.key().id).unwrap_or_default();
        change(config, reads, reader, Differing::of(op, &nothing), name)
    });
    all.collect()
}
