//! The audit: changes of the configuration and of who somebody is, for administrators.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use rejoinder_engine::dictionary::Dictionary;
use rejoinder_engine::display::name_of;
use rejoinder_engine::reads::Reads;
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::view::View;
use rejoinder_store::{AuditFilter, ChangeRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::changes::{ChangeBody, change};
use super::error::{ApiError, AuditErrors, ErrorCode};
use super::extract::{Params, query_id};
use super::page::{Items, page};
use super::state::ApiState;

/// One change, with the name of what was changed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AuditEntry {
    /// What people call the record, as it was then; of one that was not named then, as it is now.
    name: String,
    /// The change.
    #[serde(flatten)]
    change: ChangeBody,
}

/// What the audit is narrowed by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct AuditQuery {
    /// Changes of records of this table.
    table: Option<String>,
    /// Changes of the record with this id.
    record: Option<String>,
    /// Changes that the user with this id made.
    actor: Option<String>,
    /// Not before this moment (RFC 3339).
    since: Option<String>,
    /// Before this moment (RFC 3339).
    until: Option<String>,
    /// The most rows, at most 200.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

fn moment(name: &str, text: Option<&str>) -> Result<Option<Timestamp>, ApiError> {
    let bad = || {
        let text = format!("`{name}` takes a moment such as 2026-11-23T14:05:00Z");
        ApiError::new(ErrorCode::BadRequest, text)
    };
    text.map(|text| Timestamp::parse(text).ok_or_else(bad)).transpose()
}

/// The name of the record that the change is about.
fn name(view: &dyn View, dictionary: &Dictionary, row: &ChangeRow) -> Result<String, ApiError> {
    let Some(info) = dictionary.table(&row.record.table) else { return Ok(String::new()) };
    let display = &info.table.display;
    let then =
        row.new.get(display).or_else(|| row.old.get(display)).filter(|value| !value.is_null()).cloned();
    let named = match then {
        Some(then) => then,
        None => {
            let now = view.get(&row.record.table, row.record.id)?;
            now.map(|record| record.get(display).clone()).unwrap_or_default()
        }
    };
    // Some are called by what they point to: a member of a group by its user.
    let target = info.field(display).and_then(|field| field.table.as_deref()).zip(named.as_ref_id());
    let Some((table, id)) = target else { return Ok(named.plain()) };
    let pointed_to = view.get(table, id)?;
    Ok(pointed_to.map_or_else(|| named.plain(), |record| name_of(&Reads::new(view, dictionary), &record)))
}

/// Changes of the configuration and of users, groups and their members, newest first: who, when, from what to what.
#[utoipa::path(get, path = "/audit", tag = "audit", security(("token" = ["admin"])), params(AuditQuery),
    responses((status = 200, body = Items<AuditEntry>), AuditErrors))]
pub(super) async fn list_audit(
    State(state): State<ApiState>,
    caller: Caller,
    Params(asked): Params<AuditQuery>,
) -> Result<Json<Items<AuditEntry>>, ApiError> {
    caller.must_be_admin("the audit is read")?;
    let rows = state.run(move |app| {
        let filter = AuditFilter {
            record: query_id("record", asked.record.as_deref())?,
            actor: query_id("actor", asked.actor.as_deref())?,
            since: moment("since", asked.since.as_deref())?,
            until: moment("until", asked.until.as_deref())?,
            table: asked.table,
        };
        let config = app.config()?;
        let view = app.store.view()?;
        let listed = app.store.audit(&filter, &page(asked.limit, asked.cursor))?;
        let entry = |row: ChangeRow| {
            let name = name(&view, &config.dictionary, &row)?;
            Ok(AuditEntry { name, change: change(&config.dictionary, row, &BTreeSet::new()) })
        };
        let items = listed.items.into_iter().map(entry).collect::<Result<_, ApiError>>()?;
        Ok(Items { items, next: listed.next })
    });
    rows.await.map(Json)
}
