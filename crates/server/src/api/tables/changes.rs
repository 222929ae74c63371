//! The history of a table's definition.

use axum::Json;
use axum::extract::State;
use rejoinder_engine::dictionary::Table;
use rejoinder_store::DefinitionChange;
use serde::{Deserialize, Serialize};
use serde_json::Value as Document;
use utoipa::{IntoParams, ToSchema};

use crate::api::auth::Caller;
use crate::api::error::{ApiError, FeedErrors};
use crate::api::extract::{Names, Params};
use crate::api::page::{Items, page};
use crate::api::state::ApiState;

/// One change of a definition.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DefinitionChangeBody {
    /// The version that it made.
    version: i64,
    /// When.
    at: String,
    /// `insert`, `update` or `delete`.
    operation: String,
    /// Who.
    actor: String,
    /// The user, where it was one.
    actor_user: Option<String>,
    /// The request, event or job.
    cause_id: String,
    /// The definition before: name, labels, own fields.
    #[schema(value_type = Option<Object>)]
    old: Option<Document>,
    /// The definition after.
    #[schema(value_type = Option<Object>)]
    new: Option<Document>,
}

fn body(change: DefinitionChange) -> DefinitionChangeBody {
    let document = |table: Option<Table>| table.and_then(|table| serde_json::to_value(table).ok());
    DefinitionChangeBody {
        version: change.sequence,
        at: change.at.rfc3339(),
        operation: change.operation,
        actor: change.actor.label,
        actor_user: change.actor.user.map(|user| user.to_string()),
        cause_id: change.cause.1.to_string(),
        old: document(change.old),
        new: document(change.new),
    }
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DefinitionChangeQuery {
    /// The most rows, at most 200.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// The changes of a table's definition, newest first, those of a deleted table too.
#[utoipa::path(get, path = "/tables/{table}/changes", tag = "tables", security(("token" = ["records:read"])),
    params(("table" = String, Path, description = "The table"), DefinitionChangeQuery),
    responses((status = 200, body = Items<DefinitionChangeBody>), FeedErrors))]
pub(in crate::api) async fn list_table_changes(
    State(state): State<ApiState>,
    _: Caller,
    Names(table): Names<String>,
    Params(asked): Params<DefinitionChangeQuery>,
) -> Result<Json<Items<DefinitionChangeBody>>, ApiError> {
    let rows = state.run(move |app| {
        let listed = app.store.definition_changes(&table, &page(asked.limit, asked.cursor))?;
        let known = app.config()?.dictionary.table(&table).is_some();
        if !known && listed.items.is_empty() {
            return Err(ApiError::missing("table", &table));
        }
        Ok(Items::of(listed, body))
    });
    rows.await.map(Json)
}
