//! Lists of records.

use axum::Json;
use axum::extract::State;
use rejoinder_engine::condition::encoded::{self, Dialect, Name};
use rejoinder_engine::condition::source::Source;
use rejoinder_engine::condition::{Condition, Occasion, resolve};
use rejoinder_engine::config::Config;
use rejoinder_engine::occasion::groups_of;
use rejoinder_engine::reads::Reads;
use rejoinder_engine::view::View;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::api::auth::Caller;
use crate::api::error::{ApiError, ErrorCode, ListErrors};
use crate::api::extract::{Names, Params};
use crate::api::page::{Items, page};
use crate::api::state::ApiState;
use crate::api::value::{RecordBody, record};
use crate::app::App;

/// What a list is narrowed by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    /// A condition as JSON: `{"field":"state","operator":"is","value":"assigned"}`, with `all`, `any`, `not` for groups.
    filter: Option<String>,
    /// The same as an encoded query, in the place of `filter`: `state=assigned^ORstate=in_progress`.
    query: Option<String>,
    /// Whose way of writing `query` is: `servicenow` where nothing is said, or `simpleone`.
    dialect: Option<QueryDialect>,
    /// The most rows, at most 200.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Whose encoded query it is.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum QueryDialect {
    /// Groups by precedence: `a=1^ORb=2^c=3`.
    ServiceNow,
    /// Groups in parentheses: `((a=1)^OR(b=2))^(c=3)`.
    SimpleOne,
}

impl QueryDialect {
    const fn dialect(self) -> Dialect {
        match self {
            Self::ServiceNow => Dialect::ServiceNow,
            Self::SimpleOne => Dialect::SimpleOne,
        }
    }

    /// What its names are called in the table of aliases.
    const fn vocabulary(self) -> &'static str {
        match self {
            Self::ServiceNow => "servicenow",
            Self::SimpleOne => "simpleone",
        }
    }
}

fn bad_condition(error: impl ToString) -> ApiError {
    ApiError::new(ErrorCode::BadCondition, error.to_string())
}

/// The condition of the list, in either of its text forms.
fn asked_for(config: &Config, table: &str, asked: &ListQuery) -> Result<Source, ApiError> {
    match (asked.filter.as_deref(), asked.query.as_deref()) {
        (Some(_), Some(_)) => {
            Err(bad_condition("`filter` and `query` say the same in two ways: send one of them"))
        }
        (filter, None) => Source::parse(filter.unwrap_or_default()).map_err(bad_condition),
        (None, Some(query)) => {
            let dialect = asked.dialect.unwrap_or(QueryDialect::ServiceNow);
            let vocabulary = dialect.vocabulary();
            let ours = |name: Name<'_>| match name {
                Name::Table(theirs) => config.table_alias(vocabulary, theirs).to_owned(),
                Name::Path(path) => our_path(config, vocabulary, table, path),
            };
            Ok(encoded::parse(query, dialect.dialect(), &ours).map_err(bad_condition)?.source)
        }
    }
}

/// Our names of the fields on a path, each by the table that it belongs to or one that this extends.
fn our_path(config: &Config, vocabulary: &str, table: &str, path: &str) -> String {
    let mut current = Some(table.to_owned());
    let names = path.split('.').map(|theirs| {
        let line = std::iter::successors(current.clone(), |table| {
            config.dictionary.table(table).and_then(|info| info.table.extends.clone())
        });
        let alias = line.map(|table| config.alias(vocabulary, &table, theirs)).find(|ours| *ours != theirs);
        let ours = alias.unwrap_or(theirs);
        let info = current.as_deref().and_then(|table| config.dictionary.table(table));
        current = info.and_then(|info| info.field(ours)).and_then(|field| field.table.clone());
        ours.to_owned()
    });
    names.collect::<Vec<_>>().join(".")
}

/// The caller of the API asks, now, in their own zone.
fn occasion(
    app: &App,
    config: &Config,
    caller: &Caller,
    condition: &Condition,
    view: &dyn View,
) -> Result<Occasion, ApiError> {
    let user = caller.id();
    let reads = Reads::new(view, &config.dictionary);
    let groups = if condition.asks_for_groups() { groups_of(&reads, user)? } else { Vec::new() };
    Ok(Occasion {
        now: app.env.now(),
        time_zone: caller.reader.time_zone.clone(),
        week_start: config.settings.week_start(),
        user: Some(user),
        groups,
    })
}

/// Records of a table and those that extend it, newest first.
#[utoipa::path(get, path = "/records/{table}", tag = "records", security(("token" = [])),
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
        let source = asked_for(&config, &table, &asked)?;
        let condition = source.check(dictionary, &table).map_err(bad_condition)?;
        if condition.clauses().iter().any(|clause| clause.operator.looks_back()) {
            return Err(bad_condition("a list knows no changes: ask what the records are now"));
        }
        let view = app.store.view()?;
        let condition =
            resolve(&condition, &occasion(app, &config, &caller, &condition, &view)?).into_owned();
        let listed = app.store.records(&table, &condition, &page(asked.limit, asked.cursor))?;
        let items = listed.items.iter().map(|one| record(&view, dictionary, &caller, one));
        Ok(Items { items: items.collect::<Result<_, ApiError>>()?, next: listed.next })
    });
    rows.await.map(Json)
}
