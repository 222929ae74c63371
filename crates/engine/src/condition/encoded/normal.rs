//! Brings a condition into the form that an encoded query can say, without changing what it means.
//!
//! There is no `not` in the text: it is pushed down to the questions, which have opposites. What no single word
//! says becomes several questions. ServiceNow's text is a list of groups, each of which is a list of alternatives;
//! a deeper tree is multiplied out, up to a limit.

use super::number::sign;
use super::term::SCRIPT;
use super::{Dialect, EncodedError};
use crate::condition::source::{Asked, Given, Related, Source, Special};
use crate::condition::{Operator, RECORD_FIELD, Takes};
use crate::limits::ENCODED_CLAUSES_MAX;

/// The normal form of a condition: what a text of the dialect gives when it is read.
pub fn normal(source: &Source, dialect: Dialect) -> Result<Source, EncodedError> {
    let simple = simplified(pushed(source, false, dialect)?);
    if simple == never() {
        // Every record has an id.
        return Ok(Asked::new(RECORD_FIELD, Operator::IsEmpty).into());
    }
    let normal = match dialect {
        Dialect::SimpleOne => simple,
        Dialect::ServiceNow => build(groups(&simple)?),
    };
    check_size(normal.clauses().len())?;
    Ok(normal)
}

const fn never() -> Source {
    Source::Any { any: Vec::new() }
}

fn check_size(clauses: usize) -> Result<(), EncodedError> {
    if clauses > ENCODED_CLAUSES_MAX {
        return Err(EncodedError::TooLarge { limit: ENCODED_CLAUSES_MAX, what: "conditions" });
    }
    Ok(())
}

fn no_form(asked: &Asked, what: &str) -> EncodedError {
    EncodedError::NoForm(format!("`{} {}`: {what}", asked.field, asked.operator.word()))
}

/// The same without `not`, and with questions that the dialect has words for.
fn pushed(source: &Source, negated: bool, dialect: Dialect) -> Result<Source, EncodedError> {
    let each = |parts: &[Source]| {
        parts.iter().map(|part| pushed(part, negated, dialect)).collect::<Result<Vec<_>, _>>()
    };
    match (source, negated) {
        (Source::All { all }, false) | (Source::Any { any: all }, true) => {
            Ok(Source::All { all: each(all)? })
        }
        (Source::Any { any }, false) | (Source::All { all: any }, true) => {
            Ok(Source::Any { any: each(any)? })
        }
        (Source::Not { not }, negated) => pushed(not, !negated, dialect),
        (Source::Clause(asked), false) => question(asked, dialect),
        (Source::Clause(asked), true) => opposite(asked, dialect),
    }
}

/// Leaves out what always or never holds, and groups of one.
fn simplified(source: Source) -> Source {
    let (parts, is_all) = match source {
        Source::All { all } => (all, true),
        Source::Any { any } => (any, false),
        other => return other,
    };
    let (neutral, deciding) = if is_all { (Source::always(), never()) } else { (never(), Source::always()) };
    let mut kept: Vec<Source> = parts.into_iter().map(simplified).filter(|part| *part != neutral).collect();
    if kept.contains(&deciding) {
        return deciding;
    }
    match kept.pop() {
        None => neutral,
        Some(only) if kept.is_empty() => only,
        Some(last) => {
            kept.push(last);
            if is_all { Source::All { all: kept } } else { Source::Any { any: kept } }
        }
    }
}

/// Groups of alternatives: one group must hold, and of it every list of alternatives.
type Groups = Vec<Vec<Vec<Asked>>>;

