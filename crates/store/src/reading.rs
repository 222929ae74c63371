//! Mailboxes that are read: who reads a folder, how far it is read, and what is still to be copied into it.
//!
//! The cursor moves in the transaction that keeps the mails, fenced by the reader's epoch: a reader that was stopped
//! and wakes up after its lease keeps nothing. Nothing here speaks to a mail server.

use std::collections::BTreeSet;
use std::sync::Arc;

use rejoinder_engine::id::Id;
use rejoinder_engine::time::Timestamp;

use crate::arrival::{self, Accepted, NOT_GIVEN, NewArrival, TOO_LARGE};
use crate::db::Store;
use crate::error::{DbError, StoreError};
use crate::queue::{OF, QueueError, workers_of};
use crate::row::params;
use crate::stage::{self, Stage};
use crate::tx::{SqlValue, Statement, Tx};

/// Source keys that one question asks for; longer lists go in pieces.
const KEYS_ASKED: usize = 500;

/// One folder as its reader has it. UIDs are IMAP's (RFC 9051, 2.3.1.1); POP3 leaves them at 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The account.
    pub account: Id,
    /// The folder; empty for POP3.
    pub folder: String,
    /// The claim.
    pub epoch: i64,
    /// The UIDVALIDITY under which the UIDs below were given; `None` before the first pass.
    pub uid_validity: Option<u32>,
    /// Every mail up to this UID is kept or was not wanted.
    pub read_uid: u32,
    /// Every mail up to this UID is marked, moved or removed as the account says.
    pub done_uid: u32,
    /// Mails up to this UID may be known under a UID of an earlier UIDVALIDITY.
    pub again_uid: u32,
    /// When the folder was first read.
    pub started_at: Timestamp,
}

/// One mail whose copy is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentCopy {
    /// The mail.
    pub email: Id,
    /// Its Message-ID, without angle brackets.
    pub message_id: String,
    /// Under which its bytes are stored.
    pub digest: String,
    /// How often it was tried.
    pub attempts: i64,
}

fn number(value: i64) -> u32 {
    u32::try_from(value).unwrap_or_default()
}

/// The claims of a worker or node, as if their leases ended at `now`.
pub(crate) fn void(by: &str, now: Timestamp) -> Statement {
    let sql = format!("UPDATE reading SET lease_until = ?3 WHERE lease_until > ?3 AND {OF}");
    Statement::new(sql, params![by, workers_of(by), now])
}

/// Gives back what a worker or node reads.
pub(crate) fn give_back(by: &str) -> Statement {
    let sql = format!("UPDATE reading SET lease_until = NULL, lease_by = NULL WHERE {OF}");
    Statement::new(sql, params![by, workers_of(by)])
}

fn fenced(tx: &mut dyn Tx, statement: &Statement) -> Result<(), QueueError> {
    let touched = tx.execute(&statement.sql, &statement.params)?;
    if touched == 1 { Ok(()) } else { Err(QueueError::Fenced) }
}

fn cursor(reading: &Reading) -> Statement {
    Statement::new(
        "UPDATE reading SET uid_validity = ?4, read_uid = ?5, done_uid = ?6, again_uid = ?7 \
         WHERE account = ?1 AND folder = ?2 AND lease_epoch = ?3",
        params![
            reading.account,
            &reading.folder,
            reading.epoch,
            reading.uid_validity.map(i64::from),
            i64::from(reading.read_uid),
            i64::from(reading.done_uid),
            i64::from(reading.again_uid)
        ],
    )
}

/// Gives an arrival of an earlier UIDVALIDITY with the same bytes the new source key; whether there was one. One
/// arrival takes one key, so that two mails of equal bytes stay two.
fn known_again(tx: &mut dyn Tx, arrival: &NewArrival, digest: &str, again: &Again) -> Result<bool, DbError> {
    let rows = tx.query(
        "SELECT MIN(seq) FROM arrival WHERE account = ?1 AND digest = ?2 AND source = ?3 \
         AND SUBSTR(source_key, 1, ?4) = ?5 AND SUBSTR(source_key, 1, ?6) <> ?7",
        &params![
            arrival.account,
            digest,
            &arrival.source,
            chars(&again.folder),
            &again.folder,
            chars(&again.validity),
            &again.validity
        ],
    )?;
    let Some(seq) = rows.first().map_or(Ok(None), |row| row.opt_int(0))? else { return Ok(false) };
    let taken = tx.execute(
        "UPDATE arrival SET source_key = ?2 WHERE seq = ?1 \
         AND NOT EXISTS (SELECT 1 FROM arrival a WHERE a.account = ?3 AND a.source_key = ?2)",
        &params![seq, &arrival.source_key, arrival.account],
    )?;
    Ok(taken == 1)
}

