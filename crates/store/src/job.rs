//! Jobs: work that goes on in steps, each a plan of its own that moves the cursor in its transaction.
//!
//! Must not know what a job does; [`JobWork`] says that to its worker.

use rejoinder_engine::id::{Id, Seed};
use rejoinder_engine::plan::{JobWork, NewJob, Why};
use rejoinder_engine::time::Timestamp;

use crate::attention;
use crate::db::Store;
use crate::error::StoreError;
use crate::queue::{Claim, Failing, Queue, QueueError, Released};
use crate::row::params;
use crate::tx::{Row, Statement};

/// One claimed step of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    /// The job.
    pub id: Id,
    /// The claim.
    pub epoch: i64,
    /// What it does.
    pub work: JobWork,
    /// Where this step begins; `None` for the first.
    pub cursor: Option<String>,
    /// The seed of its steps.
    pub seed: Seed,
    /// When it was planned; the time of its decisions.
    pub created_at: Timestamp,
    /// How often this step was tried before.
    pub attempts: i64,
}

fn read(row: &Row) -> Result<ClaimedJob, StoreError> {
    Ok(ClaimedJob {
        id: row.read(0)?,
        epoch: row.int(1)?,
        work: row.json(2)?,
        cursor: Some(row.text(3)?).filter(|cursor| !cursor.is_empty()),
        seed: row.read(4)?,
        created_at: row.time(5)?,
        attempts: row.int(6)?,
    })
}

/// The word by which lists name what a job does.
pub(crate) const fn kind(work: &JobWork) -> &'static str {
    match work {
        JobWork::FanOut { .. } => "fan_out",
        JobWork::Run { .. } => "run",
        JobWork::Skipped { .. } => "skipped_run",
        JobWork::Reprocess { .. } => "reprocess",
    }
}

pub(crate) fn insert(job: &NewJob, now: Timestamp) -> Result<Statement, StoreError> {
    let work = crate::row::json(&job.work)?;
    let (scheduled, due, skipped) = match &job.work {
        JobWork::FanOut { .. } | JobWork::Reprocess { .. } => (None, None, None),
        JobWork::Run { job, due, .. } => (Some(*job), Some(*due), None),
        JobWork::Skipped { job, due, why } => (Some(*job), Some(*due), Some(why)),
    };
    Ok(Statement::new(
        "INSERT INTO job (id, kind, work, step_cursor, seed, created_at, state, attempts, next_at, lease_epoch, \
         scheduled_job, due_at, reason_code, reason_text) \
         VALUES (?1, ?2, ?3, '', ?4, ?5, ?6, 0, ?5, 0, ?7, ?8, ?9, ?10)",
        params![
            job.id,
            kind(&job.work),
            work,
            job.seed,
            now,
            if skipped.is_some() { "skipped" } else { "ready" },
            scheduled,
            due,
            skipped.map(|why| why.code.as_str()),
            skipped.map(|why| why.text.as_str())
        ],
    )
    .rows(1))
}

impl Store {
    /// Claims steps of jobs, oldest job first.
    pub fn claim_jobs(&self, claim: &Claim) -> Result<Vec<ClaimedJob>, StoreError> {
        let claim = claim.clone();
        self.write_committed(move |tx| {
            Queue::Job.expire(tx, claim.now)?;
            let sql = format!(
                "WITH picked AS MATERIALIZED (SELECT id FROM job WHERE state IN ('ready', 'in_process') \
                 AND state = 'ready' AND next_at <= ?1 ORDER BY next_at, id LIMIT ?2{}) \
                 UPDATE job SET state = 'in_process', lease_epoch = lease_epoch + 1, lease_until = ?3, lease_by = ?4, \
                 claimed_at = ?1, started_at = COALESCE(started_at, ?1) \
                 WHERE id IN (SELECT id FROM picked) AND state = 'ready' \
                 RETURNING id, lease_epoch, work, step_cursor, seed, created_at, attempts",
                tx.dialect().skip_locked()
            );
            let rows = tx.query(&sql, &params![claim.now, claim.rows(), claim.until(), &claim.by])?;
            let mut claimed = rows.iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
            claimed.sort_by_key(|job| (job.created_at, job.id));
            Ok::<_, StoreError>(claimed)
        })
    }

    /// Gives a claimed step back with the reason: tried again at `retry_at`, at most
    /// [`JOB_ATTEMPTS_MAX`](crate::queue::JOB_ATTEMPTS_MAX) times in all, else `failed`, and a person is told.
    pub fn fail_job(
        &self,
        claimed: (Id, i64),
        why: &Why,
        retry_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Released, QueueError> {
        let (id, epoch) = claimed;
        let why = why.clone();
        self.write(move |tx| {
            let rows = tx.query(
                "SELECT attempts FROM job WHERE id = ?1 AND lease_epoch = ?2 AND state = 'in_process'",
                &params![id, epoch],
            )?;
            let row = rows.first().ok_or(QueueError::Fenced)?;
            Ok(Queue::Job.fail(tx, &Failing { id, attempts: row.int(0)?, why: &why, retry_at, now })?)
        })
    }

    /// A person has a failed job go on from the step that failed.
    pub fn retry_job(&self, id: Id, by: &str, now: Timestamp) -> Result<(), QueueError> {
        let by = by.to_owned();
        self.write(move |tx| {
            let touched = tx.execute(
                "UPDATE job SET state = 'ready', attempts = 0, next_at = ?2, reason_code = NULL, reason_text = NULL \
                 WHERE id = ?1 AND state = 'failed'",
                &params![id, now],
            )?;
            if touched != 1 {
                return Err(QueueError::NotPossible("only a job that failed can go on".to_owned()));
            }
            tx.batch(&[attention::clear_subject(Queue::Job.subject(), id, &by, now)])?;
            Ok(())
        })
    }
}
