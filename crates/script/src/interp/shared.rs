//! What a run's callbacks share: the limits, what is used of them, the log, and whether the run has
//! been stopped. No JavaScript values: a value held by Rust is invisible to the collector and would
//! keep the sandbox from being freed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::convert::Halt;
use super::kit::Call;
use crate::record::Record;
use crate::rewrite::{Rewritten, original_column};
use crate::{
    HostError, Letter, Level, Limits, Location, LogLine, Outcome, Script, ScriptError, TableInfo, Usage,
    User, Value, Vocabulary,
};

/// A longer log line is cut at this many bytes.
pub(crate) const MAX_LOG_LINE_BYTES: usize = 8_192;
/// Rejected promises that are remembered; the first is reported.
const MAX_REJECTIONS: usize = 16;

/// Why a run ends although its script would go on.
#[derive(Debug, Clone)]
pub(crate) enum Stop {
    Time,
    Memory,
    Queries,
    Rows,
    Effects,
    Aborted(String),
    Host(HostError),
}

pub(crate) struct Shared {
    pub(crate) limits: Limits,
    /// The script's name as the interpreter knows it.
    pub(crate) file: String,
    /// The script's name as it was given.
    pub(crate) name: String,
    /// What is evaluated of it: NUL becomes U+FFFD at every edge.
    pub(crate) source: String,
    deadline: Instant,
    /// Columns that the wrapper takes on the first line.
    columns_before: Cell<u32>,
    included: RefCell<Vec<Source>>,
    /// How what is evaluated differs from the source.
    rewritten: RefCell<Option<Rc<Rewritten>>>,
    stop: RefCell<Option<Stop>>,
    usage: Cell<Usage>,
    log: RefCell<Vec<LogLine>>,
    /// Bytes that may still cross to the host: what it keeps is not on the interpreter's heap.
    border_bytes: Cell<usize>,
    rejections: RefCell<Vec<(u64, ScriptError)>>,
    /// The API of the script.
    pub(crate) vocabulary: Vocabulary,
    /// What the script calls now, in microseconds since 1970-01-01 UTC.
    pub(crate) now_micros: i64,
    /// Where the run's randomness starts, and how many identities were made of it.
    pub(crate) seed: Cell<[u8; 32]>,
    pub(crate) identities: Cell<u64>,
    /// What the script put into its session; it ends with the run.
    pub(crate) session: RefCell<Vec<(String, String)>>,
    tables: RefCell<Vec<Rc<TableInfo>>>,
    user: RefCell<Option<Rc<User>>>,
    /// What the script leaves behind for whoever runs it.
    pub(crate) left: Left,
}

/// A script that was included.
struct Source {
    /// Its name as the interpreter knows it.
    file: String,
    name: String,
    text: String,
    rewritten: Option<Rc<Rewritten>>,
}

/// What a script leaves behind beside its value and its log.
#[derive(Default)]
pub(crate) struct Left {
    /// The record that is about to be written.
    pub(crate) pending: RefCell<Option<Rc<Record>>>,
    /// Why that is called off.
    pub(crate) aborted: RefCell<Option<String>>,
    /// What was printed.
    pub(crate) printed: RefCell<String>,
    /// The mail that is being written.
    pub(crate) letter: RefCell<Option<Letter>>,
    /// Whether later actions are left out.
    pub(crate) stopped: Cell<bool>,
    /// Messages for whoever is at the screen.
    pub(crate) messages: RefCell<Vec<(Level, String)>>,
    /// What was given to `setResult`.
    pub(crate) result: RefCell<Option<Value>>,
    /// Names of the scripts that were included.
    pub(crate) included: RefCell<Vec<String>>,
}

impl Shared {
    pub(crate) fn new(limits: Limits, script: &Script<'_>, now_micros: i64) -> Self {
        Self {
            limits,
            file: script.name.replace(char::is_control, "\u{fffd}"),
            name: script.name.to_owned(),
            source: script.source.replace('\0', "\u{fffd}"),
            deadline: now() + Duration::from_millis(limits.time_ms),
            columns_before: Cell::new(0),
            included: RefCell::default(),
            rewritten: RefCell::default(),
            stop: RefCell::new(None),
            usage: Cell::new(Usage::default()),
            log: RefCell::new(Vec::new()),
            border_bytes: Cell::new(limits.memory_bytes),
            rejections: RefCell::new(Vec::new()),
            vocabulary: script.vocabulary,
            now_micros,
            seed: Cell::default(),
            identities: Cell::default(),
            session: RefCell::default(),
            tables: RefCell::default(),
            user: RefCell::default(),
            left: Left::default(),
        }
    }

