//! What is wrong with a case, for the person who writes it: where, what, and what to write instead.

use rejoinder_engine::events::nearest;

/// Something that cannot be played, before it is known in which file it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub problem: String,
    /// What to do about it; empty where the problem says so.
    pub hint: String,
    /// The line of the section's body, from 1; 0 is the line that begins it.
    pub line: usize,
}

impl Fault {
    /// A fault of the line that begins a section.
    pub fn new(problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), hint: String::new(), line: 0 }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The line of the body that it stands in.
    #[must_use]
    pub fn at(mut self, line: usize) -> Self {
        self.line = line;
        self
    }

    /// A name that is not known, with the nearest one that is, or all of a few.
    pub fn unknown<'a>(
        problem: impl Into<String>,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let hint = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => String::new(),
            None if known.len() <= SHOWN => format!("there are: `{}`", known.join("`, `")),
            None => String::new(),
        };
        Self::new(problem).hint(hint)
    }
}

/// Names that are listed where none is near.
const SHOWN: usize = 24;

/// What is wrong with a case file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}: {problem}{}", told(.hint))]
pub struct CaseError {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
    /// What to do about it; empty where the problem says so.
    pub hint: String,
}

fn told(hint: &str) -> String {
    if hint.is_empty() { String::new() } else { format!("; {hint}") }
}

impl CaseError {
    /// The fault of a section that begins at `line` of the file.
    pub fn of(path: &str, line: usize, fault: Fault) -> Self {
        Self { path: path.to_owned(), line: line + fault.line, problem: fault.problem, hint: fault.hint }
    }
}
