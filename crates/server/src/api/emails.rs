//! Mails in both directions.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::IntoResponse;
use rejoinder_engine::plan::{Direction, EmailState};
use rejoinder_mail::Defect;
use rejoinder_store::{EmailDetail, EmailFilter, EmailRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::arrivals::{ArrivalBody, arrival};
use super::attachments::{AttachmentBody, attachment};
use super::auth::Caller;
use super::deliveries::{DeliveryBody, delivery};
use super::error::{ApiError, OneErrors, ReadErrors};
use super::extract::{MAIL, Names, Params, id, query_id};
use super::page::{Items, page};
use super::state::ApiState;
use super::words::{Reason, RecordName, word};

/// One mail in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EmailBody {
    /// Its id.
    id: String,
    /// `incoming` or `outgoing`.
    direction: String,
    /// `ready`, `in_process`, `processed`, `failed` or `ignored`.
    state: String,
    /// Why.
    reason: Option<Reason>,
    /// What an incoming mail is: `new`, `reply`, …
    class: Option<String>,
    /// What an outgoing mail is for.
    purpose: Option<String>,
    /// Its Message-ID, without angle brackets.
    message_id: Option<String>,
    /// Its subject.
    subject: String,
    /// The sender's address.
    from: String,
    /// The recipients' addresses.
    to: Vec<String>,
    /// When it came or was planned.
    created_at: String,
    /// The record that it is about.
    record: Option<RecordName>,
    /// The rule or action that sends it.
    rule: Option<String>,
}

/// A record that a mail is on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LinkBody {
    /// The record.
    record: RecordName,
    /// Whether the mail only mentions it.
    related: bool,
}

/// One mail with everything that hangs on it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EmailWhole {
    /// As in lists.
    email: EmailBody,
    /// The mail it answers.
    in_reply_to: Option<String>,
    /// How far the sender is proven.
    authenticity: Option<String>,
    /// `none`, `signed` or `encrypted`: what an incoming mail claims to be; no signature is checked. Absent of mails
    /// from before this was kept.
    protection: Option<String>,
    /// What was wrong with an incoming mail that was read all the same.
    defects: Vec<Reason>,
    /// Why it is not answered automatically.
    do_not_answer: Option<String>,
    /// Its whole text.
    text: Option<String>,
    /// Its text without quotes and signature.
    new_text: Option<String>,
    /// Its whole HTML as it came or was written, where it has some that a document can be built of; else one of the
    /// defects says so, and the source holds it. Never to be shown but in a frame without rights.
    html: Option<String>,
    /// The copies in which it came.
    arrivals: Vec<ArrivalBody>,
    /// Its recipients.
    deliveries: Vec<DeliveryBody>,
    /// The records that it is on.
    links: Vec<LinkBody>,
    /// Its files.
    attachments: Vec<AttachmentBody>,
}

fn email(row: EmailRow) -> EmailBody {
    EmailBody {
        id: row.id.to_string(),
        direction: row.direction.to_string(),
        state: row.state.to_string(),
        reason: row.why.map(Into::into),
        class: row.class.map(|class| class.to_string()),
        purpose: row.purpose.map(|purpose| purpose.to_string()),
        message_id: row.message_id,
        subject: row.subject.unwrap_or_default(),
        from: row.from.unwrap_or_default(),
        to: row.to,
        created_at: row.created_at.rfc3339(),
        record: row.record.map(Into::into),
        rule: row.rule,
    }
}

/// What only the bytes of a mail tell.
#[derive(Default)]
struct Read {
    html: Option<String>,
    defects: Vec<Reason>,
}

fn read(bytes: &[u8], direction: Direction) -> Read {
    let mail = rejoinder_mail::parse(bytes);
    let html = mail.html.filter(|_| !mail.defects.contains(&Defect::HtmlTooComplex));
    let told = mail.defects.iter().filter(|_| direction == Direction::Incoming);
    let told = told.map(|one| Reason { code: one.code().to_owned(), text: one.sentence().to_owned() });
    Read { html, defects: told.collect() }
}

