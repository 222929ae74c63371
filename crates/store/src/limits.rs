//! The limits of storing. Each names its effect.

/// Units that one commit of SQLite holds at most; the next begins another group.
pub const GROUP_UNITS_MAX: usize = 64;
/// Rows that one commit of SQLite writes before the group is closed; a larger unit still commits whole.
pub const GROUP_ROWS_MAX: u64 = 500;
/// Milliseconds that a group of SQLite waits for units that usually come together.
pub const GROUP_WAIT_MS: u64 = 2;
/// Reading connections to SQLite; further readers wait for one of them.
pub const SQLITE_READERS: usize = 8;
/// Milliseconds after which a view over SQLite takes a newer snapshot, so that the log can be emptied. What it
/// read before is checked by the guards when the plan is applied.
pub const SNAPSHOT_MS_MAX: u64 = 1_000;
/// Statements that a connection keeps prepared; the least used ones are prepared again.
pub const STATEMENTS_KEPT: usize = 512;
/// Connections to PostgreSQL; further users wait for one of them. More than the threads that hold one view and
/// need a second connection for a number, so that these cannot wait for each other.
pub const POSTGRES_CONNECTIONS: usize = 40;
/// Milliseconds that a node which starts again waits for the sessions of its earlier process to end; then it does not
/// start.
pub const LEFT_OVER_WAIT_MS: u64 = 10_000;
/// How often a transaction of PostgreSQL that others got in the way of is run; then its caller gets the error.
pub const TRANSACTION_TRIES_MAX: u32 = 10;
/// Statements sent to PostgreSQL before the first answer is waited for; larger batches go in pieces.
pub const PIPELINE_MAX: usize = 30;
/// Changes that are undone to read the past; over it the answer is an error that asks for a later moment.
pub const AS_OF_CHANGES_MAX: u32 = 10_000;
/// Bytes below which a blob is not compressed: the frame would eat the gain.
pub const COMPRESS_BYTES_MIN: usize = 256;
/// Message-IDs that a thread names beside its first (design 8.3).
pub const THREAD_LAST: usize = 10;
/// Milliseconds that counting what a list holds may take; over it the count is unknown.
pub const COUNT_MS_MAX: u64 = 500;
/// Rows of an index that SQLite looks at to learn how its values are spread. More would hold up writers longer; with
/// fewer, a value of a million rows and one of a thousand look alike.
pub const ANALYSIS_ROWS: u32 = 100_000;
/// Rows below which a table of SQLite is not looked at: in a small one every way is short, and it may grow.
pub const ANALYSED_ROWS_MIN: u32 = 10_000;
/// Steps of SQLite between two looks at the clock of a read that may only take so long.
pub const STEPS_BETWEEN_LOOKS: i32 = 10_000;
/// Records or values that are named when a rule of a field cannot begin to hold; the rest is only counted.
pub const BREACHES_SHOWN: usize = 5;
/// Columns of one root table with those of fields that left the dictionary, a text counted once; one more is refused.
/// A text takes two, and PostgreSQL ends at 1,600.
pub const ROOT_COLUMNS_MAX: usize = 780;
