//! Tests at the limits that both databases share, or that each has in its way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rejoinder_store::limits::{
    PIPELINE_MAX, POSTGRES_CONNECTIONS, SQLITE_READERS, STATEMENTS_KEPT, TRANSACTION_TRIES_MAX,
};
use rejoinder_store::tx::{Question, Statement, Tx};
use rejoinder_store::{DbError, Store, StoreError};

use crate::common::Backend;

pub(crate) fn batch(store: &Store) {
    let place = PIPELINE_MAX + 10;
    let set =
        "INSERT INTO meta (name, value) VALUES ('last', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1";
    let in_order: Vec<Statement> =
        (0..place).map(|number| Statement::new(set, vec![number.to_string().into()]).rows(1)).collect();
    let mut failing = in_order.clone();
    store.write(move |tx| tx.batch(&in_order)).map_err(|error: DbError| error).unwrap();
    assert_eq!(store.meta("last").unwrap(), Some((place - 1).to_string()));

    failing.insert(0, Statement::new("UPDATE meta SET value = 'x' WHERE name = 'last'", vec![]).rows(1));
    failing.push(Statement::new("UPDATE meta SET value = 'y' WHERE name = 'nobody'", vec![]).rows(1));
    let error = store.write(move |tx| tx.batch(&failing)).unwrap_err();
    let expected = place + 1;
    assert!(matches!(error, DbError::Rows { place, expected: 1, got: 0 } if place == expected), "{error:?}");
    assert_eq!(store.meta("last").unwrap(), Some((place - 1).to_string()));
}

pub(crate) fn questions(store: &Store) {
    let count = i64::try_from(PIPELINE_MAX).unwrap() + 10;
    let one = |number: i64| ("SELECT CAST(?1 AS BIGINT) + 0".into(), vec![number.into()]);
    let asked: Vec<Question<'_>> = (0..count).map(one).collect();
    let answers = store.read(|tx| tx.queries(&asked)).map_err(|error: DbError| error).unwrap();
    let numbers: Vec<i64> = answers.iter().map(|rows| rows[0].int(0).unwrap()).collect();
    assert_eq!(numbers, (0..count).collect::<Vec<_>>(), "each answer stands where its question does");
    assert!(store.read(|tx| tx.queries(&[])).map_err(|error: DbError| error).unwrap().is_empty());

    // One that fails is the answer to all, and leaves a connection that can be used.
    let wrong: Vec<Question<'_>> = vec![one(1), ("SELECT nothing FROM nowhere".into(), vec![]), one(2)];
    assert!(store.read(|tx| tx.queries(&wrong)).map_err(|error: DbError| error).is_err());
    assert_eq!(
        store.read(|tx| tx.queries(&asked)).map_err(|error: DbError| error).unwrap().len(),
        asked.len()
    );
}

/// The end of a reading transaction is not waited for: the next one must not find itself in it.
pub(crate) fn moments(store: &Store) {
    let set = |value: &'static str| {
        let sql = "INSERT INTO meta (name, value) VALUES ('moment', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1";
        store.write(move |tx| tx.execute(sql, &[value.into()])).map_err(|error: DbError| error).unwrap();
    };
    let read = "SELECT value FROM meta WHERE name = 'moment'";
    for value in ["one", "two", "three"].into_iter().cycle().take(60) {
        set(value);
        let moment = |tx: &mut dyn Tx| {
            let before = tx.query(read, &[])?;
            let again = tx.query(read, &[])?;
            assert_eq!(before, again);
            before[0].text(0)
        };
        assert_eq!(store.read(moment).map_err(|error: DbError| error).unwrap(), value);
        assert_eq!(store.meta("moment").unwrap().as_deref(), Some(value));
    }
}

pub(crate) fn tries(backend: &Backend) {
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let error = backend
        .write(move |tx| {
            counted.fetch_add(1, Ordering::SeqCst);
            let no_luck: Box<dyn std::error::Error + Send + Sync> = "a test is in the way".into();
            tx.doom(&DbError::Retry(no_luck.into()));
            Ok::<_, StoreError>(())
        })
        .unwrap_err();
    assert!(matches!(error, StoreError::Db(DbError::Retry(_))), "{error:?}");
    // SQLite has one writer: nobody can be in the way.
    assert_eq!(runs.load(Ordering::SeqCst), if backend.is_sqlite() { 1 } else { TRANSACTION_TRIES_MAX });
}

pub(crate) fn statements(store: &Store) {
    let count = i64::try_from(STATEMENTS_KEPT).unwrap() + 1;
    for number in (0..count).chain([0]) {
        let rows = store.read(|tx| tx.query(&format!("SELECT CAST({number} AS BIGINT)"), &[]));
        assert_eq!(rows.map_err(|error: DbError| error).unwrap()[0].int(0).unwrap(), number);
    }
}

pub(crate) fn connections(backend: &Backend) {
    let limit = if backend.is_sqlite() { SQLITE_READERS } else { POSTGRES_CONNECTIONS };
    let mut views: Vec<_> = (0..limit).map(|_| backend.view().unwrap()).collect();
    let (began, has_begun) = std::sync::mpsc::channel();
    let (done, is_done) = std::sync::mpsc::channel();
    let waiting = Store::clone(backend);
    let next = std::thread::spawn(move || {
        began.send(()).unwrap();
        let view = waiting.view().map(|_| ());
        done.send(()).unwrap();
        view
    });
    has_begun.recv().unwrap();
    assert!(is_done.try_recv().is_err(), "there are more connections than {limit}");
    views.pop();
    next.join().unwrap().unwrap();
}
