//! The dictionary: every table and field, those of the program too.

pub(super) mod changes;
mod done;
pub(super) mod edit;
pub(super) mod fields;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use rejoinder_engine::dictionary::edit::Definition;
use rejoinder_engine::dictionary::{Dictionary, Field, TableInfo, base_fields};
use rejoinder_engine::system_tables::{self, SYSTEM_TABLES, SystemTable};
use rejoinder_engine::value::Kind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Anybody;
use super::error::{ApiError, OneErrors};
use super::etag::Versioned;
use super::extract::Names;
use super::page::Items;
use super::state::ApiState;

/// Texts by language.
type Texts = BTreeMap<String, String>;

/// One choice of a field.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChoiceBody {
    /// The stored word.
    value: String,
    /// What people read, by language.
    #[serde(default)]
    label: Texts,
}

/// One field.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a rule of its own, and the API's shape")]
pub(super) struct FieldBody {
    /// Its name.
    name: String,
    /// What it holds.
    kind: String,
    /// What people read, by language.
    label: Texts,
    /// The table that it refers to.
    table: Option<String>,
    /// Its choices.
    choices: Vec<ChoiceBody>,
    /// Whether a record needs a value.
    mandatory: bool,
    /// Whether two records may not share a value.
    unique: bool,
    /// Whether the database keeps an index on it.
    indexed: bool,
    /// Whether only the program sets it.
    read_only: bool,
    /// Whether only agents may read it.
    agents_only: bool,
    /// Whether it never leaves; a record says only whether it holds a value.
    secret: bool,
    /// Whether what is written into a secret field is kept encrypted.
    encrypted: bool,
    /// The value of a new record that names none, as text.
    default: Option<String>,
    /// The most characters of a text.
    max_length: usize,
    /// The table that it is inherited from, where it is changed; absent for the table's own.
    inherited_from: Option<String>,
    /// Whether every record has it and the program sets it.
    base: bool,
    /// Whether it ships with the program; otherwise it was made here.
    shipped: bool,
}

/// One table.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a rule of its own, and the API's shape")]
pub(super) struct TableBody {
    /// Its name.
    name: String,
    /// What people read, by language.
    label: Texts,
    /// The table that it extends.
    extends: Option<String>,
    /// The table at the top of its line.
    root: String,
    /// The field that names a record.
    display: String,
    /// The letters before the numbers of its records, its own or inherited ones.
    number_prefix: Option<String>,
    /// Whether a change of a record raises an event.
    events: bool,
    /// Whether its records configure the program.
    configuration: bool,
    /// Whether it ships with the program; otherwise it was made here.
    shipped: bool,
    /// Whether it belongs to the program and is only read.
    system: bool,
    /// Where a table of the program is read.
    read_at: Option<String>,
    /// How often its definition was written: the ETag. 0 for a table of the program.
    pub(super) version: i64,
    /// Its fields, inherited ones too.
    fields: Vec<FieldBody>,
}

/// A table with the version of its definition as the ETag.
pub(super) const fn versioned(body: TableBody) -> Versioned<TableBody> {
    Versioned { version: body.version, body }
}

