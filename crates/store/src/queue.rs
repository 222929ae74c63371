//! What the four queues share: claims with a lease and an epoch, release, and the limits of trying again.
//!
//! A claim raises the epoch of a row and gives it a lease; whoever settles the row names the epoch, so that a
//! worker that was stopped and wakes up after its lease settles nothing. A lease that ran out returns the row and
//! counts as an attempt, because the mail or event may be what stopped the worker. Must not read a clock.

use rejoinder_engine::id::Id;
use rejoinder_engine::plan::Why;
use rejoinder_engine::time::Timestamp;

use crate::attention;
use crate::error::{DbError, StoreError};
use crate::row::params;
use crate::tx::{Statement, Tx};

/// Rows of one claim; a worker that asks for more gets so many.
pub const CLAIM_MAX: u32 = 256;
/// Attempts at an arrival; after the last it is `failed` with its bytes kept, and needs attention. Many, because a
/// whole claim counts one when its process is killed; few enough that a mail which kills it cannot do so for ever.
pub const ARRIVAL_ATTEMPTS_MAX: i64 = 64;
/// Attempts at an event; after the last it is parked and needs attention.
pub const EVENT_ATTEMPTS_MAX: i64 = 64;
/// Attempts at one step of a job; after the last it is `failed` and needs attention.
pub const JOB_ATTEMPTS_MAX: i64 = 20;
/// Times that a delivery may lose its worker before the final dot; after the last it is `failed` and needs
/// attention. Many, because a process that is killed counts one for everything that it had claimed. Answers of a mail
/// server are not counted here: the sender decides how long to go on.
pub const DELIVERY_LOST_MAX: i64 = 64;
/// How many rows with a lease that ran out one claim returns to their queue; the rest wait for the next claim.
pub const EXPIRED_MAX: i64 = 256;

/// Who claims, when and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The moment of the claim.
    pub now: Timestamp,
    /// How long the rows are ours, in microseconds.
    pub lease: i64,
    /// The most rows wanted; at most [`CLAIM_MAX`].
    pub limit: u32,
    /// The worker, by a name that no other has.
    pub by: String,
}

impl Claim {
    pub(crate) const fn until(&self) -> Timestamp {
        self.now.plus(self.lease)
    }

    pub(crate) fn rows(&self) -> i64 {
        i64::from(self.limit.min(CLAIM_MAX))
    }
}

/// What became of a unit of work that could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Released {
    /// It is tried again.
    Retried,
    /// It waits for a person.
    Parked,
}

/// Why a row of a queue could not be settled or released.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The claim is over: its lease ran out and the row went on without us. Nothing was written.
    #[error("the claim is over: the lease ran out and the work went on without this worker")]
    Fenced,
    /// The row is not in a state from which this can be asked.
    #[error("{0}")]
    NotPossible(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<DbError> for QueueError {
    fn from(error: DbError) -> Self {
        Self::Store(error.into())
    }
}

/// The queues whose rows have the same columns of state, attempts and lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Queue {
    Arrival,
    Event,
    Job,
}

/// A claimed row that is to be given back.
pub(crate) struct Failing<'a> {
    pub(crate) id: Id,
    pub(crate) attempts: i64,
    pub(crate) why: &'a Why,
    pub(crate) retry_at: Option<Timestamp>,
    pub(crate) now: Timestamp,
}

