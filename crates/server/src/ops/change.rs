//! A change that a person or program asks for: decided, applied, decided again where somebody was faster.

use rejoinder_engine::id::Id;
use rejoinder_engine::plan::Actor;
use rejoinder_engine::record::{Record, RecordKey};
use rejoinder_engine::request::{Change, Request, decide, decide_as_program};
use rejoinder_engine::view::View;
use rejoinder_store::ApplyError;

use crate::app::{App, context, request_id};
use crate::error::AppError;
use crate::numbers::RequestNumbers;

/// How often a request is decided again before its asker is told.
const TRIES: usize = 8;

/// What is asked for.
pub struct Asked {
    /// Who asks.
    pub actor: Actor,
    /// What for.
    pub changes: Vec<Change>,
    /// Only if this record still has the version that the asker has seen.
    pub seen: Option<(RecordKey, i64)>,
    /// The identity of the request, where it may be repeated: what was done under it is not done again.
    pub id: Option<Id>,
    /// Whether it is the program's own doing, which may set what only the program sets.
    pub program: bool,
}

impl Asked {
    /// Changes under no further condition.
    pub const fn new(actor: Actor, changes: Vec<Change>) -> Self {
        Self { actor, changes, seen: None, id: None, program: false }
    }
}

/// Does all the changes, or nothing. Gives the records that they made or changed, in order; a record that was
/// deleted is left out.
pub fn change(app: &App, actor: Actor, changes: Vec<Change>) -> Result<Vec<Record>, AppError> {
    change_asked(app, Asked::new(actor, changes))
}

/// The same, only if the first record still has the version that the asker has seen.
pub fn change_if(
    app: &App,
    actor: Actor,
    changes: Vec<Change>,
    seen: Option<(RecordKey, i64)>,
) -> Result<Vec<Record>, AppError> {
    change_asked(app, Asked { seen, ..Asked::new(actor, changes) })
}

/// The same with everything that can be said.
pub fn change_asked(app: &App, asked: Asked) -> Result<Vec<Record>, AppError> {
    let Asked { actor, changes, seen, id, program } = asked;
    let decide = if program { decide_as_program } else { decide };
    let seed = app.env.seed()?;
    // First of all: no plan, and so no row, event or trace, ever holds a secret in the clear.
    let changes = app.secrets.seal_changes(&app.config()?.dictionary, changes, &app.env)?;
    let id = id.map_or_else(|| request_id(&app.env), Ok)?;
    let request = Request { id, actor, changes };
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
            Ok(applied) => {
                app.wake.tell_all();
                // A repeat made nothing now: what the first one made is meant.
                return read(app, if applied.repeated { &applied.records } else { &keys });
            }
            Err(ApplyError::Conflict(_) | ApplyError::LaneBusy { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(AppError::Conflict)
}

fn read(app: &App, keys: &[RecordKey]) -> Result<Vec<Record>, AppError> {
    let view = app.store.view()?;
    let mut records = Vec::new();
    for key in keys {
        records.extend(view.get(&key.table, key.id)?);
    }
    Ok(records)
}
