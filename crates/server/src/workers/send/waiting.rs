//! Accounts whose relay cannot be used at the moment: how long each is left alone. Kept by this process alone.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use rejoinder_engine::id::Id;
use rejoinder_engine::time::Timestamp;

/// The longest an account waits before its server is asked again, in microseconds.
const ACCOUNT_WAIT_MAX: i64 = 5 * 60 * 1_000_000;

/// Accounts that cannot send at the moment: how often they failed, and until when they wait.
#[derive(Default)]
pub struct Waiting(Mutex<BTreeMap<Id, (u32, Timestamp)>>);

impl Waiting {
    pub(super) fn paused(&self, now: Timestamp) -> Vec<Id> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter(|(_, (_, until))| *until > now).map(|(id, _)| *id).collect()
    }

    /// Notes a failure; says until when the account waits: 1 s, 2 s, 4 s … at most five minutes. The connections of
    /// one account that fail together are one failure.
    pub(super) fn failed(&self, account: Id, now: Timestamp) -> Timestamp {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = all.entry(account).or_insert((0, now));
        if entry.1 > now {
            return entry.1;
        }
        let wait = (1_000_000_i64 << entry.0.min(20)).min(ACCOUNT_WAIT_MAX);
        *entry = (entry.0 + 1, now.plus(wait));
        entry.1
    }

    pub(super) fn works(&self, account: Id) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&account);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_waits_longer_each_time_up_to_the_limit_and_failures_at_once_are_one() {
        let waiting = Waiting::default();
        let account: Id = "0".repeat(32).parse().unwrap();
        let mut now = Timestamp::from_micros(0);
        for expected in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            let until = waiting.failed(account, now);
            assert_eq!(until.micros() - now.micros(), expected * 1_000_000);
            assert_eq!(waiting.failed(account, now), until, "another connection of the same account");
            assert_eq!(waiting.paused(now), [account]);
            now = until;
            assert!(waiting.paused(now).is_empty());
        }
        waiting.works(account);
        assert_eq!(waiting.failed(account, now).micros() - now.micros(), 1_000_000);
    }
}
