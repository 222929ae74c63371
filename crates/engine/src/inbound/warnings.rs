//! What is doubtful about inbound actions, as far as it can be proven without a mail.
//!
//! Must not guess: an action that may run once in a year is not called one that never runs.

use super::written;
use crate::condition::Condition;
use crate::config::{Action, ActionKind, Config, MessageType, RunAs, Senders, Target, action_of};
use crate::id::Id;
use crate::record::Record;
use crate::template::FALL_BACK;

/// One doubt about one action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The action.
    pub action: Id,
    /// Its name.
    pub name: String,
    /// A stable code.
    pub code: &'static str,
    /// What is doubtful and what to do.
    pub text: String,
    /// The field in which it lies.
    pub field: Option<&'static str>,
    /// The other action that it is about.
    pub other: Option<(Id, String)>,
}

/// Everything that is doubtful about the actions of these records, in the order in which they run.
pub fn warnings(config: &Config, rows: &[Record]) -> Vec<Warning> {
    let mut all: Vec<(&Record, Action)> =
        rows.iter().map(|row| (row, action_of(row, &config.dictionary))).collect();
    all.sort_by(|(_, a), (_, b)| (a.order, &a.name).cmp(&(b.order, &b.name)));
    let mut found = Vec::new();
    let mut before: Vec<&Action> = Vec::new();
    for (row, action) in &all {
        found.extend(of_one(config, row, action));
        if row.get("active").is_true() {
            found.extend(of_order(config, action, &before));
            before.push(action);
        } else {
            found.push(doubt(action, "inactive", None, "it is not active and takes no mail".to_owned()));
        }
    }
    found
}

fn doubt(action: &Action, code: &'static str, field: Option<&'static str>, text: String) -> Warning {
    Warning { action: action.id, name: action.name.clone(), code, text, field, other: None }
}

/// What is wrong with one action, whatever the others are.
fn of_one(config: &Config, row: &Record, action: &Action) -> Vec<Warning> {
    let mut found = Vec::new();
    let mut add = |code, field, text| found.push(doubt(action, code, Some(field), text));
    // Refused when it is saved; what it speaks of may have gone since.
    if let Err((field, text)) = written::check(&config.dictionary, None, row) {
        let code = match field {
            "table" => "no_table",
            "condition" => "condition_error",
            "mapping" => "mapping_error",
            _ => "template_error",
        };
        add(code, field, text);
    }
    for (field, source) in [("condition_script", &action.condition_script), ("script", &action.script)] {
        if let Some(error) = script_error(action, field, source) {
            add("script_error", field, format!("it cannot run: {error}"));
        }
    }
    for (name, _) in action.reply_templates.iter().flatten() {
        if config.templates.in_language(name, FALL_BACK).is_none() {
            add("no_template", "reply_templates", format!("there is no email template `{name}`"));
        }
    }
    if action.kind == ActionKind::Reply && config.sending_account(None).is_none() {
        let text = "no account sends its answers: make one, or name the usual one in the settings";
        add("no_sending_account", "kind", text.to_owned());
    }
    for name in &action.accounts {
        match config.accounts.values().find(|account| account.name == *name) {
            None => add("no_account", "accounts", format!("there is no account `{name}`")),
            Some(account) if !account.is_receiving() => {
                add("account_not_receiving", "accounts", format!("the account `{name}` receives no mail"));
            }
            Some(_) => {}
        }
    }
    found
}

fn script_error(action: &Action, name: &str, source: &str) -> Option<String> {
    if source.trim().is_empty() {
        return None;
    }
    let script = rejoinder_script::Script { name, source, vocabulary: action.vocabulary };
    rejoinder_script::check(&script).err().map(|error| error.to_string())
}

/// What is doubtful about its place among the active ones before it.
fn of_order(config: &Config, action: &Action, before: &[&Action]) -> Vec<Warning> {
    let mut found = Vec::new();
    if let Some(taker) = before.iter().find(|other| takes_all_of(config, other, action)) {
        let text = format!(
            "{} comes first, takes every mail that this one would take, and stops the processing: this one runs only \
             where that one fails",
            taker.name
        );
        let other = Some((taker.id, taker.name.clone()));
        found.push(Warning { other, ..doubt(action, "never_runs", Some("order"), text) });
    }
    let equal = before.iter().find(|other| other.order == action.order && meet(other, action));
    if let Some(equal) = equal {
        let text = format!("{} has the same order: {} is before it only by its name", equal.name, equal.name);
        let other = Some((equal.id, equal.name.clone()));
        found.push(Warning { other, ..doubt(action, "equal_order", Some("order"), text) });
    }
    found
}

/// Whether one mail may come to both.
fn meet(one: &Action, other: &Action) -> bool {
    let types = one.message_type == MessageType::All
        || other.message_type == MessageType::All
        || one.message_type == other.message_type
        || (one.on_reports && other.on_reports)
        || (one.on_invitations && other.on_invitations)
        || (one.on_automatic && other.on_automatic);
    let accounts = one.accounts.is_empty()
        || other.accounts.is_empty()
        || one.accounts.iter().any(|name| other.accounts.contains(name));
    types && accounts
}

/// Whether `first` stops the processing of every mail that `action` would take.
fn takes_all_of(config: &Config, first: &Action, action: &Action) -> bool {
    let types = first.message_type == MessageType::All || first.message_type == action.message_type;
    let reports = first.on_reports || !action.on_reports;
    let invitations = first.on_invitations || !action.on_invitations;
    let automatic = first.on_automatic || !action.on_automatic;
    let accounts = first.accounts.is_empty()
        || (!action.accounts.is_empty() && action.accounts.iter().all(|name| first.accounts.contains(name)));
    let senders = (!first.verified_only || action.verified_only)
        && (first.run_as == RunAs::System || action.run_as == RunAs::Sender)
        && (first.senders.is_anybody() || are_among(&action.senders, &first.senders));
    let works = match first.target {
        Target::New => true,
        same => same == action.target && config.dictionary.is_a(&action.table, &first.table),
    };
    let asked = first.condition_script.trim().is_empty();
    let holds = match (&first.condition, &action.condition) {
        (Ok(wide), Ok(narrow)) => is_implied(wide, narrow),
        _ => false,
    };
    first.stop
        && types
        && reports
        && invitations
        && automatic
        && accounts
        && senders
        && works
        && asked
        && holds
}

/// Whether everybody whom `few` names is named by `many`.
fn are_among(few: &Senders, many: &Senders) -> bool {
    !few.is_anybody()
        && few.users.iter().all(|user| many.users.contains(user))
        && few.groups.iter().all(|group| many.groups.contains(group))
        && few.roles.iter().all(|role| many.roles.contains(role))
}

/// Whether `wide` certainly holds wherever `narrow` does: each part of it is a part of the other.
fn is_implied(wide: &Condition, narrow: &Condition) -> bool {
    match wide {
        Condition::All(parts) => parts.iter().all(|part| is_implied(part, narrow)),
        part => {
            part == narrow
                || matches!(narrow, Condition::All(parts) if parts.iter().any(|one| is_implied(part, one)))
        }
    }
}
