//! Field mappings: values of a record from a mail, without a script.

use regex::{Regex, RegexBuilder};

use super::evidence::without_number_tags;
use super::names::MailNames;
use super::participant::takes_part;
use super::{Found, Work, copied, lead, original};
use crate::config::{Action, Body, Mapping, MappingSource};
use crate::id::Id;
use crate::notify::recipient::MUTED_BY;
use crate::record::{Fields, Record, RecordKey};
use crate::render::{Format, render};
use crate::value::{Kind, Value};
use crate::view::ViewError;

/// Bytes of a compiled regular expression of a mapping; a larger one is an error of the action.
const REGEX_BYTES_MAX: usize = 256 * 1024;
/// Characters that one mapped value takes from a mail; the rest stays on the mail.
pub const MAPPED_CHARS_MAX: usize = crate::limits::COMMENT_CHARS_MAX;

/// The values that the action's mapping gives for a record of its table; an error sentence names the entry.
pub fn values(
    work: &Work<'_>,
    found: &Found,
    action: &Action,
    target: Option<&RecordKey>,
) -> Result<Fields, String> {
    let (table, mapping) = (&action.table, action.mapping.as_ref().map_err(Clone::clone)?);
    let info = work.context.config.table(table)?;
    let mut fields = Fields::new();
    for entry in mapping {
        let field =
            info.field(&entry.field).ok_or_else(|| format!("`{table}` has no field `{}`", entry.field))?;
        let value =
            if let Some(people) = people(work, found, entry.from).map_err(|error| error.to_string())? {
                let target = target.map(|key| work.draft.reads.get(&key.table, key.id)).transpose();
                let target = target.map_err(|error| error.to_string())?.flatten();
                match field.kind {
                    Kind::Reference => people.users.first().map_or(Value::Null, |user| Value::Ref(*user)),
                    Kind::ReferenceList => joined(&people.users, target.as_ref(), &fields, &entry.field),
                    _ => Value::text(&people.address),
                }
            } else {
                let text = text(work, found, (action, target), entry)
                    .map_err(|error| format!("`{}`: {error}", entry.field))?;
                // What a comment cannot hold is cut where it is written, and the comment says so.
                let limit = if field.kind == Kind::Journal {
                    usize::MAX
                } else {
                    MAPPED_CHARS_MAX.min(field.chars_max())
                };
                let text: String = text.chars().take(limit).collect();
                Value::parse(field.kind, &text).map_err(|error| format!("`{}`: {error}", entry.field))?
            };
        // Of a new record, what the mail does not say is left to the field's default and to whoever may write it.
        if target.is_some() || !value.is_null() {
            fields.insert(entry.field.clone(), value);
        }
    }
    Ok(fields)
}

/// Whether the action takes the original sender of a forwarded mail for a person of its record.
pub(super) fn names_original_sender(action: &Action) -> bool {
    let original = |entry: &Mapping| entry.from == MappingSource::OriginalSender;
    action.mapping.as_ref().is_ok_and(|mapping| mapping.iter().any(original))
}

/// The people that a source names.
struct People {
    users: Vec<Id>,
    /// The address of the one person, whether a user or not.
    address: String,
}

/// The people that a source names; none for a source of texts.
fn people(work: &Work<'_>, found: &Found, from: MappingSource) -> Result<Option<People>, ViewError> {
    let one = |user: Option<&Record>, address: &str| People {
        users: user.map(|user| user.id).into_iter().collect(),
        address: address.to_owned(),
    };
    Ok(match from {
        MappingSource::Sender => Some(one(found.sender.user.as_ref(), &found.sender.address)),
        MappingSource::OriginalSender => {
            let original = original::sender(work)?;
            let original = original.map(|original| one(original.user.as_ref(), &original.address));
            Some(original.unwrap_or_else(|| one(None, "")))
        }
        MappingSource::CopiedUsers => {
            Some(People { users: copied::users(work, found)?, address: String::new() })
        }
        _ => None,
    })
}

