//! Mails that are decided once more: what they have done so far, the jobs that do it, and what became of each mail.
//!
//! Must not decide: what a mail may do again is the engine's to say.

use rejoinder_engine::id::Id;
use rejoinder_engine::inbound::again::Before;
use rejoinder_engine::plan::{Done, JobWork, PassedOver, Plan, Redecided, Why};
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::time::Timestamp;

use crate::arrival::{self, ClaimedArrival, NOT_GIVEN, TOO_LARGE};
use crate::attention;
use crate::db::Store;
use crate::error::StoreError;
use crate::lists::{Listed, Page};
use crate::row::params;
use crate::tx::{Row, Statement, Tx};

/// What a file that somebody took off its record has as its reason: it does not come back.
const TAKEN_OFF: &str = "taken_off";

/// An arrival as it is to be decided once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedBefore {
    /// As a claim would give it.
    pub arrival: ClaimedArrival,
    /// What its mail has done so far.
    pub before: Before,
    /// Why it cannot be decided once more.
    pub not_possible: Option<Why>,
}

/// A job that decides mails once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReprocessRow {
    /// Its identity.
    pub id: Id,
    /// The arrivals, in the order in which they are decided.
    pub arrivals: Vec<Id>,
    /// Who asked for it.
    pub by: String,
    /// `ready`, `in_process`, `processed` or `failed`.
    pub state: String,
    /// Why it failed.
    pub why: Option<Why>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// How many of the arrivals are done with.
    pub done: i64,
}

/// What became of one arrival in a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reprocessed {
    /// The arrival.
    pub arrival: Id,
    /// `done`, `nothing` where it did nothing more, or `not_possible`.
    pub outcome: String,
    /// Why.
    pub why: Option<Why>,
    /// When.
    pub at: Timestamp,
}

/// Which arrivals are meant, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArrivalFilter {
    /// In this state.
    pub state: Option<String>,
    /// With this reason, as `no_action`.
    pub code: Option<String>,
    /// About which, or about whose mail, there is something of this code that nobody has looked at.
    pub attention: Option<String>,
    /// Of this account.
    pub account: Option<Id>,
    /// Received at or after this moment.
    pub since: Option<Timestamp>,
    /// Received before this moment.
    pub until: Option<Timestamp>,
}

impl Store {
    /// What an arrival has done so far; `None` where there is no such arrival.
    pub fn decided_before(&self, id: Id) -> Result<Option<DecidedBefore>, StoreError> {
        self.read(|tx| {
            let Some(arrival) = arrival::unclaimed(tx, id)? else { return Ok(None) };
            let sql = "SELECT a.state, a.reason_code, a.decision, a.email, e.cause_id, e.done, e.record_table, \
                       e.record_id FROM arrival a LEFT JOIN email e ON e.id = a.email WHERE a.id = ?1";
            let rows = tx.query(sql, &params![id])?;
            let Some(row) = rows.first() else { return Ok(None) };
            let email: Option<Id> = row.opt_read(3)?;
            let own = email.filter(|_| matches!(row.opt_read::<Id>(4), Ok(Some(cause)) if cause == id));
            let done: Option<Vec<Done>> = row.opt_json(5)?;
            let not_possible = not_possible(row, email.is_some() && own.is_none(), own.is_some() && done.is_none())?;
            let record = row.opt_text(6)?.zip(row.opt_read::<Id>(7)?);
            let record = record.map(|(table, id)| RecordKey { table, id }).filter(|_| own.is_some());
            let before = Before {
                email: own,
                decision: row.int(2)?,
                received_at: arrival.received_at,
                done: done.filter(|_| own.is_some()).unwrap_or_default(),
                record,
                created: own.map(|email| created(tx, email, id)).transpose()?.unwrap_or_default(),
                files: own.map(|email| files(tx, email)).transpose()?.unwrap_or_default(),
            };
            Ok(Some(DecidedBefore { arrival, before, not_possible }))
        })
    }

