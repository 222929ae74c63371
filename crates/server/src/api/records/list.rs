//! Lists of records.

use axum::Json;
use axum::extract::State;
use rejoinder_engine::condition::{Condition, resolve};
use rejoinder_engine::dictionary::TableInfo;
use rejoinder_store::RecordList;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::filter::{Asked, QueryDialect, Texts, occasion, read};
use crate::api::auth::Anybody;
use crate::api::error::{ApiError, ErrorCode, ListErrors};
use crate::api::extract::{Names, Params};
use crate::api::page::page;
use crate::api::state::ApiState;
use crate::api::value::{RecordBody, records};
use crate::limits::COUNT_MAX;

/// What a list is narrowed by, and how it is shown.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    /// A condition as JSON: `{"field":"state","operator":"is","value":"assigned"}`, with `all`, `any`, `not` for groups.
    filter: Option<String>,
    /// The same as an encoded query, in the place of `filter`: `state=assigned^ORstate=in_progress`. Its `^ORDERBY` counts
    /// where there is no `order`.
    query: Option<String>,
    /// Whose way of writing `query` is: `servicenow` where nothing is said, or `simpleone`.
    #[param(inline)]
    dialect: Option<QueryDialect>,
    /// At most three fields to sort by, joined by commas, each with `-` before it for descending: `-updated_at,state`.
    /// No value comes first ascending and last descending. Records of equal values follow by their creation, in the
    /// direction of the last field. Newest first where it is absent.
    order: Option<String>,
    /// Only these fields are read and answered, joined by commas; quicker where a table has many.
    fields: Option<String>,
    /// Whether to count what the whole list holds, up to 1000.
    count: Option<bool>,
    /// The most rows, at most 200.
    limit: Option<u32>,
    /// `next` of the page before, with the same `filter` and `order`.
    cursor: Option<String>,
}

/// How many records a list holds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountBody {
    /// How many were counted.
    value: u32,
    /// Whether there are more.
    capped: bool,
}

/// One page of a list of records.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordItems {
    /// The rows.
    items: Vec<RecordBody>,
    /// The `cursor` of the next page; `null` where this is the last.
    #[schema(required)]
    next: Option<String>,
    /// How many records the whole list holds; `null` where it was not asked, or could not be counted in time.
    #[schema(required)]
    count: Option<CountBody>,
}

/// Records of a table and those that extend it, newest first where no order is asked.
#[utoipa::path(get, path = "/records/{table}", tag = "records", security(("token" = ["records:read"])),
    params(("table" = String, Path, description = "The table"), ListQuery),
    responses((status = 200, body = RecordItems), ListErrors))]
pub(crate) async fn list_records(
    State(state): State<ApiState>,
    Anybody(caller): Anybody,
    Names(table): Names<String>,
    Params(asked): Params<ListQuery>,
) -> Result<Json<RecordItems>, ApiError> {
    let rows = state.run(move |app| {
        let config = app.config()?;
        let dictionary = &config.dictionary;
        let info = dictionary.table(&table).ok_or_else(|| ApiError::no_table(&table))?;
        caller.may_read(&config, &table)?;
        let wanted = asked.fields.as_deref().map(|text| fields(info, text)).transpose()?;
        let texts =
            Texts { filter: asked.filter.as_deref(), query: asked.query.as_deref(), dialect: asked.dialect };
        let Asked { condition, order: by_query } = read(&config, &table, texts)?;
        let order = asked.order.as_deref().map_or(by_query, order);
        caller.may_ask(&config, &table, &condition, &order)?;
        let view = app.store.view()?;
        let now = occasion(app, &config, &caller, &condition, &view)?;
        let resolved = caller.narrow(&config, resolve(&condition, &now).into_owned());
        let list = RecordList {
            table: table.clone(),
            name: serde_json::to_string(&condition).ok(),
            condition: both(resolved, caller.visible(&config, &table)),
            order,
            fields: if caller.is_asked_each(&config, &table) { None } else { wanted.clone() },
            page: page(asked.limit, asked.cursor),
        };
        let listed = app.store.records(&list).map_err(|error| about_order(&table, error))?;
        let count = match asked.count {
            Some(true) => app.store.count(&table, &list.condition, COUNT_MAX)?,
            _ => None,
        };
        let mut items = records(&view, &config, &caller, &listed.items)?;
        if let Some(wanted) = &wanted {
            items.iter_mut().for_each(|item| item.keep(wanted));
        }
        let count = count.map(|count| CountBody { value: count.value, capped: count.capped });
        Ok(RecordItems { items, next: listed.next, count })
    });
    rows.await.map(Json)
}

/// What fulfils both.
fn both(one: Condition, other: Condition) -> Condition {
    let always = Condition::always();
    match (one, other) {
        (one, other) if other == always => one,
        (one, other) if one == always => other,
        (one, other) => Condition::All(vec![one, other]),
    }
}

/// The names in a text that joins them by commas.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty())
}

fn order(text: &str) -> Vec<(String, bool)> {
    let field = |name: &str| match name.strip_prefix('-') {
        Some(name) => (name.to_owned(), true),
        None => (name.to_owned(), false),
    };
    names(text).map(field).collect()
}

fn fields(info: &TableInfo, text: &str) -> Result<Vec<String>, ApiError> {
    let table = info.table.name.as_str();
    let known = |name: &str| {
        let unknown = || {
            ApiError::new(ErrorCode::UnknownField, format!("`{table}` has no field `{name}`"))
                .about(table, name)
        };
        info.field(name).map(|field| field.name.clone()).ok_or_else(unknown)
    };
    names(text).map(known).collect()
}

/// An order that cannot be had names its field.
fn about_order(table: &str, error: rejoinder_store::StoreError) -> ApiError {
    match &error {
        rejoinder_store::StoreError::BadOrder { field, .. } => {
            let field = field.clone();
            ApiError::from(error).about(table, &field)
        }
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_field_by_field() {
        let expected = [("updated_at".to_owned(), true), ("state".to_owned(), false)];
        assert_eq!(order("-updated_at, state,"), expected);
        assert_eq!(order(""), []);
    }
}
