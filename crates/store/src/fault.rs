//! Faults for tests: the next unit that writes fails at its n-th statement, so that a test can show that a unit
//! leaves either everything or nothing. Off in operation, where it costs one atomic load for each unit.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::dialect::Dialect;
use crate::error::{DbError, cause};
use crate::tx::{Row, SqlValue, Statement, Tx};

/// What fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The statement, and with it its unit.
    Statement,
    /// What a full disk does: everything that is committed together.
    Group,
}

/// The fault that waits for the next writing unit of a store.
#[derive(Debug, Default)]
pub struct Faults {
    armed: AtomicU64,
    group: AtomicBool,
    fired: AtomicBool,
}

impl Faults {
    /// The next writing unit fails at its statement number `statement`, from 1; 0 takes the fault back.
    pub fn arm(&self, statement: u64, kind: FaultKind) {
        self.fired.store(false, Ordering::SeqCst);
        self.group.store(kind == FaultKind::Group, Ordering::SeqCst);
        self.armed.store(statement, Ordering::SeqCst);
    }

    /// Whether the fault armed last has happened.
    pub fn fired(&self) -> bool {
        self.fired.load(Ordering::SeqCst)
    }

    /// Runs `work` with the armed fault, if there is one.
    pub(crate) fn with<T, E: From<DbError>>(
        &self,
        tx: &mut dyn Tx,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.armed.load(Ordering::Relaxed) == 0 {
            return work(tx);
        }
        let at = self.armed.swap(0, Ordering::SeqCst);
        let kind = if self.group.load(Ordering::SeqCst) { FaultKind::Group } else { FaultKind::Statement };
        work(&mut FaultTx { below: tx, faults: self, kind, at, run: 0 })
    }
}

struct FaultTx<'a> {
    below: &'a mut dyn Tx,
    faults: &'a Faults,
    kind: FaultKind,
    at: u64,
    run: u64,
}

impl FaultTx<'_> {
    fn step(&mut self) -> Result<(), DbError> {
        self.run += 1;
        if self.run != self.at {
            return Ok(());
        }
        self.faults.fired.store(true, Ordering::SeqCst);
        match self.kind {
            FaultKind::Statement => Err(DbError::Injected(self.at)),
            FaultKind::Group => {
                let error = DbError::Group(cause(format!("a fault was injected at statement {}", self.at)));
                self.below.doom(&error);
                Err(error)
            }
        }
    }
}

impl Tx for FaultTx<'_> {
    fn dialect(&self) -> Dialect {
        self.below.dialect()
    }

    fn query(&mut self, sql: &str, params: &[SqlValue]) -> Result<Vec<Row>, DbError> {
        self.step()?;
        self.below.query(sql, params)
    }

    fn execute(&mut self, sql: &str, params: &[SqlValue]) -> Result<u64, DbError> {
        self.step()?;
        self.below.execute(sql, params)
    }

    fn batch(&mut self, statements: &[Statement]) -> Result<(), DbError> {
        for (place, statement) in statements.iter().enumerate() {
            let got = self.execute(&statement.sql, &statement.params)?;
            statement.expect.check(place, got)?;
        }
        Ok(())
    }

    fn doom(&mut self, error: &DbError) {
        self.below.doom(error);
    }
}
