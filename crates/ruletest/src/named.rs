//! Records by the names that people call them, and values as a case writes them.

use rejoinder_engine::dictionary::{Dictionary, Field, TableInfo};
use rejoinder_engine::id::Id;
use rejoinder_engine::record::{Fields, Record};
use rejoinder_engine::value::{Kind, Value};
use toml::Value as Toml;

use crate::error::Fault;
use crate::memory::Memory;

/// The record of `table` that people call `name`: by its display field, or a user by an address.
pub fn by_name(view: &Memory, dictionary: &Dictionary, table: &str, name: &str) -> Option<Id> {
    let display = &dictionary.table(table)?.table.display;
    let called = |record: &&Record| record.text(display) == name || record.text("email") == name;
    view.records
        .values()
        .filter(|record| dictionary.is_a(&record.table, table))
        .find(called)
        .map(|record| record.id)
}

/// The same; where nobody is called so, that is a fault which names the nearest.
pub fn called(view: &Memory, dictionary: &Dictionary, table: &str, name: &str) -> Result<Id, Fault> {
    by_name(view, dictionary, table, name).ok_or_else(|| {
        let display = dictionary.table(table).map_or("", |info| info.table.display.as_str());
        let of_table = view.records.values().filter(|record| dictionary.is_a(&record.table, table));
        let names = of_table.flat_map(|record| [record.text(display), record.text("email")]);
        Fault::unknown(format!("no {table} is called `{name}`"), name, names.filter(|name| !name.is_empty()))
    })
}

/// The record with this number; of a table without numbers the one with this name.
pub fn numbered<'a>(view: &'a Memory, number: &str) -> Result<&'a Record, Fault> {
    let named = || view.records.values().find(|record| record.text("name") == number);
    view.numbered(number).or_else(named).ok_or_else(|| {
        let numbers = view.records.values().map(|record| record.text("number"));
        Fault::unknown(
            format!("there is no record `{number}`"),
            number,
            numbers.filter(|number| !number.is_empty()),
        )
    })
}

/// The table of this name.
pub fn table<'a>(dictionary: &'a Dictionary, name: &str) -> Result<&'a TableInfo, Fault> {
    let known = dictionary.tables().map(|info| info.table.name.as_str());
    dictionary
        .table(name)
        .map(AsRef::as_ref)
        .ok_or_else(|| Fault::unknown(format!("there is no table `{name}`"), name, known))
}

/// The values that a case writes for a record: references by the names of what they name.
pub fn fields(
    view: &Memory,
    dictionary: &Dictionary,
    info: &TableInfo,
    written: &toml::Table,
) -> Result<Fields, Fault> {
    let read = |(name, value): (&String, &Toml)| {
        let known = || info.fields.keys().map(String::as_str);
        let field = info.field(name).ok_or_else(|| {
            Fault::unknown(format!("`{}` has no field `{name}`", info.table.name), name, known())
        })?;
        let value = value_of(view, dictionary, field, value)
            .map_err(|fault| Fault { problem: format!("`{name}`: {}", fault.problem), ..fault })?;
        Ok((name.clone(), value))
    };
    written.iter().map(read).collect()
}

fn value_of(view: &Memory, dictionary: &Dictionary, field: &Field, value: &Toml) -> Result<Value, Fault> {
    let id = |name: &str| called(view, dictionary, field.table.as_deref().unwrap_or_default(), name);
    let texts = |items: &[Toml]| {
        let text = |item: &Toml| item.as_str().map(str::to_owned);
        items
            .iter()
            .map(text)
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| Fault::new("a list of texts is wanted"))
    };
    let parsed = |text: &str| Value::parse(field.kind, text).map_err(|error| Fault::new(error.to_string()));
    match (field.kind, value) {
        (Kind::Json, other) => {
            let json = serde_json::to_string(other).map_err(|error| Fault::new(error.to_string()))?;
            Ok(Value::text(json))
        }
        (Kind::Reference, Toml::String(name)) if !name.is_empty() => Ok(Value::Ref(id(name)?)),
        (Kind::ReferenceList, Toml::Array(items)) => {
            let ids: Result<Vec<_>, Fault> =
                texts(items)?.iter().map(|name| Ok(id(name)?.to_string())).collect();
            Ok(Value::list(ids?))
        }
        (_, Toml::Array(items)) => Ok(Value::list(texts(items)?)),
        (_, Toml::String(text)) => parsed(text),
        (_, other) => parsed(&other.to_string()),
    }
}
