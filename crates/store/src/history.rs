//! The past, from the change rows: what happened to a record, and the records as they were at a moment.

use std::collections::BTreeMap;

use rejoinder_engine::id::Id;
use rejoinder_engine::limits::QUERY_ROWS_MAX;
use rejoinder_engine::reads::{Reads, order};
use rejoinder_engine::record::{Fields, Record, RecordKey, put};
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::value::Value;
use rejoinder_engine::view::{
    CommentText, KnownDelivery, KnownFile, KnownMail, Query, Thread, View, ViewError,
};

use crate::db::Store;
use crate::error::StoreError;
use crate::limits::AS_OF_CHANGES_MAX;
use crate::schema::Schema;
use crate::tx::{Row, Tx};
use crate::view::{Snapshot, get, query_up_to, unread};

/// The records and mails as they were at a moment. States of deliveries and counters are today's; what retention
/// removed is missing.
pub struct AsOf {
    snapshot: Snapshot,
    /// What changed since, as it was; `None` for a record that did not exist.
    past: BTreeMap<Id, Option<Record>>,
}

impl Store {
    /// The records as they were at `at`, worked out by undoing the changes since: at most
    /// [`AS_OF_CHANGES_MAX`].
    pub fn view_as_of(&self, at: Timestamp) -> Result<AsOf, StoreError> {
        let snapshot = self.view_of_past(at)?;
        let past = snapshot.with_tx(|tx, schema| undo(tx, schema, at))?;
        Ok(AsOf { snapshot, past })
    }
}

/// All records that changed after `at`, as they were then.
fn undo(tx: &mut dyn Tx, schema: &Schema, at: Timestamp) -> Result<BTreeMap<Id, Option<Record>>, StoreError> {
    let sql = "SELECT record_id, record_table, sequence, operation, old_values, new_values FROM change \
         WHERE at > ?1 ORDER BY record_id, sequence DESC LIMIT ?2";
    let limit = i64::from(AS_OF_CHANGES_MAX) + 1;
    let rows = tx.query(sql, &[at.into(), limit.into()])?;
    if rows.len() > AS_OF_CHANGES_MAX as usize {
        return Err(StoreError::TooFarBack(AS_OF_CHANGES_MAX));
    }
    let mut past: BTreeMap<Id, Option<Record>> = BTreeMap::new();
    for row in rows {
        let (id, table) = (row.id(0)?, row.text(1)?);
        // A table that left the dictionary has no records to read.
        if schema.table(&table).is_none() {
            continue;
        }
        let after = match past.remove(&id) {
            Some(after) => after,
            None => get(tx, schema, &table, id)?,
        };
        past.insert(id, before(&row, RecordKey { table, id }, after)?);
    }
    Ok(past)
}

/// The record before the change of a row.
fn before(row: &Row, key: RecordKey, after: Option<Record>) -> Result<Option<Record>, StoreError> {
    let fields = |column| -> Result<Fields, StoreError> {
        row.opt_text(column)?.map_or_else(|| Ok(Fields::new()), |text| Ok(serde_json::from_str(&text)?))
    };
    match row.text(3)?.as_str() {
        "insert" => Ok(None),
        "delete" => {
            let version = row.int(2)? - 1;
            Ok(Some(Record { table: key.table, id: key.id, version, fields: fields(4)? }))
        }
        "update" => {
            let missing =
                || StoreError::Corrupt(format!("the changes of {} do not lead to its record", key.id));
            let (mut old, new) = (fields(4)?, fields(5)?);
            let mut record = after.ok_or_else(missing)?;
            for field in new.keys() {
                put(&mut record.fields, field, old.remove(field).unwrap_or(Value::Null));
            }
            for (field, value) in old {
                put(&mut record.fields, &field, value);
            }
            record.version -= 1;
            Ok(Some(record))
        }
        other => Err(StoreError::Corrupt(format!("a change of {} is called `{other}`", key.id))),
    }
}

impl AsOf {
    /// The dictionary, which is today's.
    pub const fn dictionary(&self) -> &std::sync::Arc<Schema> {
        self.snapshot.dictionary()
    }

