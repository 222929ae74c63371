//! The inbox: copies of incoming mails as sources delivered them, durable before a source is told "received".
//!
//! Accepting commits the bytes, the row and its conversation keys together. Claims go in order of arrival, and a
//! row waits while an older unsettled one shares a conversation key. Nothing here looks inside a mail.

use std::collections::BTreeMap;
use std::sync::Arc;

use rejoinder_engine::id::{Id, Seed};
use rejoinder_engine::plan::{Done, Why};
use rejoinder_engine::time::Timestamp;

use crate::attention;
use crate::blob;
use crate::db::Store;
use crate::dialect::Dialect;
use crate::error::{DbError, StoreError};
use crate::lane;
use crate::queue::{Claim, Failing, Queue, QueueError, Released};
use crate::row::params;
use crate::stage::{self, Stage};
use crate::tx::{Row, SqlValue, Statement, Tx};

/// Conversation keys of one arrival; further ones are left out and order nothing.
pub const KEYS_MAX: usize = 64;
/// The reason of an arrival of which only the headers were taken, because it is larger than its account takes.
pub const TOO_LARGE: &str = "too_large";
/// The reason of an arrival of which the server gave only the headers.
pub const NOT_GIVEN: &str = "not_given";
/// Bytes of one conversation key; a longer one is left out.
pub const KEY_BYTES_MAX: usize = 512;

/// One copy of a mail as a source hands it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewArrival {
    /// Its identity, derived from the seed.
    pub id: Id,
    /// The receiving account.
    pub account: Id,
    /// The kind of source: `smtp`, `lmtp`, `imap`, `pop3`, `http`, `cli`.
    pub source: String,
    /// What names this copy at its source (UID with UIDVALIDITY, UIDL, queue id …); unique within the account.
    pub source_key: String,
    /// The return path (RFC 5321, 4.1.1.2); `None` where the source does not know, empty for the null path.
    pub envelope_from: Option<String>,
    /// The recipients of the envelope.
    pub envelope_to: Vec<String>,
    /// When it came.
    pub received_at: Timestamp,
    /// The seed of its decisions.
    pub seed: Seed,
    /// Its bytes as they came.
    pub bytes: Vec<u8>,
    /// Conversation keys: own and referenced Message-IDs, sender; at most [`KEYS_MAX`].
    pub keys: Vec<String>,
    /// Its subject, for lists.
    pub subject: Option<String>,
    /// Its sender's address, for lists.
    pub sender: Option<String>,
    /// What the source vouches for about the sender's authenticity.
    pub authentication: String,
    /// Why it is not worked on: its row is `failed` from the beginning and needs attention. `bytes` are then what is
    /// known of it, such as its headers.
    pub refused: Option<Why>,
}

/// What became of a copy that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The arrival: the new one, or the one that this source key had already.
    pub id: Id,
    /// Its place in the queue.
    pub seq: i64,
    /// Whether it is new.
    pub new: bool,
    /// Lower-case hex SHA-256 of its bytes.
    pub digest: String,
}

/// One claimed arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedArrival {
    /// Its place in the queue.
    pub seq: i64,
    /// The claim.
    pub epoch: i64,
    /// Its identity.
    pub id: Id,
    /// The receiving account.
    pub account: Id,
    /// The kind of source.
    pub source: String,
    /// The return path.
    pub envelope_from: Option<String>,
    /// The recipients of the envelope.
    pub envelope_to: Vec<String>,
    /// What the source vouches for.
    pub authentication: String,
    /// Under which its bytes are stored.
    pub digest: String,
    /// The size of its bytes.
    pub size: i64,
    /// When it came; the time of its decisions.
    pub received_at: Timestamp,
    /// The seed of its decisions.
    pub seed: Seed,
    /// Numbers that earlier decisions assigned, by table.
    pub numbers: Numbers,
    /// How often it was tried before.
    pub attempts: i64,
}

/// Numbers assigned to one arrival: for each table in the order in which its new records ask.
pub type Numbers = BTreeMap<String, Vec<i64>>;

