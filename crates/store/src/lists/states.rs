//! The queues by state: how many rows are in each, and which index knows them.
//!
//! A queue keeps what has ended, so that most of its rows are settled ones. What waits or went wrong lies in partial
//! indexes, which a database uses only where the statement itself names their states: a parameter proves nothing to it.

use rejoinder_engine::time::Timestamp;

use crate::db::Store;
use crate::error::StoreError;

/// How many rows of a queue are in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueCount {
    /// `arrival`, `delivery`, `event` or `job`.
    pub queue: &'static str,
    /// The state.
    pub state: String,
    /// How many.
    pub count: i64,
    /// When the oldest of them came.
    pub oldest: Timestamp,
}

/// A queue, and what lies in its partial indexes.
pub(super) struct States {
    table: &'static str,
    moment: &'static str,
    indexes: &'static [Index],
    /// The states that are counted: all but the ends that somebody wished for.
    counted: &'static [&'static str],
}

struct Index {
    states: &'static [&'static str],
    /// Whether it holds them by `seq`. One that does not is found only where a list asks for that order in words that
    /// the table's own cannot serve.
    by_seq: bool,
}

const fn by_seq(states: &'static [&'static str]) -> Index {
    Index { states, by_seq: true }
}

const fn otherwise(states: &'static [&'static str]) -> Index {
    Index { states, by_seq: false }
}

pub(super) const ARRIVALS: States = States {
    table: "arrival",
    moment: "received_at",
    indexes: &[by_seq(&["ready", "in_process"]), by_seq(&["failed", "ignored"])],
    counted: &["ready", "in_process", "failed"],
};

pub(super) const EVENTS: States = States {
    table: "event",
    moment: "created_at",
    indexes: &[by_seq(&["ready", "in_process", "parked"]), by_seq(&["failed"]), by_seq(&["scheduled"])],
    counted: &["ready", "in_process", "parked", "failed", "scheduled"],
};

pub(super) const DELIVERIES: States = States {
    table: "delivery",
    moment: "created_at",
    indexes: &[
        otherwise(&["ready", "deferred"]),
        otherwise(&["sending"]),
        by_seq(&["held", "failed", "uncertain", "bounced", "suppressed", "cancelled"]),
    ],
    counted: &["ready", "deferred", "sending", "held", "uncertain"],
};

pub(super) const JOBS: States = States {
    table: "job",
    moment: "created_at",
    indexes: &[otherwise(&["ready", "in_process"]), otherwise(&["failed"])],
    counted: &["ready", "in_process", "failed"],
};

impl States {
    /// What a statement says beside `state = ?`, so that an index is found; nothing where a state has none.
    pub(super) fn index_of(&self, state: &str) -> Option<String> {
        self.index(state).map(Index::condition)
    }

    /// The order of a list of this state by its place in the queue, newest first.
    pub(super) fn order_of(&self, state: Option<&str>) -> &'static str {
        match state.and_then(|state| self.index(state)) {
            Some(Index { by_seq: false, .. }) => "+seq DESC",
            _ => "seq DESC",
        }
    }

    fn index(&self, state: &str) -> Option<&Index> {
        self.indexes.iter().find(|index| index.states.contains(&state))
    }

    /// One statement for each index.
    fn counts(&self) -> impl Iterator<Item = String> {
        self.indexes.iter().map(|index| {
            let counted = index.states.iter().copied().filter(|state| self.counted.contains(state));
            format!(
                "SELECT state, COUNT(*), MIN({}) FROM {} WHERE {} AND state IN ({}) GROUP BY state",
                self.moment,
                self.table,
                index.condition(),
                quoted(counted)
            )
        })
    }
}

impl Index {
    /// Its condition, in the words in which it was made.
    fn condition(&self) -> String {
        match self.states {
            [one] => format!("state = '{one}'"),
            many => format!("state IN ({})", quoted(many.iter().copied())),
        }
    }
}

fn quoted<'a>(states: impl Iterator<Item = &'a str>) -> String {
    states.map(|state| format!("'{state}'")).collect::<Vec<_>>().join(", ")
}

impl Store {
    /// How many rows of each queue are in each state that is not an end, for health and metrics.
    pub fn queue_counts(&self) -> Result<Vec<QueueCount>, StoreError> {
        self.read(|tx| {
            let mut counts = Vec::new();
            for states in [ARRIVALS, EVENTS, DELIVERIES, JOBS] {
                for sql in states.counts() {
                    for row in tx.query(&sql, &[])? {
                        let (state, count, oldest) = (row.text(0)?, row.int(1)?, row.time(2)?);
                        counts.push(QueueCount { queue: states.table, state, count, oldest });
                    }
                }
            }
            counts.sort_by(|one, other| (one.queue, &one.state).cmp(&(other.queue, &other.state)));
            Ok::<_, StoreError>(counts)
        })
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::migrate::MIGRATIONS;

    /// How SQLite would go about a statement, in its words.
    fn plan(connection: &Connection, sql: &str) -> String {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let unset = rusqlite::params_from_iter(vec![""; statement.parameter_count()]);
        let steps = statement.query_map(unset, |row| row.get::<_, String>(3)).unwrap();
        steps.map(Result::unwrap).collect::<Vec<_>>().join("; ")
    }

    fn schema() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        for migration in MIGRATIONS {
            connection.execute_batch(migration.sqlite).unwrap();
        }
        connection
    }

    /// Whether a plan uses an index that holds a part of a table only.
    fn is_partial(connection: &Connection, plan: &str) -> bool {
        let named = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'";
        let mut statement = connection.prepare(named).unwrap();
        let names = statement.query_map((), |row| row.get::<_, String>(0)).unwrap();
        names.map(Result::unwrap).any(|name| plan.contains(&format!("INDEX {name}")))
    }

    #[test]
    fn counting_what_waits_never_walks_through_what_has_ended() {
        let connection = schema();
        for states in [ARRIVALS, EVENTS, DELIVERIES, JOBS] {
            for sql in states.counts() {
                let plan = plan(&connection, &sql);
                assert!(is_partial(&connection, &plan), "{sql}: {plan}");
            }
        }
    }

    #[test]
    fn what_is_listed_by_a_state_that_few_are_in_is_found_by_its_index() {
        let connection = schema();
        for states in [ARRIVALS, EVENTS, DELIVERIES, JOBS] {
            for state in states.indexes.iter().flat_map(|index| index.states) {
                let index = states.index_of(state).unwrap();
                let order = if states.table == "job" {
                    "created_at DESC, id DESC"
                } else {
                    states.order_of(Some(state))
                };
                let sql = format!(
                    "SELECT * FROM {} WHERE state = ?1 AND {index} ORDER BY {order} LIMIT 50",
                    states.table
                );
                let plan = plan(&connection, &sql);
                assert!(is_partial(&connection, &plan), "{sql}: {plan}");
            }
        }
        assert_eq!(ARRIVALS.index_of("processed"), None);
    }
}
