//! What people who write scripts ask: whether one is right, and what they find.
//!
//! Runs nothing; [`super::script_run`] does.

use rejoinder_script::{Location, Script, Vocabulary, check as syntax, lint};

use crate::app::App;
use crate::error::AppError;
use crate::limits::SCRIPT_BYTES_MAX;

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The script does not run.
    Error,
    /// It runs, and fails where it comes to this place.
    Warning,
}

impl Severity {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Something that is wrong in a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line, from 1; `None` where the place is not known.
    pub line: Option<u32>,
    /// Column in characters, from 1; `None` likewise.
    pub column: Option<u32>,
    /// What is wrong, for the person who wrote it.
    pub message: String,
    /// How bad it is.
    pub severity: Severity,
}

/// The vocabulary of a word.
pub fn vocabulary(word: &str) -> Result<Vocabulary, AppError> {
    let shown: String = word.chars().take(80).collect();
    Vocabulary::parse(word).ok_or(AppError::NotFound { what: "vocabulary", name: shown })
}

/// Refuses a source that is too long to be looked at.
pub fn must_be_short(source: &str) -> Result<(), AppError> {
    if source.len() > SCRIPT_BYTES_MAX {
        return Err(AppError::Refused(format!("a script has at most {SCRIPT_BYTES_MAX} bytes")));
    }
    Ok(())
}

/// The names of the active script includes of a vocabulary, in the order of the alphabet.
pub fn includes(app: &App, vocabulary: Vocabulary) -> Result<Vec<String>, AppError> {
    let config = app.config()?;
    let all = config.automation.includes.values().filter(|include| include.vocabulary == vocabulary);
    Ok(all.map(|include| include.name.clone()).collect())
}

/// Everything that is certainly wrong in a script; nothing is run. `known` are names that it finds beside those of
/// its vocabulary, as [`includes`] gives them.
pub fn check(script: &Script<'_>, known: &[String]) -> Result<Vec<Fault>, AppError> {
    must_be_short(script.source)?;
    let fault = |at: Option<&Location>, message: String, severity| Fault {
        line: at.map(|at| at.line),
        column: at.map(|at| at.column),
        message,
        severity,
    };
    if let Err(error) = syntax(script) {
        return Ok(vec![fault(error.location(), without_place(&error), Severity::Error)]);
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let found = lint(script, &known).into_iter();
    Ok(found.map(|one| fault(Some(&one.at), one.message, Severity::Warning)).collect())
}

/// What an error says, without the place that stands beside it.
pub fn without_place(error: &rejoinder_script::ScriptError) -> String {
    let said = error.to_string();
    let place = error.location().map(|at| format!(" (at {at})")).unwrap_or_default();
    said.strip_suffix(&place).map_or(said.clone(), str::to_owned)
}

/// The line of a source with a caret under the column, for a terminal; nothing where there is no such line.
pub fn pointed_at(source: &str, line: u32, column: u32) -> Option<String> {
    let text = source.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
    let before = text.chars().take(usize::try_from(column).ok()?.saturating_sub(1));
    // Tabs stay tabs, so that the caret stands where the terminal has the character.
    let space: String = before.map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let margin = line.to_string();
    let empty = " ".repeat(margin.len());
    Some(format!("  {margin} | {text}\n  {empty} | {space}^"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIMPLE: Vocabulary = Vocabulary::SimpleOne;

    #[test]
    fn a_script_is_as_long_as_it_may_be_and_no_longer() {
        let source = " ".repeat(SCRIPT_BYTES_MAX);
        assert!(must_be_short(&source).is_ok());
        let error = must_be_short(&format!("{source} ")).map_err(|error| error.to_string());
        assert_eq!(error, Err(format!("a script has at most {SCRIPT_BYTES_MAX} bytes")));
    }

    #[test]
    fn a_fault_says_its_place_beside_its_message() -> Result<(), AppError> {
        let script = Script { name: "x", source: "let a = 1;\nlet b = ;", vocabulary: SIMPLE };
        let found = check(&script, &[])?;
        let places: Vec<_> = found.iter().map(|one| (one.line, one.column.is_some(), one.severity)).collect();
        assert_eq!(places, [(Some(2), true, Severity::Error)]);
        assert!(found.iter().all(|one| !one.message.contains("(at ")), "{found:?}");
        Ok(())
    }

    #[test]
    fn the_caret_stands_under_the_column() {
        let shown = pointed_at("a\n\tb c", 2, 4);
        assert_eq!(shown.as_deref(), Some("  2 | \tb c\n    | \t  ^"));
        assert_eq!(pointed_at("a", 2, 1), None);
    }
}
