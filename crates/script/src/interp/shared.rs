//! What a run's callbacks share: the limits, what is used of them, the log, and whether the run has
//! been stopped. No JavaScript values: a value held by Rust is invisible to the collector and would
//! keep the sandbox from being freed.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use crate::{HostError, Level, Limits, Location, LogLine, Script, ScriptError, Usage};

/// A longer log line is cut at this many bytes.
pub(super) const MAX_LOG_LINE_BYTES: usize = 8_192;
/// Rejected promises that are remembered; the first is reported.
const MAX_REJECTIONS: usize = 16;

/// Why a run ends although its script would go on.
#[derive(Debug, Clone)]
pub(super) enum Stop {
    Time,
    Memory,
    Queries,
    Rows,
    Effects,
    Aborted(String),
    Host(HostError),
}

pub(super) struct Shared {
    pub(super) limits: Limits,
    /// The script's name as the interpreter knows it.
    pub(super) file: String,
    /// The script's name as it was given.
    pub(super) name: String,
    /// What is evaluated of it: NUL becomes U+FFFD at every edge.
    pub(super) source: String,
    deadline: Instant,
    /// Columns that the wrapper takes on the first line.
    columns_before: Cell<u32>,
    stop: RefCell<Option<Stop>>,
    usage: Cell<Usage>,
    log: RefCell<Vec<LogLine>>,
    /// Bytes that may still cross to the host: what it keeps is not on the interpreter's heap.
    border_bytes: Cell<usize>,
    rejections: RefCell<Vec<(u64, ScriptError)>>,
}

impl Shared {
    pub(super) fn new(limits: Limits, script: &Script<'_>) -> Self {
        Self {
            limits,
            file: script.name.replace(char::is_control, "\u{fffd}"),
            name: script.name.to_owned(),
            source: script.source.replace('\0', "\u{fffd}"),
            deadline: now() + Duration::from_millis(limits.time_ms),
            columns_before: Cell::new(0),
            stop: RefCell::new(None),
            usage: Cell::new(Usage::default()),
            log: RefCell::new(Vec::new()),
            border_bytes: Cell::new(limits.memory_bytes),
            rejections: RefCell::new(Vec::new()),
        }
    }

    /// Stops the run for good; the first reason stays.
    pub(super) fn stop(&self, stop: Stop) {
        self.stop.borrow_mut().get_or_insert(stop);
    }

    pub(super) fn stopped(&self) -> Option<Stop> {
        self.stop.borrow().clone()
    }

    /// Whether to stop now. Called by the interpreter every few thousand steps.
    pub(super) fn must_stop(&self) -> bool {
        if self.stop.borrow().is_some() {
            return true;
        }
        let late = now() >= self.deadline;
        if late {
            self.stop(Stop::Time);
        }
        late
    }

    pub(super) fn wrapped_by(&self, columns: usize) {
        self.columns_before.set(u32::try_from(columns).unwrap_or_default());
    }

    /// The place in the administrator's source of a place in what was evaluated. QuickJS counts the
    /// bytes of a line, people count characters.
    pub(super) fn location(&self, line: u32, column: u32) -> Location {
        let before = if line == 1 { self.columns_before.get() } else { 0 };
        let bytes = column.saturating_sub(before).max(1) as usize - 1;
        let text = self.source.split('\n').nth((line as usize).saturating_sub(1)).unwrap_or_default();
        let characters = text.get(..text.floor_char_boundary(bytes)).unwrap_or_default().chars().count();
        let column = u32::try_from(characters).unwrap_or(u32::MAX).saturating_add(1);
        Location { script: self.name.clone(), line, column }
    }

    pub(super) fn count_query(&self) -> Result<(), Stop> {
        self.count(|usage| &mut usage.queries, self.limits.queries, Stop::Queries)
    }

    pub(super) fn count_effect(&self) -> Result<(), Stop> {
        self.count(|usage| &mut usage.effects, self.limits.effects, Stop::Effects)
    }

    pub(super) fn count_rows(&self, rows: usize) -> Result<(), Stop> {
        let mut usage = self.usage.get();
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        if rows > self.rows_left() {
            return Err(Stop::Rows);
        }
        usage.rows += rows;
        self.usage.set(usage);
        Ok(())
    }

    pub(super) fn rows_left(&self) -> u32 {
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

    pub(super) fn cross_border(&self, bytes: usize) -> Result<(), Stop> {
        let left = self.border_bytes.get().checked_sub(bytes).ok_or(Stop::Memory)?;
        self.border_bytes.set(left);
        Ok(())
    }

    pub(super) fn log_is_full(&self) -> bool {
        self.log.borrow().len() >= self.limits.log_lines as usize
    }

    pub(super) fn leave_out_log_line(&self) {
        let mut usage = self.usage.get();
        usage.log_lines_left_out = usage.log_lines_left_out.saturating_add(1);
        self.usage.set(usage);
    }

    pub(super) fn log(&self, level: Level, mut text: String) {
        let mut log = self.log.borrow_mut();
        text.truncate(text.floor_char_boundary(MAX_LOG_LINE_BYTES));
        text.shrink_to_fit();
        log.push(LogLine { level, text });
    }

    pub(super) fn note_rejection(&self, promise: u64, error: ScriptError) {
        let mut rejections = self.rejections.borrow_mut();
        if rejections.len() < MAX_REJECTIONS {
            rejections.push((promise, error));
        }
    }

    pub(super) fn forget_rejection(&self, promise: u64) {
        self.rejections.borrow_mut().retain(|(other, _)| *other != promise);
    }

    /// The first rejection that nobody listened to.
    pub(super) fn take_rejection(&self) -> Option<ScriptError> {
        self.rejections.borrow_mut().drain(..).next().map(|(_, error)| error)
    }

    pub(super) fn report(&self) -> (Vec<LogLine>, Usage) {
        (self.log.take(), self.usage.get())
    }
}

#[expect(clippy::disallowed_methods, reason = "the time limit is measured; scripts never see this clock")]
fn now() -> Instant {
    Instant::now()
}
