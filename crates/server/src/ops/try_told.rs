//! What a mail would do, as a person at a terminal reads it.

use std::fmt::Write;

use super::decided::{Decided, name_of};
use super::diff::RecordChange;
use super::try_mail::TriedOut;

/// Everything that came of a trial.
pub fn told(tried: &TriedOut) -> String {
    let mut text = format!("Decided at {}, {}.\n", tried.at, tried.note);
    text.push_str(&decision(&tried.now));
    match &tried.before {
        Some(_) if tried.differences.is_empty() => text.push_str("It did the same when it was worked on.\n"),
        Some(_) => text.push_str("Otherwise than when it was worked on:\n"),
        None => {}
    }
    for one in &tried.differences {
        let or_nothing = |text: &str| if text.is_empty() { "(nothing)".to_owned() } else { text.to_owned() };
        let name = format!("{} {}", one.what, one.name);
        _ = writeln!(text, "  {}: {} → {}", name.trim(), or_nothing(&one.before), or_nothing(&one.now));
    }
    text
}

/// One decision: its trace, and what it does.
pub fn decision(decided: &Decided) -> String {
    let why = decided.why.as_ref().map(|why| format!(" ({}: {})", why.code, why.text)).unwrap_or_default();
    let mut text = format!("{}{why}\n{}", decided.state, decided.trace.tell());
    let nothing = decided.changes.is_empty() && decided.entries.is_empty() && decided.mails.is_empty();
    text.push_str(if nothing { "It would change nothing.\n" } else { "It would do:\n" });
    for change in &decided.changes {
        record(&mut text, change, decided.hidden.contains(&change.key.id));
    }
    for entry in &decided.entries {
        let name = name_of(&decided.trace, &entry.key);
        _ = writeln!(
            text,
            "  {} on {} {name}: {}",
            entry.kind,
            entry.key.table,
            entry.text.replace('\n', "\n      ")
        );
    }
    for file in &decided.files {
        let place = match (&file.record, &file.left_out) {
            (Some(key), _) => format!("to {} {}", key.table, name_of(&decided.trace, key)),
            (None, Some(why)) => format!("stays on the mail: {}", why.text),
            (None, None) => "stays on the mail".to_owned(),
        };
        _ = writeln!(text, "  file {}: {place}", file.name);
    }
    for mail in &decided.mails {
        _ = writeln!(text, "  mail to {} by {}: {}", mail.to.join(", "), mail.action, mail.subject);
        if let Some(why) = &mail.suppressed {
            _ = writeln!(text, "      not sent: {}", why.text);
        }
        for line in mail.text.lines() {
            _ = writeln!(text, "      | {line}");
        }
    }
    for (event, key) in &decided.events {
        _ = writeln!(text, "  event {event} on {}", name_of(&decided.trace, key));
    }
    for why in &decided.attention {
        _ = writeln!(text, "  needs attention: {} [{}]", why.text, why.code);
    }
    text
}

fn record(text: &mut String, change: &RecordChange, hidden: bool) {
    _ = writeln!(text, "  {} {} {}", change.operation, change.key.table, change.name);
    if hidden {
        text.push_str("      (you may not read it)\n");
    }
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
