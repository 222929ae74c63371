//! Processes on one database tell each other of work; on a database of one process there is nobody to tell.
#![expect(clippy::unwrap_used, reason = "a test ends where its surroundings fail")]

mod common;

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use common::{Backend, both, command};
use rejoinder_store::Target;

/// Longer than a notice ever takes; nothing waits for so long unless the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the process `one` hears.
fn listener(store: &Backend) -> Receiver<()> {
    let (heard, hears) = channel();
    store.listen("one", move || heard.send(()).unwrap_or_default(), std::future::pending());
    hears
}

both! {
    fn a_process_hears_others_and_not_itself(store) {
        let hears = listener(store);
        if !store.is_shared() {
            store.announce("two").unwrap();
            assert_eq!(hears.recv_timeout(PATIENCE), Err(RecvTimeoutError::Disconnected));
            return;
        }
        // Once when it begins: something may have been announced before.
        hears.recv_timeout(PATIENCE).unwrap();
        store.announce("one").unwrap();
        store.announce("two").unwrap();
        hears.recv_timeout(PATIENCE).unwrap();
        store.announce("two").unwrap();
        hears.recv_timeout(PATIENCE).unwrap();
        assert!(hears.try_recv().is_err(), "its own announcement was heard");
    }

    fn a_shared_database_has_a_clock_of_its_own(store) {
        let clock = store.clock().unwrap();
        assert_eq!(clock.is_some(), store.is_shared());
        if let Some(at) = clock {
            // The server runs on this machine.
            let here = rejoinder_engine::time::Timestamp::from_micros(
                std::time::UNIX_EPOCH.elapsed().unwrap().as_micros().try_into().unwrap(),
            );
            let apart = (at.micros() - here.micros()).abs();
            assert!(apart < 60 * rejoinder_engine::time::SECOND, "{apart} µs apart");
        }
    }

    fn a_lost_connection_is_made_again_and_counts_as_a_notice(store) {
        let Target::Postgres(url) = &store.target else { return };
        let hears = listener(store);
        hears.recv_timeout(PATIENCE).unwrap();
        command(
            url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND query LIKE 'LISTEN%'",
        );
        hears.recv_timeout(PATIENCE).unwrap();
        store.announce("two").unwrap();
        hears.recv_timeout(PATIENCE).unwrap();
    }
}
