//! Records and mail in plain maps, and `apply` as the store does it, guards included. What a plan cannot do here is said,
//! and would be a fault of the program.

use std::collections::BTreeMap;
use std::sync::Arc;

use rejoinder_engine::dictionary::Dictionary;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{
    ActivityKind, DeliveryState, Direction, Guard, OutgoingEmail, Plan, Purpose, RecordOp,
};
use rejoinder_engine::reads::digest;
use rejoinder_engine::record::{Record, RecordKey};
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::view::{CommentText, KnownDelivery, KnownFile, KnownMail, View};

/// A mail that went to somebody, or came from them.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) record: Option<RecordKey>,
    pub(crate) address: String,
    pub(crate) account: Id,
    pub(crate) message_id: String,
    pub(crate) at: Timestamp,
    pub(crate) purpose: Option<Purpose>,
}

/// Everything that a case has written so far.
#[derive(Debug, Clone)]
pub struct Memory {
    pub(crate) dictionary: Arc<Dictionary>,
    /// All records by id.
    pub records: BTreeMap<Id, Record>,
    pub(crate) counters: BTreeMap<String, i64>,
    pub(crate) mails: BTreeMap<String, KnownMail>,
    pub(crate) same: BTreeMap<String, Id>,
    pub(crate) seen: Vec<Seen>,
    pub(crate) deliveries: BTreeMap<String, Vec<KnownDelivery>>,
    pub(crate) files: Vec<KnownFile>,
    pub(crate) bytes: BTreeMap<String, Vec<u8>>,
    pub(crate) comments: Vec<(RecordKey, bool, CommentText)>,
}

impl Memory {
    /// Nothing, over these tables.
    pub fn new(dictionary: Arc<Dictionary>) -> Self {
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
    pub fn list(&self) -> Vec<Record> {
        self.records.values().cloned().collect()
    }

    /// The record with this number.
    pub fn numbered(&self, number: &str) -> Option<&Record> {
        self.records.values().find(|record| record.text("number") == number)
    }

    /// A relay put `theirs` in place of our Message-ID, and its answer said so.
    /// `false` where no mail of ours has that one.
    pub fn learn(&mut self, ours: &str, theirs: &str) -> bool {
        let known = self.mails.get(ours).cloned();
        known.map(|known| self.mails.insert(theirs.to_owned(), known)).is_some()
    }

    /// Whether what the plan read is still so.
    pub fn holds(&self, plan: &Plan) -> bool {
        plan.guards.iter().all(|guard| match guard {
            Guard::Version { table, id, version } => {
                let known = self.get(table, *id);
                known.is_ok_and(|record| record.map_or(0, |record| record.version) == *version)
            }
            Guard::Query { query, digest: read } => {
                self.query(query).is_ok_and(|rows| digest(&rows) == *read)
            }
            Guard::TableCounter { table, counter } => {
                self.counters.get(table).copied().unwrap_or_default() == *counter
            }
            Guard::NoRecord { .. } => true,
        })
    }

    /// Writes the plan; why it cannot be written.
    pub fn apply(&mut self, plan: &Plan) -> Result<(), String> {
        if !self.holds(plan) {
            return Err("a plan whose reads have changed is not applied".to_owned());
        }
        for operation in &plan.records {
            self.write(operation)?;
        }
        for one in &plan.activities {
            let internal = one.kind == ActivityKind::WorkNote;
            if internal || one.kind == ActivityKind::Comment {
                let (author, text) = (one.actor.label.clone(), one.text.clone());
                let text = CommentText { at: plan.now, author, text, internal };
                self.comments.push((one.record.clone(), internal, text));
            }
        }
        self.keep(plan)?;
        self.receive(plan);
        for email in plan.outgoing.iter().filter(|email| email.purpose != Purpose::FanOut) {
            self.send(email, plan.now);
        }
        for report in &plan.reports {
            let all = self.deliveries.values_mut().flatten();
            all.filter(|one| one.id == report.delivery).for_each(|one| one.state = report.state);
        }
        Ok(())
    }

    /// Keeps the files of a plan.
    fn keep(&mut self, plan: &Plan) -> Result<(), String> {
        for file in plan.attachments.iter().filter(|file| file.left_out.is_none()) {
            // A copy of a stored file brings no bytes.
            let bytes = self.bytes.entry(file.digest.clone()).or_insert_with(|| file.bytes.clone());
            let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            self.files.push(KnownFile {
                id: file.id,
                record: file.record.clone(),
                name: file.file_name.clone(),
                media_type: file.media_type.clone(),
                size,
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
            let file = self.files.iter_mut().find(|file| file.id == renamed.attachment);
            file.ok_or("a file that is not there gets another name")?.name.clone_from(&renamed.name);
        }
        Ok(())
    }

    fn write(&mut self, operation: &RecordOp) -> Result<(), String> {
        let table = &operation.key().table;
        let root =
            self.dictionary.table(table).ok_or_else(|| format!("there is no table `{table}`"))?.root.clone();
        *self.counters.entry(root).or_default() += 1;
        match operation {
            RecordOp::Insert { key, fields } => {
                let record =
                    Record { table: key.table.clone(), id: key.id, version: 1, fields: fields.clone() };
                if self.records.insert(key.id, record).is_some() {
                    return Err(format!("the id {} is used twice", key.id));
                }
            }
            RecordOp::Update { key, version, new, .. } => {
                let record = self.records.get_mut(&key.id).filter(|record| record.version == *version);
                let record =
                    record.ok_or("a record that is not there, or another version of it, is changed")?;
                record.version += 1;
                for (field, value) in new {
                    record.set(field, value.clone());
                }
            }
            RecordOp::Delete { key, .. } => {
                self.records.remove(&key.id).ok_or("a record that is not there is deleted")?;
            }
        }
        Ok(())
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

    pub(crate) fn count(&self, which: impl Fn(&&Seen) -> bool) -> u32 {
        u32::try_from(self.seen.iter().filter(which).count()).unwrap_or(u32::MAX)
    }

    pub(crate) fn about<'a>(
        &'a self,
        record: &'a RecordKey,
        address: &'a str,
    ) -> impl Iterator<Item = &'a Seen> {
        let address = address.to_lowercase();
        self.seen.iter().filter(move |seen| {
            seen.record.as_ref().is_some_and(|key| key.id == record.id) && seen.address == address
        })
    }
}