    /// The table, asked of the host once.
    pub(crate) fn table(&self, call: &Call<'_, '_>, name: &str) -> Result<Rc<TableInfo>, Halt> {
        let known = self.tables.borrow().iter().find(|table| table.name == name).cloned();
        if let Some(table) = known {
            return Ok(table);
        }
        let table = Rc::new(call.host(|host| host.table(name))?);
        self.tables.borrow_mut().push(Rc::clone(&table));
        Ok(table)
    }

    /// As whom the script runs, asked of the host once.
    pub(crate) fn user(&self, call: &Call<'_, '_>) -> Result<Rc<User>, Halt> {
        let known = self.user.borrow().clone();
        if let Some(user) = known {
            return Ok(user);
        }
        let user = Rc::new(call.host(|host| host.user())?);
        *self.user.borrow_mut() = Some(Rc::clone(&user));
        Ok(user)
    }

    /// Stops the run for good; the first reason stays.
    pub(crate) fn stop(&self, stop: Stop) {
        self.stop.borrow_mut().get_or_insert(stop);
    }

    pub(crate) fn stopped(&self) -> Option<Stop> {
        self.stop.borrow().clone()
    }

    /// Whether to stop now. Called by the interpreter every few thousand steps.
    pub(crate) fn must_stop(&self) -> bool {
        if self.stop.borrow().is_some() {
            return true;
        }
        let late = now() >= self.deadline;
        if late {
            self.stop(Stop::Time);
        }
        late
    }

    pub(crate) fn wrapped_by(&self, columns: usize) {
        self.columns_before.set(u32::try_from(columns).unwrap_or_default());
    }

    /// Notes that something else than the source is evaluated.
    pub(crate) fn set_rewritten(&self, rewritten: Option<Rc<Rewritten>>) {
        *self.rewritten.borrow_mut() = rewritten;
    }

    /// What is evaluated of the script.
    pub(crate) fn evaluated(&self) -> String {
        self.rewritten.borrow().as_ref().map_or_else(|| self.source.clone(), |done| done.text.clone())
    }

    /// Notes a script that is included; its name as the interpreter is to know it.
    pub(crate) fn add_source(&self, name: &str, text: &str, rewritten: Option<Rc<Rewritten>>) -> String {
        let file = name.replace(char::is_control, "\u{fffd}");
        let source = Source { file: file.clone(), name: name.to_owned(), text: text.to_owned(), rewritten };
        self.included.borrow_mut().push(source);
        file
    }

    /// Whether something holds for the script or for one that it included.
    pub(crate) fn any_source(&self, holds: impl Fn(&str) -> bool) -> bool {
        holds(&self.source) || self.included.borrow().iter().any(|source| holds(&source.text))
    }

