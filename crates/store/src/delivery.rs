//! The outbox: one row for each recipient of an outgoing mail, claimed per account, settled by outcome.
//!
//! The stage that a sender has reached is written down before it goes on, so that a delivery whose worker died is
//! told apart: without the final dot it is sent again, after it it is `uncertain`. Must not decide when to give
//! up; the sender does, and says so by the outcome.

use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{DeliveryState, EmailState, Slot, Why};
use rejoinder_engine::time::Timestamp;

use crate::attention;
use crate::db::Store;
use crate::error::{DbError, StoreError};
use crate::queue::{Claim, DELIVERY_LOST_MAX, EXPIRED_MAX, OF, QueueError, workers_of};
use crate::row::params;
use crate::tx::{Row, SqlValue, Statement, Tx};

/// How far a sender has come with a delivery (RFC 5321, 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeliveryStage {
    /// It connects and greets.
    Connecting,
    /// `MAIL` and `RCPT` are being said.
    Envelope,
    /// `DATA` was accepted and the content goes out, without the final dot.
    Data,
    /// The final dot goes out next: from here on the mail may have been sent.
    Dot,
}

impl DeliveryStage {
    /// The word as it is stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Envelope => "envelope",
            Self::Data => "data",
            Self::Dot => "dot",
        }
    }
}

/// How one attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server accepted it.
    Sent {
        /// The server's answer to the final dot.
        reply: String,
        /// Whether a copy of the mail belongs into the account's folder of sent mail.
        copy: bool,
    },
    /// It is tried again.
    Deferred {
        /// What happened.
        why: Why,
        /// The server's answer, where it gave one.
        reply: Option<String>,
        /// When the next attempt begins.
        next_at: Timestamp,
    },
    /// It was refused for good, or given up.
    Failed {
        /// What happened.
        why: Why,
        /// The server's answer, where it gave one.
        reply: Option<String>,
    },
    /// The connection ended after the final dot.
    Uncertain {
        /// What happened.
        why: Why,
    },
    /// There was no attempt: our own relay could not be reached or did not let us in. Counts as none.
    NotTried {
        /// What happened.
        why: Why,
        /// When it can be claimed again.
        next_at: Timestamp,
    },
}

/// One claimed delivery with what a sender needs of its mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedDelivery {
    /// Its identity.
    pub id: Id,
    /// The claim.
    pub epoch: i64,
    /// Its place in the queue.
    pub seq: i64,
    /// The mail.
    pub email: Id,
    /// The account that sends it.
    pub account: Id,
    /// The recipient's address.
    pub address: String,
    /// Where the address stands.
    pub slot: Slot,
    /// The attempts before this one.
    pub attempts: i64,
    /// When the first of them began.
    pub first_attempt_at: Option<Timestamp>,
    /// When it was planned.
    pub created_at: Timestamp,
    /// Under which the mail's bytes are stored.
    pub digest: String,
    /// The sender's address.
    pub from: String,
    /// The mail's Message-ID, without angle brackets.
    pub message_id: String,
    /// The user it goes to.
    pub user: Option<Id>,
}

/// The answer to a claim of deliveries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClaimedDeliveries {
    /// What is ours to send, oldest due first within each account.
    pub deliveries: Vec<ClaimedDelivery>,
    /// What this claim found with a lease that ran out after the final dot, and made `uncertain`: the setting
    /// decides whether [`Store::resend_delivery`] is called.
    pub uncertain: Vec<Id>,
}

const COLUMNS: &str = "id, lease_epoch, seq, email, account, address, slot, attempts, first_attempt_at, created_at, \
    (SELECT m.digest FROM email m WHERE m.id = delivery.email), \
    (SELECT m.sender_address FROM email m WHERE m.id = delivery.email), \
    (SELECT m.message_id FROM email m WHERE m.id = delivery.email), user_id";

