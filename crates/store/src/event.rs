//! The queue of events: occurrences on records that the notification rules look at, per record in sequence.
//!
//! An event that is raised ahead waits as `scheduled`, outside of the queue: it holds nobody up. When its time has come
//! it takes its place behind all that came before, and its record is read then. Only the oldest open event of a record
//! can be claimed. One that is parked blocks its record for
//! [`PARKED_BLOCKS`] and is then passed over, which raises attention. Must not evaluate rules.

use rejoinder_engine::id::{Id, Seed};
use rejoinder_engine::plan::{Actor, Why};
use rejoinder_engine::record::{Fields, RecordKey};
use rejoinder_engine::time::{SECOND, Timestamp};

use crate::attention;
use crate::db::Store;
use crate::error::{DbError, StoreError};
use crate::queue::{Claim, Failing, Queue, QueueError, Released};
use crate::row::params;
use crate::tx::{Row, Statement, Tx};

/// How long a parked event holds back the later ones of its record, in microseconds.
pub const PARKED_BLOCKS: i64 = 60 * SECOND;
/// Events whose time has come that one claim gives their places; more wait for the next claim.
pub const DUE_MAX: i64 = 256;

/// One event as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its place in the queue.
    pub seq: i64,
    /// The claim.
    pub epoch: i64,
    /// Its identity.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// The record.
    pub record: RecordKey,
    /// All values before.
    pub old: Option<Fields>,
    /// All values after.
    pub new: Option<Fields>,
    /// The comment written with the change, by journal field.
    pub journal: Fields,
    /// Its parameters.
    pub params: Vec<Option<String>>,
    /// Who caused it.
    pub actor: Actor,
    /// The names of the rules and actions that led here.
    pub chain: Vec<String>,
    /// The mail that created the record.
    pub from_email: Option<Id>,
    /// The seed of its decisions.
    pub seed: Seed,
    /// When it was raised.
    pub created_at: Timestamp,
    /// The moment for which it waited; `None` for one that was processed at once.
    pub due_at: Option<Timestamp>,
    /// How often it was tried before.
    pub attempts: i64,
}

impl StoredEvent {
    /// The time of its decisions, the same however often it is decided.
    pub fn decided_at(&self) -> Timestamp {
        self.due_at.unwrap_or(self.created_at)
    }
}

pub(crate) const COLUMNS: &str = "seq, lease_epoch, id, name, record_table, record_id, old_image, new_image, journal, \
                                  params, actor_user, actor_label, chain, from_email, seed, created_at, attempts, due_at";

pub(crate) fn read(row: &Row) -> Result<StoredEvent, StoreError> {
    Ok(StoredEvent {
        seq: row.int(0)?,
        epoch: row.int(1)?,
        id: row.read(2)?,
        name: row.text(3)?,
        record: RecordKey { table: row.text(4)?, id: row.read(5)? },
        old: row.opt_json(6)?,
        new: row.opt_json(7)?,
        journal: row.json(8)?,
        params: row.json(9)?,
        actor: Actor { user: row.opt_read(10)?, label: row.text(11)? },
        chain: row.json(12)?,
        from_email: row.opt_read(13)?,
        seed: row.read(14)?,
        created_at: row.time(15)?,
        attempts: row.int(16)?,
        due_at: row.opt_time(17)?,
    })
}

/// Lets the records of events that were parked for long enough go on without them.
fn pass_over(tx: &mut dyn Tx, now: Timestamp) -> Result<(), DbError> {
    let sql = format!(
        "SELECT id, reason_text FROM event WHERE state IN ('ready', 'in_process', 'parked') AND state = 'parked' \
         AND parked_at <= ?1 ORDER BY seq LIMIT ?2{}",
        tx.dialect().skip_locked()
    );
    for row in tx.query(&sql, &params![now.plus(-PARKED_BLOCKS), crate::queue::EXPIRED_MAX])? {
        let id: Id = row.read(0)?;
        let reason = row.opt_text(1)?.unwrap_or_default();
        let why = Why::new(
            "event_passed_over",
            format!("the later events of its record went on without this one, which is parked: {reason}"),
        );
        tx.batch(&[
            Statement::new(
                "UPDATE event SET state = 'failed', settled_at = ?2 WHERE id = ?1",
                params![id, now],
            )
            .rows(1),
            attention::raise(Queue::Event.subject(), id, &why, now),
        ])?;
    }
    Ok(())
}

/// Events whose time has come take their places, in the order of their times. One claim does so after the other, or
/// two of one record could change places.
fn take_places(tx: &mut dyn Tx, now: Timestamp) -> Result<(), DbError> {
    let dialect = tx.dialect();
    let sql = format!(
        "SELECT id FROM event WHERE state = 'scheduled' AND next_at <= ?1 ORDER BY next_at, seq LIMIT ?2{}",
        dialect.for_update()
    );
    let due = tx.query(&sql, &params![now, DUE_MAX])?;
    let place = format!(
        "UPDATE event SET state = 'ready', seq = {} WHERE id = ?1 AND state = 'scheduled'",
        dialect.last_place()
    );
    for row in due {
        tx.execute(&place, &params![row.read::<Id>(0)?])?;
    }
    Ok(())
}

