//! Recipients of outgoing mails.

use axum::Json;
use axum::extract::State;
use rejoinder_engine::plan::{DeliveryState, Why};
use rejoinder_store::DeliveryRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::error::{ApiError, QueueErrors, ReadErrors};
use super::extract::{Names, Params, id};
use super::page::{Items, page};
use super::state::ApiState;
use super::words::{Reason, word};
use crate::app::Work;

/// One recipient of an outgoing mail.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeliveryBody {
    /// Its id.
    id: String,
    /// The mail.
    email: String,
    /// The address.
    address: String,
    /// `to`, `cc` or `bcc`.
    slot: String,
    /// `ready`, `sending`, `sent`, `deferred`, `failed`, `uncertain`, `bounced`, `suppressed`, `held`, `cancelled`.
    state: String,
    /// Why.
    reason: Option<Reason>,
    /// The server's answer.
    reply: Option<String>,
    /// The attempts made.
    attempts: i64,
    /// When the next one begins.
    next_at: String,
}

/// A recipient for the caller.
pub(super) fn delivery(row: DeliveryRow) -> DeliveryBody {
    DeliveryBody {
        id: row.id.to_string(),
        email: row.email.to_string(),
        address: row.address,
        slot: row.slot.to_string(),
        state: row.state.to_string(),
        reason: row.why.map(Into::into),
        reply: row.reply,
        attempts: row.attempts,
        next_at: row.next_at.rfc3339(),
    }
}

/// What a list is narrowed by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct DeliveryQuery {
    /// The state.
    state: Option<String>,
    /// The recipient's address.
    address: Option<String>,
    /// The most rows, at most 200.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Deliveries, newest first.
#[utoipa::path(get, path = "/deliveries", tag = "mail", security(("token" = ["mail:read"])), params(DeliveryQuery),
    responses((status = 200, body = Items<DeliveryBody>), ReadErrors))]
pub(super) async fn list_deliveries(
    State(state): State<ApiState>,
    _: Caller,
    Params(asked): Params<DeliveryQuery>,
) -> Result<Json<Items<DeliveryBody>>, ApiError> {
    let wanted = word("state", asked.state.as_deref(), DeliveryState::from_word)?;
    let rows = state.run(move |app| {
        let page = page(asked.limit, asked.cursor);
        Ok(Items::of(app.store.deliveries(wanted, asked.address.as_deref(), &page)?, delivery))
    });
    rows.await.map(Json)
}

/// Has a delivery tried again.
#[utoipa::path(post, path = "/deliveries/{id}/retry", tag = "mail", security(("token" = ["mail:write"])),
    params(("id" = String, Path, description = "The delivery")),
    responses((status = 200, body = DeliveryBody), QueueErrors))]
pub(super) async fn retry_delivery(
    State(state): State<ApiState>,
    caller: Caller,
    Names(text): Names<String>,
) -> Result<Json<DeliveryBody>, ApiError> {
    let row = state.run(move |app| {
        let missing = || ApiError::missing("delivery", &text);
        let id = id("delivery", &text)?;
        app.store.delivery(id)?.ok_or_else(missing)?;
        app.store.retry_delivery(id, caller.name(), app.env.now())?;
        app.wake.tell(Work::Deliveries);
        app.store.delivery(id)?.map(delivery).ok_or_else(missing)
    });
    row.await.map(Json)
}

/// Calls a delivery off that was not sent yet.
#[utoipa::path(post, path = "/deliveries/{id}/cancel", tag = "mail", security(("token" = ["mail:write"])),
    params(("id" = String, Path, description = "The delivery")),
    responses((status = 200, body = DeliveryBody), QueueErrors))]
pub(super) async fn cancel_delivery(
    State(state): State<ApiState>,
    caller: Caller,
    Names(text): Names<String>,
) -> Result<Json<DeliveryBody>, ApiError> {
    let row = state.run(move |app| {
        let missing = || ApiError::missing("delivery", &text);
        let id = id("delivery", &text)?;
        app.store.delivery(id)?.ok_or_else(missing)?;
        let why = Why::new("cancelled", format!("{} called it off", caller.name()));
        app.store.cancel_delivery(id, &why, app.env.now())?;
        app.store.delivery(id)?.map(delivery).ok_or_else(missing)
    });
    row.await.map(Json)
}
