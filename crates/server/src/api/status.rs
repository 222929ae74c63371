//! What the program is and what it has to do.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::{ApiError, OneErrors};
use super::state::ApiState;

/// Rows of a queue in one state.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QueueState {
    /// `arrival`, `event`, `delivery` or `job`.
    queue: String,
    /// The state.
    state: String,
    /// How many.
    count: i64,
    /// When the oldest of them came.
    oldest: String,
}

/// What the program is and what it has to do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Status {
    /// The version of the program.
    version: &'static str,
    /// The configuration generation.
    generation: i64,
    /// What waits or needs a person.
    queues: Vec<QueueState>,
}

/// The state of the program.
#[utoipa::path(get, path = "/status", tag = "status", security(("token" = [])),
    responses((status = 200, body = Status), OneErrors))]
pub(super) async fn get_status(State(state): State<ApiState>, _: Caller) -> Result<Json<Status>, ApiError> {
    let status = state.run(|app| {
        let generation = app.store.configuration_generation()?;
        let queues = app.store.queue_counts()?.into_iter().map(|row| QueueState {
            queue: row.queue.to_owned(),
            state: row.state,
            count: row.count,
            oldest: row.oldest.rfc3339(),
        });
        Ok(Status { version: env!("CARGO_PKG_VERSION"), generation, queues: queues.collect() })
    });
    status.await.map(Json)
}