impl Queue {
    /// What attention calls it.
    pub(crate) const fn subject(self) -> &'static str {
        match self {
            Self::Arrival => "arrival",
            Self::Event => "event",
            Self::Job => "job",
        }
    }

    const fn attempts_max(self) -> i64 {
        match self {
            Self::Arrival => ARRIVAL_ATTEMPTS_MAX,
            Self::Event => EVENT_ATTEMPTS_MAX,
            Self::Job => JOB_ATTEMPTS_MAX,
        }
    }

    const fn expired_sql(self) -> &'static str {
        match self {
            Self::Arrival => {
                "SELECT id, attempts FROM arrival WHERE state IN ('ready', 'in_process') AND state = 'in_process' \
                 AND lease_until <= ?1 ORDER BY seq LIMIT ?2"
            }
            Self::Event => {
                "SELECT id, attempts FROM event WHERE state IN ('ready', 'in_process', 'parked') \
                 AND state = 'in_process' AND lease_until <= ?1 ORDER BY seq LIMIT ?2"
            }
            Self::Job => {
                "SELECT id, attempts FROM job WHERE state IN ('ready', 'in_process') AND state = 'in_process' \
                 AND lease_until <= ?1 ORDER BY id LIMIT ?2"
            }
        }
    }

    const fn retry_sql(self) -> &'static str {
        match self {
            Self::Arrival => {
                "UPDATE arrival SET state = 'ready', attempts = attempts + 1, next_at = ?2, reason_code = ?3, \
                 reason_text = ?4, lease_until = NULL, lease_by = NULL WHERE id = ?1 AND state = 'in_process'"
            }
            Self::Event => {
                "UPDATE event SET state = 'ready', attempts = attempts + 1, next_at = ?2, reason_code = ?3, \
                 reason_text = ?4, lease_until = NULL, lease_by = NULL WHERE id = ?1 AND state = 'in_process'"
            }
            Self::Job => {
                "UPDATE job SET state = 'ready', attempts = attempts + 1, next_at = ?2, reason_code = ?3, \
                 reason_text = ?4, lease_until = NULL, lease_by = NULL WHERE id = ?1 AND state = 'in_process'"
            }
        }
    }

    const fn park_sql(self) -> &'static str {
        match self {
            Self::Arrival => {
                "UPDATE arrival SET state = 'failed', attempts = attempts + 1, settled_at = ?2, reason_code = ?3, \
                 reason_text = ?4, lease_until = NULL, lease_by = NULL WHERE id = ?1 AND state = 'in_process'"
            }
            Self::Event => {
                "UPDATE event SET state = 'parked', attempts = attempts + 1, parked_at = ?2, reason_code = ?3, \
                 reason_text = ?4, lease_until = NULL, lease_by = NULL WHERE id = ?1 AND state = 'in_process'"
            }
            Self::Job => {
                "UPDATE job SET state = 'failed', attempts = attempts + 1, next_at = ?2, reason_code = ?3, \
                 reason_text = ?4, lease_until = NULL, lease_by = NULL WHERE id = ?1 AND state = 'in_process'"
            }
        }
    }

    /// Which claimed rows belong to the worker `?1` or to a worker whose name begins with `?2`.
    const fn claimed_by(self) -> (&'static str, &'static str) {
        match self {
            Self::Arrival => ("arrival", "state IN ('ready', 'in_process') AND state = 'in_process'"),
            Self::Event => ("event", "state IN ('ready', 'in_process', 'parked') AND state = 'in_process'"),
            Self::Job => ("job", "state IN ('ready', 'in_process') AND state = 'in_process'"),
        }
    }

    /// Returns the rows whose lease ran out to the queue, or parks those that were tried often enough.
    pub(crate) fn expire(self, tx: &mut dyn Tx, now: Timestamp) -> Result<(), DbError> {
        let sql = format!("{}{}", self.expired_sql(), tx.dialect().skip_locked());
        for row in tx.query(&sql, &params![now, EXPIRED_MAX])? {
            let why = Why::new(
                "worker_lost",
                "the worker stopped or took longer than its lease while it was at this: it is tried again",
            );
            let id = row.read(0)?;
            self.fail(tx, &Failing { id, attempts: row.int(1)?, why: &why, retry_at: Some(now), now })?;
        }
        Ok(())
    }

    /// Gives a claimed row back: to be tried again, or to a person when that was the last attempt.
    pub(crate) fn fail(self, tx: &mut dyn Tx, failing: &Failing<'_>) -> Result<Released, DbError> {
        let Failing { id, attempts, why, retry_at, now } = *failing;
        if let Some(at) = retry_at
            && attempts + 1 < self.attempts_max()
        {
            let retry = Statement::new(self.retry_sql(), params![id, at, &why.code, &why.text]).rows(1);
            tx.batch(&[retry])?;
            return Ok(Released::Retried);
        }
        let (subject, about) = self.told_about(tx, id)?;
        let mut writes = vec![
            Statement::new(self.park_sql(), params![id, now, &why.code, &why.text]).rows(1),
            attention::raise(subject, about, why, now),
        ];
        if self == Self::Arrival {
            writes.push(Statement::new(
                "DELETE FROM arrival_key WHERE seq = (SELECT seq FROM arrival WHERE id = ?1)",
                params![id],
            ));
        }
        tx.batch(&writes)?;
        Ok(Released::Parked)
    }

    /// What a person is told about: the row, but for a run its scheduled job, so that one that fails each minute is
    /// told of once.
    fn told_about(self, tx: &mut dyn Tx, id: Id) -> Result<(&'static str, Id), DbError> {
        if self == Self::Job {
            let rows = tx.query("SELECT scheduled_job FROM job WHERE id = ?1", &params![id])?;
            if let Some(job) = rows.first().map(|row| row.opt_id(0)).transpose()?.flatten() {
                return Ok((rejoinder_engine::schedule::SCHEDULED_JOB, job));
            }
        }
        Ok((self.subject(), id))
    }

    /// The claims of a worker or node, undone without counting an attempt.
    fn give_back(self, by: &str) -> Statement {
        let (table, open) = self.claimed_by();
        let sql = format!(
            "UPDATE {table} SET state = 'ready', lease_until = NULL, lease_by = NULL WHERE {open} AND {OF}"
        );
        Statement::new(sql, params![by, workers_of(by)])
    }

    /// The claims of a worker or node, as if their leases ended at `now`.
    fn void(self, by: &str, now: Timestamp) -> Statement {
        let (table, open) = self.claimed_by();
        let sql = format!("UPDATE {table} SET lease_until = ?3 WHERE {open} AND lease_until > ?3 AND {OF}");
        Statement::new(sql, params![by, workers_of(by), now])
    }
}

