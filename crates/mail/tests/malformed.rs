//! Mail that breaks the rules: what is salvaged of each file, and that reading never fails.
//!
//! Beside each `NN-name.eml` stands `NN-name.expected`: `state` and `reason` are those of the inbound pipeline, which
//! checks them too; sender, subject, text, attachments and defects are checked here.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{fmt::Write as _, fs, path::PathBuf};

use rejoinder_mail::{Defect, Mail, fingerprint, header_scan, parse};

/// Lines of the text that an expectation states.
const TEXT_LINES: usize = 3;
/// Characters of such a line.
const TEXT_CHARS: usize = 60;

fn files() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/malformed");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "eml"))
        .collect();
    files.sort();
    files
}

/// A mail in the form of the expectations, without state and reason.
fn described(mail: &Mail) -> String {
    let sender = mail.from.as_ref().map(|from| from.email.as_str()).unwrap_or_default();
    let mut text = format!("sender: {sender}\nsubject: {}\n", mail.subject);
    for line in mail.text.lines().take(TEXT_LINES) {
        let start: String = line.chars().take(TEXT_CHARS).collect();
        writeln!(text, "text: {}", start.trim_end().escape_debug()).unwrap();
    }
    for file in mail.attachments.iter().take(TEXT_LINES) {
        writeln!(text, "attachment: {} ({}, {} bytes)", file.file_name, file.media_type, file.bytes.len())
            .unwrap();
    }
    writeln!(text, "attachments: {}", mail.attachments.len()).unwrap();
    let codes: Vec<&str> = mail.defects.iter().map(|defect| defect.code()).collect();
    writeln!(text, "defects: {}", codes.join(", ")).unwrap();
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[test]
fn what_can_be_salvaged_is_salvaged() {
    let mut differences = String::new();
    for file in files() {
        let found = described(&parse(&fs::read(&file).unwrap()));
        let expected = fs::read_to_string(file.with_extension("expected")).unwrap_or_default();
        let expected: String = expected
            .lines()
            .filter(|line| !line.starts_with("state:") && !line.starts_with("reason:"))
            .map(|line| line.to_owned() + "\n")
            .collect();
        if found != expected {
            write!(
                differences,
                "== {}\n{found}-- expected\n{expected}\n",
                file.file_stem().unwrap().to_string_lossy()
            )
            .unwrap();
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn the_expectations_are_complete() {
    let files = files();
    assert!(files.len() >= 30);
    let mut processed = 0;
    for file in &files {
        let expected = fs::read_to_string(file.with_extension("expected")).unwrap();
        let state = expected.lines().find_map(|line| line.strip_prefix("state: ")).unwrap();
        assert!(["processed", "ignored", "failed"].contains(&state), "{}", file.display());
        let reason = expected.lines().find_map(|line| line.strip_prefix("reason:")).unwrap();
        let unusable = parse(&fs::read(file).unwrap()).unusable();
        assert_eq!(
            (reason.trim(), state == "failed"),
            (unusable.unwrap_or_default(), unusable.is_some()),
            "{}",
            file.display()
        );
        processed += usize::from(state == "processed");
    }
    assert!(processed * 30 >= files.len() * 24, "{processed} of {}", files.len());
}

#[test]
fn the_keys_agree_with_the_mail_and_every_prefix_can_be_read() {
    for file in files() {
        let bytes = fs::read(&file).unwrap();
        let step = (bytes.len() / 40).max(1);
        for end in (0..=bytes.len()).step_by(step) {
            let part = bytes.get(..end).unwrap();
            let (mail, keys) = (parse(part), header_scan::scan(part));
            assert_eq!(keys.message_id, mail.message_id);
            assert_eq!(keys.in_reply_to, mail.in_reply_to);
            assert_eq!(keys.references, mail.references);
            assert_eq!(keys.from, mail.from.as_ref().map(|from| from.email.clone()));
            assert_eq!(fingerprint(&mail), fingerprint(&parse(part)));
        }
    }
}

#[test]
fn five_thousand_multiparts_inside_one_another_are_read() {
    let nested = (0..5_000).fold("From: anna@example.org\nSubject: Nested\n".to_owned(), |text, level| {
        text + &format!("Content-Type: multipart/mixed; boundary=n{level}x\n\n--n{level}x\n")
    });
    let mail = parse(nested.as_bytes());
    assert_eq!((mail.subject.as_str(), mail.attachments.len()), ("Nested", 1));
    assert!(mail.has_defect(Defect::TooDeep));
}

#[test]
fn messages_inside_one_another_stay_closed_however_many() {
    let nested = "Content-Type: message/rfc822\n\n".repeat(200_000);
    let mail = parse(format!("From: anna@example.org\n{nested}").as_bytes());
    assert_eq!(mail.attachments.len(), 1);
}
