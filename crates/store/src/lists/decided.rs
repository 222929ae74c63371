//! Incoming mails that were decided, oldest first, with what decides them again, and what their decision did.

use rejoinder_engine::id::{Id, Seed};
use rejoinder_engine::plan::{ActivityKind, CauseKind, Direction};
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::time::Timestamp;

use super::changes::{self, ChangeRow};
use super::{Filter, Listed, Page};
use crate::db::Store;
use crate::error::StoreError;
use crate::row::params;
use crate::tx::{Row, SqlValue};

/// A mail that was decided, in the copy that decided it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedMail {
    /// The mail.
    pub email: Id,
    /// The copy: its identity, under which the trace is kept.
    pub arrival: Id,
    /// The receiving account, which may be gone.
    pub account: Id,
    /// The return path.
    pub envelope_from: Option<String>,
    /// The recipients of the envelope.
    pub envelope_to: Vec<String>,
    /// What the source vouches for.
    pub authentication: String,
    /// Under which its bytes are stored; retention may have removed them.
    pub digest: String,
    /// When it came; the time of its decision.
    pub received_at: Timestamp,
    /// The seed of its decision.
    pub seed: Seed,
    /// Its subject.
    pub subject: Option<String>,
    /// The sender's address.
    pub sender: Option<String>,
    /// How often it was decided anew since.
    pub anew: i64,
}

/// Which mails that were decided are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DecidedFilter {
    /// Not before this moment.
    pub from: Timestamp,
    /// Before this moment.
    pub to: Timestamp,
    /// Received by this account.
    pub account: Option<Id>,
}

/// An entry of a feed that a decision wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRow {
    /// The record.
    pub record: RecordKey,
    /// What it is.
    pub kind: ActivityKind,
    /// Its text.
    pub text: String,
    /// A mark beside it.
    pub mark: Option<String>,
}

const SELECT: &str = "SELECT e.id, e.created_at, a.id, a.account, a.envelope_from, a.envelope_to, a.authentication, \
                      a.digest, a.received_at, a.seed, a.subject, a.sender, a.decision \
                      FROM email AS e JOIN arrival AS a ON a.id = e.cause_id";

fn decided(row: &Row) -> Result<DecidedMail, StoreError> {
    Ok(DecidedMail {
        email: row.id(0)?,
        arrival: row.id(2)?,
        account: row.id(3)?,
        envelope_from: row.opt_text(4)?,
        envelope_to: row.json(5)?,
        authentication: row.text(6)?,
        digest: row.text(7)?,
        received_at: row.time(8)?,
        seed: row.read(9)?,
        subject: row.opt_text(10)?,
        sender: row.opt_text(11)?,
        anew: row.int(12)?,
    })
}

impl Store {
    /// Incoming mails that were decided in a period, oldest first; further copies of them are left out, as they had no
    /// effect.
    pub fn decided_mails(
        &self,
        filter: &DecidedFilter,
        page: &Page,
    ) -> Result<Listed<DecidedMail>, StoreError> {
        self.read(|tx| {
            let mut list = Filter::default();
            list.add("e.direction = ?", Direction::Incoming.word());
            list.add("e.created_at >= ?", filter.from);
            list.add("e.created_at < ?", filter.to);
            list.add_some("a.account = ?", filter.account);
            let cursor = page.after.as_deref().and_then(|after| after.split_once('.'));
            if let Some((Ok(at), id)) = cursor.map(|(at, id)| (at.parse::<i64>(), id)) {
                list.add("e.created_at >= ?", at);
                let moment = list.params.len();
                list.params.push(SqlValue::from(id));
                list.clauses.push(format!("(e.created_at > ?{moment} OR e.id > ?{})", list.params.len()));
            }
            list.list(tx, (SELECT, "e.created_at, e.id"), page, |row| {
                let cursor = format!("{}.{}", row.time(1)?.micros(), row.id(0)?);
                Ok((decided(row)?, cursor))
            })
        })
    }

    /// The changes of records that the decision on a mail made; `at` is the time of the decision.
    pub fn changes_caused_by(&self, arrival: Id, at: Timestamp) -> Result<Vec<ChangeRow>, StoreError> {
        self.read(|tx| {
            let sql = format!(
                "{} WHERE at = ?1 AND cause_id = ?2 AND cause_kind = ?3 ORDER BY record_id, sequence",
                changes::SELECT
            );
            let rows = tx.query(&sql, &params![at, arrival, CauseKind::Arrival.word()])?;
            rows.iter().map(changes::change).collect()
        })
    }

    /// What a mail wrote into the feed of a record; `at` is the time of the decision.
    pub fn notes_of_mail(&self, email: Id, record: Id, at: Timestamp) -> Result<Vec<NoteRow>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT record_table, record_id, kind, body, mark FROM activity \
                       WHERE record_id = ?1 AND at = ?2 AND email = ?3 ORDER BY seq";
            let rows = tx.query(sql, &params![record, at, email])?;
            let note = |row: &Row| {
                Ok(NoteRow {
                    record: RecordKey { table: row.text(0)?, id: row.id(1)? },
                    kind: row.word(2, ActivityKind::from_word)?,
                    text: row.opt_text(3)?.unwrap_or_default(),
                    mark: row.opt_text(4)?,
                })
            };
            rows.iter().map(note).collect()
        })
    }
}
