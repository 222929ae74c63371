//! One record.

use axum::extract::State;

use super::{Versioned, found};
use crate::api::auth::Anybody;
use crate::api::error::{ApiError, RecordErrors};
use crate::api::extract::Names;
use crate::api::state::ApiState;
use crate::api::value::{RecordBody, record};

/// One record, with its version as ETag.
#[utoipa::path(get, path = "/records/{table}/{id}", tag = "records", security(("token" = [])),
    params(("table" = String, Path, description = "The table"), ("id" = String, Path, description = "The record")),
    responses((status = 200, body = RecordBody), RecordErrors))]
pub(crate) async fn get_record(
    State(state): State<ApiState>,
    Anybody(caller): Anybody,
    Names((table, id)): Names<(String, String)>,
) -> Result<Versioned, ApiError> {
    let one = state.run(move |app| {
        let config = app.config()?;
        let view = app.store.view()?;
        let found = found(&config, &view, &caller, (&table, &id))?;
        record(&view, &config, &caller, &found)
    });
    one.await.map(Versioned)
}
