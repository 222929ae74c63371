//! What a decision does to records, told as differences: each field before and after, and what goes into feeds.
//!
//! Shows everything it is given, in the words of a reader; what somebody may not read is left out by whoever calls.

use rejoinder_engine::config::Config;
use rejoinder_engine::dictionary::{TableInfo, label};
use rejoinder_engine::display::{Reader, display};
use rejoinder_engine::plan::{Activity, ActivityKind, RecordOp};
use rejoinder_engine::reads::Reads;
use rejoinder_engine::record::{Fields, RecordKey};
use rejoinder_engine::value::Value;

use crate::error::AppError;

/// A field that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The field.
    pub field: String,
    /// What people call it.
    pub label: String,
    /// Its value before and after; nothing of a secret one.
    pub values: (Value, Value),
    /// The same as people read them.
    pub shown: (String, String),
}

/// A record that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordChange {
    /// `insert`, `update` or `delete`.
    pub operation: &'static str,
    /// The record.
    pub key: RecordKey,
    /// Its number or name.
    pub name: String,
    /// Its fields that change; of a record that goes, none.
    pub fields: Vec<FieldChange>,
}

/// An entry of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The record.
    pub key: RecordKey,
    /// `comment`, `work_note`, `file`, `automatic_answer` or `delivery_report`.
    pub kind: &'static str,
    /// The text, or the name of the file.
    pub text: String,
}

/// How one record changes: what is done, the values before and those after.
#[derive(Debug, Clone, Copy)]
pub struct Differing<'a> {
    /// The record.
    pub key: &'a RecordKey,
    /// `insert`, `update` or `delete`.
    pub operation: &'static str,
    /// The values before, at least of the fields that change.
    pub old: &'a Fields,
    /// The values after, of the fields that change.
    pub new: &'a Fields,
}

impl<'a> Differing<'a> {
    /// The same as a plan holds it; of a record that goes, no field.
    pub const fn of(op: &'a RecordOp, nothing: &'a Fields) -> Self {
        let (operation, key, old, new) = match op {
            RecordOp::Insert { key, fields } => ("insert", key, nothing, fields),
            RecordOp::Update { key, old, new, .. } => ("update", key, old, new),
            RecordOp::Delete { key, .. } => ("delete", key, nothing, nothing),
        };
        Self { key, operation, old, new }
    }
}

/// The change of a record that people call `name`.
pub fn change(
    config: &Config,
    reads: &Reads<'_>,
    reader: &Reader,
    one: Differing<'_>,
    name: String,
) -> Result<RecordChange, AppError> {
    let mut fields = Vec::new();
    if let Some(info) = config.dictionary.table(&one.key.table) {
        for (name, value) in one.new {
            fields.extend(field_change(reads, reader, info, name, (one.old.get(name), value))?);
        }
    }
    Ok(RecordChange { operation: one.operation, key: one.key.clone(), name, fields })
}

/// The stamps of every record, which say nothing about what was decided.
const STAMPS: [&str; 4] = ["created_at", "created_by", "updated_at", "updated_by"];

fn field_change(
    reads: &Reads<'_>,
    reader: &Reader,
    info: &TableInfo,
    name: &str,
    (old, new): (Option<&Value>, &Value),
) -> Result<Option<FieldChange>, AppError> {
    let field = info.field(name).filter(|field| !field.secret && !STAMPS.contains(&name));
    let Some(field) = field else { return Ok(None) };
    let old = old.unwrap_or(&Value::Null);
    if old.is_null() && new.is_null() {
        return Ok(None);
    }
    Ok(Some(FieldChange {
        field: name.to_owned(),
        label: label(&field.label, &reader.language, name).to_owned(),
        values: (old.clone(), new.clone()),
        shown: (display(reads, reader, field, old)?, display(reads, reader, field, new)?),
    }))
}

/// What a plan writes into a feed, where people read it as such.
pub fn entry(activity: &Activity) -> Option<Entry> {
    entry_of(activity.kind, activity.record.clone(), activity.text.clone())
}

/// An entry of a feed, where people read it as such.
pub fn entry_of(kind: ActivityKind, key: RecordKey, text: String) -> Option<Entry> {
    let kind = match kind {
        ActivityKind::Comment => "comment",
        ActivityKind::WorkNote => WORK_NOTE,
        ActivityKind::FileAdded => "file",
        ActivityKind::AutomaticAnswer => "automatic_answer",
        ActivityKind::DeliveryReport => "delivery_report",
        _ => return None,
    };
    Some(Entry { key, kind, text })
}

/// What only agents read.
pub const WORK_NOTE: &str = "work_note";
