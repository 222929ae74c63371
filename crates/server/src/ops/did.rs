//! What a mail did when it was worked on: its stored traces, and the changes, entries, files and mails under its name.

use std::collections::BTreeSet;

use rejoinder_engine::config::Config;
use rejoinder_engine::id::Id;
use rejoinder_engine::inbound::again::DONE_BEFORE;
use rejoinder_engine::plan::{DeliveryState, Direction};
use rejoinder_engine::reads::Reads;
use rejoinder_engine::record::{Fields, RecordKey};
use rejoinder_engine::trace::{Step, Trace};
use rejoinder_store::{AttachmentRow, ChangeRow, EmailDetail, Page};

use super::decided::{Decided, Eyes, FileGoes, MailGoes, Sight};
use super::diff::{Differing, entry_of};
use crate::app::App;
use crate::error::AppError;

/// Changes and entries of one record that are looked through for those of the mail: the newest ones.
const ROWS_LOOKED_AT: u32 = 200;

/// What an arrival did; `None` for one that was never worked on.
pub fn did(app: &App, config: &Config, eyes: Eyes<'_>, arrival: Id) -> Result<Option<Decided>, AppError> {
    let Some(row) = app.store.arrival(arrival)? else { return Ok(None) };
    let Some(trace) = whole(app.store.traces(arrival)?) else { return Ok(None) };
    let email = row.email.map(|id| app.store.email(id)).transpose()?.flatten();
    // A second copy has no effects: those of its mail are another arrival's.
    let email = email.filter(|email| email.cause.1 == arrival);
    let view = app.store.view()?;
    let reads = Reads::new(&view, &config.dictionary);
    let mut sight = Sight::new(config, &reads, eyes);
    let page = Page { after: None, limit: ROWS_LOOKED_AT };
    let (mut changes, mut entries, mut mails) = (Vec::new(), Vec::new(), Vec::new());
    let nothing = Fields::new();
    for key in records(&trace, email.as_ref()) {
        let rows = app.store.changes_of(key.id, &page)?.items.into_iter().rev();
        for row in rows.filter(|row| row.cause.1 == arrival) {
            changes.push(sight.change(differing(&row, &nothing), &trace)?);
        }
        let written = app.store.activities(key.id, true, &page)?.items.into_iter().rev();
        for row in written.filter(|row| email.as_ref().is_some_and(|email| row.email == Some(email.row.id))) {
            if let Some(one) = entry_of(row.kind, row.record, row.text) {
                entries.push(sight.entry(one)?);
            }
        }
    }
    for mail in app.store.emails_caused_by(arrival)? {
        if mail.row.direction == Direction::Outgoing {
            mails.push(sight.mail(goes(mail))?);
        }
    }
    let events = app.store.events_caused_by(arrival, ROWS_LOOKED_AT)?;
    let about: Vec<Id> =
        [Some(arrival), email.as_ref().map(|email| email.row.id)].into_iter().flatten().collect();
    let attention = app.store.attention_of(&about)?;
    Ok(Some(Decided {
        state: row.state,
        why: row.why,
        changes,
        entries,
        files: email.into_iter().flat_map(|email| email.attachments).map(file).collect(),
        mails,
        events: events.into_iter().map(|event| (event.name, event.record)).collect(),
        attention: attention.into_iter().map(|row| row.why).collect(),
        trace: sight.trace(&trace),
        hidden: sight.hidden(),
    }))
}

/// All that was decided about one mail, as one: it may have been decided more than once. Of an action counts what it did
/// last.
fn whole(traces: Vec<Trace>) -> Option<Trace> {
    let mut all = traces.into_iter();
    let mut first = all.next()?;
    for more in all {
        let is_old = |step: &Step| matches!(step, Step::Considered { because: Some(why), .. } if why.code == DONE_BEFORE);
        let new: Vec<Step> = more.steps.into_iter().filter(|step| !is_old(step)).collect();
        let considered = |wanted: &str| {
            new.iter().any(|step| matches!(step, Step::Considered { name, .. } if name == wanted))
        };
        first.steps.retain(|step| match step {
            Step::Considered { name, .. } | Step::Error { of: name, .. } => !considered(name),
            _ => true,
        });
        first.steps.extend(new);
    }
    Some(first)
}

/// The records that it changed, and those that it is on.
fn records(trace: &Trace, email: Option<&EmailDetail>) -> Vec<RecordKey> {
    let planned = trace.steps.iter().filter_map(|step| match step {
        Step::Planned { record, .. } => Some(record.clone()),
        _ => None,
    });
    let on = email.into_iter().flat_map(|email| &email.links).map(|link| link.record.clone());
    let mut known = BTreeSet::new();
    planned.chain(on).filter(|key| known.insert(key.id)).collect()
}

fn differing<'a>(row: &'a ChangeRow, nothing: &'a Fields) -> Differing<'a> {
    let (operation, new) = match row.operation.as_str() {
        "insert" => ("insert", &row.new),
        "delete" => ("delete", nothing),
        _ => ("update", &row.new),
    };
    Differing { key: &row.record, operation, old: &row.old, new }
}

fn goes(mail: EmailDetail) -> MailGoes {
    let open = mail.deliveries.iter().any(|one| one.state != DeliveryState::Suppressed);
    let first = mail.deliveries.iter().find_map(|one| one.why.clone());
    MailGoes {
        action: mail.row.rule.unwrap_or_default(),
        to: mail.deliveries.into_iter().map(|one| one.address).collect(),
        subject: mail.row.subject.unwrap_or_default(),
        text: mail.text.unwrap_or_default(),
        record: mail.row.record,
        suppressed: first.filter(|_| !open),
    }
}

fn file(row: AttachmentRow) -> FileGoes {
    FileGoes { name: row.file_name.unwrap_or_default(), record: row.record, left_out: row.left_out }
}

#[cfg(test)]
mod tests {
    use rejoinder_engine::id::Seed;
    use rejoinder_engine::plan::Why;
    use rejoinder_engine::time::Timestamp;

    use super::*;

    fn trace(steps: Vec<Step>) -> Trace {
        let id = Seed::new([1; 32]).id("x", Timestamp::from_micros(1));
        Trace { steps, ..Trace::new("arrival", id, Timestamp::from_micros(1), 1) }
    }

    fn considered(name: &str, outcome: &str, because: Option<&str>) -> Step {
        let id = Seed::new([1; 32]).id(name, Timestamp::from_micros(1));
        let because = because.map(|code| Why::new(code, "x"));
        let (kind, name, outcome) = ("action".to_owned(), name.to_owned(), outcome.to_owned());
        Step::Considered { kind, id, name, version: 1, outcome, because, reason: None }
    }

    #[test]
    fn of_a_mail_that_was_decided_twice_counts_what_each_action_did_last() {
        let why = Why::new("action_failed", "out of paper");
        let first = trace(vec![
            considered("Create", "ran", None),
            considered("Note", "ran", None),
            Step::Error { of: "Note".to_owned(), why },
        ]);
        let second = trace(vec![
            considered("Create", "skipped", Some(DONE_BEFORE)),
            considered("Note", "skipped", Some("stopped")),
        ]);
        let wanted = vec![considered("Create", "ran", None), considered("Note", "skipped", Some("stopped"))];
        assert_eq!(whole(vec![first, second]).map(|all| all.steps), Some(wanted));
        assert_eq!(whole(Vec::new()), None);
    }
}