fn groups(source: &Source) -> Result<Groups, EncodedError> {
    let made = match source {
        Source::Clause(asked) => vec![vec![vec![asked.clone()]]],
        Source::Any { any } => {
            let parts: Vec<Groups> = any.iter().map(groups).collect::<Result<_, _>>()?;
            parts.into_iter().flatten().collect()
        }
        Source::All { all } => {
            let mut product: Groups = vec![Vec::new()];
            for part in all {
                let part = merged(groups(part)?);
                check_size(product.len().saturating_mul(part.len()))?;
                let joined = product.iter().flat_map(|before| {
                    part.iter().map(move |group| before.iter().chain(group).cloned().collect::<Vec<_>>())
                });
                product = joined.collect();
                check_size(product.iter().flatten().map(Vec::len).sum())?;
            }
            product
        }
        Source::Not { .. } => Vec::new(),
    };
    check_size(made.iter().flatten().map(Vec::len).sum())?;
    Ok(made)
}

/// Groups of one list each are one list of alternatives.
fn merged(groups: Groups) -> Groups {
    if groups.len() > 1 && groups.iter().all(|group| group.len() == 1) {
        return vec![vec![groups.into_iter().flatten().flatten().collect()]];
    }
    groups
}

/// The condition that the groups are.
pub(super) fn build(groups: Groups) -> Source {
    let one_or = |mut parts: Vec<Source>, group: fn(Vec<Source>) -> Source| match parts.len() {
        1 => parts.pop().unwrap_or_else(Source::always),
        _ => group(parts),
    };
    let any = |parts| one_or(parts, |any| Source::Any { any });
    let all = |parts| one_or(parts, |all| Source::All { all });
    let list = |list: Vec<Asked>| any(list.into_iter().map(Source::Clause).collect());
    any(merged(groups).into_iter().map(|group| all(group.into_iter().map(list).collect())).collect())
}

fn is_empty_text(given: &Given) -> bool {
    matches!(given, Given::Text(text) if text.is_empty())
}

/// A question in words that the dialect has, or several that mean the same.
fn question(asked: &Asked, dialect: Dialect) -> Result<Source, EncodedError> {
    let counts = match asked.operator.takes() {
        Takes::Nothing => asked.value.is_none() && asked.values.is_empty(),
        Takes::One | Takes::Field | Takes::Distance => asked.value.is_some() && asked.values.is_empty(),
        Takes::Two => asked.value.is_none() && asked.values.len() == 2,
        Takes::Several => asked.value.is_none() && !asked.values.is_empty(),
    };
    if !counts {
        return Err(no_form(asked, &format!("it takes {}", asked.operator.takes().words())));
    }
    if asked.related.is_some() {
        return number_question(&counted(asked, dialect)?);
    }
    if asked.by.is_some() != (asked.operator == Operator::InHierarchy) {
        return Err(no_form(asked, "`by` and `in_hierarchy` need each other"));
    }
    if asked.unit.is_some() && !is_by_unit(asked) {
        return Err(no_form(asked, "only another field is compared by a unit"));
    }
    let with = |operator| Asked { operator, ..asked.clone() };
    if asked.part.is_some() {
        return part_question(asked, dialect);
    }
    Ok(match (asked.operator, &asked.value) {
        (Operator::Is, Some(value)) if is_empty_text(value) => {
            Asked::new(&asked.field, Operator::IsEmpty).into()
        }
        (Operator::IsNot, Some(value)) if is_empty_text(value) => {
            Asked::new(&asked.field, Operator::IsNotEmpty).into()
        }
        (Operator::In, _) if !is_list(asked, dialect) => alternatives(asked),
        (Operator::NotIn, _) if !is_list(asked, dialect) => none_of(asked),
        (Operator::Between, _) if !is_pair(asked) => {
            between(asked, Operator::GreaterOrEqual, Operator::LessOrEqual, true)
        }
        // A list holds an item by the same word as a text its part; only one of them knows who asks.
        (Operator::Contains, Some(Given::Special(Special::Dynamic(_)))) => with(Operator::Has).into(),
        (Operator::NotContains, Some(Given::Special(Special::Dynamic(_)))) => with(Operator::HasNot).into(),
        (Operator::Has, Some(Given::Text(_))) if dialect == Dialect::ServiceNow => {
            with(Operator::Contains).into()
        }
        (Operator::HasNot, Some(Given::Text(_))) if dialect == Dialect::ServiceNow => {
            with(Operator::NotContains).into()
        }
        (Operator::NotOn, Some(Given::Special(Special::Ago(_) | Special::Ahead(_)))) => {
            return Err(no_form(
                asked,
                "no word of theirs asks for all but a relative day; ask `on` a period",
            ));
        }
        _ => asked.clone().into(),
    })
}