/// The list of a record with more people in it. Who takes part in the record already, or wants no mail about it, is
/// left out; so is whom the same mapping has made its caller.
fn joined(more: &[Id], target: Option<&Record>, mapped: &Fields, field: &str) -> Value {
    let mut all: Vec<String> = target.map(|record| record.get(field).items().to_vec()).unwrap_or_default();
    let known = |user: &Id| {
        let muted = |record: &Record| record.get(MUTED_BY).items().contains(&user.to_string());
        target.is_some_and(|record| takes_part(record, *user) || muted(record))
            || mapped.values().any(|value| value.as_ref_id() == Some(*user))
    };
    for user in more.iter().filter(|user| !known(user)).map(ToString::to_string) {
        if !all.contains(&user) {
            all.push(user);
        }
    }
    Value::list(all)
}

fn text(
    work: &Work<'_>,
    found: &Found,
    (action, target): (&Action, Option<&RecordKey>),
    entry: &Mapping,
) -> Result<String, String> {
    let facts = &work.facts;
    Ok(match entry.from {
        MappingSource::Subject => {
            match without_number_tags(&work.context.config.dictionary, &facts.signs.core_subject) {
                "" => "(no subject)".to_owned(),
                subject => subject.to_owned(),
            }
        }
        MappingSource::Body => work.body(action.body).to_owned(),
        MappingSource::BodyText => work.body(Body::Whole).to_owned(),
        MappingSource::NewText => facts.new_text.clone(),
        MappingSource::Rest => lead::rest(&facts.new_text),
        MappingSource::Sender | MappingSource::OriginalSender | MappingSource::CopiedUsers => String::new(),
        MappingSource::Constant => entry.value.clone(),
        MappingSource::Template => {
            let names = MailNames::new(work, found, (action, target));
            render(&entry.value, Format::Text, &names).map_err(|error| error.to_string())?
        }
        MappingSource::Capture => {
            let text = format!("{}\n{}", facts.mail.subject, work.body(action.body));
            capture(&entry.value, &text)?
        }
        MappingSource::Pair => pair(&entry.value, work.body(action.body)),
    })
}

/// The regular expression of a capture.
pub(super) fn pattern(text: &str) -> Result<Regex, String> {
    RegexBuilder::new(text)
        .size_limit(REGEX_BYTES_MAX)
        .multi_line(true)
        .build()
        .map_err(|error| format!("the regular expression cannot be read: {error}"))
}

/// The first group that the expression finds, else the whole hit; empty where there is none. Linear in the text.
fn capture(expression: &str, text: &str) -> Result<String, String> {
    let Some(hit) = pattern(expression)?.captures(text) else { return Ok(String::new()) };
    let found = hit.get(1).or_else(|| hit.get(0));
    Ok(found.map(|found| found.as_str().to_owned()).unwrap_or_default())
}

/// The value of the first line `name: value`, without regard to case.
fn pair(name: &str, text: &str) -> String {
    let wanted = crate::fold::fold(name.trim());
    let value = text.lines().find_map(|line| {
        let (left, right) = line.split_once(':')?;
        (crate::fold::fold(left.trim()) == wanted).then(|| right.trim().to_owned())
    });
    value.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_a_line_of_its_own_whatever_its_case() {
        assert_eq!(pair("Priority", "Hello\nPRIORITY:  high \nrest: x"), "high");
        assert_eq!(pair("приоритет", "Приоритет: высокий"), "высокий");
        assert_eq!(pair("none", "x: y"), "");
    }

    #[test]
    fn a_capture_gives_its_first_group_and_refuses_what_is_too_large() {
        assert_eq!(capture(r"host=(\w+)", "a\nhost=db1 x").unwrap(), "db1");
        assert_eq!(capture(r"^CRIT", "x\nCRIT y").unwrap(), "CRIT");
        assert_eq!(capture("nothing", "x").unwrap(), "");
        assert!(capture("(", "x").is_err());
        let huge = format!("\\w{{{REGEX_BYTES_MAX}}}");
        assert!(capture(&huge, "x").is_err());
    }
}
