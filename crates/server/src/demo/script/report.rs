//! What the script prints, and how it counts.

use std::io::{self, Write};

use super::api::Letter;

/// Characters of a value that a line shows; the rest is `…`.
const SHOWN_CHARS: usize = 90;

/// Why the script ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A step does not hold.
    #[error("{fact}: expected {expected}, seen {seen}")]
    Check {
        /// What was checked.
        fact: String,
        /// What should have been seen.
        expected: String,
        /// What was seen.
        seen: String,
    },
    /// Something did not happen in time.
    #[error("waited {seconds} s in vain: {what}")]
    Late {
        /// What was waited for.
        what: String,
        /// For how long.
        seconds: u64,
    },
    /// The API could not be asked, or said no.
    #[error("{method} {path}: {said}")]
    Api {
        /// The method.
        method: &'static str,
        /// The path.
        path: String,
        /// What it said.
        said: String,
    },
    /// A mail was not taken.
    #[error("the mail \"{subject}\" was not taken: {said}")]
    Mail {
        /// Its subject.
        subject: String,
        /// What the listener said.
        said: String,
    },
    /// The seed was played very often on this demo.
    #[error("seed {seed} was played {runs} times on this demo: take another seed, or a new folder")]
    UsedUp {
        /// The seed.
        seed: u64,
        /// How often.
        runs: u32,
    },
    /// The output is gone.
    #[error("the output cannot be written")]
    Output(#[from] io::Error),
}

/// Prints the play and counts its checks.
pub(super) struct Report<'a> {
    out: &'a mut dyn Write,
    passed: usize,
}

impl<'a> Report<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, passed: 0 }
    }

    /// The heading of the play.
    pub(super) fn title(&mut self, text: &str) -> Result<(), Failure> {
        Ok(writeln!(self.out, "{text}")?)
    }

    /// The heading of a step.
    pub(super) fn step(&mut self, name: &str, text: &str) -> Result<(), Failure> {
        Ok(writeln!(self.out, "\n{name:<3}{text}")?)
    }

    /// What somebody does, or what was said to it.
    pub(super) fn says(&mut self, text: &str) -> Result<(), Failure> {
        Ok(writeln!(self.out, "     {text}")?)
    }

    /// A mail as its reader sees it.
    pub(super) fn letter(&mut self, reader: &str, mail: &Letter) -> Result<(), Failure> {
        writeln!(self.out, "     In the mailbox of {reader}:")?;
        writeln!(self.out, "     | From:    {}", mail.from)?;
        writeln!(self.out, "     | Subject: {}", mail.subject)?;
        for line in std::iter::once("").chain(mail.text.trim_end().lines()) {
            writeln!(self.out, "{}", format!("     | {line}").trim_end())?;
        }
        Ok(())
    }

    /// What was decided about a mail, in the words of the program.
    pub(super) fn explained(&mut self, title: &str, lines: &[&str]) -> Result<(), Failure> {
        writeln!(self.out, "     {title}")?;
        for line in lines {
            writeln!(self.out, "       {line}")?;
        }
        Ok(())
    }

    /// A fact that must be so.
    pub(super) fn is(&mut self, fact: &str, expected: &str, seen: &str) -> Result<(), Failure> {
        self.holds(fact, expected, seen, expected == seen)
    }

    /// A number that must be so.
    pub(super) fn count(&mut self, fact: &str, expected: usize, seen: usize) -> Result<(), Failure> {
        self.is(fact, &expected.to_string(), &seen.to_string())
    }

    /// Something that must be part of what was seen.
    pub(super) fn contains(&mut self, fact: &str, expected: &str, seen: &str) -> Result<(), Failure> {
        let here = seen.contains(expected);
        let shown = if here { expected } else { seen };
        self.holds(fact, &format!("something with \"{expected}\""), shown, here)
    }

    /// A fact that holds or not, with both sides for the reader.
    pub(super) fn holds(
        &mut self,
        fact: &str,
        expected: &str,
        seen: &str,
        holds: bool,
    ) -> Result<(), Failure> {
        if holds {
            self.passed += 1;
            return Ok(writeln!(self.out, "   \u{2713} {fact}: {}", one_line(seen))?);
        }
        writeln!(self.out, "   \u{2717} {fact}")?;
        writeln!(self.out, "       expected: {expected}")?;
        writeln!(self.out, "       seen:     {seen}")?;
        Err(Failure::Check { fact: fact.to_owned(), expected: expected.to_owned(), seen: seen.to_owned() })
    }

    /// The last line.
    pub(super) fn end(&mut self, seed: u64, failed: usize) -> Result<(), Failure> {
        writeln!(self.out, "\ndemo script: {} checks passed, {failed} failed (seed {seed})", self.passed)?;
        Ok(self.out.flush()?)
    }
}

/// A value on one line of bounded length.
fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SHOWN_CHARS {
        return line;
    }
    let cut: String = line.chars().take(SHOWN_CHARS).collect();
    format!("{cut}\u{2026}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(act: impl FnOnce(&mut Report<'_>) -> Result<(), Failure>) -> (String, Result<(), Failure>) {
        let mut out = Vec::new();
        let ended = act(&mut Report::new(&mut out));
        (String::from_utf8(out).unwrap(), ended)
    }

    #[test]
    fn a_check_that_holds_is_counted_and_says_what_was_seen() {
        let (text, ended) = printed(|report| {
            report.is("state", "in_progress", "in_progress")?;
            report.contains("subject", "INC1", "[INC1] Printer")?;
            report.end(7, 0)
        });
        ended.unwrap();
        assert_eq!(
            text,
            "   ✓ state: in_progress\n   ✓ subject: INC1\n\ndemo script: 2 checks passed, 0 failed (seed 7)\n"
        );
    }

    #[test]
    fn a_check_that_fails_says_both_sides_and_ends_the_play() {
        let (text, ended) = printed(|report| report.count("mails", 1, 2));
        assert!(
            matches!(ended, Err(Failure::Check { expected, seen, .. }) if expected == "1" && seen == "2")
        );
        assert_eq!(text, "   ✗ mails\n       expected: 1\n       seen:     2\n");
    }

    #[test]
    fn a_long_value_is_cut_at_the_limit_and_stays_on_its_line() {
        let exact = "ж".repeat(SHOWN_CHARS);
        assert_eq!(one_line(&exact), exact);
        assert_eq!(one_line(&format!("{exact}ж")), format!("{exact}…"));
        assert_eq!(one_line("a\n\n b"), "a b");
    }
}
