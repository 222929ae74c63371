//! What a clause asks of a value that exists, before it is written as SQL.

use rejoinder_engine::condition::{Clause, Operand, Operator, Other, Range, Step};
use rejoinder_engine::fold::fold;
use rejoinder_engine::value::Value;

use crate::record::compared;
use crate::schema::Storage;
use crate::tx::SqlValue;

/// What is asked of a value that exists.
pub(super) enum Test<'a> {
    /// It cannot hold, whatever the value.
    Never,
    /// It exists.
    Exists,
    /// It compares so with one parameter.
    Compare(&'static str, SqlValue),
    /// It lies from one value on (`None`: from the first) to another.
    Within(Option<SqlValue>, Option<End>),
    /// It is one of these.
    OneOf(Vec<SqlValue>),
    /// It holds this text.
    Holds(String),
    /// It is a list with this item.
    HoldsItem(String),
    /// It ends with this text.
    Ends(String),
    /// It compares so with the value at the end of another path.
    Field(&'static str, &'a [Step]),
}

/// Where a range ends.
pub(super) enum End {
    /// Before this value.
    Before(SqlValue),
    /// With this value.
    UpTo(SqlValue),
}

/// Whether the clause holds exactly where its [`test`] does not.
pub(super) fn negated(clause: &Clause) -> bool {
    let null = clause.operands.first().and_then(Operand::value).is_some_and(Value::is_null);
    match clause.operator {
        Operator::IsEmpty
        | Operator::NotIn
        | Operator::NotContains
        | Operator::HasNot
        | Operator::NotOn
        | Operator::NotSameAs => true,
        Operator::Is => null,
        Operator::IsNot => !null,
        _ => false,
    }
}

/// What the clause asks of a value that is stored so.
pub(super) fn test(clause: &Clause, storage: Storage) -> Test<'_> {
    let first = clause.operands.first();
    let value = first.and_then(Operand::value);
    match clause.operator {
        Operator::IsEmpty | Operator::IsNotEmpty => Test::Exists,
        Operator::Is | Operator::IsNot if value.is_some_and(Value::is_null) => Test::Exists,
        Operator::Is
        | Operator::IsNot
        | Operator::SameAs
        | Operator::NotSameAs
        | Operator::FartherThan
        | Operator::NearerThan => compare("=", first, storage),
        Operator::In | Operator::NotIn | Operator::InstanceOf | Operator::InHierarchy => {
            let values = clause.operands.iter().filter_map(Operand::value);
            let operands: Vec<SqlValue> = values.filter_map(|operand| compared(storage, operand)).collect();
            if operands.is_empty() { Test::Never } else { Test::OneOf(operands) }
        }
        Operator::LessThan
        | Operator::LessOrEqual
        | Operator::GreaterThan
        | Operator::GreaterOrEqual
        | Operator::Between
        | Operator::On
        | Operator::NotOn
            if storage == Storage::List =>
        {
            Test::Never
        }
        Operator::LessThan => ordered("<", first, storage),
        Operator::LessOrEqual => ordered("<=", first, storage),
        Operator::GreaterThan => ordered(">", first, storage),
        Operator::GreaterOrEqual => ordered(">=", first, storage),
        Operator::Between => within(first, clause.operands.get(1), storage),
        Operator::On | Operator::NotOn => within(first, first, storage),
        Operator::Contains | Operator::NotContains | Operator::Has | Operator::HasNot => {
            match (value, storage) {
                (Some(Value::Text(part)), Storage::Text) => Test::Holds(fold(part)),
                (Some(Value::Text(item)), Storage::List) => Test::HoldsItem(item.clone()),
                _ => Test::Never,
            }
        }
        Operator::StartsWith => match (value, storage) {
            (Some(Value::Text(part)), Storage::Text) => begins(fold(part)),
            _ => Test::Never,
        },
        Operator::EndsWith => match (value, storage) {
            (Some(Value::Text(part)), Storage::Text) => Test::Ends(fold(part)),
            _ => Test::Never,
        },
        Operator::HasWords
        | Operator::Anything
        | Operator::Changes
        | Operator::ChangesTo
        | Operator::ChangesFrom => Test::Never,
    }
}

fn compare<'a>(sign: &'static str, operand: Option<&'a Operand>, storage: Storage) -> Test<'a> {
    match operand {
        Some(Operand::Other(Other::Field(path))) => Test::Field(sign, path),
        Some(Operand::Value(value)) => {
            compared(storage, value).map_or(Test::Never, |operand| Test::Compare(sign, operand))
        }
        _ => Test::Never,
    }
}

/// An order against a value, another field, or all of a range.
fn ordered<'a>(sign: &'static str, operand: Option<&'a Operand>, storage: Storage) -> Test<'a> {
    let Some(Operand::Other(Other::Range(Range { from, to }))) = operand else {
        return compare(sign, operand, storage);
    };
    let edge = |value: &Value, sign| compared(storage, value).map(|operand| Test::Compare(sign, operand));
    match sign {
        "<" => edge(from, "<").unwrap_or(Test::Never),
        ">=" => edge(from, ">=").unwrap_or(Test::Never),
        // A range without an end goes on for ever: all lies before its end, nothing behind it.
        "<=" if to.is_null() => Test::Exists,
        "<=" => edge(to, "<").unwrap_or(Test::Never),
        _ => edge(to, ">=").unwrap_or(Test::Never),
    }
}

/// From the beginning of one operand to the end of another.
fn within<'a>(first: Option<&Operand>, last: Option<&Operand>, storage: Storage) -> Test<'a> {
    let from = match first {
        Some(Operand::Value(value) | Operand::Other(Other::Range(Range { from: value, .. }))) => {
            compared(storage, value)
        }
        _ => None,
    };
    let to = match last {
        Some(Operand::Value(value)) => compared(storage, value).map(|value| Some(End::UpTo(value))),
        Some(Operand::Other(Other::Range(Range { to: Value::Null, .. }))) => Some(None),
        Some(Operand::Other(Other::Range(Range { to, .. }))) => {
            compared(storage, to).map(|value| Some(End::Before(value)))
        }
        _ => None,
    };
    match (from, to) {
        (Some(from), Some(to)) => Test::Within(Some(from), to),
        _ => Test::Never,
    }
}

/// Texts that begin so are those from it on, up to the first that no longer does: a range, which an index serves.
/// Both databases compare texts by their bytes, and those of UTF-8 are in the order of the characters.
fn begins<'a>(part: String) -> Test<'a> {
    let mut after = part.clone();
    while let Some(last) = after.pop() {
        if let Some(next) = following(last) {
            after.push(next);
            return Test::Within(Some(part.into()), Some(End::Before(after.into())));
        }
    }
    Test::Within(Some(part.into()), None)
}

fn following(character: char) -> Option<char> {
    match character {
        '\u{D7FF}' => Some('\u{E000}'),
        other => char::from_u32(u32::from(other) + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(part: &str) -> Option<String> {
        match begins(part.to_owned()) {
            Test::Within(_, Some(End::Before(SqlValue::Text(text)))) => Some(text),
            Test::Within(_, None) => None,
            _ => panic!("no range"),
        }
    }

    #[test]
    fn the_first_text_that_no_longer_begins_so_follows_its_last_character() {
        assert_eq!(end("ab").as_deref(), Some("ac"));
        assert_eq!(end("a\u{D7FF}").as_deref(), Some("a\u{E000}"));
        assert_eq!(end("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(end("\u{10FFFF}"), None);
    }
}
