//! What decisions ask about mails: which one a Message-ID names, and what an address has had of us.
//!
//! Each takes the moment after which nothing is seen, so that the past can be asked too; states of deliveries
//! are always today's.

use rejoinder_engine::fold::fold;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{DeliveryState, Direction};
use rejoinder_engine::record::RecordKey;
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::view::{CommentText, KnownDelivery, KnownMail, Thread};

use crate::error::DbError;
use crate::limits::THREAD_LAST;
use crate::tx::{Row, Tx};

/// Mails of one Message-ID that are looked at; of more, as a device that repeats it sends them, the first ones count.
const NAMED_MAX: i64 = 1_000;

/// The mail that a Message-ID names: ours before a received one, one on a record before others, the oldest.
pub(super) fn known_mail(
    tx: &mut dyn Tx,
    message_id: &str,
    until: Timestamp,
) -> Result<Option<KnownMail>, DbError> {
    // In the order of the index that finds them, and chosen among here: asked for in the order that is wanted, PostgreSQL
    // walks through the list of all mails instead.
    let sql = "SELECT e.id, e.direction, e.record_table, e.record_id, e.account, e.created_at \
         FROM message_id AS m JOIN email AS e ON e.id = m.email \
         WHERE m.message_id = ?1 AND e.created_at <= ?2 ORDER BY m.email LIMIT ?3";
    let rows = tx.query(sql, &[message_id.into(), until.into(), NAMED_MAX.into()])?;
    let mut best = None;
    for row in &rows {
        let direction =
            Direction::from_word(&row.text(1)?).ok_or(DbError::Column { column: 1, wanted: "direction" })?;
        let record = record_key(row, 2)?;
        let rank = (direction != Direction::Outgoing, record.is_none(), row.time(5)?, row.id(0)?);
        if best.as_ref().is_none_or(|(known, _)| rank < *known) {
            best = Some((rank, KnownMail { email: row.id(0)?, direction, record, account: row.id(4)? }));
        }
    }
    Ok(best.map(|(_, mail)| mail))
}

pub(super) fn record_key(row: &Row, column: usize) -> Result<Option<RecordKey>, DbError> {
    Ok(match (row.opt_text(column)?, row.opt_id(column + 1)?) {
        (Some(table), Some(id)) => Some(RecordKey { table, id }),
        _ => None,
    })
}

/// The received mail that claimed a key of sameness.
pub(super) fn same_mail(tx: &mut dyn Tx, dedupe_key: &str, until: Timestamp) -> Result<Option<Id>, DbError> {
    let sql = "SELECT id FROM email WHERE dedupe_key = ?1 AND created_at <= ?2";
    tx.query(sql, &[dedupe_key.into(), until.into()])?.first().map(|row| row.id(0)).transpose()
}

/// What an address has seen of a record: what we sent it, and what it wrote itself. A mail and the answers that
/// its own plan gives it are of one moment: the mail was first.
pub(super) fn thread(
    tx: &mut dyn Tx,
    record: Id,
    address: &str,
    until: Timestamp,
) -> Result<Thread, DbError> {
    let folded = fold(address);
    let root = seen(tx, OLDEST, record, &folded, until)?.into_iter().next();
    let mut last = seen(tx, NEWEST, record, &folded, until)?;
    last.reverse();
    Ok(Thread { root, last })
}

macro_rules! mails_seen {
    ($direction:literal) => {
        concat!(
            "SELECT e.message_id FROM email AS e \
             WHERE e.record_id = ?1 AND e.created_at <= ?2 AND e.message_id IS NOT NULL \
             AND ((e.direction = 'incoming' AND e.sender_folded = ?3) \
             OR EXISTS (SELECT 1 FROM delivery AS d WHERE d.email = e.id \
             AND d.address_folded = ?3 AND d.state NOT IN ('suppressed', 'cancelled', 'failed'))) \
             ORDER BY e.created_at ",
            $direction,
            ", e.direction ",
            $direction,
            ", e.id ",
            $direction,
            " LIMIT ?4"
        )
    };
}
const NEWEST: &str = mails_seen!("DESC");
const OLDEST: &str = mails_seen!("ASC");

