//! A view of one record, for unit tests.

use super::{CommentText, KnownDelivery, KnownFile, KnownMail, Query, Thread, View, ViewError};
use crate::id::Id;
use crate::record::{Record, RecordKey};
use crate::time::Timestamp;

/// One record with its files.
pub(crate) struct One {
    record: Record,
    /// Those that it has.
    pub(crate) files: Vec<KnownFile>,
}

impl One {
    pub(crate) const fn of(record: Record) -> Self {
        Self { record, files: Vec::new() }
    }
}

impl View for One {
    fn get(&self, _: &str, id: Id) -> Result<Option<Record>, ViewError> {
        Ok(Some(self.record.clone()).filter(|record| record.id == id))
    }
    fn query(&self, _: &Query) -> Result<Vec<Record>, ViewError> {
        Ok(Vec::new())
    }
    fn table_counter(&self, _: &str) -> Result<i64, ViewError> {
        Ok(0)
    }
    fn known_mail(&self, _: &str) -> Result<Option<KnownMail>, ViewError> {
        Ok(None)
    }
    fn same_mail(&self, _: &str) -> Result<Option<Id>, ViewError> {
        Ok(None)
    }
    fn thread(&self, _: &RecordKey, _: &str) -> Result<Thread, ViewError> {
        Ok(Thread::default())
    }
    fn was_mailed(&self, _: &RecordKey, _: &str) -> Result<bool, ViewError> {
        Ok(false)
    }
    fn answers_since(&self, _: Id, _: &str, _: Timestamp) -> Result<u32, ViewError> {
        Ok(0)
    }
    fn mails_since(&self, _: &RecordKey, _: &str, _: Timestamp) -> Result<u32, ViewError> {
        Ok(0)
    }
    fn attachment_digests(&self, _: &RecordKey) -> Result<Vec<String>, ViewError> {
        Ok(self.files.iter().map(|file| file.digest.clone()).collect())
    }
    fn files(&self, _: &RecordKey) -> Result<Vec<KnownFile>, ViewError> {
        Ok(self.files.clone())
    }
    fn file(&self, _: Id) -> Result<Option<KnownFile>, ViewError> {
        Ok(None)
    }
    fn file_bytes(&self, _: &str) -> Result<Option<Vec<u8>>, ViewError> {
        Ok(None)
    }
    fn deliveries(&self, _: &str) -> Result<Vec<KnownDelivery>, ViewError> {
        Ok(Vec::new())
    }
    fn comments(&self, _: &RecordKey, _: bool, _: u32) -> Result<Vec<CommentText>, ViewError> {
        Ok(Vec::new())
    }
}