fn read(row: &Row) -> Result<ClaimedDelivery, DbError> {
    Ok(ClaimedDelivery {
        id: row.read(0)?,
        epoch: row.int(1)?,
        seq: row.int(2)?,
        email: row.read(3)?,
        account: row.read(4)?,
        address: row.text(5)?,
        slot: row.word(6, Slot::from_word)?,
        attempts: row.int(7)?,
        first_attempt_at: row.opt_time(8)?,
        created_at: row.time(9)?,
        digest: row.text(10)?,
        from: row.text(11)?,
        message_id: row.text(12)?,
        user: row.opt_read(13)?,
    })
}

/// The state of an outgoing mail by those of its deliveries (design 8.4).
pub fn sum(states: impl IntoIterator<Item = DeliveryState>) -> EmailState {
    use DeliveryState as D;
    let mut result = EmailState::Ignored;
    for state in states {
        match state {
            D::Ready | D::Sending | D::Deferred | D::Held => return EmailState::InProcess,
            D::Sent => result = EmailState::Processed,
            D::Failed | D::Uncertain | D::Bounced => {
                if result == EmailState::Ignored {
                    result = EmailState::Failed;
                }
            }
            D::Suppressed | D::Cancelled => {}
        }
    }
    result
}

/// Writes the state of a mail anew from its deliveries, as [`sum`] says it; the reason is that of the newest
/// delivery that did not arrive, where the mail as a whole did not.
pub(crate) fn sum_up(email: SqlValue) -> Statement {
    Statement::new(
        "UPDATE email SET state = CASE \
         WHEN EXISTS (SELECT 1 FROM delivery d WHERE d.email = ?1 \
           AND d.state IN ('ready', 'sending', 'deferred', 'held')) THEN 'in_process' \
         WHEN EXISTS (SELECT 1 FROM delivery d WHERE d.email = ?1 AND d.state = 'sent') THEN 'processed' \
         WHEN EXISTS (SELECT 1 FROM delivery d WHERE d.email = ?1 \
           AND d.state IN ('failed', 'uncertain', 'bounced')) THEN 'failed' ELSE 'ignored' END, \
         (reason_code, reason_text) = (SELECT d.reason_code, d.reason_text FROM delivery d WHERE d.email = ?1 \
           AND NOT EXISTS (SELECT 1 FROM delivery o WHERE o.email = ?1 \
             AND o.state IN ('ready', 'sending', 'deferred', 'held', 'sent')) \
           ORDER BY CASE WHEN d.state IN ('suppressed', 'cancelled') THEN 1 ELSE 0 END, \
           d.settled_at DESC, d.seq DESC LIMIT 1) \
         WHERE id = ?1 AND direction = 'outgoing'",
        vec![email],
    )
}

/// Undoes the claims of a worker or node that is told to stop, but for those that may have been sent.
pub(crate) fn give_back(by: &str) -> Statement {
    let sql = format!(
        "UPDATE delivery SET state = 'ready', lease_until = NULL, lease_by = NULL, stage = NULL \
         WHERE state = 'sending' AND (stage IS NULL OR stage <> 'dot') AND {OF}"
    );
    Statement::new(sql, params![by, workers_of(by)])
}

/// Ends the leases of a worker or node at `now`.
pub(crate) fn void(by: &str, now: Timestamp) -> Statement {
    let sql =
        format!("UPDATE delivery SET lease_until = ?3 WHERE state = 'sending' AND lease_until > ?3 AND {OF}");
    Statement::new(sql, params![by, workers_of(by), now])
}

/// Looks at deliveries whose worker was lost: sent again where the stage proves that the final dot was not sent.
fn expire(tx: &mut dyn Tx, now: Timestamp) -> Result<Vec<Id>, DbError> {
    let sql = format!(
        "SELECT id, stage, attempts FROM delivery WHERE state = 'sending' AND lease_until <= ?1 \
         ORDER BY seq LIMIT ?2{}",
        tx.dialect().skip_locked()
    );
    let mut uncertain = Vec::new();
    for row in tx.query(&sql, &params![now, EXPIRED_MAX])? {
        let id: Id = row.read(0)?;
        let dot = row.opt_text(1)?.as_deref() == Some(DeliveryStage::Dot.word());
        if dot {
            uncertain.push(id);
        }
        let mut writes = lost(id, dot, row.int(2)?, now);
        writes.append(&mut sum_of(tx, id)?);
        tx.batch(&writes)?;
    }
    Ok(uncertain)
}

