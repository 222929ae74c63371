//! What a plan does to records: changes, entries of feeds, files, events.

use serde::{Deserialize, Serialize};

use super::{Actor, Why};
use crate::id::{Id, Seed};
use crate::record::{Fields, RecordKey};
use crate::time::Timestamp;

/// A change of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordOp {
    /// A new record.
    Insert {
        /// Which.
        key: RecordKey,
        /// All its values.
        fields: Fields,
    },
    /// New values of some fields; no value clears a field.
    Update {
        /// Which.
        key: RecordKey,
        /// The version that it has before.
        version: i64,
        /// The values before, of the changed fields only.
        old: Fields,
        /// The values after; [`Value::Null`](crate::value::Value::Null) clears.
        new: Fields,
    },
    /// A record is removed.
    Delete {
        /// Which.
        key: RecordKey,
        /// The version that it has before.
        version: i64,
        /// All its values.
        old: Fields,
    },
}

impl RecordOp {
    /// The record.
    pub const fn key(&self) -> &RecordKey {
        match self {
            Self::Insert { key, .. } | Self::Update { key, .. } | Self::Delete { key, .. } => key,
        }
    }
}

/// What an entry of a feed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityKind {
    /// The caller sees it.
    Comment,
    /// Only agents see it.
    WorkNote,
    /// A mail, in either direction.
    Mail,
    /// An automatic answer (out of office): noted, without further effect.
    AutomaticAnswer,
    /// A report that a mail of ours could not be delivered.
    DeliveryReport,
    /// Changed fields.
    Change,
    /// A file that somebody put on the record.
    FileAdded,
    /// A file that somebody took off.
    FileRemoved,
}

/// One entry of a record's feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Its identity.
    pub id: Id,
    /// The record.
    pub record: RecordKey,
    /// What it is.
    pub kind: ActivityKind,
    /// Who caused it.
    pub actor: Actor,
    /// Its text.
    pub text: String,
    /// The mail it came with or stands for.
    pub email: Option<Id>,
    /// A mark that people see beside it, such as `unverified`.
    pub mark: Option<String>,
}

/// A file that a plan puts on a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAttachment {
    /// Its identity.
    pub id: Id,
    /// The record; `None` while it is only on the mail.
    pub record: Option<RecordKey>,
    /// The mail it came with.
    pub email: Option<Id>,
    /// Its name, without folders.
    pub file_name: String,
    /// Its media type (RFC 2046).
    pub media_type: String,
    /// The Content-ID, without angle brackets.
    pub content_id: Option<String>,
    /// Lower-case hex SHA-256 of the bytes.
    pub digest: String,
    /// Its bytes; not part of the JSON form, the digest stands for them.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    /// Why it did not go to the record, where it did not.
    pub left_out: Option<Why>,
}

/// A named occurrence, to be looked at by the notification rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewEvent {
    /// Its identity.
    pub id: Id,
    /// `incident.inserted`, or a name that a script raises.
    pub name: String,
    /// The record.
    pub record: RecordKey,
    /// All values before; `None` where the record is new or nothing changed.
    pub old: Option<Fields>,
    /// All values after; `None` where the record was deleted.
    pub new: Option<Fields>,
    /// Who caused it. Mail of this person's own change does not go to them.
    pub actor: Actor,
    /// Up to five parameters.
    pub params: Vec<Option<String>>,
    /// The comment written with the change, by journal field.
    pub journal: Fields,
    /// The mail that created the record, which has its own automatic answer.
    pub from_email: Option<Id>,
    /// The seed of its own decisions.
    pub seed: Seed,
    /// The moment for which it waits; its record is read then. `None` for one that is processed at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// What happens where one waits already under the same key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same: Option<SameKey>,
}

/// A key by which an event that waits is known again, among those of one name on one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SameKey {
    /// The key.
    pub key: String,
    /// Whether the new event takes the place of the one that waits; else it is left out while one waits.
    pub replace: bool,
}
