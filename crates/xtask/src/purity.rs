//! What the source of a pure crate must not contain, and where the clock and entropy may be read in the others. Tests
//! are left out: they may read files.

use crate::scan::Token;
use crate::workspace::Source;
use crate::{Finding, PURE_CRATES, WORKSHOP_CRATES, Workspace};

/// Words that no pure crate contains, each with the reason.
const WORDS: [(&str, &str); 4] = [
    ("async", "a pure crate has nothing to wait for"),
    ("await", "a pure crate has nothing to wait for"),
    ("SystemTime", "time is passed as a value"),
    ("UNIX_EPOCH", "time is passed as a value"),
];

/// Modules of `std` that no pure crate uses.
const STD_MODULES: [&str; 5] = ["fs", "net", "env", "process", "thread"];

/// The one question to `std::thread` that is no clock and no concurrency: whether this thread is unwinding.
const HARMLESS: [&str; 4] = ["thread", ":", ":", "panicking"];

/// The pure crate that may measure: its time limit needs a clock, read in one place.
const MEASURES: &str = "script";

/// The one file in which the clock is read and entropy is drawn.
const ENVIRONMENT: &str = "crates/server/src/env.rs";

/// Ways to read the time of day or to draw entropy. `Instant::now`, which only measures, is left to clippy.
const CLOCK_AND_ENTROPY: [&[&str]; 8] = [
    &["SystemTime", ":", ":", "now"],
    &["Timestamp", ":", ":", "now"],
    &["Zoned", ":", ":", "now"],
    &["Utc", ":", ":", "now"],
    &["Local", ":", ":", "now"],
    &["getrandom", ":", ":"],
    &["OsRng"],
    &["SystemRandom"],
];

/// Async, clock, threads and input or output in pure crates.
pub fn pure_sources(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for krate in PURE_CRATES {
        for source in workspace.src_of(krate) {
            for (word, reason) in WORDS {
                find(source, &[word], &format!("`{word}`: {reason}"), &mut findings);
            }
            if krate != MEASURES {
                find(source, &["Instant"], "`Instant`: time is passed as a value", &mut findings);
            }
            for (line, module) in std_modules(&source.scan.tokens) {
                if !source.is_test_line(line) {
                    findings.push(Finding::at(
                        &source.path,
                        line,
                        format!("`std::{module}` in a pure crate"),
                    ));
                }
            }
        }
    }
    findings.extend(measuring(workspace));
    findings
}

/// The crate that may measure does so in one file, with one call.
fn measuring(workspace: &Workspace) -> Vec<Finding> {
    let lines = |sequence: &'static [&'static str]| {
        let places = move |source: &'_ Source| {
            let lines = source.scan.lines_of(sequence).into_iter().filter(|line| !source.is_test_line(*line));
            lines.map(|line| (source.path.clone(), line)).collect::<Vec<_>>()
        };
        workspace.src_of(MEASURES).flat_map(places).collect::<Vec<_>>()
    };
    let mut findings = Vec::new();
    for (path, line) in lines(&["Instant", ":", ":", "now"]).into_iter().skip(1) {
        findings.push(Finding::at(
            &path,
            line,
            "a second `Instant::now`: the time limit reads the clock in one place",
        ));
    }
    let named = lines(&["Instant"]);
    let home = named.first().map(|(path, _)| path.clone());
    for (path, line) in named.into_iter().filter(|(path, _)| Some(path) != home.as_ref()) {
        findings.push(Finding::at(
            &path,
            line,
            "`Instant` in a second file: the time limit measures in one place",
        ));
    }
    findings
}

/// The clock read, or entropy drawn, elsewhere than in the one file for it.
pub fn clock_and_entropy(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    let product = |source: &&Source| source.in_src && !WORKSHOP_CRATES.contains(&source.krate.as_str());
    for source in workspace.sources.iter().filter(product).filter(|source| source.path != ENVIRONMENT) {
        for sequence in CLOCK_AND_ENTROPY {
            let problem = format!("`{}`: time and entropy enter in {ENVIRONMENT} only", sequence.concat());
            find(source, sequence, &problem, &mut findings);
        }
    }
    findings
}

fn find(source: &Source, sequence: &[&str], problem: &str, findings: &mut Vec<Finding>) {
    let lines = source.scan.lines_of(sequence).into_iter().filter(|line| !source.is_test_line(*line));
    findings.extend(lines.map(|line| Finding::at(&source.path, line, problem)));
}

