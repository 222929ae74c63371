//! Packs: folders of configuration as files, and how they become records.
//!
//! `tables/*.toml` holds one table each. Every other `*.toml` holds one record: `table = "…"`, then `[fields]`.
//! A value `{ file = "x.js" }` is the text of a file beside it, `{ ref = "people/anna" }` the record of another
//! file, and a table or list for a JSON field is stored as JSON. Must not read files itself: it is given texts.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use toml::Value as Toml;

use crate::dictionary::{Dictionary, Table};
use crate::id::{Id, Seed};
use crate::record::Fields;
use crate::request::Change;
use crate::time::Timestamp;
use crate::value::{Kind, Value};

/// The files of one pack: paths inside it and their texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// The name of its folder.
    pub name: String,
    /// Paths with `/`, and texts.
    pub files: BTreeMap<String, String>,
}

/// What is wrong with a pack, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pack}/{path}: {problem}")]
pub struct PackError {
    /// The pack.
    pub pack: String,
    /// The file.
    pub path: String,
    /// What is wrong.
    pub problem: String,
}

/// One record of a pack.
#[derive(Debug, Clone, PartialEq)]
pub struct PackRecord {
    /// Where it stands: the path without `.toml`.
    pub path: String,
    /// Its table.
    pub table: String,
    /// Its id, the same on every installation.
    pub id: Id,
    values: toml::Table,
}

impl Pack {
    /// The tables that the pack defines.
    pub fn tables(&self) -> Result<Vec<Table>, PackError> {
        let files = self.files.iter().filter(|(path, _)| path.starts_with("tables/") && is_toml(path));
        files
            .map(|(path, text)| toml::from_str(text).map_err(|error| self.error(path, error.to_string())))
            .collect()
    }

    /// The records that the pack holds, in the order of their paths.
    pub fn records(&self) -> Result<Vec<PackRecord>, PackError> {
        let files = self.files.iter().filter(|(path, _)| !path.starts_with("tables/") && is_toml(path));
        files.map(|(path, text)| self.record(path, text)).collect()
    }

    fn record(&self, path: &str, text: &str) -> Result<PackRecord, PackError> {
        let file: toml::Table = toml::from_str(text).map_err(|error| self.error(path, error.to_string()))?;
        let table = file.get("table").and_then(Toml::as_str);
        let table = table.ok_or_else(|| self.error(path, "`table = \"…\"` is missing".to_owned()))?;
        let fields = file.get("fields").and_then(Toml::as_table).cloned();
        let values = fields.ok_or_else(|| self.error(path, "`[fields]` is missing".to_owned()))?;
        if let Some(stray) = file.keys().find(|key| !matches!(key.as_str(), "table" | "fields")) {
            return Err(
                self.error(path, format!("`{stray}` is not known here: only `table` and `[fields]` are"))
            );
        }
        let path = path.trim_end_matches(".toml").to_owned();
        let id = record_id(&self.name, &path);
        Ok(PackRecord { path, table: table.to_owned(), id, values })
    }

    fn error(&self, path: &str, problem: String) -> PackError {
        PackError { pack: self.name.clone(), path: path.to_owned(), problem }
    }

    /// The record as a change, its values in the kinds of its fields.
    pub fn change(&self, record: &PackRecord, dictionary: &Dictionary) -> Result<Change, PackError> {
        let fail = |problem: String| self.error(&record.path, problem);
        let info = dictionary
            .table(&record.table)
            .ok_or_else(|| fail(format!("there is no table `{}`", record.table)))?;
        let mut fields = Fields::new();
        for (name, value) in &record.values {
            let field =
                info.field(name).ok_or_else(|| fail(format!("`{}` has no field `{name}`", record.table)))?;
            let value = self
                .value(record, field.kind, value)
                .map_err(|problem| fail(format!("`{name}`: {problem}")))?;
            fields.insert(name.clone(), value);
        }
        Ok(Change::Insert { table: record.table.clone(), id: Some(record.id), fields })
    }

