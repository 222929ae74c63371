//! Refuses records that automate something and cannot be read: above all scripts that are no JavaScript.

use rejoinder_script::{Script, ScriptError};

use super::{BUSINESS_RULE, EVENT_ACTION, SCHEDULE, SCRIPT_INCLUDE, hours, vocabulary};
use crate::condition::source::Source;
use crate::dictionary::Dictionary;
use crate::draft::ChangeError;
use crate::inbound::{self, INBOUND_ACTION};
use crate::notify::rule_table::change_table;
use crate::record::Record;
use crate::schedule::SCHEDULED_JOB;
use crate::template::{self, EMAIL_TEMPLATE};

/// The tables whose records hold scripts, and the fields that do.
const SCRIPTS: [(&str, &[&str]); 6] = [
    (BUSINESS_RULE, &["condition_script", "script"]),
    (SCRIPT_INCLUDE, &["script"]),
    (EVENT_ACTION, &["script"]),
    (SCHEDULED_JOB, &["script"]),
    ("notification_rule", &["condition_script"]),
    (INBOUND_ACTION, &["condition_script", "script"]),
];

/// Refuses a record whose scripts are no JavaScript, whose table is none, or whose condition cannot be read. Scripts that
/// stay as they were are not read again.
pub fn check(dictionary: &Dictionary, before: Option<&Record>, after: &Record) -> Result<(), ChangeError> {
    let refuse = |field: &str, rule: String| {
        let (table, field) = (after.table.clone(), field.to_owned());
        Err(ChangeError::Field { table, field, code: "bad_value", rule })
    };
    if let Some((_, fields)) = SCRIPTS.iter().find(|(table, _)| *table == after.table) {
        let other = before.is_none_or(|before| before.get("vocabulary") != after.get("vocabulary"));
        for field in *fields {
            let same = before.is_some_and(|before| before.get(field) == after.get(field));
            if let (false, Some(rule)) = (same && !other, fault(after, field)) {
                return refuse(field, rule);
            }
        }
    }
    match after.table.as_str() {
        BUSINESS_RULE => {
            if let Some(rule) = bad_table(dictionary, after.text("table")) {
                return refuse("table", rule);
            }
            if !["on_insert", "on_update", "on_delete"].iter().any(|field| after.get(field).is_true()) {
                return refuse("on_update", "it listens to nothing: choose when it runs".to_owned());
            }
            condition(dictionary, after, after.text("table")).or_else(|rule| refuse("condition", rule))
        }
        EVENT_ACTION => {
            let table = after.get("table").as_text();
            if let Some(rule) = table.and_then(|table| bad_table(dictionary, table)) {
                return refuse("table", rule);
            }
            let place = table.unwrap_or(crate::events::EVENT_REGISTER);
            condition(dictionary, after, place).or_else(|rule| refuse("condition", rule))
        }
        EMAIL_TEMPLATE => template::check(dictionary, after).or_else(|(field, rule)| refuse(field, rule)),
        INBOUND_ACTION => {
            inbound::written::check(dictionary, before, after).or_else(|(field, rule)| refuse(field, rule))
        }
        SCHEDULE => hours::Hours::read(after).map(|_| ()).or_else(|(field, rule)| refuse(field, rule)),
        _ => Ok(()),
    }
}

/// What is wrong with a table that rules are made for.
fn bad_table(dictionary: &Dictionary, table: &str) -> Option<String> {
    match dictionary.table(table) {
        None => Some(format!("there is no table `{table}`")),
        Some(info) if info.table.configuration => {
            Some(format!("`{table}` is configuration: no rules run when it changes"))
        }
        Some(_) => None,
    }
}

fn condition(dictionary: &Dictionary, row: &Record, table: &str) -> Result<(), String> {
    let info = change_table(dictionary, table)?;
    let source = Source::parse(row.text("condition")).map_err(|error| error.to_string())?;
    source.check_in(dictionary, &info).map(|_| ()).map_err(|error| error.to_string())
}

/// What is wrong with the script in a field, with its line and column.
fn fault(row: &Record, field: &str) -> Option<String> {
    let source = row.text(field);
    if source.trim().is_empty() {
        return None;
    }
    let script = Script { name: field, source, vocabulary: vocabulary(row) };
    let error = rejoinder_script::check(&script).err()?;
    Some(match &error {
        ScriptError::Syntax { message, at: Some(at) } => {
            format!("line {}, column {}: {message}", at.line, at.column)
        }
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Seed;
    use crate::time::Timestamp;
    use crate::value::Value;

    fn row(table: &str, fields: &[(&str, &str)]) -> Record {
        let id = Seed::new([1; 32]).id("x", Timestamp::from_micros(1));
        let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), Value::text(text))).collect();
        Record { table: table.to_owned(), id, version: 1, fields }
    }

    #[test]
    fn a_script_that_is_no_javascript_is_refused_with_its_line_and_column() {
        let bad = row(SCRIPT_INCLUDE, &[("script", "var a = 1;\nvar b = ;\n")]);
        let error = check(&Dictionary::default(), None, &bad).unwrap_err();
        let ChangeError::Field { field, rule, .. } = error else { panic!("{error}") };
        assert_eq!(field, "script");
        assert!(rule.starts_with("line 2, column 9: "), "{rule}");
        let good = row(SCRIPT_INCLUDE, &[("script", "return 1;")]);
        assert!(check(&Dictionary::default(), None, &good).is_ok(), "a bare return is legal");
    }

    #[test]
    fn a_script_that_stays_as_it_was_is_not_read_again_unless_its_vocabulary_changes() {
        let bad = row("inbound_action", &[("script", "var b = ;")]);
        assert!(check(&Dictionary::default(), Some(&bad), &bad).is_ok());
        let other = row("inbound_action", &[("script", "var b = ;"), ("vocabulary", "servicenow")]);
        assert!(check(&Dictionary::default(), Some(&bad), &other).is_err());
    }
}
