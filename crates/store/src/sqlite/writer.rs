//! The one thread that writes to SQLite. It takes units of work from a queue, runs each in a savepoint of a
//! common transaction, and answers all of them after one commit: many units share one write to the disk.
//!
//! A unit that fails is rolled back alone. An error that may have undone the whole transaction fails every unit
//! of the group, because nothing about them is certain any more. A unit must not wait for anything but SQLite.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::connection::{SqliteTx, meaning};
use crate::error::{DbError, StoreError, cause};
use crate::limits::{GROUP_ROWS_MAX, GROUP_UNITS_MAX, GROUP_WAIT_MS};
use crate::stage::{self, Stage};
use crate::tx::Tx;

/// Work for the writer.
pub(crate) trait Unit: Send {
    /// Does the work and keeps its answer; whether its writes are to be kept.
    fn run(&mut self, tx: &mut dyn Tx) -> bool;
    /// Gives the answer, or the error that the commit ended with.
    fn answer(self: Box<Self>, commit: Result<(), DbError>);
}

/// The writing thread. Dropping it waits until what was submitted is committed and answered.
pub(crate) struct Writer {
    queue: Option<Sender<Box<dyn Unit>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (queue, units) = channel();
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || run(&connection, &units))
            .map_err(|error| StoreError::Db(DbError::Sql(std::sync::Arc::new(error))))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    pub(super) fn submit(&self, unit: Box<dyn Unit>) -> Result<(), DbError> {
        let queue = self.queue.as_ref().ok_or(DbError::Stopped)?;
        queue.send(unit).map_err(|_| DbError::Stopped)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        // The last owner of a store may be a unit of work; the thread cannot wait for itself.
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
            && thread.join().is_err()
        {
            tracing::error!("the writer of SQLite ended by a panic");
        }
    }
}

fn run(connection: &Connection, units: &Receiver<Box<dyn Unit>>) {
    // Whoever waits for an answer sends nothing in the meantime, so that about as many come again as came last
    // time. Waiting for more than these would only cost time.
    let mut usual = 1;
    while let Ok(first) = units.recv() {
        let group = Group::begin(connection);
        usual = group.run(first, units, usual);
    }
}

/// Units that are committed together.
struct Group<'c> {
    connection: &'c Connection,
    members: Vec<Box<dyn Unit>>,
    rows: u64,
    doom: Option<DbError>,
}

impl<'c> Group<'c> {
    fn begin(connection: &'c Connection) -> Self {
        crate::replay::note("BEGIN IMMEDIATE", &[]);
        let doom = connection.execute_batch("BEGIN IMMEDIATE").map_err(meaning).err();
        Self { connection, members: Vec::new(), rows: 0, doom }
    }

