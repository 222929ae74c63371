//! Waiting for a condition. Nothing here waits for a fixed time and hopes.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between the first two looks at a condition; from then on twice as long each time, up to the last.
const FIRST_LOOK: Duration = Duration::from_millis(1);
const LAST_LOOK: Duration = Duration::from_millis(32);
/// How long [`until`] looks before it gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until a condition holds; panics with `what` after 30 s.
#[track_caller]
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    assert!(within(PATIENCE, &mut holds), "waited {} s in vain: {what}", PATIENCE.as_secs());
}

/// Whether a condition comes to hold within this time.
#[expect(clippy::disallowed_methods, reason = "it measures how long it has waited")]
pub(crate) fn within(patience: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    let mut look = FIRST_LOOK;
    while start.elapsed() < patience {
        if holds() {
            return true;
        }
        pause(look);
        look = (look * 2).min(LAST_LOOK);
    }
    holds()
}

/// Lets this time pass.
pub(crate) fn pause(time: Duration) {
    let nobody = Mutex::new(());
    let guard = nobody.lock().unwrap_or_else(PoisonError::into_inner);
    // Nobody signals: the time-out is the wait.
    drop(Condvar::new().wait_timeout(guard, time));
}
