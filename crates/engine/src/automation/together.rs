//! What records of the configuration that name each other owe each other, asked once all changes of a request are known: a
//! pack may write an action before its template.

use crate::access::ROLE;
use crate::account::EMAIL_ACCOUNT;
use crate::condition::{Condition, Operator};
use crate::config::reply_choices;
use crate::draft::{ChangeError, Draft};
use crate::inbound::INBOUND_ACTION;
use crate::record::{Record, RecordKey};
use crate::template::{EMAIL_TEMPLATE, is_active};
use crate::value::{Kind, Value};
use crate::view::{Query, ViewError};

/// Refuses actions that name accounts, roles and templates that there are not, templates that are there twice, and templates that are taken away from an
/// action.
pub fn check_together(draft: &Draft<'_>) -> Result<(), ChangeError> {
    for (_, key, _) in draft.summary() {
        match key.table.as_str() {
            INBOUND_ACTION => {
                if let Some(action) = draft.reads.get(INBOUND_ACTION, key.id)? {
                    let before = draft.before(key.id);
                    names_exist(draft, before, &action, ("accounts", EMAIL_ACCOUNT))?;
                    names_exist(draft, before, &action, ("sender_roles", ROLE))?;
                    action_has_its_templates(draft, &action)?;
                }
            }
            EMAIL_TEMPLATE => template_is_wanted(draft, &key)?,
            _ => {}
        }
    }
    Ok(())
}

fn refuse(record: &Record, field: &str, rule: String) -> Result<(), ChangeError> {
    let (table, field) = (record.table.clone(), field.to_owned());
    Err(ChangeError::Field { table, field, code: "bad_value", rule })
}

/// Whether a list of the action holds only names of records of `table`; those that stood there before are not asked.
fn names_exist(
    draft: &Draft<'_>,
    before: Option<&Record>,
    action: &Record,
    (field, table): (&str, &str),
) -> Result<(), ChangeError> {
    let had = before.map_or(&[][..], |before| before.get(field).items());
    let mut added = action.get(field).items().iter().filter(|name| !had.contains(name)).peekable();
    if added.peek().is_none() || draft.context.config.dictionary.table(table).is_none() {
        return Ok(());
    }
    let all = draft.reads.query(&Query::new(table, Condition::always()))?;
    let Some(unknown) = added.find(|name| all.iter().all(|one| one.text("name") != name.as_str())) else {
        return Ok(());
    };
    let mut known: Vec<&str> = all.iter().map(|one| one.text("name")).collect();
    known.sort_unstable();
    let label = if table == ROLE { "role" } else { "account" };
    refuse(action, field, format!("there is no {label} `{unknown}`; there are {}", known.join(", ")))
}

fn action_has_its_templates(draft: &Draft<'_>, action: &Record) -> Result<(), ChangeError> {
    // What cannot be read was refused when it was written.
    let Ok(choices) = reply_choices(action) else { return Ok(()) };
    let dictionary = &draft.context.config.dictionary;
    for choice in choices {
        let texts = called(draft, &choice.template)?;
        if texts.is_empty() {
            let rule = format!("there is no active email template `{}`", choice.template);
            return refuse(action, "reply_templates", rule);
        }
        let table = action.text("table");
        let other = texts.iter().filter_map(|text| text.get("table").as_text());
        if let Some(other) = other.into_iter().find(|other| !dictionary.is_a(table, other)) {
            let rule = format!(
                "the template `{}` is about `{other}`, and the action works on `{table}`",
                choice.template
            );
            return refuse(action, "reply_templates", rule);
        }
    }
    Ok(())
}

/// The active texts of the template of this name.
fn called(draft: &Draft<'_>, name: &str) -> Result<Vec<Record>, ViewError> {
    let condition = Condition::clause("name", Kind::String, Operator::Is, vec![Value::text(name)]);
    let mut texts = draft.reads.query(&Query::new(EMAIL_TEMPLATE, condition))?;
    // Names differ by case, too.
    texts.retain(|text| is_active(text) && text.text("name") == name);
    Ok(texts)
}

fn template_is_wanted(draft: &Draft<'_>, key: &RecordKey) -> Result<(), ChangeError> {
    let after = draft.reads.get(EMAIL_TEMPLATE, key.id)?;
    if let Some(text) = after.as_ref().filter(|text| is_active(text)) {
        let texts = called(draft, text.text("name"))?;
        let twin = |other: &&Record| other.id != text.id && other.get("language") == text.get("language");
        if texts.iter().any(|other| twin(&other)) {
            let rule = format!("the template `{}` has a text in this language already", text.text("name"));
            return refuse(text, "language", rule);
        }
    }
    let Some(before) = draft.before(key.id).filter(|text| is_active(text)) else { return Ok(()) };
    let name = before.text("name");
    if !called(draft, name)?.is_empty() {
        return Ok(());
    }
    let actions = draft.reads.query(&Query::new(INBOUND_ACTION, Condition::always()))?;
    let names_it = |action: &&Record| {
        is_active(action)
            && reply_choices(action).is_ok_and(|all| all.iter().any(|choice| choice.template == name))
    };
    let Some(action) = actions.iter().find(names_it) else { return Ok(()) };
    let rule = format!(
        "the inbound action `{}` answers with it; choose another template there first",
        action.text("name")
    );
    refuse(before, "name", rule)
}