    /// Records that did not change since, as the database finds them.
    fn unchanged(&self, asked: &Query) -> Result<Vec<Record>, ViewError> {
        let mut below = asked.clone();
        let walks = asked.condition.leaves_the_record();
        let limit = if walks {
            // What a reference leads to may have changed: the evaluator in memory looks at the past instead.
            below.condition = rejoinder_engine::condition::Condition::always();
            QUERY_ROWS_MAX + 1
        } else {
            let changed = u32::try_from(self.past.len()).unwrap_or(u32::MAX);
            asked.limit.min(QUERY_ROWS_MAX).saturating_add(changed)
        };
        let mut rows =
            self.snapshot.with_tx(|tx, schema| query_up_to(tx, schema, &below, limit)).map_err(unread)?;
        if walks && rows.len() > QUERY_ROWS_MAX as usize {
            return Err(ViewError::TooManyRows { table: asked.table.clone(), limit: QUERY_ROWS_MAX });
        }
        rows.retain(|row| !self.past.contains_key(&row.id));
        if walks {
            rows = self.matching(asked, rows)?;
        }
        Ok(rows)
    }

    fn matching(&self, asked: &Query, rows: Vec<Record>) -> Result<Vec<Record>, ViewError> {
        let reads = Reads::new(self, self.snapshot.dictionary());
        let mut matching = Vec::new();
        for row in rows {
            if reads.matches(&asked.condition, &row)? {
                matching.push(row);
            }
        }
        Ok(matching)
    }
}

impl View for AsOf {
    fn get(&self, table: &str, id: Id) -> Result<Option<Record>, ViewError> {
        match self.past.get(&id) {
            Some(past) => {
                let past = past.clone();
                Ok(past.filter(|record| self.snapshot.dictionary().is_a(&record.table, table)))
            }
            None => self.snapshot.get(table, id),
        }
    }

    fn query(&self, asked: &Query) -> Result<Vec<Record>, ViewError> {
        let dictionary = self.snapshot.dictionary();
        let changed =
            self.past.values().flatten().filter(|record| dictionary.is_a(&record.table, &asked.table));
        let changed = changed.filter(|record| asked.is_behind(record.id));
        let mut rows = self.unchanged(asked)?;
        rows.extend(self.matching(asked, changed.cloned().collect())?);
        rows.sort_by(|a, b| order(asked, a, b));
        rows.truncate(asked.limit.min(QUERY_ROWS_MAX) as usize);
        Ok(rows)
    }

    fn table_counter(&self, table: &str) -> Result<i64, ViewError> {
        self.snapshot.table_counter(table)
    }

    fn known_mail(&self, message_id: &str) -> Result<Option<KnownMail>, ViewError> {
        self.snapshot.known_mail(message_id)
    }

    fn same_mail(&self, dedupe_key: &str) -> Result<Option<Id>, ViewError> {
        self.snapshot.same_mail(dedupe_key)
    }

    fn thread(&self, record: &RecordKey, address: &str) -> Result<Thread, ViewError> {
        self.snapshot.thread(record, address)
    }

    fn was_mailed(&self, record: &RecordKey, address: &str) -> Result<bool, ViewError> {
        self.snapshot.was_mailed(record, address)
    }

    fn answers_since(&self, account: Id, address: &str, since: Timestamp) -> Result<u32, ViewError> {
        self.snapshot.answers_since(account, address, since)
    }

    fn mails_since(&self, record: &RecordKey, address: &str, since: Timestamp) -> Result<u32, ViewError> {
        self.snapshot.mails_since(record, address, since)
    }

    fn attachment_digests(&self, record: &RecordKey) -> Result<Vec<String>, ViewError> {
        self.snapshot.attachment_digests(record)
    }

    fn files(&self, record: &RecordKey) -> Result<Vec<KnownFile>, ViewError> {
        self.snapshot.files(record)
    }

    fn file(&self, id: Id) -> Result<Option<KnownFile>, ViewError> {
        self.snapshot.file(id)
    }

    fn file_bytes(&self, digest: &str) -> Result<Option<Vec<u8>>, ViewError> {
        self.snapshot.file_bytes(digest)
    }

    fn deliveries(&self, message_id: &str) -> Result<Vec<KnownDelivery>, ViewError> {
        self.snapshot.deliveries(message_id)
    }

    fn comments(
        &self,
        record: &RecordKey,
        internal: bool,
        limit: u32,
    ) -> Result<Vec<CommentText>, ViewError> {
        self.snapshot.comments(record, internal, limit)
    }
}
