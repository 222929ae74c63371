//! For benchmarks: what the writer of SQLite ran, written down and run again without anything above it.
//!
//! Off in operation, where it costs one atomic load a statement. The replay keeps the same transactions with the
//! same prepared statements, so that it is the bare cost of the same SQL.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::error::StoreError;
use crate::tx::SqlValue;

/// One thing that the writer ran: a statement with its parameters, or a command such as `COMMIT`.
#[derive(Debug, Clone)]
pub struct Ran {
    /// The text.
    pub sql: String,
    /// Its parameters.
    pub params: Vec<SqlValue>,
}

/// For each statement how often it ran and how long that took in all.
pub type Costs = BTreeMap<String, (u64, Duration)>;

thread_local! {
    static WAITS: Cell<u64> = const { Cell::new(0) };
    static READS: RefCell<Vec<Ran>> = const { RefCell::new(Vec::new()) };
    static NOTES_READS: Cell<bool> = const { Cell::new(false) };
}

static ON: AtomicBool = AtomicBool::new(false);
static RAN: Mutex<Vec<Ran>> = Mutex::new(Vec::new());

/// Begins to write down.
pub fn record() {
    RAN.lock().unwrap_or_else(PoisonError::into_inner).clear();
    ON.store(true, Ordering::SeqCst);
}

/// Ends, and gives what was run, in whole transactions: what had begun before is left out.
pub fn recorded() -> Vec<Ran> {
    ON.store(false, Ordering::SeqCst);
    let mut ran = std::mem::take(&mut *RAN.lock().unwrap_or_else(PoisonError::into_inner));
    let begin = ran.iter().position(|one| one.sql.starts_with("BEGIN")).unwrap_or(ran.len());
    let end = ran.iter().rposition(|one| one.sql == "COMMIT").map_or(0, |last| last + 1);
    ran.truncate(end);
    ran.drain(..begin.min(end));
    ran
}

/// Begins to write down what this thread reads outside of the writer, on either database. Reads are asked by the thread
/// that wants to know; what others do at the same time is no part of it.
pub fn record_reads() {
    READS.take();
    NOTES_READS.set(true);
}

/// Ends, and gives what this thread read.
pub fn recorded_reads() -> Vec<Ran> {
    NOTES_READS.set(false);
    READS.take()
}

/// How often this thread has waited for an answer of PostgreSQL. What is sent together is waited for once; statements
/// that are prepared for the first time on a connection are not counted.
pub fn waits() -> u64 {
    WAITS.get()
}

pub(crate) fn note_wait() {
    WAITS.set(WAITS.get() + 1);
}

pub(crate) fn note_read(sql: &str, params: &[SqlValue]) {
    if NOTES_READS.get() {
        let ran = Ran { sql: sql.to_owned(), params: params.to_vec() };
        READS.with_borrow_mut(|reads| reads.push(ran));
    }
}

pub(crate) fn note(sql: &str, params: &[SqlValue]) {
    if ON.load(Ordering::Relaxed) {
        let ran = Ran { sql: sql.to_owned(), params: params.to_vec() };
        RAN.lock().unwrap_or_else(PoisonError::into_inner).push(ran);
    }
}

/// Runs what was written down against the database file at `path`, which must be as it was when recording began.
pub fn replay(path: &Path, ran: &[Ran]) -> Result<Costs, StoreError> {
    crate::sqlite::replay(path, ran)
}
