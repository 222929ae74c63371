//! Automatic answers: who may get one, how many, and what they say (design 7.6, RFC 3834).

use rejoinder_mail::Address;

use super::reply_template::{Texts, texts};
use super::{Found, Work};
use crate::config::Action;
use crate::notify::outgoing::{self, Letter, Recipient};
use crate::plan::{Attention, DeliveryState, Purpose, Why};
use crate::record::RecordKey;
use crate::time::{DAY, HOUR};
use crate::trace::Step;
use crate::view::ViewError;

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
    let Some(Texts { subject, text, html }) = texts(work, found, (action, target), &to)? else {
        let why = "none of its templates is for this mail, and it has no text of its own";
        work.note("not_answered", format!("{}: {why}", action.name));
        return Ok(());
    };
    let limit = over_limit(work, &to).map_err(|error| error.to_string())?;
    let language = found.sender.reader().language;
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
        html,
        watermark: true,
        can_be_muted: false,
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
