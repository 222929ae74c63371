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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::dictionary::{Dictionary, Table};
    use crate::id::Seed;
    use crate::inbound::INBOUND_ACTION;
    use crate::record::Fields;
    use crate::time::Timestamp;
    use crate::token::Keys;
    use crate::value::Value;

    /// An action `name` of this order, with further values: `true` is yes, a text in `[…]` a list, else a text.
    fn action(name: &str, order: i64, fields: &[(&str, &str)]) -> Record {
        let value = |text: &str| match text {
            "true" => Value::Bool(true),
            list if list.starts_with('[') && !list.contains('{') => {
                Value::list(list.trim_matches(['[', ']']).split(',').map(str::to_owned).collect())
            }
            text => Value::text(text),
        };
        let mut all: Fields = [("table", "incident"), ("target", "new")]
            .map(|(field, text)| (field.to_owned(), Value::text(text)))
            .into();
        all.insert("name".to_owned(), Value::text(name));
        all.insert("order".to_owned(), Value::Int(order));
        all.insert("active".to_owned(), Value::Bool(true));
        all.extend(fields.iter().map(|(field, text)| ((*field).to_owned(), value(text))));
        let id = Seed::new([7; 32]).id(name, Timestamp::from_micros(1));
        Record { table: INBOUND_ACTION.to_owned(), id, version: 1, fields: all }
    }

    fn config() -> Config {
        let table = |name: &str, extends: Option<&str>| {
            let mut table = Table::new(name, "created_at", Vec::new());
            table.extends = extends.map(str::to_owned);
            table
        };
        let tables = vec![table("task", None), table("incident", Some("task")), table("user", None)];
        let dictionary = Arc::new(Dictionary::new(tables).unwrap());
        Config::new(1, dictionary, &[], Keys(Vec::new()))
    }

    /// The codes that an action gets.
    fn codes(rows: &[Record], name: &str) -> Vec<&'static str> {
        let found = warnings(&config(), rows);
        found.iter().filter(|one| one.name == name).map(|one| one.code).collect()
    }

    #[test]
    fn an_action_behind_one_that_takes_all_its_mail_never_runs() {
        let later = action("B", 200, &[("message_type", "new")]);
        let cases: [(&[(&str, &str)], bool); 11] = [
            (&[], true),
            (&[("message_type", "new")], true),
            (&[("message_type", "reply")], false),
            (&[("accounts", "[Help]")], false),
            (&[("verified_only", "true")], false),
            (&[("condition", "{\"field\":\"subject\",\"operator\":\"is\",\"value\":\"x\"}")], false),
            (&[("condition_script", "answer = true")], false),
            (&[("target", "record")], false),
            (&[("run_as", "sender")], false),
            (&[("sender_roles", "[agent]")], false),
            (&[("table", "task")], true),
        ];
        for (fields, taken) in cases {
            let mut with_stop = fields.to_vec();
            with_stop.push(("stop_processing", "true"));
            let all = [action("A", 100, &with_stop), later.clone()];
            assert_eq!(codes(&all, "B") == ["never_runs"], taken, "{fields:?}: {:?}", codes(&all, "B"));
            let all = [action("A", 100, fields), later.clone()];
            assert_eq!(codes(&all, "B"), [""; 0], "without stop it takes nothing away: {fields:?}");
        }
        let behind = [later, action("A", 300, &[("stop_processing", "true")])];
        assert_eq!(codes(&behind, "B"), [""; 0], "what comes later takes nothing away");
    }

    #[test]
    fn the_same_or_a_narrower_condition_is_taken_by_the_one_before() {
        let clause =
            |text: &str| format!("{{\"field\":\"subject\",\"operator\":\"contains\",\"value\":\"{text}\"}}");
        let both = format!("{{\"all\":[{},{}]}}", clause("a"), clause("b"));
        let pair = |first: &str, second: &str| {
            let all = [
                action("A", 100, &[("condition", first), ("stop_processing", "true")]),
                action("B", 200, &[("condition", second)]),
            ];
            codes(&all, "B").contains(&"never_runs")
        };
        assert!(pair(&clause("a"), &clause("a")));
        assert!(pair(&clause("a"), &both), "both hold only where the first does");
        assert!(!pair(&both, &clause("a")));
        assert!(!pair(&clause("a"), &clause("b")));
    }

    #[test]
    fn an_action_that_works_on_records_takes_only_mail_of_its_table() {
        let on = |table: &str, target: &str, stop: bool, name: &str, order| {
            let stop = if stop { "true" } else { "" };
            action(name, order, &[("table", table), ("target", target), ("stop_processing", stop)])
        };
        let taken = |first: Record, second: Record| codes(&[first, second], "B").contains(&"never_runs");
        assert!(taken(on("task", "record", true, "A", 1), on("incident", "record", false, "B", 2)));
        assert!(!taken(on("incident", "record", true, "A", 1), on("task", "record", false, "B", 2)));
        assert!(!taken(on("task", "related", true, "A", 1), on("incident", "record", false, "B", 2)));
    }

    #[test]
    fn equal_orders_are_told_where_one_mail_may_come_to_both() {
        let pair = |fields: &[(&str, &str)]| {
            let all = [action("A", 100, &[("message_type", "new")]), action("B", 100, fields)];
            codes(&all, "B")
        };
        assert_eq!(pair(&[("message_type", "new")]), ["equal_order"]);
        assert_eq!(pair(&[("message_type", "all")]), ["equal_order"]);
        assert_eq!(pair(&[("message_type", "reply")]), [""; 0]);
        let apart =
            [action("A", 100, &[("accounts", "[Help]")]), action("B", 100, &[("accounts", "[Sales]")])];
        assert!(!codes(&apart, "B").contains(&"equal_order"));
    }

    #[test]
    fn what_an_action_names_and_there_is_none_of_is_told_with_its_field() {
        type Wrong<'a> = (&'a [(&'a str, &'a str)], &'a str, Option<&'a str>);
        let wrong: [Wrong<'_>; 8] = [
            (&[("table", "nowhere")], "no_table", Some("table")),
            (&[("accounts", "[Nowhere]")], "no_account", Some("accounts")),
            (
                &[("condition", "{\"field\":\"nothing\",\"operator\":\"is\",\"value\":\"x\"}")],
                "condition_error",
                Some("condition"),
            ),
            (
                &[("mapping", "[{\"field\":\"nothing\",\"from\":\"subject\"}]")],
                "mapping_error",
                Some("mapping"),
            ),
            (&[("script", "var = 1")], "script_error", Some("script")),
            (&[("condition_script", "answer = (")], "script_error", Some("condition_script")),
            (&[("kind", "reply"), ("reply_text", "${nothing}")], "template_error", Some("reply_text")),
            (&[("active", "")], "inactive", None),
        ];
        for (fields, code, field) in wrong {
            let found = warnings(&config(), &[action("A", 1, fields)]);
            let told = found.iter().find(|one| one.code == code);
            assert_eq!(told.map(|one| one.field), Some(field), "{fields:?}: {found:?}");
        }
        let reply =
            [("kind", "reply"), ("reply_text", "x"), ("reply_templates", "[{\"template\":\"Gone\"}]")];
        assert_eq!(codes(&[action("A", 1, &reply)], "A"), ["no_template", "no_sending_account"]);
        assert_eq!(codes(&[action("A", 1, &[])], "A"), [""; 0]);
    }
}
