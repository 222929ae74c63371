//! What a plan puts on records beside their values: entries of feeds, files, events, and mails.
//!
//! Must not decide who is told: an event is only written down here.

use rejoinder_engine::file::{Renamed, TakenOff};
use rejoinder_engine::plan::{Activity, Link, NewAttachment, NewEvent, Plan};

use super::effects::Effects;
use super::insert;
use crate::blob;
use crate::error::StoreError;
use crate::row::{json, params};
use crate::tx::Statement;

pub(super) fn write(effects: &mut Effects, plan: &Plan) -> Result<(), StoreError> {
    for new in &plan.activities {
        effects.other("an activity", activity(plan, new));
    }
    for new in &plan.attachments {
        // A plan read back from its JSON form has no bytes; then they must be stored already.
        if !new.bytes.is_empty() || new.digest == blob::digest(&[]) {
            effects.other("the bytes of a file", blob::put(&new.digest, &new.bytes));
        }
        effects.other("a file", attachment(plan, new));
    }
    for gone in &plan.taken_off {
        effects.other("a file of a record", take_off(gone));
    }
    for renamed in &plan.renamed {
        effects.other("the name of a file", rename(renamed));
    }
    for new in &plan.links {
        effects.other("a mail on a record", link(plan, new));
    }
    // The feed of a record finds its mails by their links alone.
    for new in unlinked(plan) {
        effects.other("a mail on its record", link(plan, &new));
    }
    for new in &plan.events {
        if let Some(same) = new.same.as_ref().filter(|same| same.replace) {
            effects.other("the event that waited under the same key", replaced(plan, new, &same.key));
        }
        effects.other("an event", event(plan, new)?);
    }
    Ok(())
}

fn activity(plan: &Plan, new: &Activity) -> Statement {
    insert(
        "INSERT INTO activity (id, record_table, record_id, kind, at, actor_user, actor_label, body, email, mark) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            new.id,
            &new.record.table,
            new.record.id,
            new.kind.word(),
            plan.now,
            new.actor.user,
            &new.actor.label,
            some(&new.text),
            new.email,
            new.mark.as_ref()
        ],
    )
}

/// Empty texts and no value are one.
fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn attachment(plan: &Plan, new: &NewAttachment) -> Statement {
    let record = new.record.as_ref();
    let left_out = new.left_out.as_ref();
    insert(
        "INSERT INTO attachment (id, record_table, record_id, email, file_name, media_type, content_id, digest, \
         size, left_out_code, left_out_text, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, \
         (SELECT b.size FROM blob b WHERE b.digest = ?8), ?9, ?10, ?11, ?12)",
        params![
            new.id,
            record.map(|key| key.table.as_str()),
            record.map(|key| key.id),
            new.email,
            some(&new.file_name),
            &new.media_type,
            new.content_id.as_ref(),
            &new.digest,
            left_out.map(|why| why.code.as_str()),
            left_out.map(|why| why.text.as_str()),
            plan.now,
            plan.actor.user
        ],
    )
}

/// The row and the bytes stay: a mail may have brought them, and the feed names them.
fn take_off(gone: &TakenOff) -> Statement {
    Statement::new(
        "UPDATE attachment SET record_table = NULL, record_id = NULL, left_out_code = ?1, left_out_text = ?2 \
         WHERE id = ?3 AND record_id = ?4",
        params![&gone.why.code, &gone.why.text, gone.attachment, gone.record.id],
    )
    .rows(1)
}

fn rename(renamed: &Renamed) -> Statement {
    Statement::new(
        "UPDATE attachment SET file_name = ?1 WHERE id = ?2 AND record_id = ?3",
        params![some(&renamed.name), renamed.attachment, renamed.record.id],
    )
    .rows(1)
}

/// A mail that is about a record stays so when another plan only mentions it.
fn link(plan: &Plan, new: &Link) -> Statement {
    // One that is decided once more came earlier.
    let incoming = plan.incoming.iter().filter(|_| plan.again.is_none()).map(|mail| mail.id);
    let own = incoming.chain(plan.outgoing.iter().map(|mail| mail.id));
    let sql = if own.into_iter().any(|id| id == new.email) {
        "INSERT INTO email_link (email, record_table, record_id, related, at) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (email, record_id) DO UPDATE SET related = email_link.related * excluded.related"
    } else {
        "INSERT INTO email_link (email, record_table, record_id, related, at) VALUES (?1, ?2, ?3, ?4, \
         COALESCE((SELECT e.created_at FROM email e WHERE e.id = ?1), ?5)) \
         ON CONFLICT (email, record_id) DO UPDATE SET related = email_link.related * excluded.related"
    };
    insert(sql, params![new.email, &new.record.table, new.record.id, new.related, plan.now])
}

/// Mails of the plan that are about a record which the plan does not link them to.
fn unlinked(plan: &Plan) -> Vec<Link> {
    let incoming = plan.incoming.iter().map(|mail| (mail.id, mail.record.as_ref()));
    let outgoing = plan.outgoing.iter().map(|mail| (mail.id, mail.record.as_ref()));
    let about = incoming.chain(outgoing).filter_map(|(email, record)| Some((email, record?)));
    let missing = about.filter(|(email, record)| {
        !plan.links.iter().any(|link| link.email == *email && link.record == **record)
    });
    missing.map(|(email, record)| Link { email, record: record.clone(), related: false }).collect()
}

/// The event that waited under the same key is called off.
fn replaced(plan: &Plan, new: &NewEvent, key: &str) -> Statement {
    Statement::new(
        "UPDATE event SET state = 'cancelled', settled_at = ?4, reason_code = 'replaced', \
         reason_text = 'another event was raised under its key' \
         WHERE record_id = ?1 AND name = ?2 AND waiting_key = ?3 AND state = 'scheduled'",
        params![new.record.id, &new.name, key, plan.now],
    )
}

/// The event's row; none where it has a key under which one waits.
fn event(plan: &Plan, new: &NewEvent) -> Result<Statement, StoreError> {
    const COLUMNS: &str = "INSERT INTO event (id, name, record_table, record_id, old_image, new_image, journal, params, \
        actor_user, actor_label, chain, from_email, seed, created_at, cause_kind, cause_id, state, next_at, due_at, \
        waiting_key, attempts, lease_epoch)";
    const VALUES: &str =
        "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, 0, 0";
    let (state, next_at) = new.due.map_or(("ready", plan.now), |due| ("scheduled", due));
    let statement = |sql: String| -> Result<Statement, StoreError> {
        Ok(Statement::new(
            sql,
            params![
                new.id,
                &new.name,
                &new.record.table,
                new.record.id,
                new.old.as_ref().map(json).transpose()?,
                new.new.as_ref().map(json).transpose()?,
                json(&new.journal)?,
                json(&new.params)?,
                new.actor.user,
                &new.actor.label,
                json(&plan.cause.chain)?,
                new.from_email,
                new.seed,
                plan.now,
                plan.cause.kind.word(),
                plan.cause.id,
                state,
                next_at,
                new.due,
                new.same.as_ref().map(|same| same.key.as_str())
            ],
        ))
    };
    if new.same.is_none() {
        return Ok(statement(format!("{COLUMNS} VALUES ({VALUES})"))?.rows(1));
    }
    statement(format!(
        "{COLUMNS} SELECT {VALUES} WHERE NOT EXISTS (SELECT 1 FROM event w WHERE w.record_id = ?4 AND w.name = ?2 \
         AND w.waiting_key = ?20 AND w.state = 'scheduled')"
    ))
}
