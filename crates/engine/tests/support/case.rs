//! A case file: the sentence that it proves, then sections, each begun by a line `== name options`.

use std::fs;
use std::path::{Path, PathBuf};

/// One section of a case.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    /// The first word of its line.
    pub(crate) name: String,
    /// The words after it.
    pub(crate) options: Vec<String>,
    /// The lines below it.
    pub(crate) body: String,
}

impl Section {
    /// The value of `name=value`.
    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find_map(|option| option.strip_prefix(name)?.strip_prefix('='))
    }

    /// Whether the word stands on its line.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.options.iter().any(|option| option == word)
    }

    /// What follows the word `after`, up to the next option.
    pub(crate) fn after(&self, after: &str) -> Option<&str> {
        let place = self.options.iter().position(|option| option == after)?;
        self.options.get(place + 1).map(String::as_str)
    }
}

/// A case file.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// Its place.
    pub(crate) path: PathBuf,
    /// `chapter/nn-name`.
    pub(crate) name: String,
    /// The comment at its beginning.
    pub(crate) sentence: String,
    /// Its sections in order.
    pub(crate) sections: Vec<Section>,
}

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
    let text = fs::read_to_string(path).unwrap();
    let mut sentence = String::new();
    let mut sections: Vec<Section> = Vec::new();
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("== ") {
            let mut words = head.split_whitespace().map(str::to_owned);
            let name = words.next().unwrap();
            sections.push(Section { name, options: words.collect(), body: String::new() });
        } else if let Some(section) = sections.last_mut() {
            section.body.push_str(line);
            section.body.push('\n');
        } else if let Some(comment) = line.strip_prefix('#') {
            sentence.push_str(comment.trim());
            sentence.push(' ');
        }
    }
    let name = path.strip_prefix(folder()).unwrap().with_extension("");
    let sentence = sentence.trim().to_owned();
    Case { path: path.to_owned(), name: name.to_string_lossy().into_owned(), sentence, sections }
}

/// Writes the case again with the outcomes in the places of its expectations.
pub(crate) fn rewrite(case: &Case, outcomes: &[String]) {
    let text = fs::read_to_string(&case.path).unwrap();
    let mut written = String::new();
    let mut outcomes = outcomes.iter();
    let mut skipping = false;
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("== ") {
            skipping = head.split_whitespace().next() == Some("expect");
            written.push_str(line);
            written.push('\n');
            if skipping {
                written.push_str(outcomes.next().unwrap());
            }
        } else if !skipping {
            written.push_str(line);
            written.push('\n');
        }
    }
    fs::write(&case.path, written).unwrap();
}