    fn value(&self, record: &PackRecord, kind: Kind, value: &Toml) -> Result<Value, String> {
        let bad = |error: crate::value::BadValue| error.to_string();
        if let Some(table) = value.as_table() {
            if let Some(file) = table.get("file").and_then(Toml::as_str) {
                let path = beside(&record.path, file);
                let text = self.files.get(&path).ok_or_else(|| format!("there is no file {path}"))?;
                return Value::parse(kind, text).map_err(bad);
            }
            if let Some(path) = table.get("ref").and_then(Toml::as_str) {
                return Ok(Value::Ref(self.reference(path)));
            }
        }
        match (kind, value) {
            (Kind::Json, other) => {
                let json = serde_json::to_string(other).map_err(|error| error.to_string())?;
                Ok(Value::text(json))
            }
            (Kind::ReferenceList, Toml::Array(items)) => {
                let id = |item: &Toml| item.as_str().map(|path| self.reference(path).to_string());
                let ids: Option<Vec<String>> = items.iter().map(id).collect();
                ids.map(Value::list).ok_or_else(|| "a list of paths is wanted".to_owned())
            }
            (_, Toml::Array(items)) => {
                let texts: Option<Vec<String>> =
                    items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
                texts.map(Value::list).ok_or_else(|| "a list of texts is wanted".to_owned())
            }
            (_, Toml::String(text)) => Value::parse(kind, text).map_err(bad),
            (_, other) => Value::parse(kind, &other.to_string()).map_err(bad),
        }
    }

    /// The id of another record: `people/anna` of this pack, or `core:groups/x` of another.
    fn reference(&self, path: &str) -> Id {
        match path.split_once(':') {
            Some((pack, path)) => record_id(pack, path),
            None => record_id(&self.name, path),
        }
    }
}

/// The id of a pack's record: drawn from its place, so that it is the same everywhere.
pub fn record_id(pack: &str, path: &str) -> Id {
    let seed = Seed::new(Sha256::digest(format!("pack:{pack}:{path}")).into());
    seed.id("record", Timestamp::from_micros(0))
}

fn is_toml(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending == "toml")
}

fn beside(path: &str, file: &str) -> String {
    path.rsplit_once('/').map_or_else(|| file.to_owned(), |(folder, _)| format!("{folder}/{file}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(files: &[(&str, &str)]) -> Pack {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Pack { name: "p".to_owned(), files }
    }

    const NOTE: &str = "name='note'\ndisplay='title'\n[[fields]]\nname='title'\nkind='string'\n[[fields]]\nname='rule'\nkind='json'\n[[fields]]\nname='script'\nkind='text'\n[[fields]]\nname='about'\nkind='reference'\ntable='note'";
    const USER: &str = "name='user'\ndisplay='name'\n[[fields]]\nname='name'\nkind='string'";

    #[test]
    fn a_record_file_becomes_a_change_with_files_references_and_json() {
        let text = "table='note'\n[fields]\ntitle='One'\nrule={all=[]}\nscript={file='one.js'}\nabout={ref='notes/two'}";
        let pack = pack(&[
            ("tables/note.toml", NOTE),
            ("tables/user.toml", USER),
            ("notes/one.toml", text),
            ("notes/one.js", "x()"),
        ]);
        let dictionary = Dictionary::new(pack.tables().unwrap()).unwrap();
        let records = pack.records().unwrap();
        let Change::Insert { id, fields, .. } = pack.change(&records[0], &dictionary).unwrap() else {
            panic!()
        };
        assert_eq!(id, Some(record_id("p", "notes/one")));
        assert_eq!(fields["rule"], Value::text("{\"all\":[]}"));
        assert_eq!(fields["script"], Value::text("x()"));
        assert_eq!(fields["about"], Value::Ref(record_id("p", "notes/two")));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let pack = pack(&[
            ("tables/note.toml", NOTE),
            ("tables/user.toml", USER),
            ("a.toml", "table='note'\n[fields]\ntitel='x'"),
        ]);
        let dictionary = Dictionary::new(pack.tables().unwrap()).unwrap();
        let error = pack.change(&pack.records().unwrap()[0], &dictionary).unwrap_err();
        assert_eq!(error.to_string(), "p/a: `note` has no field `titel`");
    }
}
