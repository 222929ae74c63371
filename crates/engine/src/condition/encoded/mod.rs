//! The encoded query: a condition with its order as one line of text, as both script vocabularies write it.
//!
//! ServiceNow's has groups by precedence: `^OR` binds tighter than `^`, `^NQ` begins a group of its own.
//! SimpleOne's has them in parentheses. Both read every operator of either; each writes its own. What is written is
//! read again before it is handed out, so that a text never means anything else than the condition it came from.

mod normal;
mod number;
mod read;
mod term;
mod words;
mod write;

use super::source::Source;

pub use normal::normal;

/// Whose way of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Groups by precedence, lists with commas.
    ServiceNow,
    /// Groups in parentheses, lists with `@`.
    SimpleOne,
}

/// A name that is theirs in the text and ours in the condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name<'a> {
    /// The path to a field.
    Path(&'a str),
    /// The path to a field of another table, which bears our name.
    In {
        /// The table.
        table: &'a str,
        /// The path.
        path: &'a str,
    },
    /// A table.
    Table(&'a str),
}

impl<'a> Name<'a> {
    /// The name itself.
    pub const fn text(self) -> &'a str {
        match self {
            Self::Path(text) | Self::In { path: text, .. } | Self::Table(text) => text,
        }
    }
}

/// Names as they are: what both [`parse`] and [`write()`] take where no vocabulary has others.
pub fn same_names(name: Name<'_>) -> String {
    name.text().to_owned()
}

/// A condition with the order that its text asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The condition.
    pub source: Source,
    /// Paths to sort by, `true` for descending.
    pub order: Vec<(String, bool)>,
    /// Paths to group by.
    pub group_by: Vec<String>,
}

impl Query {
    /// A condition without an order.
    pub const fn new(source: Source) -> Self {
        Self { source, order: Vec::new(), group_by: Vec::new() }
    }
}

/// Why a text is no encoded query, or a condition cannot be written as one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodedError {
    /// A part of the text that cannot be read.
    #[error("`{part}` cannot be read: {what}")]
    Unreadable {
        /// The part, shortened.
        part: String,
        /// What is wrong and what to do.
        what: String,
    },
    /// A condition that the text form has no words for.
    #[error("this condition cannot be written as an encoded query: {0}")]
    NoForm(String),
    /// More than is read or written.
    #[error("the encoded query has more than {limit} {what}")]
    TooLarge {
        /// The limit.
        limit: usize,
        /// Of what.
        what: &'static str,
    },
}

/// Reads an encoded query; `names` gives our name for theirs.
pub fn parse(
    text: &str,
    dialect: Dialect,
    names: &dyn Fn(Name<'_>) -> String,
) -> Result<Query, EncodedError> {
    read::query(text, dialect, names)
}

/// Reads one question as a script asks it, with field, operator and value apart. Of a list of values only the operator
/// is read: see [`is_list`].
pub(crate) fn question(
    path: &str,
    operator: &str,
    value: &str,
    names: &dyn Fn(Name<'_>) -> String,
) -> Result<Source, EncodedError> {
    let word = words::called(operator)
        .ok_or_else(|| term::unreadable(operator, "there is no such operator; STARTSWITH is one"))?;
    let mut asked = term::term(path, word, value, ',', names)?;
    Ok(match asked.len() {
        1 => asked.pop().map_or_else(Source::always, Source::Clause),
        _ => Source::Any { any: asked.into_iter().map(Source::Clause).collect() },
    })
}

/// Whether an operator takes a list of values.
pub(crate) fn is_list(operator: &str) -> bool {
    matches!(words::called(operator), Some(words::Word::List(_)))
}

/// Writes a query; `names` gives their name for ours. Conditions that the text has no form for are first brought
/// into its [normal form](normal), which means the same.
pub fn write(
    query: &Query,
    dialect: Dialect,
    names: &dyn Fn(Name<'_>) -> String,
) -> Result<String, EncodedError> {
    let normal = Query { source: normal(&query.source, dialect)?, ..query.clone() };
    let text = write::query(&normal, dialect, &same_names)?;
    match parse(&text, dialect, &same_names) {
        Ok(again) if again == normal => write::query(&normal, dialect, names),
        _ => Err(EncodedError::NoForm(format!(
            "a value or path in it would be read as something else in `{}`",
            text.chars().take(200).collect::<String>()
        ))),
    }
}
