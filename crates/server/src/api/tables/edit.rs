//! Tables that administrators make, change and delete while the program runs.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use rejoinder_engine::dictionary::Table;
use rejoinder_engine::dictionary::edit::{Edit, TablePatch};
use serde::Deserialize;
use utoipa::ToSchema;

use super::done::{DictionaryPreview, Done, EditQuery, Request, run};
use super::fields::{NewField, said};
use super::{TableBody, Texts};
use crate::api::auth::Caller;
use crate::api::error::{ApiError, DefinitionErrors, StaleError};
use crate::api::extract::{Body, Names, Params};
use crate::api::state::ApiState;
use crate::app::App;

/// A new table.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewTable {
    /// Its name: lower-case Latin letters, digits and `_`, beginning with a letter.
    name: String,
    /// What people read, by language.
    #[serde(default)]
    label: Texts,
    /// The table whose fields it also has.
    extends: Option<String>,
    /// The letters before the numbers of its records.
    number_prefix: Option<String>,
    /// The field that names a record; that of the table above, or the first field, where nothing is said.
    display: Option<String>,
    /// Whether a change of a record raises an event, so that rules hear of it; yes where nothing is said.
    events: Option<bool>,
    /// Its fields.
    #[serde(default)]
    fields: Vec<NewField>,
}

impl NewTable {
    fn table(self, app: &App) -> Result<Table, ApiError> {
        let mut fields = Vec::new();
        for field in self.fields {
            fields.push(field.field(&self.name)?);
        }
        let config = app.config()?;
        let above = self.extends.as_ref().and_then(|above| config.dictionary.table(above));
        let display = self
            .display
            .or_else(|| above.map(|above| above.table.display.clone()))
            .or_else(|| fields.first().map(|field| field.name.clone()))
            .unwrap_or_else(|| "created_at".to_owned());
        Ok(Table {
            name: self.name,
            label: self.label,
            extends: self.extends,
            number_prefix: self.number_prefix,
            display,
            configuration: false,
            audited: false,
            events: self.events.unwrap_or(true),
            fields,
        })
    }
}

/// What of a table is other from now on; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent, `null` and a value are three things")]
pub(in crate::api) struct TableChange {
    /// What people read, by language: all of it.
    label: Option<Texts>,
    /// The field that names a record.
    display: Option<String>,
    /// Whether a change of a record raises an event.
    events: Option<bool>,
    /// The letters before the numbers of its records; `null` for none of its own. Only while there are no records.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    number_prefix: Option<Option<String>>,
}

/// Makes a table with its fields. It can be used at once, on every node within two seconds.
#[utoipa::path(post, path = "/tables", tag = "tables", security(("token" = ["configuration"])), params(EditQuery),
    request_body = NewTable,
    responses((status = 201, body = TableBody), (status = 200, body = DictionaryPreview, description = "A dry run"),
        DefinitionErrors))]
pub(in crate::api) async fn create_table(
    State(state): State<ApiState>,
    caller: Caller,
    Params(asked): Params<EditQuery>,
    Body(given): Body<NewTable>,
) -> Result<Done, ApiError> {
    let (headers, success) = (HeaderMap::new(), StatusCode::CREATED);
    let request = Request { caller, headers, dry_run: asked.dry_run, fill: false, success };
    run(&state, request, move |app| Ok(Edit::AddTable(given.table(app)?))).await
}

/// Changes a table.
#[utoipa::path(patch, path = "/tables/{table}", tag = "tables", security(("token" = ["configuration"])),
    params(("table" = String, Path, description = "The table"), EditQuery,
        ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    request_body = TableChange,
    responses((status = 200, body = TableBody, description = "Done; for a dry run a `DictionaryPreview`"),
        DefinitionErrors, StaleError))]
pub(in crate::api) async fn update_table(
    State(state): State<ApiState>,
    caller: Caller,
    Names(table): Names<String>,
    Params(asked): Params<EditQuery>,
    headers: HeaderMap,
    Body(given): Body<TableChange>,
) -> Result<Done, ApiError> {
    let request = Request { caller, headers, dry_run: asked.dry_run, fill: false, success: StatusCode::OK };
    let TableChange { label, display, events, number_prefix } = given;
    let patch = TablePatch { label, display, events, number_prefix };
    run(&state, request, move |_| Ok(Edit::ChangeTable { table, patch })).await
}

/// Deletes a table that was made here, has no records, and is named by nothing.
#[utoipa::path(delete, path = "/tables/{table}", tag = "tables", security(("token" = ["configuration"])),
    params(("table" = String, Path, description = "The table"), EditQuery,
        ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    responses((status = 204, description = "It is gone"),
        (status = 200, body = DictionaryPreview, description = "A dry run"), DefinitionErrors, StaleError))]
pub(in crate::api) async fn delete_table(
    State(state): State<ApiState>,
    caller: Caller,
    Names(table): Names<String>,
    Params(asked): Params<EditQuery>,
    headers: HeaderMap,
) -> Result<Done, ApiError> {
    let request = Request { caller, headers, dry_run: asked.dry_run, fill: false, success: StatusCode::OK };
    run(&state, request, move |_| Ok(Edit::RemoveTable { table })).await
}
