//! Versions as ETags (RFC 9110, 8.8.3): of records, and of the definitions of tables.

use axum::Json;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A body with its version as the ETag.
pub(super) struct Versioned<T> {
    /// The version.
    pub(super) version: i64,
    /// The body.
    pub(super) body: T,
}

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        ([(ETAG, tag(self.version))], Json(self.body)).into_response()
    }
}

/// The answer to somebody who has this version already.
pub(super) fn not_modified(version: i64) -> Response {
    (StatusCode::NOT_MODIFIED, [(ETAG, tag(version))]).into_response()
}

fn tag(version: i64) -> String {
    format!("\"{version}\"")
}

/// Whether `If-None-Match` names this version: the client has it already (RFC 9110, 13.1.2).
pub(super) fn is_known(headers: &HeaderMap, version: i64) -> bool {
    let tags = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = tags.flat_map(|text| text.split(',')).map(str::trim);
    let own = tag(version);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == own)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

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
