//! New values of a record.

use axum::extract::State;
use axum::http::HeaderMap;
use rejoinder_engine::request::Change;

use super::create::Values;
use super::{Versioned, key, seen_version, stale_if};
use crate::api::auth::Caller;
use crate::api::error::{ApiError, StaleError, UpdateErrors};
use crate::api::extract::{Body, Names};
use crate::api::state::ApiState;
use crate::api::value::{RecordBody, record, stored};
use crate::ops::change::change_if;

/// Changes the named fields; with `If-Match` only if nobody was faster. Writing into a journal adds a comment.
#[utoipa::path(patch, path = "/records/{table}/{id}", tag = "records", security(("token" = ["records:write"])),
    params(("table" = String, Path, description = "The table"), ("id" = String, Path, description = "The record"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    request_body = Values, responses((status = 200, body = RecordBody), UpdateErrors, StaleError))]
pub(crate) async fn update_record(
    State(state): State<ApiState>,
    caller: Caller,
    Names((table, id)): Names<(String, String)>,
    headers: HeaderMap,
    Body(given): Body<Values>,
) -> Result<Versioned, ApiError> {
    let seen = seen_version(&headers)?;
    let changed = state.run(move |app| {
        let key = key(app, &table, &id)?;
        let config = app.config()?;
        caller.may_write(&config.dictionary, &key.table)?;
        let info =
            config.dictionary.table(&key.table).ok_or_else(|| ApiError::fault("a record without a table"))?;
        let fields = stored(info, &given.fields)?;
        let guard = seen.map(|version| (key.clone(), version));
        let update = Change::Update { key, fields };
        let done = change_if(app, caller.actor(), vec![update], guard.clone())
            .map_err(|error| stale_if(app, guard.as_ref(), error))?;
        let one = done.first().ok_or_else(|| ApiError::missing("record", &id))?;
        record(&app.store.view()?, &app.config()?.dictionary, &caller, one)
    });
    changed.await.map(Versioned)
}
