//! A script that somebody runs by hand: dry, or with its plan applied.
//!
//! Both decide in the same way; only whether the plan is applied differs. A script that failed changes nothing.

use rejoinder_engine::access::{Person, Rights};
use rejoinder_engine::condition::{Condition, Operator};
use rejoinder_engine::config::Config;
use rejoinder_engine::context::{NextNumber, Numbers};
use rejoinder_engine::dictionary::{TableInfo, label};
use rejoinder_engine::display::{Reader, display};
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{Activity, ActivityKind, Actor, Plan, RecordOp};
use rejoinder_engine::reads::Reads;
use rejoinder_engine::record::{Fields, Record, RecordKey};
use rejoinder_engine::script::console::{ConsoleOutcome, ConsoleRun, decide};
use rejoinder_engine::value::{Kind, Value};
use rejoinder_engine::view::{Query, View};
use rejoinder_store::ApplyError;

use super::change::{Asker, TRIES, tell_applied};
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

/// A field that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The field.
    pub field: String,
    /// What people call it.
    pub label: String,
    /// Its value before and after; nothing of a secret one.
    pub values: (Value, Value),
    /// The same as people read them.
    pub shown: (String, String),
}

/// A record that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordChange {
    /// `insert`, `update` or `delete`.
    pub operation: &'static str,
    /// The record.
    pub key: RecordKey,
    /// Its number or name.
    pub name: String,
    /// Its fields that change; of a record that goes, none.
    pub fields: Vec<FieldChange>,
}

/// An entry of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The record.
    pub key: RecordKey,
    /// `comment`, `work_note` or `file`.
    pub kind: &'static str,
    /// The text, or the name of the file.
    pub text: String,
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
    let mut all = Vec::new();
    for op in &plan.records {
        let (operation, old, new) = match op {
            RecordOp::Insert { fields, .. } => ("insert", &nothing, fields),
            RecordOp::Update { old, new, .. } => ("update", old, new),
            RecordOp::Delete { .. } => ("delete", &nothing, &nothing),
        };
        let key = op.key().clone();
        let mut fields = Vec::new();
        if let Some(info) = config.dictionary.table(&key.table) {
            for (name, value) in new {
                fields.extend(field_change(reads, reader, info, name, (old.get(name), value))?);
            }
        }
        let known = outcome.changes.iter().find(|change| change.record.id == key.id);
        let name = known.map(|change| change.name.clone()).unwrap_or_default();
        all.push(RecordChange { operation, key, name, fields });
    }
    Ok(all)
}

/// The stamps of every record, which say nothing about a script.
const STAMPS: [&str; 4] = ["created_at", "created_by", "updated_at", "updated_by"];

fn field_change(
    reads: &Reads<'_>,
    reader: &Reader,
    info: &TableInfo,
    name: &str,
    (old, new): (Option<&Value>, &Value),
) -> Result<Option<FieldChange>, AppError> {
    let field = info.field(name).filter(|field| !field.secret && !STAMPS.contains(&name));
    let Some(field) = field else { return Ok(None) };
    let old = old.unwrap_or(&Value::Null);
    if old.is_null() && new.is_null() {
        return Ok(None);
    }
    Ok(Some(FieldChange {
        field: name.to_owned(),
        label: label(&field.label, &reader.language, name).to_owned(),
        values: (old.clone(), new.clone()),
        shown: (display(reads, reader, field, old)?, display(reads, reader, field, new)?),
    }))
}

fn entry(activity: &Activity) -> Option<Entry> {
    let kind = match activity.kind {
        ActivityKind::Comment => "comment",
        ActivityKind::WorkNote => "work_note",
        ActivityKind::FileAdded => "file",
        _ => return None,
    };
    Some(Entry { key: activity.record.clone(), kind, text: activity.text.clone() })
}
