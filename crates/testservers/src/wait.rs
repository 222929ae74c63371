//! Waiting for a condition. Nothing here waits for a fixed time and hopes.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Between two looks at a condition.
const LOOK: Duration = Duration::from_millis(5);
/// How long [`until`] looks before it gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until a condition holds; panics with `what` after 30 s.
#[track_caller]
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    assert!(within(PATIENCE, &mut holds), "waited {} s in vain: {what}", PATIENCE.as_secs());
}

/// Whether a condition comes to hold within about this time.
pub(crate) fn within(patience: Duration, mut holds: impl FnMut() -> bool) -> bool {
    for _ in 0..patience.as_millis() / LOOK.as_millis() {
        if holds() {
            return true;
        }
        pause(LOOK);
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
