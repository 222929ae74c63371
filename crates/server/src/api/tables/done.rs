//! A change of the dictionary as an answer: done, foreseen, or refused with every reason.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rejoinder_engine::dictionary::Dictionary;
use rejoinder_engine::dictionary::edit::{Definition, Edit, EditError};
use rejoinder_engine::field_fault::FieldFault;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{TableBody, table, versioned};
use crate::api::auth::Caller;
use crate::api::error::{ApiError, ErrorCode};
use crate::api::records::seen_version;
use crate::api::state::ApiState;
use crate::app::App;
use crate::ops::dictionary::{Asked, InTheWay, Outcome, Refusal, edit, preview, told};

/// Whether a change is only looked at.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct EditQuery {
    /// `true`: says what the change would do, and changes nothing.
    #[serde(default)]
    pub(super) dry_run: bool,
}

/// Records that a change meets.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct InTheWayBody {
    /// The table.
    table: String,
    /// The field.
    field: String,
    /// A stable code: `mandatory`, `not_unique`, `too_long`, `unknown_choice`, `has_values`, `has_records`.
    code: String,
    /// What is wrong and what to do, in a sentence.
    message: String,
    /// How many records.
    count: i64,
    /// A few of them: ids, or the values that are shared.
    examples: Vec<String>,
}

/// Something of the configuration that names what is taken out.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct UseBody {
    /// Its table.
    table: String,
    /// Its id.
    id: String,
    /// How people call it.
    name: String,
}

/// What a change of the dictionary would do.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DictionaryPreview {
    /// Whether it can be done as it is.
    possible: bool,
    /// The table afterwards; absent where it ends.
    table: Option<TableBody>,
    /// Columns that are added to SQL tables, as `root.field`.
    columns_added: Vec<String>,
    /// Fields that get an index.
    indexes_made: Vec<String>,
    /// Fields that lose theirs.
    indexes_dropped: Vec<String>,
    /// How many records get the default.
    records_filled: i64,
    /// Records that stand in its way.
    in_the_way: Vec<InTheWayBody>,
    /// Rules, actions and the like that name what is taken out.
    used_by: Vec<UseBody>,
}

/// What a handler answers.
pub(in crate::api) enum Done {
    /// It would do this.
    Foreseen(Box<DictionaryPreview>),
    /// It is done; the table as it is now, or nothing where it ended.
    Made(StatusCode, Option<Box<TableBody>>),
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        match self {
            Self::Foreseen(preview) => Json(*preview).into_response(),
            Self::Made(status, Some(table)) => (status, versioned(*table)).into_response(),
            Self::Made(status, None) => status.into_response(),
        }
    }
}

/// One request: who asks, in which words, and how its success is called.
pub(super) struct Request {
    pub(super) caller: Caller,
    pub(super) headers: HeaderMap,
    pub(super) dry_run: bool,
    pub(super) fill: bool,
    pub(super) success: StatusCode,
}

/// Looks at the change, or does it. What `edit` says is worked out where it may read the dictionary.
pub(super) async fn run(
    state: &ApiState,
    request: Request,
    make: impl FnOnce(&App) -> Result<Edit, ApiError> + Send + 'static,
) -> Result<Done, ApiError> {
    request.caller.must_be_admin("tables and fields are changed")?;
    let seen = seen_version(&request.headers)?;
    let done = state.run(move |app| {
        let (fill, actor) = (request.fill, request.caller.actor());
        let asked = Asked { edit: make(app)?, fill, seen, actor };
        if request.dry_run {
            let outcome = preview(app, &asked).map_err(refused)?;
            return Ok(Done::Foreseen(Box::new(foreseen(&asked, outcome)?)));
        }
        let outcome = edit(app, &asked).map_err(refused)?;
        let table = shown(&outcome.definitions, asked.edit.table())?;
        Ok(match asked.edit {
            Edit::RemoveTable { .. } | Edit::RemoveField { .. } => Done::Made(StatusCode::NO_CONTENT, None),
            _ => Done::Made(request.success, table.map(Box::new)),
        })
    });
    done.await
}

fn shown(definitions: &[Definition], name: &str) -> Result<Option<TableBody>, ApiError> {
    let tables = definitions.iter().map(|one| one.table.clone()).collect();
    let dictionary = Dictionary::new(tables).map_err(|error| ApiError::fault(error.to_string()))?;
    Ok(dictionary.table(name).map(|info| table(&dictionary, definitions, info)))
}

fn foreseen(asked: &Asked, outcome: Outcome) -> Result<DictionaryPreview, ApiError> {
    let ends = matches!(asked.edit, Edit::RemoveTable { .. });
    let used_by: Vec<UseBody> = outcome
        .used_by
        .iter()
        .map(|one| UseBody { table: one.table.clone(), id: one.id.clone(), name: one.name.clone() })
        .collect();
    Ok(DictionaryPreview {
        possible: outcome.in_the_way.is_empty() && (!ends || used_by.is_empty()),
        table: shown(&outcome.definitions, asked.edit.table())?,
        columns_added: outcome.layout.columns,
        indexes_made: outcome.layout.indexes_made,
        indexes_dropped: outcome.layout.indexes_dropped,
        records_filled: outcome.fills,
        in_the_way: outcome.in_the_way.iter().map(in_the_way).collect(),
        used_by,
    })
}

fn in_the_way(one: &InTheWay) -> InTheWayBody {
    InTheWayBody {
        table: one.rule.table.clone(),
        field: one.rule.field.clone(),
        code: one.rule.code.to_owned(),
        message: told(one),
        count: one.found.count,
        examples: one.found.examples.clone(),
    }
}

fn refused(refusal: Refusal) -> ApiError {
    let text = refusal.to_string();
    match refusal {
        Refusal::Edit(error) => bad_edit(error),
        Refusal::InTheWay(all) => {
            let fault = |one: &InTheWay| FieldFault {
                table: one.rule.table.clone(),
                field: one.rule.field.clone(),
                value: Some(one.found.examples.join(", ")).filter(|text| !text.is_empty()),
                code: one.rule.code,
                rule: format!("{} {}", one.found.count, one.rule.text),
            };
            let error = ApiError::new(ErrorCode::InUse, text).naming(all.iter().map(fault).collect());
            match all.first() {
                Some(first) => error.about(&first.rule.table, &first.rule.field),
                None => error,
            }
        }
        Refusal::Used { .. } => ApiError::new(ErrorCode::InUse, text).hint("change or delete these first"),
        Refusal::Layout(text) => {
            ApiError::new(ErrorCode::BadDefinition, text).hint("make a field with another name")
        }
        Refusal::Stale => ApiError::stale_one("the definition", None),
        Refusal::App(error) => error.into(),
    }
}

fn bad_edit(error: EditError) -> ApiError {
    let code = match error.code {
        "not_found" => ErrorCode::NotFound,
        "exists" => ErrorCode::Exists,
        "shipped" => ErrorCode::Shipped,
        "in_use" => ErrorCode::InUse,
        _ => ErrorCode::BadDefinition,
    };
    let mut api = ApiError::new(code, error.message);
    if let Some(field) = &error.field {
        api = api.about(&error.table, field);
    }
    match error.hint {
        Some(hint) => api.hint(hint),
        None => api,
    }
}
