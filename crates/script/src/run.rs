//! The two entries: run a script, and check its syntax. What is inside an interpreter stays in
//! `interp`.

use crate::{Host, Limits, ScriptError, Usage, Value, interp};

/// Which API a script is written against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Vocabulary {
    /// SimpleOne's server API: `ss`, `SimpleRecord`, `SimpleDateTime` …
    SimpleOne,
    /// ServiceNow's server API: `gs`, `GlideRecord`, `GlideDateTime` …
    ServiceNow,
}

impl Vocabulary {
    /// Both.
    pub const ALL: [Self; 2] = [Self::SimpleOne, Self::ServiceNow];

    /// The word that records and the command line name it by.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SimpleOne => "simpleone",
            Self::ServiceNow => "servicenow",
        }
    }

    /// The vocabulary of a word; the empty word is the first one's.
    pub fn parse(word: &str) -> Option<Self> {
        if word.is_empty() {
            return Some(Self::SimpleOne);
        }
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
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
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RecordHandle {
    /// Its table.
    pub table: String,
    /// Its id; `None` for a record that is yet to be inserted.
    pub id: Option<String>,
    /// Its stored values; of a new record the values that it starts with, which `insert()` sends too.
    pub fields: Vec<(String, Value)>,
    /// Its values before the change that the script is about, for `changes()`: `None` where there is no
    /// such change, an empty list where the record is new with it.
    pub old: Option<Vec<(String, Value)>>,
    /// Text that the change wrote into journal fields.
    pub journal: Vec<(String, String)>,
    /// Whether the record is about to be written and the script may still change it (a rule that runs
    /// before): what it changes is given back in [`Outcome::pending`], and nothing else writes it.
    pub pending: bool,
    /// Whether the change that the script is about removes it.
    pub removed: bool,
}

/// A mail that is being written, as `email` in content scripts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Letter {
    /// Address and name of each recipient.
    pub to: Vec<(String, String)>,
    /// The same of the copies.
    pub cc: Vec<(String, String)>,
    /// The same of the blind copies.
    pub bcc: Vec<(String, String)>,
    /// The sender; empty where the script leaves it to the rule.
    pub from: String,
    /// Where answers go; empty likewise.
    pub reply_to: String,
    /// The subject.
    pub subject: String,
    /// The body, HTML.
    pub body: String,
    /// The mark by which an answer finds its record.
    pub watermark: String,
}

/// A context variable.
#[derive(Debug, Clone, PartialEq)]
pub enum Global {
    /// A record object of the vocabulary.
    Record(RecordHandle),
    /// A plain value.
    Value(Value),
    /// The incoming mail as ServiceNow's `email`: its properties, those of `body` as a map.
    Incoming(Vec<(String, Value)>),
    /// The mail that is being written; what the script makes of it is [`Outcome::letter`].
    Letter(Letter),
    /// The printer of content scripts (`template`); what it printed is [`Outcome::printed`].
    Printer,
    /// The event of an inbound action: `state = "stop_processing"` is [`Outcome::stopped`].
    Event(Vec<(String, Value)>),
    /// `logger`.
    Logger,
    /// `classifier` of ServiceNow's inbound actions: `new`, `reply` or `forward`.
    Classifier(String),
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
    /// The first of these that is not `undefined`: the value of a top-level `return`, what was given to
    /// `setResult`, the variable `answer`, the value of the last expression statement. Null when there is
    /// none. A value of the last statement that cannot be represented is null; a returned one, or
    /// `answer`, is an error.
    pub result: Result<Value, ScriptError>,
    /// What the script logged, also when it failed.
    pub log: Vec<LogLine>,
    /// What it used.
    pub usage: Usage,
    /// What it changed of the record that is about to be written ([`RecordHandle::pending`]).
    pub pending: Vec<(String, Value)>,
    /// Why the pending change is called off (`setAbortAction(true)`), with a text for people.
    pub aborted: Option<String>,
    /// What the printer printed.
    pub printed: String,
    /// The mail that was being written, as the script leaves it.
    pub letter: Option<Letter>,
    /// Whether later actions are to be left out (`event.state = "stop_processing"`).
    pub stopped: bool,
    /// Messages for whoever is at the screen.
    pub messages: Vec<(Level, String)>,
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

/// Makes sandboxes ahead, so that the next runs on this thread need not wait for theirs: at most
/// [`Limits::MAX_PREPARED`] are kept. Each serves one run.
pub fn prepare(count: usize) {
    interp::prepare(count);
}

/// How many sandboxes were made ahead and wait on this thread.
pub fn prepared() -> usize {
    interp::prepared()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vocabularies_are_named_by_their_words() {
        for vocabulary in Vocabulary::ALL {
            assert_eq!(Vocabulary::parse(vocabulary.word()), Some(vocabulary));
        }
        assert_eq!(Vocabulary::parse(""), Some(Vocabulary::SimpleOne));
        assert_eq!(Vocabulary::parse("rhino"), None);
    }
}
