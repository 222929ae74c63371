//! Bytes to [`Mail`]: header, structure, body, in that order. Total: there is no input without a value.

use std::borrow::Cow;

use crate::{
    Address, Header, Mail, ReturnPath, address, body, date,
    defect::{Defect, Defects},
    encoded_word,
    header_block::{self, HeaderBlock},
    limits::{MAX_ADDRESSES, MAX_SUBJECT_CHARS},
    lines::{one_line, with_line_feeds},
    message_id, mime_tree,
};

/// Reads a message. Never fails and never panics; what is wrong is in [`Mail::defects`].
pub fn parse(bytes: &[u8]) -> Mail {
    let mut defects = Defects::default();
    let bytes = message_lines(bytes, &mut defects);
    let block = header_block::read(&bytes, &mut defects);
    let mut mail = header(&block, &mut defects);
    let (root, wrapped) = mime_tree::read(&block, &mut defects);
    let body = body::read(root, &mut defects);
    mail.protection = wrapped.max(body.protection);
    mail.text = body.text;
    mail.html = body.html;
    mail.text_from_html = body.text_from_html;
    mail.attachments = body.attachments;
    mail.has_calendar = body.calendar;
    mail.defects = defects.into_list();
    mail
}

/// The bytes with LF as line end where they know only CR.
fn message_lines<'a>(bytes: &'a [u8], defects: &mut Defects) -> Cow<'a, [u8]> {
    defects.note_if(bytes.is_empty(), Defect::Empty);
    let lines = with_line_feeds(bytes);
    defects.note_if(matches!(lines, Cow::Owned(_)), Defect::BareCarriageReturn);
    lines
}

fn header(block: &HeaderBlock<'_>, defects: &mut Defects) -> Mail {
    note_repeated(block, defects);
    let sender = addresses(block, "Sender", defects).into_iter().next();
    let from = author(block);
    note_from(block, from.as_ref(), defects);
    let (references, cut) = references(block);
    defects.note_if(cut, Defect::TooManyReferences);
    Mail {
        message_id: message_id(block),
        in_reply_to: in_reply_to(block),
        references,
        from,
        sender,
        reply_to: addresses(block, "Reply-To", defects),
        to: addresses(block, "To", defects),
        cc: addresses(block, "Cc", defects),
        bcc: addresses(block, "Bcc", defects),
        return_path: return_path(block),
        date: sent_at(block, defects),
        subject: subject(block, defects),
        headers: block.headers.iter().map(|raw| decoded(raw, defects)).collect(),
        ..Mail::default()
    }
}

fn note_repeated(block: &HeaderBlock<'_>, defects: &mut Defects) {
    defects.note_if(block.all("From").count() > 1, Defect::SeveralFrom);
    defects.note_if(block.all("Message-ID").count() > 1, Defect::SeveralMessageIds);
    defects.note_if(block.all("Subject").count() > 1, Defect::SeveralSubjects);
    if let Some(id) = block.first("Message-ID") {
        defects.note_if(!message_id::is_well_formed(id), Defect::BadMessageId);
    }
}

fn note_from(block: &HeaderBlock<'_>, from: Option<&Address>, defects: &mut Defects) {
    if block.first("From").is_none_or(|value| value.trim().is_empty()) {
        defects.note(Defect::MissingFrom);
    } else {
        defects.note_if(from.is_none_or(|from| !from.is_valid()), Defect::BadFrom);
    }
}

/// The address that the mail is from: the first of the first `From` that has one, else of `Sender`.
pub(crate) fn author(block: &HeaderBlock<'_>) -> Option<Address> {
    let in_field = |name| {
        let found: Vec<Address> = block.all(name).flat_map(address::parse_list).take(MAX_ADDRESSES).collect();
        found.iter().find(|address| address.email.contains('@')).or(found.first()).cloned()
    };
    in_field("From").or_else(|| in_field("Sender"))
}

/// The Message-ID: of the first field that holds one.
pub(crate) fn message_id(block: &HeaderBlock<'_>) -> Option<String> {
    block.all("Message-ID").find_map(message_id::parse_one)
}

/// The ids of all `In-Reply-To` fields, bounded like `References`.
pub(crate) fn in_reply_to(block: &HeaderBlock<'_>) -> Vec<String> {
    message_id::bounded(block.all("In-Reply-To").flat_map(message_id::parse_list).collect()).0
}

/// The ids of all `References` fields, and whether the middle was left out.
pub(crate) fn references(block: &HeaderBlock<'_>) -> (Vec<String>, bool) {
    message_id::bounded(block.all("References").flat_map(message_id::parse_list).collect())
}

fn addresses(block: &HeaderBlock<'_>, name: &str, defects: &mut Defects) -> Vec<Address> {
    let mut found = Vec::new();
    for value in block.all(name) {
        let (list, too_many) = address::parse_list_counted(value);
        found.extend(list);
        defects.note_if(too_many || found.len() > MAX_ADDRESSES, Defect::TooManyAddresses);
        found.truncate(MAX_ADDRESSES);
    }
    found
}

fn return_path(block: &HeaderBlock<'_>) -> ReturnPath {
    let Some(value) = block.first("Return-Path") else { return ReturnPath::Absent };
    let inner = value.trim().trim_matches(['<', '>']).trim();
    if inner.is_empty() {
        return ReturnPath::Null;
    }
    let email = Address::parse(value).map_or_else(|| inner.to_owned(), |address| address.email);
    ReturnPath::Address(email)
}

fn sent_at(block: &HeaderBlock<'_>, defects: &mut Defects) -> Option<i64> {
    let value = block.first("Date")?;
    let date = date::parse(value);
    defects.note_if(date.is_none(), Defect::BadDate);
    date
}

pub(crate) fn subject(block: &HeaderBlock<'_>, defects: &mut Defects) -> String {
    let (decoded, broken) = encoded_word::decode(block.first("Subject").unwrap_or_default());
    defects.note_if(broken, Defect::BrokenEncodedWord);
    let line = one_line(&decoded);
    defects.note_if(line.chars().nth(MAX_SUBJECT_CHARS).is_some(), Defect::HeaderTooLong);
    line.chars().take(MAX_SUBJECT_CHARS).collect()
}

fn decoded(raw: &header_block::RawHeader, defects: &mut Defects) -> Header {
    let (value, broken) = encoded_word::decode(&raw.value);
    // `=?` is ordinary text in parameters and addresses of ordinary mail; only names and subjects are prose.
    let is_prose = ["Subject", "From", "To", "Cc", "Reply-To", "Sender"]
        .iter()
        .any(|name| raw.name.eq_ignore_ascii_case(name));
    defects.note_if(broken && is_prose, Defect::BrokenEncodedWord);
    Header { name: raw.name.clone(), value: one_line(&value) }
}

#[cfg(test)]
mod tests;
