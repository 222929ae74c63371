//! What a check has to say: where, and what is wrong there. Deciding what to do about it is the reader's part.

use std::fmt;

/// One breach of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file with its line, the package, or the document.
    pub place: String,
    /// What is wrong, and what to do instead where that is not plain.
    pub problem: String,
}

impl Finding {
    /// A breach at a line (counted from 1) of a file.
    pub fn at(path: &str, line: usize, problem: impl Into<String>) -> Self {
        Self { place: format!("{path}:{line}"), problem: problem.into() }
    }

    /// A breach that has no line: a package, a folder, a whole file.
    pub fn of(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

/// All findings, one to a line, under a line that says which rule they break. Empty when there are none.
pub fn report(rule: &str, findings: &[Finding]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = findings.iter().map(|finding| format!("  {finding}")).collect();
    format!("\n{rule}\n{}\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_the_rule_and_each_place() {
        let findings = [Finding::at("a.rs", 3, "wrong"), Finding::of("serde", "odd")];
        assert_eq!(report("The rule.", &findings), "\nThe rule.\n  a.rs:3: wrong\n  serde: odd\n");
        assert_eq!(report("The rule.", &[]), "");
    }
}