fn lost(id: Id, dot: bool, attempts: i64, now: Timestamp) -> Vec<Statement> {
    let (state, why) = if dot {
        let text = "the sender stopped after the final dot: the mail may have been sent, and nobody can know";
        (DeliveryState::Uncertain, Why::new("delivery_uncertain", text))
    } else if attempts + 1 < DELIVERY_LOST_MAX {
        let text = "the sender stopped before the final dot: the mail was not sent and is tried again";
        (DeliveryState::Ready, Why::new("worker_lost", text))
    } else {
        let text = "the sender stopped each time it tried this mail: look at its content, then try it again";
        (DeliveryState::Failed, Why::new("worker_lost", text))
    };
    let settled = (state != DeliveryState::Ready).then_some(now);
    let mut writes = vec![
        Statement::new(
            "UPDATE delivery SET state = ?2, reason_code = ?3, reason_text = ?4, attempts = attempts + 1, \
             first_attempt_at = COALESCE(first_attempt_at, ?5), next_at = ?5, settled_at = ?6, stage = NULL, \
             lease_until = NULL, lease_by = NULL WHERE id = ?1 AND state = 'sending'",
            params![id, state.word(), &why.code, &why.text, now, settled],
        )
        .rows(1),
    ];
    if settled.is_some() {
        writes.push(attention::raise("delivery", id, &why, now));
    }
    writes
}

/// The accounts that have something due, without reading every due row: one index step for each account.
fn accounts_due(tx: &mut dyn Tx) -> Result<Vec<String>, DbError> {
    let rows = tx.query(
        "WITH RECURSIVE due (account) AS ( \
         SELECT MIN(account) FROM delivery WHERE state IN ('ready', 'deferred') \
         UNION ALL SELECT (SELECT MIN(n.account) FROM delivery n WHERE n.state IN ('ready', 'deferred') \
         AND n.account > due.account) FROM due WHERE due.account IS NOT NULL) \
         SELECT account FROM due WHERE account IS NOT NULL",
        &[],
    )?;
    rows.iter().map(|row| row.text(0)).collect()
}

fn claim_of_account(
    tx: &mut dyn Tx,
    claim: &Claim,
    account: &str,
    limit: i64,
) -> Result<Vec<ClaimedDelivery>, DbError> {
    let sql = format!(
        "WITH picked AS MATERIALIZED (SELECT seq FROM delivery WHERE state IN ('ready', 'deferred') \
         AND account = ?1 AND next_at <= ?2 ORDER BY next_at, seq LIMIT ?3{}) \
         UPDATE delivery SET state = 'sending', stage = NULL, lease_epoch = lease_epoch + 1, lease_until = ?4, \
         lease_by = ?5 WHERE seq IN (SELECT seq FROM picked) AND state IN ('ready', 'deferred') RETURNING {COLUMNS}",
        tx.dialect().skip_locked()
    );
    let rows = tx.query(&sql, &params![account, claim.now, limit, claim.until(), &claim.by])?;
    let mut claimed = rows.iter().map(read).collect::<Result<Vec<_>, DbError>>()?;
    claimed.sort_by_key(|delivery| delivery.seq);
    Ok(claimed)
}

