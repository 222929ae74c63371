//! Runs the inbound actions in their order (design 7.5). One that fails is rolled back alone.

use super::again::{DONE_BEFORE, WORK_NOTE};
use super::mail_table::MailSubject;
use super::outcome::shortened;
use super::rights::{not_taken, rights_of, with_rights};
use super::script::{answers, run_script};
use super::{DecideError, Found, Work, answer, mapping, original};
use crate::condition::eval::{Reason, evaluate};
use crate::config::{Action, ActionKind, MessageType, RunAs, Target};
use crate::limits::{ACTIONS_PER_MAIL_MAX, SKIPPED_SAID_MAX};
use crate::occasion::resolved;
use crate::plan::{ActivityKind, Authenticity, Class, Why};
use crate::record::{Fields, RecordKey};
use crate::trace::Step;
use crate::view::ViewError;

/// Runs every action that takes the mail.
pub fn run_all(work: &mut Work<'_>, found: &mut Found) -> Result<(), DecideError> {
    if found.matched.as_work_note && work.done_before(WORK_NOTE).is_none() {
        file_as_work_note(work, found);
    }
    let actions = &work.context.config.actions;
    let (mut stopped, mut skipped): (Option<String>, usize) = (None, 0);
    for action in actions {
        let before = work.done_before(&action.id.to_string()).map(|done| action.stop || done.stopped);
        let why = if let Some(by) = &stopped {
            Some(Why::new("stopped", format!("{by} stopped the processing")))
        } else if work.ran >= ACTIONS_PER_MAIL_MAX {
            Some(Why::new("too_many", format!("{ACTIONS_PER_MAIL_MAX} actions ran already")))
        } else if let Some(stops) = before {
            stopped = stops.then(|| action.name.clone());
            let why = "it had its effects on this mail before: they stay, and it is not run again";
            Some(Why::new(DONE_BEFORE, why))
        } else {
            unsuitable(work, found, action)?
        };
        if let Some(why) = why {
            skipped += 1;
            if skipped <= SKIPPED_SAID_MAX {
                considered(work, action, "skipped", Some(why), None);
            }
            continue;
        }
        if consider(work, found, action) && run(work, found, action) == Some(true) {
            stopped = Some(action.name.clone());
        }
    }
    if skipped > SKIPPED_SAID_MAX {
        let more = skipped - SKIPPED_SAID_MAX;
        work.note(
            "skipped_cut",
            format!("{more} more actions were passed over without asking their conditions"),
        );
    }
    Ok(())
}

/// The mail of somebody who is no participant: the text is filed where only agents see it.
fn file_as_work_note(work: &mut Work<'_>, found: &Found) {
    let Some(key) = found.matched.record.clone() else { return };
    let (address, text) = (&found.sender.address, &work.facts.new_text);
    let text = if work.draft.actor.label == *address { text.clone() } else { format!("{address}: {text}") };
    let email = work.email;
    work.draft.activity(&key, ActivityKind::WorkNote, &shortened(&text), Some(email));
    work.done(WORK_NOTE, false);
}

fn considered(
    work: &mut Work<'_>,
    action: &Action,
    outcome: &str,
    because: Option<Why>,
    reason: Option<Reason>,
) {
    work.trace().push(Step::Considered {
        kind: "action".to_owned(),
        id: action.id,
        name: action.name.clone(),
        version: action.version,
        outcome: outcome.to_owned(),
        because,
        reason,
    });
}

