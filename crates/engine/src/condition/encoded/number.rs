//! The number of related records: `RLQUERYincident.parent,>=1,active=true^ENDRLQUERY`.

use super::term::{our_path, unreadable};
use super::write::Names;
use super::{EncodedError, Name, Query};
use crate::condition::source::{Asked, Related, Source};
use crate::condition::{Operator, RECORD_FIELD};

/// Before the table and field.
pub(super) const BEGIN: &str = "RLQUERY";
/// Behind the condition of the others.
pub(super) const END: &str = "ENDRLQUERY";

/// Comparisons of numbers; where one begins with another, the longer one comes first.
const SIGNS: [(&str, Operator); 6] = [
    ("!=", Operator::IsNot),
    (">=", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    ("=", Operator::Is),
    (">", Operator::GreaterThan),
    ("<", Operator::LessThan),
];

/// What stands before the condition of the others.
pub(super) struct Head {
    /// Our name of their table.
    pub(super) table: String,
    field: String,
    operator: Operator,
    number: String,
}

impl Head {
    /// Reads the head of a text that begins with [`BEGIN`], and what follows it: the condition of the others, where there
    /// is one, behind a comma or a caret.
    pub(super) fn read<'a>(text: &'a str, names: Names<'_>) -> Result<(Self, &'a str), EncodedError> {
        let bad = || unreadable(text, "`RLQUERYtable.field,>=1^ENDRLQUERY` is wanted");
        let (target, rest) =
            text.strip_prefix(BEGIN).and_then(|rest| rest.split_once(',')).ok_or_else(bad)?;
        let (table, field) =
            target.rsplit_once('.').filter(|(table, _)| !table.contains('.')).ok_or_else(bad)?;
        let sign = SIGNS.iter().find_map(|(sign, operator)| Some((rest.strip_prefix(sign)?, *operator)));
        let (rest, operator) = sign.ok_or_else(bad)?;
        let (number, rest) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
        if number.is_empty() {
            return Err(bad());
        }
        let table = names(Name::Table(table));
        let field = our_path(field, &|name| inside(&table, name, names));
        Ok((Self { table, field, operator, number: number.to_owned() }, rest))
    }

    /// The question with the condition of the others.
    pub(super) fn asked(self, others: Query) -> Result<Asked, EncodedError> {
        if !others.order.is_empty() || !others.group_by.is_empty() {
            return Err(unreadable(
                BEGIN,
                "records that are counted have no order: leave out ORDERBY and GROUPBY",
            ));
        }
        let condition = Some(others.source).filter(|source| *source != Source::always()).map(Box::new);
        let related = Related { table: self.table, field: self.field, condition };
        Ok(Asked { related: Some(related), ..Asked::one(RECORD_FIELD, self.operator, self.number.as_str()) })
    }
}

/// Names in the condition of the others are those of their table.
pub(super) fn inside(table: &str, name: Name<'_>, names: Names<'_>) -> String {
    match name {
        Name::Path(path) => names(Name::In { table, path }),
        other => names(other),
    }
}

/// How a comparison of numbers is written.
pub(super) fn sign(operator: Operator) -> Option<&'static str> {
    SIGNS.iter().find(|(_, known)| *known == operator).map(|(sign, _)| *sign)
}