const COLUMNS: &str = "seq, lease_epoch, id, account, source, envelope_from, envelope_to, authentication, digest, \
                       size, received_at, seed, numbers, attempts";

fn read(row: &Row) -> Result<ClaimedArrival, StoreError> {
    Ok(ClaimedArrival {
        seq: row.int(0)?,
        epoch: row.int(1)?,
        id: row.read(2)?,
        account: row.read(3)?,
        source: row.text(4)?,
        envelope_from: row.opt_text(5)?,
        envelope_to: row.json(6)?,
        authentication: row.text(7)?,
        digest: row.text(8)?,
        size: row.int(9)?,
        received_at: row.time(10)?,
        seed: row.read(11)?,
        numbers: row.json(12)?,
        attempts: row.int(13)?,
    })
}

/// An arrival whose expensive part (hash, compression) is done before the transaction begins.
pub(crate) struct Prepared {
    pub(crate) arrival: NewArrival,
    pub(crate) digest: String,
    size: i64,
    blob: Option<Statement>,
}

pub(crate) fn prepare(arrivals: Vec<NewArrival>) -> Vec<Prepared> {
    let mut stored: Vec<String> = Vec::new();
    let mut prepared = Vec::with_capacity(arrivals.len());
    for mut arrival in arrivals {
        let bytes = std::mem::take(&mut arrival.bytes);
        let digest = blob::digest(&bytes);
        let blob = if stored.contains(&digest) { None } else { Some(blob::put(&digest, &bytes)) };
        stored.push(digest.clone());
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        prepared.push(Prepared { arrival, digest, size, blob });
    }
    prepared
}

pub(crate) fn insert(tx: &mut dyn Tx, prepared: &Prepared) -> Result<Accepted, StoreError> {
    let arrival = &prepared.arrival;
    let digest = prepared.digest.clone();
    if let Some(blob) = &prepared.blob {
        tx.batch(std::slice::from_ref(blob))?;
    }
    let envelope_to = crate::row::json(&arrival.envelope_to)?;
    let refused = arrival.refused.as_ref();
    let seq = insert_numbered(
        tx,
        "INSERT INTO arrival (id, account, source, source_key, envelope_from, envelope_to, authentication, digest, \
         size, sender, subject, received_at, seed, numbers, state, reason_code, reason_text, settled_at, attempts, \
         next_at, lease_epoch) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, '{}', ?14, ?15, ?16, ?17, 0, ?12, 0) \
         ON CONFLICT (account, source_key) DO NOTHING",
        &params![
            arrival.id,
            arrival.account,
            &arrival.source,
            &arrival.source_key,
            arrival.envelope_from.as_ref(),
            envelope_to,
            &arrival.authentication,
            &digest,
            prepared.size,
            arrival.sender.as_ref(),
            arrival.subject.as_ref(),
            arrival.received_at,
            arrival.seed,
            if refused.is_some() { "failed" } else { "ready" },
            refused.map(|why| &why.code),
            refused.map(|why| &why.text),
            refused.map(|_| arrival.received_at)
        ],
    )?;
    let Some(seq) = seq else { return known(tx, arrival) };
    if let Some(why) = refused {
        let raised = attention::raise(Queue::Arrival.subject(), arrival.id, why, arrival.received_at);
        tx.batch(std::slice::from_ref(&raised))?;
        return Ok(Accepted { id: arrival.id, seq, new: true, digest });
    }
    let mut keys: Vec<&String> =
        arrival.keys.iter().filter(|key| key.len() <= KEY_BYTES_MAX).take(KEYS_MAX).collect();
    keys.sort_unstable();
    keys.dedup();
    let writes: Vec<Statement> = keys
        .into_iter()
        .map(|key| {
            Statement::new("INSERT INTO arrival_key (key, seq) VALUES (?1, ?2)", params![key, seq]).rows(1)
        })
        .collect();
    tx.batch(&writes)?;
    Ok(Accepted { id: arrival.id, seq, new: true, digest })
}

