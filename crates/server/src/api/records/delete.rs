//! The removal of a record.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use rejoinder_engine::request::Change;

use super::{key, seen_version, stale_if};
use crate::api::auth::Caller;
use crate::api::error::{ApiError, DeleteErrors, StaleError};
use crate::api::extract::Names;
use crate::api::state::ApiState;
use crate::ops::change::change_if;

/// Removes a record; its history stays.
#[utoipa::path(delete, path = "/records/{table}/{id}", tag = "records", security(("token" = ["records:write"])),
    params(("table" = String, Path, description = "The table"), ("id" = String, Path, description = "The record"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    responses((status = 204, description = "It is gone"), DeleteErrors, StaleError))]
pub(crate) async fn delete_record(
    State(state): State<ApiState>,
    caller: Caller,
    Names((table, id)): Names<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let seen = seen_version(&headers)?;
    let gone = state.run(move |app| {
        let key = key(app, &table, &id)?;
        caller.may_write(&app.config()?.dictionary, &key.table)?;
        let guard = seen.map(|version| (key.clone(), version));
        let delete = Change::Delete { key };
        change_if(app, caller.actor(), vec![delete], guard.clone())
            .map_err(|error| stale_if(app, guard.as_ref(), error))?;
        Ok(StatusCode::NO_CONTENT)
    });
    gone.await
}
