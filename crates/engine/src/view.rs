//! What a decision may read: a synchronous, read-only view of the records and of the mail kept so far.
//!
//! Implemented over a database snapshot by the store and over plain maps in tests. Must not write.

#[cfg(test)]
pub(crate) mod one;
pub mod without;

use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::id::Id;
use crate::plan::{DeliveryState, Direction};
use crate::record::{Record, RecordKey};
use crate::time::Timestamp;

/// Why something could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ViewError {
    /// A table that the dictionary does not know.
    #[error("there is no table `{0}`")]
    NoTable(String),
    /// More rows than a decision may read.
    #[error("the query of `{table}` reads more than {limit} rows: narrow its condition")]
    TooManyRows {
        /// The table.
        table: String,
        /// The limit.
        limit: u32,
    },
    /// The database did not answer as it should; trying again later may help.
    #[error("the database could not be read: {0}")]
    Database(String),
}

/// A question for records of one table and those that extend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// The table.
    pub table: String,
    /// What the records fulfil; operators that look back are an error here.
    pub condition: Condition,
    /// Fields to sort by, `true` for descending; the id decides last, so that the order is complete.
    pub order: Vec<(String, bool)>,
    /// Only records with a larger id: where a walk through many in the order of their ids goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Id>,
    /// The most rows wanted; at most [`QUERY_ROWS_MAX`](crate::limits::QUERY_ROWS_MAX).
    pub limit: u32,
}

impl Query {
    /// All records of `table` that fulfil `condition`, in the order of their ids.
    pub fn new(table: &str, condition: Condition) -> Self {
        Self {
            table: table.to_owned(),
            condition,
            order: Vec::new(),
            after: None,
            limit: crate::limits::QUERY_ROWS_MAX,
        }
    }
}

impl Query {
    /// Whether a record of this id is behind the place where the query begins.
    pub fn is_behind(&self, id: Id) -> bool {
        self.after.is_none_or(|after| id > after)
    }
}

/// A mail that we sent or filed, found by a Message-ID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownMail {
    /// The mail.
    pub email: Id,
    /// Whether we sent it or received it.
    pub direction: Direction,
    /// The record it is filed on.
    pub record: Option<RecordKey>,
    /// The account that sent or received it.
    pub account: Id,
}

/// One delivery of a mail of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownDelivery {
    /// The delivery.
    pub id: Id,
    /// The mail.
    pub email: Id,
    /// The recipient's address.
    pub address: String,
    /// How far it came.
    pub state: DeliveryState,
    /// The record that the mail speaks of.
    pub record: Option<RecordKey>,
}

/// The Message-IDs that one person has seen of one record, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Thread {
    /// The first of them.
    pub root: Option<String>,
    /// At most the last ten.
    pub last: Vec<String>,
}

/// One public or internal comment, as templates show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentText {
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it, by name.
    pub author: String,
    /// What.
    pub text: String,
    /// Whether only agents see it.
    pub internal: bool,
}

/// A file, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownFile {
    /// Its identity.
    pub id: Id,
    /// The record that has it; `None` for one that is only on a mail, or was taken off.
    pub record: Option<RecordKey>,
    /// Its name.
    pub name: String,
    /// Its media type (RFC 2046).
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// The name of its bytes: lower-case hex SHA-256.
    pub digest: String,
}

/// What a decision may read.
pub trait View {
    /// One record, by its table (or one that it extends) and id.
    fn get(&self, table: &str, id: Id) -> Result<Option<Record>, ViewError>;

    /// The records that fulfil the query.
    fn query(&self, query: &Query) -> Result<Vec<Record>, ViewError>;

    /// How often rows of the table (its root) were written; the guard of large queries.
    fn table_counter(&self, table: &str) -> Result<i64, ViewError>;

    /// The mail with this Message-ID (without angle brackets), ours or received.
    fn known_mail(&self, message_id: &str) -> Result<Option<KnownMail>, ViewError>;

    /// The received mail that claimed this key of sameness (see `IncomingEmail::dedupe_key`).
    fn same_mail(&self, dedupe_key: &str) -> Result<Option<Id>, ViewError>;

    /// What `address` has seen of `record` so far.
    fn thread(&self, record: &RecordKey, address: &str) -> Result<Thread, ViewError>;

    /// Whether we ever mailed `address` about `record`.
    fn was_mailed(&self, record: &RecordKey, address: &str) -> Result<bool, ViewError>;

    /// Automatic answers of `account` to `address` since a moment.
    fn answers_since(&self, account: Id, address: &str, since: Timestamp) -> Result<u32, ViewError>;

    /// Mails to `address` about `record` since a moment.
    fn mails_since(&self, record: &RecordKey, address: &str, since: Timestamp) -> Result<u32, ViewError>;

    /// The digests (lower-case hex SHA-256) of the files that the record already has.
    fn attachment_digests(&self, record: &RecordKey) -> Result<Vec<String>, ViewError>;

    /// The files of a record, oldest first.
    fn files(&self, record: &RecordKey) -> Result<Vec<KnownFile>, ViewError>;

    /// One file.
    fn file(&self, id: Id) -> Result<Option<KnownFile>, ViewError>;

    /// The bytes under a digest.
    fn file_bytes(&self, digest: &str) -> Result<Option<Vec<u8>>, ViewError>;

    /// The deliveries of the mail of ours with this Message-ID.
    fn deliveries(&self, message_id: &str) -> Result<Vec<KnownDelivery>, ViewError>;

    /// The newest comments of a record, newest first; work notes only where `internal`.
    fn comments(&self, record: &RecordKey, internal: bool, limit: u32)
    -> Result<Vec<CommentText>, ViewError>;
}
