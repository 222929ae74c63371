//! Outcomes beside what a case states: whether they are the same, and else what differs, line by line.

use std::fmt::Write as _;

use crate::case::Case;
use crate::error::CaseError;
use crate::limits::{COMPARED_MAX, CONTEXT_LINES};
use crate::play::Played;

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Everything came as stated.
    Passed,
    /// Something came otherwise.
    Failed(Vec<Difference>),
    /// The case could not be played.
    Broken(CaseError),
}

/// An expectation that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The line of the file at which stated and found first differ, from 1.
    pub line: usize,
    /// All lines of both, in order.
    pub lines: Vec<Compared>,
}

/// A line of what was stated, of what was found, or of both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compared {
    /// Stated and found.
    Both(String),
    /// Stated, and not found.
    Expected(String),
    /// Found, and not stated.
    Got(String),
}

/// How the case ended that was played so.
pub fn verdict(case: &Case, played: &Result<Played, CaseError>) -> Verdict {
    let played = match played {
        Ok(played) => played,
        Err(error) => return Verdict::Broken(error.clone()),
    };
    let pairs = case.stated().zip(&played.outcomes);
    let differences: Vec<Difference> =
        pairs.filter_map(|(stated, found)| difference(stated.line, &stated.body, found)).collect();
    if differences.is_empty() { Verdict::Passed } else { Verdict::Failed(differences) }
}

/// What differs; `None` where nothing does. Empty lines at the end and blanks at the ends of lines do not count.
fn difference(line: usize, stated: &str, found: &str) -> Option<Difference> {
    let lines =
        |text: &str| text.trim_end().lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    let (stated, found) = (lines(stated), lines(found));
    if stated == found {
        return None;
    }
    let lines = compare(&stated, &found);
    let same = lines.iter().take_while(|line| matches!(line, Compared::Both(_))).count();
    // A line that only came too much is said at the line before which it is missing.
    Some(Difference { line: line + (same + 1).min(stated.len().max(1)), lines })
}

/// The longest run of lines that both have, in order, and the others at their places.
fn compare(stated: &[String], found: &[String]) -> Vec<Compared> {
    if stated.len().saturating_mul(found.len()) > COMPARED_MAX {
        let expected = stated.iter().cloned().map(Compared::Expected);
        return expected.chain(found.iter().cloned().map(Compared::Got)).collect();
    }
    let width = found.len() + 1;
    let mut common = vec![0_u32; (stated.len() + 1) * width];
    let at =
        |common: &[u32], row: usize, column: usize| common.get(row * width + column).copied().unwrap_or(0);
    for (row, left) in stated.iter().enumerate().rev() {
        for (column, right) in found.iter().enumerate().rev() {
            let best = if left == right {
                at(&common, row + 1, column + 1) + 1
            } else {
                at(&common, row + 1, column).max(at(&common, row, column + 1))
            };
            if let Some(slot) = common.get_mut(row * width + column) {
                *slot = best;
            }
        }
    }
    let (mut row, mut column, mut lines) = (0, 0, Vec::new());
    loop {
        match (stated.get(row), found.get(column)) {
            (Some(left), Some(right)) if left == right => {
                lines.push(Compared::Both(left.clone()));
                (row, column) = (row + 1, column + 1);
            }
            (Some(left), right)
                if right.is_none() || at(&common, row + 1, column) >= at(&common, row, column + 1) =>
            {
                lines.push(Compared::Expected(left.clone()));
                row += 1;
            }
            (_, Some(right)) => {
                lines.push(Compared::Got(right.clone()));
                column += 1;
            }
            (_, None) => return lines,
        }
    }
}

impl Difference {
    /// The lines that differ with a few around them: `-` was expected, `+` came.
    pub fn tell(&self) -> String {
        let differs: Vec<bool> = self.lines.iter().map(|line| !matches!(line, Compared::Both(_))).collect();
        let near = |place: usize| {
            let around = place.saturating_sub(CONTEXT_LINES)..=place + CONTEXT_LINES;
            around.into_iter().any(|other| differs.get(other).copied().unwrap_or(false))
        };
        let (mut out, mut left_out) = (String::new(), false);
        for (place, line) in self.lines.iter().enumerate() {
            if !near(place) {
                left_out = true;
                continue;
            }
            if std::mem::take(&mut left_out) {
                out.push_str("    …\n");
            }
            let (mark, text) = match line {
                Compared::Both(text) => (' ', text),
                Compared::Expected(text) => ('-', text),
                Compared::Got(text) => ('+', text),
            };
            let _ = writeln!(out, "  {mark} {text}");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(stated: &str, found: &str) -> (usize, String) {
        let difference = difference(10, stated, found).unwrap();
        (difference.line, difference.tell())
    }

    #[test]
    fn blanks_at_the_ends_do_not_count() {
        assert_eq!(difference(1, "a\nb  \n\n\n", "a  \nb\n"), None);
        assert_eq!(difference(1, "\n", ""), None);
    }

    #[test]
    fn what_differs_is_shown_at_its_line_with_a_little_around_it() {
        let (line, text) = told("a\nb\nc\nd\ne\nf\ng\n", "a\nb\nc\nd\nx\nf\ng\n");
        assert_eq!((line, text.as_str()), (15, "    …\n    c\n    d\n  - e\n  + x\n    f\n    g\n"));
        assert_eq!(CONTEXT_LINES, 2);
    }

    #[test]
    fn a_line_too_much_and_a_line_too_few() {
        assert_eq!(told("a\nb", "a\nx\nb"), (12, "    a\n  + x\n    b\n".to_owned()));
        assert_eq!(told("a\nb", "a"), (12, "    a\n  - b\n".to_owned()));
        assert_eq!(told("", "a"), (11, "  + a\n".to_owned()));
    }

    #[test]
    fn long_ones_are_shown_one_after_the_other() {
        let many = |word: &str| {
            let lines: Vec<String> = (0..2_001).map(|n| format!("{word}{n}")).collect();
            lines.join("\n") + "\n"
        };
        const { assert!(2_001 * 2_001 > COMPARED_MAX) };
        let (_, text) = told(&(many("a") + "end"), &(many("b") + "end"));
        assert_eq!(text.lines().count(), 2 * 2_002);
        assert!(text.starts_with("  - a0\n") && text.ends_with("  + end\n"), "the end alone is the same");
    }
}
