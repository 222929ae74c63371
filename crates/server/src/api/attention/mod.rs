//! What a person should look at.

pub(super) mod bulk;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use rejoinder_engine::id::Id;
use rejoinder_engine::view::View;
use rejoinder_store::{AttentionFilter, AttentionRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::error::{ApiError, QueueErrors, ReadErrors};
use super::extract::{Names, Params, id};
use super::page::{Items, page};
use super::state::ApiState;
use super::words::Reason;
use crate::app::App;

/// Who cleared an entry.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AttentionCleared {
    /// Who.
    by: String,
    /// When.
    at: String,
    /// Why, in their words.
    #[schema(required)]
    reason: Option<String>,
}

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
    /// What people call it; empty where that is not known.
    name: String,
    /// The mail, where it is about one, or about a copy or a recipient of one.
    #[schema(required)]
    email: Option<String>,
    /// Why, and what to do.
    reason: Reason,
    /// Since when.
    at: String,
    /// Who cleared it; `null` where it is open.
    #[schema(required)]
    cleared: Option<AttentionCleared>,
}

/// What an entry is about: its name, and the mail.
fn about(app: &App, row: &AttentionRow) -> Result<(String, Option<Id>), ApiError> {
    let subject = |mail: Option<Id>| -> Result<String, ApiError> {
        let mail = mail.map(|id| app.store.email(id)).transpose()?.flatten();
        Ok(mail.and_then(|mail| mail.row.subject).unwrap_or_default())
    };
    Ok(match row.subject.as_str() {
        "email" => (subject(Some(row.subject_id))?, Some(row.subject_id)),
        "arrival" => {
            let arrival = app.store.arrival(row.subject_id)?;
            let email = arrival.as_ref().and_then(|arrival| arrival.email);
            (arrival.and_then(|arrival| arrival.subject).unwrap_or_default(), email)
        }
        "delivery" => {
            let delivery = app.store.delivery(row.subject_id)?;
            let email = delivery.as_ref().map(|delivery| delivery.email);
            (delivery.map(|delivery| delivery.address).unwrap_or_default(), email)
        }
        "event" => (app.store.event_row(row.subject_id)?.map(|event| event.name).unwrap_or_default(), None),
        other => {
            let table = if other == "account" { "email_account" } else { other };
            let config = app.config()?;
            let Some(info) = config.dictionary.table(table) else { return Ok((String::new(), None)) };
            let record = app.store.view()?.get(table, row.subject_id)?;
            (record.map(|record| record.text(&info.table.display).to_owned()).unwrap_or_default(), None)
        }
    })
}

fn attention(app: &App, row: AttentionRow) -> Result<AttentionBody, ApiError> {
    let (name, email) = about(app, &row)?;
    let AttentionRow { id, subject, subject_id, why, at, cleared, because } = row;
    let cleared = cleared.map(|(at, by)| AttentionCleared { by, at: at.rfc3339(), reason: because });
    Ok(AttentionBody {
        id: id.to_string(),
        subject,
        subject_id: subject_id.to_string(),
        name,
        email: email.map(|email| email.to_string()),
        reason: why.into(),
        at: at.rfc3339(),
        cleared,
    })
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct AttentionQuery {
    /// What they are about, as `email`.
    subject: Option<String>,
    /// The code of their reason, as `no_action`.
    code: Option<String>,
    /// Those that somebody has cleared, instead of those that are open.
    #[serde(default)]
    cleared: bool,
    /// The most rows, at most 200.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What nobody has looked at yet, or what somebody has cleared; newest first.
#[utoipa::path(get, path = "/attention", tag = "attention", security(("token" = ["mail:read"])), params(AttentionQuery),
    responses((status = 200, body = Items<AttentionBody>), ReadErrors))]
pub(super) async fn list_attention(
    State(state): State<ApiState>,
    _: Caller,
    Params(asked): Params<AttentionQuery>,
) -> Result<Json<Items<AttentionBody>>, ApiError> {
    let rows = state.run(move |app| {
        let filter =
            AttentionFilter { cleared: Some(asked.cleared), subject: asked.subject, code: asked.code };
        let listed = app.store.attention_where(&filter, &page(asked.limit, asked.cursor))?;
        let items = listed.items.into_iter().map(|row| attention(app, row)).collect::<Result<_, _>>()?;
        Ok(Items { items, next: listed.next })
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
