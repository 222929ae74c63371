//! *Test connection* of accounts and mailboxes, saved or not. Saves nothing.

use axum::Json;
use axum::extract::State;
use rejoinder_engine::account::EMAIL_ACCOUNT;
use rejoinder_engine::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::MailAdmin;
use super::error::{ApiError, ErrorCode, NewTestErrors, TestErrors};
use super::extract::{Body, Names};
use super::records::key;
use super::state::ApiState;
use super::value::{FieldValues, stored};
use crate::advice::Language;
use crate::ops::connection_test::{Limits, Report, Subject, TestStep, test};

/// What is to be tested.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConnectionTest {
    /// Values that are not saved, in place of the saved ones or the defaults. A saved account's password is used where
    /// none is given.
    #[serde(default)]
    fields: FieldValues,
    /// The language of texts, `en` or `ru`; that of the caller where nothing is said.
    language: Option<String>,
}

/// A server's certificate.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CertificateBody {
    /// Whose it is.
    subject: String,
    /// Host names and addresses that it is for.
    names: Vec<String>,
    /// Who issued it.
    issuer: String,
    /// From when on it is valid.
    not_before: String,
    /// Until when.
    not_after: String,
}

/// One step of a test.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TestStepBody {
    /// `receive` or `send`.
    part: &'static str,
    /// `settings`, `name`, `connect`, `tls`, `greeting`, `hello`, `starttls`, `login`, `folder` or `list`.
    step: &'static str,
    /// `ok`, `warning`, `failed`, or `skipped` where it was not tried or is not needed.
    state: &'static str,
    /// A stable word for what went wrong.
    code: Option<String>,
    /// The server's words.
    said: Option<String>,
    /// What was found.
    detail: String,
    /// What to do.
    advice: Option<String>,
    /// The server's certificate.
    certificate: Option<CertificateBody>,
}

/// How a test went.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConnectionReport {
    /// Whether no step failed.
    ok: bool,
    /// The steps of receiving, then those of sending.
    steps: Vec<TestStepBody>,
    /// The report for a terminal.
    text: String,
}

fn body(report: Report) -> ConnectionReport {
    let (ok, text) = (report.passed(), report.tell());
    ConnectionReport { ok, steps: report.steps.into_iter().map(step).collect(), text }
}

fn step(step: TestStep) -> TestStepBody {
    let moment = |seconds: i64| Timestamp::from_micros(seconds.saturating_mul(1_000_000)).rfc3339();
    TestStepBody {
        part: step.part.word(),
        step: step.step,
        state: step.state.word(),
        code: step.code,
        said: step.said,
        detail: step.detail,
        advice: step.advice,
        certificate: step.certificate.map(|one| CertificateBody {
            not_before: moment(one.not_before),
            not_after: moment(one.not_after),
            subject: one.subject,
            names: one.names,
            issuer: one.issuer,
        }),
    }
}

async fn tried(
    state: &ApiState,
    asker: MailAdmin,
    table: String,
    record: Option<String>,
    asked: ConnectionTest,
) -> Result<Json<ConnectionReport>, ApiError> {
    let language = Language::of(asked.language.as_deref().unwrap_or(&asker.0.reader.language));
    let subject = state.run(move |app| {
        let config = app.config()?;
        let unknown = || ApiError::new(ErrorCode::UnknownTable, format!("there is no table `{table}`"));
        let info = config.dictionary.table(&table).ok_or_else(unknown)?;
        if !config.dictionary.is_a(&table, EMAIL_ACCOUNT) {
            let text = format!("`{table}` holds no accounts: test those of email_account or mailbox");
            return Err(ApiError::new(ErrorCode::Refused, text));
        }
        let key = record.map(|text| key(app, &table, &text)).transpose()?;
        // A mailbox may be named by the table that it extends.
        let own = key.as_ref().and_then(|key| config.dictionary.table(&key.table)).unwrap_or(info);
        let fields = stored(own, &asked.fields)?;
        let subject = Subject::given(app, &own.table.name, key.map(|key| key.id), fields)?;
        if !asker.writes_accounts() && subject.moves_saved_password(app)? {
            let text = "the saved password is told only to the saved server: give the password, too";
            return Err(ApiError::new(ErrorCode::Refused, text));
        }
        Ok(subject)
    });
    let subject = subject.await?;
    Ok(Json(body(test(&state.app, &subject, Limits::default(), language).await)))
}

/// Tries the connections of a saved account or mailbox, with values that are not saved yet where some are given.
#[utoipa::path(post, path = "/records/{table}/{id}/connection-test", tag = "accounts", security(("token" = ["configuration"])),
    params(("table" = String, Path, description = "`email_account` or `mailbox`"),
        ("id" = String, Path, description = "The record")),
    request_body = ConnectionTest, responses((status = 200, body = ConnectionReport), TestErrors))]
pub(super) async fn test_record(
    State(state): State<ApiState>,
    asker: MailAdmin,
    Names((table, id)): Names<(String, String)>,
    Body(asked): Body<ConnectionTest>,
) -> Result<Json<ConnectionReport>, ApiError> {
    tried(&state, asker, table, Some(id), asked).await
}

/// Tries the connections of an account or mailbox that is not saved.
#[utoipa::path(post, path = "/records/{table}/connection-test", tag = "accounts", security(("token" = ["configuration"])),
    params(("table" = String, Path, description = "`email_account` or `mailbox`")),
    request_body = ConnectionTest, responses((status = 200, body = ConnectionReport), NewTestErrors))]
pub(super) async fn test_values(
    State(state): State<ApiState>,
    asker: MailAdmin,
    Names(table): Names<String>,
    Body(asked): Body<ConnectionTest>,
) -> Result<Json<ConnectionReport>, ApiError> {
    tried(&state, asker, table, None, asked).await
}