/// Why the action is not for this mail, before its condition is asked.
fn unsuitable(work: &Work<'_>, found: &Found, action: &Action) -> Result<Option<Why>, ViewError> {
    let no = |code: &str, text: String| Ok(Some(Why::new(code, text)));
    let class = found.class.word();
    let asked = match found.class {
        Class::DeliveryReport => action.on_reports,
        Class::Calendar => action.on_invitations,
        Class::AutomaticAnswer => action.on_automatic,
        Class::New => matches!(action.message_type, MessageType::New | MessageType::All),
        Class::Reply => matches!(action.message_type, MessageType::Reply | MessageType::All),
        Class::Forward => matches!(action.message_type, MessageType::Forward | MessageType::All),
        Class::OwnMail => false,
    };
    if !asked {
        return no("message_type", format!("it is not for mail of the class {class}"));
    }
    if !action.accounts.is_empty() && !action.accounts.contains(&work.account.name) {
        return no("account", format!("it is not for the account {}", work.account.name));
    }
    if let Some(why) = not_taken(work, found, action)? {
        return Ok(Some(why));
    }
    if action.target != Target::New {
        if target(found, action).is_none() {
            return no("no_record", "the mail leads to no record that it could work on".to_owned());
        }
        let key = target(found, action);
        let fits = key.is_some_and(|key| work.context.config.dictionary.is_a(&key.table, &action.table));
        if !fits {
            return no("other_table", format!("the record is none of `{}`", action.table));
        }
        if found.matched.as_work_note && action.target == Target::Record {
            return no("as_work_note", "the mail is filed where only agents see it".to_owned());
        }
        if found.sender.restricted && !takes_part(work, found, action)? {
            return no("not_participant", "an unverified sender works only where they take part".to_owned());
        }
    }
    // After the record, so that the trace does not blame the sender of a mail that is no business of the action.
    if action.verified_only && found.sender.authenticity != Authenticity::Verified {
        return no("not_verified", "it takes verified senders only".to_owned());
    }
    Ok(None)
}

fn target<'f>(found: &'f Found, action: &Action) -> Option<&'f RecordKey> {
    match action.target {
        Target::New => None,
        Target::Record => found.matched.record.as_ref(),
        Target::Related => found.matched.related.as_ref(),
    }
}

/// Whether the sender takes part in the target, or the mail itself has just made it.
fn takes_part(work: &Work<'_>, found: &Found, action: &Action) -> Result<bool, ViewError> {
    let Some(key) = target(found, action) else { return Ok(false) };
    // Reports and automatic answers speak for nobody; what asks for them is trusted with them.
    if matches!(found.class, Class::DeliveryReport | Class::AutomaticAnswer) || work.created.contains(key) {
        return Ok(true);
    }
    // As the mail found it: whoever leaves a record by this mail took part when it came.
    let Some(record) = work.draft.reads.stored(&key.table, key.id)? else { return Ok(false) };
    super::participant::is_participant(&work.draft.reads, &record, &found.sender)
}

/// Asks the condition; an error is an error of the action that a person sees.
fn consider(work: &mut Work<'_>, found: &Found, action: &Action) -> bool {
    let reason = match &action.condition {
        Ok(condition) => {
            let sender = found.sender.user.as_ref().map(|user| user.id);
            resolved(&work.draft.reads, work.context, sender, condition)
                .map_err(|error| error.to_string())
                .and_then(|condition| evaluate(&condition, &MailSubject { work: &*work, found }))
        }
        Err(error) => Err(error.clone()),
    };
    match reason {
        Ok(reason) if reason.holds() => {
            let key = target(found, action).cloned();
            let answer =
                rights_of(work, found, action).map_err(|error| Why::new("not_readable", error)).and_then(
                    |rights| with_rights(work, rights, |work| answers(work, found, action, key.as_ref())),
                );
            match answer {
                Ok(true) => {
                    considered(work, action, "ran", None, Some(reason));
                    true
                }
                Ok(false) => {
                    let why = Why::new("condition_script", "its script answers no");
                    considered(work, action, "skipped", Some(why), Some(reason));
                    false
                }
                Err(why) => {
                    fail(work, action, why);
                    false
                }
            }
        }
        Ok(reason) => {
            considered(work, action, "skipped", None, Some(reason));
            false
        }
        Err(error) => {
            let why = Why::new("condition_error", format!("its condition cannot be evaluated: {error}"));
            fail(work, action, why);
            false
        }
    }
}

fn fail(work: &mut Work<'_>, action: &Action, why: Why) {
    considered(work, action, "error", Some(why.clone()), None);
    say_error(work, action, why);
}

/// The error in the trace and on the mail.
fn say_error(work: &mut Work<'_>, action: &Action, why: Why) {
    work.errors.push(format!("{}: {}", action.name, why.text));
    work.trace().push(Step::Error { of: action.name.clone(), why });
}

