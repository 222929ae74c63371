//! What a decision reads of the records in memory.

use rejoinder_engine::id::Id;
use rejoinder_engine::plan::Purpose;
use rejoinder_engine::reads::{Reads, order};
use rejoinder_engine::record::{Record, RecordKey};
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::view::{
    CommentText, KnownDelivery, KnownFile, KnownMail, Query, Thread, View, ViewError,
};

use crate::memory::Memory;

impl View for Memory {
    fn get(&self, table: &str, id: Id) -> Result<Option<Record>, ViewError> {
        Ok(self.records.get(&id).filter(|record| self.dictionary.is_a(&record.table, table)).cloned())
    }

    fn query(&self, query: &Query) -> Result<Vec<Record>, ViewError> {
        let reads = Reads::new(self, &self.dictionary);
        let mut found = Vec::new();
        for record in self.records.values().filter(|record| self.dictionary.is_a(&record.table, &query.table))
        {
            if query.is_behind(record.id) && reads.matches(&query.condition, record)? {
                found.push(record.clone());
            }
        }
        found.sort_by(|a, b| order(query, a, b));
        found.truncate(query.limit as usize);
        Ok(found)
    }

    fn table_counter(&self, table: &str) -> Result<i64, ViewError> {
        Ok(self.counters.get(table).copied().unwrap_or_default())
    }

    fn known_mail(&self, message_id: &str) -> Result<Option<KnownMail>, ViewError> {
        Ok(self.mails.get(message_id).cloned())
    }

    fn same_mail(&self, dedupe_key: &str) -> Result<Option<Id>, ViewError> {
        Ok(self.same.get(dedupe_key).copied())
    }

    fn thread(&self, record: &RecordKey, address: &str) -> Result<Thread, ViewError> {
        let ids: Vec<String> = self.about(record, address).map(|seen| seen.message_id.clone()).collect();
        let last = ids.iter().skip(ids.len().saturating_sub(10)).cloned().collect();
        Ok(Thread { root: ids.first().cloned(), last })
    }

    fn was_mailed(&self, record: &RecordKey, address: &str) -> Result<bool, ViewError> {
        Ok(self.about(record, address).any(|seen| seen.purpose.is_some()))
    }

    fn answers_since(&self, account: Id, address: &str, since: Timestamp) -> Result<u32, ViewError> {
        let address = address.to_lowercase();
        Ok(self.count(|seen| {
            let answer = seen.purpose == Some(Purpose::Answer) && seen.account == account;
            answer && seen.address == address && seen.at >= since
        }))
    }

    fn mails_since(&self, record: &RecordKey, address: &str, since: Timestamp) -> Result<u32, ViewError> {
        let sent = self.about(record, address).filter(|seen| seen.purpose.is_some() && seen.at >= since);
        Ok(u32::try_from(sent.count()).unwrap_or(u32::MAX))
    }

    fn attachment_digests(&self, record: &RecordKey) -> Result<Vec<String>, ViewError> {
        Ok(self.files(record)?.into_iter().map(|file| file.digest).collect())
    }

    fn files(&self, record: &RecordKey) -> Result<Vec<KnownFile>, ViewError> {
        let of = |file: &&KnownFile| file.record.as_ref().is_some_and(|key| key.id == record.id);
        Ok(self.files.iter().filter(of).cloned().collect())
    }

    fn file(&self, id: Id) -> Result<Option<KnownFile>, ViewError> {
        Ok(self.files.iter().find(|file| file.id == id).cloned())
    }

    fn file_bytes(&self, digest: &str) -> Result<Option<Vec<u8>>, ViewError> {
        Ok(self.bytes.get(digest).cloned())
    }

    fn deliveries(&self, message_id: &str) -> Result<Vec<KnownDelivery>, ViewError> {
        Ok(self.deliveries.get(message_id).cloned().unwrap_or_default())
    }

    fn comments(
        &self,
        record: &RecordKey,
        internal: bool,
        limit: u32,
    ) -> Result<Vec<CommentText>, ViewError> {
        let of_record =
            self.comments.iter().rev().filter(|(key, note, _)| key.id == record.id && (internal || !note));
        Ok(of_record.take(limit as usize).map(|(_, _, text)| text.clone()).collect())
    }
}
