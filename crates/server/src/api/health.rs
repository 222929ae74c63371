//! Whether the program lives, and whether it can work.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::{ApiError, ErrorCode, ReadyErrors};
use super::state::ApiState;

/// An answer to a probe.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// `live` or `ready`.
    status: &'static str,
}

/// Whether the program answers.
#[utoipa::path(get, path = "/health/live", tag = "health", responses((status = 200, body = Health)))]
pub(super) async fn live() -> Json<Health> {
    Json(Health { status: "live" })
}

/// Whether the database answers too.
#[utoipa::path(get, path = "/health/ready", tag = "health", responses((status = 200, body = Health), ReadyErrors))]
pub(super) async fn ready(State(state): State<ApiState>) -> Result<Json<Health>, ApiError> {
    let answered = state.run(|app| Ok(app.store.ping().is_ok())).await?;
    if answered {
        return Ok(Json(Health { status: "ready" }));
    }
    Err(ApiError::new(ErrorCode::NotReady, "the database does not answer"))
}
