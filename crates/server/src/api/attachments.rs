//! Files of records.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::IntoResponse;
use rejoinder_engine::file::{self, NewFile};
use rejoinder_engine::request::Change;
use rejoinder_store::AttachmentRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Anybody;
use super::error::{ApiError, AttachErrors, ErrorCode, OneErrors, RecordErrors, TakeOffErrors};
use super::extract::{FileBody, Names, Params, id};
use super::page::Items;
use super::records::key;
use super::repeat::Repeatable;
use super::state::ApiState;
use super::words::{Reason, RecordName};
use crate::ops::change::{Asked, change, change_asked};

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
    /// The id of the user who brought it, where it is known.
    created_by: Option<String>,
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
        created_by: row.created_by.map(|id| id.to_string()),
        left_out: row.left_out.map(Into::into),
    }
}

/// The files of a record.
#[utoipa::path(get, path = "/records/{table}/{id}/attachments", tag = "records", security(("token" = ["records:read"])),
    params(("table" = String, Path, description = "The table"), ("id" = String, Path, description = "The record")),
    responses((status = 200, body = Items<AttachmentBody>), RecordErrors))]
pub(super) async fn list_attachments(
    State(state): State<ApiState>,
    Anybody(caller): Anybody,
    Names((table, id)): Names<(String, String)>,
) -> Result<Json<Items<AttachmentBody>>, ApiError> {
    let rows = state.run(move |app| {
        let key = key(app, &caller, &table, &id)?;
        caller.may_read(&*app.config()?, &key.table)?;
        Ok(app.store.attachments(key.id)?.into_iter().map(attachment).collect())
    });
    Ok(Json(Items { items: rows.await?, next: None }))
}

/// How the new file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct FileQuery {
    /// Its name; folders in it are left out.
    name: String,
}

/// Puts a file on a record: the body is the file, its media type is that of the request.
#[utoipa::path(post, path = "/records/{table}/{id}/attachments", tag = "records", security(("token" = ["records:write"])),
    params(("table" = String, Path, description = "The table"), ("id" = String, Path, description = "The record"),
        FileQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = AttachmentBody), AttachErrors))]
pub(super) async fn add_attachment(
    State(state): State<ApiState>,
    Anybody(caller): Anybody,
    Names((table, record)): Names<(String, String)>,
    Params(asked): Params<FileQuery>,
    Repeatable(request): Repeatable,
    FileBody { media_type, bytes }: FileBody,
) -> Result<impl IntoResponse, ApiError> {
    let added = state.run(move |app| {
        let key = key(app, &caller, &table, &record)?;
        caller.may_write(&*app.config()?, &key.table)?;
        let digest = file::digest(&bytes);
        let file = NewFile { name: asked.name, media_type, bytes };
        let attach = Change::Attach { key: key.clone(), file };
        change_asked(app, Asked { id: request, ..Asked::new(caller.asker(), vec![attach]) })?;
        let mut rows = app.store.attachments(key.id)?.into_iter();
        let row = rows.find(|row| row.digest == digest);
        row.map(attachment).ok_or_else(|| ApiError::missing("file", &digest))
    });
    Ok((StatusCode::CREATED, Json(added.await?)))
}

/// Takes a file off its record. A mail that brought it still has it.
#[utoipa::path(delete, path = "/attachments/{id}", tag = "records", security(("token" = ["records:write"])),
    params(("id" = String, Path, description = "The file")),
    responses((status = 204, description = "It is off the record"), TakeOffErrors))]
pub(super) async fn remove_attachment(
    State(state): State<ApiState>,
    Anybody(caller): Anybody,
    Names(text): Names<String>,
) -> Result<StatusCode, ApiError> {
    let removed = state.run(move |app| {
        let row =
            app.store.attachment(id("file", &text)?)?.ok_or_else(|| ApiError::missing("file", &text))?;
        let off =
            || ApiError::new(ErrorCode::NotPossible, "the file is on no record; a mail keeps its files");
        let on = row.record.ok_or_else(off)?;
        let key = key(app, &caller, &on.table, &on.id.to_string())?;
        caller.may_write(&*app.config()?, &key.table)?;
        let name = row.file_name.unwrap_or_default();
        change(
            app,
            caller.asker(),
            vec![Change::TakeOff { key, attachment: row.id, name, brought_by: row.created_by }],
        )?;
        Ok(StatusCode::NO_CONTENT)
    });
    removed.await
}

/// The bytes of a file, always as a download.
#[utoipa::path(get, path = "/attachments/{id}/content", tag = "records", security(("token" = ["records:read"])),
    params(("id" = String, Path, description = "The file")),
    responses((status = 200, description = "The bytes", body = Vec<u8>, content_type = "application/octet-stream"), OneErrors))]
pub(super) async fn get_attachment_content(
    State(state): State<ApiState>,
    Anybody(caller): Anybody,
    Names(text): Names<String>,
) -> Result<impl IntoResponse, ApiError> {
    let bytes = state.run(move |app| {
        let missing = || ApiError::missing("file", &text);
        let row = app.store.attachment(id("file", &text)?)?.ok_or_else(missing)?;
        // Files that only a mail has are for those who read mail.
        match &row.record {
            Some(record) => drop(key(app, &caller, &record.table, &record.id.to_string())?),
            None if caller.reader.agent => {}
            None => return Err(missing()),
        }
        app.store.blob(&row.digest)?.ok_or_else(missing)
    });
    let headers = [
        (CONTENT_TYPE, "application/octet-stream"),
        (CONTENT_DISPOSITION, "attachment"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, bytes.await?))
}