/// Inserts a row and says its place in the queue; nothing where it conflicts. SQLite is asked afterwards: `RETURNING`
/// makes it keep a journal for the statement, whose cost grows with everything else that its transaction has written.
fn insert_numbered(tx: &mut dyn Tx, sql: &str, params: &[SqlValue]) -> Result<Option<i64>, DbError> {
    let rows = match tx.dialect() {
        Dialect::Postgres => tx.query(&format!("{sql} RETURNING seq"), params)?,
        Dialect::Sqlite if tx.execute(sql, params)? == 1 => tx.query("SELECT last_insert_rowid()", &[])?,
        Dialect::Sqlite => return Ok(None),
    };
    rows.first().map(|row| row.int(0)).transpose()
}

fn known(tx: &mut dyn Tx, arrival: &NewArrival) -> Result<Accepted, StoreError> {
    let rows = tx.query(
        "SELECT id, seq, digest FROM arrival WHERE account = ?1 AND source_key = ?2",
        &params![arrival.account, &arrival.source_key],
    )?;
    let row = rows.first().ok_or_else(|| {
        StoreError::Corrupt("an arrival collides with one that is not there: its id is in use".to_owned())
    })?;
    Ok(Accepted { id: row.read(0)?, seq: row.int(1)?, new: false, digest: row.text(2)? })
}

impl Store {
    /// Commits one copy of a mail. When this returns, the source may be told that it was received. A copy with
    /// the source key of an earlier one is that one.
    pub fn accept(&self, arrival: NewArrival) -> Result<Accepted, StoreError> {
        let mut accepted = self.accept_all(vec![arrival])?;
        accepted.pop().ok_or_else(|| StoreError::Corrupt("an accepted mail has no row".to_owned()))
    }

    /// Commits several copies together, all or none: one mail for recipients of several accounts.
    pub fn accept_all(&self, arrivals: Vec<NewArrival>) -> Result<Vec<Accepted>, StoreError> {
        let _inside = stage::enter(Stage::Accept);
        let prepared = Arc::new(prepare(arrivals));
        self.write(move |tx| {
            let mut accepted = Vec::with_capacity(prepared.len());
            for one in prepared.iter() {
                accepted.push(insert(tx, one)?);
            }
            Ok::<Vec<Accepted>, StoreError>(accepted)
        })
    }

    /// Claims arrivals in order. One that shares a conversation key with an older unsettled one waits for it.
    pub fn claim_arrivals(&self, claim: &Claim) -> Result<Vec<ClaimedArrival>, StoreError> {
        let claim = claim.clone();
        self.write_committed(move |tx| {
            Queue::Arrival.expire(tx, claim.now)?;
            lane::expire(tx, claim.now)?;
            // `state IN (…)` repeats the predicate of the partial index, so that SQLite may use it. A newer row
            // that is being worked on blocks too: where sequence numbers commit out of order, it came first.
            let sql = format!(
                "WITH picked AS MATERIALIZED (SELECT a.seq FROM arrival a WHERE a.state IN ('ready', 'in_process') \
                 AND a.state = 'ready' AND a.next_at <= ?1 AND NOT EXISTS (SELECT 1 FROM arrival_key k \
                 JOIN arrival_key o ON o.key = k.key AND o.seq <> k.seq WHERE k.seq = a.seq AND (o.seq < k.seq \
                 OR EXISTS (SELECT 1 FROM arrival n WHERE n.seq = o.seq AND n.state = 'in_process'))) \
                 ORDER BY a.seq LIMIT ?2{}) \
                 UPDATE arrival SET state = 'in_process', lease_epoch = lease_epoch + 1, lease_until = ?3, \
                 lease_by = ?4 WHERE seq IN (SELECT seq FROM picked) AND state = 'ready' RETURNING {COLUMNS}",
                tx.dialect().skip_locked()
            );
            let rows = tx.query(&sql, &params![claim.now, claim.rows(), claim.until(), &claim.by])?;
            let mut claimed = rows.iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
            claimed.sort_by_key(|arrival| arrival.seq);
            Ok::<_, StoreError>(claimed)
        })
    }

