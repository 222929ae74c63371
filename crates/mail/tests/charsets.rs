//! Mail in every charset that is read: bodies, subjects, senders and file names in the bytes of each.
//!
//! Beside each `NAME.eml` stands `NAME.expected.txt`: subject, sender, file names, the codes of the defects, an empty
//! line, and the text. A `broken-` mail holds sequences that its charset does not have.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{fmt::Write as _, fs, path::PathBuf};

use rejoinder_mail::{Mail, parse};

fn files() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/charsets");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "eml"))
        .collect();
    files.sort();
    files
}

fn described(mail: &Mail) -> String {
    let sender = mail.from.as_ref().and_then(|from| from.name.as_deref()).unwrap_or_default();
    let mut text = format!("subject: {}\nsender: {sender}\n", mail.subject);
    for file in &mail.attachments {
        writeln!(text, "attachment: {}", file.file_name).unwrap();
    }
    let codes: Vec<&str> = mail.defects.iter().map(|defect| defect.code()).collect();
    writeln!(text, "{}", format!("defects: {}", codes.join(", ")).trim_end()).unwrap();
    text + "\n" + &mail.text
}

#[test]
fn every_charset_is_read_in_bodies_headers_and_parameters() {
    let mut differences = String::new();
    let files = files();
    assert!(files.len() >= 60, "{}", files.len());
    for file in files {
        let found = described(&parse(&fs::read(&file).unwrap()));
        let expected = fs::read_to_string(file.with_extension("expected.txt")).unwrap();
        if found != expected {
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            write!(differences, "== {name}\n{found}-- expected\n{expected}\n").unwrap();
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn every_prefix_of_every_charset_is_read() {
    for file in files() {
        let bytes = fs::read(&file).unwrap();
        for end in (0..bytes.len()).step_by(7) {
            let mail = parse(bytes.get(..end).unwrap());
            assert!(!mail.text.contains(['\0', '\r']), "{} {end}", file.display());
        }
    }
}
