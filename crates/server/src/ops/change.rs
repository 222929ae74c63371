//! A change that a person or program asks for: decided, applied, decided again where somebody was faster.

use rejoinder_engine::context::NextNumber;
use rejoinder_engine::field_fault::FieldFault;
use rejoinder_engine::plan::Actor;
use rejoinder_engine::record::{Record, RecordKey};
use rejoinder_engine::request::{Change, Request, decide};
use rejoinder_engine::view::View;
use rejoinder_store::ApplyError;

use crate::app::{App, context, request_id};
use crate::error::AppError;
use crate::numbers::RequestNumbers;

/// How often a request is decided again before its asker is told.
const TRIES: usize = 8;

/// Does all the changes, or nothing. Gives the records that they made or changed, in order; a record that was
/// deleted is left out.
pub fn change(app: &App, actor: Actor, changes: Vec<Change>) -> Result<Vec<Record>, AppError> {
    change_if(app, actor, changes, None)
}

/// The same, only if the first record still has the version that the asker has seen.
pub fn change_if(
    app: &App,
    actor: Actor,
    changes: Vec<Change>,
    seen: Option<(RecordKey, i64)>,
) -> Result<Vec<Record>, AppError> {
    let seed = app.env.seed()?;
    // First of all: no plan, and so no row, event or trace, ever holds a secret in the clear.
    let changes = app.secrets.seal_changes(&app.config()?.dictionary, changes, &app.env)?;
    let request = Request { id: request_id(&app.env)?, actor, changes };
    let now = app.env.now();
    let numbers = RequestNumbers::new(app);
    for _ in 0..TRIES {
        let config = app.config()?;
        let view = app.store.view()?;
        if let Some((key, version)) = &seen {
            let current = view.get(&key.table, key.id)?.map(|record| record.version);
            if current != Some(*version) {
                return Err(AppError::Conflict);
            }
        }
        let (plan, keys) = decide(context(&config, &view, now, seed, &numbers), &request)?;
        drop(view);
        match app.store.apply(&plan) {
            Ok(_) => {
                app.wake.tell_all();
                return read(app, &keys);
            }
            Err(ApplyError::Conflict(_) | ApplyError::LaneBusy { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(AppError::Conflict)
}

/// Every field that is wrong in the changes; nothing is written and no number used up.
pub fn faults(app: &App, actor: Actor, changes: Vec<Change>) -> Result<Vec<FieldFault>, AppError> {
    let config = app.config()?;
    let changes = match app.secrets.seal_changes(&config.dictionary, changes, &app.env) {
        Ok(changes) => changes,
        Err(AppError::Change(error)) => return Ok(error.fields()),
        Err(error) => return Err(error),
    };
    let view = app.store.view()?;
    let request = Request { id: request_id(&app.env)?, actor, changes };
    let input = context(&config, &view, app.env.now(), app.env.seed()?, &NextNumber);
    match decide(input, &request) {
        Ok(_) => Ok(Vec::new()),
        Err(error) => Ok(error.fields()),
    }
}

fn read(app: &App, keys: &[RecordKey]) -> Result<Vec<Record>, AppError> {
    let view = app.store.view()?;
    let mut records = Vec::new();
    for key in keys {
        records.extend(view.get(&key.table, key.id)?);
    }
    Ok(records)
}
