//! What is SQLite's alone: one process, the group, the limits of both, and a full disk.

use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};

use rejoinder_store::limits::SNAPSHOT_MS_MAX;

use super::*;
use crate::common::folder;

#[test]
fn a_second_opening_of_the_file_gets_a_clear_error_and_the_first_goes_on() {
    let mut first = Backend::sqlite();
    let error = Store::open(&first.target, &OpenOptions::default()).err().unwrap();
    assert!(error.to_string().starts_with("database_locked: another process uses"), "{error}");
    remember(&first, "still").unwrap();
    first.close();
    first.open();
    assert_eq!(first.meta("still").unwrap().as_deref(), Some("x"));
}

/// Holds the writer in a unit, submits `members` behind it, and lets go: they become one group.
fn grouped(
    store: &Store,
    members: Vec<Box<dyn FnOnce() -> Result<(), StoreError> + Send>>,
) -> Vec<Result<(), StoreError>> {
    let (entered, is_entered) = channel();
    let (go, gone) = channel::<()>();
    let gone = std::sync::Mutex::new(gone);
    let holder = store.clone();
    let holding = std::thread::spawn(move || {
        holder.write(move |_| {
            entered.send(()).unwrap();
            gone.lock().unwrap().recv().unwrap();
            Ok::<_, DbError>(())
        })
    });
    is_entered.recv().unwrap();
    let barrier = Arc::new(Barrier::new(members.len() + 1));
    let threads: Vec<_> = members
        .into_iter()
        .map(|member| {
            let barrier = Arc::clone(&barrier);
            std::thread::spawn(move || {
                barrier.wait();
                member()
            })
        })
        .collect();
    barrier.wait();
    go.send(()).unwrap();
    holding.join().unwrap().unwrap();
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}

fn member(
    store: &Store,
    name: &'static str,
    good: bool,
) -> Box<dyn FnOnce() -> Result<(), StoreError> + Send> {
    let store = store.clone();
    Box::new(move || {
        store.write(move |tx| {
            tx.execute("INSERT INTO meta (name, value) VALUES (?1, 'x')", &[name.into()])?;
            if good { Ok(()) } else { tx.query(BROKEN, &[]).map(|_| ()).map_err(StoreError::from) }
        })
    })
}

#[test]
fn one_bad_member_of_a_group_is_rolled_back_alone() {
    let store = Backend::sqlite();
    let members = vec![member(&store, "a", true), member(&store, "bad", false), member(&store, "c", true)];
    let outcomes = grouped(&store, members);
    assert!(outcomes[0].is_ok() && outcomes[1].is_err() && outcomes[2].is_ok(), "{outcomes:?}");
    assert!(store.meta("a").unwrap().is_some() && store.meta("c").unwrap().is_some());
    assert_eq!(store.meta("bad").unwrap(), None);
}

#[test]
fn after_a_full_disk_nothing_of_the_unit_is_there_and_the_writer_goes_on() {
    let store = Backend::sqlite();
    store.write(|tx| tx.execute("INSERT INTO meta (name, value) VALUES ('before', 'x')", &[])).unwrap();
    store.faults().arm(2, FaultKind::Group);
    // Three statements in one unit; the second one meets the full disk.
    let failed: Result<(), StoreError> = store.write(|tx| {
        for name in ["a", "b", "c"] {
            tx.execute("INSERT INTO meta (name, value) VALUES (?1, 'x')", &[name.into()])?;
        }
        Ok(())
    });
    assert!(matches!(failed, Err(StoreError::Db(DbError::Group(_)))) && store.faults().fired());
    assert!(store.meta("before").unwrap().is_some());
    assert_eq!(store.meta("a").unwrap(), None);
    remember(&store, "after").unwrap();
}

