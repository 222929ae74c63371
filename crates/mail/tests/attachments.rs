//! Attachments in all their forms, and signed and encrypted mail: what becomes of each file.
//!
//! Beside each `NAME.eml` stands `NAME.expected`: the protection, the first lines of the text, every attachment with
//! its media type and size (and `inline`, if it is), and the codes of the defects.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{fmt::Write as _, fs, path::PathBuf};

use rejoinder_mail::{Mail, fingerprint, parse};

/// Lines of the text that an expectation states.
const TEXT_LINES: usize = 6;

fn files() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/attachments");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "eml"))
        .collect();
    files.sort();
    files
}

fn described(mail: &Mail) -> String {
    let mut text = format!("protection: {}\n", mail.protection.code());
    for line in mail.text.lines().take(TEXT_LINES) {
        writeln!(text, "text: {}", line.trim_end()).unwrap();
    }
    for file in &mail.attachments {
        let inline = if file.inline && file.media_type.starts_with("image/") { ", inline" } else { "" };
        let (name, kind) = (&file.file_name, &file.media_type);
        writeln!(text, "attachment: {name} ({kind}, {} bytes{inline})", file.bytes.len()).unwrap();
    }
    let codes: Vec<&str> = mail.defects.iter().map(|defect| defect.code()).collect();
    writeln!(text, "defects: {}", codes.join(", ")).unwrap();
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[test]
fn every_file_is_found_and_named() {
    let mut differences = String::new();
    let files = files();
    assert!(files.len() >= 20, "{}", files.len());
    for file in files {
        let found = described(&parse(&fs::read(&file).unwrap()));
        let expected = fs::read_to_string(file.with_extension("expected")).unwrap();
        let expected: String = expected.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
        if found != expected {
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            write!(differences, "== {name}\n{found}-- expected\n{expected}\n").unwrap();
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn every_prefix_is_read_and_has_a_name_for_every_file() {
    for file in files() {
        let bytes = fs::read(&file).unwrap();
        for end in (0..bytes.len()).step_by(11) {
            let mail = parse(bytes.get(..end).unwrap());
            assert!(
                mail.attachments.iter().all(|file| !file.file_name.is_empty()),
                "{} {end}",
                file.display()
            );
            assert_eq!(fingerprint(&mail), fingerprint(&parse(bytes.get(..end).unwrap())));
        }
    }
}
