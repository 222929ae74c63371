//! The dictionary: which tables and fields there are. It is data, read from packs and kept in the database.
//!
//! A table may extend another and then has its fields too; all tables of one root live in one SQL table.
//! Must not know how tables are stored.

mod bounds;
pub mod edit;
pub mod merge;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::value::Kind;

pub use bounds::SYSTEM_PREFIX;

/// Texts per language (`en`, `ru`), shown by [`label`].
pub type Labels = BTreeMap<String, String>;

/// The text for `language`, else the English one, else `fallback`.
pub fn label<'a>(labels: &'a Labels, language: &str, fallback: &'a str) -> &'a str {
    labels.get(language).or_else(|| labels.get("en")).map_or(fallback, String::as_str)
}

/// One choice of a choice field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The stored word.
    pub value: String,
    /// What people read.
    #[serde(default)]
    pub label: Labels,
}

/// One field of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The name: lower-case Latin letters, digits and `_`, at most 48 characters.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// What people read.
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub label: Labels,
    /// The table that a reference points to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The choices of a choice field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// Whether a record needs a value.
    #[serde(default, skip_serializing_if = "is_false")]
    pub mandatory: bool,
    /// Whether two records may not share a value (compared by its folded form).
    #[serde(default, skip_serializing_if = "is_false")]
    pub unique: bool,
    /// Whether only the program sets it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// Whether it never leaves through the API, traces or exports, and cannot be asked in a condition.
    #[serde(default, skip_serializing_if = "is_false")]
    pub secret: bool,
    /// Whether a secret text is kept encrypted ([`crate::sealed`]): what the program needs again in the clear, such
    /// as a password. A digest, which is looked up and leads back to nothing, is secret alone.
    #[serde(default, skip_serializing_if = "is_false")]
    pub encrypted: bool,
    /// Whether only agents may read it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub agents_only: bool,
    /// Whether the database keeps an index on it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub indexed: bool,
    /// The value of a new record that names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The most characters of a text; [`STRING_CHARS_MAX`] or [`TEXT_CHARS_MAX`] where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
}

/// Characters of a one-line text whose field names no limit.
pub const STRING_CHARS_MAX: usize = 1_000;
/// Characters of a `url` whose field names no limit, what browsers and servers take without trouble.
pub const URL_CHARS_MAX: usize = 2_000;
/// Characters of any text; a field cannot allow more.
pub const TEXT_CHARS_MAX: usize = 1_000_000;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde wants")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Field {
    /// The most characters that a text in this field may have.
    pub fn chars_max(&self) -> usize {
        let usual = match self.kind {
            Kind::Text | Kind::Html | Kind::Journal | Kind::Json => TEXT_CHARS_MAX,
            Kind::Url => URL_CHARS_MAX,
            _ => STRING_CHARS_MAX,
        };
        self.max_length.unwrap_or(usual).min(TEXT_CHARS_MAX)
    }

    /// Whether `value` is one of the choices; a field without a list takes any word.
    pub fn takes(&self, value: &str) -> bool {
        self.choices.is_empty() || self.choices.iter().any(|choice| choice.value == value)
    }

    /// The label of the choice `value` in `language`, or the value itself.
    pub fn choice_label<'a>(&'a self, value: &'a str, language: &str) -> &'a str {
        let choice = self.choices.iter().find(|choice| choice.value == value);
        choice.map_or(value, |choice| label(&choice.label, language, value))
    }
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The name, under the same rules as a field's.
    pub name: String,
    /// What people read.
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub label: Labels,
    /// The table whose fields this one also has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// The letters before the number of its records; tables without have no numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_prefix: Option<String>,
    /// The field that names a record to people.
    pub display: String,
    /// Whether its records are configuration: a change of one raises the configuration generation.
    #[serde(default, skip_serializing_if = "is_false")]
    pub configuration: bool,
    /// Whether changes of its records are listed in the audit although it is no configuration: who somebody is.
    #[serde(default, skip_serializing_if = "is_false")]
    pub audited: bool,
    /// Whether a change of a record raises an event (`incident.inserted`, …).
    #[serde(default, skip_serializing_if = "is_false")]
    pub events: bool,
    /// Its own fields, without those of the table that it extends and without the [`base_fields`].
    pub fields: Vec<Field>,
}

