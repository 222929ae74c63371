//! Mails of a plan: the row of an incoming one, outgoing ones with their deliveries, and what reports say.
//!
//! Must not send and must not parse: bytes are stored as they are.

use rejoinder_engine::fold::fold;
use rejoinder_engine::plan::{
    DeliveryReportOp, DeliveryState, EmailState, IncomingEmail, NewDelivery, OutgoingEmail, Plan, Purpose,
    Unit, Why,
};

use super::effects::Effects;
use super::insert;
use crate::error::StoreError;
use crate::row::{json, params};
use crate::tx::{SqlValue, Statement};
use crate::{again, attention, blob, delivery};

/// Characters of a mail's text that its list is searched by, beside subject and addresses.
pub const SEARCH_TEXT_CHARS: usize = 4_000;

pub(super) fn write(effects: &mut Effects, plan: &Plan) -> Result<(), StoreError> {
    if let (Some(passed), Unit::Job { id, .. }) = (&plan.passed_over, &plan.unit) {
        effects.other("what became of the mail", again::note_passed(plan, *id, passed));
    }
    if let Some(again) = &plan.again {
        for statement in again::settle(plan, again) {
            effects.other("the mail that is decided once more", statement);
        }
        if let Unit::Job { id, .. } = &plan.unit {
            effects.other("what became of the mail", again::note(plan, *id, again));
        }
    }
    if let Some(mail) = &plan.incoming {
        let known = plan.again.as_ref().is_some_and(|again| again.known);
        let row = if known { decided_anew(mail)? } else { incoming(plan, mail)? };
        effects.other("the row of the mail", row);
        if let Some(id) = &mail.message_id {
            effects.other("the Message-ID of the mail", message_id(id, mail.id.into()));
        }
        if let Some(why) = &mail.attention {
            effects.other("the attention of the mail", attention::raise("email", mail.id, why, plan.now));
        }
    }
    for mail in &plan.outgoing {
        if !mail.bytes.is_empty() {
            effects.other("the bytes of a mail", blob::put(&mail.digest, &mail.bytes));
        }
        effects.other("an outgoing mail", outgoing(plan, mail)?);
        if mail.purpose != Purpose::FanOut {
            effects.other("the Message-ID of a mail", message_id(&mail.message_id, mail.id.into()));
        }
        for one in &mail.deliveries {
            effects.other("a delivery", new_delivery(plan, mail, one));
        }
    }
    for one in &plan.reports {
        effects.other("a delivery that a report speaks of", report(plan, one));
        effects.other("the mail that a report speaks of", delivery::sum_up(one.email.into()));
    }
    Ok(())
}

fn message_id(message_id: &str, email: SqlValue) -> Statement {
    let sql = "INSERT INTO message_id (message_id, email) VALUES (?1, ?2) ON CONFLICT (message_id, email) DO NOTHING";
    Statement::new(sql, vec![SqlValue::from(message_id), email])
}

/// What lists are searched by: subject, addresses and the beginning of the text, folded.
fn searched(subject: &str, from: &str, to: &[String], text: &str) -> String {
    let text: String = text.chars().take(SEARCH_TEXT_CHARS).collect();
    fold(&format!("{subject}\n{from}\n{}\n{text}", to.join("\n")))
}

fn code(why: Option<&Why>) -> Option<&str> {
    why.map(|why| why.code.as_str())
}

fn text(why: Option<&Why>) -> Option<&str> {
    why.map(|why| why.text.as_str())
}

fn incoming(plan: &Plan, mail: &IncomingEmail) -> Result<Statement, StoreError> {
    let came = plan.again.as_ref().map_or(plan.now, |again| again.received_at);
    Ok(insert(
        "INSERT INTO email (id, direction, state, reason_code, reason_text, account, class, message_id, subject, \
         sender_address, sender_folded, search_folded, recipients, mail_date, created_at, dedupe_key, sender, \
         authenticity, do_not_answer, record_table, record_id, body_text, new_text, cause_kind, cause_id, \
         protection, done, digest) VALUES (?1, 'incoming', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, \
         ?20, ?21, ?22, ?23, ?24, ?25, ?26, (SELECT a.digest FROM arrival a WHERE a.id = ?24))",
        params![
            mail.id,
            mail.state.word(),
            code(mail.why.as_ref()),
            text(mail.why.as_ref()),
            mail.account,
            mail.class.word(),
            mail.message_id.as_ref(),
            &mail.subject,
            &mail.from,
            fold(&mail.from),
            searched(&mail.subject, &mail.from, &mail.to, &mail.new_text),
            json(&mail.to)?,
            mail.date,
            came,
            mail.dedupe_key.as_ref(),
            mail.sender,
            mail.authenticity.word(),
            mail.do_not_answer.as_ref(),
            mail.record.as_ref().map(|key| key.table.as_str()),
            mail.record.as_ref().map(|key| key.id),
            &mail.text,
            &mail.new_text,
            plan.cause.kind.word(),
            plan.cause.id,
            mail.protection.word(),
            json(&mail.done)?
        ],
    ))
}