fn is_by_unit(asked: &Asked) -> bool {
    let field = matches!(asked.value, Some(Given::Special(Special::Field(_))));
    field && asked.part.is_none() && asked.operator.takes() == Takes::Field
}

/// Whether the values can stand in one list: no value holds the sign between them, or is more than one.
fn is_list(asked: &Asked, dialect: Dialect) -> bool {
    let separator = if dialect == Dialect::ServiceNow { ',' } else { '@' };
    let plain = asked.values.iter().all(|value| match value {
        Given::Text(text) => !text.contains(separator) && !text.starts_with(SCRIPT),
        Given::Special(Special::Script(script)) => asked.values.len() == 1 && !script.contains('@'),
        Given::Special(_) => false,
    });
    // `IN` and such a value would be read as another word.
    let longer = |text: &str| ["STANCEOF", "_HIERARCHY"].iter().any(|rest| text.starts_with(rest));
    plain && !matches!(asked.values.first(), Some(Given::Text(text)) if longer(text))
}

/// Whether the two values can stand beside `@`.
fn is_pair(asked: &Asked) -> bool {
    let plain = |value: &Given| matches!(value, Given::Text(_) | Given::Special(Special::Script(_)));
    let first = match asked.values.first() {
        Some(Given::Text(text) | Given::Special(Special::Script(text))) => !text.contains('@'),
        _ => false,
    };
    first && asked.values.iter().all(plain)
}

/// One question for each value that is one; no value is never among several.
fn each(asked: &Asked, operator: Operator) -> Vec<Asked> {
    let values = asked.values.iter().filter(|value| !is_empty_text(value));
    values
        .map(|value| Asked { part: asked.part, ..Asked::one(&asked.field, operator, value.clone()) })
        .collect()
}

fn alternatives(asked: &Asked) -> Source {
    Source::Any { any: each(asked, Operator::Is).into_iter().map(Source::Clause).collect() }
}

fn none_of(asked: &Asked) -> Source {
    Source::All { all: each(asked, Operator::IsNot).into_iter().map(Source::Clause).collect() }
}

/// A question about a number of records, with the condition of the others in its normal form.
fn counted(asked: &Asked, dialect: Dialect) -> Result<Asked, EncodedError> {
    let Some(related) = &asked.related else { return Ok(asked.clone()) };
    if asked.field != RECORD_FIELD || asked.part.is_some() || asked.unit.is_some() {
        return Err(no_form(
            asked,
            "only records that refer to the one that is asked are counted in the text",
        ));
    }
    let condition = related.condition.as_deref().map(|source| normal(source, dialect)).transpose()?;
    let condition = condition.filter(|source| *source != Source::always()).map(Box::new);
    Ok(Asked { related: Some(Related { condition, ..related.clone() }), ..asked.clone() })
}

/// Numbers of records are only compared with one number.
fn number_question(asked: &Asked) -> Result<Source, EncodedError> {
    let with = |operator, value: &Given| {
        Source::Clause(Asked { operator, value: Some(value.clone()), values: Vec::new(), ..asked.clone() })
    };
    let each = |operator| asked.values.iter().map(|value| with(operator, value)).collect();
    Ok(match (asked.operator, asked.values.as_slice()) {
        (Operator::In, _) => Source::Any { any: each(Operator::Is) },
        (Operator::NotIn, _) => Source::All { all: each(Operator::IsNot) },
        (Operator::Between, [first, last]) => {
            let ends = [with(Operator::GreaterOrEqual, first), with(Operator::LessOrEqual, last)];
            Source::All { all: ends.into() }
        }
        (operator, _) if sign(operator).is_some() => asked.clone().into(),
        _ => return Err(no_form(asked, "a number of records is compared with a number")),
    })
}

