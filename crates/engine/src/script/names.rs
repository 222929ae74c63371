//! Names of tables and fields in the script vocabularies, and ours. Both are spoken: theirs comes from the aliases of
//! the packs (`script_alias`), ours always works too.
//!
//! An alias of a field is of a table and of those that extend it, or of every table (`*`). An alias of a choice is of
//! a field (`incident.state`): scripts of the vocabulary read theirs, and may write either. A name may stand for a
//! condition, too (`active`): it is read and asked like a field that is `true` or `false`, and cannot be written.

use std::collections::BTreeMap;

use rejoinder_script::Vocabulary;

use crate::condition::encoded::Dialect;
use crate::condition::source::Source;
use crate::dictionary::Dictionary;
use crate::draft::ChangeError;
use crate::record::Record;

/// The table of the aliases.
pub const SCRIPT_ALIAS: &str = "script_alias";
/// The place of an alias that is of every table.
pub const EVERY_TABLE: &str = "*";

/// The names of one vocabulary.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Their table to ours.
    tables: BTreeMap<String, String>,
    /// Our table to theirs, the one that sorts first where there are several.
    theirs: BTreeMap<String, String>,
    /// Table or [`EVERY_TABLE`], then their field to ours.
    fields: BTreeMap<String, BTreeMap<String, String>>,
    /// Table and field (ours), then their choice to ours.
    choices: BTreeMap<(String, String), BTreeMap<String, String>>,
    /// Table (ours), then their name to the condition that it stands for.
    computed: BTreeMap<String, BTreeMap<String, Source>>,
}

/// The names of both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScriptNames {
    simpleone: Names,
    servicenow: Names,
}

impl ScriptNames {
    /// From the records of `script_alias`. What has an unknown vocabulary is nobody's.
    pub(crate) fn new(records: &[&Record]) -> Self {
        let mut all = Self::default();
        for record in records {
            let text = |field: &str| record.text(field).to_owned();
            let names = match Vocabulary::parse(record.text("vocabulary")) {
                Some(Vocabulary::SimpleOne) => &mut all.simpleone,
                Some(Vocabulary::ServiceNow) => &mut all.servicenow,
                None => continue,
            };
            let (theirs, ours) = (text("theirs"), text("ours"));
            if !record.text("condition").is_empty() {
                // What cannot be read is refused when it is saved.
                if let Ok(source) = Source::parse(record.text("condition")) {
                    names.computed.entry(text("of_table")).or_default().insert(theirs, source);
                }
                continue;
            }
            match record.text("of_table") {
                "" => {
                    let known = names.theirs.entry(ours.clone()).or_insert_with(|| theirs.clone());
                    if theirs < *known {
                        known.clone_from(&theirs);
                    }
                    names.tables.insert(theirs, ours);
                }
                place => match place.split_once('.') {
                    Some((table, field)) => {
                        let of = (table.to_owned(), field.to_owned());
                        names.choices.entry(of).or_default().insert(theirs, ours);
                    }
                    None => {
                        names.fields.entry(place.to_owned()).or_default().insert(theirs, ours);
                    }
                },
            }
        }
        all
    }

    /// The names of a vocabulary.
    pub const fn of(&self, vocabulary: Vocabulary) -> &Names {
        match vocabulary {
            Vocabulary::SimpleOne => &self.simpleone,
            Vocabulary::ServiceNow => &self.servicenow,
        }
    }
}

impl Names {
    /// Our name of a table.
    pub fn table<'a>(&'a self, theirs: &'a str) -> &'a str {
        self.tables.get(theirs).map_or(theirs, String::as_str)
    }

    /// Their name of a table, ours where they have none.
    pub fn their_table<'a>(&'a self, ours: &'a str) -> &'a str {
        self.theirs.get(ours).map_or(ours, String::as_str)
    }

