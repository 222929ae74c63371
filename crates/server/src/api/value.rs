//! Records and their values as JSON: typed, with what people read beside what is stored.

use std::collections::{BTreeMap, BTreeSet};

use rejoinder_engine::dictionary::{Dictionary, TableInfo};
use rejoinder_engine::display::display;
use rejoinder_engine::id::Id;
use rejoinder_engine::reads::Reads;
use rejoinder_engine::record::{Fields, Record};
use rejoinder_engine::value::{Kind, Value};
use rejoinder_store::Snapshot;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::{ApiError, ErrorCode};

/// The value of one field: a text (also moments as RFC 3339, decimals, ids), a whole number, yes or no, a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum FieldValue {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A text, a moment, a decimal, or the id of a record.
    Text(String),
    /// Texts or ids.
    List(Vec<String>),
    /// No value.
    Null,
}

impl FieldValue {
    fn stored(&self, kind: Kind) -> Result<Value, String> {
        let json = serde_json::to_value(self).unwrap_or_default();
        Value::from_json(kind, &json).map_err(|error| error.to_string())
    }

    fn shown(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Boolean(*flag),
            Value::Int(number) => Self::Integer(*number),
            Value::List(items) => Self::List(items.clone()),
            other => Self::Text(other.plain()),
        }
    }
}

/// Values by field.
pub(super) type FieldValues = BTreeMap<String, FieldValue>;

/// A record.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecordBody {
    /// Its id, 32 hex digits.
    pub(super) id: String,
    /// Its most specific table.
    pub(super) table: String,
    /// How often it was written; the ETag.
    pub(super) version: i64,
    /// Its values; fields without one are absent, secret ones never there.
    pub(super) fields: FieldValues,
    /// The names of the encrypted fields (passwords) that hold a value. Writing a text sets one, an empty text or
    /// `null` clears it, and a change that does not name it leaves it as it is.
    pub(super) secrets: Vec<String>,
    /// The values as the caller of the API reads them.
    pub(super) display: BTreeMap<String, String>,
}

/// The values that a client gave, in the kinds of their fields.
pub(super) fn stored(info: &TableInfo, given: &FieldValues) -> Result<Fields, ApiError> {
    let table = info.table.name.as_str();
    let mut fields = Fields::new();
    for (name, value) in given {
        let unknown = || {
            ApiError::new(ErrorCode::UnknownField, format!("`{table}` has no field `{name}`"))
                .about(table, name)
        };
        let field = info.field(name).ok_or_else(unknown)?;
        let value = value.stored(field.kind).map_err(|text| {
            // What is wrong would be shown, and may be the secret itself.
            let text = if field.secret { "a text is wanted".to_owned() } else { text };
            ApiError::new(ErrorCode::BadValue, format!("`{table}.{name}`: {text}")).about(table, name)
        })?;
        fields.insert(name.clone(), value);
    }
    Ok(fields)
}

/// Values without secret ones, for the caller.
pub(super) fn shown(dictionary: &Dictionary, table: &str, fields: &Fields) -> FieldValues {
    let info = dictionary.table(table);
    let open = |name: &str| info.and_then(|info| info.field(name)).is_some_and(|field| !field.secret);
    let fields = fields.iter().filter(|(name, _)| open(name));
    fields.map(|(name, value)| (name.clone(), FieldValue::shown(value))).collect()
}

/// The names of the encrypted fields among `fields` that hold a value.
pub(super) fn secrets(dictionary: &Dictionary, table: &str, fields: &Fields) -> Vec<String> {
    let info = dictionary.table(table);
    let secret = |name: &str| info.and_then(|info| info.field(name)).is_some_and(|field| field.encrypted);
    let held = fields.iter().filter(|(name, value)| !value.is_null() && secret(name));
    held.map(|(name, _)| name.clone()).collect()
}

/// A record for the caller.
pub(super) fn record(
    view: &Snapshot,
    dictionary: &Dictionary,
    caller: &Caller,
    record: &Record,
) -> Result<RecordBody, ApiError> {
    let mut all = records(view, dictionary, caller, std::slice::from_ref(record))?;
    all.pop().ok_or_else(|| ApiError::fault("a record was not shown"))
}

/// Records for the caller. What they point to is read at once, one question for each table.
pub(super) fn records(
    view: &Snapshot,
    dictionary: &Dictionary,
    caller: &Caller,
    records: &[Record],
) -> Result<Vec<RecordBody>, ApiError> {
    let reads = Reads::new(view, dictionary);
    for (table, ids) in pointed_to(dictionary, records) {
        let mut named: BTreeMap<Id, Record> =
            view.named(table, &ids)?.into_iter().map(|record| (record.id, record)).collect();
        for id in ids {
            reads.know(table, id, named.remove(&id))?;
        }
    }
    records.iter().map(|record| body(&reads, caller, record)).collect()
}

/// The records that the values of `records` name, by their table.
fn pointed_to<'a>(dictionary: &'a Dictionary, records: &[Record]) -> BTreeMap<&'a str, BTreeSet<Id>> {
    let mut all: BTreeMap<&str, BTreeSet<Id>> = BTreeMap::new();
    for record in records {
        let Some(info) = dictionary.table(&record.table) else { continue };
        for (name, value) in &record.fields {
            let field = info.field(name).filter(|field| !field.secret);
            let Some(table) = field.and_then(|field| field.table.as_deref()) else { continue };
            let ids = all.entry(table).or_default();
            ids.extend(value.as_ref_id());
            ids.extend(value.items().iter().filter_map(|item| item.parse::<Id>().ok()));
        }
    }
    all.retain(|_, ids| !ids.is_empty());
    all
}

fn body(reads: &Reads<'_>, caller: &Caller, record: &Record) -> Result<RecordBody, ApiError> {
    let dictionary = reads.dictionary;
    let mut texts = BTreeMap::new();
    if let Some(info) = dictionary.table(&record.table) {
        for (name, value) in &record.fields {
            if let Some(field) = info.field(name).filter(|field| !field.secret) {
                texts.insert(name.clone(), display(reads, &caller.reader, field, value)?);
            }
        }
    }
    Ok(RecordBody {
        id: record.id.to_string(),
        table: record.table.clone(),
        version: record.version,
        fields: shown(dictionary, &record.table, &record.fields),
        secrets: secrets(dictionary, &record.table, &record.fields),
        display: texts,
    })
}
