//! Which record a mail is about: the strongest evidence, as far as the account's policies let it count.

use super::Work;
use super::evidence::{Evidence, EvidenceKind, Piece};
use super::participant::is_participant;
use super::sender::Sender;
use crate::config::Filing;
use crate::plan::{Class, Why};
use crate::record::RecordKey;
use crate::trace::Step;
use crate::view::ViewError;

/// The record of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matched {
    /// The record that the mail is about.
    pub record: Option<RecordKey>,
    /// The record that the mail only mentions.
    pub related: Option<RecordKey>,
    /// What led to it.
    pub by: Option<&'static str>,
    /// Whether the mail is only filed where agents see it.
    pub as_work_note: bool,
    /// The class that the mail falls back to, where a policy says so.
    pub class: Option<Class>,
    /// Why a person should look.
    pub attention: Option<Why>,
}

/// Pieces of evidence that a trace names, and as many refused ones: a mail may refer to hundreds of others.
const EVIDENCE_SAID_MAX: usize = 20;

/// Finds the record.
pub fn find(
    work: &mut Work<'_>,
    evidence: &Evidence,
    class: Class,
    sender: &Sender,
) -> Result<Matched, ViewError> {
    let leading = leading(work, evidence, class);
    say(work, evidence, class, leading);
    let matched = decide(work, evidence, class, sender, leading)?;
    let key = matched.record.as_ref().or(matched.related.as_ref()).cloned();
    let number = key.as_ref().map(|key| work.record_name(key)).transpose()?;
    let because = because(&matched, evidence);
    work.trace().push(Step::Record { record: key, number, because, related: matched.related.is_some() });
    Ok(matched)
}

/// The strongest piece that counts; else the strongest that only mentions a record.
fn leading<'e>(work: &Work<'_>, evidence: &'e Evidence, class: Class) -> Option<&'e Piece> {
    let counts =
        |piece: &&Piece| piece.kind != EvidenceKind::Number && !is_lone_address(work, evidence, class, piece);
    evidence.pieces.iter().find(counts).or(evidence.pieces.first())
}

fn decide(
    work: &Work<'_>,
    evidence: &Evidence,
    class: Class,
    sender: &Sender,
    leading: Option<&Piece>,
) -> Result<Matched, ViewError> {
    let lone = |piece: &Piece| is_lone_address(work, evidence, class, piece);
    let decides = |piece: &Piece| piece.kind != EvidenceKind::Number && !lone(piece);
    let ambiguous = evidence.ambiguous && !leading.is_some_and(decides);
    let attention = ambiguous.then(|| {
        Why::new("ambiguous_watermark", "the mail carries watermarks of different records: file it by hand")
    });
    let Some(piece) = leading else { return Ok(Matched { attention, ..Matched::default() }) };
    let notes_only = is_note(class);
    let related = |class| Matched {
        related: Some(piece.record.clone()),
        by: Some(piece.kind.word()),
        class,
        attention: attention.clone(),
        ..Matched::default()
    };
    if class == Class::Forward || ambiguous || lone(piece) {
        return Ok(related(None));
    }
    // What leads may be known to anybody; a signature that agrees vouches for it.
    let agrees = |other: &&Piece| other.record == piece.record && !lone(other);
    let signed = piece.signed || evidence.pieces.iter().filter(agrees).any(|other| other.signed);
    let filing = if notes_only {
        filing_of_note(work, piece, signed, sender)?
    } else {
        filing(work, piece, signed, sender)?
    };
    Ok(match filing {
        Filing::New => related((class == Class::Reply).then_some(Class::New)),
        Filing::Accept | Filing::WorkNote => Matched {
            record: Some(piece.record.clone()),
            by: Some(piece.kind.word()),
            as_work_note: filing == Filing::WorkNote,
            ..Matched::default()
        },
    })
}

/// Whether the mail is only noted on its record: a program answers what it was sent.
const fn is_note(class: Class) -> bool {
    matches!(class, Class::DeliveryReport | Class::AutomaticAnswer)
}

