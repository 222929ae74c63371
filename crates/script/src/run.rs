//! The two entries: run a script, and check its syntax. What is inside an interpreter stays in
//! `interp`.

use crate::{Host, Limits, ScriptError, Usage, Value, interp};

/// Which API a script is written against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Vocabulary {
    /// SimpleOne's server API: `ss`, `SimpleRecord`, `SimpleAttachment`.
    SimpleOne,
}

/// A script as the administrator wrote it.
#[derive(Debug, Clone, Copy)]
pub struct Script<'a> {
    /// The name that errors carry.
    pub name: &'a str,
    /// JavaScript. A bare top-level `return` is legal.
    pub source: &'a str,
    /// The API it uses.
    pub vocabulary: Vocabulary,
}

/// A record that the script is given, as the decision sees it now.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordHandle {
    /// Its table.
    pub table: String,
    /// Its id; `None` for a record that is yet to be inserted.
    pub id: Option<String>,
    /// Its stored values; of a new record the values that it starts with, which `insert()` sends too.
    pub fields: Vec<(String, Value)>,
}

/// A context variable.
#[derive(Debug, Clone, PartialEq)]
pub enum Global {
    /// A record object of the vocabulary.
    Record(RecordHandle),
    /// A plain value.
    Value(Value),
}

/// One run: everything that its outcome depends on, beside what the host answers.
#[derive(Debug, Clone)]
pub struct Run<'a> {
    /// What to run.
    pub script: Script<'a>,
    /// Context variables by name: `current`, `previous`, `email`, `event`, `target` …
    pub globals: Vec<(String, Global)>,
    /// What `Date` calls now, in microseconds since 1970-01-01 UTC. It stands still during the run.
    pub now_micros: i64,
    /// Where `Math.random` starts.
    pub seed: [u8; 32],
    /// What the run may use.
    pub limits: Limits,
}

/// The weight of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// For finding a defect.
    Debug,
    /// Worth knowing.
    Info,
    /// Something that the administrator should look at.
    Warning,
    /// Something that went wrong.
    Error,
}

/// One line that the script logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Its weight.
    pub level: Level,
    /// Text; values other than text as JSON, cut at 8,192 bytes.
    pub text: String,
}

/// What came of a run. Effects went to the host as they happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The first of these that is not `undefined`: the value of a top-level `return`, the variable
    /// `answer`, the value of the last expression statement. Null when there is none. A value of the
    /// last statement that cannot be represented is null; a returned one, or `answer`, is an error.
    pub result: Result<Value, ScriptError>,
    /// What the script logged, also when it failed.
    pub log: Vec<LogLine>,
    /// What it used.
    pub usage: Usage,
}

/// Runs a script in a fresh sandbox. Never panics and never takes much longer than the time limit;
/// a host that panics passes its panic on.
pub fn run(run: &Run<'_>, host: &mut dyn Host) -> Outcome {
    interp::run(run, host)
}

/// Checks the syntax without running anything.
pub fn check(script: &Script<'_>) -> Result<(), ScriptError> {
    interp::check(script)
}
