//! One record.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use super::found;
use crate::api::auth::Anybody;
use crate::api::error::{ApiError, RecordErrors};
use crate::api::etag::{is_known, not_modified};
use crate::api::extract::Names;
use crate::api::state::ApiState;
use crate::api::value::{RecordBody, record};

/// One record, with its version as ETag. `If-None-Match` with that ETag gets 304 as long as the record is the same.
#[utoipa::path(get, path = "/records/{table}/{id}", tag = "records", security(("token" = ["records:read"])),
    params(("table" = String, Path, description = "The table"), ("id" = String, Path, description = "The record"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag that was read before")),
    responses((status = 200, body = RecordBody), (status = 304, description = "It is as it was read before"),
        RecordErrors))]
pub(crate) async fn get_record(
    State(state): State<ApiState>,
    Anybody(caller): Anybody,
    Names((table, id)): Names<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let one = state.run(move |app| {
        let (config, view) = app.moment()?;
        let found = found(&config, &view, &caller, (&table, &id))?;
        if is_known(&headers, found.version) {
            return Ok(not_modified(found.version));
        }
        let shown = record(&view, &config, &caller, &found)?;
        Ok(shown.versioned().into_response())
    });
    one.await
}
