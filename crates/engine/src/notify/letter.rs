//! The mail of one rule to each of its people: texts rendered as they read, in their thread of the record.

use crate::config::Rule;
use crate::context::Context;
use crate::display::Reader;
use crate::id::{Id, Seed};
use crate::names::{RecordNames, link};
use crate::notify::Event;
use crate::notify::outgoing::{self, Letter, Recipient};
use crate::notify::recipient::{self, Candidate};
use crate::plan::{Attention, DeliveryState, OutgoingEmail, Plan, Purpose, Why};
use crate::reads::Reads;
use crate::record::Record;
use crate::render::{Format, render};
use crate::time::{DAY, HOUR, Timestamp};
use crate::token::WATERMARK;
use crate::trace::Step;
use crate::view::ViewError;

/// What the mails of one rule are written about.
pub struct Occasion<'a, 'b> {
    /// Where values are read.
    pub reads: &'b Reads<'a>,
    /// The input of the decision.
    pub context: Context<'a>,
    /// What happened.
    pub event: &'b Event,
    /// The rule that tells of it.
    pub rule: &'b Rule,
    /// The mail that stands for all of a fan-out.
    pub parent: Option<Id>,
}

/// Writes a mail to each person. What is wrong with a template is an error of the rule, said once.
pub fn write_all(about: &Occasion<'_, '_>, people: &[Candidate], plan: &mut Plan) -> Result<(), ViewError> {
    let (context, event, rule) = (about.context, about.event, about.rule);
    for person in people {
        let written = write(about, person)?;
        match written {
            Ok(email) => {
                plan.attention.extend(limited(event, &email, context.now));
                outgoing::say(plan, &email);
                plan.links.extend(outgoing::link_of(&email));
                plan.outgoing.push(email);
            }
            Err(error) => {
                plan.trace
                    .push(Step::Error { of: rule.name.clone(), why: Why::new("rule_failed", error.clone()) });
                plan.attention.push(super::rule_failed(rule, &format!("it cannot write its mail: {error}")));
                return Ok(());
            }
        }
    }
    Ok(())
}

/// A mail that a limit holds back is told of once per record, address and day.
fn limited(event: &Event, email: &OutgoingEmail, now: Timestamp) -> Option<Attention> {
    let delivery = email.deliveries.first()?;
    let why = delivery.why.clone()?;
    let day = now.micros() / DAY;
    let label = format!("record limit:{}:{}:{day}", event.record.id, delivery.address);
    let id = Seed::new([0; 32]).id(&label, Timestamp::from_micros(day * DAY));
    Some(Attention { id, why, subject: "email".to_owned(), subject_id: email.id })
}

type Written = Result<OutgoingEmail, String>;

fn write(about: &Occasion<'_, '_>, person: &Candidate) -> Result<Written, ViewError> {
    let Occasion { reads, context, event, rule, parent } = *about;
    let record = event.record_image();
    let reader = person.user.as_ref().map_or_else(Reader::guest, Reader::user);
    let names = RecordNames {
        reads,
        reader: &reader,
        record: Some(&record),
        extra: extra(about, person, &reader, &record),
    };
    let texts = (|| {
        let subject = render(&rule.subject, Format::Line, &names)?;
        let text = render(&rule.text, Format::Text, &names)?;
        let html =
            if rule.html.is_empty() { String::new() } else { render(&rule.html, Format::Html, &names)? };
        Ok::<_, crate::render::RenderError>((subject, text, html))
    })();
    let (subject, text, html) = match texts {
        Ok(texts) => texts,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let thread = context.view.thread(&event.record, &person.address)?;
    let mut references: Vec<String> = thread.root.iter().cloned().collect();
    references.extend(thread.last.iter().filter(|id| thread.root.as_ref() != Some(*id)).cloned());
    let receiving = outgoing::receiving_account(context, rule.account);
    let letter = Letter {
        label: format!("mail:{}:{}", rule.id, person.key()),
        purpose: Purpose::Notification,
        account: rule.account,
        rule: rule.name.clone(),
        record: Some(event.record.clone()),
        subject,
        text,
        html,
        watermark: rule.watermark,
        language: reader.language.clone(),
        in_reply_to: thread.last.last().cloned(),
        references,
        can_be_muted: context
            .config
            .dictionary
            .table(&record.table)
            .is_some_and(|info| info.field(recipient::MUTED_BY).is_some()),
        reply_to: receiving
            .and_then(|account| outgoing::tokened_address(context, account, Some(&event.record))),
        parent,
    };
    let why = over_limit(context, event, person)?;
    let to = Recipient {
        address: person.address.clone(),
        name: Some(person.name.clone()).filter(|name| *name != person.address),
        user: person.user.as_ref().map(|user| user.id),
        state: if why.is_some() { DeliveryState::Suppressed } else { DeliveryState::Ready },
        why,
    };
    // Ids come from the event's own seed, so that a chunk decided twice names the same mails.
    let context = Context { seed: event.seed, ..context };
    Ok(outgoing::compose(context, &letter, vec![to]))
}

fn extra(
    about: &Occasion<'_, '_>,
    person: &Candidate,
    reader: &Reader,
    record: &Record,
) -> std::collections::BTreeMap<&'static str, String> {
    let Occasion { context, event, rule, .. } = *about;
    let journal = |field: &str| event.journal.get(field).map(crate::value::Value::plain).unwrap_or_default();
    let notes = if reader.agent { journal("work_notes") } else { String::new() };
    let answer_address =
        context.config.sending_account(rule.account).map(|account| account.from.clone()).unwrap_or_default();
    [
        ("link", link(context.config.settings.instance_uri(), record)),
        ("additional_comments", journal("additional_comments")),
        ("work_notes", notes),
        ("language", reader.language.clone()),
        ("watermark", watermark(context, record)),
        ("answer_address", answer_address),
        ("actor", event.actor.label.clone()),
        ("actor.name", event.actor.label.clone()),
        ("recipient", person.name.clone()),
        ("recipient.name", person.name.clone()),
        ("recipient.email", person.address.clone()),
    ]
    .into()
}

/// The watermark by which a mail that is begun from a link of ours leads to the record.
fn watermark(context: Context<'_>, record: &Record) -> String {
    let token = context.config.keys.token(record.id, context.now);
    token.map(|token| format!("{WATERMARK}{token}")).unwrap_or_default()
}

/// Mail about one record to one person is limited, against loops with programs that say nothing of themselves.
fn over_limit(context: Context<'_>, event: &Event, person: &Candidate) -> Result<Option<Why>, ViewError> {
    let limit = context.config.settings.mails_per_record_hour();
    let sent = context.view.mails_since(&event.record, &person.address, context.now.plus(-HOUR))?;
    Ok((sent >= limit).then(|| {
        let text = format!("{} already got {limit} mails about this record within an hour", person.address);
        Why::new("record_limit", text)
    }))
}
