//! Lists of records.

use axum::Json;
use axum::extract::State;
use rejoinder_engine::condition::source::Source;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::Caller;
use crate::api::error::{ApiError, ErrorCode, ListErrors};
use crate::api::extract::{Names, Params};
use crate::api::page::{Items, page};
use crate::api::state::ApiState;
use crate::api::value::{RecordBody, record};

/// What a list is narrowed by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    /// A condition as JSON: `{"field":"state","operator":"is","value":"assigned"}`, with `all`, `any`, `not` for groups.
    filter: Option<String>,
    /// The most rows, at most 200.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Records of a table and those that extend it, newest first.
#[utoipa::path(get, path = "/records/{table}", tag = "records", security(("token" = ["records:read"])),
    params(("table" = String, Path, description = "The table"), ListQuery),
    responses((status = 200, body = Items<RecordBody>), ListErrors))]
pub(crate) async fn list_records(
    State(state): State<ApiState>,
    caller: Caller,
    Names(table): Names<String>,
    Params(asked): Params<ListQuery>,
) -> Result<Json<Items<RecordBody>>, ApiError> {
    let rows = state.run(move |app| {
        let config = app.config()?;
        let dictionary = &config.dictionary;
        if dictionary.table(&table).is_none() {
            return Err(ApiError::new(ErrorCode::UnknownTable, format!("there is no table `{table}`")));
        }
        caller.may_read(dictionary, &table)?;
        let bad = |error: rejoinder_engine::condition::source::ConditionError| {
            ApiError::new(ErrorCode::BadCondition, error.to_string())
        };
        let source = Source::parse(asked.filter.as_deref().unwrap_or_default()).map_err(bad)?;
        let condition = source.check(dictionary, &table).map_err(bad)?;
        if condition.clauses().iter().any(|clause| clause.operator.looks_back()) {
            let text = "a list knows no changes: ask what the records are now";
            return Err(ApiError::new(ErrorCode::BadCondition, text));
        }
        let listed = app.store.records(&table, &condition, &page(asked.limit, asked.cursor))?;
        let view = app.store.view()?;
        let items = listed.items.iter().map(|one| record(&view, dictionary, &caller, one));
        Ok(Items { items: items.collect::<Result<_, ApiError>>()?, next: listed.next })
    });
    rows.await.map(Json)
}
