//! A new record.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use rejoinder_engine::request::Change;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Versioned;
use crate::api::auth::Caller;
use crate::api::error::{ApiError, CreateErrors, ErrorCode};
use crate::api::extract::{Body, Names};
use crate::api::repeat::Repeatable;
use crate::api::state::ApiState;
use crate::api::value::{FieldValues, RecordBody, record, stored};
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
    caller: Caller,
    Names(table): Names<String>,
    Repeatable(request): Repeatable,
    Body(given): Body<Values>,
) -> Result<impl IntoResponse, ApiError> {
    let made = state.run(move |app| {
        let config = app.config()?;
        let unknown = || ApiError::new(ErrorCode::UnknownTable, format!("there is no table `{table}`"));
        let info = config.dictionary.table(&table).ok_or_else(unknown)?;
        caller.may_write(&config.dictionary, &table)?;
        let fields = stored(info, &given.fields)?;
        let insert = Change::Insert { table: table.clone(), id: None, fields };
        let asked = Asked { id: request, ..Asked::new(caller.actor(), vec![insert]) };
        let made = change_asked(app, asked)?;
        let one = made.first().ok_or_else(|| ApiError::fault("a new record cannot be read"))?;
        record(&app.store.view()?, &app.config()?.dictionary, &caller, one)
    });
    Ok((StatusCode::CREATED, Versioned(made.await?)))
}
