//! Requests that may be repeated: `Idempotency-Key` on a POST gives the first answer again instead of a second effect.
//!
//! The key (with whose it is) gets the identity of its request durably before the handler runs; the handler changes
//! records under that identity ([`Repeatable`]), so that a try after a crash finds what the first one did. Successes
//! are kept for [`KEY_KEPT`], encrypted, because a new token is shown in one. What was refused changed nothing: its key
//! is free again.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use rejoinder_engine::id::Id;
use rejoinder_engine::sealed::Sealed;
use rejoinder_store::{KeyedRequest, Known};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::auth::recognised;
use super::error::{ApiError, ErrorCode};
use super::extract::{header, too_large};
use super::state::ApiState;
use crate::app::App;
use crate::limits::{KEPT_ANSWER_BYTES, KEY_CHARS_MAX, KEY_KEPT, KEY_LEASE, REQUEST_BYTES_MAX};
use crate::secrets::Place;

/// The header with the key.
pub(super) const KEY: &str = "idempotency-key";
/// The header of an answer that was given before.
const REPLAY: HeaderName = HeaderName::from_static("idempotent-replay");
/// What is not for keys: who signs in wants a session of his own each time.
const SIGN_IN: &str = "/api/v1/session";

/// The identity of a request that may be repeated; none where it has no key.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Repeatable(pub(super) Option<Id>);

impl FromRequestParts<ApiState> for Repeatable {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, ApiError> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or_default())
    }
}

/// What is kept of an answer beside its status.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    headers: Vec<(String, String)>,
    body: String,
}

/// Answers a request with a key once.
pub(super) async fn once(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let keyed = request.method() == Method::POST
        && request.headers().contains_key(KEY)
        && request.uri().path() != SIGN_IN;
    if !keyed {
        return next.run(request).await;
    }
    match begin(&state, request).await {
        Ok(Begun::Answered(answer)) => answer,
        Ok(Begun::ToDo(request, id)) => {
            // Goes on to its end although nobody may wait for it any more: else the key would stay under way.
            let done = tokio::spawn(async move { kept(&state, id, next.run(request).await).await });
            done.await.unwrap_or_else(|error| {
                ApiError::fault(format!("a request ended badly: {error}")).into_response()
            })
        }
        Err(error) => error.into_response(),
    }
}

enum Begun {
    Answered(Response),
    ToDo(Request, Id),
}

/// What is to be done with a key.
enum Step {
    Answered(Response),
    ToDo(Id),
}

async fn begin(state: &ApiState, request: Request) -> Result<Begun, ApiError> {
    let (mut parts, body) = request.into_parts();
    let key = key(&parts)?;
    let caller = recognised(&mut parts, state).await?;
    let body = to_bytes(body, REQUEST_BYTES_MAX).await.map_err(|_| too_large())?;
    let (whose, fingerprint) = (caller.id(), fingerprint(&parts, &body));
    let known = state.run(move |app| {
        let now = app.env.now();
        let micros = |time: std::time::Duration| i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        let asked = KeyedRequest {
            key: digest(&[whose.to_string().as_bytes(), key.as_bytes()]),
            fingerprint,
            request: crate::app::request_id(&app.env)?,
            now,
            lease_until: now.plus(micros(KEY_LEASE)),
            by: app.node.clone(),
            forgotten: now.plus(-micros(KEY_KEPT)),
        };
        match app.store.begin_request(&asked)? {
            Known::Answered { request, status, answer } => {
                again(app, request, status, &answer).map(Step::Answered)
            }
            Known::ToDo(request) => Ok(Step::ToDo(request)),
            Known::UnderWay => {
                Err(ApiError::new(ErrorCode::UnderWay, "a request with this key is under way")
                    .hint("ask again in a moment")
                    .retry_after(1))
            }
            Known::Another => Err(ApiError::new(
                ErrorCode::KeyReused,
                "another request had this `Idempotency-Key` within 24 hours",
            )
            .hint("give each request a key of its own, and repeat it with the same body")),
        }
    });
    match known.await? {
        Step::Answered(answer) => Ok(Begun::Answered(answer)),
        Step::ToDo(id) => {
            parts.extensions.insert(Repeatable(Some(id)));
            parts.extensions.insert(caller);
            Ok(Begun::ToDo(Request::from_parts(parts, Body::from(body)), id))
        }
    }
}

fn key(parts: &Parts) -> Result<String, ApiError> {
    let text = header(&parts.headers, KEY)?.unwrap_or_default();
    if text.is_empty() || text.len() > KEY_CHARS_MAX {
        let text = format!("`Idempotency-Key` takes 1 to {KEY_CHARS_MAX} characters");
        return Err(ApiError::new(ErrorCode::BadRequest, text));
    }
    Ok(text.to_owned())
}

/// What tells a request from others: what is asked, and with what.
fn fingerprint(parts: &Parts, body: &Bytes) -> String {
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    let media_type = parts.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    digest(&[parts.method.as_str().as_bytes(), target.as_bytes(), media_type, body])
}

/// A digest in which no two lists of parts are the same.
fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

const fn place(request: Id) -> Place<'static> {
    Place { root: "idempotency", id: request, field: "answer" }
}

/// The first answer.
fn again(app: &App, request: Id, status: i64, answer: &str) -> Result<Response, ApiError> {
    let unreadable = || ApiError::fault("an answer that was kept cannot be read");
    let sealed = Sealed::parse(answer).ok_or_else(unreadable)?;
    let text = app.secrets.open(&place(request), &sealed).map_err(crate::error::AppError::from)?;
    let kept: Kept = serde_json::from_str(text.expose()).map_err(|_| unreadable())?;
    let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let mut response = (status.ok_or_else(unreadable)?, kept.body).into_response();
    response.headers_mut().remove(CONTENT_TYPE);
    for (name, value) in kept.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAY, HeaderValue::from_static("true"));
    Ok(response)
}

/// Keeps the answer of a success, and gives it on.
async fn kept(state: &ApiState, request: Id, response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let status = parts.status;
    let body = match to_bytes(body, KEPT_ANSWER_BYTES).await {
        Ok(body) => body,
        Err(error) => return ApiError::fault(format!("an answer cannot be kept: {error}")).into_response(),
    };
    let said = |name: &HeaderName| {
        let value = parts.headers.get(name).and_then(|value| value.to_str().ok())?;
        Some((name.to_string(), value.to_owned()))
    };
    let headers = [CONTENT_TYPE, ETAG, CACHE_CONTROL].iter().filter_map(said).collect();
    let answer = Kept { headers, body: String::from_utf8_lossy(&body).into_owned() };
    let keeping = state.run(move |app| {
        if status.is_success() {
            let text = serde_json::to_string(&answer).map_err(|error| ApiError::fault(error.to_string()))?;
            let seed = app.env.seed().map_err(crate::error::AppError::from)?.bytes();
            let nonce = *seed.first_chunk().ok_or_else(|| ApiError::fault("a seed is too short"))?;
            let sealed =
                app.secrets.seal(&place(request), &text, nonce).map_err(crate::error::AppError::from)?;
            app.store.answer_request(request, &app.node, status.as_u16().into(), &sealed.text())?;
        } else {
            // A client's mistake changed nothing. After a fault nobody knows.
            app.store.give_up_request(request, &app.node, status.is_client_error())?;
        }
        Ok(())
    });
    // The effect is there: a repeat finds it by the identity of its request, if not by the answer.
    if let Err(error) = keeping.await {
        tracing::warn!(?error, "the answer to a request with a key was not kept");
    }
    Response::from_parts(parts, Body::from(body))
}
