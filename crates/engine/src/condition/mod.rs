//! Conditions: one typed tree for rules, actions and lists.
//!
//! [`source`] is what people write (TOML, JSON); [`check`](source::Source::check) turns it into a
//! [`Condition`] whose operands have the kind of their field. [`eval`] decides it in memory and keeps the
//! reason; the store turns the same tree into SQL, and both must agree (text by its folded form, no value
//! is no unknown: `is_not x` holds where there is no value).

pub mod eval;
pub mod source;

use serde::{Deserialize, Serialize};

use crate::value::{Kind, Value};

/// What a clause asks of its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// Equal; texts by their folded form; on lists: holds exactly these items.
    Is,
    /// Not [`Operator::Is`]; holds where there is no value.
    IsNot,
    /// Equal to one of several values.
    In,
    /// Text holds a part; a list holds an item.
    Contains,
    /// Text begins with a part.
    StartsWith,
    /// There is no value.
    IsEmpty,
    /// Less than; never holds without a value.
    LessThan,
    /// Greater than; never holds without a value.
    GreaterThan,
    /// The value differs from the one before the change.
    Changes,
    /// It differs, and is now this.
    ChangesTo,
    /// It differs, and was this.
    ChangesFrom,
}

impl Operator {
    /// The operators that can be asked of a record without its past, in the database too.
    pub const PLAIN: [Self; 8] = [
        Self::Is,
        Self::IsNot,
        Self::In,
        Self::Contains,
        Self::StartsWith,
        Self::IsEmpty,
        Self::LessThan,
        Self::GreaterThan,
    ];

    /// Whether it compares with the value before the change.
    pub const fn looks_back(self) -> bool {
        matches!(self, Self::Changes | Self::ChangesTo | Self::ChangesFrom)
    }

    /// Whether it can be asked of a field of `kind`.
    pub const fn suits(self, kind: Kind) -> bool {
        let list = matches!(kind, Kind::ReferenceList | Kind::TextList);
        match self {
            Self::Is | Self::IsNot | Self::IsEmpty | Self::Changes | Self::ChangesTo | Self::ChangesFrom => {
                true
            }
            Self::In => !list,
            Self::Contains => list || kind.is_text(),
            Self::StartsWith => kind.is_text(),
            Self::LessThan | Self::GreaterThan => !list && !matches!(kind, Kind::Boolean | Kind::Reference),
        }
    }

    /// The word as it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is_not",
            Self::In => "in",
            Self::Contains => "contains",
            Self::StartsWith => "starts_with",
            Self::IsEmpty => "is_empty",
            Self::LessThan => "less_than",
            Self::GreaterThan => "greater_than",
            Self::Changes => "changes",
            Self::ChangesTo => "changes_to",
            Self::ChangesFrom => "changes_from",
        }
    }
}

/// One field on the way to a value: `caller.email` has two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The field.
    pub field: String,
    /// Its kind.
    pub kind: Kind,
    /// The table that the field points to, where it is a reference.
    pub table: Option<String>,
}

/// A question about one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// The way to the value: references, then the field asked.
    pub path: Vec<Step>,
    /// What is asked.
    pub operator: Operator,
    /// What it is compared with, in the kind of the field: none, one, or several for [`Operator::In`].
    pub operands: Vec<Value>,
}

impl Clause {
    /// The path as it is written: `caller.email`.
    pub fn path_text(&self) -> String {
        self.path.iter().map(|step| step.field.as_str()).collect::<Vec<_>>().join(".")
    }

    /// The kind of the value that is asked.
    pub fn kind(&self) -> Kind {
        self.path.last().map_or(Kind::String, |step| step.kind)
    }
}

/// A condition. The empty one ([`Condition::always`]) holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Every one holds; none is true.
    All(Vec<Condition>),
    /// At least one holds; none is false.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// A question about one value.
    Clause(Clause),
}

impl Condition {
    /// The condition that always holds.
    pub const fn always() -> Self {
        Self::All(Vec::new())
    }

    /// `field operator value` for a field of the table itself.
    pub fn clause(field: &str, kind: Kind, operator: Operator, operands: Vec<Value>) -> Self {
        let step = Step { field: field.to_owned(), kind, table: None };
        Self::Clause(Clause { path: vec![step], operator, operands })
    }

    /// Every clause of the tree, in order.
    pub fn clauses(&self) -> Vec<&Clause> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::clauses).collect(),
            Self::Not(part) => part.clauses(),
            Self::Clause(clause) => vec![clause],
        }
    }
}
