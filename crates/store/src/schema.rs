//! The dictionary as SQL sees it: which columns a root table has, and the texts that read them.
//!
//! All tables of one root live in `t_<root>`. Names of the dictionary never hold `__`, so that what the store
//! adds does: `sys__id`, `sys__table`, `sys__version`, and beside each text `<field>__f`, its folded form. Fields
//! of equal name in tables of one root share a column and must be stored alike.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use rejoinder_engine::dictionary::{Dictionary, Table};
use rejoinder_engine::value::Kind;

use crate::dialect::Dialect;
use crate::error::StoreError;

/// Before the name of a root table.
pub const TABLE_PREFIX: &str = "t_";
/// Before the name of a table's view for reports.
pub const VIEW_PREFIX: &str = "v_";
/// After the name of a text field: its folded form.
pub const SHADOW_SUFFIX: &str = "__f";

/// How values are stored; two kinds of one storage may share a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Storage {
    /// A text and its folded form.
    Text,
    /// A whole number: integers.
    Integer,
    /// A whole number: millionths.
    Decimal,
    /// A whole number: 1 or 0.
    Boolean,
    /// A whole number: microseconds since 1970 UTC.
    Datetime,
    /// A text `YYYY-MM-DD`, which sorts as the days do and which every reader of the views understands.
    Date,
    /// A whole number: seconds.
    Duration,
    /// An id.
    Reference,
    /// A JSON array of texts.
    List,
}

impl Storage {
    /// How values of `kind` are stored; journals are not.
    pub(crate) const fn of(kind: Kind) -> Option<Self> {
        Some(match kind {
            Kind::String
            | Kind::Text
            | Kind::Html
            | Kind::Email
            | Kind::Number
            | Kind::Choice
            | Kind::Url
            | Kind::Json => Self::Text,
            Kind::Integer => Self::Integer,
            Kind::Decimal => Self::Decimal,
            Kind::Boolean => Self::Boolean,
            Kind::Datetime => Self::Datetime,
            Kind::Date => Self::Date,
            Kind::Duration => Self::Duration,
            Kind::Reference => Self::Reference,
            Kind::ReferenceList | Kind::TextList => Self::List,
            Kind::Journal => return None,
        })
    }

    /// The word that the database keeps.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Boolean => "boolean",
            Self::Datetime => "datetime",
            Self::Date => "date",
            Self::Duration => "duration",
            Self::Reference => "reference",
            Self::List => "list",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        let all = [
            Self::Text,
            Self::Integer,
            Self::Decimal,
            Self::Boolean,
            Self::Datetime,
            Self::Date,
            Self::Duration,
            Self::Reference,
            Self::List,
        ];
        all.into_iter().find(|storage| storage.word() == word)
    }

    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Integer => "a whole number",
            Self::Decimal => "a decimal number",
            Self::Boolean => "yes or no",
            Self::Datetime => "a moment",
            Self::Date => "a day",
            Self::Duration => "a length of time",
            Self::Reference => "a reference",
            Self::List => "a list",
        }
    }

    /// What a report reads of the column `name` (in quotes): the one place that says how values look to SQL clients.
    pub(crate) fn reported(self, name: &str, dialect: Dialect) -> String {
        match (self, dialect) {
            (Self::Text | Self::Integer | Self::Reference, _)
            | (Self::Boolean | Self::Date | Self::Duration | Self::List, Dialect::Sqlite) => name.to_owned(),
            (Self::Decimal, Dialect::Sqlite) => format!("{name} / 1000000.0"),
            (Self::Decimal, Dialect::Postgres) => format!("CAST({name} AS NUMERIC) * 0.000001"),
            (Self::Boolean, Dialect::Postgres) => format!("{name} <> 0"),
            // Whole seconds rounded down, also before 1970, and the microseconds that are left.
            (Self::Datetime, Dialect::Sqlite) => {
                let rest = format!("(({name} % 1000000 + 1000000) % 1000000)");
                format!(
                    "strftime('%Y-%m-%dT%H:%M:%S', ({name} - {rest}) / 1000000, 'unixepoch') || printf('.%06dZ', {rest})"
                )
            }
            // Exact up to the year 2255: the product is a float of 53 bits.
            (Self::Datetime, Dialect::Postgres) => {
                format!("TIMESTAMPTZ '1970-01-01 00:00:00Z' + {name} * INTERVAL '1 microsecond'")
            }
            (Self::Date, Dialect::Postgres) => format!("CAST({name} AS date)"),
            (Self::Duration, Dialect::Postgres) => format!("{name} * INTERVAL '1 second'"),
            (Self::List, Dialect::Postgres) => format!("CAST({name} AS jsonb)"),
        }
    }

    pub(crate) const fn is_integer(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Boolean | Self::Datetime | Self::Duration)
    }
}

