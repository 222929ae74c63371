//! What scripts of a vocabulary find: data for editors, and TypeScript declarations.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::IntoResponse;
use rejoinder_engine::config::Config;
use rejoinder_engine::dictionary::TableInfo;
use rejoinder_script::Vocabulary;
use rejoinder_script::describe::{completion, typings};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::auth::Anybody;
use crate::api::error::{ApiError, OneErrors};
use crate::api::extract::Names;
use crate::api::state::ApiState;
use crate::ops::scripts::{includes, vocabulary};

/// A field as scripts name it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ScriptField {
    /// The name that scripts use; one field may have several.
    name: String,
    /// Its name in the dictionary.
    field: String,
    /// What it holds.
    kind: String,
    /// What people read, by language.
    label: BTreeMap<String, String>,
    /// The table that it refers to, as scripts name it.
    table: Option<String>,
}

/// A table as scripts name it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ScriptTable {
    /// The name that scripts use; one table may have several.
    name: String,
    /// Its name in the dictionary.
    table: String,
    /// What people read, by language.
    label: BTreeMap<String, String>,
    /// Its fields, inherited ones too; secret ones are not there for scripts.
    fields: Vec<ScriptField>,
}

/// What scripts of a vocabulary find.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct VocabularyBody {
    /// `globals`: each global name with its kind (`class`, `object`, `given`, `function`, `refused`), doc, and class
    /// or signature. `classes`: by name, each with doc, constructor, members and statics (name, kind, signature, doc,
    /// whether supported), and whether its objects have the fields of a record.
    #[schema(value_type = Object)]
    api: serde_json::Value,
    /// The tables, under the names of the vocabulary and under those of the dictionary.
    tables: Vec<ScriptTable>,
    /// Names of its active script includes.
    includes: Vec<String>,
}

/// Names with those of the dictionary: theirs first, then ours, each once.
fn both<'a>(
    theirs: impl Iterator<Item = (&'a str, &'a str)>,
    ours: impl Iterator<Item = &'a str>,
) -> Vec<(&'a str, &'a str)> {
    let mut all: Vec<(&str, &str)> = Vec::new();
    for pair in theirs.chain(ours.map(|name| (name, name))) {
        if all.iter().all(|(known, _)| *known != pair.0) {
            all.push(pair);
        }
    }
    all
}

fn tables(config: &Config, vocabulary: Vocabulary) -> Vec<ScriptTable> {
    let (names, dictionary) = (config.names.of(vocabulary), &config.dictionary);
    let field = |info: &TableInfo, (name, ours): (&str, &str)| {
        let field = info.field(ours).filter(|field| !field.secret)?;
        let kind = serde_json::to_value(field.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
        Some(ScriptField {
            name: name.to_owned(),
            field: ours.to_owned(),
            kind: kind.unwrap_or_default(),
            label: field.label.clone(),
            table: field.table.as_deref().map(|table| names.their_table(table).to_owned()),
        })
    };
    let table = |(name, ours): (&str, &str)| {
        let info = dictionary.table(ours)?;
        let aliases = names.aliases(dictionary, ours).into_iter();
        let fields = both(aliases, info.fields.keys().map(String::as_str)).into_iter();
        Some(ScriptTable {
            name: name.to_owned(),
            table: ours.to_owned(),
            label: info.table.label.clone(),
            fields: fields.filter_map(|pair| field(info, pair)).collect(),
        })
    };
    let ours = dictionary.tables().map(|info| info.table.name.as_str());
    both(names.tables(), ours).into_iter().filter_map(table).collect()
}

/// What scripts of a vocabulary find, for editors.
#[utoipa::path(get, path = "/scripts/vocabularies/{name}", tag = "scripts", security(("token" = ["configuration"])),
    params(("name" = String, Path, description = "`simpleone` or `servicenow`")),
    responses((status = 200, body = VocabularyBody), OneErrors))]
pub(in crate::api) async fn get_vocabulary(
    State(state): State<ApiState>,
    _: Anybody,
    Names(name): Names<String>,
) -> Result<Json<VocabularyBody>, ApiError> {
    let body = state.run(move |app| {
        let vocabulary = vocabulary(&name)?;
        let config = app.config()?;
        Ok(VocabularyBody {
            api: completion(vocabulary),
            tables: tables(&config, vocabulary),
            includes: includes(app, vocabulary)?,
        })
    });
    body.await.map(Json)
}

/// TypeScript declarations of what scripts of a vocabulary find, for editors of your own.
#[utoipa::path(get, path = "/scripts/typings/{name}", tag = "scripts", security(("token" = ["configuration"])),
    params(("name" = String, Path, description = "`simpleone` or `servicenow`")),
    responses((status = 200, description = "`rejoinder.d.ts`", body = String, content_type = "text/plain"), OneErrors))]
pub(in crate::api) async fn get_typings(
    _: Anybody,
    Names(name): Names<String>,
) -> Result<impl IntoResponse, ApiError> {
    let text = typings(vocabulary(&name)?);
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8"), (X_CONTENT_TYPE_OPTIONS, "nosniff")], text))
}