/// Uses of the listed modules of `std`, by path (`std::fs`) or in a group (`use std::{fs, io}`).
fn std_modules(tokens: &[Token]) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut rest = tokens;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let [one, two, inside @ ..] = after else { continue };
        if first.text != "std" || one.text != ":" || two.text != ":" {
            continue;
        }
        let names = match inside.split_first() {
            Some((brace, group)) if brace.text == "{" => names_of_group(group),
            Some(_) if inside.iter().zip(HARMLESS).all(|(token, word)| token.text == word) => Vec::new(),
            Some((name, _)) => vec![name],
            None => Vec::new(),
        };
        let listed = names.into_iter().filter(|name| STD_MODULES.contains(&name.text.as_str()));
        found.extend(listed.map(|name| (name.line, name.text.as_str())));
    }
    found
}

/// The names that stand first in each member of a group of paths, up to its closing brace.
fn names_of_group(group: &[Token]) -> Vec<&Token> {
    let mut names = Vec::new();
    let mut depth = 1_usize;
    let mut first = true;
    for token in group {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ if first => names.push(token),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        first = depth == 1 && token.text == ",";
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(findings: Vec<Finding>) -> Vec<String> {
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn async_clock_threads_and_files_are_found_in_pure_crates_only() {
        let bad = "use std::fs;\nuse std::{\n    io, env::{self, vars},\n    collections::{BTreeMap, net},\n};\nasync fn f() { g().await }\nlet t = SystemTime::now();\nlet i: Instant;\n";
        let workspace = Workspace::of([("crates/mail/src/a.rs", bad), ("crates/wire/src/a.rs", bad)]);
        assert_eq!(
            texts(pure_sources(&workspace)),
            [
                "crates/mail/src/a.rs:6: `async`: a pure crate has nothing to wait for",
                "crates/mail/src/a.rs:6: `await`: a pure crate has nothing to wait for",
                "crates/mail/src/a.rs:7: `SystemTime`: time is passed as a value",
                "crates/mail/src/a.rs:8: `Instant`: time is passed as a value",
                "crates/mail/src/a.rs:1: `std::fs` in a pure crate",
                "crates/mail/src/a.rs:3: `std::env` in a pure crate",
            ]
        );
    }

    #[test]
    fn tests_comments_and_texts_are_left_out() {
        let good = "// async\nstd::thread::panicking();\nlet s = \"std::fs\";\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n";
        assert!(pure_sources(&Workspace::of([("crates/engine/src/a.rs", good)])).is_empty());
        let tests = [
            ("crates/engine/src/a.rs", "#[cfg(test)]\nmod tests;"),
            ("crates/engine/src/a/tests.rs", "use std::fs;"),
        ];
        assert!(pure_sources(&Workspace::of(tests)).is_empty());
    }

    #[test]
    fn the_script_crate_measures_in_one_place() {
        let one = "use std::time::Instant;\nfn now() -> Instant { Instant::now() }\n";
        assert!(pure_sources(&Workspace::of([("crates/script/src/a.rs", one)])).is_empty());
        let twice = "fn now() -> Instant { Instant::now() }\nfn again() { Instant::now(); }\n";
        let workspace =
            Workspace::of([("crates/script/src/a.rs", twice), ("crates/script/src/b.rs", "let i: Instant;")]);
        assert_eq!(
            texts(pure_sources(&workspace)),
            [
                "crates/script/src/a.rs:2: a second `Instant::now`: the time limit reads the clock in one place",
                "crates/script/src/b.rs:1: `Instant` in a second file: the time limit measures in one place",
            ]
        );
    }

    #[test]
    fn clock_and_entropy_stand_in_one_file() {
        let reads = "fn now() { SystemTime::now(); getrandom::fill(&mut seed); }";
        let workspace = Workspace::of([
            (ENVIRONMENT, reads),
            ("crates/server/src/ops.rs", reads),
            ("crates/store/src/a.rs", "#[cfg(test)]\nmod tests { fn f() { Timestamp::now(); } }"),
        ]);
        assert_eq!(
            texts(clock_and_entropy(&workspace)),
            [
                "crates/server/src/ops.rs:1: `SystemTime::now`: time and entropy enter in crates/server/src/env.rs only",
                "crates/server/src/ops.rs:1: `getrandom::`: time and entropy enter in crates/server/src/env.rs only",
            ]
        );
    }
}
