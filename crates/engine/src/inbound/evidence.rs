//! What in a mail leads to a record, strongest first, with signatures checked (design 7.4).
//!
//! Collects only; which piece decides is said in `matching`.

use std::collections::BTreeSet;

use rejoinder_mail::reply_text::{self, ReplyOptions};
use rejoinder_mail::{Address, Defect, Protection, ReturnPath, sign};

use super::{Arrival, Facts, Work};
use crate::condition::{Condition, Operator};
use crate::context::Context;
use crate::dictionary::Dictionary;
use crate::id::Id;
use crate::notify::outgoing::ANSWER_LINES;
use crate::record::RecordKey;
use crate::token::{TOKEN_CHARS, find_tokens};
use crate::trace::Trace;
use crate::value::{Kind, Value};
use crate::view::{Query, ViewError};

/// Kinds of evidence, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceKind {
    /// A signed token in the address that the mail was sent to.
    AddressToken,
    /// `In-Reply-To` or `References`.
    Reference,
    /// A signed watermark in subject or text.
    Watermark,
    /// A record number in the subject.
    Number,
}

impl EvidenceKind {
    /// The word as conditions and traces write it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::AddressToken => "address_token",
            Self::Reference => "reference",
            Self::Watermark => "watermark",
            Self::Number => "number",
        }
    }
}

/// One piece of evidence that leads to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its kind.
    pub kind: EvidenceKind,
    /// What was found, for the trace.
    pub value: String,
    /// The record.
    pub record: RecordKey,
    /// Whether a signature of ours vouches for it; ids of received mail and numbers are known to anybody.
    pub signed: bool,
}

/// All that was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    /// Strongest first; within a kind the one that counts first.
    pub pieces: Vec<Piece>,
    /// The mail names an own mail or a filed one, or has reply headers at all.
    pub reply_headers: bool,
    /// Watermarks name different records and nothing says which one counts.
    pub ambiguous: bool,
    /// Things that look like evidence and do not count, with the reason.
    pub refused: Vec<(EvidenceKind, String, &'static str)>,
}

/// Parses the mail and reads everything off it that needs no records.
pub fn read(context: Context<'_>, arrival: &Arrival, trace: &mut Trace) -> Facts {
    let mail = rejoinder_mail::parse(&arrival.bytes);
    for defect in &mail.defects {
        // What people will not see of a mail is worth a code of its own.
        let code = if *defect == Defect::HtmlTooComplex { defect.code() } else { "mail_defect" };
        trace.note(code, defect.sentence());
    }
    match mail.protection {
        Protection::Signed => trace.note("signed", "the mail is signed; no signature is checked"),
        Protection::Encrypted => {
            trace.note("encrypted", "the mail is encrypted: its content is kept, and cannot be read here");
        }
        _ => {}
    }
    let signs = sign::signs(&mail, context.config.settings.prefixes());
    let watermarks: Vec<String> = find_tokens(&mail.text).into_iter().map(|(token, _)| token).collect();
    let own = ANSWER_LINES.iter().map(|(_, line)| (*line).to_owned());
    let separators = own.chain(context.config.settings.separators().iter().cloned()).collect();
    let forward = signs.forward_prefix.is_some() && signs.forwarded_block;
    let options = ReplyOptions { separators, drop_lines_containing: watermarks, forward };
    let reply_text::ReplyText { new_text, quoted, .. } = reply_text::split_mail(&mail, &options);
    let null_return_path = match arrival.envelope_from.as_deref() {
        Some(envelope) => envelope.is_empty(),
        None => mail.return_path == ReturnPath::Null,
    };
    let original = forward.then(|| rejoinder_mail::forwarded::original(&mail)).flatten();
    Facts { mail, signs, new_text, quoted, original, null_return_path }
}

/// Collects the evidence.
pub fn collect(work: &Work<'_>) -> Result<Evidence, ViewError> {
    let mail = &work.facts.mail;
    let mut evidence = Evidence {
        reply_headers: !mail.in_reply_to.is_empty() || !mail.references.is_empty(),
        ..Evidence::default()
    };
    address_tokens(work, &mut evidence)?;
    references(work, &mut evidence)?;
    watermarks(work, &mut evidence)?;
    numbers(work, &mut evidence)?;
    Ok(evidence)
}

/// The record with this id, in whatever table that raises events it lives.
pub fn locate(work: &Work<'_>, id: Id) -> Result<Option<RecordKey>, ViewError> {
    let dictionary = &work.context.config.dictionary;
    for info in dictionary.tables().filter(|info| info.table.events && info.root == info.table.name) {
        if let Some(record) = work.draft.reads.get(&info.table.name, id)? {
            return Ok(Some(record.key()));
        }
    }
    Ok(None)
}

fn address_tokens(work: &Work<'_>, evidence: &mut Evidence) -> Result<(), ViewError> {
    if !work.account.address_tokens {
        return Ok(());
    }
    let mail = &work.facts.mail;
    let recipients = mail.to.iter().chain(&mail.cc).map(Address::normalized);
    let mut seen = Vec::new();
    for recipient in recipients.chain(work.arrival.envelope_to.iter().map(|address| address.to_lowercase())) {
        let Some((_, tag)) = recipient.split('@').next().and_then(|local| local.split_once('+')) else {
            continue;
        };
        // Other tags are the sender's own affair.
        if tag.len() != TOKEN_CHARS || seen.iter().any(|known| known == tag) {
            continue;
        }
        seen.push(tag.to_owned());
        match work.context.config.keys.read_token(tag) {
            None => evidence.refused.push((
                EvidenceKind::AddressToken,
                tag.to_owned(),
                "its signature does not hold",
            )),
            Some(token) => match locate(work, token.record)? {
                Some(record) => {
                    evidence.pieces.push(Piece {
                        kind: EvidenceKind::AddressToken,
                        value: tag.to_owned(),
                        record,
                        signed: true,
                    });
                }
                None => {
                    evidence.refused.push((EvidenceKind::AddressToken, tag.to_owned(), "its record is gone"));
                }
            },
        }
    }
    Ok(())
}

