//! The mailboxes that the demo keeps itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::IntoResponse;
use rejoinder_engine::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::{ApiError, DemoErrors, ErrorCode};
use super::extract::{MAIL, Names};
use super::page::Items;
use super::state::ApiState;
use crate::demo::{Mailboxes, StoredMail};

/// A mailbox.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MailboxBody {
    /// Its address.
    address: String,
    /// The mails in it.
    mails: usize,
}

/// A mail as its reader sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MailboxMail {
    /// Its number in the mailbox.
    id: u64,
    /// When it came.
    received_at: String,
    /// From whom, with the name.
    from: String,
    /// To whom.
    to: Vec<String>,
    /// Its subject.
    subject: String,
    /// Its text.
    text: String,
    /// Its Message-ID, without angle brackets.
    message_id: Option<String>,
    /// What it answers.
    in_reply_to: Vec<String>,
    /// Its thread, oldest first.
    references: Vec<String>,
    /// `auto-replied` or `auto-generated` (RFC 3834).
    auto_submitted: Option<String>,
}

fn seen(mail: &StoredMail) -> MailboxMail {
    let read = rejoinder_mail::parse(&mail.bytes);
    let from = read.from.as_ref().map(|from| match &from.name {
        Some(name) => format!("{name} <{}>", from.email),
        None => from.email.clone(),
    });
    let auto_submitted = read.header("Auto-Submitted").map(str::to_owned);
    let received_at: Timestamp = mail.received_at;
    MailboxMail {
        id: mail.id,
        received_at: received_at.rfc3339(),
        from: from.unwrap_or_default(),
        to: read.to.iter().map(|to| to.email.clone()).collect(),
        subject: read.subject,
        text: read.text,
        message_id: read.message_id,
        in_reply_to: read.in_reply_to,
        references: read.references,
        auto_submitted,
    }
}

fn mailboxes(state: &ApiState) -> Result<Arc<Mailboxes>, ApiError> {
    let none = || {
        ApiError::new(ErrorCode::NotDemo, "the program keeps mailboxes in the demo only: `rejoinder demo`")
    };
    state.demo.clone().ok_or_else(none)
}

/// All mailboxes that got mail.
#[utoipa::path(get, path = "/demo/mailboxes", tag = "demo", security(("token" = ["mail:read"])),
    responses((status = 200, body = Items<MailboxBody>), DemoErrors))]
pub(super) async fn list_mailboxes(
    State(state): State<ApiState>,
    _: Caller,
) -> Result<Json<Items<MailboxBody>>, ApiError> {
    let all = mailboxes(&state)?.addresses();
    let items = all.into_iter().map(|one| MailboxBody { address: one.address, mails: one.mails }).collect();
    Ok(Json(Items { items, next: None }))
}

/// The mails of one mailbox, oldest first.
#[utoipa::path(get, path = "/demo/mailboxes/{address}", tag = "demo", security(("token" = ["mail:read"])),
    params(("address" = String, Path, description = "The address")),
    responses((status = 200, body = Items<MailboxMail>), DemoErrors))]
pub(super) async fn get_mailbox(
    State(state): State<ApiState>,
    _: Caller,
    Names(address): Names<String>,
) -> Result<Json<Items<MailboxMail>>, ApiError> {
    let boxes = mailboxes(&state)?;
    let mails = state.run(move |_| Ok(boxes.mails(&address)?.iter().map(seen).collect()));
    Ok(Json(Items { items: mails.await?, next: None }))
}

/// The bytes of one mail.
#[utoipa::path(get, path = "/demo/mailboxes/{address}/{id}/source", tag = "demo", security(("token" = ["mail:read"])),
    params(("address" = String, Path, description = "The address"), ("id" = u64, Path, description = "The mail")),
    responses((status = 200, description = "The bytes", body = Vec<u8>, content_type = "message/rfc822"), DemoErrors))]
pub(super) async fn get_mailbox_source(
    State(state): State<ApiState>,
    _: Caller,
    Names((address, id)): Names<(String, u64)>,
) -> Result<impl IntoResponse, ApiError> {
    let boxes = mailboxes(&state)?;
    let mail = state.run(move |_| {
        boxes
            .mail(&address, id)?
            .map(|mail| mail.bytes)
            .ok_or_else(|| ApiError::missing("mail", &id.to_string()))
    });
    Ok(([(CONTENT_TYPE, MAIL), (X_CONTENT_TYPE_OPTIONS, "nosniff")], mail.await?))
}
