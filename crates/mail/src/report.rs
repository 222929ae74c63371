//! Delivery reports: what became of a mail that was sent.
//!
//! Read are RFC 3464 (`message/delivery-status`), complaints by RFC 5965 (ARF) and the usual reports that follow no
//! standard. Whether a report speaks of a mail of ours is decided above: anybody can write one.

mod fields;
mod non_standard;
mod reason;

pub use reason::Reason;

use crate::{Attachment, Mail, header_scan, limits::MAX_REPORTED_RECIPIENTS};

/// What happened to a recipient (RFC 3464, 2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Given up.
    Failed,
    /// Not yet delivered; it is still tried.
    Delayed,
    /// Delivered. A complaint speaks of a delivered mail.
    Delivered,
    /// Handed to a system that sends no reports.
    Relayed,
    /// Delivered to a list, and sent on from there.
    Expanded,
}

/// The kind of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// With a `message/delivery-status` part.
    Rfc3464,
    /// A complaint of a recipient, with a `message/feedback-report` part.
    Arf,
    /// Prose of a mail server.
    NonStandard,
}

/// What a report says of one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedRecipient {
    /// The address that the reporting server tried.
    pub address: String,
    /// The address as the sender wrote it, when the report names it and it is another (forwarding).
    pub original_address: Option<String>,
    /// What happened.
    pub action: Action,
    /// The enhanced status code (RFC 3463), `5.1.1`.
    pub status: Option<String>,
    /// The words of the server, one line.
    pub diagnostic: Option<String>,
    /// Why, as far as code and words tell.
    pub reason: Reason,
}

/// A delivery report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The recipients it speaks of, at most [`MAX_REPORTED_RECIPIENTS`]; at least one, except in complaints that
    /// hide them.
    pub recipients: Vec<ReportedRecipient>,
    /// The Message-ID of the mail it speaks of, from the returned copy.
    pub original_message_id: Option<String>,
    /// How it was written.
    pub kind: Kind,
}

/// Reads a report; none when the mail is none.
pub fn read(mail: &Mail) -> Option<DeliveryReport> {
    let mut report = read_delivery_status(mail)
        .or_else(|| read_feedback(mail))
        .or_else(|| read_complaint(mail))
        .or_else(|| non_standard::read(mail))?;
    report.recipients.truncate(MAX_REPORTED_RECIPIENTS);
    for one in &mut report.recipients {
        let said = (one.status.as_deref(), one.diagnostic.as_deref());
        one.reason = reason::of(report.kind, one.action, said, &mail.text);
    }
    Some(report)
}

fn parts<'a>(mail: &'a Mail, media_types: &'a [&str]) -> impl Iterator<Item = &'a Attachment> {
    mail.attachments.iter().filter(move |part| media_types.contains(&part.media_type.as_str()))
}

fn read_delivery_status(mail: &Mail) -> Option<DeliveryReport> {
    const STATUS: &[&str] = &["message/delivery-status", "message/global-delivery-status"];
    let recipients: Vec<ReportedRecipient> =
        parts(mail, STATUS).flat_map(|part| fields::recipients(&part.bytes)).collect();
    if recipients.is_empty() {
        return None;
    }
    Some(DeliveryReport { recipients, original_message_id: original_message_id(mail), kind: Kind::Rfc3464 })
}

fn read_feedback(mail: &Mail) -> Option<DeliveryReport> {
    let part = parts(mail, &["message/feedback-report"]).next()?;
    let addresses = fields::complained_recipients(&part.bytes);
    Some(complaint(mail, if addresses.is_empty() { original_recipients(mail) } else { addresses }))
}

/// A complaint without a `message/feedback-report` part, as Outlook.com sends it: the mail, with who got it.
fn read_complaint(mail: &Mail) -> Option<DeliveryReport> {
    const SUBJECT: &str = "complaint about message from ";
    let subject = mail.subject.trim_start().get(..SUBJECT.len())?;
    let is_complaint = subject.eq_ignore_ascii_case(SUBJECT)
        && parts(mail, RETURNED).any(|part| fields::names_who_complained(&part.bytes));
    is_complaint.then(|| complaint(mail, original_recipients(mail)))
}

fn complaint(mail: &Mail, addresses: Vec<String>) -> DeliveryReport {
    let recipients = addresses
        .into_iter()
        .map(|address| ReportedRecipient {
            address,
            original_address: None,
            action: Action::Delivered,
            status: None,
            diagnostic: None,
            reason: Reason::Complaint,
        })
        .collect();
    DeliveryReport { recipients, original_message_id: original_message_id(mail), kind: Kind::Arf }
}

/// Media types of the returned mail or of its header.
const RETURNED: &[&str] = &[
    "message/rfc822",
    "text/rfc822-headers",
    "text/rfc822",
    "message/rfc822-headers",
    "message/global",
    "message/global-headers",
    "message/partial",
];

/// The Message-ID of the returned mail.
fn original_message_id(mail: &Mail) -> Option<String> {
    let returned = parts(mail, RETURNED).find_map(|part| header_scan::scan(&part.bytes).message_id);
    returned.or_else(|| non_standard::message_id_in_text(&mail.text))
}

/// The recipients of the returned mail.
fn original_recipients(mail: &Mail) -> Vec<String> {
    parts(mail, RETURNED)
        .map(|part| fields::header_recipients(&part.bytes))
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