fn references(work: &Work<'_>, evidence: &mut Evidence) -> Result<(), ViewError> {
    let mail = &work.facts.mail;
    let mut seen: Vec<&String> = Vec::new();
    for message_id in mail.in_reply_to.iter().chain(mail.references.iter().rev()) {
        if seen.contains(&message_id) {
            continue;
        }
        seen.push(message_id);
        let own = work.context.config.keys.read_message_id(message_id);
        let signed = own.is_some();
        let record = match own {
            Some(own) => own.record.map(|id| locate(work, id)).transpose()?.flatten(),
            None => work.context.view.known_mail(message_id)?.and_then(|known| known.record),
        };
        if let Some(record) = record {
            evidence.pieces.push(Piece {
                kind: EvidenceKind::Reference,
                value: message_id.clone(),
                record,
                signed,
            });
        }
    }
    Ok(())
}

/// If all watermarks agree, that record; if not, the subject's, then the first one in what is quoted.
fn watermarks(work: &Work<'_>, evidence: &mut Evidence) -> Result<(), ViewError> {
    let mail = &work.facts.mail;
    let read = |text: &str, evidence: &mut Evidence| -> Result<Vec<(String, RecordKey)>, ViewError> {
        let mut found = Vec::new();
        for (token, _) in find_tokens(text) {
            match work.context.config.keys.read_token(&token) {
                None => {
                    evidence.refused.push((EvidenceKind::Watermark, token, "its signature does not hold"));
                }
                Some(read) => match locate(work, read.record)? {
                    Some(record) => found.push((token, record)),
                    None => evidence.refused.push((EvidenceKind::Watermark, token, "its record is gone")),
                },
            }
        }
        Ok(found)
    };
    let in_subject = read(&mail.subject, evidence)?;
    let in_text = read(&mail.text, evidence)?;
    let quoted = find_tokens(&work.facts.quoted);
    let mut first_quoted =
        quoted.iter().filter_map(|(token, _)| in_text.iter().find(|(found, _)| found == token));
    let all: Vec<&(String, RecordKey)> = in_subject.iter().chain(&in_text).collect();
    let Some((_, first)) = all.first() else { return Ok(()) };
    let chosen = if all.iter().all(|(_, record)| record == first) {
        all.first().copied()
    } else {
        in_subject.first().or_else(|| first_quoted.next())
    };
    match chosen {
        Some((token, record)) => evidence.pieces.push(Piece {
            kind: EvidenceKind::Watermark,
            value: token.clone(),
            record: record.clone(),
            signed: true,
        }),
        None => evidence.ambiguous = true,
    }
    Ok(())
}

/// Record numbers in the subject, as words of their own; two different ones are none.
fn numbers(work: &Work<'_>, evidence: &mut Evidence) -> Result<(), ViewError> {
    let words: BTreeSet<String> = work
        .facts
        .mail
        .subject
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_uppercase)
        .collect();
    let mut found: Vec<(String, RecordKey)> = Vec::new();
    let mut named: BTreeSet<&String> = BTreeSet::new();
    for info in work.context.config.dictionary.tables() {
        let Some(prefix) = info.table.number_prefix.as_deref() else { continue };
        let Some(field) = info.fields.values().find(|field| field.kind == Kind::Number) else { continue };
        for word in words.iter().filter(|word| is_number(word, prefix)) {
            named.insert(word);
            let condition =
                Condition::clause(&field.name, Kind::Number, Operator::Is, vec![Value::text(word)]);
            let mut query = Query::new(&info.table.name, condition);
            query.limit = 2;
            let rows = work.draft.reads.query(&query)?;
            match rows.as_slice() {
                [row] if !found.iter().any(|(_, key)| key.id == row.id) => {
                    found.push((word.clone(), row.key()));
                }
                [] => {
                    evidence.refused.push((EvidenceKind::Number, word.clone(), "no record has this number"));
                }
                _ => {}
            }
        }
    }
    if let ([(number, record)], 1) = (found.as_slice(), named.len()) {
        let kind = EvidenceKind::Number;
        let piece = Piece { kind, value: number.clone(), record: record.clone(), signed: false };
        evidence.pieces.push(piece);
    } else {
        let two = "the subject names more than one number";
        evidence.refused.extend(found.into_iter().map(|(number, _)| (EvidenceKind::Number, number, two)));
    }
    Ok(())
}

/// The subject without the tags of records at its beginning (`[INC0000042] Printer`).
pub fn without_number_tags<'s>(dictionary: &Dictionary, subject: &'s str) -> &'s str {
    let mut rest = subject.trim_start();
    while let Some((tag, behind)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        let tag = tag.trim().to_uppercase();
        let mut prefixes = dictionary.tables().filter_map(|info| info.number_prefix());
        if !prefixes.any(|prefix| is_number(&tag, prefix)) {
            break;
        }
        rest = behind.trim_start();
    }
    rest
}

fn is_number(word: &str, prefix: &str) -> bool {
    word.strip_prefix(prefix).is_some_and(|digits| {
        (4..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::is_number;

    #[test]
    fn a_number_is_its_prefix_and_digits_only() {
        assert!(is_number("INC0000042", "INC"));
        assert!(
            !is_number("INC42", "INC") && !is_number("INCIDENT", "INC") && !is_number("INC00042X", "INC")
        );
    }
}
