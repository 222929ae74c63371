//! Where the threads of this process are, for a harness that kills it and wants to know what it hit.
//!
//! Counting costs one atomic addition at each end of a stage. The recorder is set by the server only where the
//! harness asks for it; nothing in the store reads these counts.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// What a thread is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Taking over the bytes of a mail.
    Accept,
    /// Deciding.
    Decide,
    /// Inside a write transaction.
    Transaction,
    /// Committing one.
    Commit,
    /// Between the `DATA` command and the answer to the final dot.
    Data,
    /// Fetching mails from a mailbox.
    Fetch,
    /// Marking, moving or removing mails that are kept.
    Dispose,
}

/// How many stages there are.
pub const STAGES: usize = 7;

static COUNTS: [AtomicU32; STAGES] = [const { AtomicU32::new(0) }; STAGES];
static RECORDER: OnceLock<fn([u32; STAGES])> = OnceLock::new();

/// A thread inside a stage; leaving is dropping.
#[derive(Debug)]
#[must_use]
pub struct Inside(Stage);

/// Enters a stage until the answer is dropped.
pub fn enter(stage: Stage) -> Inside {
    if let Some(count) = COUNTS.get(stage as usize) {
        count.fetch_add(1, Ordering::Relaxed);
    }
    record();
    Inside(stage)
}

impl Drop for Inside {
    fn drop(&mut self) {
        if let Some(count) = COUNTS.get(self.0 as usize) {
            count.fetch_sub(1, Ordering::Relaxed);
        }
        record();
    }
}

/// How many threads are in each stage, in the order of [`Stage`].
pub fn counts() -> [u32; STAGES] {
    std::array::from_fn(|place| COUNTS.get(place).map_or(0, |count| count.load(Ordering::Relaxed)))
}

/// Sets who is told of every entering and leaving. The first one stays.
pub fn set_recorder(recorder: fn([u32; STAGES])) {
    // A second recorder would be a second harness in one process; the first one keeps its file consistent.
    let _first_stays = RECORDER.set(recorder);
}

fn record() {
    if let Some(recorder) = RECORDER.get() {
        recorder(counts());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_counted_while_it_is_inside() {
        static SEEN: AtomicU32 = AtomicU32::new(0);
        set_recorder(|counts| {
            SEEN.fetch_max(counts[Stage::Data as usize], Ordering::Relaxed);
        });
        let outer = enter(Stage::Data);
        let inner = enter(Stage::Data);
        assert_eq!(counts()[Stage::Data as usize], 2);
        drop((outer, inner));
        assert_eq!(counts()[Stage::Data as usize], 0);
        assert_eq!(SEEN.load(Ordering::Relaxed), 2);
    }
}
