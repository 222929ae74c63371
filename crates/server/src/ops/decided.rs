//! What a decision about a mail is and does, whole: the reason, and every effect as a difference.
//!
//! Made from a plan that is not applied, so that what is shown is what would be done. Writes nothing.

use std::collections::BTreeSet;

use rejoinder_engine::access::{Operation, Rights};
use rejoinder_engine::config::Config;
use rejoinder_engine::display::Reader;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{DeliveryState, NewAttachment, OutgoingEmail, Plan, RecordOp, Unit, Why};
use rejoinder_engine::reads::Reads;
use rejoinder_engine::record::{Fields, Record, RecordKey};
use rejoinder_engine::trace::{Step, Trace};

use super::diff::{Differing, Entry, RecordChange, WORK_NOTE, change, entry};
use crate::error::AppError;

/// Where a file of the mail goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileGoes {
    /// Its name.
    pub name: String,
    /// The record; `None` where it stays on the mail alone.
    pub record: Option<RecordKey>,
    /// Why it stays there.
    pub left_out: Option<Why>,
}

/// A mail that goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailGoes {
    /// The action that sends it.
    pub action: String,
    /// To whom.
    pub to: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The record that it speaks of.
    pub record: Option<RecordKey>,
    /// Why it is not sent, where it is not.
    pub suppressed: Option<Why>,
}

/// What somebody reads who may not read what went wrong with a mail.
const UNTOLD: &str = "what went wrong is told to those who read mail";

/// Who looks at a decision: what they may read of it, and in which words.
#[derive(Debug, Clone, Copy)]
pub struct Eyes<'a> {
    /// What they may read of records; `None` for nothing.
    pub rights: Option<&'a Rights>,
    /// Whether they may read mail, its traces and what scripts have logged.
    pub reads_mail: bool,
    /// How they read.
    pub reader: &'a Reader,
}

/// A decision about a mail, and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// `processed`, `ignored` or `failed`.
    pub state: String,
    /// Why, where that is not plain.
    pub why: Option<Why>,
    /// The reason of everything; values that whoever looks may not read are left out.
    pub trace: Trace,
    /// The records that change.
    pub changes: Vec<RecordChange>,
    /// What is written into feeds.
    pub entries: Vec<Entry>,
    /// The files of the mail.
    pub files: Vec<FileGoes>,
    /// The mails that go out.
    pub mails: Vec<MailGoes>,
    /// The events that are raised: name and record.
    pub events: Vec<(String, RecordKey)>,
    /// What a person should look at.
    pub attention: Vec<Why>,
    /// The records that whoever looks may not read: nothing is told of their values.
    pub hidden: BTreeSet<Id>,
}

impl Decided {
    /// What a plan about a mail does. `reads` are those of the records that it was decided on.
    pub fn of(config: &Config, reads: &Reads<'_>, eyes: Eyes<'_>, plan: &Plan) -> Result<Self, AppError> {
        let (state, why) = match (&plan.unit, &plan.incoming) {
            (_, Some(mail)) => (mail.state.word().to_owned(), mail.why.clone()),
            (Unit::Arrival { state, why, .. }, None) => (state.word().to_owned(), why.clone()),
            _ => ("processed".to_owned(), None),
        };
        // What the plan itself makes is named where others refer to it, and judged as it would be.
        for op in &plan.records {
            if let RecordOp::Insert { key, fields } = op {
                let image =
                    Record { table: key.table.clone(), id: key.id, version: 0, fields: fields.clone() };
                reads.know(&key.table, key.id, Some(image))?;
            }
        }
        let mut sight = Sight::new(config, reads, eyes);
        let nothing = Fields::new();
        let mut changes = Vec::new();
        for op in &plan.records {
            changes.push(sight.change(Differing::of(op, &nothing), &plan.trace)?);
        }
        let mut entries = Vec::new();
        for one in plan.activities.iter().filter_map(entry) {
            entries.push(sight.entry(one)?);
        }
        let mut mails = Vec::new();
        for one in &plan.outgoing {
            mails.push(sight.mail(mail(one))?);
        }
        let mut attention: Vec<Why> = plan.attention.iter().map(|one| one.why.clone()).collect();
        attention.extend(plan.incoming.iter().filter_map(|mail| mail.attention.clone()));
        if !eyes.reads_mail {
            attention.iter_mut().for_each(|why| UNTOLD.clone_into(&mut why.text));
        }
        Ok(Self {
            state,
            why,
            changes,
            entries,
            files: plan.attachments.iter().map(file).collect(),
            mails,
            events: plan.events.iter().map(|event| (event.name.clone(), event.record.clone())).collect(),
            attention,
            trace: sight.trace(&plan.trace),
            hidden: sight.hidden(),
        })
    }
}

/// What somebody sees of a decision.
pub(super) struct Sight<'a, 'b> {
    config: &'a Config,
    reads: &'a Reads<'b>,
    eyes: Eyes<'a>,
    hidden: BTreeSet<Id>,
}