fn settle(id: Id, epoch: i64, outcome: &Outcome, now: Timestamp) -> Statement {
    let (state, why, reply) = match outcome {
        Outcome::Sent { reply, .. } => (DeliveryState::Sent, None, Some(reply)),
        Outcome::Deferred { why, reply, .. } => (DeliveryState::Deferred, Some(why), reply.as_ref()),
        Outcome::Failed { why, reply } => (DeliveryState::Failed, Some(why), reply.as_ref()),
        Outcome::Uncertain { why } => (DeliveryState::Uncertain, Some(why), None),
        Outcome::NotTried { why, .. } => (DeliveryState::Ready, Some(why), None),
    };
    let (next_at, settled, tried) = match outcome {
        Outcome::Deferred { next_at, .. } => (*next_at, None, true),
        Outcome::NotTried { next_at, .. } => (*next_at, None, false),
        Outcome::Sent { .. } | Outcome::Failed { .. } | Outcome::Uncertain { .. } => (now, Some(now), true),
    };
    let code = why.map(|why| why.code.as_str());
    let text = why.map(|why| why.text.as_str());
    Statement::new(
        "UPDATE delivery SET state = ?3, reason_code = ?4, reason_text = ?5, reply = ?6, next_at = ?7, \
         settled_at = ?8, attempts = attempts + ?9, \
         first_attempt_at = CASE WHEN ?9 = 1 THEN COALESCE(first_attempt_at, ?10) ELSE first_attempt_at END, \
         stage = NULL, lease_until = NULL, lease_by = NULL \
         WHERE id = ?1 AND lease_epoch = ?2 AND state = 'sending'",
        params![id, epoch, state.word(), code, text, reply, next_at, settled, tried, now],
    )
}

impl Store {
    /// Claims due deliveries: at most `claim.limit` in all, and of each account only so many that `per_account`
    /// of it are being sent at the same time. `paused` accounts (no connection, no login) are left alone.
    pub fn claim_deliveries(
        &self,
        claim: &Claim,
        per_account: u32,
        paused: &[Id],
    ) -> Result<ClaimedDeliveries, StoreError> {
        let claim = claim.clone();
        let paused: Vec<String> = paused.iter().map(Id::to_string).collect();
        self.write_committed(move |tx| {
            let mut claimed =
                ClaimedDeliveries { uncertain: expire(tx, claim.now)?, ..ClaimedDeliveries::default() };
            let mut left = claim.rows();
            for account in accounts_due(tx)?.iter().filter(|account| !paused.contains(account)) {
                let sending = tx.query(
                    "SELECT COUNT(*) FROM delivery WHERE state = 'sending' AND account = ?1",
                    &params![account],
                )?;
                let sending = sending.first().map_or(Ok(0), |row| row.int(0))?;
                let limit = left.min(i64::from(per_account) - sending);
                if limit > 0 {
                    let mut of_account = claim_of_account(tx, &claim, account, limit)?;
                    left -= i64::try_from(of_account.len()).unwrap_or(left);
                    claimed.deliveries.append(&mut of_account);
                }
            }
            Ok::<_, StoreError>(claimed)
        })
    }

    /// Writes down how far a sender has come; durable when this returns. [`DeliveryStage::Dot`] must be written
    /// before the final dot is sent, the others may be left out.
    pub fn delivery_stage(&self, id: Id, epoch: i64, stage: DeliveryStage) -> Result<(), QueueError> {
        self.write_committed(move |tx| {
            let touched = tx.execute(
                "UPDATE delivery SET stage = ?3 WHERE id = ?1 AND lease_epoch = ?2 AND state = 'sending'",
                &params![id, epoch, stage.word()],
            )?;
            if touched == 1 { Ok(()) } else { Err(QueueError::Fenced) }
        })
    }

