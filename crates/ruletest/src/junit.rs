//! Results as JUnit XML, the form that systems for continuous integration read: one `testsuite` a group, one `testcase` a
//! case. What differs is a `failure`, what could not be played an `error`.

use std::fmt::Write as _;

use crate::compare::Verdict;

/// One case as it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Result {
    /// The pack or folder.
    pub suite: String,
    /// The case.
    pub name: String,
    /// Its file.
    pub path: String,
    /// How long it took, in microseconds.
    pub micros: u64,
    /// How it ended.
    pub verdict: Verdict,
}

/// The whole document; suites in the order in which they come.
pub fn document(results: &[Result]) -> String {
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let _ = writeln!(out, "<testsuites name=\"rejoinder test\" {}>", counts(results));
    for suite in results.chunk_by(|one, next| one.suite == next.suite) {
        let name = suite.first().map_or("", |result| result.suite.as_str());
        let _ = writeln!(out, "  <testsuite name=\"{}\" {}>", escaped(name), counts(suite));
        suite.iter().for_each(|result| test_case(result, &mut out));
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn counts(results: &[Result]) -> String {
    let count = |which: fn(&Verdict) -> bool| results.iter().filter(|result| which(&result.verdict)).count();
    let failures = count(|verdict| matches!(verdict, Verdict::Failed(_)));
    let errors = count(|verdict| matches!(verdict, Verdict::Broken(_)));
    let time = seconds(results.iter().map(|result| result.micros).sum());
    format!("tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{time}\"", results.len())
}

fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

fn test_case(result: &Result, out: &mut String) {
    let (class, name) = (escaped(&result.suite), escaped(&result.name));
    let _ = write!(
        out,
        "    <testcase classname=\"{class}\" name=\"{name}\" time=\"{}\"",
        seconds(result.micros)
    );
    match &result.verdict {
        Verdict::Passed => out.push_str("/>\n"),
        Verdict::Failed(differences) => {
            let told: Vec<String> = differences
                .iter()
                .map(|one| format!("{}:{}\n{}", result.path, one.line, one.tell()))
                .collect();
            let line = differences.first().map_or(0, |first| first.line);
            let message = format!("{}:{line}: it came otherwise than stated", result.path);
            element(out, "failure", "difference", &message, &told.concat());
        }
        Verdict::Broken(error) => element(out, "error", "unplayable", &error.to_string(), &error.to_string()),
    }
}

fn element(out: &mut String, name: &str, kind: &str, message: &str, text: &str) {
    let _ = writeln!(
        out,
        ">\n      <{name} type=\"{kind}\" message=\"{}\">{}</{name}>\n    </testcase>",
        escaped(message),
        escaped(text)
    );
}

/// Text for XML 1.0: what has a meaning there is escaped, and what must not stand there at all is shown by its number.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(c),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}