/// The two ends of `between`, both or either.
fn between(asked: &Asked, first: Operator, last: Operator, both: bool) -> Source {
    let ends = asked.values.iter().zip([first, last]);
    let one = |(value, operator): (&Given, Operator)| {
        let related = asked.related.clone();
        Source::Clause(Asked {
            part: asked.part,
            related,
            ..Asked::one(&asked.field, operator, value.clone())
        })
    };
    let ends = ends.map(one).collect();
    if both { Source::All { all: ends } } else { Source::Any { any: ends } }
}

/// Parts are only asked to be this, or by their order.
fn part_question(asked: &Asked, dialect: Dialect) -> Result<Source, EncodedError> {
    let Some(part) = asked.part else { return Ok(asked.clone().into()) };
    let parts = |questions: Vec<Asked>| {
        questions.iter().map(|asked| question(asked, dialect)).collect::<Result<Vec<_>, _>>()
    };
    Ok(match asked.operator {
        Operator::IsNot => {
            let mut any = Vec::new();
            for operator in [Operator::LessThan, Operator::GreaterThan] {
                any.push(Source::Clause(Asked { operator, ..asked.clone() }));
            }
            any.push(Asked::new(&asked.field, Operator::IsEmpty).into());
            Source::Any { any }
        }
        Operator::In => Source::Any { any: parts(each(asked, Operator::Is))? },
        Operator::NotIn => Source::All { all: parts(each(asked, Operator::IsNot))? },
        Operator::Between => between(asked, Operator::GreaterOrEqual, Operator::LessOrEqual, true),
        operator if operator.suits_part() => asked.clone().into(),
        _ => return Err(no_form(asked, &format!("the part `{}` is a number", part.word()))),
    })
}

/// What holds exactly where the question does not.
fn opposite(asked: &Asked, dialect: Dialect) -> Result<Source, EncodedError> {
    let asked = &counted(asked, dialect)?;
    if let Some(operator) = asked.operator.opposite() {
        return question(&Asked { operator, ..asked.clone() }, dialect);
    }
    let other_way = match asked.operator {
        Operator::Anything => return Ok(never()),
        Operator::LessThan => Operator::GreaterOrEqual,
        Operator::LessOrEqual => Operator::GreaterThan,
        Operator::GreaterThan => Operator::LessOrEqual,
        Operator::GreaterOrEqual => Operator::LessThan,
        Operator::Between => Operator::Between,
        _ => return Err(no_form(asked, "no word of theirs says the opposite; leave out the `not`")),
    };
    // Checks the operands.
    question(asked, dialect)?;
    if asked.value.iter().chain(&asked.values).any(is_empty_text) {
        // A comparison with no value never holds.
        return Ok(Source::always());
    }
    let turned = match other_way {
        Operator::Between => between(asked, Operator::LessThan, Operator::GreaterThan, false),
        operator => Source::Clause(Asked { operator, ..asked.clone() }),
    };
    // A comparison does not hold where there is no value, so that its opposite does.
    let mut any = vec![turned, Asked::new(&asked.field, Operator::IsEmpty).into()];
    if let Some(Given::Special(Special::Field(other))) = &asked.value {
        any.push(Asked::new(other, Operator::IsEmpty).into());
    }
    // Groups of alternatives within alternatives are alternatives.
    let flat = any.into_iter().flat_map(|part| match part {
        Source::Any { any } => any,
        other => vec![other],
    });
    Ok(Source::Any { any: flat.collect() })
}
