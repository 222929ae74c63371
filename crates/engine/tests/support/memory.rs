//! Records and mail in plain maps: the view of the cases, and `apply` as the store does it, guards included.

use std::collections::BTreeMap;
use std::sync::Arc;

use rejoinder_engine::dictionary::Dictionary;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{
    ActivityKind, DeliveryState, Direction, Guard, OutgoingEmail, Plan, Purpose, RecordOp,
};
use rejoinder_engine::reads::{Reads, digest, order};
use rejoinder_engine::record::{Record, RecordKey};
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::view::{
    CommentText, KnownDelivery, KnownFile, KnownMail, Query, Thread, View, ViewError,
};

/// A mail that went to somebody, or came from them.
#[derive(Debug, Clone)]
struct Seen {
    record: Option<RecordKey>,
    address: String,
    account: Id,
    message_id: String,
    at: Timestamp,
    purpose: Option<Purpose>,
}

/// Everything that a case has written so far.
#[derive(Clone)]
pub(crate) struct Memory {
    dictionary: Arc<Dictionary>,
    pub(crate) records: BTreeMap<Id, Record>,
    counters: BTreeMap<String, i64>,
    mails: BTreeMap<String, KnownMail>,
    same: BTreeMap<String, Id>,
    seen: Vec<Seen>,
    deliveries: BTreeMap<String, Vec<KnownDelivery>>,
    files: Vec<KnownFile>,
    bytes: BTreeMap<String, Vec<u8>>,
    comments: Vec<(RecordKey, bool, CommentText)>,
}

impl Memory {
    pub(crate) fn new(dictionary: Arc<Dictionary>) -> Self {
        Self {
            dictionary,
            records: BTreeMap::new(),
            counters: BTreeMap::new(),
            mails: BTreeMap::new(),
            same: BTreeMap::new(),
            seen: Vec::new(),
            deliveries: BTreeMap::new(),
            files: Vec::new(),
            bytes: BTreeMap::new(),
            comments: Vec::new(),
        }
    }

    /// All records, for looking up names.
    pub(crate) fn list(&self) -> Vec<Record> {
        self.records.values().cloned().collect()
    }

    /// The record with this number.
    pub(crate) fn numbered(&self, number: &str) -> Option<&Record> {
        self.records.values().find(|record| record.text("number") == number)
    }

    /// A relay put `theirs` in place of our Message-ID, and its answer said so.
    pub(crate) fn learn(&mut self, ours: &str, theirs: &str) {
        let known = self.mails.get(ours).cloned().unwrap();
        self.mails.insert(theirs.to_owned(), known);
    }

    /// Whether what the plan read is still so.
    pub(crate) fn holds(&self, plan: &Plan) -> bool {
        plan.guards.iter().all(|guard| match guard {
            Guard::Version { table, id, version } => {
                self.get(table, *id).unwrap().map_or(0, |record| record.version) == *version
            }
            Guard::Query { query, digest: read } => digest(&self.query(query).unwrap()) == *read,
            Guard::TableCounter { table, counter } => self.table_counter(table).unwrap() == *counter,
            Guard::NoRecord { .. } => true,
        })
    }

    /// Writes the plan.
    pub(crate) fn apply(&mut self, plan: &Plan) {
        assert!(self.holds(plan), "a plan whose reads have changed is not applied");
        for operation in &plan.records {
            self.write(operation);
        }
        for one in &plan.activities {
            let internal = one.kind == ActivityKind::WorkNote;
            if internal || one.kind == ActivityKind::Comment {
                let (author, text) = (one.actor.label.clone(), one.text.clone());
                let text = CommentText { at: plan.now, author, text, internal };
                self.comments.push((one.record.clone(), internal, text));
            }
        }
        self.keep(plan);
        self.receive(plan);
        for email in plan.outgoing.iter().filter(|email| email.purpose != Purpose::FanOut) {
            self.send(email, plan.now);
        }
        for report in &plan.reports {
            let all = self.deliveries.values_mut().flatten();
            all.filter(|one| one.id == report.delivery).for_each(|one| one.state = report.state);
        }
    }

