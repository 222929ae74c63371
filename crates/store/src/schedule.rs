//! The next times of scheduled jobs, and their runs.
//!
//! A time is not claimed: whoever begins its run moves it in the same transaction, where the epoch that they have seen
//! is still the one that is kept, so that each time is seen by one node. Runs are jobs. Must not work out times.

use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{JobWork, NewJob, Why};
use rejoinder_engine::schedule::Waiting;
use rejoinder_engine::time::{DAY, Timestamp};

use crate::config::generation;
use crate::db::Store;
use crate::error::{DbError, StoreError};
use crate::lists::{Listed, Page};
use crate::row::params;
use crate::tx::{Row, Statement, Tx};

/// Runs of one job that are kept; older ones are removed with their traces when another begins.
pub const RUNS_KEPT: i64 = 200;
/// Days for which runs are kept; older ones are removed with their traces when another begins.
pub const RUNS_KEPT_DAYS: i64 = 90;

/// One run of a scheduled job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// The run; its traces are kept under this id.
    pub id: Id,
    /// The scheduled job.
    pub job: Id,
    /// When it was due.
    pub due_at: Timestamp,
    /// Who asked for it; `None` where its time had come.
    pub by: Option<String>,
    /// When its first step began.
    pub started_at: Option<Timestamp>,
    /// When its last step began, or it was given up or left out; `None` while it goes on.
    pub ended_at: Option<Timestamp>,
    /// `ready`, `in_process`, `processed`, `failed` or `skipped`.
    pub state: String,
    /// Why.
    pub why: Option<Why>,
    /// How often its step was tried in vain.
    pub attempts: i64,
    /// How many events it has raised.
    pub events: i64,
}

const WAITING: &str = "SELECT s.job, s.fingerprint, s.next_at, s.epoch, CAST(CASE WHEN EXISTS (SELECT 1 FROM job j \
                       WHERE j.scheduled_job = s.job AND j.state IN ('ready', 'in_process')) THEN 1 ELSE 0 END AS BIGINT) \
                       FROM schedule s ORDER BY s.job";
const RUN: &str = "SELECT id, scheduled_job, due_at, work, started_at, claimed_at, next_at, created_at, state, \
                   reason_code, reason_text, attempts, events FROM job";

fn waiting(row: &Row) -> Result<Waiting, DbError> {
    Ok(Waiting {
        job: row.read(0)?,
        fingerprint: row.text(1)?,
        next_at: row.opt_time(2)?,
        epoch: row.int(3)?,
        busy: row.int(4)? != 0,
    })
}

fn run(row: &Row) -> Result<RunRow, DbError> {
    let state = row.text(8)?;
    let ended_at = match state.as_str() {
        "processed" => row.opt_time(5)?,
        "failed" => row.opt_time(6)?,
        "skipped" => row.opt_time(7)?,
        _ => None,
    };
    let by = match row.json(3)? {
        JobWork::Run { by, .. } => by,
        JobWork::FanOut { .. } | JobWork::Skipped { .. } | JobWork::Reprocess { .. } => None,
    };
    let text = row.opt_text(10)?.unwrap_or_default();
    Ok(RunRow {
        id: row.read(0)?,
        job: row.read(1)?,
        due_at: row.time(2)?,
        by,
        started_at: row.opt_time(4)?,
        ended_at,
        state,
        why: row.opt_text(9)?.map(|code| Why { code, text }),
        attempts: row.int(11)?,
        events: row.int(12)?,
    })
}

/// With a new run, the oldest runs of its job and their traces go; those under way stay.
pub(crate) fn forget_runs(new: &NewJob, now: Timestamp) -> Vec<Statement> {
    const OLD: &str = "SELECT o.id FROM job o WHERE o.scheduled_job = ?1 AND o.state NOT IN ('ready', 'in_process') \
                       AND (o.due_at < ?2 OR o.id NOT IN (SELECT k.id FROM job k WHERE k.scheduled_job = ?1 \
                       ORDER BY k.due_at DESC, k.id DESC LIMIT ?3))";
    let (JobWork::Run { job, .. } | JobWork::Skipped { job, .. }) = &new.work else { return Vec::new() };
    let given = || params![*job, now.plus(-RUNS_KEPT_DAYS * DAY), RUNS_KEPT];
    let forget = |table: &str| Statement::new(format!("DELETE FROM {table} WHERE id IN ({OLD})"), given());
    vec![forget("trace"), forget("job")]
}

fn write(tx: &mut dyn Tx, known: &[(Id, String, Option<Timestamp>)]) -> Result<(), DbError> {
    for row in tx.query("SELECT job FROM schedule", &[])? {
        let id: Id = row.read(0)?;
        if known.iter().all(|(job, ..)| *job != id) {
            tx.execute("DELETE FROM schedule WHERE job = ?1", &params![id])?;
        }
    }
    for (job, fingerprint, next_at) in known {
        tx.execute(
            "INSERT INTO schedule (job, fingerprint, next_at, epoch) VALUES (?1, ?2, ?3, 0) ON CONFLICT (job) \
             DO UPDATE SET fingerprint = excluded.fingerprint, next_at = excluded.next_at, epoch = schedule.epoch + 1 \
             WHERE schedule.fingerprint <> excluded.fingerprint",
            &params![*job, fingerprint, *next_at],
        )?;
    }
    Ok(())
}

impl Store {
    /// The next times of all scheduled jobs.
    pub fn schedules(&self) -> Result<Vec<Waiting>, StoreError> {
        self.read(|tx| Ok(tx.query(WAITING, &[])?.iter().map(waiting).collect::<Result<_, DbError>>()?))
    }

    /// Keeps the next times of these jobs and of no others: job, fingerprint, time. One that has the same fingerprint
    /// keeps the time that it has. Whether they are kept; they are not where the configuration is another by now.
    pub fn set_schedules(
        &self,
        decided_with: i64,
        known: Vec<(Id, String, Option<Timestamp>)>,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            if generation(tx)? != decided_with {
                return Ok(false);
            }
            write(tx, &known)?;
            Ok(true)
        })
    }

    /// The runs of a scheduled job, the last due one first.
    pub fn runs(&self, job: Id, page: &Page) -> Result<Listed<RunRow>, StoreError> {
        self.runs_page(RUN, job, page, |row| {
            let run = run(row)?;
            let cursor = format!("{}.{}", run.due_at.micros(), run.id);
            Ok((run, cursor))
        })
    }

    /// Whether a run of this job is under way.
    pub fn is_running(&self, job: Id) -> Result<bool, StoreError> {
        self.read(move |tx| {
            let sql =
                "SELECT id FROM job WHERE scheduled_job = ?1 AND state IN ('ready', 'in_process') LIMIT 1";
            Ok(!tx.query(sql, &params![job])?.is_empty())
        })
    }

    /// One run.
    pub fn run(&self, id: Id) -> Result<Option<RunRow>, StoreError> {
        self.read(move |tx| {
            let sql = format!("{RUN} WHERE id = ?1 AND scheduled_job IS NOT NULL");
            Ok(tx.query(&sql, &params![id])?.first().map(run).transpose()?)
        })
    }
}
