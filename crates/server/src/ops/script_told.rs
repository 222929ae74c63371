//! What came of a script that was run by hand, as a person at a terminal reads it.

use std::fmt::Write;

use rejoinder_script::Level;

use super::diff::{Entry, RecordChange};
use super::script_run::Ran;
use super::scripts::{pointed_at, without_place};

/// The word of a level.
pub const fn level(level: Level) -> &'static str {
    match level {
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

/// Everything that came of it, a line for each fact. An error is shown with the line of `source` and a caret.
pub fn told(ran: &Ran, source: &str) -> String {
    let mut text = String::new();
    let outcome = &ran.outcome;
    if let Some(why) = &outcome.refused {
        _ = writeln!(text, "not run: {}", why.text);
    }
    if let Some(error) = &outcome.error {
        _ = writeln!(text, "error ({}): {}", error.code(), without_place(error));
        if let Some(at) = error.location() {
            _ = writeln!(text, "  {at}");
            // A place in an include is not in this source.
            let here = at.script == ran.name;
            if let Some(shown) = pointed_at(source, at.line, at.column).filter(|_| here) {
                _ = writeln!(text, "{shown}");
            }
        }
    } else if outcome.refused.is_none() {
        _ = writeln!(text, "value: {}", outcome.value.to_json());
    }
    for line in &outcome.log {
        _ = writeln!(text, "log {}: {}", level(line.level), line.text);
    }
    for (weight, message) in &outcome.messages {
        _ = writeln!(text, "message {}: {message}", level(*weight));
    }
    if !outcome.printed.is_empty() {
        _ = writeln!(text, "printed:\n{}", outcome.printed);
    }
    for write in &outcome.refused_writes {
        _ = writeln!(text, "refused: {write}");
    }
    if let Some(reason) = &outcome.aborted {
        _ = writeln!(text, "called off: {reason}");
    }
    effects(&mut text, ran);
    let used = outcome.usage;
    _ = writeln!(text, "used: {} queries, {} rows, {} changes", used.queries, used.rows, used.effects);
    text
}

fn effects(text: &mut String, ran: &Ran) {
    let heading = if ran.applied { "changed:" } else { "would change:" };
    if ran.changes.is_empty() && ran.entries.is_empty() {
        text.push_str(if ran.applied { "nothing changed\n" } else { "would change nothing\n" });
    } else {
        _ = writeln!(text, "{heading}");
    }
    for change in &ran.changes {
        record(text, change);
    }
    for Entry { key, kind, text: said } in &ran.entries {
        let name = ran.changes.iter().find(|change| change.key.id == key.id && !change.name.is_empty());
        let name = name.map_or_else(|| key.id.to_string(), |change| change.name.clone());
        _ = writeln!(text, "  {kind} on {} {name}: {said}", key.table);
    }
    if !ran.outcome.events.is_empty() {
        let raised = if ran.applied { "raised" } else { "would raise" };
        _ = writeln!(text, "{raised}: {}", ran.outcome.events.join(", "));
    }
}

fn record(text: &mut String, change: &RecordChange) {
    let name = if change.name.is_empty() { change.key.id.to_string() } else { change.name.clone() };
    _ = writeln!(text, "  {} {} {name}", change.operation, change.key.table);
    for field in &change.fields {
        let (before, after) = &field.shown;
        let or_nothing = |shown: &str| if shown.is_empty() { "(empty)".to_owned() } else { shown.to_owned() };
        if change.operation == "insert" {
            _ = writeln!(text, "      {}: {}", field.field, or_nothing(after));
        } else {
            _ = writeln!(text, "      {}: {} → {}", field.field, or_nothing(before), or_nothing(after));
        }
    }
}