#[test]
fn a_unit_that_panics_is_rolled_back_and_the_writer_goes_on() {
    let store = Backend::sqlite();
    let outcome: Result<(), StoreError> = store.write(|tx| {
        tx.execute("INSERT INTO meta (name, value) VALUES ('half', 'x')", &[])?;
        panic!("a unit of a test")
    });
    assert!(matches!(outcome, Err(StoreError::Db(DbError::Stopped))), "{outcome:?}");
    assert_eq!(store.meta("half").unwrap(), None);
    remember(&store, "after").unwrap();
}

#[test]
fn more_units_and_rows_than_a_group_holds_are_all_kept() {
    let store = Backend::sqlite();
    let rows = i64::try_from(GROUP_ROWS_MAX).unwrap() + 1;
    let threads: Vec<_> = (0..GROUP_UNITS_MAX + 3)
        .map(|unit| {
            let store = Store::clone(&store);
            let unit = i64::try_from(unit).unwrap();
            std::thread::spawn(move || {
                store.write(move |tx| {
                    tx.execute(
                        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
                         INSERT INTO meta (name, value) SELECT ?2 || '-' || i, 'x' FROM n",
                        &[if unit == 0 { rows } else { 1 }.into(), unit.into()],
                    )
                })
            })
        })
        .collect();
    let written: u64 =
        threads.into_iter().map(|thread| thread.join().unwrap().map_err(|e: DbError| e).unwrap()).sum();
    assert_eq!(written, GROUP_ROWS_MAX + 1 + GROUP_UNITS_MAX as u64 + 2);
}

#[test]
fn a_view_takes_a_newer_snapshot_after_its_time_and_not_before() {
    let store = Backend::sqlite();
    desk(&store);
    #[expect(clippy::disallowed_methods, reason = "what is tested is the time")]
    let began = std::time::Instant::now();
    let view = store.view().unwrap();
    assert!(subjects(&view, Condition::always()).is_empty());
    write(&store, "one", 1, vec![insert("task", "one", &[("subject", Value::text("one"))])]).unwrap();
    while subjects(&view, Condition::always()).is_empty() {
        std::thread::yield_now();
    }
    assert!(began.elapsed() >= std::time::Duration::from_millis(SNAPSHOT_MS_MAX));
}

/// A file system of 4 MB, if one can be mounted.
struct Small(std::path::PathBuf);

impl Small {
    fn mount() -> Option<Self> {
        let folder = folder();
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(&folder);
        let mounted = mount.stderr(std::process::Stdio::null()).status().is_ok_and(|status| status.success());
        mounted.then_some(Self(folder))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        drop(std::process::Command::new("umount").arg(&self.0).status());
        drop(std::fs::remove_dir(&self.0));
    }
}

#[test]
fn a_full_disk_is_an_error_and_what_was_answered_before_is_kept() {
    let Some(small) = Small::mount() else {
        println!("left out: no tmpfs can be mounted, so that no disk can be filled");
        return;
    };
    let target = Target::Sqlite(small.0.join("store.db"));
    let store = Store::open(&target, &OpenOptions::default()).unwrap();
    let mut random = parity::Random(99);
    let mut kept = Vec::new();
    let error = loop {
        let bytes: Vec<u8> = (0..200_000).map(|_| random.byte()).collect();
        match store.put_blob(&bytes) {
            Ok(digest) => kept.push((digest, bytes)),
            Err(error) => break error,
        }
        assert!(kept.len() < 100, "4 MB hold no more than this");
    };
    assert!(matches!(error, StoreError::Db(DbError::Group(_))), "{error:?}");
    assert!(!kept.is_empty());
    drop(store);
    let again = Store::open(&target, &OpenOptions::default());
    match again {
        Ok(store) => kept.iter().for_each(|(digest, bytes)| {
            assert_eq!(store.blob(digest).unwrap().as_ref(), Some(bytes));
        }),
        // The log cannot be emptied on a full disk; the file itself must still be whole.
        Err(error) => panic!("{error:?}"),
    }
}
