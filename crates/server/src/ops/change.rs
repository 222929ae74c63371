//! A change that a person or program asks for: decided, applied, decided again where somebody was faster.

use std::sync::Arc;

use rejoinder_engine::access::Rights;
use rejoinder_engine::config::Config;
use rejoinder_engine::context::NextNumber;
use rejoinder_engine::field_fault::FieldFault;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{Actor, Plan, RecordOp};
use rejoinder_engine::record::{Record, RecordKey};
use rejoinder_engine::request::{Change, Request, decide, decide_as_program};
use rejoinder_engine::view::View;
use rejoinder_store::{Applied, ApplyError, Snapshot};

use crate::app::{App, context, request_id};
use crate::error::AppError;
use crate::numbers::RequestNumbers;

/// How often a request is decided again before its asker is told.
pub(super) const TRIES: usize = 8;

/// Who asks for a change, and whose rights count.
#[derive(Debug, Clone)]
pub struct Asker {
    /// As the cause of the change.
    pub actor: Actor,
    /// What they may do.
    pub rights: Rights,
}

impl Asker {
    /// The program itself, which may do everything.
    pub fn program() -> Self {
        Self { actor: Actor::system(), rights: Rights::Program }
    }

    /// What `actor` may do because whoever calls has looked at it, whatever access rules say.
    pub const fn trusted(actor: Actor) -> Self {
        Self { actor, rights: Rights::Program }
    }
}

/// What is asked for.
pub struct Asked {
    /// Who asks.
    pub asker: Asker,
    /// What for.
    pub changes: Vec<Change>,
    /// Only if this record still has the version that the asker has seen.
    pub seen: Option<(RecordKey, i64)>,
    /// The identity of the request, where it may be repeated: what was done under it is not done again.
    pub id: Option<Id>,
    /// Whether it is the program's own doing, which may set what only the program sets.
    pub program: bool,
    /// The configuration and the view that whoever asks has at hand, to decide over the first time.
    pub moment: Option<(Arc<Config>, Snapshot)>,
}

impl Asked {
    /// Changes under no further condition.
    pub const fn new(asker: Asker, changes: Vec<Change>) -> Self {
        Self { asker, changes, seen: None, id: None, program: false, moment: None }
    }
}

/// Does all the changes, or nothing. Gives the records that they made or changed, in order; a record that was
/// deleted is left out.
pub fn change(app: &App, asker: Asker, changes: Vec<Change>) -> Result<Vec<Record>, AppError> {
    change_asked(app, Asked::new(asker, changes))
}

/// The same, only if the first record still has the version that the asker has seen.
pub fn change_if(
    app: &App,
    asker: Asker,
    changes: Vec<Change>,
    seen: Option<(RecordKey, i64)>,
) -> Result<Vec<Record>, AppError> {
    change_asked(app, Asked { seen, ..Asked::new(asker, changes) })
}

/// The same with everything that can be said.
pub fn change_asked(app: &App, asked: Asked) -> Result<Vec<Record>, AppError> {
    let done = carry_out(app, asked)?;
    read(app, &done.keys)
}

/// What was asked for and done.
pub struct Done {
    /// The records that were made or changed, in order.
    pub keys: Vec<RecordKey>,
    /// The events that were raised.
    pub events: Vec<Id>,
}

/// The same without reading the records again.
pub fn carry_out(app: &App, asked: Asked) -> Result<Done, AppError> {
    let Asked { asker, changes, seen, id, program, moment } = asked;
    let decide = if program { decide_as_program } else { decide };
    let seed = app.env.seed()?;
    // First of all: no plan, and so no row, event or trace, ever holds a secret in the clear.
    let first = moment.map_or_else(|| app.moment(), Ok)?;
    let changes = app.secrets.seal_changes(&first.0.dictionary, changes, &app.env)?;
    let mut first = Some(first);
    let id = id.map_or_else(|| request_id(&app.env), Ok)?;
    let Asker { actor, rights } = asker;
    let request = Request { id, actor, rights, changes };
    let now = app.env.now();
    let numbers = RequestNumbers::new(app);
    for _ in 0..TRIES {
        let (config, view) = first.take().map_or_else(|| app.moment(), Ok)?;
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
                tell_applied(app, &config, &plan, &applied);
                let events = plan.events.iter().map(|event| event.id).collect();
                // A repeat made nothing now: what the first one made is meant.
                let keys = if applied.repeated { applied.records } else { keys };
                return Ok(Done { keys, events });
            }
            Err(ApplyError::Conflict(_) | ApplyError::LaneBusy { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(AppError::Conflict)
}

/// Wakes whoever has something to do now. What is configured may concern every worker.
pub(super) fn tell_applied(app: &App, config: &Config, plan: &Plan, applied: &Applied) {
    let configures =
        |op: &RecordOp| config.dictionary.table(&op.key().table).is_none_or(|info| info.table.configuration);
    if plan.records.iter().any(configures) {
        return app.wake.tell_all();
    }
    app.wake.tell_applied(applied);
}

/// Every field that is wrong in the changes; nothing is written and no number used up.
pub fn faults(app: &App, asker: Asker, changes: Vec<Change>) -> Result<Vec<FieldFault>, AppError> {
    let config = app.config()?;
    let changes = match app.secrets.seal_changes(&config.dictionary, changes, &app.env) {
        Ok(changes) => changes,
        Err(AppError::Change(error)) => return Ok(error.fields()),
        Err(error) => return Err(error),
    };
    let view = app.store.view()?;
    let Asker { actor, rights } = asker;
    let request = Request { id: request_id(&app.env)?, actor, rights, changes };
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
