//! Records of every table of the dictionary.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod list;
pub(super) mod read;
pub(super) mod update;

use axum::Json;
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use rejoinder_engine::config::Config;
use rejoinder_engine::record::{Record, RecordKey};
use rejoinder_engine::view::View;
use rejoinder_store::Snapshot;

use super::error::{ApiError, ErrorCode};
use super::extract::{header, id};
use super::value::RecordBody;
use crate::app::App;

/// A record with its version as the ETag.
pub(super) struct Versioned(pub(super) RecordBody);

impl IntoResponse for Versioned {
    fn into_response(self) -> Response {
        let tag = HeaderValue::from_str(&format!("\"{}\"", self.0.version));
        let mut response = Json(self.0).into_response();
        if let Ok(tag) = tag {
            response.headers_mut().insert(ETAG, tag);
        }
        response
    }
}

/// The version that `If-Match` names; any where it is absent or `*`.
pub(super) fn seen_version(headers: &HeaderMap) -> Result<Option<i64>, ApiError> {
    let Some(text) = header(headers, IF_MATCH.as_str())?.filter(|text| *text != "*") else { return Ok(None) };
    let bad = || ApiError::new(ErrorCode::BadRequest, "`If-Match` takes one ETag that this API gave");
    text.trim_matches('"').parse().map(Some).map_err(|_| bad())
}

/// The record that a path names; must exist and belong to the table.
pub(super) fn key(app: &App, table: &str, text: &str) -> Result<RecordKey, ApiError> {
    found(&*app.config()?, &app.store.view()?, table, text).map(|record| record.key())
}

/// The same, whole.
pub(super) fn found(config: &Config, view: &Snapshot, table: &str, text: &str) -> Result<Record, ApiError> {
    if config.dictionary.table(table).is_none() {
        return Err(ApiError::new(ErrorCode::UnknownTable, format!("there is no table `{table}`")));
    }
    view.get(table, id("record", text)?)?.ok_or_else(|| ApiError::missing("record", text))
}

/// A conflict under `If-Match` is a failed precondition.
pub(super) fn stale_if(seen: Option<i64>, error: crate::error::AppError) -> ApiError {
    match (seen, error) {
        (Some(_), crate::error::AppError::Conflict) => ApiError::stale(),
        (_, error) => error.into(),
    }
}