    /// Settles one attempt and sums up its mail. Fenced by the epoch: an outcome of an older claim writes nothing.
    pub fn settle_delivery(
        &self,
        id: Id,
        epoch: i64,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<(), QueueError> {
        let outcome = outcome.clone();
        self.write_committed(move |tx| {
            let settled = settle(id, epoch, &outcome, now);
            if tx.execute(&settled.sql, &settled.params)? != 1 {
                return Err(QueueError::Fenced);
            }
            // A delivery that is tried again leaves its mail as open as it was.
            let again = matches!(outcome, Outcome::Deferred { .. } | Outcome::NotTried { .. });
            if !again {
                let mut writes = sum_of(tx, id)?;
                if let Outcome::Sent { copy: true, .. } = &outcome {
                    writes.push(crate::reading::want_copy(id, now));
                }
                if let Outcome::Uncertain { why } = &outcome {
                    writes.push(attention::raise("delivery", id, why, now));
                }
                tx.batch(&writes)?;
            }
            Ok(())
        })
    }

    /// Sends an uncertain delivery again: the receiver may then hold two copies with one Message-ID.
    pub fn resend_delivery(&self, id: Id, by: &str, now: Timestamp) -> Result<(), QueueError> {
        self.reopen(id, ("'uncertain'", "only a delivery that is uncertain can be sent again"), by, now)
    }

    /// A person has a delivery tried again that failed, bounced, was suppressed, or is waiting or uncertain.
    pub fn retry_delivery(&self, id: Id, by: &str, now: Timestamp) -> Result<(), QueueError> {
        let states = "'failed', 'bounced', 'suppressed', 'uncertain', 'deferred', 'held', 'cancelled'";
        self.reopen(id, (states, "a delivery that was sent or is being sent cannot be tried again"), by, now)
    }

    fn reopen(
        &self,
        id: Id,
        from: (&'static str, &'static str),
        by: &str,
        now: Timestamp,
    ) -> Result<(), QueueError> {
        let by = by.to_owned();
        let (states, otherwise) = from;
        self.write(move |tx| {
            let sql = format!(
                "UPDATE delivery SET state = 'ready', reason_code = NULL, reason_text = NULL, next_at = ?2, \
                 settled_at = NULL WHERE id = ?1 AND state IN ({states})"
            );
            if tx.execute(&sql, &params![id, now])? != 1 {
                return Err(QueueError::NotPossible(otherwise.to_owned()));
            }
            let mut writes = sum_of(tx, id)?;
            writes.push(attention::clear_subject("delivery", id, &by, now));
            tx.batch(&writes)?;
            Ok(())
        })
    }

    /// Calls a delivery off that is not being sent.
    pub fn cancel_delivery(&self, id: Id, why: &Why, now: Timestamp) -> Result<(), QueueError> {
        let why = why.clone();
        self.write(move |tx| {
            let touched = tx.execute(
                "UPDATE delivery SET state = 'cancelled', reason_code = ?2, reason_text = ?3, settled_at = ?4 \
                 WHERE id = ?1 AND state IN ('ready', 'deferred', 'held', 'uncertain')",
                &params![id, &why.code, &why.text, now],
            )?;
            if touched != 1 {
                let text = "only a delivery that waits can be called off";
                return Err(QueueError::NotPossible(text.to_owned()));
            }
            let mut writes = sum_of(tx, id)?;
            writes.push(attention::clear_subject("delivery", id, "cancelled", now));
            tx.batch(&writes)?;
            Ok(())
        })
    }

    /// Another Message-ID under which a mail of ours travels, because a relay put it in place of ours.
    pub fn learn_message_id(&self, email: Id, message_id: &str) -> Result<(), StoreError> {
        let message_id = message_id.to_owned();
        self.write(move |tx| {
            tx.execute(
                "INSERT INTO message_id (message_id, email) VALUES (?1, ?2) ON CONFLICT (message_id, email) DO NOTHING",
                &params![&message_id, email],
            )?;
            Ok::<(), StoreError>(())
        })
    }
}

/// Sums up the mail of a delivery. The mail is ours until the transaction ends: what is settled of its other deliveries
/// meanwhile comes before the sum or waits for it.
fn sum_of(tx: &mut dyn Tx, delivery: Id) -> Result<Vec<Statement>, DbError> {
    let sql = format!(
        "SELECT id FROM email WHERE id = (SELECT email FROM delivery WHERE id = ?1){}",
        tx.dialect().for_update()
    );
    let rows = tx.query(&sql, &params![delivery])?;
    rows.iter().map(|row| row.text(0).map(|email| sum_up(SqlValue::Text(email)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeliveryState as D;

    #[test]
    fn a_mail_is_what_its_deliveries_sum_up_to() {
        assert_eq!(sum([D::Sent, D::Deferred]), EmailState::InProcess);
        assert_eq!(sum([D::Failed, D::Sent, D::Suppressed]), EmailState::Processed);
        assert_eq!(sum([D::Failed, D::Suppressed]), EmailState::Failed);
        assert_eq!(sum([D::Uncertain]), EmailState::Failed);
        assert_eq!(sum([D::Suppressed, D::Cancelled]), EmailState::Ignored);
        assert_eq!(sum([]), EmailState::Ignored);
    }
}
