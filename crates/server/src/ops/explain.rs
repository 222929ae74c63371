//! Why something happened: the stored traces of a mail, an event or a record, told from the cause to the last
//! delivery.

mod person;

use std::fmt::Write;

use rejoinder_engine::condition::{Condition, Operator};
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{CauseKind, Direction};
use rejoinder_engine::record::Record;
use rejoinder_engine::value::{Kind, Value};
use rejoinder_engine::view::{Query, View};
use rejoinder_store::{EmailDetail, EmailFilter, EventRow, Page, RunRow};

use crate::app::App;
use crate::error::AppError;

/// What was decided, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What the key names: `mail`, `arrival`, `event`, `run`, `record` or `person`.
    pub of: &'static str,
    /// For a person, a line for each fact.
    pub text: String,
}

/// Mails of a record that are told; the newest ones where there are more.
const MAILS_TOLD_MAX: u32 = 100;
/// Events of one cause that are told: a run of a job may raise many.
const EVENTS_TOLD_MAX: u32 = 100;
/// How far a chain of causes is followed.
const DEPTH_MAX: usize = 4;

/// Explains a mail, an arrival, an event or a run of a scheduled job by its id, a mail by its Message-ID, a record by its number
/// or id, or a person by an address or by the id of their user.
pub fn explain(app: &App, key: &str) -> Result<Explanation, AppError> {
    let key = key.trim().trim_start_matches('<').trim_end_matches('>');
    let mut text = String::new();
    if let Ok(id) = key.parse::<Id>() {
        if let Some(of) = by_id(app, id, &mut text)? {
            return Ok(Explanation { of, text });
        }
    } else if let Some(record) = by_number(app, key)? {
        tell_record(app, &record, &mut text)?;
        return Ok(Explanation { of: "record", text });
    } else if let Some(known) = app.store.view()?.known_mail(key)?
        && let Some(mail) = app.store.email(known.email)?
    {
        tell_mail(app, &mail, &mut text)?;
        return Ok(Explanation { of: "mail", text });
    } else if key.contains('@') && person::tell_address(app, key, &mut text)? {
        return Ok(Explanation { of: "person", text });
    }
    Err(AppError::NotFound { what: "mail, arrival, event, run, record or address", name: key.to_owned() })
}

fn by_id(app: &App, id: Id, text: &mut String) -> Result<Option<&'static str>, AppError> {
    if let Some(mail) = app.store.email(id)? {
        tell_mail(app, &mail, text)?;
        return Ok(Some("mail"));
    }
    if let Some(arrival) = app.store.arrival(id)? {
        tell_arrival(app, id, text)?;
        if let Some(mail) = arrival.email.map(|email| app.store.email(email)).transpose()?.flatten() {
            write_line(text, &format!("It belongs to the mail {}.", mail.row.id));
        }
        return Ok(Some("arrival"));
    }
    if let Some(event) = app.store.event(id)? {
        write_line(
            text,
            &format!(
                "Event {} of {}, raised by {} at {}",
                event.name, event.record.id, event.actor.label, event.created_at
            ),
        );
        if let Some(row) = app.store.event_row(id)? {
            let why =
                row.why.as_ref().map(|why| format!(" ({}: {})", why.code, why.text)).unwrap_or_default();
            let due = row.due_at.map(|due| format!("for {due}, ")).unwrap_or_default();
            write_line(text, &format!("  raised {due}now {}{why}", row.state));
        }
        tell_traces(app, id, text)?;
        tell_consequences(app, id, text, 0)?;
        return Ok(Some("event"));
    }
    if let Some(run) = app.store.run(id)? {
        tell_run(app, &run, text)?;
        return Ok(Some("run"));
    }
    let Some(record) = find_record(app, id)? else { return Ok(None) };
    let address = record.text("email");
    if record.table == "user" && person::tell_address(app, address, text)? {
        return Ok(Some("person"));
    }
    tell_record(app, &record, text)?;
    Ok(Some("record"))
}

fn tell_run(app: &App, run: &RunRow, text: &mut String) -> Result<(), AppError> {
    let job = app.config()?.jobs.get(&run.job).map_or_else(|| run.job.to_string(), |job| job.name.clone());
    let why = run.why.as_ref().map(|why| format!(" ({}: {})", why.code, why.text)).unwrap_or_default();
    let by = run.by.as_ref().map(|by| format!(", asked for by {by}")).unwrap_or_default();
    let (state, events, due) = (&run.state, run.events, run.due_at);
    write_line(text, &format!("Run of the job {job}, due {due}{by}: {state}{why}; events raised: {events}"));
    tell_traces(app, run.id, text)?;
    tell_consequences(app, run.id, text, 0)
}

