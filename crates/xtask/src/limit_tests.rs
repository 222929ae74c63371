//! A limit that no test stands at is a guess: each constant of a `limits.rs` is named in a test.

use std::collections::BTreeMap;

use crate::workspace::Source;
use crate::{Finding, Workspace};

/// The file name that holds the limits of a crate or of a part of it.
const FILE: &str = "/limits.rs";

/// Constants of all `limits.rs` that no test names. A test of the same crate counts, and a test elsewhere that also
/// names the crate (`rejoinder_mail`), so that equal names of two crates do not stand in for one another.
pub fn untested_limits(workspace: &Workspace) -> Vec<Finding> {
    let tested = words_of_tests(workspace);
    let mut findings = Vec::new();
    for source in workspace.sources.iter().filter(|source| source.in_src && source.path.ends_with(FILE)) {
        let library = format!("rejoinder_{}", source.krate);
        for (line, name) in constants(source) {
            let named = tested.iter().any(|(test, words)| {
                words.contains(&name) && (test.krate == source.krate || words.contains(&library.as_str()))
            });
            if !named {
                findings.push(Finding::at(&source.path, line, format!("no test names the limit `{name}`")));
            }
        }
    }
    findings
}

fn constants(source: &Source) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for window in source.scan.tokens.windows(3) {
        let [keyword, name, colon] = window else { continue };
        let limit = keyword.text == "const" && colon.text == ":" && name.text != "_";
        if limit && !source.is_test_line(name.line) {
            found.push((name.line, name.text.as_str()));
        }
    }
    found
}

struct Test<'a> {
    krate: &'a str,
}

fn words_of_tests(workspace: &Workspace) -> Vec<(Test<'_>, Vec<&str>)> {
    let mut files: BTreeMap<&str, (Test<'_>, Vec<&str>)> = BTreeMap::new();
    for source in &workspace.sources {
        for token in source.scan.tokens.iter().filter(|token| source.is_test_line(token.line)) {
            let entry =
                files.entry(&source.path).or_insert_with(|| (Test { krate: &source.krate }, Vec::new()));
            entry.1.push(&token.text);
        }
    }
    files.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_without_a_test_is_found() {
        let workspace = Workspace::of([
            (
                "crates/mail/src/limits.rs",
                "pub const MAX_A: usize = 1;\nconst MAX_B: usize = 2;\npub const fn f() {}\nimpl X { pub const MAX_C: u8 = 1; }\n",
            ),
            ("crates/mail/src/a.rs", "use MAX_B;\n#[cfg(test)]\nmod tests { use super::MAX_A; /* MAX_B */ }"),
            ("crates/mail/tests/c.rs", "fn f() { X::MAX_C; }"),
        ]);
        let found: Vec<String> = untested_limits(&workspace).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["crates/mail/src/limits.rs:2: no test names the limit `MAX_B`"]);
    }

    #[test]
    fn a_limit_of_the_same_name_in_another_crate_does_not_count() {
        let limits = "pub const MAX_LINE: usize = 1;";
        let of = |elsewhere: &'static str| {
            Workspace::of([("crates/mail/src/limits.rs", limits), ("crates/wire/tests/a.rs", elsewhere)])
        };
        assert_eq!(untested_limits(&of("fn f() { MAX_LINE; }")).len(), 1);
        assert!(untested_limits(&of("use rejoinder_mail::MAX_LINE;")).is_empty());
    }
}
