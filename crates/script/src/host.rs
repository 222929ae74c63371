//! What a script can reach: the host interface and its data. The host decides about rights, reads
//! through the view of the decision, and collects effects into its plan; nothing here performs them.
//!
//! Both vocabularies stand on this one interface. Names of tables, fields and operators are those of
//! the script's vocabulary: the host knows which one it serves and translates.

use std::rc::Rc;

use thiserror::Error;

use crate::{Value, Vocabulary};

/// A stored row. Values are stored values, not display values: a reference is the text of its id, a
/// list is a [`Value::List`] of ids or their comma-separated text, a moment is `YYYY-MM-DD HH:mm:ss` in
/// UTC, a journal has no value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// The record's `sys_id`.
    pub id: String,
    /// The table that the record belongs to, the most specific one; empty where it is the one asked for.
    pub table: String,
    /// Field name and stored value; a field that is missing reads as empty.
    pub fields: Vec<(String, Value)>,
}

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// A field, or a path through references (`caller.company`).
    pub field: String,
    /// The operator's system name in the vocabulary, as the script wrote it (`=`, `IN`, `STARTSWITH`).
    pub operator: String,
    /// With what; null for operators without a value.
    pub value: Value,
}

/// Which rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// All of these hold; none is true.
    All(Vec<Self>),
    /// One of these holds; none is false.
    Any(Vec<Self>),
    /// A comparison.
    Term(Term),
    /// The text form of a condition in the vocabulary's dialect.
    Encoded(String),
    /// There is a row of another table that names this one.
    Related {
        /// The other table.
        table: String,
        /// The field of this table that is compared, usually `sys_id`.
        own: String,
        /// The field of the other table.
        other: String,
        /// Which rows of the other table count.
        filter: Box<Self>,
    },
}

impl Filter {
    /// Every row.
    pub const fn everything() -> Self {
        Self::All(Vec::new())
    }

    /// No row.
    pub const fn nothing() -> Self {
        Self::Any(Vec::new())
    }

    /// Whether it is certain that no row fulfils it.
    pub fn is_nothing(&self) -> bool {
        match self {
            Self::Any(parts) => parts.iter().all(Self::is_nothing),
            Self::All(parts) => parts.iter().any(Self::is_nothing),
            Self::Term(_) | Self::Encoded(_) | Self::Related { .. } => false,
        }
    }

    /// How many comparisons it holds, encoded ones as one.
    pub fn terms(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::terms).sum(),
            Self::Term(_) | Self::Encoded(_) => 1,
            Self::Related { filter, .. } => 1 + filter.terms(),
        }
    }
}

/// A query.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// The table; rows of tables that extend it belong to it.
    pub table: String,
    /// Which rows.
    pub filter: Filter,
    /// Sort keys, most significant first; `true` is descending.
    pub order: Vec<(String, bool)>,
    /// The most rows to return, after those passed over. Always set: to the script's own limit or to one
    /// row more than the run may still read, so that a large table is never read in full only to be
    /// refused.
    pub limit: u32,
    /// Rows passed over first.
    pub skip: u32,
}

/// What a script needs to know of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TableInfo {
    /// The name under which the table was asked for.
    pub name: String,
    /// The title for people, in the language of the run.
    pub label: String,
    /// The field whose value stands for a record.
    pub display: String,
    /// The tables that it extends, nearest first.
    pub parents: Vec<String>,
    /// All fields, inherited ones and aliases too.
    pub fields: Vec<FieldInfo>,
}

impl TableInfo {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&FieldInfo> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// What a script needs to know of a field.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FieldInfo {
    /// The name that scripts use.
    pub name: String,
    /// The title for people, in the language of the run.
    pub label: String,
    /// How scripts see its value.
    pub kind: FieldKind,
    /// The dictionary's word for its type, such as `string`, `integer`, `datetime`.
    pub type_name: String,
    /// Whether a record needs a value.
    pub mandatory: bool,
    /// The most characters of its text; 0 where it has no such limit.
    pub length: u32,
    /// The choices, value and label in the language of the run, in their order.
    pub choices: Vec<(String, String)>,
    /// What a new record starts with.
    pub default: Option<Value>,
}

/// How scripts see the value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FieldKind {
    /// Text.
    #[default]
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// One of a few words.
    Choice,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A moment, `YYYY-MM-DD HH:mm:ss` in UTC.
    Moment,
    /// A length of time, in milliseconds.
    Duration,
    /// A reference to a record of the named table.
    Reference(String),
    /// A comma-separated text of ids of records of the named table, or of plain texts where it is empty.
    List(String),
    /// Write-only text that becomes an activity.
    Journal,
}

/// How a change is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct How {
    /// Whether rules hear of it: business rules, events, notification rules (`setWorkflow(false)`,
    /// `silentMode()`: not).
    pub silent: bool,
    /// Whether the stamps (who, when) are set (`autoSysFields(false)`: not).
    pub stamped: bool,
}

impl Default for How {
    fn default() -> Self {
        Self { silent: false, stamped: true }
    }
}

