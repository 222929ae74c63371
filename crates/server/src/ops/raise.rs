//! An event that a person or a program raises by its name, now or ahead, with a record or without.

use rejoinder_engine::events::{Raise, allowed};
use rejoinder_engine::id::Id;
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::request::Change;
use rejoinder_store::EventRow;

use super::change::{Asked, Asker, carry_out};
use crate::app::App;
use crate::error::AppError;

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// The event; the one that waits already where this one was left out.
    pub event: EventRow,
    /// Whether it was left out, because one waits under its key.
    pub ignored: bool,
}

/// Raises an event of a record, or without one: then it is about its entry in the registry. `request` is the identity of
/// the request, where it may be repeated.
pub fn raise(
    app: &App,
    asker: Asker,
    request: Option<Id>,
    (about, raise): (Option<RecordKey>, Raise),
) -> Result<Raised, AppError> {
    let key = match about {
        Some(key) => key,
        None => allowed(app.config()?.as_ref(), &raise.name, None)?.key(),
    };
    let change = Change::Raise { key: key.clone(), raise: raise.clone() };
    let done = carry_out(app, Asked { id: request, ..Asked::new(asker, vec![change]) })?;
    let id = done.events.first().copied();
    if let Some(event) = id.map(|id| app.store.event_row(id)).transpose()?.flatten() {
        return Ok(Raised { event, ignored: false });
    }
    // A repeat of a request that was done: what the first one raised is meant.
    let first = request.map(|request| app.store.events_caused_by(request, 1)).transpose()?;
    if let Some(event) = first.into_iter().flatten().next() {
        return Ok(Raised { event, ignored: false });
    }
    let same = raise.same.as_ref();
    let waits =
        same.map(|same| app.store.waiting_event(key.id, &raise.name, &same.key)).transpose()?.flatten();
    let event = waits.map(|id| app.store.event_row(id)).transpose()?.flatten();
    // The one that waited has had its time since: whoever asks again raises the next.
    event.map(|event| Raised { event, ignored: true }).ok_or(AppError::Conflict)
}
