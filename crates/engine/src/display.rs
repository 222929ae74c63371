//! Values as a person reads them: in their language and time zone, and only what they may read.

use crate::condition::Step;
use crate::dictionary::{Field, TableInfo, label};
use crate::id::Id;
use crate::reads::Reads;
use crate::record::Record;
use crate::value::{Kind, Value};
use crate::view::ViewError;

/// Who reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// `en`, `ru`, …
    pub language: String,
    /// An IANA name.
    pub time_zone: String,
    /// Whether they see what only agents see.
    pub agent: bool,
}

impl Reader {
    /// Somebody of whom nothing is known.
    pub fn guest() -> Self {
        Self { language: "en".to_owned(), time_zone: "UTC".to_owned(), agent: false }
    }

    /// A user, by their record.
    pub fn user(record: &Record) -> Self {
        let or = |field: &str, fallback: &str| {
            let text = record.text(field);
            if text.is_empty() { fallback.to_owned() } else { text.to_owned() }
        };
        Self { language: or("language", "en"), time_zone: or("time_zone", "UTC"), agent: is_agent(record) }
    }
}

/// Whether a user works on records: has the role `agent` or `admin`.
pub fn is_agent(user: &Record) -> bool {
    user.get("roles").items().iter().any(|role| role == "agent" || role == "admin")
}

/// The name by which people call a record: its display field.
pub fn name_of(reads: &Reads<'_>, record: &Record) -> String {
    let display = reads.dictionary.table(&record.table).map(|info| info.table.display.clone());
    display.map(|field| record.get(&field).plain()).unwrap_or_default()
}

/// The value of a field as `reader` reads it; empty where they may not.
pub fn display(
    reads: &Reads<'_>,
    reader: &Reader,
    field: &Field,
    value: &Value,
) -> Result<String, ViewError> {
    if field.secret || (field.agents_only && !reader.agent) {
        return Ok(String::new());
    }
    Ok(match (field.kind, value) {
        (_, Value::Null) => String::new(),
        (Kind::Choice, Value::Text(word)) => field.choice_label(word, &reader.language).to_owned(),
        (_, Value::Bool(flag)) => yes_no(*flag, &reader.language).to_owned(),
        (_, Value::Time(at)) => at.local(&reader.time_zone),
        (_, Value::Duration(length)) => length.text(if reader.language == "ru" { " д" } else { "d" }),
        (_, Value::Ref(id)) => reference(reads, field, *id)?,
        (Kind::ReferenceList, Value::List(items)) => {
            let ids = items.iter().filter_map(|item| item.parse().ok());
            ids.map(|id| reference(reads, field, id)).collect::<Result<Vec<_>, _>>()?.join(", ")
        }
        (_, Value::List(items)) => items.join(", "),
        (_, other) => other.plain(),
    })
}

fn reference(reads: &Reads<'_>, field: &Field, id: Id) -> Result<String, ViewError> {
    let Some(table) = &field.table else { return Ok(id.to_string()) };
    let record = reads.get(table, id)?;
    Ok(record.map_or_else(String::new, |record| name_of(reads, &record)))
}

fn yes_no(flag: bool, language: &str) -> &'static str {
    match (flag, language) {
        (true, "ru") => "Да",
        (false, "ru") => "Нет",
        (true, _) => "Yes",
        (false, _) => "No",
    }
}

/// The value at the end of a path as `reader` reads it; references on the way that they may not read end it.
pub fn display_path(
    reads: &Reads<'_>,
    reader: &Reader,
    record: &Record,
    path: &[Step],
) -> Result<String, ViewError> {
    let mut current = record.clone();
    let Some((last, way)) = path.split_last() else { return Ok(String::new()) };
    for step in way {
        let hidden = field_of(reads, &current, step)
            .is_none_or(|field| field.secret || (field.agents_only && !reader.agent));
        let (Some(id), Some(table), false) = (current.get(&step.field).as_ref_id(), &step.table, hidden)
        else {
            return Ok(String::new());
        };
        let Some(next) = reads.get(table, id)? else { return Ok(String::new()) };
        current = next;
    }
    let Some(field) = field_of(reads, &current, last) else { return Ok(String::new()) };
    display(reads, reader, &field, current.get(&last.field))
}

fn field_of(reads: &Reads<'_>, record: &Record, step: &Step) -> Option<Field> {
    reads.dictionary.table(&record.table)?.field(&step.field).cloned()
}

/// The label of a table in the reader's language.
pub fn table_label<'a>(info: &'a TableInfo, reader: &Reader) -> &'a str {
    label(&info.table.label, &reader.language, &info.table.name)
}
