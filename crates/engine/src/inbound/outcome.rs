//! How a mail ends: the mail's own row, its links, and the classes that need no action to be dealt with.

use rejoinder_mail::Protection;
use rejoinder_mail::report::{Kind, Reason};
use sha2::{Digest, Sha256};

use super::again::{AUTOMATIC_ANSWER, DELIVERY_REPORT, ENCRYPTED};
use super::matching::Matched;
use super::{DecideError, Facts, Found, Work, attachment};
use crate::limits::COMMENT_CHARS_MAX;
use crate::plan::{
    ActivityKind, Authenticity, Class, DeliveryReportOp, DeliveryState, EmailState, IncomingEmail, Link,
    Unit, Why,
};
use crate::record::RecordKey;
use crate::time::Timestamp;
use crate::trace::Step;
use crate::view::ViewError;

/// What follows after the special classes.
pub enum Next {
    /// The actions are asked.
    Actions,
    /// Nothing more happens.
    Stop,
}

/// Deals with what needs no look at records: a second copy, mail of our own, and nothing at all.
pub fn ends_early(work: &mut Work<'_>) -> Result<bool, DecideError> {
    if let Some(key) = dedupe_key(work)
        && let Some(email) = work.context.view.same_mail(&key)?
    {
        let why = Why::new("duplicate", "this mail came before; this copy has no further effect");
        work.trace().push(Step::Note { why: why.clone() });
        settle(work, email, EmailState::Ignored, Some(why));
        return Ok(true);
    }
    let own = work.facts.mail.message_id.as_ref().and_then(|id| work.context.config.keys.read_message_id(id));
    if own.is_some() && !accepted_internal(work)? {
        work.trace().push(Step::Class {
            class: Class::OwnMail.word().to_owned(),
            because: "its Message-ID is signed by us".to_owned(),
            do_not_answer: Some("own_mail".to_owned()),
        });
        let why = Why::new("own_mail", "this is a mail of ours come back; nothing is done with it");
        return Ok(end(work, Class::OwnMail, EmailState::Ignored, why));
    }
    let Some(code) = work.facts.mail.unusable() else { return Ok(false) };
    let why = Why::new(
        code,
        "nothing could be read from this mail: its bytes are kept, look at them and try again",
    );
    work.trace().push(Step::Note { why: why.clone() });
    Ok(end(work, Class::New, EmailState::Failed, why))
}

/// Mail of ours is taken where it came to another account that accepts it.
fn accepted_internal(work: &Work<'_>) -> Result<bool, ViewError> {
    if !work.account.accepts_internal {
        return Ok(false);
    }
    let Some(id) = &work.facts.mail.message_id else { return Ok(false) };
    let sent_by = work.context.view.known_mail(id)?.map(|known| known.account);
    Ok(sent_by != Some(work.account.id))
}

/// Ends here; a person looks at what failed. Always true.
fn end(work: &mut Work<'_>, class: Class, state: EmailState, why: Why) -> bool {
    let mut row = row(work, class);
    row.state = state;
    row.why = Some(why.clone());
    row.attention = (state == EmailState::Failed).then(|| why.clone());
    work.plan.incoming = Some(row);
    settle(work, work.email, state, Some(why));
    true
}

fn settle(work: &mut Work<'_>, email: crate::id::Id, state: EmailState, why: Option<Why>) {
    let (seq, epoch) = (work.arrival.seq, work.arrival.epoch);
    work.plan.unit = Unit::Arrival { seq, epoch, email, state, why };
}

/// The key under which a second copy is recognised: Message-ID and fingerprint, once overall or once per account. A
/// program may write the same text twice in one second, a device may repeat its ids: either makes another mail. One
/// without a Message-ID is only recognised by its source.
fn dedupe_key(work: &Work<'_>) -> Option<String> {
    let id = work.facts.mail.message_id.as_ref()?;
    let print = rejoinder_mail::fingerprint(&work.facts.mail);
    let print = Sha256::new().chain_update(print).chain_update(id).finalize();
    let print = data_encoding::HEXLOWER.encode(&print);
    let scope = if work.account.once_per_account { work.account.id.to_string() } else { "all".to_owned() };
    Some(format!("{scope}:{print}"))
}

fn row(work: &Work<'_>, class: Class) -> IncomingEmail {
    let Facts { mail, new_text, .. } = &work.facts;
    IncomingEmail {
        id: work.email,
        account: work.account.id,
        state: EmailState::Processed,
        why: None,
        class,
        message_id: mail.message_id.clone(),
        subject: mail.subject.clone(),
        from: mail.from.as_ref().map(|from| from.email.clone()).unwrap_or_default(),
        to: mail.to.iter().chain(&mail.cc).map(|address| address.email.clone()).collect(),
        date: mail.date.map(Timestamp::from_micros),
        dedupe_key: dedupe_key(work),
        sender: None,
        authenticity: Authenticity::Unverified,
        protection: mail.protection.into(),
        do_not_answer: None,
        record: None,
        text: mail.text.clone(),
        new_text: new_text.clone(),
        attention: None,
        done: work.done.clone(),
    }
}

