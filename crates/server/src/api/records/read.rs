//! One record.

use axum::extract::State;
use rejoinder_engine::view::View;

use super::{Versioned, key};
use crate::api::auth::Caller;
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
    caller: Caller,
    Names((table, id)): Names<(String, String)>,
) -> Result<Versioned, ApiError> {
    let one = state.run(move |app| {
        let key = key(app, &table, &id)?;
        let config = app.config()?;
        caller.may_read(&config.dictionary, &key.table)?;
        let view = app.store.view()?;
        let found = view.get(&key.table, key.id)?.ok_or_else(|| ApiError::missing("record", &id))?;
        record(&view, &config.dictionary, &caller, &found)
    });
    one.await.map(Versioned)
}