    /// The function and the place of a frame, where it is one of the script or of an included one.
    pub(crate) fn frame<'a>(&self, frame: &'a str, line: u32, column: u32) -> Option<(&'a str, Location)> {
        let function = |file: &str| match frame.strip_suffix(file)? {
            "" => Some(""),
            function => function.strip_suffix(" ("),
        };
        let included = self.included.borrow();
        let before = if line == 1 { self.columns_before.get() } else { 0 };
        // A name may end with another one: the longest that fits is meant.
        let fitting = included.iter().filter(|one| function(&one.file).is_some());
        let fitting = fitting.max_by_key(|one| one.file.len());
        let own =
            function(&self.file).filter(|_| fitting.is_none_or(|one| one.file.len() <= self.file.len()));
        if let Some(own) = own {
            let rewritten = self.rewritten.borrow().clone();
            let column = column.saturating_sub(before);
            return Some((own, located(&self.name, &self.source, rewritten.as_deref(), line, column)));
        }
        let one = fitting?;
        let at = located(&one.name, &one.text, one.rewritten.as_deref(), line, column);
        Some((function(&one.file)?, at))
    }

    pub(crate) fn count_query(&self) -> Result<(), Stop> {
        self.count(|usage| &mut usage.queries, self.limits.queries, Stop::Queries)
    }

    pub(crate) fn count_effect(&self) -> Result<(), Stop> {
        self.count(|usage| &mut usage.effects, self.limits.effects, Stop::Effects)
    }

    pub(crate) fn count_rows(&self, rows: usize) -> Result<(), Stop> {
        let mut usage = self.usage.get();
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        if rows > self.rows_left() {
            return Err(Stop::Rows);
        }
        usage.rows += rows;
        self.usage.set(usage);
        Ok(())
    }

    pub(crate) fn rows_left(&self) -> u32 {
        self.limits.rows.saturating_sub(self.usage.get().rows)
    }

    fn count(&self, of: fn(&mut Usage) -> &mut u32, limit: u32, stop: Stop) -> Result<(), Stop> {
        let mut usage = self.usage.get();
        let used = of(&mut usage);
        if *used >= limit {
            return Err(stop);
        }
        *used += 1;
        self.usage.set(usage);
        Ok(())
    }

    pub(crate) fn cross_border(&self, bytes: usize) -> Result<(), Stop> {
        let left = self.border_bytes.get().checked_sub(bytes).ok_or(Stop::Memory)?;
        self.border_bytes.set(left);
        Ok(())
    }

    pub(crate) fn log_is_full(&self) -> bool {
        self.log.borrow().len() >= self.limits.log_lines as usize
    }

    pub(crate) fn leave_out_log_line(&self) {
        let mut usage = self.usage.get();
        usage.log_lines_left_out = usage.log_lines_left_out.saturating_add(1);
        self.usage.set(usage);
    }

    pub(crate) fn log(&self, level: Level, mut text: String) {
        let mut log = self.log.borrow_mut();
        text.truncate(text.floor_char_boundary(MAX_LOG_LINE_BYTES));
        text.shrink_to_fit();
        log.push(LogLine { level, text });
    }

    pub(crate) fn note_rejection(&self, promise: u64, error: ScriptError) {
        let mut rejections = self.rejections.borrow_mut();
        if rejections.len() < MAX_REJECTIONS {
            rejections.push((promise, error));
        }
    }

    pub(crate) fn forget_rejection(&self, promise: u64) {
        self.rejections.borrow_mut().retain(|(other, _)| *other != promise);
    }

    /// The first rejection that nobody listened to.
    pub(crate) fn take_rejection(&self) -> Option<ScriptError> {
        self.rejections.borrow_mut().drain(..).next().map(|(_, error)| error)
    }

    pub(crate) fn report(&self, result: Result<Value, ScriptError>) -> Outcome {
        let left = &self.left;
        Outcome {
            result,
            log: self.log.take(),
            usage: self.usage.get(),
            pending: left.pending.take().map(|record| record.pending_changes()).unwrap_or_default(),
            aborted: left.aborted.take(),
            printed: left.printed.take(),
            letter: left.letter.take(),
            stopped: left.stopped.get(),
            messages: left.messages.take(),
        }
    }
}

/// The place in the administrator's source of a place in what was evaluated. QuickJS counts the bytes of
/// a line, people count characters.
fn located(name: &str, source: &str, rewritten: Option<&Rewritten>, line: u32, column: u32) -> Location {
    let before = source.split_inclusive('\n').take((line as usize).saturating_sub(1));
    let start = before.map(str::len).sum::<usize>();
    let bytes = column.max(1) as usize - 1;
    let bytes = rewritten.map_or(bytes, |done| original_column(&done.edits, start, bytes));
    let text = source.get(start..).and_then(|rest| rest.split('\n').next()).unwrap_or_default();
    let characters = text.get(..text.floor_char_boundary(bytes)).unwrap_or_default().chars().count();
    let column = u32::try_from(characters).unwrap_or(u32::MAX).saturating_add(1);
    Location { script: name.to_owned(), line, column }
}

#[expect(clippy::disallowed_methods, reason = "the time limit is measured; scripts never see this clock")]
fn now() -> Instant {
    Instant::now()
}
