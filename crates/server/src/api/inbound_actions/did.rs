//! What a mail did when it was worked on, as data.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::decision::MailDecision;
use crate::api::auth::Caller;
use crate::api::error::{ApiError, OneErrors};
use crate::api::extract::{Names, id};
use crate::api::reprocess::arrival_of;
use crate::api::state::ApiState;
use crate::ops::decided::Eyes;
use crate::ops::did::did;

/// What a mail did.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct MailDid {
    /// The decision with its effects, as they are stored; `null` where it was not worked on yet, and for a mail that goes out.
    #[schema(required)]
    decision: Option<MailDecision>,
}

/// What an incoming mail did when it was worked on, and why: the stored decision, with its effects as differences. The
/// same as a text, with all that followed, is its explanation.
#[utoipa::path(get, path = "/emails/{id}/decision", tag = "explanations", security(("token" = ["mail:read"])),
    params(("id" = String, Path, description = "The mail")),
    responses((status = 200, body = MailDid), OneErrors))]
pub(in crate::api) async fn get_decision(
    State(state): State<ApiState>,
    caller: Caller,
    Names(text): Names<String>,
) -> Result<Json<MailDid>, ApiError> {
    let told = state.run(move |app| {
        let mail = id("mail", &text)?;
        let known = app.store.email(mail)?.ok_or_else(|| ApiError::missing("mail", &text))?;
        // What goes out was decided with what caused it.
        if known.arrivals.is_empty() {
            return Ok(MailDid { decision: None });
        }
        let arrival = arrival_of(app, mail)?;
        let rights = Some(caller.rights()).filter(|_| caller.has_scope("records:read"));
        let eyes = Eyes { rights, reads_mail: true, reader: &caller.reader };
        let config = app.config()?;
        let decided = did(app, &config, eyes, arrival)?;
        Ok(MailDid { decision: decided.map(|decided| MailDecision::new(decided, &[])) })
    });
    told.await.map(Json)
}