/// A mail that was filed before stays on its record, as long as that is there; what it leads to today is related.
pub fn filed_before(work: &mut Work<'_>, mut matched: Matched) -> Result<Matched, ViewError> {
    let Some(key) = work.before.and_then(|before| before.record.clone()) else { return Ok(matched) };
    if matched.record.as_ref() == Some(&key) || work.draft.reads.get(&key.table, key.id)?.is_none() {
        return Ok(matched);
    }
    let number = work.record_name(&key)?;
    work.trace().push(Step::Record {
        record: Some(key.clone()),
        number: Some(number),
        because: "the mail was filed on it when it was decided before".to_owned(),
        related: false,
    });
    if let Some(other) = matched.record.replace(key) {
        matched.related = Some(other);
    }
    matched.class = None;
    Ok(matched)
}

/// Reports, automatic answers and refused senders.
pub fn special(work: &mut Work<'_>, found: &mut Found) -> Result<Next, DecideError> {
    repeated_id(work)?;
    if found.class == Class::DeliveryReport {
        if work.done_before(DELIVERY_REPORT).is_none() {
            report(work, found)?;
        }
        return Ok(Next::Actions);
    }
    if found.sender.refused.is_some() {
        // What is refused reaches no record, with none of its files.
        found.matched = super::matching::Matched::default();
        return Ok(Next::Stop);
    }
    if let Some(class) = found.matched.class {
        found.class = class;
        work.trace().push(Step::Class {
            class: class.word().to_owned(),
            because: "it may not be filed on the record that it answers".to_owned(),
            do_not_answer: found.do_not_answer.clone(),
        });
    }
    if found.sender.restricted {
        work.draft.mark = Some("unverified".to_owned());
    }
    if found.class == Class::AutomaticAnswer
        && work.done_before(AUTOMATIC_ANSWER).is_none()
        && let Some(key) = found.matched.record.clone()
    {
        let text = shortened(&work.facts.new_text);
        work.draft.activity(&key, ActivityKind::AutomaticAnswer, &text, Some(work.email));
        work.done(AUTOMATIC_ANSWER, false);
        work.note("automatic_answer", "noted on the record; it is no comment and changes nothing");
    }
    Ok(Next::Actions)
}

/// Some devices repeat ids: such a mail is worked on, and marked.
fn repeated_id(work: &mut Work<'_>) -> Result<(), ViewError> {
    let Some(id) = work.facts.mail.message_id.clone() else { return Ok(()) };
    if work.context.view.known_mail(&id)?.is_some() {
        work.note("repeated_message_id", "another mail has the same Message-ID; both are worked on");
    }
    Ok(())
}

/// Settles the deliveries that a report speaks of, where it is proven to speak of a mail of ours.
fn report(work: &mut Work<'_>, found: &mut Found) -> Result<(), ViewError> {
    let Some(report) = work.facts.signs.delivery_report.clone() else { return Ok(()) };
    let Some(original) = report.original_message_id.as_ref() else {
        work.note(
            "report_unproven",
            "the report does not say which mail it speaks of: no delivery is changed",
        );
        return Ok(());
    };
    if work.context.config.keys.read_message_id(original).is_none() {
        work.note(
            "report_unproven",
            "the mail that the report speaks of is not signed by us: no delivery is changed",
        );
        return Ok(());
    }
    for known in work.context.view.deliveries(original)? {
        let ours = |address: &str| address.eq_ignore_ascii_case(&known.address);
        let said = report
            .recipients
            .iter()
            .find(|one| ours(&one.address) || one.original_address.as_deref().is_some_and(ours));
        let Some(said) = said else { continue };
        if found.matched.record.is_none() {
            found.matched.record.clone_from(&known.record);
        }
        let words = [said.status.clone(), said.diagnostic.clone()];
        let words = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let (state, code) = match said.action {
            _ if report.kind == Kind::Arf => (DeliveryState::Sent, "complaint"),
            rejoinder_mail::report::Action::Failed => (DeliveryState::Bounced, "bounced"),
            rejoinder_mail::report::Action::Delayed => (DeliveryState::Sent, "delayed"),
            _ => (DeliveryState::Sent, "delivered"),
        };
        let why = Why::new(code, if words.is_empty() { code.to_owned() } else { words });
        let told = match code {
            "bounced" => Some(unreached(&known.address, said.reason, &why.text)),
            "complaint" => Some(format!("{} has reported this mail of ours as unwanted", known.address)),
            _ => None,
        };
        if let (Some(key), Some(text)) = (&known.record, told) {
            work.draft.activity(key, ActivityKind::DeliveryReport, &text, Some(work.email));
        }
        if state == DeliveryState::Bounced {
            work.bounced.push((known.address.clone(), why.text.clone()));
        }
        work.note(code, format!("the delivery to {} is now `{state}`: {}", known.address, why.text));
        work.plan.reports.push(DeliveryReportOp { delivery: known.id, email: known.email, state, why });
    }
    if work.plan.reports.is_empty() {
        work.note("report_unmatched", "no delivery of ours fits the report");
    } else {
        work.done(DELIVERY_REPORT, false);
    }
    Ok(())
}

