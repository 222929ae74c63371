//! Files of records.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::IntoResponse;
use rejoinder_store::AttachmentRow;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::{ApiError, OneErrors, RecordErrors};
use super::extract::{Names, id};
use super::page::Items;
use super::records::key;
use super::state::ApiState;
use super::words::{Reason, RecordName};

/// One file.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AttachmentBody {
    /// Its id.
    id: String,
    /// The record that has it.
    record: Option<RecordName>,
    /// The mail it came with.
    email: Option<String>,
    /// Its name.
    file_name: String,
    /// Its media type.
    media_type: String,
    /// Its bytes.
    size: i64,
    /// Lower-case hex SHA-256.
    digest: String,
    /// Why it is only on the mail.
    left_out: Option<Reason>,
}

/// A file for the caller.
pub(super) fn attachment(row: AttachmentRow) -> AttachmentBody {
    AttachmentBody {
        id: row.id.to_string(),
        record: row.record.map(Into::into),
        email: row.email.map(|email| email.to_string()),
        file_name: row.file_name.unwrap_or_default(),
        media_type: row.media_type,
        size: row.size,
        digest: row.digest,
        left_out: row.left_out.map(Into::into),
    }
}

/// The files of a record.
#[utoipa::path(get, path = "/records/{table}/{id}/attachments", tag = "records", security(("token" = ["records:read"])),
    params(("table" = String, Path, description = "The table"), ("id" = String, Path, description = "The record")),
    responses((status = 200, body = Items<AttachmentBody>), RecordErrors))]
pub(super) async fn list_attachments(
    State(state): State<ApiState>,
    caller: Caller,
    Names((table, id)): Names<(String, String)>,
) -> Result<Json<Items<AttachmentBody>>, ApiError> {
    let rows = state.run(move |app| {
        let key = key(app, &table, &id)?;
        caller.may_read(&app.config()?.dictionary, &key.table)?;
        Ok(app.store.attachments(key.id)?.into_iter().map(attachment).collect())
    });
    Ok(Json(Items { items: rows.await?, next: None }))
}

/// The bytes of a file, always as a download.
#[utoipa::path(get, path = "/attachments/{id}/content", tag = "records", security(("token" = ["records:read"])),
    params(("id" = String, Path, description = "The file")),
    responses((status = 200, description = "The bytes", body = Vec<u8>, content_type = "application/octet-stream"), OneErrors))]
pub(super) async fn get_attachment_content(
    State(state): State<ApiState>,
    _: Caller,
    Names(text): Names<String>,
) -> Result<impl IntoResponse, ApiError> {
    let bytes = state.run(move |app| {
        let missing = || ApiError::missing("file", &text);
        let row = app.store.attachment(id("file", &text)?)?.ok_or_else(missing)?;
        app.store.blob(&row.digest)?.ok_or_else(missing)
    });
    let headers = [
        (CONTENT_TYPE, "application/octet-stream"),
        (CONTENT_DISPOSITION, "attachment"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, bytes.await?))
}
