//! Events, and their place in the queue.

use axum::Json;
use axum::extract::State;
use rejoinder_store::EventRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::error::{ApiError, QueueErrors, ReadErrors};
use super::extract::{Names, Params, id, query_id};
use super::page::{Items, page};
use super::state::ApiState;
use super::words::{Reason, RecordName, word};
use crate::app::Work;

/// One event.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventBody {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// The record.
    record: RecordName,
    /// Who caused it.
    actor: String,
    /// When it was raised.
    created_at: String,
    /// `ready`, `in_process`, `processed`, `parked` or `failed`.
    state: String,
    /// Why.
    reason: Option<Reason>,
    /// How often it was tried in vain.
    attempts: i64,
}

fn event(row: EventRow) -> EventBody {
    EventBody {
        id: row.id.to_string(),
        name: row.name,
        record: row.record.into(),
        actor: row.actor,
        created_at: row.created_at.rfc3339(),
        state: row.state,
        reason: row.why.map(Into::into),
        attempts: row.attempts,
    }
}

/// What a list is narrowed by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct EventQuery {
    /// The state.
    state: Option<String>,
    /// The id of a record.
    record: Option<String>,
    /// The most rows, at most 200.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Events, newest first.
#[utoipa::path(get, path = "/events", tag = "events", security(("token" = ["records:read"])), params(EventQuery),
    responses((status = 200, body = Items<EventBody>), ReadErrors))]
pub(super) async fn list_events(
    State(state): State<ApiState>,
    _: Caller,
    Params(asked): Params<EventQuery>,
) -> Result<Json<Items<EventBody>>, ApiError> {
    let known = |text: &str| {
        ["ready", "in_process", "processed", "parked", "failed"].contains(&text).then(|| text.to_owned())
    };
    let wanted = word("state", asked.state.as_deref(), known)?;
    let record = query_id("record", asked.record.as_deref())?;
    let rows = state.run(move |app| {
        let page = page(asked.limit, asked.cursor);
        Ok(Items::of(app.store.events(wanted.as_deref(), record, &page)?, event))
    });
    rows.await.map(Json)
}

/// Has a parked event looked at again.
#[utoipa::path(post, path = "/events/{id}/retry", tag = "events", security(("token" = ["records:write"])),
    params(("id" = String, Path, description = "The event")),
    responses((status = 200, body = EventBody), QueueErrors))]
pub(super) async fn retry_event(
    State(state): State<ApiState>,
    caller: Caller,
    Names(text): Names<String>,
) -> Result<Json<EventBody>, ApiError> {
    let row = state.run(move |app| {
        let missing = || ApiError::missing("event", &text);
        let id = id("event", &text)?;
        app.store.event_row(id)?.ok_or_else(missing)?;
        app.store.retry_event(id, caller.name(), app.env.now())?;
        app.wake.tell(Work::Events);
        app.store.event_row(id)?.map(event).ok_or_else(missing)
    });
    row.await.map(Json)
}
