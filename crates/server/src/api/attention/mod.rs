//! What a person should look at.

pub(super) mod bulk;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use rejoinder_store::AttentionRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::error::{ApiError, QueueErrors, ReadErrors};
use super::extract::{Names, Params, id};
use super::page::{Items, page};
use super::state::ApiState;
use super::words::Reason;

/// Something to look at.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AttentionBody {
    /// Its id.
    id: String,
    /// What it is about: `email`, `arrival`, `event`, `delivery`, `job`, `scheduled_job`, `account`,
    /// `notification_rule`, `event_register`.
    subject: String,
    /// Which of these.
    subject_id: String,
    /// Why, and what to do.
    reason: Reason,
    /// Since when.
    at: String,
}

fn attention(row: AttentionRow) -> AttentionBody {
    AttentionBody {
        id: row.id.to_string(),
        subject: row.subject,
        subject_id: row.subject_id.to_string(),
        reason: row.why.into(),
        at: row.at.rfc3339(),
    }
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct AttentionQuery {
    /// The most rows, at most 200.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What nobody has looked at yet, newest first.
#[utoipa::path(get, path = "/attention", tag = "attention", security(("token" = ["mail:read"])), params(AttentionQuery),
    responses((status = 200, body = Items<AttentionBody>), ReadErrors))]
pub(super) async fn list_attention(
    State(state): State<ApiState>,
    _: Caller,
    Params(asked): Params<AttentionQuery>,
) -> Result<Json<Items<AttentionBody>>, ApiError> {
    let rows = state.run(move |app| {
        Ok(Items::of(app.store.attention(true, &page(asked.limit, asked.cursor))?, attention))
    });
    rows.await.map(Json)
}

/// Says that somebody has looked at it.
#[utoipa::path(post, path = "/attention/{id}/clear", tag = "attention", security(("token" = ["mail:write"])),
    params(("id" = String, Path, description = "What was looked at")),
    responses((status = 204, description = "It is cleared"), QueueErrors))]
pub(super) async fn clear_attention(
    State(state): State<ApiState>,
    caller: Caller,
    Names(text): Names<String>,
) -> Result<StatusCode, ApiError> {
    let cleared = state.run(move |app| {
        let cleared = app.store.clear_attention(id("notice", &text)?, caller.name(), app.env.now())?;
        if cleared { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::missing("open notice", &text)) }
    });
    cleared.await
}