/// An event to raise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its registered name.
    pub name: String,
    /// Table and id of the record that it is about; `None` for one without.
    pub record: Option<(String, String)>,
    /// Up to five parameters.
    pub params: Vec<Option<String>>,
    /// When, in microseconds since 1970-01-01 UTC; `None` means now.
    pub at_micros: Option<i64>,
}

/// A user, as scripts ask about them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct User {
    /// The id; empty where the script runs as nobody (a guest, the system).
    pub id: String,
    /// The login name.
    pub login: String,
    /// The name for people.
    pub name: String,
    /// The mail address.
    pub email: String,
    /// Language code, such as `en`.
    pub language: String,
    /// IANA name of the time zone.
    pub zone: String,
    /// The roles, those of groups too.
    pub roles: Vec<String>,
    /// Id and name of each group.
    pub groups: Vec<(String, String)>,
}

/// An entry of a record's feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// The journal field.
    pub field: String,
    /// When, in microseconds since 1970-01-01 UTC.
    pub at_micros: i64,
    /// Who, by name.
    pub who: String,
    /// The text.
    pub text: String,
}

/// A file of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its type, such as `text/plain`.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
}

/// A script that others include.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Include {
    /// Its name, which errors carry.
    pub name: String,
    /// Its source.
    pub source: Rc<str>,
    /// The API that it uses; one of another vocabulary is refused.
    pub vocabulary: Vocabulary,
}

/// Working hours, as a schedule says them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schedule {
    /// Its name.
    pub name: String,
    /// IANA name of the time zone that its hours are in.
    pub zone: String,
    /// Hours that count each week: day (1 Monday to 7 Sunday), first and last second of the day
    /// (the last one does not belong to it; 86,400 is the end of the day).
    pub weekly: Vec<(u8, u32, u32)>,
    /// Days that do not count, `YYYY-MM-DD`, first and last one included.
    pub excluded: Vec<(String, String)>,
}

/// What may be done with a record or field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Seeing it.
    Read,
    /// Making one.
    Create,
    /// Changing it.
    Update,
    /// Removing it.
    Delete,
}

/// Why the host refused. A script can catch a refusal; a fatal error ends it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct HostError {
    /// Stable and for programs, as in `no_such_table`.
    pub code: &'static str,
    /// For the administrator who wrote the script.
    pub message: String,
    /// Whether the run ends here, uncatchably.
    pub fatal: bool,
}

impl HostError {
    /// A refusal that the script may catch.
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), fatal: false }
    }

    /// An error that ends the run at once.
    pub fn fatal(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), fatal: true }
    }

    fn not_here(what: &str) -> Self {
        Self::refused("not_here", format!("{what}: not where this script runs"))
    }
}

/// The world of a script. Synchronous; called on the thread that called [`crate::run`], never again
/// after a fatal error or a spent limit. There is no other way out of the sandbox.
///
/// A host that lacks something leaves its default, which refuses by saying so.
pub trait Host {
    /// The row with this id, as the decision sees it.
    fn get(&mut self, table: &str, id: &str) -> Result<Option<Row>, HostError>;
    /// The rows that match, in order.
    fn query(&mut self, query: &Query) -> Result<Vec<Row>, HostError>;
    /// Plans a new record and returns its id.
    fn insert(&mut self, table: &str, fields: Vec<(String, Value)>, how: How) -> Result<String, HostError>;
    /// Plans a change of the given fields only.
    fn update(
        &mut self,
        table: &str,
        id: &str,
        fields: Vec<(String, Value)>,
        how: How,
    ) -> Result<(), HostError>;
    /// Plans a deletion.
    fn delete(&mut self, table: &str, id: &str, how: How) -> Result<(), HostError>;
    /// The table and its fields. An unknown table is an error.
    fn table(&mut self, table: &str) -> Result<TableInfo, HostError>;
    /// The display value of a field, or of the record when there is no field.
    fn display(&mut self, table: &str, id: &str, field: Option<&str>) -> Result<String, HostError>;
    /// As whom the script runs.
    fn user(&mut self) -> Result<User, HostError>;
    /// A setting; `None` when there is none of that name or scripts may not read it.
    fn property(&mut self, name: &str) -> Result<Option<String>, HostError>;