fn whole(detail: EmailDetail, read: Read) -> EmailWhole {
    let links =
        detail.links.into_iter().map(|link| LinkBody { record: link.record.into(), related: link.related });
    EmailWhole {
        email: email(detail.row),
        in_reply_to: detail.in_reply_to,
        authenticity: detail.authenticity.map(|word| word.to_string()),
        protection: detail.protection.map(|word| word.to_string()),
        defects: read.defects,
        do_not_answer: detail.do_not_answer,
        text: detail.text,
        new_text: detail.new_text,
        html: read.html,
        arrivals: detail.arrivals.into_iter().map(arrival).collect(),
        deliveries: detail.deliveries.into_iter().map(delivery).collect(),
        links: links.collect(),
        attachments: detail.attachments.into_iter().map(attachment).collect(),
    }
}

/// What a list is narrowed by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct EmailQuery {
    /// `incoming` or `outgoing`.
    direction: Option<String>,
    /// The state.
    state: Option<String>,
    /// The id of a record.
    record: Option<String>,
    /// An address in From or To.
    address: Option<String>,
    /// A text in subject, addresses or the beginning of the text.
    text: Option<String>,
    /// The most rows, at most 200.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Mails, newest first.
#[utoipa::path(get, path = "/emails", tag = "mail", security(("token" = ["mail:read"])), params(EmailQuery),
    responses((status = 200, body = Items<EmailBody>), ReadErrors))]
pub(super) async fn list_emails(
    State(state): State<ApiState>,
    _: Caller,
    Params(asked): Params<EmailQuery>,
) -> Result<Json<Items<EmailBody>>, ApiError> {
    let filter = EmailFilter {
        direction: word("direction", asked.direction.as_deref(), Direction::from_word)?,
        state: word("state", asked.state.as_deref(), EmailState::from_word)?,
        record: query_id("record", asked.record.as_deref())?,
        address: asked.address,
        text: asked.text,
        ..EmailFilter::default()
    };
    let page = page(asked.limit, asked.cursor);
    let rows = state.run(move |app| Ok(Items::of(app.store.emails(&filter, &page)?, email)));
    rows.await.map(Json)
}

/// One mail.
#[utoipa::path(get, path = "/emails/{id}", tag = "mail", security(("token" = ["mail:read"])),
    params(("id" = String, Path, description = "The mail")),
    responses((status = 200, body = EmailWhole), OneErrors))]
pub(super) async fn get_email(
    State(state): State<ApiState>,
    _: Caller,
    Names(text): Names<String>,
) -> Result<Json<EmailWhole>, ApiError> {
    let row = state.run(move |app| {
        let key = id("mail", &text)?;
        let found = app.store.email(key)?.ok_or_else(|| ApiError::missing("mail", &text))?;
        let bytes = app.store.email_bytes(key)?;
        let read = bytes.map(|bytes| read(&bytes, found.row.direction)).unwrap_or_default();
        Ok(whole(found, read))
    });
    row.await.map(Json)
}

/// The bytes of a mail as it came or was written.
#[utoipa::path(get, path = "/emails/{id}/source", tag = "mail", security(("token" = ["mail:read"])),
    params(("id" = String, Path, description = "The mail")),
    responses((status = 200, description = "The bytes", body = Vec<u8>, content_type = "message/rfc822"), OneErrors))]
pub(super) async fn get_email_source(
    State(state): State<ApiState>,
    _: Caller,
    Names(text): Names<String>,
) -> Result<impl IntoResponse, ApiError> {
    let bytes = state.run(move |app| {
        let bytes = app.store.email_bytes(id("mail", &text)?)?;
        bytes.ok_or_else(|| ApiError::missing("mail with bytes", &text))
    });
    Ok(([(CONTENT_TYPE, MAIL), (X_CONTENT_TYPE_OPTIONS, "nosniff")], bytes.await?))
}
