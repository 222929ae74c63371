//! The script of an inbound action: what it is given, and what the mail is about after it.

use rejoinder_script::{Attachment, Global, RecordHandle, Value, Vocabulary};

use super::action::belongs;
use super::attachment::file_id;
use super::{Found, Work, lead, original};
use crate::config::{Action, RunAs, Target};
use crate::plan::Why;
use crate::record::{Fields, Record, RecordKey};
use crate::script::mail::{EMAIL, Mail};
use crate::script::run::{Given, RunsAs, handle, run};
use crate::script::{CONDITION, ScriptSource};
use crate::trace::Step;

/// Runs the script of an action with the values of its mapping. Says whether later actions are to be left out.
pub(super) fn run_script(
    work: &mut Work<'_>,
    found: &mut Found,
    action: &Action,
    key: Option<&RecordKey>,
    values: Fields,
) -> Result<bool, String> {
    let globals = globals(work, found, action, key, &values)?;
    let made_before: Vec<RecordKey> = work.draft.summary().into_iter().map(|(_, key, _)| key).collect();
    let mail = mail(work, found, action);
    let script = source(action, "inbound_action", &action.script);
    let given = given(found, action, (globals, key, mail));
    let ran = run(&mut work.draft, &script, given).map_err(|why| why.text)?;
    let steps = work.draft.scripts.take_steps();
    work.trace().steps.extend(steps);
    work.files_to = ran.mail.map(|mail| mail.files_to).unwrap_or_default();
    for text in ran.refused {
        work.errors.push(format!("{}: {text}", action.name));
        let why = Why::new("write_refused", text);
        work.trace().push(Step::Error { of: action.name.clone(), why });
    }
    work.draft.scripts.tell_messages(&ran.outcome.messages);
    ran.outcome.result.map_err(|error| error.to_string())?;
    file(work, found, action, &made_before);
    Ok(ran.outcome.stopped)
}

/// Whether the script of an action's condition answers yes; one that there is none of does.
pub(super) fn answers(
    work: &mut Work<'_>,
    found: &Found,
    action: &Action,
    key: Option<&RecordKey>,
) -> Result<bool, Why> {
    if action.condition_script.trim().is_empty() {
        return Ok(true);
    }
    let globals =
        globals(work, found, action, key, &Fields::new()).map_err(|error| Why::new("not_readable", error))?;
    let mail = mail(work, found, action);
    let given = given(found, action, (globals, key, mail));
    let answer = work.draft.asked(&source(action, CONDITION, &action.condition_script), given);
    let steps = work.draft.scripts.take_steps();
    work.trace().steps.extend(steps);
    answer
}

fn source<'s>(action: &'s Action, kind: &'static str, text: &'s str) -> ScriptSource<'s> {
    ScriptSource { kind, id: Some(action.id), name: &action.name, text, vocabulary: action.vocabulary }
}

/// The script runs as the sender, over the mail, with the rights of its action.
fn given(
    found: &Found,
    action: &Action,
    (globals, key, mail): (Vec<(String, Global)>, Option<&RecordKey>, Mail),
) -> Given {
    let with_rights = action.run_as == RunAs::Sender;
    let runs_as = found.sender.user.as_ref().map_or(RunsAs::Nobody, |user| RunsAs::User(user.id));
    Given { globals, record: key.cloned(), runs_as, mail: Some(mail), with_rights }
}

fn mail(work: &Work<'_>, found: &Found, action: &Action) -> Mail {
    Mail {
        id: work.email,
        fields: mail_fields(work, found, action),
        files: files(work),
        files_to: work.files_to.clone(),
    }
}

/// The mail is about what the script has made, else about what it has worked on.
fn file(work: &mut Work<'_>, found: &mut Found, action: &Action, made_before: &[RecordKey]) {
    let changed = work.draft.summary();
    let new = changed.into_iter().find(|(operation, made, _)| {
        *operation == "insert" && !made_before.contains(made) && made.table == action.table
    });
    match new.filter(|_| action.target == Target::New) {
        Some((_, made, _)) => belongs(work, found, made),
        // A script that found an existing record and worked on it has filed the mail there.
        None if found.matched.record.is_none() && action.target == Target::New => {
            let worked_on = work.draft.summary().into_iter().find(|(_, made, _)| {
                !made_before.contains(made) && work.context.config.dictionary.is_a(&made.table, &action.table)
            });
            found.matched.record = worked_on.map(|(_, key, _)| key);
        }
        None => {}
    }
}

/// The files of the mail, under the ids that they have while they are only on the mail.
fn files(work: &Work<'_>) -> Vec<Attachment> {
    let all = work.facts.mail.attachments.iter().enumerate();
    let known = all.map(|(place, file)| Attachment {
        id: file_id(work.context, place, None).to_string(),
        name: file.file_name.clone(),
        media_type: file.media_type.clone(),
        size: u64::try_from(file.bytes.len()).unwrap_or_default(),
    });
    known.collect()
}

