//! Records of every table of the dictionary.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod list;
pub(super) mod read;
pub(super) mod update;

use axum::Json;
use axum::http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::view::View;

use super::error::{ApiError, ErrorCode};
use super::extract::{header, id};
use super::value::RecordBody;
use crate::app::App;
use crate::error::AppError;

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
    let known = app.config()?.dictionary.table(table).is_some();
    if !known {
        return Err(ApiError::new(ErrorCode::UnknownTable, format!("there is no table `{table}`")));
    }
    let found = app.store.view()?.get(table, id("record", text)?)?;
    found.map(|record| record.key()).ok_or_else(|| ApiError::missing("record", text))
}

/// A conflict under `If-Match` is a failed precondition, which names the version that there is.
pub(super) fn stale_if(app: &App, seen: Option<&(RecordKey, i64)>, error: AppError) -> ApiError {
    match (seen, error) {
        (Some((key, _)), AppError::Conflict) => {
            let current = app.store.view().ok().and_then(|view| view.get(&key.table, key.id).ok()).flatten();
            ApiError::stale(current.map(|record| record.version))
        }
        (_, error) => error.into(),
    }
}

/// Whether `If-None-Match` names this version: the client has it already (RFC 9110, 13.1.2).
pub(super) fn is_known(headers: &HeaderMap, version: i64) -> bool {
    let tags = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = tags.flat_map(|text| text.split(',')).map(str::trim);
    let own = format!("\"{version}\"");
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_known_by_its_tag_among_others_weak_or_by_any() {
        let known = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(IF_NONE_MATCH, HeaderValue::from_static(text));
            is_known(&headers, 7)
        };
        for tags in ["\"7\"", "W/\"7\"", "\"1\", \"7\"", "*"] {
            assert!(known(tags), "{tags}");
        }
        assert!(!known("\"17\"") && !known("7") && !is_known(&HeaderMap::new(), 7));
    }
}
