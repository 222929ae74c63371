//! Records and their values as JSON: typed, with what people read beside what is stored.

use std::collections::{BTreeMap, BTreeSet};

use rejoinder_engine::access::Grant;
use rejoinder_engine::config::Config;
use rejoinder_engine::dictionary::{Dictionary, TableInfo};
use rejoinder_engine::display::display;
use rejoinder_engine::field_fault::FieldFault;
use rejoinder_engine::id::Id;
use rejoinder_engine::reads::Reads;
use rejoinder_engine::record::{Fields, Record};
use rejoinder_engine::value::{Kind, Value};
use rejoinder_store::Snapshot;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::ApiError;
use super::etag::Versioned;

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
    pub(super) fn stored(&self, kind: Kind) -> Result<Value, String> {
        let json = serde_json::to_value(self).unwrap_or_default();
        Value::from_json(kind, &json).map_err(|error| error.to_string())
    }

    /// As it was written, for the person who wrote it.
    fn plain(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Boolean(flag) => flag.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::List(items) => items.join(","),
        }
    }

    pub(super) fn shown(value: &Value) -> Self {
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

impl RecordBody {
    /// With its version as the ETag.
    pub(super) const fn versioned(self) -> Versioned<Self> {
        Versioned { version: self.version, body: self }
    }

    /// Leaves out all fields but these.
    pub(super) fn keep(&mut self, fields: &[String]) {
        self.fields.retain(|name, _| fields.contains(name));
        self.display.retain(|name, _| fields.contains(name));
        self.secrets.retain(|name| fields.contains(name));
    }
}

/// The values that a client gave, in the kinds of their fields, and every one that cannot be read.
pub(super) fn read(info: &TableInfo, given: &FieldValues) -> (Fields, Vec<FieldFault>) {
    let (mut fields, mut faults) = (Fields::new(), Vec::new());
    for (name, value) in given {
        let mut refuse = |code, rule: String| {
            faults.push(FieldFault::new(info, name, Some(&value.plain()), code, rule));
        };
        match info.field(name) {
            None => refuse("unknown_field", "the table has no such field".to_owned()),
            Some(field) => match value.stored(field.kind) {
                Ok(value) => drop(fields.insert(name.clone(), value)),
                // What is wrong would be shown, and may be the secret itself.
                Err(_) if field.secret => refuse("bad_value", "a text is wanted".to_owned()),
                Err(text) => refuse("bad_value", text),
            },
        }
    }
    (fields, faults)
}

/// The same; an error where one cannot be read.
pub(super) fn stored(info: &TableInfo, given: &FieldValues) -> Result<Fields, ApiError> {
    let (fields, faults) = read(info, given);
    if faults.is_empty() { Ok(fields) } else { Err(ApiError::fields(faults)) }
}

/// Values without secret and `hidden` ones, for the caller.
pub(super) fn shown(
    dictionary: &Dictionary,
    table: &str,
    fields: &Fields,
    hidden: &BTreeSet<String>,
) -> FieldValues {
    let info = dictionary.table(table);
    let open = |name: &str| info.and_then(|info| info.field(name)).is_some_and(|field| !field.secret);
    let fields = fields.iter().filter(|(name, _)| open(name) && !hidden.contains(*name));
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
    config: &Config,
    caller: &Caller,
    record: &Record,
) -> Result<RecordBody, ApiError> {
    let mut all = records(view, config, caller, std::slice::from_ref(record))?;
    all.pop().ok_or_else(|| ApiError::fault("a record was not shown"))
}

/// Records for the caller. What they point to is read at once, one question for each table.
pub(super) fn records(
    view: &Snapshot,
    config: &Config,
    caller: &Caller,
    records: &[Record],
) -> Result<Vec<RecordBody>, ApiError> {
    let dictionary = &*config.dictionary;
    let reads = Reads::new(view, dictionary);
    let wanted = pointed_to(dictionary, records);
    let mut named = view.named(&wanted)?;
    for (table, ids) in wanted {
        let found = named.remove(table).unwrap_or_default().into_iter();
        let mut named: BTreeMap<Id, Record> = found.map(|record| (record.id, record)).collect();
        for id in ids {
            reads.know(table, id, named.remove(&id))?;
        }
    }
    let mut hidden = Hidden::new(config, caller);
    records.iter().map(|record| body(&reads, caller, record, &hidden.of(&reads, record)?)).collect()
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

/// The fields of records that a caller may not read; the rules are asked once for each table.
pub(super) struct Hidden<'a> {
    config: &'a Config,
    caller: &'a Caller,
    narrowed: BTreeMap<String, Vec<(String, Grant)>>,
}

impl<'a> Hidden<'a> {
    pub(super) const fn new(config: &'a Config, caller: &'a Caller) -> Self {
        Self { config, caller, narrowed: BTreeMap::new() }
    }

    /// Those of one record.
    pub(super) fn of(&mut self, reads: &Reads<'_>, record: &Record) -> Result<BTreeSet<String>, ApiError> {
        let mut hidden = BTreeSet::new();
        for (field, grant) in self.narrowed(&record.table) {
            if !grant.covers(reads, record)? {
                hidden.insert(field.clone());
            }
        }
        Ok(hidden)
    }

    /// Those of a record that is gone: all that are not read in every record.
    pub(super) fn of_gone(&mut self, table: &str) -> BTreeSet<String> {
        self.narrowed(table).iter().map(|(field, _)| field.clone()).collect()
    }

    fn narrowed(&mut self, table: &str) -> &[(String, Grant)] {
        let (config, caller) = (self.config, self.caller);
        let ask =
            || config.dictionary.table(table).map(|info| caller.narrowed(config, info)).unwrap_or_default();
        self.narrowed.entry(table.to_owned()).or_insert_with(ask)
    }
}

fn body(
    reads: &Reads<'_>,
    caller: &Caller,
    record: &Record,
    hidden: &BTreeSet<String>,
) -> Result<RecordBody, ApiError> {
    let dictionary = reads.dictionary;
    let mut texts = BTreeMap::new();
    if let Some(info) = dictionary.table(&record.table) {
        for (name, value) in &record.fields {
            if let Some(field) = info.field(name).filter(|field| !field.secret && !hidden.contains(name)) {
                texts.insert(name.clone(), display(reads, &caller.reader, field, value)?);
            }
        }
    }
    Ok(RecordBody {
        id: record.id.to_string(),
        table: record.table.clone(),
        version: record.version,
        fields: shown(dictionary, &record.table, &record.fields, hidden),
        secrets: secrets(dictionary, &record.table, &record.fields),
        display: texts,
    })
}