/// The mail itself, as scripts read it.
fn mail_fields(work: &Work<'_>, found: &Found, action: &Action) -> Vec<(String, Value)> {
    let facts = &work.facts;
    let mail = &facts.mail;
    let text = |text: &str| Value::Text(text.to_owned());
    let list = |addresses: &[rejoinder_mail::Address]| {
        let all: Vec<&str> = addresses.iter().map(|one| one.email.as_str()).collect();
        Value::Text(all.join(", "))
    };
    let recipients = Value::Text(super::mail_table::recipients(work).join(", "));
    let class = super::mail_table::message_type(found.class);
    let record = found.matched.record.as_ref();
    let original = original::sender(work).ok().flatten();
    let original_user = original.as_ref().and_then(|one| one.user.as_ref()).map(|user| user.id.to_string());
    let original_user = original_user.unwrap_or_default();
    let received_at = work.before.map_or(work.context.now, |before| before.received_at);
    let fields = [
        ("subject", text(&mail.subject)),
        ("from", text(&found.sender.address)),
        ("to", recipients.clone()),
        ("carbon_copy", list(&mail.cc)),
        ("body", text(work.body(action.body))),
        ("body_text", text(&mail.text)),
        ("new_text", text(&facts.new_text)),
        ("first_line", text(&lead::first_line(&facts.new_text))),
        ("first_word", text(&lead::word(&lead::first_line(&facts.new_text)))),
        ("rest_of_text", text(&lead::rest(&facts.new_text))),
        ("original_from", text(original.as_ref().map_or("", |one| &one.address))),
        ("original_sender", Value::Text(original_user)),
        ("body_html", text(mail.html.as_deref().unwrap_or_default())),
        ("message_id", text(mail.message_id.as_deref().unwrap_or_default())),
        ("message_type", text(class)),
        ("protection", text(mail.protection.code())),
        ("has_attachments", Value::Bool(!mail.attachments.is_empty())),
        // The other names that the references have for the same, and for where the mail comes from.
        ("recipients", recipients),
        ("direct", list(&mail.to)),
        ("copied", list(&mail.cc)),
        ("receive_type", text(class)),
        ("direction", text("Incoming")),
        ("uid", text(mail.message_id.as_deref().unwrap_or_default())),
        ("mailbox", text(&work.account.name)),
        ("created_on_server_at", Value::Text(crate::script::convert::moment(received_at))),
        (
            "user_id",
            Value::Text(found.sender.user.as_ref().map(|user| user.id.to_string()).unwrap_or_default()),
        ),
        ("instance", Value::Text(record.map(|key| key.id.to_string()).unwrap_or_default())),
        ("target_table", text(record.map_or("", |key| key.table.as_str()))),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// `current` (what the action works on, with the mapped values), `target` (the record of the mail), and the mail
/// itself as `email` and `sys_email`. ServiceNow's `email` is no record but the mail's own properties, and it has
/// `event`, `logger` and `classifier` beside them.
fn globals(
    work: &Work<'_>,
    found: &Found,
    action: &Action,
    key: Option<&RecordKey>,
    values: &Fields,
) -> Result<Vec<(String, Global)>, String> {
    let record = key.map(|key| work.draft.reads.get(&key.table, key.id)).transpose();
    let record = record.map_err(|error| error.to_string())?.flatten();
    let names = work.context.config.names.of(action.vocabulary);
    let mail = RecordHandle {
        table: names.their_table(EMAIL).to_owned(),
        id: Some(work.email.to_string()),
        fields: mail_fields(work, found, action),
        ..RecordHandle::default()
    };
    let current = current(work, found, action, record.as_ref(), values);
    let matched = found.matched.record.as_ref().or(found.matched.related.as_ref());
    let mut globals = vec![
        ("current".to_owned(), Global::Record(current)),
        ("target".to_owned(), matched_global(work, action, matched)?),
        ("sys_email".to_owned(), Global::Record(mail.clone())),
    ];
    match action.vocabulary {
        Vocabulary::SimpleOne => globals.push(("email".to_owned(), Global::Record(mail))),
        Vocabulary::ServiceNow => globals.extend([
            ("email".to_owned(), Global::Incoming(super::incoming::properties(work, found, action.body))),
            ("event".to_owned(), Global::Event(Vec::new())),
            ("logger".to_owned(), Global::Logger),
            (
                "classifier".to_owned(),
                Global::Classifier(super::mail_table::message_type(found.class).to_owned()),
            ),
        ]),
    }
    Ok(globals)
}

/// The record that the action works on with the mapped values; of a new one only what it begins with.
fn current(
    work: &Work<'_>,
    found: &Found,
    action: &Action,
    record: Option<&Record>,
    values: &Fields,
) -> RecordHandle {
    let mut fields: Fields = record.map(|record| record.fields.clone()).unwrap_or_default();
    // ServiceNow's new records have their sender already.
    if let (Vocabulary::ServiceNow, None, Some(user)) = (action.vocabulary, record, &found.sender.user) {
        let caller =
            work.context.config.dictionary.table(&action.table).and_then(|info| info.field("caller"));
        if caller.is_some_and(|field| field.table.as_deref() == Some("user")) {
            fields.insert("caller".to_owned(), crate::value::Value::Ref(user.id));
        }
    }
    fields.extend(values.clone());
    let table = record.map_or_else(|| action.table.clone(), |record| record.table.clone());
    let id = record.map_or(work.email, |record| record.id);
    let image = Record { table, id, version: 0, fields };
    let handle = handle(&work.draft, action.vocabulary, &image);
    RecordHandle { id: record.map(|record| record.id.to_string()), ..handle }
}

/// The record that the mail is about or mentions; null where there is none.
fn matched_global(work: &Work<'_>, action: &Action, key: Option<&RecordKey>) -> Result<Global, String> {
    let Some(key) = key else { return Ok(Global::Value(Value::Null)) };
    let record = work.draft.reads.get(&key.table, key.id).map_err(|error| error.to_string())?;
    let record = record.map(|record| Global::Record(handle(&work.draft, action.vocabulary, &record)));
    Ok(record.unwrap_or(Global::Value(Value::Null)))
}
