//! One question of an encoded query: a path, a word and a value.

use super::words::{COMPARISONS, PARTS, PEOPLE, Word, edge_of_period, unit};
use super::{EncodedError, Name};
use crate::condition::source::{Apart, Asked, Given, Special};
use crate::condition::{Length, Operator, Period, RECORD_FIELD, TABLE_FIELD, Takes};
use crate::date::Date;

/// Before a value that a script would give.
pub(super) const SCRIPT: &str = "javascript:";
/// What their field for the table of a record is called.
pub(super) const CLASS: &str = "sys_class_name";

/// What stands in the place of a field where words are looked for in all texts.
pub(super) const TEXTS: &str = "123";

/// A part of the text that cannot be read.
pub(super) fn unreadable(part: &str, what: impl Into<String>) -> EncodedError {
    EncodedError::Unreadable { part: part.chars().take(80).collect(), what: what.into() }
}

/// Reads one question. Some are several of ours, of which one must hold.
pub(super) fn term(
    path: &str,
    word: Word,
    value: &str,
    separator: char,
    names: &dyn Fn(Name<'_>) -> String,
) -> Result<Vec<Asked>, EncodedError> {
    let field = our_path(path, names);
    let field = field.as_str();
    let bad = |what: &str| unreadable(&format!("{path}…{value}"), what);
    let one = |asked: Asked| Ok(vec![asked]);
    match word {
        Word::Plain(operator) => one(plain(field, operator, value)),
        Word::Field(operator) => {
            let (other, by) = value.split_once('@').map_or((value, None), |(other, by)| (other, Some(by)));
            let asked = Asked::one(field, operator, Special::Field(our_path(other, names)));
            let Some(by) = by else { return one(asked) };
            if operator.takes() != Takes::Field {
                let what =
                    format!("`{}` compares whole values, not by a unit: leave out `@…`", operator.word());
                return Err(bad(&what));
            }
            let unit = unit(by).ok_or_else(|| bad("behind `@` stands a unit, such as `day`"))?;
            one(Asked { unit: Some(unit), ..asked })
        }
        Word::Distance(operator) => {
            let distance = distance(value, names);
            let distance =
                distance.ok_or_else(|| bad("`field@unit@before@3` or `field@unit@after@3` is wanted"))?;
            one(Asked::one(field, operator, distance))
        }
        Word::List(operator) => one(Asked::several(field, operator, items(value, separator))),
        Word::Between => {
            let (from, to) = value.split_once('@').ok_or_else(|| bad("BETWEEN wants `from@to`"))?;
            one(Asked::several(field, Operator::Between, vec![given(from), given(to)]))
        }
        Word::On(operator) => on(field, operator, value),
        Word::Relative(operator) => {
            let relative =
                relative(value).ok_or_else(|| bad("`@unit@ago@3` or `@unit@ahead@3` is wanted"))?;
            one(Asked::one(field, operator, relative))
        }
        Word::DatePart => {
            let asked = date_part(field, value);
            one(asked.ok_or_else(|| bad("`label@javascript:gs.datePart('hour','9','GE')` is wanted"))?)
        }
        Word::PartIs(part) => {
            one(Asked { part: Some(part), ..Asked::one(field, Operator::Is, given(value)) })
        }
        Word::Dynamic(operator) => {
            one(Asked::one(field, operator, person(value).ok_or_else(|| bad(UNKNOWN_FILTER))?))
        }
        Word::InstanceOf => one(Asked::one(
            instance_field(field),
            Operator::InstanceOf,
            Given::Text(names(Name::Table(value))),
        )),
        Word::Words => one(words(path, value, names)?),
        Word::Hierarchy | Word::HierarchyDynamic => one(hierarchy(path, word, value, names)?),
        Word::Refused(what) => Err(bad(what)),
    }
}

const UNKNOWN_FILTER: &str = "of dynamic filters only `me` and `my_groups` are known";

fn person(id: &str) -> Option<Special> {
    PEOPLE.iter().find(|(known, _)| *known == id).map(|(_, person)| Special::Dynamic(*person))
}

/// `123TEXTQUERY321=printer berlin`: words in the texts of a record.
fn words(path: &str, value: &str, names: &dyn Fn(Name<'_>) -> String) -> Result<Asked, EncodedError> {
    let record = match path.strip_suffix(TEXTS) {
        Some("") => Some(RECORD_FIELD.to_owned()),
        Some(before) => before.strip_suffix('.').map(|before| our_path(before, names)),
        None => None,
    };
    let record =
        record.ok_or_else(|| unreadable(&format!("{path}…{value}"), "`123TEXTQUERY321=words` is wanted"))?;
    Ok(Asked::one(&record, Operator::HasWords, given(value)))
}

/// `parent@record`: the field that leads upwards, and the record or whose it is.
fn hierarchy(
    path: &str,
    word: Word,
    value: &str,
    names: &dyn Fn(Name<'_>) -> String,
) -> Result<Asked, EncodedError> {
    let bad = |what: &str| unreadable(&format!("{path}…{value}"), what);
    let wanted = "`parent@record` is wanted: the field that leads upwards, and the record";
    let (by, root) = value.split_once('@').ok_or_else(|| bad(wanted))?;
    let root = match word {
        Word::HierarchyDynamic => person(root).ok_or_else(|| bad(UNKNOWN_FILTER))?.into(),
        _ => given(root),
    };
    let by = Some(field_of(path, by, names));
    Ok(Asked { by, ..Asked::one(&our_path(path, names), Operator::InHierarchy, root) })
}

/// The name of a field of the table that a path leads to; `sys_id` leads to the table itself.
pub(super) fn field_of(path: &str, field: &str, names: &dyn Fn(Name<'_>) -> String) -> String {
    let before = path.strip_suffix(RECORD_FIELD).filter(|before| before.is_empty() || before.ends_with('.'));
    let whole = match before {
        Some(before) => format!("{before}{field}"),
        None => format!("{path}.{field}"),
    };
    let named = names(Name::Path(&whole));
    named.rsplit('.').next().unwrap_or_default().to_owned()
}

/// Our name of a path; the table of a record is a field of ours whatever the vocabulary.
pub(super) fn our_path(path: &str, names: &dyn Fn(Name<'_>) -> String) -> String {
    match path.strip_suffix(CLASS) {
        Some("") => TABLE_FIELD.to_owned(),
        Some(before) if before.ends_with('.') => {
            format!("{}.{TABLE_FIELD}", names(Name::Path(before.trim_end_matches('.'))))
        }
        _ => names(Name::Path(path)),
    }
}

/// The reference whose table is asked: that of the path, the record itself where there is none.
fn instance_field(path: &str) -> &str {
    match path.strip_suffix(TABLE_FIELD) {
        Some("") => RECORD_FIELD,
        Some(before) if before.ends_with('.') => before.trim_end_matches('.'),
        _ => path,
    }
}

/// A value, or what a script would give.
pub(super) fn given(text: &str) -> Given {
    match text.strip_prefix(SCRIPT) {
        Some(script) => Special::Script(script.to_owned()).into(),
        None => Given::from(text),
    }
}

fn plain(field: &str, operator: Operator, value: &str) -> Asked {
    match operator {
        Operator::IsEmpty | Operator::IsNotEmpty | Operator::Anything | Operator::Changes => {
            Asked::new(field, operator)
        }
        Operator::Is if value.is_empty() => Asked::new(field, Operator::IsEmpty),
        Operator::IsNot if value.is_empty() => Asked::new(field, Operator::IsNotEmpty),
        _ => Asked::one(field, operator, edge(operator, value).unwrap_or_else(|| given(value))),
    }
}

/// `<javascript:gs.beginningOfToday()`: before today. Other combinations would be off by one moment and stay scripts.
fn edge(operator: Operator, value: &str) -> Option<Given> {
    let (period, end) = edge_of_period(value.strip_prefix(SCRIPT)?)?;
    let fits = match operator {
        Operator::LessThan | Operator::GreaterOrEqual => !end,
        Operator::LessOrEqual | Operator::GreaterThan => end,
        _ => false,
    };
    fits.then(|| Special::Period(period).into())
}

fn items(value: &str, separator: char) -> Vec<Given> {
    // The result of a script is the whole list.
    if separator == ',' && value.starts_with(SCRIPT) {
        return vec![given(value)];
    }
    value.split(separator).map(given).collect()
}

fn on(field: &str, operator: Operator, value: &str) -> Result<Vec<Asked>, EncodedError> {
    let one = |operand: Given| Ok(vec![Asked::one(field, operator, operand)]);
    let Some((_, range)) = value.split_once('@') else {
        let period = Period::ALL.into_iter().find(|period| period.word() == value);
        return one(period.map_or_else(|| given(value), |period| Special::Period(period).into()));
    };
    let (start, end) = range.split_once('@').unwrap_or((range, ""));
    if let (Some(start), Some(end)) = (start.strip_prefix(SCRIPT), end.strip_prefix(SCRIPT)) {
        if let (Some((from, false)), Some((to, true))) = (edge_of_period(start), edge_of_period(end))
            && from == to
        {
            return one(Special::Period(from).into());
        }
        if let (Some(from), Some(to)) = (generated(start, "start"), generated(end, "end"))
            && from == to
        {
            return one(Given::Text(from));
        }
    }
    if let Some(script) = range.strip_prefix(SCRIPT) {
        return one(Special::Script(script.to_owned()).into());
    }
    if end.is_empty() {
        return Err(unreadable(value, "`label@start@end` is wanted"));
    }
    // Two moments: between them, or before, after or without one.
    let (start, end) = (given(start), given(end));
    if operator == Operator::On {
        return Ok(vec![Asked::several(field, Operator::Between, vec![start, end])]);
    }
    Ok(vec![
        Asked::one(field, Operator::LessThan, start),
        Asked::one(field, Operator::GreaterThan, end),
        Asked::new(field, Operator::IsEmpty),
    ])
}

/// `gs.dateGenerate('2026-11-23','start')`: the day.
fn generated(script: &str, edge: &str) -> Option<String> {
    let arguments = script.trim().strip_prefix("gs.dateGenerate(")?.strip_suffix(')')?;
    match quoted(arguments)?.as_slice() {
        [day, which] if *which == edge && day.parse::<Date>().is_ok() => Some((*day).to_owned()),
        _ => None,
    }
}

/// Arguments in single quotes, with commas between them.
fn quoted(arguments: &str) -> Option<Vec<&str>> {
    let parts = arguments.split(',').map(|part| part.trim().strip_prefix('\'')?.strip_suffix('\''));
    parts.collect()
}

fn relative(value: &str) -> Option<Given> {
    let mut parts = value.strip_prefix('@')?.split('@');
    let (unit, way, amount) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let length = Length { amount: amount.parse().ok()?, unit: self::unit(unit)? };
    match way {
        "ago" => Some(Special::Ago(length).into()),
        "ahead" => Some(Special::Ahead(length).into()),
        _ => None,
    }
}

fn distance(value: &str, names: &dyn Fn(Name<'_>) -> String) -> Option<Given> {
    let mut parts = value.split('@');
    let (other, by, side, amount) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let apart = Apart { amount: amount.parse().ok()?, unit: unit(by)?, field: our_path(other, names) };
    match side {
        "before" => Some(Special::Before(apart).into()),
        "after" => Some(Special::After(apart).into()),
        _ => None,
    }
}

fn date_part(field: &str, value: &str) -> Option<Asked> {
    let (_, script) = value.split_once('@')?;
    let script = script.strip_prefix(SCRIPT)?.trim();
    let arguments = script.strip_prefix("gs.datePart(")?.strip_suffix(')')?;
    let arguments = quoted(arguments)?;
    let [part, value, comparison] = arguments.as_slice() else { return None };
    let part = PARTS.iter().find(|(word, _)| word == part)?.1;
    let operator = COMPARISONS.iter().find(|(word, _)| word == comparison)?.1;
    Some(Asked { part: Some(part), ..Asked::one(field, operator, *value) })
}
