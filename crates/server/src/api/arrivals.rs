//! Copies of incoming mails, and their place in the queue.

use axum::Json;
use axum::extract::State;
use rejoinder_store::ArrivalRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::error::{ApiError, OneErrors, QueueErrors, ReadErrors};
use super::extract::{Names, Params, id};
use super::page::{Items, page};
use super::state::ApiState;
use super::words::{Reason, word};
use crate::app::Work;

/// One copy of an incoming mail.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ArrivalBody {
    /// Its id.
    id: String,
    /// The account that received it.
    account: String,
    /// `smtp`, `lmtp`, `imap`, `pop3`, `http` or `cli`.
    source: String,
    /// The sender's address.
    sender: Option<String>,
    /// Its subject.
    subject: Option<String>,
    /// Its bytes.
    size: i64,
    /// When it came.
    received_at: String,
    /// `ready`, `in_process`, `processed`, `failed` or `ignored`.
    state: String,
    /// Why.
    reason: Option<Reason>,
    /// How often it was tried in vain.
    attempts: i64,
    /// The mail that it belongs to.
    email: Option<String>,
}

/// A copy for the caller.
pub(super) fn arrival(row: ArrivalRow) -> ArrivalBody {
    ArrivalBody {
        id: row.id.to_string(),
        account: row.account.to_string(),
        source: row.source,
        sender: row.sender,
        subject: row.subject,
        size: row.size,
        received_at: row.received_at.rfc3339(),
        state: row.state,
        reason: row.why.map(Into::into),
        attempts: row.attempts,
        email: row.email.map(|email| email.to_string()),
    }
}

/// What a list is narrowed by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct StateQuery {
    /// The state.
    state: Option<String>,
    /// The most rows, at most 200.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Copies of incoming mails, newest first.
#[utoipa::path(get, path = "/arrivals", tag = "mail", security(("token" = ["mail:read"])), params(StateQuery),
    responses((status = 200, body = Items<ArrivalBody>), ReadErrors))]
pub(super) async fn list_arrivals(
    State(state): State<ApiState>,
    _: Caller,
    Params(asked): Params<StateQuery>,
) -> Result<Json<Items<ArrivalBody>>, ApiError> {
    let known = |text: &str| {
        ["ready", "in_process", "processed", "failed", "ignored"].contains(&text).then(|| text.to_owned())
    };
    let wanted = word("state", asked.state.as_deref(), known)?;
    let rows = state.run(move |app| {
        let listed = app.store.arrivals(wanted.as_deref(), &page(asked.limit, asked.cursor))?;
        Ok(Items::of(listed, arrival))
    });
    rows.await.map(Json)
}

/// One copy of an incoming mail.
#[utoipa::path(get, path = "/arrivals/{id}", tag = "mail", security(("token" = ["mail:read"])),
    params(("id" = String, Path, description = "The arrival")),
    responses((status = 200, body = ArrivalBody), OneErrors))]
pub(super) async fn get_arrival(
    State(state): State<ApiState>,
    _: Caller,
    Names(text): Names<String>,
) -> Result<Json<ArrivalBody>, ApiError> {
    let row = state.run(move |app| {
        let found = app.store.arrival(id("arrival", &text)?)?;
        found.map(arrival).ok_or_else(|| ApiError::missing("arrival", &text))
    });
    row.await.map(Json)
}

/// Has a failed mail decided again.
#[utoipa::path(post, path = "/arrivals/{id}/retry", tag = "mail", security(("token" = ["mail:write"])),
    params(("id" = String, Path, description = "The arrival")),
    responses((status = 200, body = ArrivalBody), QueueErrors))]
pub(super) async fn retry_arrival(
    State(state): State<ApiState>,
    caller: Caller,
    Names(text): Names<String>,
) -> Result<Json<ArrivalBody>, ApiError> {
    let row = state.run(move |app| {
        let missing = || ApiError::missing("arrival", &text);
        let id = id("arrival", &text)?;
        app.store.arrival(id)?.ok_or_else(missing)?;
        app.store.retry_arrival(id, caller.name(), app.env.now())?;
        app.wake.tell(Work::Arrivals);
        app.store.arrival(id)?.map(arrival).ok_or_else(missing)
    });
    row.await.map(Json)
}
