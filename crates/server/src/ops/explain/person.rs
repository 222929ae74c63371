//! What came from a person and went to them, the newest first, each with what became of it: where "why did she not get
//! that mail?" begins.

use rejoinder_engine::condition::{Condition, Operator};
use rejoinder_engine::plan::Direction;
use rejoinder_engine::record::Record;
use rejoinder_engine::value::{Kind, Value};
use rejoinder_engine::view::{Query, View};
use rejoinder_store::EmailDetail;

use super::write_line;
use crate::app::App;
use crate::error::AppError;

/// Mails of a person that are told.
const MAILS_TOLD_MAX: u32 = 20;

/// Tells of an address; whether anything is known of it.
pub(super) fn tell_address(app: &App, address: &str, text: &mut String) -> Result<bool, AppError> {
    let mails = app.store.newest_of_address(address, MAILS_TOLD_MAX)?;
    let user = user_of(app, address)?;
    if mails.is_empty() && user.is_none() {
        return Ok(false);
    }
    match user {
        Some(user) => {
            let inactive = user.get("active") == &Value::Bool(false);
            let inactive = if inactive { ", not active: no rule sends to them" } else { "" };
            write_line(
                text,
                &format!("{address} is the address of {} ({}{inactive})", user.text("name"), user.id),
            );
        }
        None => write_line(text, &format!("{address} is the address of no user")),
    }
    let more = if mails.len() >= MAILS_TOLD_MAX as usize { ", the newest of them" } else { "" };
    write_line(text, &format!("Mails from and to it: {}{more}", mails.len()));
    for mail in &mails {
        tell_mail(mail, address, text);
    }
    write_line(
        text,
        "A mail that is missing here was not planned for them: explain its record or its event, whose trace names the \
         rules and whom each left out.",
    );
    Ok(true)
}

/// The user whose main address it is.
fn user_of(app: &App, address: &str) -> Result<Option<Record>, AppError> {
    let address = Value::text(address);
    let mut query = Query::new("user", Condition::clause("email", Kind::Email, Operator::Is, vec![address]));
    query.limit = 1;
    Ok(app.store.view()?.query(&query)?.into_iter().next())
}

fn tell_mail(mail: &EmailDetail, address: &str, text: &mut String) {
    let row = &mail.row;
    let subject = row.subject.as_deref().unwrap_or("(no subject)");
    let why = row.why.as_ref().map(|why| format!(" ({}: {})", why.code, why.text)).unwrap_or_default();
    match row.direction {
        Direction::Incoming => write_line(
            text,
            &format!("{} came \"{subject}\": {}{why}; mail {}", row.created_at, row.state, row.id),
        ),
        Direction::Outgoing => {
            let rule = row.rule.as_deref().unwrap_or("nobody");
            let states = mail.deliveries.iter().filter(|one| one.address.eq_ignore_ascii_case(address));
            let states = states.map(|one| {
                let why = one.why.as_ref().map(|why| format!(" ({}: {})", why.code, why.text));
                format!("{}{}", one.state, why.unwrap_or_default())
            });
            let states: Vec<String> = states.collect();
            let states = if states.is_empty() { row.state.to_string() } else { states.join(", ") };
            write_line(
                text,
                &format!("{} went \"{subject}\" by {rule}: {states}; mail {}", row.created_at, row.id),
            );
        }
    }
}
