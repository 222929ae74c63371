//! The mails that are damaged: the fixtures of the project, the corpora where they are there, and answers to mails of
//! the world that they are played in.

use std::fs;
use std::path::{Path, PathBuf};

/// Fixtures of the project.
const FIXTURES: [&str; 4] = ["attachments", "charsets", "malformed", "reply_text"];
/// Real mail, where it lies beside the project.
pub const CORPORA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora");

/// One mail to begin with.
pub(super) struct Base {
    /// Where it comes from, for people.
    pub(super) name: String,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    // The order of a folder is the machine's; what is played must not depend on it.
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The fixtures, in the order of their names.
pub(super) fn fixtures() -> Vec<Base> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mail/tests");
    let mut found = Vec::new();
    for folder in FIXTURES {
        files(&tests.join(folder), &mut found);
    }
    found.retain(|path| path.extension().is_some_and(|ending| ending == "eml"));
    assert!(found.len() > 100, "the fixtures of the mail crate are found: {}", found.len());
    read(&found)
}

/// The mails below a folder; none where it is not there.
pub(super) fn corpora(folder: &Path) -> Vec<Base> {
    let mut found = Vec::new();
    files(folder, &mut found);
    read(&found)
}

fn read(found: &[PathBuf]) -> Vec<Base> {
    let one = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Base { name, bytes: with_head(bytes) }
    };
    found.iter().map(one).collect()
}

/// A file that is only a text (those of reply parsers) becomes the body of a mail.
fn with_head(bytes: Vec<u8>) -> Vec<u8> {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let name = first.split(|byte| *byte == b':').next().unwrap_or_default();
    let is_head = name.len() < first.len()
        && !name.is_empty()
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    if is_head || first.starts_with(b"From ") {
        return bytes;
    }
    let head = b"From: Anna Ivanova <anna@example.com>\r\nTo: help@example.com\r\nSubject: Re: a text\r\n\
        Content-Type: text/plain; charset=utf-8\r\n\r\n";
    [head.as_slice(), &bytes].concat()
}
