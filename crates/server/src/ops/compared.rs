//! How two decisions about one mail differ.
//!
//! Compared as people read them: records are told apart by what is done to them and by their names, not by ids, which a
//! dry run never shares with what was done. What somebody may not read is not compared.

use std::collections::BTreeMap;

use rejoinder_engine::trace::Step;

use super::decided::Decided;
use super::diff::RecordChange;

/// One way in which two decisions differ.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// `state`, `class`, `action`, `change`, `entry`, `file`, `mail` or `event`.
    pub what: &'static str,
    /// Which of these.
    pub name: String,
    /// What it was; empty where there was none.
    pub before: String,
    /// What it is; empty where there is none.
    pub now: String,
}

/// What of one decision is compared: by kind and name, the texts.
type Facts = BTreeMap<(usize, String), Vec<String>>;

const KINDS: [&str; 8] = ["state", "class", "action", "change", "entry", "file", "mail", "event"];

/// How `now` differs from `before`.
pub fn compared(before: &Decided, now: &Decided) -> Vec<Difference> {
    let (before, mut now) = (facts(before), facts(now));
    let mut all = Vec::new();
    for (key, olds) in before {
        let news = now.remove(&key).unwrap_or_default();
        add(&mut all, key, &olds, &news);
    }
    for (key, news) in now {
        add(&mut all, key, &[], &news);
    }
    all.sort_by_key(|one| KINDS.iter().position(|kind| *kind == one.what));
    all
}

/// What is in one list and not in the other, place by place.
fn add(all: &mut Vec<Difference>, (kind, name): (usize, String), olds: &[String], news: &[String]) {
    let gone: Vec<&String> = olds.iter().filter(|text| !news.contains(text)).collect();
    let come: Vec<&String> = news.iter().filter(|text| !olds.contains(text)).collect();
    let what = KINDS.get(kind).copied().unwrap_or_default();
    for place in 0..gone.len().max(come.len()) {
        let text = |list: &[&String]| list.get(place).map(|text| (*text).clone()).unwrap_or_default();
        all.push(Difference { what, name: name.clone(), before: text(&gone), now: text(&come) });
    }
}

fn facts(decided: &Decided) -> Facts {
    let mut facts = Facts::new();
    let mut add = |kind: &str, name: &str, text: String| {
        let kind = KINDS.iter().position(|one| *one == kind).unwrap_or(KINDS.len());
        facts.entry((kind, name.to_owned())).or_default().push(text);
    };
    let why = decided.why.as_ref().map(|why| format!(" ({})", why.code)).unwrap_or_default();
    add("state", "", format!("{}{why}", decided.state));
    for step in &decided.trace.steps {
        match step {
            Step::Class { class, .. } => add("class", "", class.clone()),
            Step::Considered { kind, name, outcome, .. } if kind == "action" => {
                add("action", name, outcome.clone());
            }
            _ => {}
        }
    }
    for change in decided.changes.iter().filter(|change| !decided.hidden.contains(&change.key.id)) {
        let name = if change.operation == "insert" { String::new() } else { change.name.clone() };
        let name = format!("{} {} {name}", change.operation, change.key.table);
        for line in fields(change) {
            add("change", name.trim(), line);
        }
    }
    for entry in decided.entries.iter().filter(|entry| !decided.hidden.contains(&entry.key.id)) {
        add("entry", entry.kind, entry.text.clone());
    }
    for file in &decided.files {
        let place = match (&file.record, &file.left_out) {
            (Some(key), _) => format!("on {}", key.table),
            (None, Some(why)) => format!("on the mail: {}", why.text),
            (None, None) => "on the mail".to_owned(),
        };
        add("file", &file.name, place);
    }
    for mail in &decided.mails {
        add("mail", &mail.action, format!("to {}", mail.to.join(", ")));
    }
    for (event, key) in &decided.events {
        add("event", event, format!("on {}", key.table));
    }
    facts
}

/// The fields of a change, each a line; numbers of new records are left out, because a dry run uses none up.
fn fields(change: &RecordChange) -> Vec<String> {
    let shown = |text: &str| if text.is_empty() { "(empty)".to_owned() } else { text.to_owned() };
    let new = change.operation == "insert";
    let fields = change.fields.iter().filter(|field| !(new && field.field == "number"));
    let mut lines: Vec<String> =
        fields.map(|field| format!("{}: {}", field.field, shown(&field.shown.1))).collect();
    if lines.is_empty() {
        lines.push(change.operation.to_owned());
    }
    lines
}
