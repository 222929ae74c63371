//! The complete effect of one decision, as data, before anything is written.
//!
//! A plan is made by deciding and carried out by the store's `apply`, in one transaction that also settles the
//! unit of work it was made for. It carries what it read (its guards): if that changed, it is decided again.

use serde::{Deserialize, Serialize};

use crate::dictionary::Table;
use crate::id::{Id, Seed};
use crate::record::{Fields, RecordKey};
use crate::time::Timestamp;
use crate::trace::Trace;
use crate::view::Query;

/// A reason for a person: a stable code, and a sentence that says what happened and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The code, lower-case words joined by `_`.
    pub code: String,
    /// The sentence.
    pub text: String,
}

impl Why {
    /// A reason.
    pub fn new(code: &str, text: impl Into<String>) -> Self {
        Self { code: code.to_owned(), text: text.into() }
    }
}

/// Who caused an effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Actor {
    /// The user, where it is one.
    pub user: Option<Id>,
    /// How people call them: a name, an address, or `system`.
    pub label: String,
}

impl Actor {
    /// The program itself.
    pub fn system() -> Self {
        Self { user: None, label: "system".to_owned() }
    }
}

/// What a change was caused by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// What kind of thing `id` names.
    pub kind: CauseKind,
    /// The arrival, event, job or request.
    pub id: Id,
    /// The names of the rules and actions that led here, oldest first; its length is the depth.
    pub chain: Vec<String>,
}

/// Kinds of causes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// An incoming mail.
    Arrival,
    /// An event.
    Event,
    /// A job.
    Job,
    /// A person or a program through the API or the command line.
    Request,
}

/// The unit of work that a plan settles. The epoch fences: a plan of an older claim is not applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// One copy of an incoming mail.
    Arrival {
        /// Its place in the queue.
        seq: i64,
        /// The claim.
        epoch: i64,
        /// The mail that this copy belongs to (new with this plan, or known already).
        email: Id,
        /// How it ends.
        state: EmailState,
        /// Why it ends so, where that is not plain.
        why: Option<Why>,
    },
    /// One event.
    Event {
        /// Its place in the queue.
        seq: i64,
        /// The claim.
        epoch: i64,
        /// Why it is parked; `None` where it is done.
        parked: Option<Why>,
    },
    /// One step of a job.
    Job {
        /// The job.
        id: Id,
        /// The claim.
        epoch: i64,
        /// Where the next step begins; `None` where the job is done.
        cursor: Option<String>,
    },
    /// A request, which is no queue: it is answered at once. Its id makes a repeat collide.
    Request {
        /// The request.
        id: Id,
    },
}

/// Something that was read and must not have changed when the plan is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// The version of a record; 0 for one that did not exist.
    Version {
        /// The table that was asked.
        table: String,
        /// The record.
        id: Id,
        /// What was read.
        version: i64,
    },
    /// The rows of a query: a digest over their ids and versions in order.
    Query {
        /// What was asked.
        query: Query,
        /// The digest by [`crate::reads::digest`].
        digest: String,
    },
    /// The counter of a table, where a query was too large to be guarded by its rows.
    TableCounter {
        /// The root table.
        table: String,
        /// What was read.
        counter: i64,
    },
}

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
}

/// Directions of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Received.
    Incoming,
    /// Sent or to be sent.
    Outgoing,
}

/// States of a mail (design 8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailState {
    /// Nothing was done with it yet.
    Ready,
    /// Being worked on.
    InProcess,
    /// Done.
    Processed,
    /// Given up, with a reason; can be tried again.
    Failed,
    /// Deliberately left alone, with a reason.
    Ignored,
}

/// What an incoming mail is (design 7.2), in the order in which they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A mail of ours come back.
    OwnMail,
    /// A report on the delivery of a mail of ours.
    DeliveryReport,
    /// An out-of-office or other automatic answer.
    AutomaticAnswer,
    /// A calendar answer or invitation.
    Calendar,
    /// A forwarded mail.
    Forward,
    /// An answer.
    Reply,
    /// Anything else.
    New,
}

/// How far the sender is proven to be who the mail says (design 7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authenticity {
    /// A trusted check passed.
    Verified,
    /// Nobody checked.
    Unverified,
    /// A trusted check failed.
    Failed,
}

