//! What can be asked, and of which kinds of fields: the one table of it.

use serde::{Deserialize, Serialize};

use crate::value::Kind;

/// What a clause asks of its field.
///
/// Negative ones (`is_not`, `not_in`, …) hold where there is no value; comparisons never do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// Equal; texts by their folded form; on lists: holds exactly these items, in this order.
    Is,
    /// Not [`Operator::Is`]; holds where there is no value.
    IsNot,
    /// Equal to one of several values.
    In,
    /// Equal to none of them; holds where there is no value.
    NotIn,
    /// Text holds a part; a list holds an item.
    Contains,
    /// Not [`Operator::Contains`]; holds where there is no value.
    NotContains,
    /// Text begins with a part.
    StartsWith,
    /// Text ends with a part.
    EndsWith,
    /// A list holds an item.
    Has,
    /// A list does not hold it; holds where there is no value.
    HasNot,
    /// There is no value.
    IsEmpty,
    /// There is a value.
    IsNotEmpty,
    /// Whatever the value is: it always holds.
    Anything,
    /// Less than.
    LessThan,
    /// Less than or equal.
    LessOrEqual,
    /// Greater than.
    GreaterThan,
    /// Greater than or equal.
    GreaterOrEqual,
    /// From one value to another, both included.
    Between,
    /// On a day or within a period.
    On,
    /// Not [`Operator::On`]; holds where there is no value.
    NotOn,
    /// Equal to another field; both have a value.
    SameAs,
    /// Not [`Operator::SameAs`]; holds where one of the two has no value.
    NotSameAs,
    /// More units before or after another field than a number; exactly so many are not.
    FartherThan,
    /// Fewer units before or after another field than a number, or at its moment; exactly so many are not.
    NearerThan,
    /// The record referred to belongs to a table or one that extends it.
    InstanceOf,
    /// The record referred to is this one, or lies below it.
    InHierarchy,
    /// Every word occurs in some text of the record referred to.
    HasWords,
    /// The value differs from the one before the change.
    Changes,
    /// It differs, and is now this.
    ChangesTo,
    /// It differs, and was this.
    ChangesFrom,
}

/// How many operands an operator takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// None.
    Nothing,
    /// One `value`.
    One,
    /// Two `values`.
    Two,
    /// One of `values` or more.
    Several,
    /// One `value` that names another field.
    Field,
    /// One `value` that is a distance from another field.
    Distance,
}

impl Operator {
    /// All of them.
    pub const ALL: [Self; 30] = [
        Self::Is,
        Self::IsNot,
        Self::In,
        Self::NotIn,
        Self::Contains,
        Self::NotContains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Has,
        Self::HasNot,
        Self::IsEmpty,
        Self::IsNotEmpty,
        Self::Anything,
        Self::LessThan,
        Self::LessOrEqual,
        Self::GreaterThan,
        Self::GreaterOrEqual,
        Self::Between,
        Self::On,
        Self::NotOn,
        Self::SameAs,
        Self::NotSameAs,
        Self::FartherThan,
        Self::NearerThan,
        Self::InstanceOf,
        Self::InHierarchy,
        Self::HasWords,
        Self::Changes,
        Self::ChangesTo,
        Self::ChangesFrom,
    ];

    /// Whether it compares with the value before the change; such ones cannot be asked in the database.
    pub const fn looks_back(self) -> bool {
        matches!(self, Self::Changes | Self::ChangesTo | Self::ChangesFrom)
    }

    /// Whether it compares by order.
    pub const fn is_ordering(self) -> bool {
        matches!(
            self,
            Self::LessThan | Self::LessOrEqual | Self::GreaterThan | Self::GreaterOrEqual | Self::Between
        )
    }

    /// The operands that it takes.
    pub const fn takes(self) -> Takes {
        match self {
            Self::IsEmpty | Self::IsNotEmpty | Self::Anything | Self::Changes => Takes::Nothing,
            Self::In | Self::NotIn => Takes::Several,
            Self::Between => Takes::Two,
            Self::SameAs | Self::NotSameAs => Takes::Field,
            Self::FartherThan | Self::NearerThan => Takes::Distance,
            _ => Takes::One,
        }
    }

