//! The condition of a list, from either of its text forms to what the store is asked.

use rejoinder_engine::condition::encoded::{self, Dialect, Name};
use rejoinder_engine::condition::source::Source;
use rejoinder_engine::condition::{Condition, Occasion};
use rejoinder_engine::config::Config;
use rejoinder_engine::occasion::groups_of;
use rejoinder_engine::reads::Reads;
use rejoinder_engine::view::View;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::auth::Caller;
use crate::api::error::{ApiError, ErrorCode};
use crate::app::App;

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

pub(super) fn bad_condition(error: impl ToString) -> ApiError {
    ApiError::new(ErrorCode::BadCondition, error.to_string())
}

/// The condition of a list, in either of its text forms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts<'a> {
    /// As JSON.
    pub(super) filter: Option<&'a str>,
    /// As an encoded query.
    pub(super) query: Option<&'a str>,
    /// Whose encoded query it is.
    pub(super) dialect: Option<QueryDialect>,
}

/// What is asked of records, and the order that an encoded query names.
pub(super) struct Asked {
    /// The condition.
    pub(super) condition: Condition,
    /// Fields to sort by, `true` for descending.
    pub(super) order: Vec<(String, bool)>,
}

/// Reads and types the condition against `table`; what looks back is refused.
pub(super) fn read(config: &Config, table: &str, texts: Texts<'_>) -> Result<Asked, ApiError> {
    let (source, order) = source(config, table, texts)?;
    let condition = source.check(&config.dictionary, table).map_err(bad_condition)?;
    if condition.clauses().iter().any(|clause| clause.operator.looks_back()) {
        return Err(bad_condition("a list knows no changes: ask what the records are now"));
    }
    Ok(Asked { condition, order })
}

fn source(config: &Config, table: &str, texts: Texts<'_>) -> Result<(Source, Vec<(String, bool)>), ApiError> {
    match (texts.filter, texts.query) {
        (Some(_), Some(_)) => {
            Err(bad_condition("`filter` and `query` say the same in two ways: send one of them"))
        }
        (filter, None) => {
            let source = Source::parse(filter.unwrap_or_default()).map_err(bad_condition)?;
            Ok((source, Vec::new()))
        }
        (None, Some(query)) => {
            let dialect = texts.dialect.unwrap_or(QueryDialect::ServiceNow);
            let vocabulary = dialect.vocabulary();
            let ours = |name: Name<'_>| match name {
                Name::Table(theirs) => config.table_alias(vocabulary, theirs).to_owned(),
                Name::Path(path) => our_path(config, vocabulary, table, path),
                Name::In { table, path } => our_path(config, vocabulary, table, path),
            };
            let query = encoded::parse(query, dialect.dialect(), &ours).map_err(bad_condition)?;
            Ok((query.source, query.order))
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
pub(super) fn occasion(
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
