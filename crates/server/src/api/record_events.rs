//! Events that clients raise.

use axum::extract::State;
use axum::http::StatusCode;
use rejoinder_engine::request::Change;
use serde::Deserialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::{ApiError, ErrorCode, RaiseErrors};
use super::extract::{Body, Names};
use super::records::key;
use super::repeat::Repeatable;
use super::state::ApiState;
use crate::ops::change::{Asked, change_asked};

/// Parameters of an event, as both references have them.
const PARAMS_MAX: usize = 5;

/// An event to raise.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Raise {
    /// Its name, such as `incident.escalated`.
    name: String,
    /// Up to five parameters.
    #[serde(default)]
    params: Vec<String>,
}

/// Raises an event of a record; notification rules that listen to its name look at it.
#[utoipa::path(post, path = "/records/{table}/{id}/events", tag = "events", security(("token" = ["records:write"])),
    params(("table" = String, Path, description = "The table"), ("id" = String, Path, description = "The record")),
    request_body = Raise, responses((status = 202, description = "It is raised"), RaiseErrors))]
pub(super) async fn raise_event(
    State(state): State<ApiState>,
    caller: Caller,
    Names((table, id)): Names<(String, String)>,
    Repeatable(request): Repeatable,
    Body(raise): Body<Raise>,
) -> Result<StatusCode, ApiError> {
    if raise.name.is_empty() || raise.params.len() > PARAMS_MAX {
        let text = format!("an event has a name and at most {PARAMS_MAX} parameters");
        return Err(ApiError::new(ErrorCode::Refused, text));
    }
    let raised = state.run(move |app| {
        let key = key(app, &table, &id)?;
        caller.may_write(&app.config()?.dictionary, &key.table)?;
        let params = raise.params.into_iter().map(Some).collect();
        let raised = Change::Raise { name: raise.name, key, params };
        change_asked(app, Asked { id: request, ..Asked::new(caller.actor(), vec![raised]) })?;
        Ok(StatusCode::ACCEPTED)
    });
    raised.await
}
