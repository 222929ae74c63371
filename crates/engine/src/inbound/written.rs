//! Refuses inbound actions that could not run, while whoever writes them is there.
//!
//! What stays as it was is not asked again: an action that a change of the dictionary has broken can still be put out
//! of use. Scripts are checked with all others, in [`crate::automation`].

use super::mail_table::mail_table;
use super::mapping;
use crate::condition::source::Source;
use crate::config::{self, Mapping, MappingSource};
use crate::dictionary::{Dictionary, TableInfo};
use crate::record::Record;
use crate::render::Format;
use crate::template::check_text;

type Fault = (&'static str, String);

/// The error names its field.
pub(crate) fn check(dictionary: &Dictionary, before: Option<&Record>, after: &Record) -> Result<(), Fault> {
    let other = |field: &str| before.is_none_or(|before| before.get(field) != after.get(field));
    let other_table = other("table");
    let table = after.text("table");
    let Some(info) = dictionary.table(table) else {
        let fault = ("table", format!("there is no table `{table}`"));
        return if other_table { Err(fault) } else { Ok(()) };
    };
    let asked = |field: &'static str| other_table || other(field);
    let mail = mail_table(dictionary, table);
    if asked("condition") {
        condition(dictionary, after, &mail).map_err(|error| ("condition", error))?;
    }
    if asked("mapping") {
        let entries = config::mapping(after).map_err(|error| ("mapping", error))?;
        for entry in &entries {
            let said = |error: String| ("mapping", format!("`{}`: {error}", entry.field));
            check_entry(dictionary, info, entry).map_err(said)?;
        }
    }
    if asked("reply_templates") {
        config::reply_templates(after, dictionary, &mail).map_err(|error| ("reply_templates", error))?;
    }
    for (field, format) in [("reply_subject", Format::Line), ("reply_text", Format::Text)] {
        if asked(field) {
            check_text(dictionary, Some(table), after.text(field), format, &[])
                .map_err(|error| (field, error))?;
        }
    }
    if after.text("kind") == "reply" && after.text("reply_text").is_empty() && no_templates(after) {
        return Err(("reply_text", "a reply needs a text or templates".to_owned()));
    }
    Ok(())
}

fn no_templates(row: &Record) -> bool {
    config::reply_choices(row).is_ok_and(|all| all.is_empty())
}

fn condition(dictionary: &Dictionary, row: &Record, mail: &Result<TableInfo, String>) -> Result<(), String> {
    let mail = mail.as_ref().map_err(Clone::clone)?;
    let source = Source::parse(row.text("condition")).map_err(|error| error.to_string())?;
    let condition = source.check_in(dictionary, mail).map_err(|error| error.to_string())?;
    match condition.clauses().iter().find(|clause| clause.operator.looks_back()) {
        Some(clause) => {
            let (path, word) = (clause.path_text(), clause.operator.word());
            Err(format!("`{path} {word}` looks back, and a mail has nothing before: ask `is` instead"))
        }
        None => Ok(()),
    }
}

fn check_entry(dictionary: &Dictionary, info: &TableInfo, entry: &Mapping) -> Result<(), String> {
    let table = &info.table.name;
    if info.field(&entry.field).is_none() {
        return Err(format!("`{table}` has no such field"));
    }
    match entry.from {
        MappingSource::Template => check_text(dictionary, Some(table), &entry.value, Format::Text, &[]),
        MappingSource::Capture => mapping::pattern(&entry.value).map(|_| ()),
        _ => Ok(()),
    }
}
