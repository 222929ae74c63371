//! A node that starts again: nothing of its earlier process is committed after it has looked. A database file has no
//! server that could go on without its process; there, two at once are what must not be.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends where its surroundings fail"
)]

mod common;

use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use common::{Backend, both};
use rejoinder_store::limits::LEFT_OVER_WAIT_MS;
use rejoinder_store::tx::Tx;
use rejoinder_store::{OpenOptions, Store, StoreError, Target};

/// Sessions of each node.
const CONNECTIONS: usize = 24;

fn open(place: &Backend, node: &str) -> Result<Store, StoreError> {
    Store::open(&place.target, &OpenOptions { connections: CONNECTIONS, node: Some(node.to_owned()) })
}

/// A transaction that has written and not committed: the server's side of a process that was just killed. It goes on
/// when the sender is used or dropped. And the number of its process on the server.
fn under_way(
    store: Store,
    key: &'static str,
) -> (JoinHandle<Result<(), StoreError>>, Receiver<i64>, impl Drop) {
    let (began, begins) = channel();
    let (go, goes) = channel::<()>();
    let writing = std::thread::spawn(move || {
        store.write_committed(move |tx: &mut dyn Tx| {
            let sql = format!("INSERT INTO meta (name, value) VALUES ('{key}', 1)");
            tx.execute(&sql, &[])?;
            let rows = tx.query("SELECT CAST(pg_backend_pid() AS BIGINT)", &[])?;
            began.send(rows[0].int(0)?).unwrap();
            let _told = goes.recv();
            Ok(())
        })
    });
    (writing, begins, Going(Some(go)))
}

struct Going(Option<std::sync::mpsc::Sender<()>>);

impl Drop for Going {
    fn drop(&mut self) {
        self.0 = None;
    }
}

fn has(store: &Store, key: &str) -> bool {
    let sql = format!("SELECT value FROM meta WHERE name = '{key}'");
    store.read(|tx: &mut dyn Tx| Ok::<_, StoreError>(!tx.query(&sql, &[])?.is_empty())).unwrap()
}

/// Sends a signal to a process of the server; only to one on this machine.
fn signal(name: &str, pid: i64) -> bool {
    Command::new("kill").args([name, &pid.to_string()]).status().is_ok_and(|status| status.success())
}

both! {
    fn what_a_killed_process_had_under_way_is_not_committed_after_its_node_has_started_again(place) {
        if let Target::Sqlite(_) = place.target {
            assert!(matches!(open(place, "one"), Err(StoreError::DatabaseLocked(_))));
            return;
        }
        let (earlier, begins, earlier_goes) = under_way(open(place, "one").unwrap(), "earlier");
        let (other, other_begins, other_goes) = under_way(open(place, "one more").unwrap(), "other");
        begins.recv().unwrap();
        other_begins.recv().unwrap();
        let again = open(place, "one").unwrap();
        drop(earlier_goes);
        drop(other_goes);
        assert!(
            earlier.join().unwrap().is_err(),
            "it was committed behind the back of the process that took over"
        );
        other.join().unwrap().unwrap();
        assert!(!has(&again, "earlier"));
        assert!(has(&again, "other"), "another node was disturbed");
    }

    fn sessions_that_are_just_ending_are_in_nobodys_way(place) {
        if let Target::Sqlite(_) = place.target {
            return;
        }
        for _ in 0..20 {
            let store = open(place, "one").unwrap();
            let together = std::sync::Barrier::new(CONNECTIONS);
            std::thread::scope(|scope| {
                for _ in 0..CONNECTIONS {
                    scope.spawn(|| {
                        store.read(|_| {
                            together.wait();
                            Ok::<_, StoreError>(())
                        })
                    });
                }
            });
            // They end by themselves while the next one ends them.
            let ending = std::thread::spawn(move || drop(store));
            open(place, "one").unwrap();
            ending.join().unwrap();
        }
    }

    fn a_node_does_not_start_beside_a_session_that_will_not_end(place) {
        if let Target::Sqlite(_) = place.target {
            assert!(matches!(open(place, "one"), Err(StoreError::DatabaseLocked(_))));
            return;
        }
        let (earlier, begins, goes) = under_way(open(place, "one").unwrap(), "earlier");
        let pid = begins.recv().unwrap();
        if !signal("-STOP", pid) {
            println!("left out: the server runs elsewhere, or under another user");
            return;
        }
        #[expect(clippy::disallowed_methods, reason = "it is told how long was waited")]
        let begun = Instant::now();
        let error = open(place, "one").err();
        signal("-CONT", pid);
        drop(goes);
        drop(earlier.join());
        let said = error.unwrap().to_string();
        assert!(said.contains("sessions_left") && said.contains("1 sessions named `rejoinder one`"), "{said}");
        assert!(begun.elapsed() >= Duration::from_millis(LEFT_OVER_WAIT_MS));
        open(place, "one").unwrap();
    }
}
