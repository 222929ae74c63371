//! Why something happened.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::{ApiError, OneErrors};
use super::extract::Names;
use super::state::ApiState;
use crate::ops::explain::explain;

/// What was decided, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ExplanationBody {
    /// What the key names: `mail`, `arrival`, `event`, `run`, `record` or `person`.
    of: &'static str,
    /// For a person, a line for each fact.
    text: String,
}

async fn told(state: &ApiState, key: String) -> Result<Json<ExplanationBody>, ApiError> {
    let told = state.run(move |app| {
        let told = explain(app, &key)?;
        Ok(ExplanationBody { of: told.of, text: told.text })
    });
    told.await.map(Json)
}

/// Explains a mail.
#[utoipa::path(get, path = "/emails/{id}/explanation", tag = "explanations", security(("token" = ["mail:read"])),
    params(("id" = String, Path, description = "The mail")),
    responses((status = 200, body = ExplanationBody), OneErrors))]
pub(super) async fn explain_email(
    State(state): State<ApiState>,
    _: Caller,
    Names(id): Names<String>,
) -> Result<Json<ExplanationBody>, ApiError> {
    told(&state, id).await
}

/// Explains a record by its number, a mail by its Message-ID, a person by an address, or a mail, arrival, event, run of a
/// job, record or user by its id.
#[utoipa::path(get, path = "/explanations/{key}", tag = "explanations", security(("token" = ["mail:read"])),
    params(("key" = String, Path, description = "A number, a Message-ID, an address or an id")),
    responses((status = 200, body = ExplanationBody), OneErrors))]
pub(super) async fn explain_key(
    State(state): State<ApiState>,
    _: Caller,
    Names(key): Names<String>,
) -> Result<Json<ExplanationBody>, ApiError> {
    told(&state, key).await
}