    /// Their names of tables with ours.
    pub fn tables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tables.iter().map(|(theirs, ours)| (theirs.as_str(), ours.as_str()))
    }

    /// Our name of a field of `table` (ours).
    pub fn field<'a>(&'a self, dictionary: &Dictionary, table: &str, theirs: &'a str) -> &'a str {
        // What the table itself calls so is meant, whatever it means elsewhere.
        if dictionary.table(table).is_some_and(|info| info.field(theirs).is_some()) {
            return theirs;
        }
        let line = dictionary.above(table).map(|info| info.table.name.as_str());
        let mut places = [table].into_iter().chain(line).chain([EVERY_TABLE]);
        let found = places.find_map(|place| self.fields.get(place)?.get(theirs));
        found.map_or(theirs, String::as_str)
    }

    /// Our names of the fields on a path from `table` (ours).
    pub fn path(&self, dictionary: &Dictionary, table: &str, path: &str) -> String {
        let mut current = Some(table.to_owned());
        let names = path.split('.').map(|theirs| {
            let Some(table) = current.take() else { return theirs.to_owned() };
            let ours = self.field(dictionary, &table, theirs).to_owned();
            let field = dictionary.table(&table).and_then(|info| info.field(&ours));
            current = field.and_then(|field| field.table.clone());
            ours
        });
        names.collect::<Vec<_>>().join(".")
    }

    /// Their names of the fields on a path of ours from `table` (ours).
    pub fn their_path(&self, dictionary: &Dictionary, table: &str, path: &str) -> String {
        let mut current = Some(table.to_owned());
        let names = path.split('.').map(|ours| {
            let Some(table) = current.take() else { return ours.to_owned() };
            let theirs = self.aliases(dictionary, &table).into_iter().find(|(_, known)| *known == ours);
            let field = dictionary.table(&table).and_then(|info| info.field(ours));
            current = field.and_then(|field| field.table.clone());
            theirs.map_or(ours, |(theirs, _)| theirs).to_owned()
        });
        names.collect::<Vec<_>>().join(".")
    }

    /// Their names on `table` (ours) that stand for a condition.
    pub fn computed<'a>(
        &'a self,
        dictionary: &'a Dictionary,
        table: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Source)> {
        let line = dictionary.above(table).map(|info| info.table.name.as_str());
        let places = [table].into_iter().chain(line).filter(|_| !self.computed.is_empty());
        places
            .filter_map(|place| self.computed.get(place))
            .flatten()
            .map(|(theirs, source)| (theirs.as_str(), source))
    }

    /// The choices of a field of `table` (ours) that have a name of theirs, the nearest table's.
    fn choices_of(
        &self,
        dictionary: &Dictionary,
        table: &str,
        field: &str,
    ) -> Option<&BTreeMap<String, String>> {
        if self.choices.is_empty() {
            return None;
        }
        let line = dictionary.above(table).map(|info| info.table.name.as_str());
        let mut places = [table].into_iter().chain(line);
        places.find_map(|place| self.choices.get(&(place.to_owned(), field.to_owned())))
    }

    /// Our word for a choice of theirs.
    pub fn choice<'a>(
        &'a self,
        dictionary: &Dictionary,
        table: &str,
        field: &str,
        theirs: &'a str,
    ) -> &'a str {
        let known = self.choices_of(dictionary, table, field);
        known.and_then(|choices| choices.get(theirs)).map_or(theirs, String::as_str)
    }

    /// Their word for a choice of ours, the one that sorts first where there are several.
    pub fn their_choice<'a>(
        &'a self,
        dictionary: &Dictionary,
        table: &str,
        field: &str,
        ours: &'a str,
    ) -> &'a str {
        let known = self.choices_of(dictionary, table, field).into_iter().flatten();
        known.into_iter().find(|(_, known)| *known == ours).map_or(ours, |(theirs, _)| theirs)
    }

    /// The table and the field at the end of a path of ours from `table` (ours).
    pub fn end_of(dictionary: &Dictionary, table: &str, path: &str) -> Option<(String, String)> {
        let mut table = table.to_owned();
        let (way, last) = path.rsplit_once('.').map_or((None, path), |(way, last)| (Some(way), last));
        for field in way.into_iter().flat_map(|way| way.split('.')) {
            table = dictionary.table(&table)?.field(field)?.table.clone()?;
        }
        Some((table, last.to_owned()))
    }

    /// Their names of fields of `table` (ours) with ours, the nearest table's where two have the same.
    pub fn aliases<'a>(&'a self, dictionary: &'a Dictionary, table: &'a str) -> Vec<(&'a str, &'a str)> {
        let line = dictionary.above(table).map(|info| info.table.name.as_str());
        let places = [table].into_iter().chain(line).chain([EVERY_TABLE]);
        let mut found: Vec<(&str, &str)> = Vec::new();
        for (theirs, ours) in places.filter_map(|place| self.fields.get(place)).flatten() {
            if found.iter().all(|(known, _)| known != theirs) {
                found.push((theirs, ours));
            }
        }
        found
    }
}

