//! Fields that administrators add, change and take out while the program runs.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use rejoinder_engine::dictionary::edit::{Edit, FieldPatch};
use rejoinder_engine::dictionary::{Choice, Field};
use rejoinder_engine::value::{Kind, Value};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::done::{DictionaryPreview, Done, EditQuery, Request, run};
use super::{ChoiceBody, TableBody, Texts};
use crate::api::auth::Caller;
use crate::api::error::{ApiError, DefinitionErrors, ErrorCode, StaleError};
use crate::api::extract::{Body, Names, Params};
use crate::api::state::ApiState;
use crate::api::value::FieldValue;
use crate::app::App;

/// A new field.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a rule of its own, and the API's shape")]
pub(in crate::api) struct NewField {
    /// Its name: lower-case Latin letters, digits and `_`, beginning with a letter.
    pub(super) name: String,
    /// What it holds: `string`, `text`, `choice`, `integer`, `decimal`, `boolean`, `datetime`, `reference`, …
    kind: String,
    /// What people read, by language.
    #[serde(default)]
    label: Texts,
    /// The table that a reference points to.
    table: Option<String>,
    /// The choices of a choice field.
    #[serde(default)]
    choices: Vec<ChoiceBody>,
    /// Whether a record needs a value.
    #[serde(default)]
    mandatory: bool,
    /// Whether two records may not share a value.
    #[serde(default)]
    unique: bool,
    /// Whether only the program sets it.
    #[serde(default)]
    read_only: bool,
    /// Whether only agents may read it.
    #[serde(default)]
    agents_only: bool,
    /// Whether the database keeps an index on it.
    #[serde(default)]
    indexed: bool,
    /// Whether it never leaves through the API.
    #[serde(default)]
    secret: bool,
    /// Whether what is written into a secret field is kept encrypted.
    #[serde(default)]
    encrypted: bool,
    /// The value of new records that name none.
    default: Option<FieldValue>,
    /// The most characters of a text.
    max_length: Option<usize>,
    /// Whether records that are there get the default where the field is mandatory.
    #[serde(default)]
    pub(super) fill: bool,
}

/// What of a field is other from now on; what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent, `null` and a value are three things")]
pub(in crate::api) struct FieldChange {
    /// What people read, by language: all of it.
    label: Option<Texts>,
    /// What it holds; only where the values are stored alike.
    kind: Option<String>,
    /// The table that a reference points to.
    table: Option<String>,
    /// All choices, in their order.
    choices: Option<Vec<ChoiceBody>>,
    /// Whether a record needs a value.
    mandatory: Option<bool>,
    /// Whether two records may not share a value.
    unique: Option<bool>,
    /// Whether only the program sets it.
    read_only: Option<bool>,
    /// Whether only agents may read it.
    agents_only: Option<bool>,
    /// Whether the database keeps an index on it.
    indexed: Option<bool>,
    /// The value of new records; `null` for none.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<FieldValue>)]
    default: Option<Option<FieldValue>>,
    /// The most characters of a text; `null` for the most of its kind.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<usize>)]
    max_length: Option<Option<usize>>,
    /// Whether records without a value get the default where the field becomes mandatory.
    #[serde(default)]
    fill: bool,
}

/// What is said, be it `null`; absent is `None` by the default.
#[expect(clippy::option_option, reason = "absent, `null` and a value are three things")]
pub(super) fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    given: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(given).map(Some)
}

fn kind(table: &str, field: &str, word: &str) -> Result<Kind, ApiError> {
    serde_json::from_value(serde_json::Value::from(word)).map_err(|error| {
        // The words of serde name every kind that there is.
        ApiError::new(ErrorCode::BadDefinition, format!("`{table}.{field}`: {error}")).about(table, field)
    })
}

/// A default in the text that the dictionary keeps.
fn default_text(table: &str, field: &str, kind: Kind, given: &FieldValue) -> Result<String, ApiError> {
    let value = given.stored(kind).map_err(|text| {
        let text = format!("`{table}.{field}`: `default`: {text}");
        ApiError::new(ErrorCode::BadDefinition, text).about(table, field)
    })?;
    Ok(match value {
        Value::Time(at) => at.rfc3339(),
        other => other.plain(),
    })
}

fn choices(given: Vec<ChoiceBody>) -> Vec<Choice> {
    given.into_iter().map(|one| Choice { value: one.value, label: one.label }).collect()
}