/// One column of a root table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// The field.
    pub(crate) name: String,
    /// How its values are stored.
    pub(crate) storage: Storage,
    /// Whether a value occurs once in the root table.
    pub(crate) unique: bool,
    /// Whether there is an index.
    pub(crate) indexed: bool,
}

impl Column {
    /// The column that is compared and sorted, in quotes.
    pub(crate) fn compared(&self) -> String {
        let suffix = if self.storage == Storage::Text { SHADOW_SUFFIX } else { "" };
        format!("\"{}{suffix}\"", self.name)
    }
}

/// A root table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Root {
    /// Its SQL name.
    pub(crate) sql: String,
    /// Its columns by field.
    pub(crate) columns: Vec<Column>,
    /// `SELECT` all of a record `FROM` the table under the alias `r`.
    pub(crate) select: String,
    /// The same with `WHERE r.sys__id = ?1`.
    pub(crate) select_one: String,
    /// The version of one record.
    pub(crate) select_version: String,
}

impl Root {
    pub(crate) fn column(&self, field: &str) -> Option<&Column> {
        let place = self.columns.binary_search_by(|column| column.name.as_str().cmp(field)).ok()?;
        self.columns.get(place)
    }
}

/// The dictionary with what SQL needs of it.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    dictionary: Arc<Dictionary>,
    /// The definitions as they were written, without what is inherited.
    tables: Vec<Table>,
    roots: BTreeMap<String, Root>,
    /// Which state of the stored dictionary this is.
    pub(crate) generation: i64,
}

impl Deref for Schema {
    type Target = Dictionary;

    fn deref(&self) -> &Dictionary {
        &self.dictionary
    }
}

impl Schema {
    /// Works out the columns of `tables`.
    pub fn new(tables: Vec<Table>) -> Result<Self, StoreError> {
        let dictionary = Dictionary::new(tables.clone())?;
        let mut columns: BTreeMap<String, BTreeMap<String, Column>> = BTreeMap::new();
        for info in dictionary.tables() {
            let root = columns.entry(info.root.clone()).or_default();
            for field in info.fields.values() {
                let Some(storage) = Storage::of(field.kind) else { continue };
                let column = root.entry(field.name.clone()).or_insert_with(|| Column {
                    name: field.name.clone(),
                    storage,
                    unique: false,
                    indexed: false,
                });
                if column.storage != storage {
                    return Err(kind_clash(&info.root, &field.name, column.storage, storage));
                }
                column.unique |= field.unique;
                column.indexed |= field.indexed;
            }
        }
        let roots = columns.into_iter().map(|(name, columns)| {
            let root = Root::new(&name, columns.into_values().collect());
            (name, root)
        });
        Ok(Self { roots: roots.collect(), dictionary: Arc::new(dictionary), tables, generation: 0 })
    }

    /// The same with `tables` added, or in the place of those of equal name.
    pub fn with_tables(&self, tables: &[Table]) -> Result<Self, StoreError> {
        self.with_changes(tables, &[])
    }

    /// The same, and without the tables named in `removed`.
    pub fn with_changes(&self, tables: &[Table], removed: &[String]) -> Result<Self, StoreError> {
        let kept = self.tables.iter().filter(|old| tables.iter().all(|new| new.name != old.name));
        let all = kept.chain(tables).filter(|table| !removed.contains(&table.name));
        Self::new(all.cloned().collect())
    }

    /// The dictionary itself.
    pub fn dictionary(&self) -> &Arc<Dictionary> {
        &self.dictionary
    }

    /// The root table of `table`, by its name in the dictionary.
    pub(crate) fn root_of(&self, table: &str) -> Option<&Root> {
        self.roots.get(&self.dictionary.table(table)?.root)
    }

    /// All root tables by name.
    pub(crate) const fn roots(&self) -> &BTreeMap<String, Root> {
        &self.roots
    }
}

pub(crate) fn kind_clash(root: &str, field: &str, old: Storage, new: Storage) -> StoreError {
    StoreError::KindClash {
        root: root.to_owned(),
        field: field.to_owned(),
        old: old.words(),
        new: new.words(),
    }
}

/// `SELECT` some columns of a record `FROM` its table under the alias `r`.
pub(crate) fn select_of<'a>(sql: &str, columns: impl IntoIterator<Item = &'a Column>) -> String {
    let mut select = String::from("SELECT r.sys__id, r.sys__table, r.sys__version");
    for column in columns {
        select.push_str(", r.\"");
        select.push_str(&column.name);
        select.push('"');
    }
    select.push_str(" FROM ");
    select.push_str(sql);
    select.push_str(" AS r");
    select
}

impl Root {
    fn new(name: &str, columns: Vec<Column>) -> Self {
        let sql = format!("{TABLE_PREFIX}{name}");
        let select = select_of(&sql, &columns);
        let select_one = format!("{select} WHERE r.sys__id = ?1");
        let select_version = format!("SELECT sys__version FROM {sql} WHERE sys__id = ?1");
        Self { sql, columns, select, select_one, select_version }
    }
}
