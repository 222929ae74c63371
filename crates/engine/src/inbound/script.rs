//! The script of an inbound action: what it is given, and what the mail is about after it.

use rejoinder_script::{Global, RecordHandle, Value, Vocabulary};

use super::action::belongs;
use super::{Found, Work};
use crate::config::{Action, Target};
use crate::plan::Why;
use crate::record::{Fields, RecordKey};
use crate::script::ScriptSource;
use crate::script::convert::visible;
use crate::script::mail::{EMAIL, Mail};
use crate::script::run::{Given, run};
use crate::trace::Step;

/// The fields of the mail that scripts read.
const EMAIL_FIELDS: [&str; 9] = [
    "subject",
    "from",
    "to",
    "body_text",
    "new_text",
    "body_html",
    "message_id",
    "message_type",
    "has_attachments",
];

/// Runs the script of an action with the values of its mapping.
pub(super) fn run_script(
    work: &mut Work<'_>,
    found: &mut Found,
    action: &Action,
    key: Option<&RecordKey>,
    values: Fields,
) -> Result<(), String> {
    let globals = globals(work, found, action, key, &values)?;
    let made_before: Vec<RecordKey> = work.draft.summary().into_iter().map(|(_, key, _)| key).collect();
    let mail = Mail {
        id: work.email,
        fields: mail_fields(work, found),
        has_files: !work.facts.mail.attachments.is_empty(),
        files_to: std::mem::take(&mut work.files_to),
    };
    let script = ScriptSource {
        kind: "inbound_action",
        id: Some(action.id),
        name: &action.name,
        text: &action.script,
        vocabulary: Vocabulary::SimpleOne,
    };
    let given = Given {
        globals,
        record: key.cloned(),
        user: Some(found.sender.user.as_ref().map(|user| user.id)),
        mail: Some(mail),
        ..Given::default()
    };
    let ran = run(&mut work.draft, &script, given).map_err(|why| why.text)?;
    let steps = work.draft.scripts.take_steps();
    work.trace().steps.extend(steps);
    work.files_to = ran.mail.map(|mail| mail.files_to).unwrap_or_default();
    for text in ran.refused {
        work.errors.push(format!("{}: {text}", action.name));
        let why = Why::new("write_refused", text);
        work.trace().push(Step::Error { of: action.name.clone(), why });
    }
    ran.outcome.result.map_err(|error| error.to_string())?;
    file(work, found, action, &made_before);
    Ok(())
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

/// The mail itself, as scripts read it.
fn mail_fields(work: &Work<'_>, found: &Found) -> Vec<(String, Value)> {
    let facts = &work.facts;
    let value = |name: &str| match name {
        "has_attachments" => Value::Bool(!facts.mail.attachments.is_empty()),
        "subject" => Value::Text(facts.mail.subject.clone()),
        "from" => Value::Text(found.sender.address.clone()),
        "to" => Value::Text(super::mail_table::recipients(work).join(", ")),
        "body_text" => Value::Text(facts.mail.text.clone()),
        "new_text" => Value::Text(facts.new_text.clone()),
        "body_html" => Value::Text(facts.mail.html.clone().unwrap_or_default()),
        "message_id" => Value::Text(facts.mail.message_id.clone().unwrap_or_default()),
        _ => Value::Text(super::mail_table::message_type(found.class).to_owned()),
    };
    EMAIL_FIELDS.iter().map(|name| ((*name).to_owned(), value(name))).collect()
}

/// `current` (what the action works on, with the mapped values), `target` (the record of the mail), and the mail
/// itself as `email` and `sys_email`.
fn globals(
    work: &Work<'_>,
    found: &Found,
    action: &Action,
    key: Option<&RecordKey>,
    values: &Fields,
) -> Result<Vec<(String, Global)>, String> {
    let record = key.map(|key| work.draft.reads.get(&key.table, key.id)).transpose();
    let record = record.map_err(|error| error.to_string())?.flatten();
    let mut fields: Fields = record.as_ref().map(|record| record.fields.clone()).unwrap_or_default();
    fields.extend(values.clone());
    let table = record.as_ref().map_or_else(|| action.table.clone(), |record| record.table.clone());
    let current = RecordHandle {
        id: record.as_ref().map(|record| record.id.to_string()),
        fields: readable(work, &table, &fields),
        table,
        ..RecordHandle::default()
    };
    let names = work.context.config.names.of(Vocabulary::SimpleOne);
    let mail = RecordHandle {
        table: names.their_table(EMAIL).to_owned(),
        id: Some(work.email.to_string()),
        fields: mail_fields(work, found),
        ..RecordHandle::default()
    };
    let matched = found.matched.record.as_ref().or(found.matched.related.as_ref());
    Ok(vec![
        ("current".to_owned(), Global::Record(current)),
        ("target".to_owned(), matched_global(work, matched)?),
        ("email".to_owned(), Global::Record(mail.clone())),
        ("sys_email".to_owned(), Global::Record(mail)),
    ])
}

/// The values of a record that scripts may read.
fn readable(work: &Work<'_>, table: &str, fields: &Fields) -> Vec<(String, Value)> {
    work.context.config.dictionary.table(table).map(|info| visible(info, fields)).unwrap_or_default()
}

/// The record that the mail is about or mentions; null where there is none.
fn matched_global(work: &Work<'_>, key: Option<&RecordKey>) -> Result<Global, String> {
    let Some(key) = key else { return Ok(Global::Value(Value::Null)) };
    let record = work.draft.reads.get(&key.table, key.id).map_err(|error| error.to_string())?;
    let fields = record.map(|record| record.fields).unwrap_or_default();
    Ok(Global::Record(RecordHandle {
        table: key.table.clone(),
        id: Some(key.id.to_string()),
        fields: readable(work, &key.table, &fields),
        ..RecordHandle::default()
    }))
}
