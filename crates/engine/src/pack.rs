//! Packs: folders of configuration as files, and how they become records.
//!
//! `tables/*.toml` holds one table each. Every other `*.toml` holds one record: `table = "…"`, then `[fields]`; or
//! several small ones of one table: `[records.name]` each, and in `[fields]` what they have in common. A value `{ file = "x.js" }` is the text of a file beside it, `{ ref = "people/anna" }` the record of another
//! file, and a table or list for a JSON field is stored as JSON. What lies under `tests/` are cases, and no records. Must not
//! read files itself: it is given texts.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use toml::Value as Toml;

use crate::account::{EMAIL_ACCOUNT, MAILBOX};
use crate::dictionary::{Dictionary, Table};
use crate::events::nearest;
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
#[error("{pack}/{path}{}: {problem}", line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct PackError {
    /// The pack.
    pub pack: String,
    /// The file.
    pub path: String,
    /// Its line, from 1, where it is one.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: String,
}

/// One record of a pack.
#[derive(Debug, Clone, PartialEq)]
pub struct PackRecord {
    /// Where it stands: the path without `.toml`.
    pub path: String,
    /// The file that it stands in.
    pub file: String,
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
            .map(|(path, text)| toml::from_str(text).map_err(|error| self.unread(path, text, &error)))
            .collect()
    }

    /// The case files of the pack: their paths and texts.
    pub fn cases(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.files.iter().filter(|(path, _)| path.starts_with(TESTS) && path.ends_with(CASE));
        files.map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Lays files over those that there are: one of the same path takes its place.
    pub fn lay_over(&mut self, files: BTreeMap<String, String>) {
        self.files.extend(files);
    }

    /// The records that the pack holds, in the order of their paths.
    pub fn records(&self) -> Result<Vec<PackRecord>, PackError> {
        let other = |path: &str| path.starts_with("tables/") || path.starts_with(TESTS);
        let files = self.files.iter().filter(|(path, _)| !other(path) && is_toml(path));
        let mut all = Vec::new();
        for (path, text) in files {
            all.extend(self.records_of(path, text)?);
        }
        Ok(all)
    }

    fn records_of(&self, path: &str, text: &str) -> Result<Vec<PackRecord>, PackError> {
        let file: toml::Table = toml::from_str(text).map_err(|error| self.unread(path, text, &error))?;
        let table = file.get("table").and_then(Toml::as_str);
        let table = table.ok_or_else(|| self.error(path, "`table = \"…\"` is missing".to_owned()))?;
        let known = |key: &str| matches!(key, "table" | "fields" | "records");
        if let Some(stray) = file.keys().find(|key| !known(key)) {
            let problem =
                format!("`{stray}` is not known here: only `table`, `[fields]` and `[records.…]` are");
            return Err(self.error(path, problem).at(line_of(text, None, stray)));
        }
        let fields = file.get("fields").and_then(Toml::as_table).cloned();
        let place = path.trim_end_matches(".toml");
        let record = |place: String, values: toml::Table| {
            let id = record_id(&self.name, &place);
            PackRecord { path: place, file: path.to_owned(), table: table.to_owned(), id, values }
        };
        let Some(records) = file.get("records") else {
            let values = fields.ok_or_else(|| self.error(path, "`[fields]` is missing".to_owned()))?;
            return Ok(vec![record(place.to_owned(), values)]);
        };
        let wrong = || self.error(path, "`[records.name]` holds the fields of one record".to_owned());
        let records = records.as_table().ok_or_else(wrong)?;
        let one = |(name, own): (&String, &Toml)| {
            let mut values = fields.clone().unwrap_or_default();
            values.extend(own.as_table().ok_or_else(wrong)?.clone());
            Ok(record(format!("{place}/{name}"), values))
        };
        records.iter().map(one).collect()
    }

    fn error(&self, path: &str, problem: String) -> PackError {
        PackError { pack: self.name.clone(), path: path.to_owned(), line: None, problem }
    }

    /// A file that is no TOML, or not the one that it should be.
    fn unread(&self, path: &str, text: &str, error: &toml::de::Error) -> PackError {
        let line = error.span().map(|span| line_at(text, span.start));
        self.error(path, error.message().to_owned()).at(line)
    }

    /// Something wrong with a record, at the line of the field where it is one.
    pub fn fault(&self, record: &PackRecord, field: Option<&str>, problem: String) -> PackError {
        let text = self.files.get(&record.file).map_or("", String::as_str);
        let group = record.path.strip_prefix(record.file.trim_end_matches(".toml"));
        let group = group.and_then(|rest| rest.strip_prefix('/'));
        self.error(&record.file, problem).at(field.and_then(|field| line_of(text, group, field)))
    }

    /// The record as a change, its values in the kinds of its fields.
    pub fn change(&self, record: &PackRecord, dictionary: &Dictionary) -> Result<Change, PackError> {
        let fail = |field: &str, problem: String| self.fault(record, Some(field), problem);
        let tables = || dictionary.tables().map(|info| info.table.name.as_str());
        let info = dictionary.table(&record.table).ok_or_else(|| {
            let near = meant(nearest(&record.table, tables()));
            fail("table", format!("there is no table `{}`{near}", record.table))
        })?;
        let mut fields = Fields::new();
        for (name, value) in &record.values {
            let field = info.field(name).ok_or_else(|| {
                let near = meant(nearest(name, info.fields.keys().map(String::as_str)));
                fail(name, format!("`{}` has no field `{name}`{near}", record.table))
            })?;
            let value = self
                .value(record, field.kind, value)
                .map_err(|problem| fail(name, format!("`{name}`: {problem}")))?;
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

impl PackError {
    fn at(self, line: Option<usize>) -> Self {
        Self { line, ..self }
    }
}

/// Users and groups before what names them, and accounts before the rest: references between the records of one plan
/// hold when those that are pointed to come first.
pub fn in_order(changes: &mut [Change]) {
    changes.sort_by_key(|change| match change {
        Change::Insert { table, .. } => match table.as_str() {
            "user" | "group" | "setting" => 0,
            EMAIL_ACCOUNT | MAILBOX => 1,
            _ => 2,
        },
        _ => usize::MAX,
    });
}

fn meant(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

fn line_at(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1
}

/// The line on which a key is written: below the heading of its record, where several share a file.
fn line_of(text: &str, record: Option<&str>, key: &str) -> Option<usize> {
    let is_heading = |line: &str, name: &str| {
        let heading = line.strip_prefix("[records.").and_then(|rest| rest.strip_suffix(']'));
        heading.is_some_and(|heading| heading.trim_matches('"') == name)
    };
    let first =
        record.and_then(|name| text.lines().position(|line| is_heading(line.trim(), name))).unwrap_or(0);
    let is_key = |line: &str| {
        let rest = line.trim_start().trim_start_matches('[').trim_start_matches('"').strip_prefix(key);
        rest.is_some_and(|rest| rest.trim_start_matches('"').trim_start().starts_with(['=', '.', ']']))
    };
    let within = text.lines().enumerate().skip(first).find(|(_, line)| is_key(line));
    let anywhere = || text.lines().enumerate().find(|(_, line)| is_key(line));
    within.or_else(anywhere).map(|(place, _)| place + 1)
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

/// The folder of a pack's cases, and how their names end.
const TESTS: &str = "tests/";
const CASE: &str = ".case";

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
    fn one_file_holds_several_records_with_what_they_have_in_common() {
        let text = "table='note'\n[fields]\nscript='x'\n[records.one]\ntitle='One'\n[records.two]\ntitle='Two'\nscript='y'";
        let pack = pack(&[("tables/note.toml", NOTE), ("tables/user.toml", USER), ("notes/all.toml", text)]);
        let dictionary = Dictionary::new(pack.tables().unwrap()).unwrap();
        let records = pack.records().unwrap();
        let told: Vec<String> = records
            .iter()
            .map(|record| {
                let Change::Insert { id, fields, .. } = pack.change(record, &dictionary).unwrap() else {
                    panic!()
                };
                assert_eq!(id, Some(record_id("p", &record.path)));
                format!("{} {} {}", record.path, fields["title"].plain(), fields["script"].plain())
            })
            .collect();
        assert_eq!(told, ["notes/all/one One x", "notes/all/two Two y"]);
        let odd =
            Pack { files: [("a.toml".to_owned(), "table='note'\nrecords=1".to_owned())].into(), ..pack };
        let error = odd.records().unwrap_err().to_string();
        assert_eq!(error, "p/a.toml: `[records.name]` holds the fields of one record");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let pack = pack(&[
            ("tables/note.toml", NOTE),
            ("tables/user.toml", USER),
            ("a.toml", "table='note'\n[fields]\ntitel='x'"),
            ("tests/a.case", "# no record"),
            ("tests/a.toml", "no record either"),
        ]);
        let dictionary = Dictionary::new(pack.tables().unwrap()).unwrap();
        let error = pack.change(&pack.records().unwrap()[0], &dictionary).unwrap_err();
        assert_eq!(error.to_string(), "p/a.toml:3: `note` has no field `titel`; did you mean `title`?");
        assert_eq!(pack.cases().collect::<Vec<_>>(), [("tests/a.case", "# no record")]);
    }

    #[test]
    fn a_fault_is_found_in_its_record_of_a_file_of_several() {
        let text = "table='note'\n[records.one]\ntitle='One'\n[records.\"two\"]\ntitle='Two'\nabout=7";
        let pack = pack(&[("tables/note.toml", NOTE), ("tables/user.toml", USER), ("all.toml", text)]);
        let dictionary = Dictionary::new(pack.tables().unwrap()).unwrap();
        let records = pack.records().unwrap();
        let place = |record: &PackRecord, field| pack.fault(record, Some(field), String::new()).line;
        assert_eq!((place(&records[0], "title"), place(&records[1], "title")), (Some(3), Some(5)));
        let error = pack.change(&records[1], &dictionary).unwrap_err();
        assert_eq!(error.line, Some(6), "{error}");
    }

    #[test]
    fn a_file_that_is_no_toml_is_named_with_its_line() {
        let pack = pack(&[
            ("tables/note.toml", "name='note'\nfield='x'\n"),
            ("a.toml", "table='note'\n\n[fields\n"),
        ]);
        let error = pack.tables().unwrap_err();
        assert!(error.to_string().starts_with("p/tables/note.toml:2: unknown field `field`"), "{error}");
        let error = pack.records().unwrap_err();
        assert_eq!(error.line, Some(3), "{error}");
    }
}