/// Who was not reached, why as far as that is known, and what the server said of it.
fn unreached(address: &str, reason: Reason, words: &str) -> String {
    match reason.sentence() {
        "" => format!("{address} could not be reached: {words}"),
        why => format!("{address} could not be reached, {why}: {words}"),
    }
}

/// The text of a comment, at most [`COMMENT_CHARS_MAX`] characters.
pub fn shortened(text: &str) -> String {
    if text.chars().count() <= COMMENT_CHARS_MAX {
        return text.to_owned();
    }
    let cut: String = text.chars().take(COMMENT_CHARS_MAX).collect();
    format!("{cut}…\n[cut: the whole text is in the mail]")
}

/// Writes the mail's row, its links and files.
pub fn close(work: &mut Work<'_>, found: &Found) -> Result<(), DecideError> {
    let record = found.matched.record.clone();
    let mut incoming = row(work, found.class);
    incoming.sender = found.sender.user.as_ref().map(|user| user.id);
    incoming.authenticity = found.sender.authenticity;
    incoming.do_not_answer.clone_from(&found.do_not_answer);
    incoming.record.clone_from(&record);
    incoming.attention.clone_from(&found.matched.attention);
    if let Some(why) = &found.sender.refused {
        incoming.state = EmailState::Ignored;
        incoming.why = Some(why.clone());
    } else if work.errors.is_empty() {
        incoming.why = no_action(work, found);
        if incoming.why.is_some() && incoming.attention.is_none() {
            incoming.attention.clone_from(&incoming.why);
        }
    } else {
        let names = work.errors.join("; ");
        incoming.attention = Some(Why::new("action_failed", format!("not everything was done: {names}")));
    }
    if work.facts.mail.protection == Protection::Encrypted && incoming.attention.is_none() {
        let text = "the mail is encrypted: open it with the key that it was encrypted for, or ask for it in the clear";
        incoming.attention = Some(Why::new("encrypted", text));
    }
    let mut records = work.files_to.clone();
    records.extend(record.clone().filter(|key| !records.contains(key)));
    let noted_only = matches!(found.class, Class::AutomaticAnswer | Class::DeliveryReport);
    attachment::plan(work, if noted_only { &[] } else { &records })?;
    if let Some(key) = record.filter(|_| !noted_only) {
        say_encrypted(work, &key);
    }
    link(work, found);
    settle(work, work.email, incoming.state, incoming.why.clone());
    incoming.done.clone_from(&work.done);
    work.plan.incoming = Some(incoming);
    say_changes(work)?;
    Ok(())
}

/// A mail that no action took; those that are dealt with without one are none.
fn no_action(work: &Work<'_>, found: &Found) -> Option<Why> {
    let dealt_with = work.done.iter().any(|done| done.what != ENCRYPTED)
        || found.matched.as_work_note
        || matches!(found.class, Class::DeliveryReport | Class::AutomaticAnswer);
    (!dealt_with)
        .then(|| Why::new("no_action", "no inbound action took this mail: file it by hand or add an action"))
}

/// Agents read on the record that the mail holds more than they see.
fn say_encrypted(work: &mut Work<'_>, key: &RecordKey) {
    let encrypted = work.facts.mail.protection == rejoinder_mail::Protection::Encrypted;
    if encrypted && work.done_before(ENCRYPTED).is_none() {
        work.done(ENCRYPTED, false);
        let text = "The content of this mail is encrypted and cannot be read here. It is kept with the mail.";
        let email = work.email;
        work.draft.activity(key, ActivityKind::WorkNote, text, Some(email));
    }
}

fn link(work: &mut Work<'_>, found: &Found) {
    let own = found.matched.record.clone().map(|record| (record, false));
    let related = found.matched.related.clone().map(|record| (record, true));
    for (record, related) in own.into_iter().chain(related) {
        if !work.plan.links.iter().any(|link| link.email == work.email && link.record == record) {
            work.plan.links.push(Link { email: work.email, record, related });
        }
    }
}

/// Names the planned changes in the trace.
fn say_changes(work: &mut Work<'_>) -> Result<(), ViewError> {
    for (operation, record, fields) in work.draft.summary() {
        let name = work.record_name(&record)?;
        work.trace().push(Step::Planned { operation: operation.to_owned(), record, name, fields });
    }
    Ok(())
}
