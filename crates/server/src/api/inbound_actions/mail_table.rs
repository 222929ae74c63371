//! What conditions of inbound actions ask of: a mail with its sender and its record, described like a table. It has no
//! records of its own; what its fields hold is decided in `engine::inbound`.

use axum::Json;
use axum::extract::State;
use rejoinder_engine::inbound::mail_table::mail_table;

use crate::api::auth::Anybody;
use crate::api::error::{ApiError, OneErrors};
use crate::api::extract::Names;
use crate::api::state::ApiState;
use crate::api::tables::{TableBody, table};

/// The fields that the condition of an inbound action can ask, also those of the sender and of the record.
#[utoipa::path(get, path = "/inbound-actions/mail-tables/{table}", tag = "inbound actions", security(("token" = ["records:read"])),
    params(("table" = String, Path, description = "The table that the action works on: `record` and `related` refer to it")),
    responses((status = 200, body = TableBody), OneErrors))]
pub(in crate::api) async fn get_mail_table(
    State(state): State<ApiState>,
    _: Anybody,
    Names(name): Names<String>,
) -> Result<Json<TableBody>, ApiError> {
    let described = state.run(move |app| {
        let dictionary = &app.config()?.dictionary;
        let info = mail_table(dictionary, &name).map_err(|_| ApiError::missing("table", &name))?;
        Ok(table(dictionary, &[], &info))
    });
    described.await.map(Json)
}