impl NewField {
    /// The definition.
    pub(super) fn field(self, table: &str) -> Result<Field, ApiError> {
        let kind = kind(table, &self.name, &self.kind)?;
        let default = match &self.default {
            None | Some(FieldValue::Null) => None,
            Some(given) => Some(default_text(table, &self.name, kind, given)?),
        };
        Ok(Field {
            kind,
            default,
            label: self.label,
            table: self.table,
            choices: choices(self.choices),
            mandatory: self.mandatory,
            unique: self.unique,
            read_only: self.read_only,
            secret: self.secret || self.encrypted,
            encrypted: self.encrypted,
            agents_only: self.agents_only,
            indexed: self.indexed,
            max_length: self.max_length,
            name: self.name,
        })
    }
}

impl FieldChange {
    fn patch(self, app: &App, table: &str, field: &str) -> Result<FieldPatch, ApiError> {
        let kind = self.kind.as_deref().map(|word| kind(table, field, word)).transpose()?;
        let config = app.config()?;
        let known = config.dictionary.table(table).and_then(|info| info.field(field));
        let of = kind.or_else(|| known.map(|field| field.kind)).unwrap_or(Kind::String);
        let default = match &self.default {
            None => None,
            Some(None | Some(FieldValue::Null)) => Some(None),
            Some(Some(given)) => Some(Some(default_text(table, field, of, given)?)),
        };
        Ok(FieldPatch {
            kind,
            default,
            label: self.label,
            table: self.table,
            choices: self.choices.map(choices),
            mandatory: self.mandatory,
            unique: self.unique,
            read_only: self.read_only,
            agents_only: self.agents_only,
            indexed: self.indexed,
            max_length: self.max_length,
        })
    }
}

/// Adds a field to a table; the answer is the whole table. A field that was taken out before finds its values again.
#[utoipa::path(post, path = "/tables/{table}/fields", tag = "tables", security(("token" = ["configuration"])),
    params(("table" = String, Path, description = "The table"), EditQuery,
        ("If-Match" = Option<String>, Header, description = "The ETag of the table that was read")),
    request_body = NewField,
    responses((status = 201, body = TableBody), (status = 200, body = DictionaryPreview, description = "A dry run"),
        DefinitionErrors, StaleError))]
pub(in crate::api) async fn create_field(
    State(state): State<ApiState>,
    caller: Caller,
    Names(table): Names<String>,
    Params(asked): Params<EditQuery>,
    headers: HeaderMap,
    Body(given): Body<NewField>,
) -> Result<Done, ApiError> {
    let request =
        Request { caller, headers, dry_run: asked.dry_run, fill: given.fill, success: StatusCode::CREATED };
    run(&state, request, move |_| Ok(Edit::AddField { field: given.field(&table)?, table })).await
}

/// Changes a field; the answer is the whole table. What the records that are there do not keep is refused with their
/// count.
#[utoipa::path(patch, path = "/tables/{table}/fields/{field}", tag = "tables", security(("token" = ["configuration"])),
    params(("table" = String, Path, description = "The table"), ("field" = String, Path, description = "The field"),
        EditQuery, ("If-Match" = Option<String>, Header, description = "The ETag of the table that was read")),
    request_body = FieldChange,
    responses((status = 200, body = TableBody, description = "Done; for a dry run a `DictionaryPreview`"),
        DefinitionErrors, StaleError))]
pub(in crate::api) async fn update_field(
    State(state): State<ApiState>,
    caller: Caller,
    Names((table, field)): Names<(String, String)>,
    Params(asked): Params<EditQuery>,
    headers: HeaderMap,
    Body(given): Body<FieldChange>,
) -> Result<Done, ApiError> {
    let request =
        Request { caller, headers, dry_run: asked.dry_run, fill: given.fill, success: StatusCode::OK };
    run(&state, request, move |app| {
        let patch = given.patch(app, &table, &field)?;
        Ok(Edit::ChangeField { table, field, patch })
    })
    .await
}

/// Takes a field out of the dictionary; its column and values stay.
#[utoipa::path(delete, path = "/tables/{table}/fields/{field}", tag = "tables", security(("token" = ["configuration"])),
    params(("table" = String, Path, description = "The table"), ("field" = String, Path, description = "The field"),
        EditQuery, ("If-Match" = Option<String>, Header, description = "The ETag of the table that was read")),
    responses((status = 204, description = "It is out"),
        (status = 200, body = DictionaryPreview, description = "A dry run"), DefinitionErrors, StaleError))]
pub(in crate::api) async fn delete_field(
    State(state): State<ApiState>,
    caller: Caller,
    Names((table, field)): Names<(String, String)>,
    Params(asked): Params<EditQuery>,
    headers: HeaderMap,
) -> Result<Done, ApiError> {
    let request = Request { caller, headers, dry_run: asked.dry_run, fill: false, success: StatusCode::OK };
    run(&state, request, move |_| Ok(Edit::RemoveField { table, field })).await
}
