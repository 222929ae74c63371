//! The records as if one mail had never come, so that it can be decided once more without meeting itself.
//!
//! What it did to records stays: only the mail is left out.

use super::{CommentText, KnownDelivery, KnownFile, KnownMail, Query, Thread, View, ViewError};
use crate::id::Id;
use crate::record::{Record, RecordKey};
use crate::time::Timestamp;

/// A view without one mail.
pub struct Without<'a> {
    /// What lies below.
    pub view: &'a dyn View,
    /// The mail.
    pub email: Id,
}

impl View for Without<'_> {
    fn get(&self, table: &str, id: Id) -> Result<Option<Record>, ViewError> {
        self.view.get(table, id)
    }

    fn query(&self, query: &Query) -> Result<Vec<Record>, ViewError> {
        self.view.query(query)
    }

    fn table_counter(&self, table: &str) -> Result<i64, ViewError> {
        self.view.table_counter(table)
    }

    fn known_mail(&self, message_id: &str) -> Result<Option<KnownMail>, ViewError> {
        Ok(self.view.known_mail(message_id)?.filter(|known| known.email != self.email))
    }

    fn same_mail(&self, dedupe_key: &str) -> Result<Option<Id>, ViewError> {
        Ok(self.view.same_mail(dedupe_key)?.filter(|known| *known != self.email))
    }

    fn thread(&self, record: &RecordKey, address: &str) -> Result<Thread, ViewError> {
        self.view.thread(record, address)
    }

    fn was_mailed(&self, record: &RecordKey, address: &str) -> Result<bool, ViewError> {
        self.view.was_mailed(record, address)
    }

    fn answers_since(&self, account: Id, address: &str, since: Timestamp) -> Result<u32, ViewError> {
        self.view.answers_since(account, address, since)
    }

    fn mails_since(&self, record: &RecordKey, address: &str, since: Timestamp) -> Result<u32, ViewError> {
        self.view.mails_since(record, address, since)
    }

    fn attachment_digests(&self, record: &RecordKey) -> Result<Vec<String>, ViewError> {
        self.view.attachment_digests(record)
    }

    fn files(&self, record: &RecordKey) -> Result<Vec<KnownFile>, ViewError> {
        self.view.files(record)
    }

    fn file(&self, id: Id) -> Result<Option<KnownFile>, ViewError> {
        self.view.file(id)
    }

    fn file_bytes(&self, digest: &str) -> Result<Option<Vec<u8>>, ViewError> {
        self.view.file_bytes(digest)
    }

    fn deliveries(&self, message_id: &str) -> Result<Vec<KnownDelivery>, ViewError> {
        self.view.deliveries(message_id)
    }

    fn comments(
        &self,
        record: &RecordKey,
        internal: bool,
        limit: u32,
    ) -> Result<Vec<CommentText>, ViewError> {
        self.view.comments(record, internal, limit)
    }
}