/// The row of a mail that is decided once more. When it came, its bytes and its identity stay.
fn decided_anew(mail: &IncomingEmail) -> Result<Statement, StoreError> {
    let sql = "UPDATE email SET state = ?2, reason_code = ?3, reason_text = ?4, account = ?5, class = ?6, subject = ?7, \
         sender_address = ?8, sender_folded = ?9, search_folded = ?10, recipients = ?11, sender = ?12, \
         authenticity = ?13, do_not_answer = ?14, record_table = ?15, record_id = ?16, body_text = ?17, new_text = ?18, \
         done = ?19, protection = ?20 WHERE id = ?1";
    let given = params![
        mail.id,
        mail.state.word(),
        code(mail.why.as_ref()),
        text(mail.why.as_ref()),
        mail.account,
        mail.class.word(),
        &mail.subject,
        &mail.from,
        fold(&mail.from),
        searched(&mail.subject, &mail.from, &mail.to, &mail.new_text),
        json(&mail.to)?,
        mail.sender,
        mail.authenticity.word(),
        mail.do_not_answer.as_ref(),
        mail.record.as_ref().map(|key| key.table.as_str()),
        mail.record.as_ref().map(|key| key.id),
        &mail.text,
        &mail.new_text,
        json(&mail.done)?,
        mail.protection.word()
    ];
    Ok(Statement::new(sql, given).rows(1))
}

/// How a new outgoing mail begins. One that stands for others is in process until its job is done.
fn first_state(mail: &OutgoingEmail) -> EmailState {
    if mail.purpose == Purpose::FanOut {
        EmailState::InProcess
    } else {
        delivery::sum(mail.deliveries.iter().map(|one| one.state))
    }
}

fn outgoing(plan: &Plan, mail: &OutgoingEmail) -> Result<Statement, StoreError> {
    let state = first_state(mail);
    let why =
        mail.deliveries.iter().find_map(|one| one.why.as_ref()).filter(|_| state == EmailState::Ignored);
    let to: Vec<String> = mail.deliveries.iter().map(|one| one.address.clone()).collect();
    Ok(insert(
        "INSERT INTO email (id, direction, state, reason_code, reason_text, account, purpose, message_id, \
         in_reply_to, subject, sender_address, sender_folded, search_folded, recipients, mail_date, created_at, \
         record_table, record_id, body_text, rule, parent, cause_kind, cause_id, digest) \
         VALUES (?1, 'outgoing', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14, ?15, ?16, ?17, ?18, \
         ?19, ?20, ?21, ?22)",
        params![
            mail.id,
            state.word(),
            code(why),
            text(why),
            mail.account,
            mail.purpose.word(),
            &mail.message_id,
            mail.in_reply_to.as_ref(),
            &mail.subject,
            &mail.from,
            fold(&mail.from),
            searched(&mail.subject, &mail.from, &to, &mail.text),
            json(&to)?,
            plan.now,
            mail.record.as_ref().map(|key| key.table.as_str()),
            mail.record.as_ref().map(|key| key.id),
            &mail.text,
            &mail.rule,
            mail.parent,
            plan.cause.kind.word(),
            plan.cause.id,
            Some(mail.digest.as_str()).filter(|digest| !digest.is_empty())
        ],
    ))
}

fn new_delivery(plan: &Plan, mail: &OutgoingEmail, one: &NewDelivery) -> Statement {
    let settled = (one.state == DeliveryState::Suppressed).then_some(plan.now);
    insert(
        "INSERT INTO delivery (id, email, account, address, address_folded, name, user_id, slot, purpose, record_id, \
         state, reason_code, reason_text, attempts, next_at, created_at, settled_at, lease_epoch) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 0, ?14, ?14, ?15, 0)",
        params![
            one.id,
            mail.id,
            mail.account,
            &one.address,
            fold(&one.address),
            one.name.as_ref(),
            one.user,
            one.slot.word(),
            mail.purpose.word(),
            mail.record.as_ref().map(|key| key.id),
            one.state.word(),
            code(one.why.as_ref()),
            text(one.why.as_ref()),
            plan.now,
            settled
        ],
    )
}

/// What a report does to a delivery. A later report never takes back a bounce, a delay only adds its words, and
/// what was never to be sent stays so.
fn report(plan: &Plan, one: &DeliveryReportOp) -> Statement {
    let sql = match one.state {
        DeliveryState::Sent => {
            "UPDATE delivery SET state = 'sent', reason_code = ?2, reason_text = ?3, settled_at = ?4, \
             lease_until = NULL, lease_by = NULL \
             WHERE id = ?1 AND state IN ('ready', 'sending', 'deferred', 'uncertain', 'sent')"
        }
        DeliveryState::Bounced | DeliveryState::Failed => {
            "UPDATE delivery SET state = 'bounced', reason_code = ?2, reason_text = ?3, settled_at = ?4, \
             lease_until = NULL, lease_by = NULL WHERE id = ?1 AND state NOT IN ('suppressed', 'cancelled', 'bounced')"
        }
        _ => {
            "UPDATE delivery SET reason_code = ?2, reason_text = ?3, settled_at = COALESCE(settled_at, ?4) \
             WHERE id = ?1 AND state IN ('sent', 'uncertain')"
        }
    };
    Statement::new(sql, params![one.delivery, &one.why.code, &one.why.text, plan.now])
}
