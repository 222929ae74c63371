//! What a script can reach: the host interface and its data. The host decides about rights, reads
//! through the view of the decision, and collects effects into its plan; nothing here performs them.

use thiserror::Error;

use crate::Value;

/// A stored row. Values are stored values, not display values: a reference is the text of its id, a
/// list is a [`Value::List`] of ids or their comma-separated text, a journal has no value.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The record's `sys_id`.
    pub id: String,
    /// Field name and stored value; a field that is missing reads as empty.
    pub fields: Vec<(String, Value)>,
}

/// How a [`Term`] compares its field. The names are SimpleOne's system names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `=`, for text without regard to case.
    Equals,
    /// `!=`
    NotEquals,
    /// `>`
    Greater,
    /// `<`
    Less,
    /// `>=`
    GreaterOrEquals,
    /// `<=`
    LessOrEquals,
    /// `IN`: the value is a list.
    In,
    /// `NOT IN`: the value is a list.
    NotIn,
    /// `LIKE`: contains the text. `contains` is an alias.
    Like,
    /// `NOTLIKE`: does not contain the text.
    NotLike,
    /// `STARTSWITH`
    StartsWith,
    /// `ENDSWITH`
    EndsWith,
    /// `ISEMPTY`, without a value.
    IsEmpty,
    /// `ISNOTEMPTY`, without a value.
    IsNotEmpty,
    /// `ANYTHING`: always true, without a value.
    Anything,
    /// `NOTHING`: empty, without a value; a synonym of [`Operator::IsEmpty`] in forms.
    Nothing,
    /// `SAMEAS`: the value names another field, which holds the same.
    SameAs,
    /// `NSAMEAS`: the value names another field, which holds something else.
    NotSameAs,
    /// `ON`: a time on the day of the value.
    On,
    /// `NOTON`: a time on another day.
    NotOn,
    /// `BETWEEN`: the value is a list of two, both included.
    Between,
    /// `HAS`: a list field holds the value.
    Has,
    /// `HASNOT`: a list field does not hold the value.
    HasNot,
}

impl Operator {
    const ALL: [Self; 23] = [
        Self::Equals,
        Self::NotEquals,
        Self::Greater,
        Self::Less,
        Self::GreaterOrEquals,
        Self::LessOrEquals,
        Self::In,
        Self::NotIn,
        Self::Like,
        Self::NotLike,
        Self::StartsWith,
        Self::EndsWith,
        Self::IsEmpty,
        Self::IsNotEmpty,
        Self::Anything,
        Self::Nothing,
        Self::SameAs,
        Self::NotSameAs,
        Self::On,
        Self::NotOn,
        Self::Between,
        Self::Has,
        Self::HasNot,
    ];

    /// SimpleOne's system name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equals => "=",
            Self::NotEquals => "!=",
            Self::Greater => ">",
            Self::Less => "<",
            Self::GreaterOrEquals => ">=",
            Self::LessOrEquals => "<=",
            Self::In => "IN",
            Self::NotIn => "NOT IN",
            Self::Like => "LIKE",
            Self::NotLike => "NOTLIKE",
            Self::StartsWith => "STARTSWITH",
            Self::EndsWith => "ENDSWITH",
            Self::IsEmpty => "ISEMPTY",
            Self::IsNotEmpty => "ISNOTEMPTY",
            Self::Anything => "ANYTHING",
            Self::Nothing => "NOTHING",
            Self::SameAs => "SAMEAS",
            Self::NotSameAs => "NSAMEAS",
            Self::On => "ON",
            Self::NotOn => "NOTON",
            Self::Between => "BETWEEN",
            Self::Has => "HAS",
            Self::HasNot => "HASNOT",
        }
    }

    /// The operator of a name in any case, or of the alias `contains`.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.trim();
        if name.eq_ignore_ascii_case("contains") {
            return Some(Self::Like);
        }
        Self::ALL.into_iter().find(|operator| operator.name().eq_ignore_ascii_case(name))
    }

    /// Whether the operator stands without a value; its [`Term::value`] is null.
    pub const fn is_unary(self) -> bool {
        matches!(self, Self::IsEmpty | Self::IsNotEmpty | Self::Anything | Self::Nothing)
    }
}

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// A field, or a path through references (`caller.company`).
    pub field: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what; null for unary operators.
    pub value: Value,
}

