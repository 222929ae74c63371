//! Parts of a request whose errors have the shape of the API: query, JSON body, mail body, headers.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri};
use rejoinder_engine::id::Id;
use serde::de::DeserializeOwned;

use super::error::{ApiError, ErrorCode};
use super::state::ApiState;
use crate::limits::REQUEST_BYTES_MAX;

/// The query of the address, typed.
pub(super) struct Params<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<ApiState> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, ApiError> {
        query(&parts.uri).map(Self)
    }
}

fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, ApiError> {
    let read = axum::extract::Query::<T>::try_from_uri(uri);
    read.map(|read| read.0).map_err(|error| ApiError::new(ErrorCode::BadRequest, error.body_text()))
}

/// The names in the path, decoded.
pub(super) struct Names<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<ApiState> for Names<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        read.map(|read| Self(read.0)).map_err(|error| ApiError::new(ErrorCode::NotFound, error.body_text()))
    }
}

/// A JSON body, typed.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<ApiState> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, ApiError> {
        let read = Json::<T>::from_request(request, state).await;
        read.map(|read| Self(read.0))
            .map_err(|error| refused(error.status(), &error.body_text(), "application/json"))
    }
}

/// The bytes of a mail.
pub(super) struct MailBody(pub(super) Vec<u8>);

/// The media type of a mail (RFC 2046, 5.2.1).
pub(super) const MAIL: &str = "message/rfc822";

impl FromRequest<ApiState> for MailBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, ApiError> {
        if !is_mail(request.headers()) {
            return Err(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "", MAIL));
        }
        let read = Bytes::from_request(request, state).await;
        read.map(|bytes| Self(bytes.into()))
            .map_err(|error| refused(error.status(), &error.body_text(), MAIL))
    }
}

fn is_mail(headers: &HeaderMap) -> bool {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let bare = given.and_then(|text| text.split(';').next());
    bare.is_some_and(|bare| bare.trim().eq_ignore_ascii_case(MAIL))
}

/// More than is taken.
pub(super) fn too_large() -> ApiError {
    ApiError::new(ErrorCode::TooLarge, format!("at most {REQUEST_BYTES_MAX} bytes are taken"))
}

fn refused(status: StatusCode, text: &str, wanted: &str) -> ApiError {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ApiError::new(
            ErrorCode::UnsupportedMediaType,
            format!("the body must be `Content-Type: {wanted}`"),
        ),
        _ => ApiError::new(ErrorCode::BadRequest, text),
    }
}

/// The id in a path; what is no id names nothing.
pub(super) fn id(what: &str, text: &str) -> Result<Id, ApiError> {
    text.parse().map_err(|_| ApiError::missing(what, text))
}

/// The id in a query.
pub(super) fn query_id(name: &str, text: Option<&str>) -> Result<Option<Id>, ApiError> {
    let bad = || ApiError::new(ErrorCode::BadRequest, format!("`{name}` takes a record id of 32 hex digits"));
    text.map(|text| text.parse().map_err(|_| bad())).transpose()
}

/// The text of a header, where it is there once and readable.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, ApiError> {
    let bad = || ApiError::new(ErrorCode::BadRequest, format!("the header `{name}` cannot be read"));
    headers.get(name).map(|value| value.to_str().map_err(|_| bad())).transpose()
}