/// At most [`THREAD_LAST`] Message-IDs, in the order of the statement.
fn seen(
    tx: &mut dyn Tx,
    sql: &str,
    record: Id,
    folded: &str,
    until: Timestamp,
) -> Result<Vec<String>, DbError> {
    let limit = i64::try_from(THREAD_LAST).unwrap_or(i64::MAX);
    let rows = tx.query(sql, &[record.into(), until.into(), folded.into(), limit.into()])?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// Whether we mailed an address about a record, or are about to.
pub(super) fn was_mailed(
    tx: &mut dyn Tx,
    record: Id,
    address: &str,
    until: Timestamp,
) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM delivery WHERE address_folded = ?1 AND record_id = ?2 AND created_at <= ?3 \
         AND state NOT IN ('suppressed', 'cancelled') LIMIT 1";
    let rows = tx.query(sql, &[fold(address).into(), record.into(), until.into()])?;
    Ok(!rows.is_empty())
}

/// Automatic answers of an account to an address.
pub(super) fn answers(
    tx: &mut dyn Tx,
    account: Id,
    address: &str,
    since: Timestamp,
    until: Timestamp,
) -> Result<u32, DbError> {
    let sql = "SELECT COUNT(*) FROM delivery WHERE address_folded = ?1 AND created_at >= ?2 AND created_at <= ?3 \
         AND account = ?4 AND purpose = 'answer' AND state NOT IN ('suppressed', 'cancelled')";
    let rows = tx.query(sql, &[fold(address).into(), since.into(), until.into(), account.into()])?;
    count(&rows)
}

/// Mails to an address about a record.
pub(super) fn mails(
    tx: &mut dyn Tx,
    record: Id,
    address: &str,
    since: Timestamp,
    until: Timestamp,
) -> Result<u32, DbError> {
    let sql = "SELECT COUNT(*) FROM delivery WHERE address_folded = ?1 AND created_at >= ?2 AND created_at <= ?3 \
         AND record_id = ?4 AND state NOT IN ('suppressed', 'cancelled')";
    let rows = tx.query(sql, &[fold(address).into(), since.into(), until.into(), record.into()])?;
    count(&rows)
}

fn count(rows: &[Row]) -> Result<u32, DbError> {
    let count = rows.first().map_or(Ok(0), |row| row.int(0))?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Digests of the files on a record.
pub(super) fn attachment_digests(
    tx: &mut dyn Tx,
    record: Id,
    until: Timestamp,
) -> Result<Vec<String>, DbError> {
    let sql = "SELECT DISTINCT digest FROM attachment \
         WHERE record_id = ?1 AND left_out_code IS NULL AND created_at <= ?2 ORDER BY digest";
    tx.query(sql, &[record.into(), until.into()])?.iter().map(|row| row.text(0)).collect()
}

/// Deliveries of the mail of ours that a Message-ID names.
pub(super) fn deliveries(
    tx: &mut dyn Tx,
    message_id: &str,
    until: Timestamp,
) -> Result<Vec<KnownDelivery>, DbError> {
    let sql = "SELECT d.id, d.email, d.address, d.state, e.record_table, e.record_id \
         FROM message_id AS m JOIN email AS e ON e.id = m.email JOIN delivery AS d ON d.email = e.id \
         WHERE m.message_id = ?1 AND e.direction = 'outgoing' AND d.created_at <= ?2 ORDER BY d.seq";
    let rows = tx.query(sql, &[message_id.into(), until.into()])?;
    let known = rows.iter().map(|row| {
        let state = DeliveryState::from_word(&row.text(3)?)
            .ok_or(DbError::Column { column: 3, wanted: "state of a delivery" })?;
        let (id, email, address) = (row.id(0)?, row.id(1)?, row.text(2)?);
        Ok(KnownDelivery { id, email, address, state, record: record_key(row, 4)? })
    });
    known.collect()
}

/// The newest comments of a record.
pub(super) fn comments(
    tx: &mut dyn Tx,
    record: Id,
    internal: bool,
    limit: u32,
    until: Timestamp,
) -> Result<Vec<CommentText>, DbError> {
    let sql = "SELECT at, actor_label, body, kind FROM activity WHERE record_id = ?1 AND at <= ?2 \
         AND (kind = 'comment' OR (kind = 'work_note' AND ?3 = 1)) ORDER BY at DESC, seq DESC LIMIT ?4";
    let params = [record.into(), until.into(), i64::from(internal).into(), i64::from(limit).into()];
    let rows = tx.query(sql, &params)?;
    let comments = rows.iter().map(|row| {
        let (at, author, text) = (row.time(0)?, row.text(1)?, row.opt_text(2)?.unwrap_or_default());
        Ok(CommentText { at, author, text, internal: row.text(3)? == "work_note" })
    });
    comments.collect()
}
