//! A record: a row of a table of the dictionary, as values by field.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::Id;
use crate::value::Value;

/// Values by field name; fields without a value are absent.
pub type Fields = BTreeMap<String, Value>;

/// One record as read at some moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The most specific table it belongs to (`incident`, not `task`).
    pub table: String,
    /// Its identity.
    pub id: Id,
    /// How often it was written: 1 after it was inserted. A guard compares this.
    pub version: i64,
    /// Its values.
    pub fields: Fields,
}

impl Record {
    /// The value of a field; no value where there is none.
    pub fn get(&self, field: &str) -> &Value {
        const NONE: &Value = &Value::Null;
        self.fields.get(field).unwrap_or(NONE)
    }

    /// The text of a field; empty where it has none or is no text.
    pub fn text(&self, field: &str) -> &str {
        self.get(field).as_text().unwrap_or_default()
    }

    /// Writes a value; no value removes it.
    pub fn set(&mut self, field: &str, value: Value) {
        put(&mut self.fields, field, value);
    }

    /// Names the record.
    pub fn key(&self) -> RecordKey {
        RecordKey { table: self.table.clone(), id: self.id }
    }
}

/// Writes `value` into `fields`; no value removes the field.
pub fn put(fields: &mut Fields, field: &str, value: Value) {
    if value.is_null() {
        fields.remove(field);
    } else {
        fields.insert(field.to_owned(), value);
    }
}

/// The name of a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordKey {
    /// Its most specific table.
    pub table: String,
    /// Its identity.
    pub id: Id,
}
