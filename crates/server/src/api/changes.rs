//! The history of a record.

use axum::Json;
use axum::extract::State;
use rejoinder_store::ChangeRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::error::{ApiError, ErrorCode, FeedErrors};
use super::extract::{Params, query_id};
use super::page::{Items, page};
use super::state::ApiState;
use super::value::{FieldValues, secrets, shown};
use super::words::RecordName;

/// One change of a record.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangeBody {
    /// The version that it made.
    pub(super) version: i64,
    /// The record.
    record: RecordName,
    /// When.
    pub(super) at: String,
    /// `insert`, `update` or `delete`.
    pub(super) operation: String,
    /// Who.
    pub(super) actor: String,
    /// `arrival`, `event`, `job` or `request`.
    cause: String,
    /// Which of these; its explanation is under `/explanations`.
    cause_id: String,
    /// The values before, of the changed fields.
    pub(super) old: FieldValues,
    /// The values after.
    pub(super) new: FieldValues,
    /// The names of the encrypted fields (passwords) that were set or cleared.
    secrets: Vec<String>,
}

/// A change for the caller.
pub(super) fn change(dictionary: &rejoinder_engine::dictionary::Dictionary, row: ChangeRow) -> ChangeBody {
    let (cause, cause_id) = row.cause;
    let table = &row.record.table;
    let mut secret = secrets(dictionary, table, &row.old);
    secret.extend(secrets(dictionary, table, &row.new));
    secret.sort();
    secret.dedup();
    ChangeBody {
        version: row.sequence,
        at: row.at.rfc3339(),
        operation: row.operation,
        actor: row.actor.label,
        cause: cause.to_string(),
        cause_id: cause_id.to_string(),
        old: shown(dictionary, &row.record.table, &row.old),
        new: shown(dictionary, &row.record.table, &row.new),
        secrets: secret,
        record: row.record.into(),
    }
}

/// Of which record.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeQuery {
    /// The id of the record.
    record: String,
    /// The most rows, at most 200.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// The changes of a record, newest first, those of a deleted one too.
#[utoipa::path(get, path = "/changes", tag = "records", security(("token" = ["records:read"])), params(ChangeQuery),
    responses((status = 200, body = Items<ChangeBody>), FeedErrors))]
pub(super) async fn list_changes(
    State(state): State<ApiState>,
    caller: Caller,
    Params(asked): Params<ChangeQuery>,
) -> Result<Json<Items<ChangeBody>>, ApiError> {
    let rows = state.run(move |app| {
        let id = query_id("record", Some(&asked.record))?;
        let id = id.ok_or_else(|| ApiError::new(ErrorCode::BadRequest, "`record` is missing"))?;
        let config = app.config()?;
        let listed = app.store.changes_of(id, &page(asked.limit, asked.cursor))?;
        for row in &listed.items {
            caller.may_read(&config.dictionary, &row.record.table)?;
        }
        Ok(Items::of(listed, |row| change(&config.dictionary, row)))
    });
    rows.await.map(Json)
}