impl Table {
    /// A table that extends none, without labels.
    pub fn new(name: &str, display: &str, fields: Vec<Field>) -> Self {
        Self {
            name: name.to_owned(),
            label: Labels::new(),
            extends: None,
            number_prefix: None,
            display: display.to_owned(),
            configuration: false,
            audited: false,
            events: false,
            fields,
        }
    }

    /// Its own field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// The fields that every record has, set by the program alone.
pub fn base_fields() -> Vec<Field> {
    let base = |name: &str, kind, table: Option<&str>, en: &str, ru: &str| Field {
        name: name.to_owned(),
        kind,
        label: [("en".to_owned(), en.to_owned()), ("ru".to_owned(), ru.to_owned())].into(),
        table: table.map(str::to_owned),
        choices: Vec::new(),
        mandatory: false,
        unique: false,
        read_only: true,
        secret: false,
        encrypted: false,
        agents_only: false,
        // Lists are asked for newest first and last changed first.
        indexed: kind == Kind::Datetime,
        default: None,
        max_length: None,
    };
    vec![
        base("created_at", Kind::Datetime, None, "Created", "Создано"),
        base("created_by", Kind::Reference, Some("user"), "Created by", "Кем создано"),
        base("updated_at", Kind::Datetime, None, "Updated", "Изменено"),
        base("updated_by", Kind::Reference, Some("user"), "Updated by", "Кем изменено"),
    ]
}

/// What is wrong with a dictionary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DictionaryError {
    /// A name that SQL or people could not use.
    #[error(
        "`{0}` is no name: lower-case Latin letters, digits and `_`, beginning with a letter, at most 48"
    )]
    BadName(String),
    /// A table named twice.
    #[error("table `{0}` is defined twice")]
    TwoTables(String),
    /// A field named twice in a table or in one that it extends.
    #[error("field `{table}.{field}` is defined twice")]
    TwoFields {
        /// The table.
        table: String,
        /// The field.
        field: String,
    },
    /// A table that extends or points to one that does not exist.
    #[error("`{from}` names the table `{missing}`, which does not exist")]
    NoTable {
        /// Who names it.
        from: String,
        /// What does not exist.
        missing: String,
    },
    /// Tables that extend each other in a circle.
    #[error("table `{0}` extends itself")]
    Circle(String),
    /// A display field that the table does not have.
    #[error("table `{table}` is displayed by `{field}`, which it does not have")]
    NoDisplay {
        /// The table.
        table: String,
        /// The field.
        field: String,
    },
    /// An encrypted field that would show what it holds, or that could not be found by what it holds.
    #[error(
        "`{table}.{field}` is encrypted: it must be a secret text, neither unique nor indexed, without a default"
    )]
    BadEncrypted {
        /// The table.
        table: String,
        /// The field.
        field: String,
    },
    /// A name that the program uses itself.
    #[error("the name `{0}` is taken by the program: choose another")]
    Reserved(String),
    /// More than fits.
    #[error("`{of}` has too many {what}: at most {max} fit")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// Where.
        of: String,
        /// The most.
        max: usize,
    },
}

/// A table with everything that it inherits, ready to look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableInfo {
    /// The definition.
    pub table: Table,
    /// The table at the top of its line; its own name where it extends none.
    pub root: String,
    /// The table whose series of numbers its records take: the one that says the prefix.
    pub numbered_by: Option<String>,
    /// All fields by name: base fields, inherited ones, its own.
    pub fields: BTreeMap<String, Field>,
}

impl TableInfo {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(name)
    }

    /// Whether changes of its records are listed in the audit.
    pub const fn is_audited(&self) -> bool {
        self.table.configuration || self.table.audited
    }

    /// The prefix of its numbers, its own or an inherited one.
    pub fn number_prefix(&self) -> Option<&str> {
        self.table.number_prefix.as_deref()
    }
}

/// All tables, checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dictionary {
    tables: BTreeMap<String, Arc<TableInfo>>,
}

/// The longest name of a table or field in characters; PostgreSQL cuts at 63 and shadows need room.
pub const NAME_CHARS_MAX: usize = 48;

