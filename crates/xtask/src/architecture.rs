//! The map of the house names only what is there. A document of this kind rots first in its names: crates and folders
//! that were renamed after it was written.

use std::collections::BTreeSet;

use crate::workspace::is_rust;
use crate::{Finding, Workspace};

/// What the names of our crates begin with.
const OUR_NAMES: &str = "rejoinder-";

/// Names that begin like a crate's and are none: folders that running the program makes.
const NO_CRATES: [&str; 2] = ["rejoinder-demo", "rejoinder-data"];

/// Crates, folders and source files that a document names and that are not there. `crates` are the names of the
/// workspace's packages. Looked at are words that are unmistakable: `rejoinder-…`, paths from a folder of the root or
/// of a crate, and names of `.rs` files.
pub fn names(path: &str, text: &str, workspace: &Workspace, crates: &BTreeSet<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for word in line.split(|c: char| !(c.is_ascii_alphanumeric() || "_./-".contains(c))) {
            let word = word.trim_end_matches('.').trim_start_matches("./");
            if let Some(problem) = problem(word, workspace, crates) {
                findings.push(Finding::at(path, number + 1, problem));
            }
        }
    }
    findings
}

fn problem(word: &str, workspace: &Workspace, crates: &BTreeSet<&str>) -> Option<String> {
    let (first, rest) = word.split_once('/').unwrap_or((word, ""));
    if let Some(krate) = first.strip_prefix(OUR_NAMES) {
        if NO_CRATES.contains(&first) || krate.is_empty() {
            return None;
        }
        if !crates.contains(first) {
            return Some(format!("names the crate `{first}`, which is not there"));
        }
        return missing(rest.is_empty() || workspace.has(&format!("crates/{krate}/{rest}")), word);
    }
    if rest.is_empty() {
        let end = format!("/{word}");
        return missing(!is_rust(word) || workspace.paths.iter().any(|path| path.ends_with(&end)), word);
    }
    if first.is_empty() {
        return None;
    }
    if workspace.has(&format!("crates/{first}")) {
        // `mail/engine` in a sentence is no path: only what ends like a folder or a file is one.
        let is_path = word.ends_with('/') || rest.rsplit('/').next().is_some_and(|name| name.contains('.'));
        let there =
            ["", "src/"].iter().any(|folder| workspace.has(&format!("crates/{first}/{folder}{rest}")));
        return missing(!is_path || there, word);
    }
    let folder_of_root = workspace.paths.iter().any(|path| path.starts_with(&format!("{first}/")));
    missing(!folder_of_root || workspace.has(word), word)
}

fn missing(there: bool, word: &str) -> Option<String> {
    (!there).then(|| format!("names `{word}`, which is not there"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let workspace = Workspace::of([
            ("crates/mail/src/parse.rs", ""),
            ("crates/server/src/workers/send.rs", ""),
            ("crates/store/migrations/sqlite/0001_spine.sql", ""),
            ("docs/guide.md", ""),
        ]);
        let crates = BTreeSet::from(["rejoinder", "rejoinder-mail", "rejoinder-server"]);
        names("ARCHITECTURE.md", text, &workspace, &crates).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_there_may_be_named() {
        let text = "`rejoinder-mail` in `crates/mail/src/parse.rs`, `server/workers/`, see docs/guide.md.\n\
                    `crates/*/src`, `store/migrations/{sqlite,postgres}`, text/plain, and/or, mail/server, `parse.rs`, \
                    rejoinder-demo, /api/v1, rejoinder-server/src/workers/send.rs, https://example.org/a.b";
        assert_eq!(found(text), Vec::<String>::new());
    }

    #[test]
    fn what_is_gone_is_found_with_its_line() {
        let text = "ok\n`rejoinder-imap`\ncrates/wire/src\n`server/worker/`\nmail/src/gone.rs\n`old.rs`\ndocs/old.md\nrejoinder-mail/src/x.rs";
        let expected = [
            "ARCHITECTURE.md:2: names the crate `rejoinder-imap`, which is not there",
            "ARCHITECTURE.md:3: names `crates/wire/src`, which is not there",
            "ARCHITECTURE.md:4: names `server/worker/`, which is not there",
            "ARCHITECTURE.md:5: names `mail/src/gone.rs`, which is not there",
            "ARCHITECTURE.md:6: names `old.rs`, which is not there",
            "ARCHITECTURE.md:7: names `docs/old.md`, which is not there",
            "ARCHITECTURE.md:8: names `rejoinder-mail/src/x.rs`, which is not there",
        ];
        assert_eq!(found(text), expected);
    }
}
