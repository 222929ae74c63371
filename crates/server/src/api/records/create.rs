//! A new record.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use rejoinder_engine::access::Operation;
use rejoinder_engine::request::Change;
use serde::Deserialize;
use utoipa::ToSchema;

use super::all_readable;
use crate::api::auth::Anybody;
use crate::api::error::{ApiError, CreateErrors};
use crate::api::extract::{Body, Names};
use crate::api::repeat::Repeatable;
use crate::api::state::ApiState;
use crate::api::value::{FieldValues, RecordBody, read, record};
use crate::ops::change::{Asked, change_asked};

/// Values of a record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Values {
    /// Values by field; `null` clears one.
    pub(crate) fields: FieldValues,
}

/// Makes a record; fields that are not named get their defaults.
#[utoipa::path(post, path = "/records/{table}", tag = "records", security(("token" = ["records:write"])),
    params(("table" = String, Path, description = "The table")), request_body = Values,
    responses((status = 201, body = RecordBody), CreateErrors))]
pub(crate) async fn create_record(
    State(state): State<ApiState>,
    Anybody(caller): Anybody,
    Names(table): Names<String>,
    Repeatable(request): Repeatable,
    Body(given): Body<Values>,
) -> Result<impl IntoResponse, ApiError> {
    let made = state.run(move |app| {
        let config = app.config()?;
        let info = config.dictionary.table(&table).ok_or_else(|| ApiError::no_table(&table))?;
        caller.may(&config, Operation::Create, &table)?;
        let (fields, unread) = read(info, &given.fields);
        let insert = Change::Insert { table: table.clone(), id: None, fields: fields.clone() };
        all_readable(app, &caller, &insert, unread)?;
        let asked = Asked { id: request, ..Asked::new(caller.asker(), vec![insert]) };
        let made = change_asked(app, asked).map_err(|error| ApiError::from(error).valued(info, &fields))?;
        let one = made.first().ok_or_else(|| ApiError::fault("a new record cannot be read"))?;
        record(&app.store.view()?, &*app.config()?, &caller, one)
    });
    Ok((StatusCode::CREATED, made.await?.versioned()))
}
