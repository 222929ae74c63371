//! Attempts to sign in, counted before the password is looked at, so that many at once count as many.
//!
//! Each name (a login, an address) has its own count. Must not know whose it is, nor what time it is.

use std::time::Duration;

use rejoinder_engine::time::Timestamp;

use crate::db::Store;
use crate::error::StoreError;
use crate::row::params;

/// How attempts of one kind are slowed down and refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    /// Failures that cost nothing.
    pub free: u32,
    /// The wait after the first failure beyond these; twice as long after each further one.
    pub wait: Duration,
    /// From so many failures on everything is refused…
    pub lock_from: u32,
    /// … for so long. Failures are also forgotten when there was none for so long.
    pub lock: Duration,
}

impl Throttle {
    /// How long the next attempt has to wait after so many failures.
    fn wait_after(&self, failures: u32) -> Duration {
        if failures >= self.lock_from {
            return self.lock;
        }
        let doubled = failures.saturating_sub(self.free).checked_sub(1);
        let wait = doubled.map_or(Duration::ZERO, |times| self.wait.saturating_mul(1 << times.min(20)));
        wait.min(self.lock)
    }
}

/// The names under which one attempt is counted, in the order in which they are looked at: the same for all.
pub type Attempts = Vec<(String, Throttle)>;

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

impl Store {
    /// Counts an attempt as a failure, until [`Store::attempt_succeeded`] takes it back. Where it comes too soon it
    /// is not counted, and the moment is given from which on another one may be made.
    pub fn begin_attempt(&self, names: &Attempts, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let names = names.clone();
        self.write_committed(move |tx| {
            let mut counted = Vec::new();
            let mut blocked: Option<Timestamp> = None;
            for (name, throttle) in &names {
                tx.execute(
                    "INSERT INTO sign_in_throttle (name, failures, last_at, blocked_until) VALUES (?1, 0, ?2, 0) \
                     ON CONFLICT (name) DO NOTHING",
                    &params![name, now],
                )?;
                let sql = format!(
                    "SELECT failures, last_at, blocked_until FROM sign_in_throttle WHERE name = ?1{}",
                    tx.dialect().for_update()
                );
                let rows = tx.query(&sql, &params![name])?;
                let Some(row) = rows.first() else { continue };
                let until = row.time(2)?;
                if until > now {
                    blocked = blocked.max(Some(until));
                }
                let forgotten = now.micros().saturating_sub(row.int(1)?) >= micros(throttle.lock);
                let failures = if forgotten { 1 } else { row.int(0)?.saturating_add(1) };
                counted.push((name, throttle, failures));
            }
            if blocked.is_some() {
                return Ok(blocked);
            }
            for (name, throttle, failures) in counted {
                let wait = throttle.wait_after(u32::try_from(failures).unwrap_or(u32::MAX));
                tx.execute(
                    "UPDATE sign_in_throttle SET failures = ?2, last_at = ?3, blocked_until = ?4 WHERE name = ?1",
                    &params![name, failures, now, now.plus(micros(wait))],
                )?;
            }
            Ok::<_, StoreError>(None)
        })
    }

    /// Takes an attempt back that succeeded: of the first name, the login's, everything is forgotten; of the others
    /// this one attempt, so that nobody resets a count of failures with a password of his own. Rows without a failure
    /// since `old` are removed.
    pub fn attempt_succeeded(&self, names: &Attempts, old: Timestamp) -> Result<(), StoreError> {
        let names = names.clone();
        self.write_committed(move |tx| {
            for (place, (name, throttle)) in names.iter().enumerate() {
                let free = i64::from(throttle.free);
                if place == 0 {
                    tx.execute("DELETE FROM sign_in_throttle WHERE name = ?1", &params![name])?;
                } else {
                    tx.execute(
                        "UPDATE sign_in_throttle SET failures = failures - 1, blocked_until = \
                         CASE WHEN failures - 1 <= ?2 THEN 0 ELSE blocked_until END WHERE name = ?1 AND failures > 0",
                        &params![name, free],
                    )?;
                }
            }
            tx.execute("DELETE FROM sign_in_throttle WHERE last_at < ?1", &params![old])?;
            Ok::<_, StoreError>(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_beyond_the_free_ones_waits_twice_as_long_until_all_is_refused() {
        let seconds = Duration::from_secs;
        let throttle = Throttle { free: 2, wait: seconds(1), lock_from: 6, lock: seconds(900) };
        let waits: Vec<u64> = (1..=7).map(|failures| throttle.wait_after(failures).as_secs()).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 900, 900]);
        assert_eq!(throttle.wait_after(u32::MAX), seconds(900));
    }
}
