//! What one run may use. Every limit ends the run in a way that the script cannot catch, except log
//! lines (further ones are left out) and the stack (a `RangeError`, which may be caught harmlessly).

/// Terms of one condition, encoded queries counted as one: more are refused.
pub const MAX_CONDITION_TERMS: usize = 1_000;
/// Bytes of a file that a script may read or write as text: more are refused.
pub const MAX_FILE_BYTES: usize = 5 << 20;
/// Days that working time is looked for or summed up over, a hundred years: about 10 ms of work.
pub const MAX_SCHEDULE_DAYS: u32 = 36_525;

/// Rewritten sources that a thread remembers.
pub const MAX_REWRITTEN: usize = 64;
/// Larger sources, in bytes, are rewritten for each run.
pub const MAX_REWRITTEN_BYTES: usize = 64 << 10;
/// The longest array that the functions of the language work on: more than the largest heap holds.
pub const MAX_ARRAY_LENGTH: u32 = 1 << 24;
/// Steps that looking for one text in another may take, as the product of their bytes: about a second.
pub const MAX_SEARCH_STEPS: u64 = 1 << 31;
/// Recipients that scripts may give one mail, of all kinds: more are refused.
pub const MAX_LETTER_ADDRESSES: usize = 500;
/// Bytes of a compiled pattern for addresses; a larger one is not asked.
pub const MAX_PATTERN_BYTES: usize = 1 << 20;
/// Bytes of a file that scripts read: of a larger one `readBase64` and `getContent` give nothing.
pub const MAX_READ_FILE_BYTES: u64 = 10 << 20;
/// Buttons of one mail of `SimpleEmailTemplate`.
pub const MAX_TEMPLATE_BUTTONS: usize = 50;
/// Characters of a preference of a user.
pub const MAX_PREFERENCE_CHARS: usize = 255;
/// Characters of the key of a text: a longer one is its own text.
pub const MAX_MESSAGE_KEY_CHARS: usize = 500;
/// Rows of one kind (criteria, delegations) that one question about a user reads.
pub const MAX_ROWS_OF_A_QUESTION: u32 = 500;

/// What one run may use. Values above the hard maxima count as the maxima: see [`Limits::clamped`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Milliseconds of wall time, including the time that the host takes to answer.
    pub time_ms: u64,
    /// Bytes of the interpreter's heap; also the bytes that may cross to the host in all.
    pub memory_bytes: usize,
    /// Bytes of native stack, which bounds the depth of calls.
    pub stack_bytes: usize,
    /// Reads of the host: `get`, `query`, display values, walks through references.
    pub queries: u32,
    /// Rows that these return, in all.
    pub rows: u32,
    /// Inserts, updates, deletions, events and copies of attachments, also refused ones.
    pub effects: u32,
    /// Lines of the log that are kept.
    pub log_lines: u32,
}

impl Limits {
    /// The most wall time, 30 s: longer and a stuck script would outlive the lease of its work.
    pub const MAX_TIME_MS: u64 = 30_000;
    /// The largest heap, 256 MiB. Native loops such as `join` are not interrupted: the heap is what
    /// bounds them, to about 10 s at this maximum.
    pub const MAX_MEMORY_BYTES: usize = 256 << 20;
    /// The smallest heap, 1 MiB: below it the sandbox itself does not start.
    pub const MIN_MEMORY_BYTES: usize = 1 << 20;
    /// The largest stack, 512 KiB: a quarter of what Rust gives a thread.
    pub const MAX_STACK_BYTES: usize = 512 << 10;
    /// The smallest stack, 64 KiB: below it the sandbox itself does not start.
    pub const MIN_STACK_BYTES: usize = 64 << 10;
    /// The most reads.
    pub const MAX_QUERIES: u32 = 10_000;
    /// The most rows.
    pub const MAX_ROWS: u32 = 100_000;
    /// The most planned effects: a plan is applied in one transaction.
    pub const MAX_EFFECTS: u32 = 10_000;
    /// The most log lines.
    pub const MAX_LOG_LINES: u32 = 10_000;
    /// Sandboxes that [`crate::prepare`] keeps for a thread, about 100 KB each.
    pub const MAX_PREPARED: usize = 16;

    /// The limits, each brought within what the sandbox can hold and a server can bear.
    pub fn clamped(self) -> Self {
        Self {
            time_ms: self.time_ms.min(Self::MAX_TIME_MS),
            memory_bytes: self.memory_bytes.clamp(Self::MIN_MEMORY_BYTES, Self::MAX_MEMORY_BYTES),
            stack_bytes: self.stack_bytes.clamp(Self::MIN_STACK_BYTES, Self::MAX_STACK_BYTES),
            queries: self.queries.min(Self::MAX_QUERIES),
            rows: self.rows.min(Self::MAX_ROWS),
            effects: self.effects.min(Self::MAX_EFFECTS),
            log_lines: self.log_lines.min(Self::MAX_LOG_LINES),
        }
    }
}

impl Default for Limits {
    /// Ample for an action on one mail, and little enough that a mail storm stays bearable.
    fn default() -> Self {
        Self {
            time_ms: 2_000,
            memory_bytes: 32 << 20,
            stack_bytes: 256 << 10,
            queries: 200,
            rows: 5_000,
            effects: 200,
            log_lines: 500,
        }
    }
}

/// What a run used. Holds no times, so that two runs of one decision compare equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Reads of the host.
    pub queries: u32,
    /// Rows that they returned.
    pub rows: u32,
    /// Effects asked of the host, also refused ones.
    pub effects: u32,
    /// Log lines that the limit left out.
    pub log_lines_left_out: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wild_limits_are_brought_within_the_maxima() {
        let wild = Limits {
            time_ms: u64::MAX,
            memory_bytes: usize::MAX,
            stack_bytes: 0,
            queries: u32::MAX,
            rows: u32::MAX,
            effects: u32::MAX,
            log_lines: u32::MAX,
        };
        let clamped = wild.clamped();
        assert_eq!(clamped.time_ms, Limits::MAX_TIME_MS);
        assert_eq!(clamped.memory_bytes, Limits::MAX_MEMORY_BYTES);
        assert_eq!(clamped.stack_bytes, Limits::MIN_STACK_BYTES);
        assert_eq!(clamped.queries, Limits::MAX_QUERIES);
        assert_eq!(clamped.rows, Limits::MAX_ROWS);
        assert_eq!(clamped.effects, Limits::MAX_EFFECTS);
        assert_eq!(clamped.log_lines, Limits::MAX_LOG_LINES);
        assert_eq!(clamped.clamped(), clamped);
        let other_ends = Limits { memory_bytes: 0, stack_bytes: usize::MAX, ..wild }.clamped();
        assert_eq!(other_ends.memory_bytes, Limits::MIN_MEMORY_BYTES);
        assert_eq!(other_ends.stack_bytes, Limits::MAX_STACK_BYTES);
    }

    #[test]
    fn the_defaults_are_within_the_maxima() {
        assert_eq!(Limits::default().clamped(), Limits::default());
    }
}
