//! What an answer says: the first template of its action whose condition holds, else the action's own texts.

use rejoinder_mail::Address;

use super::mail_table::MailSubject;
use super::names::MailNames;
use super::{Found, Work};
use crate::condition::Condition;
use crate::condition::eval::{Reason, evaluate};
use crate::config::Action;
use crate::occasion::resolved;
use crate::record::RecordKey;
use crate::render::{Format, render};
use crate::template::EmailTemplate;
use crate::trace::Step;

/// The texts of an answer.
pub(super) struct Texts {
    /// The subject, one line.
    pub(super) subject: String,
    /// The text.
    pub(super) text: String,
    /// The HTML; empty where there is none.
    pub(super) html: String,
}

/// The texts of the action's answer to `to`; `None` where nothing of it is for this mail. An error sentence names the
/// template and the place.
pub(super) fn texts(
    work: &mut Work<'_>,
    found: &Found,
    (action, target): (&Action, Option<&RecordKey>),
    to: &Address,
) -> Result<Option<Texts>, String> {
    if let Some(template) = choose(work, found, action)? {
        return rendered(work, found, (action, target), (template, to)).map(Some);
    }
    if action.reply_subject.is_empty() && action.reply_text.is_empty() {
        return Ok(None);
    }
    let names = MailNames::new(work, found, (action, target));
    let part = |source: &str, format, place: &str| {
        render(source, format, &names).map_err(|error| format!("{place}: {error}"))
    };
    let subject = part(&action.reply_subject, Format::Line, "the subject of the reply")?;
    let text = part(&action.reply_text, Format::Text, "the text of the reply")?;
    Ok(Some(Texts { subject, text, html: String::new() }))
}

/// The first template whose condition holds, in the language of whoever is answered; each verdict is in the trace.
fn choose<'a>(
    work: &mut Work<'a>,
    found: &Found,
    action: &Action,
) -> Result<Option<&'a EmailTemplate>, String> {
    let templates = &work.context.config.templates;
    let language = found.sender.reader().language;
    for (name, condition) in action.reply_templates.as_ref().map_err(Clone::clone)? {
        let Some(template) = templates.in_language(name, &language) else {
            return Err(format!("there is no active email template `{name}`: make one, or choose another"));
        };
        let reason = ask(work, found, condition).map_err(|error| {
            format!("the condition of the template `{name}` cannot be evaluated: {error}")
        })?;
        let holds = reason.holds();
        work.trace().push(Step::Considered {
            kind: "template".to_owned(),
            id: template.id,
            name: name.clone(),
            version: template.version,
            outcome: if holds { "ran" } else { "skipped" }.to_owned(),
            because: None,
            reason: Some(reason),
        });
        if holds {
            return Ok(Some(template));
        }
    }
    Ok(None)
}

fn ask(work: &Work<'_>, found: &Found, condition: &Condition) -> Result<Reason, String> {
    let sender = found.sender.user.as_ref().map(|user| user.id);
    let condition = resolved(&work.draft.reads, work.context, sender, condition);
    let condition = condition.map_err(|error| error.to_string())?;
    evaluate(&condition, &MailSubject { work, found })
}

fn rendered(
    work: &Work<'_>,
    found: &Found,
    (action, target): (&Action, Option<&RecordKey>),
    (template, to): (&EmailTemplate, &Address),
) -> Result<Texts, String> {
    let place = |place: &str, error: String| {
        format!("the template `{}` ({}), {place}: {error}", template.name, template.language)
    };
    let look_ups = template.look_ups.as_ref().map_err(|error| place("look-ups", error.clone()))?;
    let names = MailNames::with_look_ups(work, found, (action, target), (look_ups, to))
        .map_err(|error| place("look-ups", error.to_string()))?;
    let part = |source: &str, format, word: &str| {
        render(source, format, &names).map_err(|error| place(word, error.to_string()))
    };
    // A template may leave the subject to the action.
    let subject = if template.subject.is_empty() { &action.reply_subject } else { &template.subject };
    let subject = part(subject, Format::Line, "subject")?;
    let text = part(&template.text, Format::Text, "text")?;
    let html =
        if template.html.is_empty() { String::new() } else { part(&template.html, Format::Html, "HTML")? };
    Ok(Texts { subject, text, html })
}