impl Store {
    /// Claims events, at most the head of each record.
    pub fn claim_events(&self, claim: &Claim) -> Result<Vec<StoredEvent>, StoreError> {
        let claim = claim.clone();
        self.write_committed(move |tx| {
            Queue::Event.expire(tx, claim.now)?;
            take_places(tx, claim.now)?;
            pass_over(tx, claim.now)?;
            crate::lane::expire(tx, claim.now)?;
            let sql = format!(
                "WITH picked AS MATERIALIZED (SELECT e.seq FROM event e \
                 WHERE e.state IN ('ready', 'in_process', 'parked') AND e.state = 'ready' AND e.next_at <= ?1 \
                 AND NOT EXISTS (SELECT 1 FROM event o WHERE o.record_id = e.record_id \
                 AND o.state IN ('ready', 'in_process', 'parked') AND o.seq <> e.seq \
                 AND (o.seq < e.seq OR o.state = 'in_process')) ORDER BY e.seq LIMIT ?2{}) \
                 UPDATE event SET state = 'in_process', lease_epoch = lease_epoch + 1, lease_until = ?3, \
                 lease_by = ?4 WHERE seq IN (SELECT seq FROM picked) AND state = 'ready' RETURNING {COLUMNS}",
                tx.dialect().skip_locked()
            );
            let rows = tx.query(&sql, &params![claim.now, claim.rows(), claim.until(), &claim.by])?;
            let mut claimed = rows.iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
            claimed.sort_by_key(|event| event.seq);
            Ok::<_, StoreError>(claimed)
        })
    }

    /// Gives a claimed event back with the reason: tried again at `retry_at`, at most
    /// [`EVENT_ATTEMPTS_MAX`](crate::queue::EVENT_ATTEMPTS_MAX) times in all, else parked.
    pub fn fail_event(
        &self,
        claimed: (i64, i64),
        why: &Why,
        retry_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Released, QueueError> {
        let (seq, epoch) = claimed;
        let why = why.clone();
        self.write(move |tx| {
            let rows = tx.query(
                "SELECT id, attempts FROM event WHERE seq = ?1 AND lease_epoch = ?2 AND state = 'in_process'",
                &params![seq, epoch],
            )?;
            let row = rows.first().ok_or(QueueError::Fenced)?;
            let failing = Failing { id: row.read(0)?, attempts: row.int(1)?, why: &why, retry_at, now };
            Ok(Queue::Event.fail(tx, &failing)?)
        })
    }

    /// A person has an event looked at again that was parked or passed over.
    pub fn retry_event(&self, id: Id, by: &str, now: Timestamp) -> Result<(), QueueError> {
        let by = by.to_owned();
        self.write(move |tx| {
            let touched = tx.execute(
                "UPDATE event SET state = 'ready', attempts = 0, next_at = ?2, parked_at = NULL, settled_at = NULL, \
                 reason_code = NULL, reason_text = NULL WHERE id = ?1 AND state IN ('parked', 'failed')",
                &params![id, now],
            )?;
            if touched != 1 {
                let text = "only an event that is parked or was passed over can be tried again";
                return Err(QueueError::NotPossible(text.to_owned()));
            }
            tx.batch(&[attention::clear_subject(Queue::Event.subject(), id, &by, now)])?;
            Ok(())
        })
    }

    /// Calls off an event that waits for its time.
    pub fn cancel_event(&self, id: Id, by: &str, now: Timestamp) -> Result<(), QueueError> {
        let text = format!("called off by {by}");
        self.write(move |tx| {
            let touched = tx.execute(
                "UPDATE event SET state = 'cancelled', settled_at = ?2, reason_code = 'cancelled', reason_text = ?3 \
                 WHERE id = ?1 AND state = 'scheduled'",
                &params![id, now, &text],
            )?;
            if touched == 1 {
                return Ok(());
            }
            Err(QueueError::NotPossible("only an event that waits for its time can be called off".to_owned()))
        })
    }

    /// The event that waits under a key.
    pub fn waiting_event(&self, record: Id, name: &str, key: &str) -> Result<Option<Id>, StoreError> {
        self.read(move |tx| {
            let sql = "SELECT id FROM event WHERE record_id = ?1 AND name = ?2 AND waiting_key = ?3 \
                       AND state = 'scheduled'";
            let rows = tx.query(sql, &params![record, name, key])?;
            Ok(rows.first().map(|row| row.id(0)).transpose()?)
        })
    }

    /// One event, in whatever state; fan-out jobs read theirs again with each step.
    pub fn event(&self, id: Id) -> Result<Option<StoredEvent>, StoreError> {
        self.read(move |tx| {
            let rows = tx.query(&format!("SELECT {COLUMNS} FROM event WHERE id = ?1"), &params![id])?;
            rows.first().map(read).transpose()
        })
    }
}
