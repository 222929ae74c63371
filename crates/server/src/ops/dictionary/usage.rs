//! What of the configuration names a table or a field: rules, actions, aliases, and whatever else is configured.
//!
//! Found by the texts of configuration records: a table by a one-line text that is its name, a field by its name as a
//! word in any text of a record that names the table. May find too much, which is why a field is not kept for it.

use std::collections::BTreeSet;

use rejoinder_engine::dictionary::TableInfo;
use rejoinder_engine::record::Record;
use rejoinder_engine::value::{Kind, Value};

use crate::app::App;
use crate::error::AppError;

/// One record of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Its table.
    pub table: String,
    /// Its id.
    pub id: String,
    /// How people call it.
    pub name: String,
}

impl std::fmt::Display for Use {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` ({})", self.name, self.table)
    }
}

/// The records that name `table`, or its `field`.
pub(super) fn find(app: &App, table: &str, field: Option<&str>) -> Result<Vec<Use>, AppError> {
    let config = app.config()?;
    let dictionary = &config.dictionary;
    // A rule for `task` may use a field of `task` on every table that extends it.
    let mut tables: BTreeSet<String> = [table.to_owned()].into();
    if field.is_some() {
        tables.extend(dictionary.with_extending(table));
    }
    let mut found = Vec::new();
    for info in dictionary.configuration() {
        for record in app.store.records_of(&info.table.name)? {
            let own = dictionary.table(&record.table).unwrap_or(info);
            if names_table(own, &record, &tables) && field.is_none_or(|field| says(&record, field)) {
                found.push(Use {
                    table: record.table.clone(),
                    id: record.id.to_string(),
                    name: name(own, &record),
                });
            }
        }
    }
    Ok(found)
}

fn name(info: &TableInfo, record: &Record) -> String {
    record.get(&info.table.display).plain()
}

fn names_table(info: &TableInfo, record: &Record, tables: &BTreeSet<String>) -> bool {
    record.fields.iter().any(|(field, value)| {
        let word = info.field(field).is_some_and(|field| matches!(field.kind, Kind::String | Kind::Choice));
        word && value.as_text().is_some_and(|text| tables.contains(text))
    })
}

fn says(record: &Record, word: &str) -> bool {
    let in_text =
        |text: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|found| found == word);
    record.fields.values().any(|value| match value {
        Value::Text(text) => in_text(text),
        Value::List(items) => items.iter().any(|item| in_text(item)),
        _ => false,
    })
}