fn find_record(app: &App, id: Id) -> Result<Option<Record>, AppError> {
    let config = app.config()?;
    let view = app.store.view()?;
    for info in config.dictionary.tables().filter(|info| info.root == info.table.name) {
        if let Some(record) = view.get(&info.table.name, id)? {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

fn by_number(app: &App, number: &str) -> Result<Option<Record>, AppError> {
    let config = app.config()?;
    let view = app.store.view()?;
    for info in config.dictionary.tables().filter(|info| info.root == info.table.name) {
        let Some(field) = info.fields.values().find(|field| field.kind == Kind::Number) else { continue };
        let condition = Condition::clause(&field.name, Kind::Number, Operator::Is, vec![Value::text(number)]);
        let mut query = Query::new(&info.table.name, condition);
        query.limit = 1;
        if let Some(record) = view.query(&query)?.into_iter().next() {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

fn write_line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn tell_record(app: &App, record: &Record, text: &mut String) -> Result<(), AppError> {
    let number = record.fields.get("number").map(Value::plain).unwrap_or_else(|| record.id.to_string());
    let subject = record.text("subject");
    write_line(text, &format!("{number} {subject} ({}, version {})", record.table, record.version));
    let filter = EmailFilter { record: Some(record.id), ..EmailFilter::default() };
    let mails = app.store.emails(&filter, &Page { after: None, limit: MAILS_TOLD_MAX })?;
    if mails.items.is_empty() {
        write_line(text, "No mail came or went about it.");
    }
    // Outgoing mails are told with what caused them; those that a person's change caused stand on their own.
    for row in mails.items.into_iter().rev() {
        let Some(mail) = app.store.email(row.id)? else { continue };
        if row.direction == Direction::Incoming || !caused_by_mail(app, &mail)? {
            text.push('\n');
            tell_mail(app, &mail, text)?;
        }
    }
    Ok(())
}

/// Whether an incoming mail is the cause, directly or through an event.
fn caused_by_mail(app: &App, mail: &EmailDetail) -> Result<bool, AppError> {
    let mut cause = mail.cause;
    for _ in 0..DEPTH_MAX {
        match cause {
            (CauseKind::Arrival, _) => return Ok(true),
            (CauseKind::Event, id) => match app.store.cause_of_event(id)? {
                Some(before) => cause = before,
                None => return Ok(false),
            },
            (CauseKind::Job | CauseKind::Request, _) => return Ok(false),
        }
    }
    Ok(false)
}

fn tell_mail(app: &App, mail: &EmailDetail, text: &mut String) -> Result<(), AppError> {
    let row = &mail.row;
    let subject = row.subject.as_deref().unwrap_or("(no subject)");
    let why = row.why.as_ref().map(|why| format!(" ({}: {})", why.code, why.text)).unwrap_or_default();
    let from = row.from.as_deref().unwrap_or("nobody");
    match row.direction {
        Direction::Incoming => {
            write_line(
                text,
                &format!("Mail \"{subject}\" from {from}, received {}: {}{why}", row.created_at, row.state),
            );
            let (_, arrival) = mail.cause;
            tell_traces(app, arrival, text)?;
            tell_consequences(app, arrival, text, 0)?;
        }
        Direction::Outgoing => {
            tell_outgoing(mail, text, 0);
            let (kind, cause) = mail.cause;
            write_line(text, &format!("  because of the {kind} {cause}:"));
            tell_traces(app, cause, text)?;
        }
    }
    Ok(())
}

fn tell_arrival(app: &App, id: Id, text: &mut String) -> Result<(), AppError> {
    let Some(arrival) = app.store.arrival(id)? else { return Ok(()) };
    let why = arrival.why.as_ref().map(|why| format!(" ({}: {})", why.code, why.text)).unwrap_or_default();
    let from = arrival.sender.as_deref().unwrap_or("nobody");
    write_line(
        text,
        &format!(
            "Mail from {from} by {}, received {}: {}{why}",
            arrival.source, arrival.received_at, arrival.state
        ),
    );
    tell_traces(app, id, text)?;
    tell_consequences(app, id, text, 0)
}

fn tell_traces(app: &App, id: Id, text: &mut String) -> Result<(), AppError> {
    for trace in app.store.traces(id)? {
        text.push_str(&trace.tell());
    }
    Ok(())
}

/// The mails that a cause sent, and the events that it raised with theirs.
fn tell_consequences(app: &App, cause: Id, text: &mut String, depth: usize) -> Result<(), AppError> {
    for mail in app.store.emails_caused_by(cause)? {
        if mail.row.direction == Direction::Outgoing {
            tell_outgoing(&mail, text, depth);
        }
    }
    if depth >= DEPTH_MAX {
        return Ok(());
    }
    let events = app.store.events_caused_by(cause, EVENTS_TOLD_MAX + 1)?;
    let more = events.len() > EVENTS_TOLD_MAX as usize;
    for event in events.into_iter().take(EVENTS_TOLD_MAX as usize) {
        tell_event(&event, text, depth);
        tell_traces(app, event.id, text)?;
        tell_consequences(app, event.id, text, depth + 1)?;
    }
    if more {
        write_line(text, &format!("Only the first {EVENTS_TOLD_MAX} events are told."));
    }
    Ok(())
}

fn tell_event(event: &EventRow, text: &mut String, depth: usize) {
    let indent = "  ".repeat(depth);
    let why = event.why.as_ref().map(|why| format!(" ({})", why.text)).unwrap_or_default();
    write_line(text, &format!("{indent}Event {} by {}: {}{why}", event.name, event.actor, event.state));
}

fn tell_outgoing(mail: &EmailDetail, text: &mut String, depth: usize) {
    let row = &mail.row;
    let indent = "  ".repeat(depth);
    let subject = row.subject.as_deref().unwrap_or("(no subject)");
    let rule = row.rule.as_deref().unwrap_or("nobody");
    write_line(text, &format!("{indent}Mail \"{subject}\" by {rule}: {}", row.state));
    for delivery in &mail.deliveries {
        let said = delivery.reply.clone().or_else(|| delivery.why.as_ref().map(|why| why.text.clone()));
        let said = said.map(|said| format!(" ({})", said.trim())).unwrap_or_default();
        // Writing into a text cannot fail.
        let _ = writeln!(text, "{indent}  to {}: {}{said}", delivery.address, delivery.state);
    }
}
