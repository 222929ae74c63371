//! The case files of the specification.

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) use rejoinder_ruletest::case::{Case, Section};

/// The folder of the case files.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/tests/cases")
}

/// All cases in the order of their names.
pub(crate) fn all() -> Vec<Case> {
    let mut paths = Vec::new();
    for chapter in fs::read_dir(folder()).unwrap() {
        let chapter = chapter.unwrap().path();
        if chapter.is_dir() {
            paths.extend(fs::read_dir(chapter).unwrap().map(|file| file.unwrap().path()));
        }
    }
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "case"));
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Case {
    let name = path.strip_prefix(folder()).unwrap().with_extension("");
    let text = fs::read_to_string(path).unwrap();
    Case::read(&path.to_string_lossy(), &name.to_string_lossy(), &text)
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Writes the case again with the outcomes in the places of its expectations.
pub(crate) fn rewrite(case: &Case, outcomes: &[String]) {
    let text = fs::read_to_string(&case.path).unwrap();
    fs::write(&case.path, rejoinder_ruletest::case::rewritten(&text, outcomes)).unwrap();
}