/// A query: OR of ANDs, then an order, then a limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// The table; rows of tables that extend it belong to it.
    pub table: String,
    /// Alternatives, each a conjunction; one empty alternative selects every row. Never empty: a
    /// condition that selects nothing is not asked of the host.
    pub any_of: Vec<Vec<Term>>,
    /// Sort keys, most significant first; `true` is descending.
    pub order: Vec<(String, bool)>,
    /// The most rows to return. Always set: to the script's own limit or to one row more than the
    /// run may still read, so that a large table is never read in full only to be refused.
    pub limit: Option<u32>,
}

/// What a script needs to know of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableInfo {
    /// The name under which the table was asked for, or the one that it is an alias of.
    pub name: String,
    /// The title for people.
    pub label: String,
    /// All fields, inherited ones too.
    pub fields: Vec<FieldInfo>,
}

/// What a script needs to know of a field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldInfo {
    /// The name that scripts use.
    pub name: String,
    /// The title for people.
    pub label: String,
    /// How scripts see its value.
    pub kind: FieldKind,
}

/// How scripts see the value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// A plain value.
    Scalar,
    /// A reference to a record of the named table.
    Reference(String),
    /// A comma-separated text of ids.
    List,
    /// Write-only text that becomes an activity.
    Journal,
    /// `true` or `false`.
    Boolean,
}

/// Why the host refused. A script can catch a refusal; a fatal error ends it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct HostError {
    /// Stable and for programs, as in `no_such_table`.
    pub code: &'static str,
    /// For the administrator who wrote the script.
    pub message: String,
    /// Whether the run ends here, uncatchably.
    pub fatal: bool,
}

impl HostError {
    /// A refusal that the script may catch.
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), fatal: false }
    }

    /// An error that ends the run at once.
    pub fn fatal(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), fatal: true }
    }
}

/// The world of a script. Synchronous; called on the thread that called [`crate::run`], never again
/// after a fatal error or a spent limit. There is no other way out of the sandbox.
pub trait Host {
    /// The row with this id, as the decision sees it.
    fn get(&mut self, table: &str, id: &str) -> Result<Option<Row>, HostError>;
    /// The rows that match, in order.
    fn query(&mut self, query: &Query) -> Result<Vec<Row>, HostError>;
    /// Plans a new record and returns its id.
    fn insert(&mut self, table: &str, fields: Vec<(String, Value)>) -> Result<String, HostError>;
    /// Plans a change of the given fields only.
    fn update(&mut self, table: &str, id: &str, fields: Vec<(String, Value)>) -> Result<(), HostError>;
    /// Plans a deletion.
    fn delete(&mut self, table: &str, id: &str) -> Result<(), HostError>;
    /// The display value of a field, or of the record when there is no field.
    fn display(&mut self, table: &str, id: &str, field: Option<&str>) -> Result<String, HostError>;
    /// The table's fields. An unknown table is an error.
    fn table(&mut self, table: &str) -> Result<TableInfo, HostError>;
    /// Raises an event on a record, with up to five parameters.
    fn event(
        &mut self,
        name: &str,
        table: &str,
        id: &str,
        params: Vec<Option<String>>,
    ) -> Result<(), HostError>;
    /// A setting; `None` when there is none of that name or scripts may not read it.
    fn property(&mut self, name: &str) -> Result<Option<String>, HostError>;
    /// The id of the user as whom the script runs.
    fn user_id(&mut self) -> String;
    /// Plans a copy of all attachments; `false` when there were none to copy.
    fn copy_attachments(
        &mut self,
        from_table: &str,
        from_id: &str,
        to_table: &str,
        to_id: &str,
    ) -> Result<bool, HostError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_read_in_any_case_and_by_alias() {
        for operator in Operator::ALL {
            assert_eq!(Operator::parse(&operator.name().to_lowercase()), Some(operator));
        }
        assert_eq!(Operator::parse(" Contains "), Some(Operator::Like));
        assert_eq!(Operator::parse("=="), None);
    }
}
