//! Mail handed in over HTTP.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::error::{ApiError, MailErrors};
use super::extract::{MailBody, Params};
use super::state::ApiState;
use crate::ops::ingest::ingest;

/// Which account receives the mail.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct MailQuery {
    /// The account by name or id; found by the recipients of the mail where it is absent.
    pub(super) account: Option<String>,
}

/// A mail that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Kept {
    /// The id of its arrival.
    arrival: String,
    /// Whether it is new; a repeat of the same bytes is not.
    new: bool,
}

/// Takes a mail; when this answers, it is kept.
#[utoipa::path(post, path = "/inbound", tag = "mail", security(("token" = ["inbound"])), params(MailQuery),
    request_body(content = Vec<u8>, content_type = "message/rfc822"),
    responses((status = 202, body = Kept), MailErrors))]
pub(super) async fn take_mail(
    State(state): State<ApiState>,
    _: Caller,
    Params(asked): Params<MailQuery>,
    MailBody(bytes): MailBody,
) -> Result<(StatusCode, Json<Kept>), ApiError> {
    let kept = state.run(move |app| {
        let kept = ingest(app, bytes, asked.account.as_deref(), "http")?;
        Ok(Kept { arrival: kept.id.to_string(), new: kept.new })
    });
    Ok((StatusCode::ACCEPTED, Json(kept.await?)))
}