/// Rows claimed by the worker `?1`, or by one whose name begins with `?2`.
pub(crate) const OF: &str = "(lease_by = ?1 OR substr(lease_by, 1, length(CAST(?2 AS TEXT))) = ?2)";
const QUEUES: [Queue; 3] = [Queue::Arrival, Queue::Event, Queue::Job];

/// How the names of a node's workers begin: `node/worker`.
pub(crate) fn workers_of(node: &str) -> String {
    format!("{node}/")
}

impl crate::db::Store {
    /// Undoes every claim of a worker, or of all workers of a node (`node/…`), without counting an attempt: for one
    /// that is told to stop. Deliveries that may have been sent keep their lease, because only its end says what
    /// became of them.
    pub fn release_claims(&self, by: &str) -> Result<u64, StoreError> {
        let by = by.to_owned();
        self.write_committed(move |tx| {
            let mut released = 0;
            let queues = QUEUES.into_iter().map(|queue| queue.give_back(&by));
            for statement in queues.chain([crate::delivery::give_back(&by), crate::reading::give_back(&by)]) {
                released += tx.execute(&statement.sql, &statement.params)?;
            }
            Ok::<u64, StoreError>(released)
        })
    }

    /// Ends the leases of a worker, or of all workers of a node (`node/…`), at `now`: for a node that starts again
    /// and knows that its claims of before are nobody's. The next claim treats them as leases that ran out. How many
    /// there were.
    pub fn void_claims(&self, by: &str, now: Timestamp) -> Result<u64, StoreError> {
        let by = by.to_owned();
        self.write_committed(move |tx| {
            let mut voided = 0;
            let queues = QUEUES.into_iter().map(|queue| queue.void(&by, now));
            for statement in queues.chain([crate::delivery::void(&by, now), crate::reading::void(&by, now)]) {
                voided += tx.execute(&statement.sql, &statement.params)?;
            }
            Ok::<u64, StoreError>(voided)
        })
    }
}
