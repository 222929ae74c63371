//! The dictionary.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use rejoinder_engine::dictionary::{Field, TableInfo};
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::{ApiError, ErrorCode, OneErrors};
use super::extract::Names;
use super::page::Items;
use super::state::ApiState;

/// One choice of a field.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChoiceBody {
    /// The stored word.
    value: String,
    /// What people read, by language.
    label: BTreeMap<String, String>,
}

/// One field.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FieldBody {
    /// Its name.
    name: String,
    /// What it holds.
    kind: String,
    /// What people read, by language.
    label: BTreeMap<String, String>,
    /// The table that it refers to.
    table: Option<String>,
    /// Its choices.
    choices: Vec<ChoiceBody>,
    /// Whether a record needs a value.
    mandatory: bool,
    /// Whether only the program sets it.
    read_only: bool,
    /// Whether it never leaves; a record says only whether it holds a value.
    secret: bool,
    /// Whether what is written into a secret field is kept encrypted.
    encrypted: bool,
    /// The most characters of a text.
    max_length: usize,
}

/// One table.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TableBody {
    /// Its name.
    name: String,
    /// What people read, by language.
    label: BTreeMap<String, String>,
    /// The table that it extends.
    extends: Option<String>,
    /// The field that names a record.
    display: String,
    /// Whether its records configure the program.
    configuration: bool,
    /// Its fields, inherited ones too.
    fields: Vec<FieldBody>,
}

fn field(field: &Field) -> FieldBody {
    let kind = serde_json::to_value(field.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
    let choices =
        field.choices.iter().map(|one| ChoiceBody { value: one.value.clone(), label: one.label.clone() });
    FieldBody {
        name: field.name.clone(),
        kind: kind.unwrap_or_default(),
        label: field.label.clone(),
        table: field.table.clone(),
        choices: choices.collect(),
        mandatory: field.mandatory,
        read_only: field.read_only,
        secret: field.secret,
        encrypted: field.encrypted,
        max_length: field.chars_max(),
    }
}

fn table(info: &TableInfo) -> TableBody {
    TableBody {
        name: info.table.name.clone(),
        label: info.table.label.clone(),
        extends: info.table.extends.clone(),
        display: info.table.display.clone(),
        configuration: info.table.configuration,
        fields: info.fields.values().map(field).collect(),
    }
}

/// All tables.
#[utoipa::path(get, path = "/tables", tag = "tables", security(("token" = ["records:read"])),
    responses((status = 200, body = Items<TableBody>), OneErrors))]
pub(super) async fn list_tables(
    State(state): State<ApiState>,
    _: Caller,
) -> Result<Json<Items<TableBody>>, ApiError> {
    let all = state.run(|app| Ok(app.config()?.dictionary.tables().map(|info| table(info)).collect()));
    Ok(Json(Items { items: all.await?, next: None }))
}

/// One table.
#[utoipa::path(get, path = "/tables/{table}", tag = "tables", security(("token" = ["records:read"])),
    params(("table" = String, Path, description = "The table")),
    responses((status = 200, body = TableBody), OneErrors))]
pub(super) async fn get_table(
    State(state): State<ApiState>,
    _: Caller,
    Names(name): Names<String>,
) -> Result<Json<TableBody>, ApiError> {
    let one = state.run(move |app| {
        let missing = || ApiError::new(ErrorCode::NotFound, format!("there is no table `{name}`"));
        app.config()?.dictionary.table(&name).map(|info| table(info)).ok_or_else(missing)
    });
    one.await.map(Json)
}