/// Refuses an alias whose condition cannot be read.
pub(crate) fn check(dictionary: &Dictionary, after: &Record) -> Result<(), ChangeError> {
    let text = after.text("condition");
    if after.table != SCRIPT_ALIAS || text.is_empty() {
        return Ok(());
    }
    let checked = Source::parse(text).and_then(|source| source.check(dictionary, after.text("of_table")));
    checked.map(|_| ()).map_err(|error| ChangeError::Field {
        table: SCRIPT_ALIAS.to_owned(),
        field: "condition".to_owned(),
        code: "bad_value",
        rule: error.to_string(),
    })
}

/// How a vocabulary writes encoded queries.
pub const fn dialect(vocabulary: Vocabulary) -> Dialect {
    match vocabulary {
        Vocabulary::SimpleOne => Dialect::SimpleOne,
        Vocabulary::ServiceNow => Dialect::ServiceNow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::Table;
    use crate::id::Seed;
    use crate::time::Timestamp;
    use crate::value::Value;

    fn alias(vocabulary: &str, of: &str, theirs: &str, ours: &str) -> Record {
        let fields = [("vocabulary", vocabulary), ("of_table", of), ("theirs", theirs), ("ours", ours)];
        let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), Value::text(text))).collect();
        let id = Seed::new([0; 32]).id(theirs, Timestamp::from_micros(0));
        Record { table: "script_alias".to_owned(), id, version: 1, fields }
    }

    fn dictionary() -> Dictionary {
        let table = |text: &str| toml::from_str::<Table>(text).unwrap();
        Dictionary::new(vec![
            table("name='user'\ndisplay='name'\n[[fields]]\nname='name'\nkind='string'"),
            table(
                "name='task'\ndisplay='subject'\n[[fields]]\nname='subject'\nkind='string'\n[[fields]]\nname='caller'\nkind='reference'\ntable='user'",
            ),
            table(
                "name='incident'\ndisplay='subject'\nextends='task'\n[[fields]]\nname='comments'\nkind='text'",
            ),
        ])
        .unwrap()
    }

    #[test]
    fn their_names_are_ours_by_table_the_tables_it_extends_and_every_table() {
        let records = [
            alias("servicenow", "", "sys_user", "user"),
            alias("servicenow", "task", "caller_id", "caller"),
            alias("servicenow", "task", "comments", "subject"),
            alias("servicenow", "user", "user_name", "name"),
            alias("servicenow", EVERY_TABLE, "sys_created_on", "created_at"),
            alias("simpleone", "", "sys_person", "user"),
        ];
        let names = ScriptNames::new(&records.iter().collect::<Vec<_>>());
        let (names, dictionary) = (names.of(Vocabulary::ServiceNow), &dictionary());
        assert_eq!((names.table("sys_user"), names.table("sys_person")), ("user", "sys_person"));
        assert_eq!((names.their_table("user"), names.their_table("task")), ("sys_user", "task"));
        assert_eq!(names.path(dictionary, "incident", "caller_id.user_name"), "caller.name");
        assert_eq!(names.path(dictionary, "incident", "sys_created_on"), "created_at");
        assert_eq!(names.path(dictionary, "incident", "caller.nothing.more"), "caller.nothing.more");
        assert_eq!(names.their_path(dictionary, "incident", "caller.name"), "caller_id.user_name");
        // A field of the table itself is what its name says.
        assert_eq!(names.field(dictionary, "incident", "comments"), "comments");
        assert_eq!(names.field(dictionary, "task", "comments"), "subject");
    }
}