    /// Keeps the files of a plan.
    fn keep(&mut self, plan: &Plan) {
        for file in plan.attachments.iter().filter(|file| file.left_out.is_none()) {
            // A copy of a stored file brings no bytes.
            self.bytes.entry(file.digest.clone()).or_insert_with(|| file.bytes.clone());
            self.files.push(KnownFile {
                id: file.id,
                record: file.record.clone(),
                name: file.file_name.clone(),
                media_type: file.media_type.clone(),
                size: u64::try_from(self.bytes[&file.digest].len()).unwrap(),
                digest: file.digest.clone(),
            });
        }
        for gone in &plan.taken_off {
            self.files
                .iter_mut()
                .filter(|file| file.id == gone.attachment)
                .for_each(|file| file.record = None);
        }
        for renamed in &plan.renamed {
            let file = self.files.iter_mut().find(|file| file.id == renamed.attachment).unwrap();
            file.name.clone_from(&renamed.name);
        }
    }

    fn write(&mut self, operation: &RecordOp) {
        let root = self.dictionary.table(&operation.key().table).unwrap().root.clone();
        *self.counters.entry(root).or_default() += 1;
        match operation {
            RecordOp::Insert { key, fields } => {
                let record =
                    Record { table: key.table.clone(), id: key.id, version: 1, fields: fields.clone() };
                assert!(self.records.insert(key.id, record).is_none(), "an id is used once");
            }
            RecordOp::Update { key, version, new, .. } => {
                let record = self.records.get_mut(&key.id).unwrap();
                assert_eq!(record.version, *version);
                record.version += 1;
                for (field, value) in new {
                    record.set(field, value.clone());
                }
            }
            RecordOp::Delete { key, .. } => {
                self.records.remove(&key.id).unwrap();
            }
        }
    }

    fn receive(&mut self, plan: &Plan) {
        let Some(mail) = &plan.incoming else { return };
        if let Some(key) = &mail.dedupe_key {
            self.same.insert(key.clone(), mail.id);
        }
        let Some(id) = &mail.message_id else { return };
        let (direction, record) = (Direction::Incoming, mail.record.clone());
        let known = KnownMail { email: mail.id, direction, record: record.clone(), account: mail.account };
        // One that is decided once more has its row already.
        if plan.again.as_ref().is_some_and(|again| again.known) {
            self.mails.entry(id.clone()).and_modify(|mail| mail.record.clone_from(&record));
            let own = self.seen.iter_mut().filter(|seen| seen.purpose.is_none() && seen.message_id == *id);
            return own.for_each(|seen| seen.record.clone_from(&record));
        }
        self.mails.entry(id.clone()).or_insert(known);
        self.seen.push(Seen {
            record,
            address: mail.from.to_lowercase(),
            account: mail.account,
            message_id: id.clone(),
            at: plan.now,
            purpose: None,
        });
    }

    fn send(&mut self, email: &OutgoingEmail, at: Timestamp) {
        let (direction, record) = (Direction::Outgoing, email.record.clone());
        let known = KnownMail { email: email.id, direction, record: record.clone(), account: email.account };
        self.mails.insert(email.message_id.clone(), known);
        for one in &email.deliveries {
            self.deliveries.entry(email.message_id.clone()).or_default().push(KnownDelivery {
                id: one.id,
                email: email.id,
                address: one.address.clone(),
                state: one.state,
                record: record.clone(),
            });
            if one.state == DeliveryState::Ready {
                self.seen.push(Seen {
                    record: record.clone(),
                    address: one.address.to_lowercase(),
                    account: email.account,
                    message_id: email.message_id.clone(),
                    at,
                    purpose: Some(email.purpose),
                });
            }
        }
    }

    fn count(&self, which: impl Fn(&&Seen) -> bool) -> u32 {
        u32::try_from(self.seen.iter().filter(which).count()).unwrap()
    }

    fn about<'a>(&'a self, record: &'a RecordKey, address: &'a str) -> impl Iterator<Item = &'a Seen> {
        let address = address.to_lowercase();
        self.seen.iter().filter(move |seen| {
            seen.record.as_ref().is_some_and(|key| key.id == record.id) && seen.address == address
        })
    }
}

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
        Ok(u32::try_from(sent.count()).unwrap())
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
