//! Why a script gave no value, for the administrator who wrote it. Locations are those of the
//! administrator's own source, never of the sandbox's code around it.

use std::fmt;

use thiserror::Error;

/// A place in a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The script's name.
    pub script: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.script, self.line, self.column)
    }
}

/// ` (at script:line:column)`, or nothing.
fn place(at: Option<&Location>) -> String {
    at.map(|at| format!(" (at {at})")).unwrap_or_default()
}

/// Why a script gave no value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScriptError {
    /// The source is not JavaScript.
    #[error("{message}{}", place(at.as_ref()))]
    Syntax {
        /// What the parser missed.
        message: String,
        /// Where.
        at: Option<Location>,
    },
    /// The script threw and did not catch, or a promise was rejected and nobody listened.
    #[error("{message}{}", place(at.as_ref()))]
    Thrown {
        /// The name and message of the error, or the thrown value as text.
        message: String,
        /// The host's code when the error was a refusal of the host.
        host_code: Option<String>,
        /// Where it was created; unknown when something else than an `Error` was thrown.
        at: Option<Location>,
        /// The calls that led there, innermost first, one per line.
        stack: String,
    },
    /// The script took too long.
    #[error("the script took longer than {limit_ms} ms{}", place(at.as_ref()))]
    Time {
        /// The limit in milliseconds.
        limit_ms: u64,
        /// Where it was then.
        at: Option<Location>,
    },
    /// The script needed too much memory, or sent too much to the host.
    #[error("the script needs more than {limit_bytes} bytes of memory{}", place(at.as_ref()))]
    Memory {
        /// The limit in bytes.
        limit_bytes: usize,
        /// Where it was then, as far as there was memory to note it.
        at: Option<Location>,
    },
    /// Calls were nested too deeply.
    #[error("calls are nested too deeply{}", place(at.as_ref()))]
    Stack {
        /// The innermost place.
        at: Option<Location>,
    },
    /// Too many reads.
    #[error("the script made more than {limit} queries{}", place(at.as_ref()))]
    Queries {
        /// The limit.
        limit: u32,
        /// The read that was one too many.
        at: Option<Location>,
    },
    /// Too many rows.
    #[error("the script read more than {limit} rows{}", place(at.as_ref()))]
    Rows {
        /// The limit.
        limit: u32,
        /// The read that was one too many.
        at: Option<Location>,
    },
    /// Too many effects.
    #[error("the script made more than {limit} changes{}", place(at.as_ref()))]
    Effects {
        /// The limit.
        limit: u32,
        /// The change that was one too many.
        at: Option<Location>,
    },
    /// The script asked that the action be aborted.
    #[error("aborted by the script: {message}{}", place(at.as_ref()))]
    Aborted {
        /// The reason that it gave; may be empty.
        message: String,
        /// Where.
        at: Option<Location>,
    },
    /// The script used something that does not exist here.
    #[error("{member} is not supported{}{}{}", reason(why.as_deref()), hint(nearest.as_deref()), place(at.as_ref()))]
    NotSupported {
        /// With its owner, as in `SimpleRecord.addEncodedQuery`.
        member: String,
        /// Why, where it is known to be missing, and what to use.
        why: Option<String>,
        /// The nearest name that exists.
        nearest: Option<String>,
        /// Where.
        at: Option<Location>,
    },
    /// The host ended the run.
    #[error("{message}{}", place(at.as_ref()))]
    Host {
        /// The host's stable code.
        code: &'static str,
        /// The host's message.
        message: String,
        /// The call that it answered.
        at: Option<Location>,
    },
    /// The value that the script gave is nested too deeply or refers to itself.
    #[error("the script's result is nested too deeply or refers to itself")]
    Result,
    /// The sandbox itself failed: a defect of this program, not of the script.
    #[error("the script engine failed: {message}")]
    Engine {
        /// What it said.
        message: String,
    },
}

/// `: why`, or nothing.
fn reason(why: Option<&str>) -> String {
    why.map(|why| format!(": {why}")).unwrap_or_default()
}

/// `; did you mean x?`, or nothing.
fn hint(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}

impl ScriptError {
    /// A stable code for programs, traces and translations.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "script_syntax",
            Self::Thrown { .. } => "script_thrown",
            Self::Time { .. } => "script_time_limit",
            Self::Memory { .. } => "script_memory_limit",
            Self::Stack { .. } => "script_stack_limit",
            Self::Queries { .. } => "script_query_limit",
            Self::Rows { .. } => "script_row_limit",
            Self::Effects { .. } => "script_effect_limit",
            Self::Aborted { .. } => "script_aborted",
            Self::NotSupported { .. } => "script_not_supported",
            Self::Host { .. } => "script_host",
            Self::Result => "script_result",
            Self::Engine { .. } => "script_engine",
        }
    }

    /// Where in the script, as far as it is known.
    pub const fn location(&self) -> Option<&Location> {
        match self {
            Self::Syntax { at, .. }
            | Self::Thrown { at, .. }
            | Self::Time { at, .. }
            | Self::Memory { at, .. }
            | Self::Stack { at }
            | Self::Queries { at, .. }
            | Self::Rows { at, .. }
            | Self::Effects { at, .. }
            | Self::Aborted { at, .. }
            | Self::NotSupported { at, .. }
            | Self::Host { at, .. } => at.as_ref(),
            Self::Result | Self::Engine { .. } => None,
        }
    }
}
