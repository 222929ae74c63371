//! The packs that the program ships, and how they come into a database: tables first, then records.
//!
//! A record that is there already is left alone: the administrator's version wins.

use rejoinder_engine::account::EMAIL_ACCOUNT;
use rejoinder_engine::dictionary::edit::Definition;
use rejoinder_engine::dictionary::merge::merge;
use rejoinder_engine::dictionary::{Dictionary, Table};
use rejoinder_engine::pack::{Pack, in_order};
use rejoinder_engine::plan::{Actor, Cause, CauseKind, Plan, Unit};
use rejoinder_engine::request::Change;
use rejoinder_engine::trace::Trace;
use rejoinder_engine::value::Value;
use rejoinder_store::Page;
use rust_embed::RustEmbed;

use crate::app::{App, request_id};
use crate::error::AppError;
use crate::ops::change::{Asker, change};

/// The folder `packs` of the repository.
#[derive(RustEmbed)]
#[folder = "../../packs"]
struct Shipped;

/// A pack that the program ships.
pub fn shipped(name: &str) -> Result<Pack, AppError> {
    let prefix = format!("{name}/");
    let mut files = std::collections::BTreeMap::new();
    for path in Shipped::iter() {
        let (Some(inside), Some(file)) = (path.strip_prefix(&prefix), Shipped::get(&path)) else { continue };
        let text = String::from_utf8(file.data.into_owned());
        let text = text.map_err(|_| AppError::Refused(format!("the pack file {path} is no UTF-8")))?;
        files.insert(inside.to_owned(), text);
    }
    if files.is_empty() {
        return Err(AppError::NotFound { what: "pack", name: name.to_owned() });
    }
    Ok(Pack { name: name.to_owned(), files })
}

/// Brings packs into the database, in their order.
pub fn install(app: &App, packs: &[Pack]) -> Result<usize, AppError> {
    define_tables(app, packs)?;
    name_encryption(app)?;
    let mut inserted = 0;
    for pack in packs {
        inserted += insert_records(app, pack)?;
    }
    Ok(inserted)
}

/// Defines the tables that are new or differ from what was shipped before; what an administrator changed stays.
fn define_tables(app: &App, packs: &[Pack]) -> Result<(), AppError> {
    let known = app.store.definitions()?;
    let id = request_id(&app.env)?;
    let cause = Cause { kind: CauseKind::Request, id, chain: Vec::new() };
    let trace = Trace::new("request", id, app.env.now(), known.generation);
    let mut plan = Plan::new(Unit::Request { id }, app.env.now(), Actor::system(), cause, trace);
    for pack in packs {
        for theirs in pack.tables()? {
            let mine = known.get(&theirs.name);
            let new = match mine {
                None => theirs.clone(),
                Some(mine) => merged(app, mine, &theirs)?,
            };
            if mine.is_none_or(|mine| mine.table != new) {
                plan.tables.push(new);
            }
            if mine.is_none_or(|mine| mine.shipped.as_ref() != Some(&theirs)) {
                plan.shipped_tables.push(theirs);
            }
        }
    }
    if plan.tables.is_empty() && plan.shipped_tables.is_empty() {
        return Ok(());
    }
    let others = known.all.into_iter().map(|one| one.table);
    let kept = others.filter(|table| plan.tables.iter().all(|new| new.name != table.name));
    Dictionary::new(kept.chain(plan.tables.iter().cloned()).collect())?;
    app.store.apply(&plan)?;
    app.reload()?;
    Ok(())
}

/// What there is of a table after the program has come with another definition of it.
fn merged(app: &App, mine: &Definition, theirs: &Table) -> Result<Table, AppError> {
    let name = &theirs.name;
    let base = match &mine.shipped {
        Some(base) => base.clone(),
        // From before definitions could be changed here: it is as it was shipped.
        None if app.store.definition_changes(name, &Page::default())?.items.is_empty() => mine.table.clone(),
        // Made here, and now the program ships one of this name: nothing of it was shipped before.
        None => Table::new(name, &mine.table.display, Vec::new()),
    };
    merge(&base, &mine.table, theirs).map_err(|error| {
        AppError::Refused(format!("the table `{name}` cannot be brought up to date: {error}"))
    })
}

/// Accounts from before there was encryption went unprotected: they say so from now on, and go on as they did. New
/// ones always say something, because the field is mandatory.
fn name_encryption(app: &App) -> Result<(), AppError> {
    const FIELD: &str = "encryption";
    let dictionary = app.config()?.dictionary.clone();
    if dictionary.table(EMAIL_ACCOUNT).is_none_or(|info| info.field(FIELD).is_none()) {
        return Ok(());
    }
    let records = app.store.records_of(EMAIL_ACCOUNT)?.into_iter();
    let old = records.filter(|record| record.get(FIELD).is_null());
    let fields = || [(FIELD.to_owned(), Value::text("none"))].into();
    let changes: Vec<Change> =
        old.map(|record| Change::Update { key: record.key(), fields: fields() }).collect();
    if !changes.is_empty() {
        tracing::info!(accounts = changes.len(), "accounts from before there was encryption stay without it");
        change(app, Asker::program(), changes)?;
    }
    Ok(())
}

/// Inserts the records that are not there yet, all in one plan.
fn insert_records(app: &App, pack: &Pack) -> Result<usize, AppError> {
    let config = app.config()?;
    let view = app.store.view()?;
    let mut changes = Vec::new();
    for record in pack.records()? {
        let known = rejoinder_engine::view::View::get(&view, &record.table, record.id)?;
        if known.is_none() {
            changes.push(pack.change(&record, &config.dictionary)?);
        }
    }
    drop(view);
    in_order(&mut changes);
    let count = changes.len();
    if count > 0 {
        change(app, Asker::program(), changes)?;
    }
    Ok(count)
}
