//! Exclusive lanes: how a decision that keeps meeting conflicts comes to an end.
//!
//! A worker that has decided [`REDECIDE_MAX`](rejoinder_engine::limits::REDECIDE_MAX) times in vain takes the
//! lanes of the root tables it reads. While it holds them, plans of others that write these tables are told that
//! the lane is busy; its own next decision therefore meets no conflict. A lane is a row with a time: a worker
//! that dies holds nobody up for longer.

use rejoinder_engine::time::Timestamp;

use crate::db::Store;
use crate::error::{DbError, StoreError};
use crate::row::params;
use crate::tx::{Question, Row, Tx};

/// The longest time that a lane may be held, in microseconds: one decision and its application.
pub const LANE_HELD_MAX: i64 = 30 * rejoinder_engine::time::SECOND;

/// What asks for the lanes that are held, to be asked together with others.
pub(crate) fn held_asked(now: Timestamp) -> Question<'static> {
    ("SELECT root, held_by FROM lane WHERE held_until > ?1 ORDER BY root".into(), params![now].to_vec())
}

/// The first of `roots` whose lane somebody other than `own` holds, by the answer to [`held_asked`].
pub(crate) fn busy_in(rows: &[Row], roots: &[String], own: Option<&str>) -> Result<Option<String>, DbError> {
    for row in rows {
        let (root, holder) = (row.text(0)?, row.text(1)?);
        if Some(holder.as_str()) != own && roots.contains(&root) {
            return Ok(Some(root));
        }
    }
    Ok(None)
}

/// The first of `roots` whose lane somebody other than `own` holds.
fn busy(
    tx: &mut dyn Tx,
    roots: &[String],
    own: Option<&str>,
    now: Timestamp,
) -> Result<Option<String>, DbError> {
    if roots.is_empty() {
        return Ok(None);
    }
    let (sql, params) = held_asked(now);
    busy_in(&tx.query(&sql, &params)?, roots, own)
}

/// Removes lanes whose time is over. Called by claims, which know the present; plans only know when they were
/// decided, which may be long before.
pub(crate) fn expire(tx: &mut dyn Tx, now: Timestamp) -> Result<(), DbError> {
    tx.execute("DELETE FROM lane WHERE held_until <= ?1", &params![now]).map(|_| ())
}

impl Store {
    /// Takes the lanes of all `roots` for `by`, or none of them. Taking a lane that is held by `by` already
    /// prolongs it. Held until `until`, at most [`LANE_HELD_MAX`] from `now`.
    pub fn lane_take(
        &self,
        roots: &[String],
        by: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let roots = roots.to_vec();
        let by = by.to_owned();
        let until = until.min(now.plus(LANE_HELD_MAX));
        self.write(move |tx| {
            expire(tx, now)?;
            if busy(tx, &roots, Some(&by), now)?.is_some() {
                return Ok::<bool, StoreError>(false);
            }
            for root in &roots {
                tx.execute(
                    "INSERT INTO lane (root, held_by, held_until) VALUES (?1, ?2, ?3) \
                     ON CONFLICT (root) DO UPDATE SET held_by = excluded.held_by, held_until = excluded.held_until",
                    &params![root, &by, until],
                )?;
            }
            Ok(true)
        })
    }

    /// Gives back every lane of `by`.
    pub fn lane_release(&self, by: &str) -> Result<(), StoreError> {
        let by = by.to_owned();
        self.write(move |tx| {
            tx.execute("DELETE FROM lane WHERE held_by = ?1", &params![&by])?;
            Ok::<(), StoreError>(())
        })
    }
}
