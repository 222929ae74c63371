//! SQL stands in one crate. Looked for in string literals by their first words, which is what SQL in Rust looks like;
//! tests are left out.

use crate::workspace::Source;
use crate::{Finding, Workspace};

/// The folder below `crates/` that writes SQL.
const HOME: &str = "store";

/// The folder below `crates/` in which `SELECT` alone is a command of IMAP (RFC 9051, 6.3.2).
const SPEAKS_IMAP: &str = "wire";

/// How a statement begins, and what follows in it where the first word alone is also an HTTP method or plain English.
const STATEMENTS: [(&str, &str); 9] = [
    ("SELECT ", ""),
    ("INSERT INTO ", ""),
    ("UPDATE ", " SET "),
    ("DELETE FROM ", ""),
    ("CREATE TABLE ", ""),
    ("CREATE INDEX ", ""),
    ("CREATE UNIQUE INDEX ", ""),
    ("ALTER TABLE ", ""),
    ("DROP TABLE ", ""),
];

/// Statements in the sources of crates other than the store.
pub fn sql(workspace: &Workspace) -> Vec<Finding> {
    let outside = workspace.sources.iter().filter(|source| source.in_src && source.krate != HOME);
    outside.flat_map(sql_of).collect()
}

fn sql_of(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for literal in source.scan.literals.iter().filter(|literal| !source.is_test_line(literal.line)) {
        let text = literal.text.replace("\\\n", " ").replace("\\n", " ");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let Some((first, _)) =
            STATEMENTS.iter().find(|(first, later)| text.starts_with(first) && text.contains(later))
        else {
            continue;
        };
        let imap = source.krate == SPEAKS_IMAP && *first == "SELECT " && !text.contains(" FROM ");
        if !imap {
            let problem = format!("`{}…` is SQL: only crates/{HOME} speaks to a database", first.trim_end());
            findings.push(Finding::at(&source.path, literal.line, problem));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<String> {
        sql(&Workspace::of([(path, text)])).into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn statements_outside_the_store_are_found() {
        let text = "f(\"SELECT 1\");\nf(\"\\n  INSERT INTO t\");\nf(r#\"\n UPDATE t\n SET a = 1\"#);\nf(\"DELETE FROM t\");\nf(\"CREATE TABLE t\");\n";
        let places = ["a.rs:1", "a.rs:2", "a.rs:3", "a.rs:6", "a.rs:7"]
            .map(|place| format!("crates/engine/src/{place}"));
        assert_eq!(lines("crates/engine/src/a.rs", text), places);
        assert!(lines("crates/store/src/a.rs", text).is_empty());
    }

    #[test]
    fn prose_http_and_imap_are_no_sql() {
        let text = "f(\"DELETE\"); f(\"UPDATE your client\"); f(\"SELECTED\"); f(\"please SELECT one\"); // \"SELECT 1\"\n";
        assert!(lines("crates/server/src/a.rs", text).is_empty());
        assert!(lines("crates/wire/src/imap.rs", "f(\"SELECT INBOX\")").is_empty());
        assert_eq!(lines("crates/wire/src/imap.rs", "f(\"SELECT a FROM b\")").len(), 1);
        assert!(
            lines("crates/engine/src/a.rs", "#[cfg(test)]\nmod tests { fn f() { g(\"SELECT 1\"); } }")
                .is_empty()
        );
    }
}
