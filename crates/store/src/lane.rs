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
use crate::tx::Tx;

/// The longest time that a lane may be held, in microseconds: one decision and its application.
pub const LANE_HELD_MAX: i64 = 30 * rejoinder_engine::time::SECOND;

/// The first of `roots` whose lane somebody other than `own` holds.
pub(crate) fn busy(
    tx: &mut dyn Tx,
    roots: &[String],
    own: Option<&str>,
    now: Timestamp,
) -> Result<Option<String>, DbError> {
    if roots.is_empty() {
        return Ok(None);
    }
    for row in
        tx.query("SELECT root, held_by FROM lane WHERE held_until > ?1 ORDER BY root", &params![now])?
    {
        let (root, holder) = (row.text(0)?, row.text(1)?);
        if Some(holder.as_str()) != own && roots.contains(&root) {
            return Ok(Some(root));
        }
    }
    Ok(None)
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
