//! When API tokens were last used. Not a field of their records: that would be a change of the configuration each time.

use std::collections::BTreeMap;
use std::time::Duration;

use rejoinder_engine::id::Id;
use rejoinder_engine::time::Timestamp;

use crate::db::Store;
use crate::error::StoreError;
use crate::row::params;
use crate::tx::Tx;
use crate::view::Snapshot;

impl Snapshot {
    /// When a token was last used, as far as that was noted.
    pub fn token_used(&self, token: Id) -> Result<Option<Timestamp>, StoreError> {
        self.with_tx(|tx, _| used_at(tx, token))
    }
}

fn used_at(tx: &mut dyn Tx, token: Id) -> Result<Option<Timestamp>, StoreError> {
    let rows = tx.query("SELECT used_at FROM token_use WHERE token = ?1", &params![token])?;
    Ok(rows.first().map(|row| row.time(0)).transpose()?)
}

impl Store {
    /// Notes that a token is in use, unless that was `noted` less than `pause` ago.
    pub fn token_used(
        &self,
        token: Id,
        noted: Option<Timestamp>,
        now: Timestamp,
        pause: Duration,
    ) -> Result<(), StoreError> {
        let pause = i64::try_from(pause.as_micros()).unwrap_or(i64::MAX);
        if noted.is_some_and(|noted| now.micros().saturating_sub(noted.micros()) < pause) {
            return Ok(());
        }
        self.write_committed(move |tx| {
            tx.execute(
                "INSERT INTO token_use (token, used_at) VALUES (?1, ?2) ON CONFLICT (token) \
                 DO UPDATE SET used_at = excluded.used_at WHERE token_use.used_at < excluded.used_at",
                &params![token, now],
            )?;
            Ok::<(), StoreError>(())
        })
    }

    /// When these tokens were last used, as far as that was noted.
    pub fn tokens_used(&self, tokens: &[Id]) -> Result<BTreeMap<Id, Timestamp>, StoreError> {
        self.read(|tx| {
            let mut used = BTreeMap::new();
            for token in tokens {
                used.extend(used_at(tx, *token)?.map(|at| (*token, at)));
            }
            Ok(used)
        })
    }
}