    /// Runs units until the group is full or nobody else comes; how many there were.
    fn run(mut self, first: Box<dyn Unit>, units: &Receiver<Box<dyn Unit>>, usual: usize) -> usize {
        #[expect(
            clippy::disallowed_methods,
            reason = "measures how long a group waits for company, decides nothing"
        )]
        let until = Instant::now() + Duration::from_millis(GROUP_WAIT_MS);
        let mut next = Some(first);
        while let Some(unit) = next {
            self.add(unit);
            let full =
                self.members.len() >= GROUP_UNITS_MAX || self.rows >= GROUP_ROWS_MAX || self.doom.is_some();
            next = if full {
                None
            } else if self.members.len() >= usual {
                units.try_recv().ok()
            } else {
                receive(units, until)
            };
        }
        let members = self.members.len();
        self.end();
        members
    }

    fn add(&mut self, mut unit: Box<dyn Unit>) {
        if self.doom.is_none() {
            self.doom = self.savepoint(unit.as_mut()).err();
        }
        self.members.push(unit);
    }

    /// Runs a unit; an error is one of the whole group.
    fn savepoint(&mut self, unit: &mut dyn Unit) -> Result<(), DbError> {
        self.command("SAVEPOINT unit")?;
        let mut tx = SqliteTx::new(self.connection);
        let keep = catch_unwind(AssertUnwindSafe(|| unit.run(&mut tx))).unwrap_or_else(|_| {
            tracing::error!("a unit of work ended by a panic; it is rolled back");
            false
        });
        self.rows += tx.rows;
        if let Some(doom) = tx.doom {
            return Err(doom);
        }
        if self.connection.is_autocommit() {
            return Err(DbError::Group(cause("the transaction ended below its units")));
        }
        self.command(if keep { "RELEASE unit" } else { "ROLLBACK TO unit; RELEASE unit" })
    }

    fn command(&self, sql: &str) -> Result<(), DbError> {
        let run = |sql: &str| {
            crate::replay::note(sql, &[]);
            self.connection.prepare_cached(sql)?.execute(()).map(|_| ())
        };
        sql.split("; ").try_for_each(run).map_err(|error| match meaning(error) {
            DbError::Sql(cause) => DbError::Group(cause),
            other => other,
        })
    }

    /// Commits and answers: nobody hears of success before it is on the disk.
    fn end(self) {
        let commit = match &self.doom {
            Some(doom) => Err(doom.clone()),
            None => {
                let _inside = stage::enter(Stage::Commit);
                self.command("COMMIT")
            }
        };
        if let Err(error) = &commit {
            tracing::error!(
                error = error as &dyn std::error::Error,
                units = self.members.len(),
                "a group was not kept"
            );
            if !self.connection.is_autocommit()
                && let Err(error) = self.connection.execute_batch("ROLLBACK")
            {
                tracing::error!(%error, "a group was not rolled back");
            }
        }
        for unit in self.members {
            unit.answer(commit.clone());
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "measures how long a group waits for company, decides nothing")]
fn receive(units: &Receiver<Box<dyn Unit>>, until: Instant) -> Option<Box<dyn Unit>> {
    units.recv_timeout(until.saturating_duration_since(Instant::now())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A unit that writes rows and brings others with it when it runs.
    struct Member {
        queue: Sender<Box<dyn Unit>>,
        company: Vec<Does>,
        does: Does,
        answers: Sender<Result<(), DbError>>,
    }

    #[derive(Clone, Copy)]
    enum Does {
        Write(u64),
        Fail,
        Doom,
    }

    impl Unit for Member {
        fn run(&mut self, tx: &mut dyn Tx) -> bool {
            for does in std::mem::take(&mut self.company) {
                let (queue, answers) = (self.queue.clone(), self.answers.clone());
                self.queue.send(Box::new(Self { queue, company: Vec::new(), does, answers })).unwrap();
            }
            let rows = if let Does::Write(rows) = self.does { rows } else { 1 };
            for _ in 0..rows {
                tx.execute("INSERT INTO t VALUES (1)", &[]).unwrap();
            }
            if matches!(self.does, Does::Doom) {
                tx.doom(&DbError::Group(cause("the disk of a test is full")));
            }
            !matches!(self.does, Does::Fail)
        }

        fn answer(self: Box<Self>, commit: Result<(), DbError>) {
            self.answers.send(commit).unwrap();
        }
    }

    /// Of the first group: how many units it has, how many of them heard of a commit, how many rows there are then,
    /// and how long it took.
    fn run_group(usual: usize, first: Does, company: Vec<Does>) -> (usize, usize, u64, Duration) {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (a INTEGER)").unwrap();
        let (queue, units) = channel();
        let (answers, answered) = channel();
        let first = Box::new(Member { queue, company, does: first, answers });
        #[expect(clippy::disallowed_methods, reason = "what is tested is the wait")]
        let began = Instant::now();
        let members = Group::begin(&connection).run(first, &units, usual);
        let lasted = began.elapsed();
        let answers: Vec<_> = answered.try_iter().collect();
        assert_eq!(answers.len(), members);
        let rows = connection.query_row("SELECT COUNT(*) FROM t", (), |row| row.get::<_, i64>(0)).unwrap();
        (members, answers.into_iter().flatten().count(), u64::try_from(rows).unwrap(), lasted)
    }

    #[test]
    fn a_group_takes_everyone_who_waits_up_to_its_limits() {
        let members = |rows, company| run_group(1, Does::Write(rows), vec![Does::Write(1); company]).0;
        assert_eq!(members(1, 5), 6);
        assert_eq!(members(1, GROUP_UNITS_MAX - 1), GROUP_UNITS_MAX);
        assert_eq!(members(1, GROUP_UNITS_MAX), GROUP_UNITS_MAX);
        assert_eq!(members(GROUP_ROWS_MAX - 1, 5), 2);
        assert_eq!(members(GROUP_ROWS_MAX, 5), 1);
    }

    #[test]
    fn a_group_waits_for_those_who_came_last_time_and_no_longer_than_its_limit() {
        let (members, _, _, lasted) = run_group(3, Does::Write(1), vec![Does::Write(1)]);
        assert_eq!(members, 2);
        assert!(lasted >= Duration::from_millis(GROUP_WAIT_MS), "{lasted:?}");
    }

    #[test]
    fn a_unit_that_fails_takes_only_its_own_rows_with_it() {
        let (members, told, rows, _) = run_group(1, Does::Write(2), vec![Does::Fail, Does::Write(3)]);
        assert_eq!((members, told, rows), (3, 3, 5));
    }

    #[test]
    fn an_error_that_may_undo_the_transaction_fails_every_unit_of_the_group() {
        let (members, told, rows, _) =
            run_group(1, Does::Write(2), vec![Does::Write(1), Does::Doom, Does::Write(3)]);
        // Those before it had succeeded; the one after it is not begun, and comes with the next group.
        assert_eq!((members, told, rows), (3, 0, 0));
    }
}
