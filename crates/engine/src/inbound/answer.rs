//! Automatic answers: who may get one, how many, and what they say (design 7.6, RFC 3834).

use std::collections::BTreeMap;

use rejoinder_mail::Address;

use super::{Found, Work};
use crate::config::Action;
use crate::display::Reader;
use crate::names::{RecordNames, link};
use crate::notify::outgoing::{self, Letter, Recipient};
use crate::plan::{Attention, DeliveryState, Purpose, Why};
use crate::record::{Record, RecordKey};
use crate::render::{Format, Names, render};
use crate::time::{DAY, HOUR};
use crate::trace::Step;
use crate::view::ViewError;

/// The names that templates of an action use: the mail, its sender, and the record.
pub struct MailNames<'b> {
    extra: BTreeMap<&'static str, String>,
    reader: Reader,
    record: Option<Record>,
    reads: &'b crate::reads::Reads<'b>,
}

impl<'b> MailNames<'b> {
    /// Names for a template of the action.
    pub fn new(work: &'b Work<'_>, found: &Found, target: Option<&RecordKey>) -> Self {
        let key = target.or(found.matched.record.as_ref()).or(found.matched.related.as_ref());
        let record = key.and_then(|key| work.draft.reads.get(&key.table, key.id).ok().flatten());
        let uri = work.context.config.settings.instance_uri();
        let mail = &work.facts.mail;
        // Only who may and can be written to: programs, lists, forged senders and bare names (`root`) are nobody's
        // contact.
        let guest = found.sender.user.is_none()
            && found.do_not_answer.is_none()
            && Address::new(found.sender.address.clone()).is_valid();
        let guest = if guest { found.sender.address.clone() } else { String::new() };
        let extra: BTreeMap<&'static str, String> = [
            ("mail", mail.subject.clone()),
            ("mail.subject", work.facts.signs.core_subject.clone()),
            ("mail.from", found.sender.address.clone()),
            ("mail.text", work.facts.new_text.clone()),
            ("sender", found.sender.name.clone()),
            ("sender.name", found.sender.name.clone()),
            ("sender.email", found.sender.address.clone()),
            ("guest.email", guest.clone()),
            ("link", record.as_ref().map(|record| link(uri, record)).unwrap_or_default()),
        ]
        .into();
        let mut reader = found.sender.user.as_ref().map_or_else(Reader::guest, Reader::user);
        // Whoever is not proven to be an agent does not read what only agents read.
        reader.agent &= !found.sender.restricted;
        Self { extra, reader, record, reads: shorten_lifetime(&work.draft.reads) }
    }
}

/// Reads are only read here, for less time than they live.
fn shorten_lifetime<'b>(reads: &'b crate::reads::Reads<'_>) -> &'b crate::reads::Reads<'b> {
    reads
}

impl Names for MailNames<'_> {
    fn text(&self, name: &str) -> Result<Option<String>, String> {
        if let Some(text) = self.extra.get(name) {
            return Ok(Some(text.clone()));
        }
        let (reads, reader, record) = (self.reads, &self.reader, self.record.as_ref());
        RecordNames { reads, reader, record, extra: BTreeMap::new() }.text(name)
    }
}

/// Why the sender gets no automatic answer; `None` where they may get one.
fn silent(found: &Found) -> Option<Why> {
    let code = found.do_not_answer.as_deref()?;
    Some(Why::new(code, format!("the mail must not be answered automatically ({code})")))
}

