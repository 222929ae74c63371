//! Changes of the dictionary that a person asks for: what the definition is afterwards, and what records must not be
//! for it to hold.
//!
//! Pure: the definitions go in, one definition comes out. What SQL can follow is said by the store, what records hold
//! by the guards. Must not be used for what the program ships: that is [`merge`](super::merge).

mod field;
mod table;

pub use field::FieldPatch;
pub use table::TablePatch;

use super::{Dictionary, DictionaryError, Field, Table, is_name};
use crate::plan::Breach;

/// A table as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The definition.
    pub table: Table,
    /// What the program ships of it; `None` for a table that was made here.
    pub shipped: Option<Table>,
    /// How often it was written.
    pub version: i64,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// A new table.
    AddTable(Table),
    /// Other words or rules of a table.
    ChangeTable {
        /// The table.
        table: String,
        /// What is other.
        patch: TablePatch,
    },
    /// The end of a table that was made here.
    RemoveTable {
        /// The table.
        table: String,
    },
    /// A new field.
    AddField {
        /// The table.
        table: String,
        /// The field.
        field: Field,
    },
    /// Other words or rules of a field.
    ChangeField {
        /// The table.
        table: String,
        /// The field.
        field: String,
        /// What is other.
        patch: FieldPatch,
    },
    /// A field that leaves the dictionary; its column and values stay.
    RemoveField {
        /// The table.
        table: String,
        /// The field.
        field: String,
    },
}

impl Edit {
    /// The table that it is about.
    pub fn table(&self) -> &str {
        match self {
            Self::AddTable(table) => &table.name,
            Self::ChangeTable { table, .. }
            | Self::RemoveTable { table }
            | Self::AddField { table, .. }
            | Self::ChangeField { table, .. }
            | Self::RemoveField { table, .. } => table,
        }
    }

    /// The field that it is about.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::AddField { field, .. } => Some(&field.name),
            Self::ChangeField { field, .. } | Self::RemoveField { field, .. } => Some(field),
            _ => None,
        }
    }
}

/// A rule that begins to hold, and so must be kept by the records that are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The table.
    pub table: String,
    /// The field.
    pub field: String,
    /// What no record may be.
    pub breach: Breach,
    /// A stable code: `mandatory`, `not_unique`, `too_long`, `unknown_choice`, `has_values`, `has_records`.
    pub code: &'static str,
    /// What breaks it and what to do, in words that follow a count: `3 records …`.
    pub text: &'static str,
}

/// What is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The definition from now on; `None` where the table ends.
    pub table: Option<Table>,
    /// What records must keep.
    pub rules: Vec<Rule>,
}

/// Why a change of the dictionary is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EditError {
    /// A stable code: `not_found`, `exists`, `shipped`, `in_use`, `bad_definition`.
    pub code: &'static str,
    /// The table.
    pub table: String,
    /// The field, where it is about one.
    pub field: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do instead.
    pub hint: Option<String>,
}

impl EditError {
    fn new(code: &'static str, table: &str, message: impl Into<String>) -> Self {
        Self { code, table: table.to_owned(), field: None, message: message.into(), hint: None }
    }

    fn bad(table: &str, field: &str, message: impl Into<String>) -> Self {
        let message = format!("`{table}.{field}`: {}", message.into());
        Self::new("bad_definition", table, message).about(field)
    }

    fn shipped(table: &str, field: &str, what: &str) -> Self {
        let message = format!("`{table}.{field}` ships with the program: {what}");
        Self::new("shipped", table, message).about(field).hint("make a field of your own beside it")
    }

    fn about(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Works out what `edit` makes of the definitions.
pub fn decide(definitions: &[Definition], edit: &Edit) -> Result<Edited, EditError> {
    let edited = match edit {
        Edit::AddTable(table) => table::add(definitions, table)?,
        Edit::RemoveTable { table } => table::remove(definitions, known(definitions, table)?)?,
        Edit::ChangeTable { table, patch } => table::change(definitions, known(definitions, table)?, patch)?,
        Edit::AddField { table, field } => field::add(definitions, known(definitions, table)?, field)?,
        Edit::ChangeField { table, field, patch } => {
            field::change(definitions, known(definitions, table)?, field, patch)?
        }
        Edit::RemoveField { table, field } => field::remove(definitions, known(definitions, table)?, field)?,
    };
    check_whole(definitions, edit, &edited)?;
    Ok(edited)
}

/// The dictionary as it is once `edited` is written.
pub fn all_tables(definitions: &[Definition], name: &str, edited: &Edited) -> Vec<Table> {
    let others = definitions.iter().map(|one| &one.table).filter(|table| table.name != name);
    others.chain(&edited.table).cloned().collect()
}

fn check_whole(definitions: &[Definition], edit: &Edit, edited: &Edited) -> Result<(), EditError> {
    let whole = Dictionary::new(all_tables(definitions, edit.table(), edited));
    whole.map(|_| ()).map_err(|error| {
        let found = EditError::new("bad_definition", edit.table(), error.to_string());
        let found = match &error {
            DictionaryError::BadName(_) | DictionaryError::Reserved(_) => found.hint("give it another name"),
            DictionaryError::TwoFields { .. } => found.hint(
                "a table that this one extends, or one that extends it, has this field: use another name",
            ),
            DictionaryError::NoTable { .. } => found.hint("name a table that exists, or make it first"),
            _ => found,
        };
        match edit.field() {
            Some(field) => found.about(field),
            None => found,
        }
    })
}

fn known<'a>(definitions: &'a [Definition], name: &str) -> Result<&'a Definition, EditError> {
    if crate::system_tables::find(name).is_some() {
        return Err(EditError::new(
            "shipped",
            name,
            format!("`{name}` belongs to the program and stays as it is"),
        ));
    }
    let found = definitions.iter().find(|one| one.table.name == name);
    found.ok_or_else(|| EditError::new("not_found", name, format!("there is no table `{name}`")))
}

/// The definition of the table above, its parent's, and so on.
fn line<'a>(definitions: &'a [Definition], table: &'a Table) -> Vec<&'a Table> {
    let find = |name: &str| definitions.iter().map(|one| &one.table).find(|table| table.name == name);
    let parent = |table: &&'a Table| table.extends.as_deref().and_then(find);
    std::iter::successors(Some(table), parent).take(definitions.len() + 1).collect()
}

fn good_name(table: &str, name: &str) -> Result<(), EditError> {
    if is_name(name) {
        return Ok(());
    }
    let error = DictionaryError::BadName(name.chars().take(80).collect());
    Err(EditError::new("bad_definition", table, error.to_string()))
}

#[cfg(test)]
mod tests;