    /// The arrivals that a filter means, oldest first, at most `limit`; of those under way none.
    pub fn arrivals_where(&self, filter: &ArrivalFilter, limit: u32) -> Result<Vec<Id>, StoreError> {
        let mut clauses = vec!["a.state IN ('processed', 'failed', 'ignored')".to_owned()];
        let mut given: Vec<crate::tx::SqlValue> = Vec::new();
        let mut add = |clause: &str, value: crate::tx::SqlValue| {
            given.push(value);
            clauses.push(clause.replace('?', &format!("?{}", given.len())));
        };
        if let Some(state) = &filter.state {
            add("a.state = ?", state.as_str().into());
        }
        if let Some(code) = &filter.code {
            add("a.reason_code = ?", code.as_str().into());
        }
        if let Some(code) = &filter.attention {
            add(
                "EXISTS (SELECT 1 FROM attention t WHERE t.subject_id IN (a.id, a.email) AND t.code = ? \
                 AND t.cleared_at IS NULL)",
                code.as_str().into(),
            );
        }
        if let Some(account) = filter.account {
            add("a.account = ?", account.into());
        }
        if let Some(since) = filter.since {
            add("a.received_at >= ?", since.into());
        }
        if let Some(until) = filter.until {
            add("a.received_at < ?", until.into());
        }
        let sql = format!(
            "SELECT a.id FROM arrival a WHERE {} ORDER BY a.seq LIMIT {limit}",
            clauses.join(" AND ")
        );
        self.read(|tx| tx.query(&sql, &given)?.iter().map(|row| Ok(row.read(0)?)).collect())
    }

    /// Jobs that decide mails once more, newest first.
    pub fn reprocess_jobs(&self, page: &Page) -> Result<Listed<ReprocessRow>, StoreError> {
        self.read(|tx| {
            let mut list = crate::lists::Filter::default();
            list.add("kind = ?", "reprocess");
            list.after_moment(("created_at", "id"), page);
            list.list(tx, (JOB, "created_at DESC, id DESC"), page, |row| {
                let job = job(row)?;
                let cursor = format!("{}.{}", job.created_at.micros(), job.id);
                Ok((job, cursor))
            })
        })
    }

    /// One of them, with what became of its arrivals.
    pub fn reprocess_job(&self, id: Id) -> Result<Option<(ReprocessRow, Vec<Reprocessed>)>, StoreError> {
        self.read(|tx| {
            let rows = tx.query(&format!("{JOB} WHERE id = ?1 AND kind = 'reprocess'"), &params![id])?;
            let Some(found) = rows.first().map(job).transpose()? else { return Ok(None) };
            let sql = "SELECT arrival, outcome, reason_code, reason_text, at FROM reprocessed WHERE job = ?1";
            let items =
                tx.query(sql, &params![id])?.iter().map(reprocessed).collect::<Result<_, StoreError>>()?;
            Ok(Some((found, items)))
        })
    }
}

const JOB: &str = "SELECT id, work, state, reason_code, reason_text, created_at, \
                   (SELECT COUNT(*) FROM reprocessed r WHERE r.job = job.id) FROM job";

fn job(row: &Row) -> Result<ReprocessRow, StoreError> {
    let (arrivals, by) = match row.json(1)? {
        JobWork::Reprocess { arrivals, by } => (arrivals, by),
        other => {
            return Err(StoreError::Corrupt(format!("a job that decides mails once more holds {other:?}")));
        }
    };
    let text = row.opt_text(4)?.unwrap_or_default();
    Ok(ReprocessRow {
        id: row.read(0)?,
        arrivals,
        by,
        state: row.text(2)?,
        why: row.opt_text(3)?.map(|code| Why { code, text }),
        created_at: row.time(5)?,
        done: row.int(6)?,
    })
}

fn reprocessed(row: &Row) -> Result<Reprocessed, StoreError> {
    let text = row.opt_text(3)?.unwrap_or_default();
    Ok(Reprocessed {
        arrival: row.read(0)?,
        outcome: row.text(1)?,
        why: row.opt_text(2)?.map(|code| Why { code, text }),
        at: row.time(4)?,
    })
}

