//! What a mail would do, without doing it.

use axum::Json;
use axum::extract::State;
use rejoinder_engine::plan::{Plan, RecordOp};
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::{ApiError, MailErrors};
use super::extract::{MailBody, Params};
use super::inbound::MailQuery;
use super::state::ApiState;
use super::value::{FieldValues, shown};
use super::words::RecordName;
use crate::ops::rehearse::rehearse;

/// A change that would be made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlannedChange {
    /// `insert`, `update` or `delete`.
    operation: &'static str,
    /// The record.
    record: RecordName,
    /// The values that it would have.
    fields: FieldValues,
}

/// A mail that would be sent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlannedMail {
    /// The rule or action.
    rule: String,
    /// To whom.
    to: Vec<String>,
    /// Its subject.
    subject: String,
    /// Its text.
    text: String,
}

/// What a mail would do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Rehearsal {
    /// The reason, for a person.
    text: String,
    /// The changes of records.
    changes: Vec<PlannedChange>,
    /// The automatic answers.
    mails: Vec<PlannedMail>,
}

fn told(dictionary: &rejoinder_engine::dictionary::Dictionary, plan: Plan) -> Rehearsal {
    let change = |op: &RecordOp| {
        let key = op.key().clone();
        let (operation, fields) = match op {
            RecordOp::Insert { fields, .. } => ("insert", fields),
            RecordOp::Update { new, .. } => ("update", new),
            RecordOp::Delete { old, .. } => ("delete", old),
        };
        PlannedChange { operation, fields: shown(dictionary, &key.table, fields), record: key.into() }
    };
    let mails = plan.outgoing.iter().map(|mail| PlannedMail {
        rule: mail.rule.clone(),
        to: mail.deliveries.iter().map(|one| one.address.clone()).collect(),
        subject: mail.subject.clone(),
        text: mail.text.clone(),
    });
    Rehearsal {
        text: plan.trace.tell(),
        changes: plan.records.iter().map(change).collect(),
        mails: mails.collect(),
    }
}

/// Decides on a mail with today's rules and shows the plan; nothing is written and no number used up.
#[utoipa::path(post, path = "/inbound/rehearsal", tag = "mail", security(("token" = ["mail:read"])), params(MailQuery),
    request_body(content = Vec<u8>, content_type = "message/rfc822"),
    responses((status = 200, body = Rehearsal), MailErrors))]
pub(super) async fn rehearse_mail(
    State(state): State<ApiState>,
    _: Caller,
    Params(asked): Params<MailQuery>,
    MailBody(bytes): MailBody,
) -> Result<Json<Rehearsal>, ApiError> {
    let shown = state.run(move |app| {
        let plan = rehearse(app, bytes, asked.account.as_deref())?;
        Ok(told(&app.config()?.dictionary, plan))
    });
    shown.await.map(Json)
}
