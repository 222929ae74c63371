//! New values of a record.

use axum::extract::State;
use axum::http::HeaderMap;
use rejoinder_engine::request::Change;
use rejoinder_engine::view::View;

use super::create::Values;
use super::{all_readable, found, seen_version, stale_if};
use crate::api::auth::Anybody;
use crate::api::error::{ApiError, StaleError, UpdateErrors};
use crate::api::etag::Versioned;
use crate::api::extract::{Body, Names};
use crate::api::state::ApiState;
use crate::api::value::{RecordBody, read, record};
use crate::ops::change::{Asked, carry_out};

/// Changes the named fields; with `If-Match` only if nobody was faster. Writing into a journal adds a comment.
#[utoipa::path(patch, path = "/records/{table}/{id}", tag = "records", security(("token" = ["records:write"])),
    params(("table" = String, Path, description = "The table"), ("id" = String, Path, description = "The record"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    request_body = Values, responses((status = 200, body = RecordBody), UpdateErrors, StaleError))]
pub(crate) async fn update_record(
    State(state): State<ApiState>,
    Anybody(caller): Anybody,
    Names((table, id)): Names<(String, String)>,
    headers: HeaderMap,
    Body(given): Body<Values>,
) -> Result<Versioned<RecordBody>, ApiError> {
    let seen = seen_version(&headers)?;
    let changed = state.run(move |app| {
        let (config, view) = app.moment()?;
        let key = found(&config, &view, &caller, (&table, &id))?.key();
        caller.may_write(&config, &key.table)?;
        let info =
            config.dictionary.table(&key.table).ok_or_else(|| ApiError::fault("a record without a table"))?;
        let (fields, unread) = read(info, &given.fields);
        let guard = seen.map(|version| (key.clone(), version));
        let update = Change::Update { key, fields: fields.clone() };
        all_readable(app, &caller, &update, unread)?;
        let moment = Some((config.clone(), view));
        let asked = Asked { seen: guard.clone(), moment, ..Asked::new(caller.asker(), vec![update]) };
        let done = carry_out(app, asked)
            .map_err(|error| stale_if(app, guard.as_ref(), error).valued(info, &fields))?;
        let (config, view) = app.moment()?;
        let changed = done.keys.first().map(|key| view.get(&key.table, key.id)).transpose()?.flatten();
        let one = changed.ok_or_else(|| ApiError::missing("record", &id))?;
        record(&view, &config, &caller, &one)
    });
    changed.await.map(RecordBody::versioned)
}