/// Why an arrival cannot be decided once more.
fn not_possible(row: &Row, of_another: bool, unknown: bool) -> Result<Option<Why>, StoreError> {
    let (state, code) = (row.text(0)?, row.opt_text(1)?);
    let no = |code: &str, text: &str| Ok(Some(Why::new(code, text)));
    match (state.as_str(), code.as_deref()) {
        ("ready" | "in_process", _) => no("under_way", "it is not settled yet: it is decided anyway"),
        (_, Some(TOO_LARGE | NOT_GIVEN)) => {
            no("headers_only", "only its headers are here: the mail itself was left in its mailbox")
        }
        _ if of_another => no("second_copy", "it is a second copy: decide the first one once more"),
        ("processed", code) if unknown && code != Some("no_action") => no(
            "effects_unknown",
            "it was decided by an earlier version, which did not keep what had its effects",
        ),
        _ => Ok(None),
    }
}

/// The records that a mail is on and that its arrival made.
fn created(tx: &mut dyn Tx, email: Id, arrival: Id) -> Result<Vec<RecordKey>, StoreError> {
    let sql = "SELECT l.record_table, l.record_id FROM email_link l JOIN change c ON c.record_id = l.record_id \
               AND c.sequence = 1 WHERE l.email = ?1 AND c.cause_id = ?2 ORDER BY l.record_id";
    let rows = tx.query(sql, &params![email, arrival])?;
    rows.iter().map(|row| Ok(RecordKey { table: row.text(0)?, id: row.read(1)? })).collect()
}

/// The digests of the files that a mail has put on records, also where somebody took them off again.
fn files(tx: &mut dyn Tx, email: Id) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT digest FROM attachment WHERE email = ?1 AND (record_id IS NOT NULL \
               OR left_out_code = ?2) ORDER BY digest";
    let rows = tx.query(sql, &params![email, TAKEN_OFF])?;
    rows.iter().map(|row| Ok(row.text(0)?)).collect()
}

/// Settles the arrival that a plan decides once more, where nobody else has done so meanwhile, clears what was open
/// about it, and makes room for what its mail has now.
pub(crate) fn settle(plan: &Plan, again: &Redecided) -> Vec<Statement> {
    let by = format!("{}: reprocessed", again.by);
    let mut all = vec![
        Statement::new(
            "UPDATE arrival SET state = ?3, reason_code = ?4, reason_text = ?5, email = ?6, settled_at = ?7, \
             decision = decision + 1 WHERE id = ?1 AND decision = ?2 \
             AND state IN ('processed', 'failed', 'ignored')",
            params![
                again.arrival,
                again.decision,
                again.state.word(),
                again.why.as_ref().map(|why| why.code.as_str()),
                again.why.as_ref().map(|why| why.text.as_str()),
                again.email,
                plan.now
            ],
        )
        .rows(1),
        attention::clear_subject("arrival", again.arrival, &by, plan.now),
        attention::clear_subject("email", again.email, &by, plan.now),
    ];
    if again.known {
        let sql = "DELETE FROM attachment WHERE email = ?1 AND record_id IS NULL \
                   AND (left_out_code IS NULL OR left_out_code <> ?2)";
        all.push(Statement::new(sql, params![again.email, TAKEN_OFF]));
    }
    all
}

/// What became of an arrival, for whoever looks at the job.
pub(crate) fn note(plan: &Plan, job: Id, again: &Redecided) -> Statement {
    let nothing = plan.records.is_empty() && plan.activities.is_empty() && plan.outgoing.is_empty();
    note_of(job, again.arrival, if nothing { "nothing" } else { "done" }, again.why.as_ref(), plan.now)
}

/// Why it is not decided once more.
pub(crate) fn note_passed(plan: &Plan, job: Id, passed: &PassedOver) -> Statement {
    note_of(job, passed.arrival, "not_possible", Some(&passed.why), plan.now)
}

fn note_of(job: Id, arrival: Id, outcome: &str, why: Option<&Why>, at: Timestamp) -> Statement {
    Statement::new(
        "INSERT INTO reprocessed (job, arrival, outcome, reason_code, reason_text, at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (job, arrival) DO NOTHING",
        params![
            job,
            arrival,
            outcome,
            why.map(|why| why.code.as_str()),
            why.map(|why| why.text.as_str()),
            at
        ],
    )
}