/// The row of an incoming mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncomingEmail {
    /// Its identity.
    pub id: Id,
    /// The account that received it.
    pub account: Id,
    /// How its processing ended.
    pub state: EmailState,
    /// Why it was ignored or failed, or `no_action`.
    pub why: Option<Why>,
    /// What it is.
    pub class: Class,
    /// Its Message-ID, without angle brackets.
    pub message_id: Option<String>,
    /// Its subject, decoded, on one line.
    pub subject: String,
    /// The sender's address, as written.
    pub from: String,
    /// The recipients' addresses in To and Cc.
    pub to: Vec<String>,
    /// The date of the mail itself.
    pub date: Option<Timestamp>,
    /// The key under which a second copy is recognised; unique in the database.
    pub dedupe_key: Option<String>,
    /// The user it comes from.
    pub sender: Option<Id>,
    /// How far that is proven.
    pub authenticity: Authenticity,
    /// Why it must not be answered automatically.
    pub do_not_answer: Option<String>,
    /// The record it ended up on.
    pub record: Option<RecordKey>,
    /// Its whole text.
    pub text: String,
    /// Its text without quotes and signature.
    pub new_text: String,
    /// Why a person should look at it.
    pub attention: Option<Why>,
}

/// Places of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// To.
    To,
    /// Cc.
    Cc,
    /// Bcc.
    Bcc,
}

/// States of a delivery (design 8.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// To be sent.
    Ready,
    /// Being sent.
    Sending,
    /// Accepted by the server; its answer is kept.
    Sent,
    /// To be tried again, with a reason.
    Deferred,
    /// Refused for good, with a reason.
    Failed,
    /// It may have been sent: the connection ended after the final dot.
    Uncertain,
    /// A report said that it could not be delivered.
    Bounced,
    /// Not to be sent, with a reason.
    Suppressed,
    /// To be sent later.
    Held,
    /// Called off.
    Cancelled,
}

/// One recipient of a new outgoing mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDelivery {
    /// Its identity.
    pub id: Id,
    /// The address.
    pub address: String,
    /// The person's name.
    pub name: Option<String>,
    /// The user, where it is one.
    pub user: Option<Id>,
    /// Where the address stands.
    pub slot: Slot,
    /// [`DeliveryState::Ready`] or [`DeliveryState::Suppressed`].
    pub state: DeliveryState,
    /// Why it is suppressed.
    pub why: Option<Why>,
}

/// What an outgoing mail is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A notification rule sends it.
    Notification,
    /// An inbound action answers with it.
    Answer,
    /// It stands for the mails of a fan-out job and is not sent itself.
    FanOut,
}

/// A new outgoing mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingEmail {
    /// Its identity.
    pub id: Id,
    /// What it is for.
    pub purpose: Purpose,
    /// The account that sends it.
    pub account: Id,
    /// Its Message-ID, fixed now, without angle brackets.
    pub message_id: String,
    /// The mail it answers.
    pub in_reply_to: Option<String>,
    /// Its subject.
    pub subject: String,
    /// The sender's address.
    pub from: String,
    /// Its text.
    pub text: String,
    /// The record it speaks of.
    pub record: Option<RecordKey>,
    /// The rule or action that sends it, by name.
    pub rule: String,
    /// The mail that stands for all of a fan-out.
    pub parent: Option<Id>,
    /// Lower-case hex SHA-256 of the bytes; empty for [`Purpose::FanOut`].
    pub digest: String,
    /// The bytes as they are sent; not part of the JSON form, the digest stands for them.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    /// The recipients.
    pub deliveries: Vec<NewDelivery>,
}

/// A mail put on a record's feed and list of mails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The mail.
    pub email: Id,
    /// The record.
    pub record: RecordKey,
    /// Whether the mail is about the record (`false`) or only mentions it (`true`).
    pub related: bool,
}

/// A delivery that a report settles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryReportOp {
    /// The delivery.
    pub delivery: Id,
    /// The mail.
    pub email: Id,
    /// What the report says: bounced, or sent (delivered), or still deferred.
    pub state: DeliveryState,
    /// In the words of the report.
    pub why: Why,
}

/// Work that goes on in steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewJob {
    /// Its identity.
    pub id: Id,
    /// What it does.
    pub work: JobWork,
    /// The seed of its steps.
    pub seed: Seed,
}

