//! The names of all events that can occur.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::{ApiError, OneErrors};
use super::page::Items;
use super::state::ApiState;
use crate::ops::event_names::{EventName, event_names};

/// One name.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventNameBody {
    /// The name.
    name: String,
    /// `registered` (an entry of `event_register`), or `record`: the program raises it when records change.
    kind: &'static str,
    /// The table of its records; `null` where it may be about any record, or none.
    #[schema(required)]
    table: Option<String>,
    /// What it means; empty where the name says it.
    description: String,
    /// What its parameters mean, the first one first.
    params: Vec<String>,
    /// Whether it may be raised.
    active: bool,
    /// The active notification rules that listen to it, by name.
    rules: Vec<String>,
}

fn name(one: EventName) -> EventNameBody {
    EventNameBody {
        name: one.name,
        kind: if one.registered { "registered" } else { "record" },
        table: one.table,
        description: one.description,
        params: one.params,
        active: one.active,
        rules: one.rules,
    }
}

/// All names that events can have, sorted, with the rules that listen to each; always in one page.
#[utoipa::path(get, path = "/event-names", tag = "events", security(("token" = ["records:read"])),
    responses((status = 200, body = Items<EventNameBody>), OneErrors))]
pub(super) async fn list_event_names(
    State(state): State<ApiState>,
    _: Caller,
) -> Result<Json<Items<EventNameBody>>, ApiError> {
    let names = state.run(|app| {
        let config = app.config()?;
        Ok(Items { items: event_names(&config).into_iter().map(name).collect(), next: None })
    });
    names.await.map(Json)
}
