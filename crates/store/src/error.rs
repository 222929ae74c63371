//! What can go wrong with a database, in words for the person who can act.
//!
//! [`DbError`] is what a statement or a transaction answers; [`StoreError`] what the store's functions answer.
//! Neither repeats a value of a record: texts of errors are logged and shown.

use std::path::PathBuf;
use std::sync::Arc;

use rejoinder_engine::dictionary::DictionaryError;

/// The cause below an error of ours; shared, because one failed commit answers every unit of its group.
pub type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// A statement or a transaction that did not do what it should.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DbError {
    /// Two rows would share what must be unique.
    #[error("`{table}` already has a row with this `{field}`")]
    Unique {
        /// The SQL table.
        table: String,
        /// Its columns, joined by commas.
        field: String,
    },
    /// A write touched another number of rows than it must.
    #[error("statement {place} of the batch touched {got} rows instead of {expected}")]
    Rows {
        /// Its place in the batch, from 0.
        place: usize,
        /// How many rows it must touch.
        expected: u64,
        /// How many it touched.
        got: u64,
    },
    /// Others wrote what this transaction read; it was tried again as often as is allowed.
    #[error("concurrent transactions got in the way; trying again may help")]
    Retry(#[source] Cause),
    /// The database undid everything that was written together: disk full, read or write error, out of memory.
    #[error("the database could not keep what was written; is its disk full or broken?")]
    Group(#[source] Cause),
    /// No connection, or it broke.
    #[error("the database cannot be reached")]
    Unreachable(#[source] Cause),
    /// It would have taken longer than it may.
    #[error("the database did not answer within the time that this may take")]
    TooLong,
    /// Anything else that the database refused.
    #[error("the database refused a statement")]
    Sql(#[source] Cause),
    /// A row that does not hold what its column must.
    #[error("column {column} of a row holds no {wanted}")]
    Column {
        /// Its place, from 0.
        column: usize,
        /// What was expected.
        wanted: &'static str,
    },
    /// The writer is gone: it was shut down, or a unit of work ended it.
    #[error("the writer of the database has stopped")]
    Stopped,
    /// A test asked for it.
    #[error("a fault was injected at statement {0}")]
    Injected(u64),
}

/// What the store's functions answer instead of a value.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Two records would share the value of a unique field.
    #[error("`{table}` already has a record with this `{field}`")]
    Unique {
        /// The root table.
        table: String,
        /// The field.
        field: String,
    },
    /// Another process has the database open.
    #[error(
        "database_locked: another process uses `{}`; stop it, or send the command to it", .0.display()
    )]
    DatabaseLocked(PathBuf),
    /// Sessions of an earlier process that the database server did not end.
    #[error(
        "sessions_left: the database server still runs {count} sessions named `{name}`, of an earlier process of this \
         node; start again in a moment, or end them there (pg_terminate_backend)"
    )]
    LeftOver {
        /// How they are named.
        name: String,
        /// How many.
        count: usize,
    },
    /// The database was written by a newer program.
    #[error("the database has schema {found}, this program knows {known}: use a newer program")]
    NewerSchema {
        /// What the database has.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// A text that names no database.
    #[error("`{0}` names no database: expected sqlite:PATH, a path, or postgres://…")]
    BadTarget(String),
    /// A file or folder of the database.
    #[error("`{}` cannot be opened", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: Cause,
    },
    /// A row that cannot be read back.
    #[error("the database holds something that cannot be read: {0}")]
    Corrupt(String),
    /// The dictionary is wrong.
    #[error("the dictionary is wrong")]
    Dictionary(#[from] DictionaryError),
    /// A table or field of a record that the dictionary does not have.
    #[error("there is no `{0}` in the dictionary")]
    NoSuchField(String),
    /// A value of another kind than its field.
    #[error("the value for `{table}.{field}` is not of its kind")]
    WrongKind {
        /// The table.
        table: String,
        /// The field.
        field: String,
    },
    /// A condition that cannot be asked of the database, in words.
    #[error("{0}")]
    BadCondition(String),
    /// A field that a list cannot be sorted by.
    #[error("`{field}` cannot be sorted by: {why}")]
    BadOrder {
        /// The field.
        field: String,
        /// Why.
        why: &'static str,
    },
    /// A cursor that no page of this list gave.
    #[error("the cursor is none that a page of this list gave")]
    BadCursor,
    /// A change of the dictionary that tables of SQL cannot follow.
    #[error("`{root}.{field}` cannot be both {old} and {new}: add a field with another name")]
    KindClash {
        /// The root table.
        root: String,
        /// The field.
        field: String,
        /// What its column holds.
        old: &'static str,
        /// What it would have to hold.
        new: &'static str,
    },
    /// More columns than a table of SQL takes.
    #[error(
        "`{root}` and what extends it had {max} fields in all, those that were removed included: no more fit"
    )]
    TooManyColumns {
        /// The root table.
        root: String,
        /// The most.
        max: usize,
    },
    /// A table that would move to another root.
    #[error("`{0}` has records below another root table: it cannot be moved")]
    RootChange(String),
    /// Too much has changed since the moment asked for.
    #[error("more than {0} changes lie between then and now: ask for a later moment")]
    TooFarBack(u32),
    /// Anything else that a database answers.
    #[error(transparent)]
    Db(DbError),
}

impl From<DbError> for StoreError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unique { table, field } => {
                let table = table.strip_prefix(crate::schema::TABLE_PREFIX).unwrap_or(&table).to_owned();
                let field = field.strip_suffix(crate::schema::SHADOW_SUFFIX).unwrap_or(&field).to_owned();
                Self::Unique { table, field }
            }
            other => Self::Db(other),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}

/// A text as the cause of an error.
pub(crate) fn cause(text: impl Into<String>) -> Cause {
    let boxed: Box<dyn std::error::Error + Send + Sync> = text.into().into();
    Arc::from(boxed)
}