    /// One arrival as a claim would give it, without claiming it: to decide on it without applying anything.
    pub fn arrival_unclaimed(&self, id: Id) -> Result<Option<ClaimedArrival>, StoreError> {
        self.read(|tx| unclaimed(tx, id))
    }

    /// Gives a claimed arrival back with the reason. Tried again at `retry_at`, at most
    /// [`ARRIVAL_ATTEMPTS_MAX`](crate::queue::ARRIVAL_ATTEMPTS_MAX) times in all; without it, or after that, it
    /// is `failed`: its bytes are kept, it blocks its conversation no longer, and a person is told.
    pub fn fail_arrival(
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
                "SELECT id, attempts FROM arrival WHERE seq = ?1 AND lease_epoch = ?2 AND state = 'in_process'",
                &params![seq, epoch],
            )?;
            let row = rows.first().ok_or(QueueError::Fenced)?;
            let failing = Failing { id: row.read(0)?, attempts: row.int(1)?, why: &why, retry_at, now };
            Ok(Queue::Arrival.fail(tx, &failing)?)
        })
    }

    /// A person has a failed arrival decided again, with its attempts counted anew. The row of the mail that the
    /// failed decision made is made again by the new one, under the same identity.
    pub fn retry_arrival(&self, id: Id, by: &str, now: Timestamp) -> Result<(), QueueError> {
        let by = by.to_owned();
        self.write(move |tx| {
            let sql = "SELECT a.email, a.reason_code, e.done FROM arrival a LEFT JOIN email e ON e.id = a.email \
                       WHERE a.id = ?1 AND a.state = 'failed'";
            let rows = tx.query(sql, &params![id])?;
            let refusal = |text: &str| Err(QueueError::NotPossible(text.to_owned()));
            let Some(row) = rows.first() else {
                return refusal("only an arrival that failed can be tried again");
            };
            if matches!(row.opt_text(1)?.as_deref(), Some(TOO_LARGE | NOT_GIVEN)) {
                return refusal(
                    "only the headers of this mail are here: the mail itself was left in its mailbox",
                );
            }
            let done: Option<Vec<Done>> = row.opt_json(2)?;
            if done.is_some_and(|done| !done.is_empty()) {
                return refusal("the mail has had effects before: have it reprocessed, which keeps them");
            }
            let mut writes = vec![
                Statement::new(
                    "UPDATE arrival SET state = 'ready', attempts = 0, next_at = ?2, settled_at = NULL, \
                     email = NULL, reason_code = NULL, reason_text = NULL WHERE id = ?1 AND state = 'failed'",
                    params![id, now],
                )
                .rows(1),
                attention::clear_subject(Queue::Arrival.subject(), id, &by, now),
            ];
            if let Some(email) = row.opt_read::<Id>(0)? {
                writes.extend(forget_failed(email));
                writes.push(attention::clear_subject("email", email, &by, now));
            }
            tx.batch(&writes)?;
            Ok(())
        })
    }
}

/// One arrival as a claim would give it.
pub(crate) fn unclaimed(tx: &mut dyn Tx, id: Id) -> Result<Option<ClaimedArrival>, StoreError> {
    let rows = tx.query(&format!("SELECT {COLUMNS} FROM arrival WHERE id = ?1"), &params![id])?;
    rows.first().map(read).transpose()
}

/// Removes the row of a mail that failed and that no other arrival belongs to, with what hangs on it alone.
fn forget_failed(email: Id) -> Vec<Statement> {
    let rows = [
        "DELETE FROM email WHERE id = ?1 AND direction = 'incoming' AND state = 'failed' \
         AND NOT EXISTS (SELECT 1 FROM arrival a WHERE a.email = ?1)",
        "DELETE FROM message_id WHERE email = ?1 AND NOT EXISTS (SELECT 1 FROM email e WHERE e.id = ?1)",
        "DELETE FROM attachment WHERE email = ?1 AND record_id IS NULL \
         AND NOT EXISTS (SELECT 1 FROM email e WHERE e.id = ?1)",
    ];
    rows.into_iter().map(|sql| Statement::new(sql, params![email])).collect()
}
