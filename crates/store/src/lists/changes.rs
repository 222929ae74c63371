//! What changed: the history of one record, and the audit of the whole installation.

use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{Actor, CauseKind};
use rejoinder_engine::record::{Fields, RecordKey};
use rejoinder_engine::time::Timestamp;

use super::{Filter, Listed, Page};
use crate::db::Store;
use crate::error::StoreError;
use crate::tx::{Row, SqlValue};

/// One change of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// The version of the record that it made.
    pub sequence: i64,
    /// The record.
    pub record: RecordKey,
    /// When.
    pub at: Timestamp,
    /// `insert`, `update` or `delete`.
    pub operation: String,
    /// Who.
    pub actor: Actor,
    /// Because of what, and the id under which its reason is kept.
    pub cause: (CauseKind, Id),
    /// The values before: of the changed fields, or all of a deleted record.
    pub old: Fields,
    /// The values after: of the changed fields, or all of a new record.
    pub new: Fields,
}

/// What the audit is narrowed by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// Changes of records of this table.
    pub table: Option<String>,
    /// Changes of this record.
    pub record: Option<Id>,
    /// Changes that this user made.
    pub actor: Option<Id>,
    /// Not before this moment.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

pub(super) const SELECT: &str = "SELECT sequence, record_table, record_id, at, operation, actor_user, actor_label, cause_kind, \
                      cause_id, old_values, new_values FROM change";

pub(super) fn change(row: &Row) -> Result<ChangeRow, StoreError> {
    Ok(ChangeRow {
        sequence: row.int(0)?,
        record: RecordKey { table: row.text(1)?, id: row.id(2)? },
        at: row.time(3)?,
        operation: row.text(4)?,
        actor: Actor { user: row.opt_id(5)?, label: row.text(6)? },
        cause: (row.word(7, CauseKind::from_word)?, row.id(8)?),
        old: row.opt_json(9)?.unwrap_or_default(),
        new: row.opt_json(10)?.unwrap_or_default(),
    })
}

impl Store {
    /// The changes of a record, newest first, deletion included.
    pub fn changes_of(&self, record: Id, page: &Page) -> Result<Listed<ChangeRow>, StoreError> {
        self.read(|tx| {
            let mut list = Filter::default();
            list.add("record_id = ?", record);
            list.after_number("sequence", page);
            list.list(tx, (SELECT, "sequence DESC"), page, |row| {
                change(row).map(|change| {
                    let cursor = change.sequence.to_string();
                    (change, cursor)
                })
            })
        })
    }

    /// Changes of the configuration and of who somebody is, newest first.
    pub fn audit(&self, filter: &AuditFilter, page: &Page) -> Result<Listed<ChangeRow>, StoreError> {
        self.read(|tx| {
            let mut list = Filter::default();
            list.clauses.push("audited = 1".to_owned());
            list.add_some("record_table = ?", filter.table.as_deref());
            list.add_some("record_id = ?", filter.record);
            list.add_some("actor_user = ?", filter.actor);
            list.add_some("at >= ?", filter.since);
            list.add_some("at < ?", filter.until);
            after(&mut list, page);
            list.list(tx, (SELECT, "at DESC, record_id DESC, sequence DESC"), page, |row| {
                let row = change(row)?;
                let cursor = format!("{}.{}.{}", row.at.micros(), row.record.id, row.sequence);
                Ok((row, cursor))
            })
        })
    }
}

/// Adds the cursor over a moment, a record and the place in its history.
fn after(list: &mut Filter, page: &Page) {
    let Some(cursor) = page.after.as_deref() else { return };
    let mut parts = cursor.split('.');
    let (Some(at), Some(record), Some(sequence)) = (parts.next(), parts.next(), parts.next()) else { return };
    let (Ok(at), Ok(sequence)) = (at.parse::<i64>(), sequence.parse::<i64>()) else { return };
    let first = list.params.len() + 1;
    list.params.extend([SqlValue::Int(at), SqlValue::from(record), SqlValue::Int(sequence)]);
    list.clauses.push(format!("(at, record_id, sequence) < (?{first}, ?{}, ?{})", first + 1, first + 2));
}
