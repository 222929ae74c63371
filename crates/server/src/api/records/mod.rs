//! Records of every table of the dictionary.

pub(super) mod create;
pub(super) mod delete;
mod filter;
pub(super) mod list;
pub(super) mod read;
pub(super) mod update;

use axum::http::HeaderMap;
use axum::http::header::IF_MATCH;
use rejoinder_engine::config::Config;
use rejoinder_engine::field_fault::FieldFault;
use rejoinder_engine::reads::Reads;
use rejoinder_engine::record::{Record, RecordKey};
use rejoinder_engine::request::Change;
use rejoinder_engine::view::View;
use rejoinder_store::Snapshot;

use super::auth::Caller;
use super::error::{ApiError, ErrorCode};
use super::extract::{header, id};
use crate::app::App;
use crate::error::AppError;
use crate::ops::change::faults;

/// The version that `If-Match` names; any where it is absent or `*`.
pub(super) fn seen_version(headers: &HeaderMap) -> Result<Option<i64>, ApiError> {
    let Some(text) = header(headers, IF_MATCH.as_str())?.filter(|text| *text != "*") else { return Ok(None) };
    let bad = || ApiError::new(ErrorCode::BadRequest, "`If-Match` takes one ETag that this API gave");
    text.trim_matches('"').parse().map(Some).map_err(|_| bad())
}

/// The record that a path names; must exist, belong to the table, and be one that the caller may see.
pub(super) fn key(app: &App, caller: &Caller, table: &str, text: &str) -> Result<RecordKey, ApiError> {
    let (config, view) = app.moment()?;
    found(&config, &view, caller, (table, text)).map(|record| record.key())
}

/// The same, whole.
pub(super) fn found(
    config: &Config,
    view: &Snapshot,
    caller: &Caller,
    (table, text): (&str, &str),
) -> Result<Record, ApiError> {
    // A link that a script has made names the table as its platform does.
    let table = config.table_called(table).ok_or_else(|| ApiError::no_table(table))?;
    caller.may_read(config, table)?;
    let missing = || ApiError::missing("record", text);
    let record = view.get(table, id("record", text)?)?.ok_or_else(missing)?;
    // Whether there is one that they may not see is not told.
    if caller.sees(config, &Reads::new(view, &config.dictionary), &record)? {
        Ok(record)
    } else {
        Err(missing())
    }
}

/// Refuses a change with values that cannot be read, and names what else is wrong with it, so that a person mends all
/// at once.
pub(super) fn all_readable(
    app: &App,
    caller: &Caller,
    change: &Change,
    unread: Vec<FieldFault>,
) -> Result<(), ApiError> {
    if unread.is_empty() {
        return Ok(());
    }
    let known: Vec<String> = unread.iter().map(|fault| fault.field.clone()).collect();
    let others = faults(app, caller.asker(), vec![change.clone()])?;
    let others = others.into_iter().filter(|fault| !known.contains(&fault.field));
    Err(ApiError::fields(unread.into_iter().chain(others).collect()))
}

/// A conflict under `If-Match` is a failed precondition, which names the version that there is.
pub(super) fn stale_if(app: &App, seen: Option<&(RecordKey, i64)>, error: AppError) -> ApiError {
    match (seen, error) {
        (Some((key, _)), AppError::Conflict) => {
            let current = app.store.view().ok().and_then(|view| view.get(&key.table, key.id).ok()).flatten();
            ApiError::stale(current.map(|record| record.version))
        }
        (_, error) => error.into(),
    }
}
