//! A new record.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use rejoinder_engine::request::Change;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Versioned, all_readable};
use crate::api::auth::Caller;
use crate::api::error::{ApiError, CreateErrors};
use crate::api::extract::{Body, Names};
use crate::api::state::ApiState;
use crate::api::value::{FieldValues, RecordBody, read, record};
use crate::ops::change::change;

/// Values of a record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Values {
    /// Values by field; `null` clears one.
    pub(crate) fields: FieldValues,
}

/// Makes a record; fields that are not named get their defaults.
#[utoipa::path(post, path = "/records/{table}", tag = "records", security(("token" = [])),
    params(("table" = String, Path, description = "The table")), request_body = Values,
    responses((status = 201, body = RecordBody), CreateErrors))]
pub(crate) async fn create_record(
    State(state): State<ApiState>,
    caller: Caller,
    Names(table): Names<String>,
    Body(given): Body<Values>,
) -> Result<impl IntoResponse, ApiError> {
    let made = state.run(move |app| {
        let config = app.config()?;
        let info = config.dictionary.table(&table).ok_or_else(|| ApiError::no_table(&table))?;
        caller.may_write(&config.dictionary, &table)?;
        let (fields, unread) = read(info, &given.fields);
        let insert = Change::Insert { table: table.clone(), id: None, fields: fields.clone() };
        all_readable(app, &caller, &insert, unread)?;
        let made = change(app, caller.actor(), vec![insert])
            .map_err(|error| ApiError::from(error).valued(info, &fields))?;
        let one = made.first().ok_or_else(|| ApiError::fault("a new record cannot be read"))?;
        record(&app.store.view()?, &app.config()?.dictionary, &caller, one)
    });
    Ok((StatusCode::CREATED, Versioned(made.await?)))
}