    /// Whether it can be asked of a field of `kind`.
    pub const fn suits(self, kind: Kind) -> bool {
        let list = matches!(kind, Kind::ReferenceList | Kind::TextList);
        let written = kind.is_text() || matches!(kind, Kind::Journal);
        match self {
            Self::Is
            | Self::IsNot
            | Self::IsEmpty
            | Self::IsNotEmpty
            | Self::Anything
            | Self::Changes
            | Self::ChangesTo
            | Self::ChangesFrom => true,
            Self::In | Self::NotIn => !list,
            // Of a reference the display value of its target is asked.
            Self::Contains | Self::NotContains => list || written || matches!(kind, Kind::Reference),
            Self::StartsWith | Self::EndsWith => written || matches!(kind, Kind::Reference),
            Self::Has | Self::HasNot => list,
            Self::LessThan | Self::LessOrEqual | Self::GreaterThan | Self::GreaterOrEqual | Self::Between => {
                !list && !matches!(kind, Kind::Boolean | Kind::Reference)
            }
            Self::On | Self::NotOn | Self::FartherThan | Self::NearerThan => {
                matches!(kind, Kind::Datetime | Kind::Date)
            }
            Self::SameAs | Self::NotSameAs => !matches!(kind, Kind::Journal),
            Self::InstanceOf | Self::InHierarchy | Self::HasWords => matches!(kind, Kind::Reference),
        }
    }

    /// Whether it can be asked of a [part](super::Part) of a moment or day, which is a whole number.
    pub const fn suits_part(self) -> bool {
        matches!(self, Self::Is | Self::IsNot | Self::In | Self::NotIn) || self.is_ordering()
    }

    /// The word as it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is_not",
            Self::In => "in",
            Self::NotIn => "not_in",
            Self::Contains => "contains",
            Self::NotContains => "not_contains",
            Self::StartsWith => "starts_with",
            Self::EndsWith => "ends_with",
            Self::Has => "has",
            Self::HasNot => "has_not",
            Self::IsEmpty => "is_empty",
            Self::IsNotEmpty => "is_not_empty",
            Self::Anything => "anything",
            Self::LessThan => "less_than",
            Self::LessOrEqual => "less_or_equal",
            Self::GreaterThan => "greater_than",
            Self::GreaterOrEqual => "greater_or_equal",
            Self::Between => "between",
            Self::On => "on",
            Self::NotOn => "not_on",
            Self::SameAs => "same_as",
            Self::NotSameAs => "not_same_as",
            Self::FartherThan => "farther_than",
            Self::NearerThan => "nearer_than",
            Self::InstanceOf => "instance_of",
            Self::InHierarchy => "in_hierarchy",
            Self::HasWords => "has_words",
            Self::Changes => "changes",
            Self::ChangesTo => "changes_to",
            Self::ChangesFrom => "changes_from",
        }
    }

    /// The operator that holds exactly where this one does not, where there is one.
    pub const fn opposite(self) -> Option<Self> {
        Some(match self {
            Self::Is => Self::IsNot,
            Self::IsNot => Self::Is,
            Self::In => Self::NotIn,
            Self::NotIn => Self::In,
            Self::Contains => Self::NotContains,
            Self::NotContains => Self::Contains,
            Self::Has => Self::HasNot,
            Self::HasNot => Self::Has,
            Self::IsEmpty => Self::IsNotEmpty,
            Self::IsNotEmpty => Self::IsEmpty,
            Self::On => Self::NotOn,
            Self::NotOn => Self::On,
            Self::SameAs => Self::NotSameAs,
            Self::NotSameAs => Self::SameAs,
            _ => return None,
        })
    }
}

impl Takes {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Nothing => "no value",
            Self::One => "one `value`",
            Self::Two => "two `values`: the first and the last that hold",
            Self::Several => "`values`, at least one",
            Self::Field => "another field: `\"value\": {\"field\": \"…\"}`",
            Self::Distance => {
                "a distance from another field: `\"value\": {\"before\": {\"amount\": 3, \"unit\": \"day\", \"field\": \"…\"}}`, or `after`"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_is_read_by_its_word() {
        for operator in Operator::ALL {
            let word = format!("\"{}\"", operator.word());
            assert_eq!(serde_json::from_str::<Operator>(&word).unwrap(), operator);
            assert_eq!(serde_json::to_string(&operator).unwrap(), word);
        }
    }

    #[test]
    fn opposites_are_mutual() {
        for operator in Operator::ALL {
            assert!(operator.opposite().is_none_or(|other| other.opposite() == Some(operator)));
        }
    }
}