/// Runs the action; rolled back and noted where it fails. Says of one that ran whether no action after it does.
fn run(work: &mut Work<'_>, found: &mut Found, action: &Action) -> Option<bool> {
    let savepoint = work.draft.savepoint();
    let (outgoing, links, told) =
        (work.plan.outgoing.len(), work.plan.links.len(), work.plan.attention.len());
    let (files, created) = (work.files_to.len(), work.created.len());
    let before = found.matched.clone();
    let answered = work.answered;
    let done = match action.kind {
        ActionKind::RecordAction => change_with_rights(work, found, action),
        ActionKind::Reply => {
            let key = target(found, action).cloned();
            answer::plan(work, found, action, key.as_ref()).map(|()| false)
        }
    };
    let steps = work.draft.scripts.take_steps();
    work.trace().steps.extend(steps);
    match done {
        Ok(stopped) => {
            work.ran += 1;
            work.done(&action.id.to_string(), stopped);
            Some(stopped || action.stop)
        }
        Err(error) => {
            work.draft.roll_back(savepoint);
            work.plan.outgoing.truncate(outgoing);
            work.plan.links.truncate(links);
            work.plan.attention.truncate(told);
            work.files_to.truncate(files);
            work.created.truncate(created);
            work.answered = answered;
            found.matched = before;
            say_error(work, action, Why::new("action_failed", error));
            None
        }
    }
}

/// The same with the rights that the action has.
fn change_with_rights(work: &mut Work<'_>, found: &mut Found, action: &Action) -> Result<bool, String> {
    let rights = rights_of(work, found, action)?;
    if action.run_as == RunAs::Sender {
        let text = format!("{} has the rights of {}", action.name, found.sender.name);
        work.note("run_as", text);
    }
    let whose = (action.run_as == RunAs::Sender).then(|| found.sender.name.clone());
    with_rights(work, rights, |work| change(work, found, action)).map_err(|error| match whose {
        Some(name) => format!("with the rights of {name}: {error}"),
        None => error,
    })
}

/// Says whether the action's script wants no action after it.
fn change(work: &mut Work<'_>, found: &mut Found, action: &Action) -> Result<bool, String> {
    let key = target(found, action).cloned();
    if mapping::names_original_sender(action) {
        original::make_user(work, found).map_err(|error| error.to_string())?;
    }
    let mut values = mapping::values(work, found, action, key.as_ref())?;
    work.draft.email = Some(work.email);
    let before = work.draft.effects();
    let done = match (&key, action.script.is_empty()) {
        (Some(key), true) => work.draft.update(key, values).map(|_| false).map_err(|error| error.to_string()),
        (None, true) => {
            let made = work.draft.insert(&action.table, std::mem::take(&mut values));
            made.map(|key| belongs(work, found, key)).map(|()| false).map_err(|error| error.to_string())
        }
        // A script that only looks at the record must not lose what the mapping says.
        (Some(key), false) => mapped(work, key, std::mem::take(&mut values))
            .and_then(|()| run_script(work, found, action, Some(key), Fields::new())),
        (None, false) => run_script(work, found, action, None, values),
    };
    work.draft.email = None;
    let stopped = done?;
    if work.draft.effects() == before && key.is_some() {
        work.note("no_change", format!("{} changed nothing", action.name));
    }
    // A related record that an action has worked on is the one that the mail is about.
    if action.target == Target::Related && work.draft.effects() > before {
        found.matched.record = found.matched.related.take();
    }
    Ok(stopped)
}

/// Writes the values of the mapping into the record that the action works on.
fn mapped(work: &mut Work<'_>, key: &RecordKey, values: Fields) -> Result<(), String> {
    if values.is_empty() {
        return Ok(());
    }
    work.draft.update(key, values).map(|_| ()).map_err(|error| error.to_string())
}

/// The mail is now about the record that it has made; the one it was about before is related.
pub(super) fn belongs(work: &mut Work<'_>, found: &mut Found, key: RecordKey) {
    work.created.push(key.clone());
    if let Some(before) = found.matched.record.replace(key) {
        found.matched.related = Some(before);
    }
}
