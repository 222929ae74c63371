//! The condition of a list, from either of its text forms to what the store is asked.

use rejoinder_engine::condition::encoded::{self, Dialect, Name};
use rejoinder_engine::condition::source::Source;
use rejoinder_engine::condition::{Condition, Occasion};
use rejoinder_engine::config::Config;
use rejoinder_engine::occasion::groups_of;
use rejoinder_engine::reads::Reads;
use rejoinder_engine::view::View;
use rejoinder_script::Vocabulary;
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

    /// Whose names it uses.
    const fn vocabulary(self) -> Vocabulary {
        match self {
            Self::ServiceNow => Vocabulary::ServiceNow,
            Self::SimpleOne => Vocabulary::SimpleOne,
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
            let names = config.names.of(dialect.vocabulary());
            let ours = |name: Name<'_>| match name {
                Name::Table(theirs) => names.table(theirs).to_owned(),
                Name::Path(path) => names.path(&config.dictionary, table, path),
                Name::In { table, path } => names.path(&config.dictionary, table, path),
            };
            let query = encoded::parse(query, dialect.dialect(), &ours).map_err(bad_condition)?;
            Ok((query.source, query.order))
        }
    }
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