/// The word of a kind.
fn word(kind: Kind) -> String {
    let word = serde_json::to_value(kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
    word.unwrap_or_default()
}

fn field(field: &Field, from: Option<&Definition>, of: &str, base: bool) -> FieldBody {
    let choices =
        field.choices.iter().map(|one| ChoiceBody { value: one.value.clone(), label: one.label.clone() });
    let ships = from.and_then(|from| from.shipped.as_ref()).and_then(|base| base.field(&field.name));
    FieldBody {
        name: field.name.clone(),
        kind: word(field.kind),
        label: field.label.clone(),
        table: field.table.clone(),
        choices: choices.collect(),
        mandatory: field.mandatory,
        unique: field.unique,
        indexed: field.indexed,
        read_only: field.read_only,
        agents_only: field.agents_only,
        secret: field.secret,
        encrypted: field.encrypted,
        default: field.default.clone(),
        max_length: field.chars_max(),
        inherited_from: from.map(|from| from.table.name.clone()).filter(|from| from != of),
        base,
        shipped: base || ships.is_some(),
    }
}

/// A table of the dictionary for the caller.
pub(super) fn table(dictionary: &Dictionary, definitions: &[Definition], info: &TableInfo) -> TableBody {
    let name = info.table.name.as_str();
    let find = |name: &str| definitions.iter().find(|one| one.table.name == name);
    let above = dictionary.above(name).map(|info| info.table.name.as_str());
    let line: Vec<&Definition> = std::iter::once(name).chain(above).filter_map(find).collect();
    let base: Vec<String> = base_fields().into_iter().map(|field| field.name).collect();
    let shown = |one: &Field| {
        let from = line.iter().copied().find(|definition| definition.table.field(&one.name).is_some());
        field(one, from, name, base.contains(&one.name))
    };
    TableBody {
        name: name.to_owned(),
        label: info.table.label.clone(),
        extends: info.table.extends.clone(),
        root: info.root.clone(),
        display: info.table.display.clone(),
        number_prefix: info.table.number_prefix.clone(),
        events: info.table.events,
        configuration: info.table.configuration,
        shipped: find(name).is_some_and(|one| one.shipped.is_some()),
        system: false,
        read_at: None,
        version: find(name).map_or(0, |one| one.version),
        fields: info.fields.values().map(shown).collect(),
    }
}

fn texts([en, ru]: [&str; 2]) -> Texts {
    [("en".to_owned(), en.to_owned()), ("ru".to_owned(), ru.to_owned())].into()
}

/// A table of the program for the caller.
fn system(table: &SystemTable) -> TableBody {
    let template = base_fields().into_iter().next();
    let shown = |one: &system_tables::SystemField| {
        let like = Field {
            name: one.name.to_owned(),
            kind: one.kind,
            label: texts(one.label),
            table: one.table.map(str::to_owned),
            ..template.clone()?
        };
        Some(FieldBody { shipped: true, ..field(&like, None, table.name, false) })
    };
    TableBody {
        name: table.name.to_owned(),
        label: texts(table.label),
        extends: None,
        root: table.name.to_owned(),
        display: table.display.to_owned(),
        number_prefix: None,
        events: false,
        configuration: false,
        shipped: true,
        system: true,
        read_at: Some(format!("/api/v1{}", table.read_at)),
        version: 0,
        fields: table.fields.iter().filter_map(shown).collect(),
    }
}

/// All tables, by name; those of the program too.
#[utoipa::path(get, path = "/tables", tag = "tables", security(("token" = ["records:read"])),
    responses((status = 200, body = Items<TableBody>), OneErrors))]
pub(super) async fn list_tables(
    State(state): State<ApiState>,
    _: Anybody,
) -> Result<Json<Items<TableBody>>, ApiError> {
    let all = state.run(|app| {
        let dictionary = app.config()?.dictionary.clone();
        let known = app.store.definitions()?;
        let own = dictionary.tables().map(|info| table(&dictionary, &known.all, info));
        let mut all: Vec<TableBody> = own.chain(SYSTEM_TABLES.iter().map(system)).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    });
    Ok(Json(Items { items: all.await?, next: None }))
}

/// One table, with the version of its definition as ETag.
#[utoipa::path(get, path = "/tables/{table}", tag = "tables", security(("token" = ["records:read"])),
    params(("table" = String, Path, description = "The table")),
    responses((status = 200, body = TableBody), OneErrors))]
pub(super) async fn get_table(
    State(state): State<ApiState>,
    _: Anybody,
    Names(name): Names<String>,
) -> Result<Versioned<TableBody>, ApiError> {
    let one = state.run(move |app| {
        if let Some(found) = system_tables::find(&name) {
            return Ok(system(found));
        }
        let dictionary = app.config()?.dictionary.clone();
        let info = dictionary.table(&name).ok_or_else(|| ApiError::missing("table", &name))?;
        Ok(table(&dictionary, &app.store.definitions()?.all, info))
    });
    one.await.map(versioned)
}