/// Plans the answer of a reply action. An error sentence is an error of the action.
pub fn plan(
    work: &mut Work<'_>,
    found: &Found,
    action: &Action,
    target: Option<&RecordKey>,
) -> Result<(), String> {
    if let Some(why) = silent(found) {
        work.trace()
            .push(Step::Note { why: Why::new("not_answered", format!("{}: {}", action.name, why.text)) });
        return Ok(());
    }
    let to = answer_address(work);
    if !to.is_valid() {
        work.note(
            "not_answered",
            format!("{}: the mail names no address that could be answered", action.name),
        );
        return Ok(());
    }
    if work.context.config.is_own_address(&to.normalized()) {
        work.note("not_answered", format!("{}: {} is an address of ours", action.name, to.email));
        return Ok(());
    }
    let (subject, text) = {
        let names = MailNames::new(work, found, target);
        let subject =
            render(&action.reply_subject, Format::Line, &names).map_err(|error| error.to_string())?;
        let text = render(&action.reply_text, Format::Text, &names).map_err(|error| error.to_string())?;
        (subject, text)
    };
    let limit = over_limit(work, &to).map_err(|error| error.to_string())?;
    let language = found.sender.user.as_ref().map_or_else(Reader::guest, Reader::user).language;
    let mail = &work.facts.mail;
    let mut references = mail.references.clone();
    references.extend(mail.message_id.clone());
    let letter = Letter {
        label: format!("answer:{}", work.plan.outgoing.len()),
        purpose: Purpose::Answer,
        account: None,
        rule: action.name.clone(),
        record: target.cloned(),
        subject,
        text,
        html: String::new(),
        watermark: true,
        language,
        in_reply_to: mail.message_id.clone(),
        references,
        reply_to: outgoing::tokened_address(work.context, work.account, target),
        parent: None,
    };
    let recipient = Recipient {
        address: to.email.clone(),
        name: Some(found.sender.name.clone()).filter(|name| *name != found.sender.address),
        user: found.sender.user.as_ref().map(|user| user.id),
        state: if limit.is_some() { DeliveryState::Suppressed } else { DeliveryState::Ready },
        why: limit.clone(),
    };
    let email = outgoing::compose(work.context, &letter, vec![recipient])?;
    work.answered = limit.is_none() || work.answered;
    if let Some(why) = limit {
        tell_once(work, &to, why);
    }
    outgoing::say(&mut work.plan, &email);
    work.plan.links.extend(outgoing::link_of(&email));
    work.plan.outgoing.push(email);
    Ok(())
}

/// Reply-To where the mail names a valid one, else From.
fn answer_address(work: &Work<'_>) -> Address {
    let mail = &work.facts.mail;
    let wanted = mail.reply_to.iter().find(|address| address.is_valid());
    wanted.or(mail.from.as_ref()).cloned().unwrap_or_else(|| Address::new(""))
}

/// The limit that this answer would break.
fn over_limit(work: &Work<'_>, to: &Address) -> Result<Option<Why>, ViewError> {
    let context = work.context;
    let Some(account) = context.config.sending_account(None) else { return Ok(None) };
    let in_plan = work.plan.outgoing.iter().flat_map(|email| &email.deliveries);
    let in_plan = in_plan.filter(|one| one.state == DeliveryState::Ready && one.address == to.email).count();
    let in_plan = u32::try_from(in_plan).unwrap_or(u32::MAX);
    let since = |span: i64| {
        let before = context.view.answers_since(account.id, &to.normalized(), context.now.plus(-span));
        before.map(|before| before.saturating_add(in_plan))
    };
    let settings = &context.config.settings;
    let text = |limit: u32, span: &str| {
        format!("{} already got {limit} automatic answers within {span}: this one is not sent", to.email)
    };
    if since(HOUR)? >= settings.answers_per_hour() {
        return Ok(Some(Why::new("answer_limit_hour", text(settings.answers_per_hour(), "an hour"))));
    }
    if since(DAY)? >= settings.answers_per_day() {
        return Ok(Some(Why::new("answer_limit_day", text(settings.answers_per_day(), "a day"))));
    }
    Ok(None)
}

/// The administrator is told once per address and day.
fn tell_once(work: &mut Work<'_>, to: &Address, why: Why) {
    let day = work.context.now.micros() / DAY;
    let label = format!("answer limit:{}:{day}", to.normalized());
    // Not the unit's own seed: every mail of that day must come to the same id.
    let id = crate::id::Seed::new([0; 32]).id(&label, crate::time::Timestamp::from_micros(day * DAY));
    let subject_id = work.email;
    work.plan.attention.push(Attention { id, why, subject: "email".to_owned(), subject_id });
}