/// Whether `name` can name a table or a field.
pub fn is_name(name: &str) -> bool {
    name.len() <= NAME_CHARS_MAX
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && !name.contains("__")
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

impl Dictionary {
    /// Checks `tables` and works out what each inherits. Their order does not matter.
    pub fn new(tables: Vec<Table>) -> Result<Self, DictionaryError> {
        let mut by_name = BTreeMap::new();
        for table in tables {
            if let Some(bad) = std::iter::once(&table.name)
                .chain(table.fields.iter().map(|field| &field.name))
                .find(|name| !is_name(name))
            {
                return Err(DictionaryError::BadName(bad.clone()));
            }
            if let Some(bad) = table.fields.iter().find(|field| field.encrypted && !can_be_encrypted(field)) {
                let (table, field) = (table.name.clone(), bad.name.clone());
                return Err(DictionaryError::BadEncrypted { table, field });
            }
            bounds::check_table(&table)?;
            if let Some(twice) = by_name.insert(table.name.clone(), table) {
                return Err(DictionaryError::TwoTables(twice.name));
            }
        }
        let mut known = BTreeMap::new();
        for name in by_name.keys() {
            known.insert(name.clone(), Arc::new(inherit(&by_name, name)?));
        }
        let dictionary = Self { tables: known };
        dictionary.check_references()?;
        bounds::check_all(&dictionary)?;
        Ok(dictionary)
    }

    fn check_references(&self) -> Result<(), DictionaryError> {
        for info in self.tables.values() {
            for field in info.fields.values() {
                if let Some(missing) =
                    field.table.as_ref().filter(|target| !self.tables.contains_key(*target))
                {
                    let from = format!("{}.{}", info.table.name, field.name);
                    return Err(DictionaryError::NoTable { from, missing: missing.clone() });
                }
            }
        }
        Ok(())
    }

    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&Arc<TableInfo>> {
        self.tables.get(name)
    }

    /// All tables by name.
    pub fn tables(&self) -> impl Iterator<Item = &Arc<TableInfo>> {
        self.tables.values()
    }

    /// Whether `table` is `ancestor` or extends it.
    pub fn is_a(&self, table: &str, ancestor: &str) -> bool {
        let mut current = Some(table);
        while let Some(name) = current {
            if name == ancestor {
                return true;
            }
            current = self.tables.get(name).and_then(|info| info.table.extends.as_deref());
        }
        false
    }

    /// The tables that `table` extends, the nearest first.
    pub fn above(&self, table: &str) -> impl Iterator<Item = &Arc<TableInfo>> {
        let parent =
            |info: &Arc<TableInfo>| info.table.extends.as_ref().and_then(|name| self.tables.get(name));
        std::iter::successors(self.tables.get(table).and_then(parent), move |info| parent(info))
    }

    /// The tables that hold the configuration, each line of extending tables by the one where it begins: with
    /// [`Dictionary::with_extending`] they give every configuration record once.
    pub fn configuration(&self) -> impl Iterator<Item = &Arc<TableInfo>> {
        self.tables.values().filter(|info| {
            let parent = info.table.extends.as_ref().and_then(|parent| self.tables.get(parent));
            info.table.configuration && !parent.is_some_and(|parent| parent.table.configuration)
        })
    }

    /// `table` and every table that extends it, by name.
    pub fn with_extending(&self, table: &str) -> Vec<String> {
        self.tables.keys().filter(|name| self.is_a(name, table)).cloned().collect()
    }
}

/// Equal texts are encrypted to different ones, so that an index finds nothing and nothing is unique.
fn can_be_encrypted(field: &Field) -> bool {
    let text = matches!(field.kind, Kind::String | Kind::Text);
    field.secret && text && !field.unique && !field.indexed && field.default.is_none()
}

fn inherit(by_name: &BTreeMap<String, Table>, name: &str) -> Result<TableInfo, DictionaryError> {
    let missing = |from: &str, missing: &str| DictionaryError::NoTable {
        from: from.to_owned(),
        missing: missing.to_owned(),
    };
    let own = by_name.get(name).ok_or_else(|| missing(name, name))?;
    let mut line = vec![own];
    let mut current = own;
    while let Some(parent) = &current.extends {
        current = by_name.get(parent).ok_or_else(|| missing(&current.name, parent))?;
        if line.len() > by_name.len() {
            return Err(DictionaryError::Circle(name.to_owned()));
        }
        line.push(current);
    }
    let mut fields = BTreeMap::new();
    let inherited = line.iter().rev().flat_map(|table| table.fields.iter().cloned());
    for field in base_fields().into_iter().chain(inherited) {
        if let Some(twice) = fields.insert(field.name.clone(), field) {
            return Err(DictionaryError::TwoFields { table: name.to_owned(), field: twice.name });
        }
    }
    if !fields.contains_key(&own.display) {
        return Err(DictionaryError::NoDisplay { table: name.to_owned(), field: own.display.clone() });
    }
    let root = line.last().map_or_else(|| name.to_owned(), |table| table.name.clone());
    let mut table = own.clone();
    let numbered_by = line.iter().find(|table| table.number_prefix.is_some());
    table.number_prefix = numbered_by.and_then(|table| table.number_prefix.clone());
    let numbered_by = numbered_by.map(|table| table.name.clone());
    table.configuration = line.iter().any(|table| table.configuration);
    table.audited = line.iter().any(|table| table.audited);
    table.events = line.iter().any(|table| table.events);
    Ok(TableInfo { table, root, numbered_by, fields })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        toml::from_str(text).unwrap()
    }

    fn task() -> Table {
        table("name='task'\ndisplay='subject'\n[[fields]]\nname='subject'\nkind='string'")
    }

    fn user() -> Table {
        table("name='user'\ndisplay='name'\n[[fields]]\nname='name'\nkind='string'")
    }

    #[test]
    fn an_extending_table_has_the_fields_of_its_root() {
        let incident = table("name='incident'\nextends='task'\ndisplay='subject'\nfields=[]");
        let dictionary = Dictionary::new(vec![incident, task(), user()]).unwrap();
        let info = dictionary.table("incident").unwrap();
        assert_eq!(info.root, "task");
        assert!(info.field("subject").is_some() && info.field("created_at").is_some());
        assert!(dictionary.is_a("incident", "task") && !dictionary.is_a("task", "incident"));
        assert_eq!(dictionary.with_extending("task"), ["incident", "task"]);
    }

    #[test]
    fn a_table_that_extends_a_configuration_table_is_read_with_it() {
        let account = table("name='account'\ndisplay='created_at'\nconfiguration=true\nfields=[]");
        let mailbox = table("name='mailbox'\nextends='account'\ndisplay='created_at'\nfields=[]");
        let rule = table("name='rule'\nextends='task'\ndisplay='subject'\nconfiguration=true\nfields=[]");
        let dictionary = Dictionary::new(vec![account, mailbox, rule, task(), user()]).unwrap();
        assert!(dictionary.table("mailbox").unwrap().table.configuration);
        let names: Vec<&str> = dictionary.configuration().map(|info| info.table.name.as_str()).collect();
        assert_eq!(names, ["account", "rule"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let circle = table("name='a'\nextends='a'\ndisplay='created_at'\nfields=[]");
        assert_eq!(Dictionary::new(vec![circle]), Err(DictionaryError::Circle("a".into())));
        let stray = table("name='b'\ndisplay='x'\n[[fields]]\nname='x'\nkind='reference'\ntable='nowhere'");
        let error = Dictionary::new(vec![stray]).unwrap_err();
        assert!(matches!(error, DictionaryError::NoTable { .. }));
        let bad = table("name='Drop;'\ndisplay='x'\nfields=[]");
        assert_eq!(Dictionary::new(vec![bad]), Err(DictionaryError::BadName("Drop;".into())));
        let twice =
            table("name='c'\nextends='task'\ndisplay='subject'\n[[fields]]\nname='subject'\nkind='text'");
        let error = Dictionary::new(vec![task(), twice]).unwrap_err();
        assert_eq!(error, DictionaryError::TwoFields { table: "c".into(), field: "subject".into() });
    }

    #[test]
    fn an_encrypted_field_is_a_secret_text_that_is_never_searched() {
        let with = |more: &str| {
            table(&format!("name='a'\ndisplay='created_at'\n[[fields]]\nname='x'\nencrypted=true\n{more}"))
        };
        assert!(Dictionary::new(vec![with("kind='string'\nsecret=true"), user()]).is_ok());
        for bad in [
            "kind='string'",
            "kind='integer'\nsecret=true",
            "kind='string'\nsecret=true\nunique=true",
            "kind='string'\nsecret=true\nindexed=true",
            "kind='string'\nsecret=true\ndefault='changeme'",
        ] {
            let error = Dictionary::new(vec![with(bad), user()]).unwrap_err();
            assert_eq!(
                error,
                DictionaryError::BadEncrypted { table: "a".into(), field: "x".into() },
                "{bad}"
            );
        }
    }

    #[test]
    fn a_name_ends_at_its_limit_and_never_looks_like_a_shadow() {
        assert!(is_name(&"a".repeat(NAME_CHARS_MAX)));
        assert!(!is_name(&"a".repeat(NAME_CHARS_MAX + 1)));
        assert!(!is_name("subject__f"));
    }
}