/// What a job does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobWork {
    /// Mails the rest of the recipients of one rule and event.
    FanOut {
        /// The event, which stays readable while the job runs.
        event: Id,
        /// The rule.
        rule: Id,
        /// The mail that stands for all.
        parent: Id,
    },
}

/// Something that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    /// Its identity, derived from what it is about, so that a person is told once.
    pub id: Id,
    /// Why, and what to do.
    pub why: Why,
    /// What it is about: `email`, `event`, `job`, `account`.
    pub subject: String,
    /// Which of these.
    pub subject_id: Id,
}

/// The complete effect of one decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The unit it settles.
    pub unit: Unit,
    /// The time of the decision.
    pub now: Timestamp,
    /// Who is the cause of its changes.
    pub actor: Actor,
    /// What caused them.
    pub cause: Cause,
    /// The configuration generation it was decided with; `None` where it read no configuration.
    pub generation: Option<i64>,
    /// What it read.
    pub guards: Vec<Guard>,
    /// Changes of records, in order.
    pub records: Vec<RecordOp>,
    /// Entries of feeds.
    pub activities: Vec<Activity>,
    /// Files.
    pub attachments: Vec<NewAttachment>,
    /// Events raised.
    pub events: Vec<NewEvent>,
    /// The incoming mail's row, where the plan makes one.
    pub incoming: Option<IncomingEmail>,
    /// Outgoing mails.
    pub outgoing: Vec<OutgoingEmail>,
    /// Mails put on records.
    pub links: Vec<Link>,
    /// Deliveries that a report settles.
    pub reports: Vec<DeliveryReportOp>,
    /// Work that goes on in steps.
    pub jobs: Vec<NewJob>,
    /// Tables to define (an import of a pack).
    pub tables: Vec<Table>,
    /// What a person should look at.
    pub attention: Vec<Attention>,
    /// The complete reason.
    pub trace: Trace,
}

impl Plan {
    /// A plan that only settles its unit.
    pub fn new(unit: Unit, now: Timestamp, actor: Actor, cause: Cause, trace: Trace) -> Self {
        Self {
            unit,
            now,
            actor,
            cause,
            generation: None,
            guards: Vec::new(),
            records: Vec::new(),
            activities: Vec::new(),
            attachments: Vec::new(),
            events: Vec::new(),
            incoming: None,
            outgoing: Vec::new(),
            links: Vec::new(),
            reports: Vec::new(),
            jobs: Vec::new(),
            tables: Vec::new(),
            attention: Vec::new(),
            trace,
        }
    }

    /// The canonical text of the plan: two plans are the same exactly where these bytes are.
    pub fn canonical(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_else(|error| format!("unwritable plan: {error}"))
    }
}

macro_rules! words {
    ($($type:ty { $($variant:ident => $word:literal),+ $(,)? })+) => {$(
        impl $type {
            /// The word as it is stored and written everywhere.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            /// Reads the word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    )+};
}

words! {
    EmailState { Ready => "ready", InProcess => "in_process", Processed => "processed", Failed => "failed",
        Ignored => "ignored" }
    DeliveryState { Ready => "ready", Sending => "sending", Sent => "sent", Deferred => "deferred",
        Failed => "failed", Uncertain => "uncertain", Bounced => "bounced", Suppressed => "suppressed",
        Held => "held", Cancelled => "cancelled" }
    ActivityKind { Comment => "comment", WorkNote => "work_note", Mail => "mail",
        AutomaticAnswer => "automatic_answer", DeliveryReport => "delivery_report", Change => "change" }
    Class { OwnMail => "own_mail", DeliveryReport => "delivery_report", AutomaticAnswer => "automatic_answer",
        Calendar => "calendar", Forward => "forward", Reply => "reply", New => "new" }
    Authenticity { Verified => "verified", Unverified => "unverified", Failed => "failed" }
    Direction { Incoming => "incoming", Outgoing => "outgoing" }
    Slot { To => "to", Cc => "cc", Bcc => "bcc" }
    Purpose { Notification => "notification", Answer => "answer", FanOut => "fan_out" }
    CauseKind { Arrival => "arrival", Event => "event", Job => "job", Request => "request" }
}