impl<'a, 'b> Sight<'a, 'b> {
    pub(super) const fn new(config: &'a Config, reads: &'a Reads<'b>, eyes: Eyes<'a>) -> Self {
        Self { config, reads, eyes, hidden: BTreeSet::new() }
    }

    /// The records that they may not read, of those that were asked about.
    pub(super) fn hidden(self) -> BTreeSet<Id> {
        self.hidden
    }

    /// Whether they may read the record; one that is not there any more they may not.
    fn sees(&mut self, key: &RecordKey) -> Result<bool, AppError> {
        if self.hidden.contains(&key.id) {
            return Ok(false);
        }
        let (dictionary, access) = (&self.config.dictionary, &self.config.access);
        let record = self.reads.get(&key.table, key.id)?;
        let info = record.as_ref().and_then(|record| dictionary.table(&record.table));
        let seen = match (record.as_ref(), info, self.eyes.rights) {
            (Some(record), Some(info), Some(rights)) => {
                access.records(dictionary, rights, Operation::Read, info).covers(self.reads, record)?
            }
            _ => false,
        };
        if !seen {
            self.hidden.insert(key.id);
        }
        Ok(seen)
    }

    pub(super) fn change(&mut self, one: Differing<'_>, trace: &Trace) -> Result<RecordChange, AppError> {
        let mut told = change(self.config, self.reads, self.eyes.reader, one, name_of(trace, one.key))?;
        if !self.sees(one.key)? {
            told.fields.clear();
            told.name.clear();
            return Ok(told);
        }
        let record = self.reads.get(&one.key.table, one.key.id)?;
        let info = self.config.dictionary.table(&one.key.table);
        let (Some(record), Some(info), Some(rights)) = (record, info, self.eyes.rights) else {
            return Ok(told);
        };
        let mut readable = Vec::new();
        for field in std::mem::take(&mut told.fields) {
            let Some(known) = info.field(&field.field) else { continue };
            let dictionary = &self.config.dictionary;
            let grant = self.config.access.field(dictionary, rights, Operation::Read, info, known);
            if grant.covers(self.reads, &record)? {
                readable.push(field);
            }
        }
        told.fields = readable;
        Ok(told)
    }

    pub(super) fn entry(&mut self, mut one: Entry) -> Result<Entry, AppError> {
        let agents_only = one.kind == WORK_NOTE && !self.eyes.reads_mail;
        if !self.sees(&one.key)? || agents_only {
            one.text.clear();
        }
        Ok(one)
    }

    pub(super) fn mail(&mut self, mut one: MailGoes) -> Result<MailGoes, AppError> {
        let record = one.record.clone();
        let seen = record.map_or(Ok(true), |key| self.sees(&key))?;
        if !seen {
            one.subject.clear();
            one.text.clear();
        }
        Ok(one)
    }

    /// The trace without what only those may read who read mail: values of records, names, and logs.
    pub(super) fn trace(&self, trace: &Trace) -> Trace {
        let mut told = trace.clone();
        if self.eyes.reads_mail {
            return told;
        }
        told.steps.retain(|step| {
            !matches!(
                step,
                Step::Log { .. } | Step::Script { .. } | Step::Recipient { .. } | Step::Mailed { .. }
            )
        });
        for step in &mut told.steps {
            match step {
                // A script chooses the words of its error.
                Step::Error { why, .. } => UNTOLD.clone_into(&mut why.text),
                Step::Considered { outcome, because: Some(why), .. } if outcome == "error" => {
                    UNTOLD.clone_into(&mut why.text);
                }
                Step::Considered { reason: Some(reason), .. } => reason.hide(&|path| {
                    ["record.", "related.", "sender."].iter().any(|begin| path.starts_with(begin))
                }),
                Step::Record { record: Some(key), number, .. } if self.hidden.contains(&key.id) => {
                    *number = None;
                }
                Step::Planned { record, name, .. } | Step::Raised { record: Some(record), name, .. }
                    if self.hidden.contains(&record.id) =>
                {
                    name.clear();
                }
                _ => {}
            }
        }
        told
    }
}

/// What people call a record that a trace speaks of.
pub fn name_of(trace: &Trace, key: &RecordKey) -> String {
    let named = trace.steps.iter().find_map(|step| match step {
        Step::Planned { record, name, .. } if record.id == key.id => Some(name.clone()),
        Step::Record { record: Some(record), number: Some(number), .. } if record.id == key.id => {
            Some(number.clone())
        }
        _ => None,
    });
    named.unwrap_or_default()
}

fn file(new: &NewAttachment) -> FileGoes {
    FileGoes { name: new.file_name.clone(), record: new.record.clone(), left_out: new.left_out.clone() }
}

fn mail(new: &OutgoingEmail) -> MailGoes {
    let open = new.deliveries.iter().any(|one| one.state != DeliveryState::Suppressed);
    let first = new.deliveries.iter().find_map(|one| one.why.clone());
    MailGoes {
        action: new.rule.clone(),
        to: new.deliveries.iter().map(|one| one.address.clone()).collect(),
        subject: new.subject.clone(),
        text: new.text.clone(),
        record: new.record.clone(),
        suppressed: first.filter(|_| !open),
    }
}
