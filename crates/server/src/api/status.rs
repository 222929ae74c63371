//! What the program is and what it has to do.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::{ApiError, OneErrors};
use super::state::ApiState;
use super::words::Reason;
use crate::ops::accounts::notices;

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

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CallerBody {
    /// The id of the user.
    id: String,
    /// The name of the user.
    name: String,
    /// Whether the user is an administrator.
    admin: bool,
}

/// What the program is and what it has to do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Status {
    /// The version of the program.
    version: &'static str,
    /// Whether this is the demo, which keeps mailboxes itself.
    demo: bool,
    /// Who asks.
    caller: CallerBody,
    /// The configuration generation.
    generation: i64,
    /// What waits or needs a person.
    queues: Vec<QueueState>,
    /// What is missing for mail to come in and go out, or should be looked at; none where all is in order.
    notices: Vec<Reason>,
}

/// The state of the program.
#[utoipa::path(get, path = "/status", tag = "status", security(("token" = [])),
    responses((status = 200, body = Status), OneErrors))]
pub(super) async fn get_status(
    State(state): State<ApiState>,
    asker: Caller,
) -> Result<Json<Status>, ApiError> {
    let demo = state.demo.is_some();
    let caller =
        CallerBody { id: asker.id().to_string(), name: asker.name().to_owned(), admin: asker.is_admin() };
    let status = state.run(move |app| {
        let generation = app.store.configuration_generation()?;
        let queues = app.store.queue_counts()?.into_iter().map(|row| QueueState {
            queue: row.queue.to_owned(),
            state: row.state,
            count: row.count,
            oldest: row.oldest.rfc3339(),
        });
        let notices = notices(app.config()?.as_ref(), &app.secrets).into_iter();
        let notices = notices
            .map(|one| Reason { code: one.code.to_owned(), text: format!("{}: {}", one.what, one.text) });
        let version = env!("CARGO_PKG_VERSION");
        Ok(Status { version, demo, caller, generation, queues: queues.collect(), notices: notices.collect() })
    });
    status.await.map(Json)
}
