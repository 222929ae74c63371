//! The shape of files: each opens by saying what it is for, none grows without end, and the two databases have the
//! same migrations.

use std::collections::BTreeSet;

use crate::{Finding, Workspace};

/// Lines of a source file, its tests included. A longer one holds more than one thing and is to be divided; files
/// that hold only tests, and generated ones, are not counted.
pub const MAX_LINES: usize = 600;

/// What the first line of a generated file contains.
const GENERATED: &str = "@generated";

/// The folders with the migrations of each database.
const MIGRATIONS: [&str; 2] = ["crates/store/migrations/sqlite/", "crates/store/migrations/postgres/"];

/// Sources that do not open with `//!`.
pub fn opening_words(workspace: &Workspace) -> Vec<Finding> {
    let silent = |text: &str| !text.lines().next().is_some_and(|line| line.starts_with("//! "));
    let sources = workspace.sources.iter().filter(|source| source.in_src && silent(&source.text));
    sources.map(|source| Finding::at(&source.path, 1, "opens without `//!`: say what it is for")).collect()
}

/// Sources of more than [`MAX_LINES`] lines.
pub fn lengths(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in workspace.sources.iter().filter(|source| source.in_src && !source.is_test) {
        let generated = source.text.lines().next().is_some_and(|line| line.contains(GENERATED));
        let lines = source.text.lines().count();
        if lines > MAX_LINES && !generated {
            findings.push(Finding::of(
                &source.path,
                format!("has {lines} lines, more than {MAX_LINES}: divide it"),
            ));
        }
    }
    findings
}

/// Migrations that only one of the databases has. Both folders empty is a finding too: then they have moved.
pub fn migrations(workspace: &Workspace) -> Vec<Finding> {
    let [sqlite, postgres] = MIGRATIONS.map(|folder| {
        workspace.paths.iter().filter_map(|path| path.strip_prefix(folder)).collect::<BTreeSet<_>>()
    });
    if sqlite.is_empty() && postgres.is_empty() {
        return vec![Finding::of(MIGRATIONS.join(" and "), "hold no migration")];
    }
    let mut findings = Vec::new();
    for name in sqlite.symmetric_difference(&postgres) {
        let [with, without] = if sqlite.contains(name) { MIGRATIONS } else { [MIGRATIONS[1], MIGRATIONS[0]] };
        findings.push(Finding::of(format!("{with}{name}"), format!("has no counterpart in {without}")));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(findings: Vec<Finding>) -> Vec<String> {
        findings.into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn a_file_that_does_not_say_what_it_is_for_is_found() {
        let workspace = Workspace::of([
            ("crates/mail/src/a.rs", "//! Reads dates.\n"),
            ("crates/mail/src/b.rs", "use a;\n//! Too late.\n"),
            ("crates/mail/src/c.rs", ""),
            ("crates/mail/src/d.rs", "//!\n"),
            ("crates/mail/tests/e.rs", "use a;"),
        ]);
        let expected = ["crates/mail/src/b.rs:1", "crates/mail/src/c.rs:1", "crates/mail/src/d.rs:1"];
        assert_eq!(places(opening_words(&workspace)), expected);
    }

    #[test]
    fn a_file_one_line_over_the_limit_is_found() {
        let workspace = Workspace::of([
            ("crates/mail/src/lib.rs", "#[cfg(test)]\nmod tests;".to_owned()),
            ("crates/mail/src/full.rs", "x\n".repeat(MAX_LINES)),
            ("crates/mail/src/over.rs", "x\n".repeat(MAX_LINES + 1)),
            ("crates/mail/src/made.rs", format!("//! @generated\n{}", "x\n".repeat(MAX_LINES))),
            ("crates/mail/src/tests.rs", "x\n".repeat(MAX_LINES + 1)),
            ("crates/mail/tests/long.rs", "x\n".repeat(MAX_LINES + 1)),
        ]);
        assert_eq!(places(lengths(&workspace)), ["crates/mail/src/over.rs"]);
    }

    #[test]
    fn a_migration_of_one_database_only_is_found() {
        let workspace = Workspace::of([
            ("crates/store/migrations/sqlite/0001_spine.sql", ""),
            ("crates/store/migrations/postgres/0001_spine.sql", ""),
            ("crates/store/migrations/sqlite/0002_search.sql", ""),
            ("crates/store/migrations/postgres/0002_serach.sql", ""),
        ]);
        let expected = [
            "crates/store/migrations/sqlite/0002_search.sql",
            "crates/store/migrations/postgres/0002_serach.sql",
        ];
        assert_eq!(places(migrations(&workspace)), expected);
        assert_eq!(migrations(&Workspace::default()).len(), 1);
    }
}
