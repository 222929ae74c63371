//! The workers: each is a `tick` that claims a bounded batch, works and settles, and a `run` that loops it.
//!
//! Tests call the same ticks. A tick that did something is followed by another at once; else the worker waits
//! until it is woken or [`POLL`] has passed.

pub mod apply;
pub mod deciders;
pub mod jobs;
pub mod notify;
pub mod process;
pub mod reprocess;
pub mod retry;
pub mod schedule;
pub mod send;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rejoinder_engine::script::prepare;
use tokio_util::sync::CancellationToken;

use crate::app::{App, Work};
use crate::error::AppError;
use crate::limits::{ANNOUNCE_PAUSE, POLL, SANDBOXES_AHEAD, STATISTICS};

/// A tick: how many units it settled.
pub type Tick = fn(&Arc<App>) -> Result<usize, AppError>;

/// Loops a tick on a blocking thread until told to stop. An error is logged and the worker goes on.
pub async fn run(app: Arc<App>, name: &'static str, tick: Tick, work: Work, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let worker = app.clone();
        let one = move || {
            let done = tick(&worker);
            if matches!(done, Ok(0)) {
                // Nobody waits now; whoever decides next on this thread finds its sandbox made.
                prepare(SANDBOXES_AHEAD);
            }
            done
        };
        let done = tokio::task::spawn_blocking(one).await;
        match done {
            Ok(Ok(count)) if count > 0 => continue,
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::error!(worker = name, code = error.code(), %error, "a tick failed"),
            Err(error) => tracing::error!(worker = name, %error, "a tick ended badly"),
        }
        tokio::select! {
            () = app.wake.of(work).notified() => {}
            () = tokio::time::sleep(POLL) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Has the embedded database look at its sizes again from time to time: it chooses its ways by them.
pub async fn refresh_statistics(app: Arc<App>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(STATISTICS) => {}
            () = stop.cancelled() => return,
        }
        let asked = app.clone();
        let done = tokio::task::spawn_blocking(move || asked.store.refresh_statistics()).await;
        if let Ok(Err(error)) = done {
            tracing::warn!(%error, "the statistics of the database were not made anew");
        }
    }
}

/// Tells the other processes on the database that there is work: once for everything that came up within
/// [`ANNOUNCE_PAUSE`]. One that is not heard costs them [`POLL`].
pub async fn announce(app: Arc<App>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = app.wake.others().notified() => {}
            () = stop.cancelled() => return,
        }
        let teller = app.clone();
        let told = tokio::task::spawn_blocking(move || teller.store.announce(&teller.node)).await;
        if let Ok(Err(error)) = told {
            tracing::debug!(%error, "other processes were not told of work");
        }
        tokio::time::sleep(ANNOUNCE_PAUSE).await;
    }
}

/// Works on every item, on at most `threads` threads at once.
pub fn in_parallel<T: Sync>(items: &[T], threads: usize, work: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let one = || {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            work(item);
        }
    };
    match items.len().min(threads) {
        0 => {}
        1 => one(),
        threads => std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(one);
            }
        }),
    }
}

/// A message of a panic, so that a bug in one unit of work becomes a reason on its row.
pub fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_workers_make_as_many_sandboxes_ahead_as_may_wait() {
        prepare(SANDBOXES_AHEAD);
        assert_eq!(rejoinder_script::prepared(), SANDBOXES_AHEAD);
    }
}