    /// The display value of a value that is not stored yet.
    fn display_of(&mut self, table: &str, field: &str, value: &Value) -> Result<String, HostError> {
        let _ = (table, field, value);
        Err(HostError::not_here("display values of unsaved values"))
    }
    /// The stored value of a display value: the choice with this label, the one record of this name.
    /// `None` where there is none, or more than one.
    fn stored_of(&mut self, table: &str, field: &str, text: &str) -> Result<Option<Value>, HostError> {
        let _ = (table, field, text);
        Err(HostError::not_here("setting display values"))
    }
    /// Whether an in-memory row fulfils the filter.
    fn matches(&mut self, table: &str, row: &Row, filter: &Filter) -> Result<bool, HostError> {
        let _ = (table, row, filter);
        Err(HostError::not_here("asking a condition of one record"))
    }
    /// The filter's text form in the vocabulary's dialect; an error where a part of it is none.
    fn encoded(&mut self, table: &str, filter: &Filter) -> Result<String, HostError> {
        let _ = (table, filter);
        Err(HostError::not_here("encoded queries"))
    }
    /// Names of the tables that extend this one, at any depth.
    fn extending(&mut self, table: &str) -> Result<Vec<String>, HostError> {
        let _ = table;
        Err(HostError::not_here("tables that extend others"))
    }
    /// Raises an event, now or later.
    fn event(&mut self, event: &Event) -> Result<(), HostError> {
        let _ = event;
        Err(HostError::not_here("raising events"))
    }
    /// Plans a new value of a setting.
    fn set_property(&mut self, name: &str, value: &str, description: Option<&str>) -> Result<(), HostError> {
        let _ = (name, value, description);
        Err(HostError::not_here("changing settings"))
    }
    /// The user with this id, login or address.
    fn user_called(&mut self, name: &str) -> Result<Option<User>, HostError> {
        let _ = name;
        Err(HostError::not_here("asking about other users"))
    }
    /// Whether whoever the script runs as may do this with the record (`None`: with the table), or with
    /// the field of it.
    fn may(
        &mut self,
        right: Right,
        table: &str,
        id: Option<&str>,
        field: Option<&str>,
    ) -> Result<bool, HostError> {
        let _ = (right, table, id, field);
        Err(HostError::not_here("asking about rights"))
    }
    /// The text for people behind a key, in a language (`None`: the run's); `None` where there is none.
    fn message(
        &mut self,
        key: &str,
        category: &str,
        language: Option<&str>,
    ) -> Result<Option<String>, HostError> {
        let _ = (key, category, language);
        Ok(None)
    }
    /// The script of this name that others include.
    fn include(&mut self, name: &str) -> Result<Option<Include>, HostError> {
        let _ = name;
        Ok(None)
    }
    /// Names of all scripts that may be included, so that their names resolve by themselves.
    fn includes(&mut self) -> Vec<String> {
        Vec::new()
    }
    /// Entries of a record's journal fields (all of them where there is no field), newest first, those
    /// of the plan too.
    fn journal(
        &mut self,
        table: &str,
        id: &str,
        field: Option<&str>,
        limit: u32,
    ) -> Result<Vec<JournalEntry>, HostError> {
        let _ = (table, id, field, limit);
        Err(HostError::not_here("reading feeds"))
    }
    /// The files of a record, those of the plan too.
    fn attachments(&mut self, table: &str, id: &str) -> Result<Vec<Attachment>, HostError> {
        let _ = (table, id);
        Err(HostError::not_here("reading files"))
    }
    /// One file with the table and id of its record.
    fn attachment(&mut self, id: &str) -> Result<Option<(Attachment, String, String)>, HostError> {
        let _ = id;
        Err(HostError::not_here("reading files"))
    }
    /// The bytes of a file.
    fn attachment_bytes(&mut self, id: &str) -> Result<Option<Vec<u8>>, HostError> {
        let _ = id;
        Err(HostError::not_here("reading files"))
    }
    /// Plans a copy of all files; the ids of the copies.
    fn copy_attachments(&mut self, from: (&str, &str), to: (&str, &str)) -> Result<Vec<String>, HostError> {
        let _ = (from, to);
        Err(HostError::not_here("copying files"))
    }
    /// Plans a new file; its id.
    fn write_attachment(
        &mut self,
        to: (&str, &str),
        name: &str,
        media_type: &str,
        bytes: Vec<u8>,
    ) -> Result<String, HostError> {
        let _ = (to, name, media_type, bytes);
        Err(HostError::not_here("writing files"))
    }
    /// Plans another name of a file; `false` where there is no such file.
    fn rename_attachment(&mut self, id: &str, name: &str) -> Result<bool, HostError> {
        let _ = (id, name);
        Err(HostError::not_here("renaming files"))
    }
    /// Plans the removal of a file; `false` where there is no such file.
    fn delete_attachment(&mut self, id: &str) -> Result<bool, HostError> {
        let _ = id;
        Err(HostError::not_here("deleting files"))
    }
    /// Working hours.
    fn schedule(&mut self, id: &str) -> Result<Option<Schedule>, HostError> {
        let _ = id;
        Err(HostError::not_here("schedules"))
    }
    /// Where people see a record, relative to the base address; of the table `attachment`: where the content
    /// of a file is.
    fn link(&mut self, table: &str, id: &str) -> Result<String, HostError> {
        let _ = (table, id);
        Err(HostError::not_here("links to records"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terms_of_a_filter_are_counted_at_any_depth() {
        let term =
            || Filter::Term(Term { field: "a".to_owned(), operator: "=".to_owned(), value: Value::Null });
        let filter =
            Filter::All(vec![term(), Filter::Any(vec![term(), Filter::Encoded("a=1^b=2".to_owned())])]);
        assert_eq!(filter.terms(), 3);
        assert_eq!(Filter::everything().terms(), 0);
    }
}
