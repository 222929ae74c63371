//! Why a condition cannot be evaluated: which clause, and what to do about it.

use super::Operator;
use crate::value::Kind;

/// Why a condition cannot be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// No such table.
    #[error("there is no table `{0}`")]
    NoTable(String),
    /// No such field on the way.
    #[error("`{path}`: the table `{table}` has no field `{field}`")]
    NoField {
        /// The path as written.
        path: String,
        /// The table reached.
        table: String,
        /// The field it lacks.
        field: String,
    },
    /// A field that never leaves: its value would stand in the trace.
    #[error("`{path}` is secret and cannot be asked or shown")]
    Secret {
        /// The path as written.
        path: String,
    },
    /// A dot behind a field that is no reference.
    #[error("`{path}`: `{field}` is no reference, nothing can follow it")]
    NoReference {
        /// The path as written.
        path: String,
        /// The field.
        field: String,
    },
    /// An operator that the kind of the field does not know.
    #[error("`{path}`: a field of the kind `{}` cannot be asked `{}`; it can be asked {}", word(*kind), .operator.word(), suiting(*kind))]
    Unsuitable {
        /// The path as written.
        path: String,
        /// The kind of the field.
        kind: Kind,
        /// The operator.
        operator: Operator,
    },
    /// A part that the field does not have, or an operator that parts do not know.
    #[error("`{path}`: {what}")]
    Part {
        /// The path as written.
        path: String,
        /// What is wrong and what to do.
        what: String,
    },
    /// An operand that does not fit.
    #[error("`{path} {}` of a field of the kind `{}`: {what}", .operator.word(), word(*kind))]
    BadOperand {
        /// The path as written.
        path: String,
        /// The operator.
        operator: Operator,
        /// The kind of what is asked.
        kind: Kind,
        /// What is wrong with it and what to do.
        what: String,
    },
    /// Related records that cannot be counted so.
    #[error("`{table}.{field}`: {what}")]
    Related {
        /// Their table as written.
        table: String,
        /// Their field as written.
        field: String,
        /// What is wrong and what to do.
        what: String,
    },
    /// A missing or superfluous operand.
    #[error("`{path} {}` takes {}", .operator.word(), .operator.takes().words())]
    Operands {
        /// The path as written.
        path: String,
        /// The operator.
        operator: Operator,
    },
    /// More clauses, groups or steps than allowed.
    #[error("the condition has more than {limit} {what}")]
    TooLarge {
        /// The limit.
        limit: usize,
        /// Of what.
        what: &'static str,
    },
    /// No condition at all.
    #[error("this is no condition: {0}")]
    Unreadable(String),
}

/// A kind as the dictionary writes it.
fn word(kind: Kind) -> String {
    serde_json::to_value(kind).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The operators that a field of `kind` can be asked.
fn suiting(kind: Kind) -> String {
    let words = Operator::ALL.iter().filter(|operator| operator.suits(kind)).map(|operator| operator.word());
    words.collect::<Vec<_>>().join(", ")
}
