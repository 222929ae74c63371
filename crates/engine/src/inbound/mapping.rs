//! Field mappings: values of a record from a mail, without a script.

use regex::{Regex, RegexBuilder};

use super::evidence::without_number_tags;
use super::names::MailNames;
use super::{Found, Work};
use crate::config::{Action, Body, Mapping, MappingSource};
use crate::record::{Fields, RecordKey};
use crate::render::{Format, render};
use crate::value::{Kind, Value};

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
        let value = if entry.from == MappingSource::Sender {
            sender(found, field.kind)
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

fn sender(found: &Found, kind: Kind) -> Value {
    match kind {
        Kind::Reference => found.sender.user.as_ref().map_or(Value::Null, |user| Value::Ref(user.id)),
        _ => Value::text(&found.sender.address),
    }
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
        MappingSource::Sender => found.sender.address.clone(),
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
