//! What a plan does with mail: rows of incoming mail, outgoing mail with its deliveries, links, reports.

use serde::{Deserialize, Serialize};

use super::Why;
use crate::id::Id;
use crate::record::RecordKey;
use crate::time::Timestamp;

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

/// What the content of a mail is wrapped in. Only what it claims: no signature is checked, nothing is decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// Nothing.
    #[default]
    None,
    /// It, or a part of it, is signed, and was read like any other.
    Signed,
    /// It, or a part of it, is encrypted, and was kept as it is.
    Encrypted,
}

impl From<rejoinder_mail::Protection> for Protection {
    fn from(found: rejoinder_mail::Protection) -> Self {
        Self::from_word(found.code()).unwrap_or_default()
    }
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
    /// Whether it is signed or encrypted.
    #[serde(default)]
    pub protection: Protection,
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
    /// What has had its effects on it, in this decision or an earlier one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<Done>,
}

/// What has had its effects on a mail, and so has them no second time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The id of an action, or a word for what is done without one ([`crate::inbound::again`]).
    pub what: String,
    /// Whether it wanted nothing after it to run.
    #[serde(default, skip_serializing_if = "is_not")]
    pub stopped: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_not(flag: &bool) -> bool {
    !*flag
}

/// An arrival that was settled before and is decided once more. The number of its decisions fences: a plan that somebody
/// else was faster than is not applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redecided {
    /// The arrival.
    pub arrival: Id,
    /// How often it was decided anew before.
    pub decision: i64,
    /// When it came.
    pub received_at: Timestamp,
    /// The mail that it belongs to now.
    pub email: Id,
    /// Whether that mail has its row already.
    pub known: bool,
    /// Who has it decided once more: what was open about it is cleared in their name.
    pub by: String,
    /// How it ends.
    pub state: EmailState,
    /// Why it ends so, where that is not plain.
    pub why: Option<Why>,
}

/// An arrival that a job does not decide once more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// The arrival.
    pub arrival: Id,
    /// Why.
    pub why: Why,
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