/// Address books learn addresses with tokens: alone, without any sign of an answer, one is no evidence.
fn is_lone_address(work: &Work<'_>, evidence: &Evidence, class: Class, piece: &Piece) -> bool {
    piece.kind == EvidenceKind::AddressToken
        && !is_note(class)
        && !evidence.reply_headers
        && work.facts.signs.reply_prefix.is_none()
}

/// Reports and automatic answers come from whatever address; what is signed, or from a participant, is noted.
fn filing_of_note(
    work: &Work<'_>,
    piece: &Piece,
    signed: bool,
    sender: &Sender,
) -> Result<Filing, ViewError> {
    if signed {
        return Ok(Filing::Accept);
    }
    let record = work.draft.reads.get(&piece.record.table, piece.record.id)?;
    let takes_part = record.map(|record| is_participant(&work.draft.reads, &record, sender)).transpose()?;
    Ok(if takes_part == Some(true) { Filing::Accept } else { Filing::New })
}

fn filing(work: &Work<'_>, piece: &Piece, signed: bool, sender: &Sender) -> Result<Filing, ViewError> {
    let record = work.draft.reads.get(&piece.record.table, piece.record.id)?;
    let Some(record) = record else { return Ok(Filing::New) };
    let takes_part = is_participant(&work.draft.reads, &record, sender)?;
    let policy = match piece.kind {
        EvidenceKind::Number => work.account.number_policy,
        _ if takes_part => Filing::Accept,
        _ => work.account.stranger_policy,
    };
    Ok(match (takes_part, policy) {
        // An unverified sender does not comment where they take no part.
        (false, Filing::Accept) if sender.restricted => Filing::WorkNote,
        // The id of a mail that somebody sent is no token: whoever saw that mail can write it.
        (false, Filing::WorkNote) if !signed && piece.kind == EvidenceKind::Reference => Filing::New,
        (_, policy) => policy,
    })
}

/// Writes down every piece: the one that decides, those that agree, and those that are weaker.
fn say(work: &mut Work<'_>, evidence: &Evidence, class: Class, leading: Option<&Piece>) {
    let pieces = evidence.pieces.len();
    for piece in evidence.pieces.iter().take(EVIDENCE_SAID_MAX) {
        let verdict = if leading == Some(piece) {
            if is_lone_address(work, evidence, class, piece) {
                "mentions the record: alone it does not count"
            } else {
                "leads"
            }
        } else if is_lone_address(work, evidence, class, piece) {
            "passed over: alone it does not count"
        } else if leading.is_some_and(|leading| leading.record == piece.record) {
            "agrees"
        } else {
            "weaker, and names another record"
        };
        work.trace().push(Step::Evidence {
            kind: piece.kind.word().to_owned(),
            value: piece.value.clone(),
            record: Some(piece.record.clone()),
            verdict: verdict.to_owned(),
        });
    }
    if pieces > EVIDENCE_SAID_MAX {
        work.note("evidence_cut", format!("{} more pieces of evidence", pieces - EVIDENCE_SAID_MAX));
    }
    for (kind, value, why) in evidence.refused.iter().take(EVIDENCE_SAID_MAX) {
        work.trace().push(Step::Evidence {
            kind: kind.word().to_owned(),
            value: value.clone(),
            record: None,
            verdict: format!("refused: {why}"),
        });
    }
}

fn because(matched: &Matched, evidence: &Evidence) -> String {
    let by = matched.by.unwrap_or_default();
    match (&matched.record, &matched.related) {
        (Some(_), _) if matched.as_work_note => {
            format!("by {by}; the account's policy files it where only agents see it")
        }
        (Some(_), _) => format!("by {by}"),
        (None, Some(_)) if matched.class.is_some() => {
            format!("by {by}, which the account's policy does not let decide: the mail counts as new")
        }
        (None, Some(_)) => format!("by {by}, which only mentions it"),
        (None, None) if evidence.ambiguous => "the watermarks name different records".to_owned(),
        (None, None) => "nothing in the mail leads to one".to_owned(),
    }
}