fn chars(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

/// By what the keys of a folder and of its present UIDVALIDITY begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// The beginning of all keys of the folder.
    pub folder: String,
    /// The beginning of those of the present UIDVALIDITY.
    pub validity: String,
}

impl Store {
    /// Claims a folder for `by` until `until`; `None` while another reads it. A claim of `by` itself is renewed with
    /// a new epoch.
    pub fn claim_reading(
        &self,
        account: Id,
        folder: &str,
        by: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Reading>, StoreError> {
        let (folder, by) = (folder.to_owned(), by.to_owned());
        self.write(move |tx| {
            tx.execute(
                "INSERT INTO reading (account, folder, read_uid, done_uid, again_uid, started_at, lease_epoch) \
                 VALUES (?1, ?2, 0, 0, 0, ?3, 0) ON CONFLICT (account, folder) DO NOTHING",
                &params![account, &folder, now],
            )?;
            let rows = tx.query(
                "UPDATE reading SET lease_epoch = lease_epoch + 1, lease_until = ?4, lease_by = ?3 \
                 WHERE account = ?1 AND folder = ?2 AND (lease_until IS NULL OR lease_until <= ?5 OR lease_by = ?3) \
                 RETURNING lease_epoch, uid_validity, read_uid, done_uid, again_uid, started_at",
                &params![account, &folder, &by, until, now],
            )?;
            let Some(row) = rows.first() else { return Ok::<_, StoreError>(None) };
            Ok(Some(Reading {
                account,
                folder: folder.clone(),
                epoch: row.int(0)?,
                uid_validity: row.opt_int(1)?.map(number),
                read_uid: number(row.int(2)?),
                done_uid: number(row.int(3)?),
                again_uid: number(row.int(4)?),
                started_at: row.time(5)?,
            }))
        })
    }

    /// Prolongs a claim; `false` where it is over.
    pub fn renew_reading(&self, reading: &Reading, until: Timestamp) -> Result<bool, StoreError> {
        let reading = reading.clone();
        self.write(move |tx| {
            let touched = tx.execute(
                "UPDATE reading SET lease_until = ?4 WHERE account = ?1 AND folder = ?2 AND lease_epoch = ?3",
                &params![reading.account, &reading.folder, reading.epoch, until],
            )?;
            Ok::<_, StoreError>(touched == 1)
        })
    }

    /// Gives a claim back.
    pub fn release_reading(&self, reading: &Reading) -> Result<(), StoreError> {
        let reading = reading.clone();
        self.write(move |tx| {
            tx.execute(
                "UPDATE reading SET lease_until = NULL, lease_by = NULL \
                 WHERE account = ?1 AND folder = ?2 AND lease_epoch = ?3",
                &params![reading.account, &reading.folder, reading.epoch],
            )?;
            Ok::<(), StoreError>(())
        })
    }

    /// Keeps the cursor of `reading`.
    pub fn keep_reading(&self, reading: &Reading) -> Result<(), QueueError> {
        let statement = cursor(reading);
        self.write(move |tx| fenced(tx, &statement))
    }

    /// Notes that everything that was there at `now` is read.
    pub fn reading_passed(&self, reading: &Reading, now: Timestamp) -> Result<(), QueueError> {
        let statement = Statement::new(
            "UPDATE reading SET passed_at = ?4 WHERE account = ?1 AND folder = ?2 AND lease_epoch = ?3",
            params![reading.account, &reading.folder, reading.epoch, now],
        );
        self.write(move |tx| fenced(tx, &statement))
    }

    /// When the account was last read to its end.
    pub fn last_reading(&self, account: Id) -> Result<Option<Timestamp>, StoreError> {
        self.read(|tx| {
            let sql = "SELECT MAX(passed_at) FROM reading WHERE account = ?1";
            let rows = tx.query(sql, &params![account])?;
            Ok(rows.first().map_or(Ok(None), |row| row.opt_time(0))?)
        })
    }

    /// Commits the mails of one batch together with the cursor behind them. When this returns, the copies at the
    /// source may be marked, moved or removed. With `again`, a mail whose bytes are known from before the UIDs of
    /// the folder were given anew is that one.
    pub fn accept_read(
        &self,
        reading: &Reading,
        arrivals: Vec<NewArrival>,
        again: Option<Again>,
    ) -> Result<Vec<Accepted>, QueueError> {
        let _inside = stage::enter(Stage::Accept);
        let prepared = Arc::new(arrival::prepare(arrivals));
        let statement = cursor(reading);
        self.write(move |tx| {
            fenced(tx, &statement)?;
            let mut accepted = Vec::with_capacity(prepared.len());
            for one in prepared.iter() {
                if let Some(again) = &again {
                    known_again(tx, &one.arrival, &one.digest, again)?;
                }
                accepted.push(arrival::insert(tx, one)?);
            }
            Ok(accepted)
        })
    }

    /// Those of `keys` that were kept, refused or skipped before.
    pub fn known_sources(&self, account: Id, keys: &[String]) -> Result<BTreeSet<String>, StoreError> {
        let sql = |places: &str| {
            format!(
                "SELECT source_key FROM arrival WHERE account = ?1 AND source_key IN ({places}) UNION \
                 SELECT source_key FROM reading_skipped WHERE account = ?1 AND source_key IN ({places})"
            )
        };
        self.sources(account, keys, sql)
    }

    /// Those of `keys` whose mails are kept with all their bytes.
    pub fn kept_sources(&self, account: Id, keys: &[String]) -> Result<BTreeSet<String>, StoreError> {
        let sql = |places: &str| {
            format!(
                "SELECT source_key FROM arrival WHERE account = ?1 AND source_key IN ({places}) \
                 AND (reason_code IS NULL OR reason_code NOT IN ('{TOO_LARGE}', '{NOT_GIVEN}'))"
            )
        };
        self.sources(account, keys, sql)
    }

    fn sources(
        &self,
        account: Id,
        keys: &[String],
        sql: impl Fn(&str) -> String,
    ) -> Result<BTreeSet<String>, StoreError> {
        self.read(|tx| {
            let mut found = BTreeSet::new();
            for piece in keys.chunks(KEYS_ASKED) {
                let places: Vec<String> = (2..piece.len() + 2).map(|place| format!("?{place}")).collect();
                let mut asked: Vec<SqlValue> = vec![account.into()];
                asked.extend(piece.iter().map(SqlValue::from));
                for row in tx.query(&sql(&places.join(", ")), &asked)? {
                    found.insert(row.text(0)?);
                }
            }
            Ok(found)
        })
    }

    /// Notes that the mails of `keys` are not wanted, together with the cursor.
    pub fn skip_sources(&self, reading: &Reading, keys: &[String]) -> Result<(), QueueError> {
        let (statement, account) = (cursor(reading), reading.account);
        let writes: Vec<Statement> = keys
            .iter()
            .map(|key| {
                Statement::new(
                    "INSERT INTO reading_skipped (account, source_key) VALUES (?1, ?2) \
                     ON CONFLICT (account, source_key) DO NOTHING",
                    params![account, key],
                )
            })
            .collect();
        self.write(move |tx| {
            fenced(tx, &statement)?;
            Ok(tx.batch(&writes)?)
        })
    }

    /// Sent mails of `account` whose copy is due, oldest first.
    pub fn sent_copies_due(
        &self,
        account: Id,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<SentCopy>, StoreError> {
        self.read(|tx| {
            let rows = tx.query(
                "SELECT s.email, e.message_id, e.digest, s.attempts FROM sent_copy s JOIN email e ON e.id = s.email \
                 WHERE s.account = ?1 AND s.next_at <= ?2 ORDER BY s.next_at, s.email LIMIT ?3",
                &params![account, now, i64::from(limit)],
            )?;
            let copy = |row: &crate::tx::Row| {
                Ok::<_, StoreError>(SentCopy {
                    email: row.id(0)?,
                    message_id: row.opt_text(1)?.unwrap_or_default(),
                    digest: row.opt_text(2)?.unwrap_or_default(),
                    attempts: row.int(3)?,
                })
            };
            rows.iter().map(copy).collect()
        })
    }

    /// The copy is in its folder, or cannot be made at all.
    pub fn sent_copy_done(&self, email: Id) -> Result<(), StoreError> {
        self.write(move |tx| {
            tx.execute("DELETE FROM sent_copy WHERE email = ?1", &params![email])?;
            Ok::<(), StoreError>(())
        })
    }

    /// The copy could not be made now: again at `next_at`.
    pub fn sent_copy_later(&self, email: Id, next_at: Timestamp) -> Result<(), StoreError> {
        self.write(move |tx| {
            let sql = "UPDATE sent_copy SET attempts = attempts + 1, next_at = ?2 WHERE email = ?1";
            tx.execute(sql, &params![email, next_at])?;
            Ok::<(), StoreError>(())
        })
    }
}

/// A sent mail whose copy is wanted in the account's folder of sent mail.
pub(crate) fn want_copy(delivery: Id, now: Timestamp) -> Statement {
    Statement::new(
        "INSERT INTO sent_copy (email, account, attempts, next_at, created_at) \
         SELECT d.email, d.account, 0, ?2, ?2 FROM delivery d WHERE d.id = ?1 \
         AND NOT EXISTS (SELECT 1 FROM delivery o WHERE o.email = d.email AND o.state = 'sent' AND o.id <> d.id) \
         ON CONFLICT (email) DO NOTHING",
        params![delivery, now],
    )
}
