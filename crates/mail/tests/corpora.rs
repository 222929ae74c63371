//! Real and hostile mail of other projects: everything can be read, and all readings agree.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use rejoinder_mail::{
    fingerprint, header_scan, parse,
    reply_text::{ReplyOptions, split},
    sign::{PrefixLists, signs},
};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora");

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn every_file_is_read_the_same_by_all() {
    let mut found = Vec::new();
    files(Path::new(FOLDER), &mut found);
    if found.is_empty() {
        println!("left out: 1 test (the corpora are not there)");
        return;
    }
    let prefixes = PrefixLists::default();
    let mut with_sender = 0;
    for path in &found {
        let bytes = fs::read(path).unwrap();
        let (mail, keys) = (parse(&bytes), header_scan::scan(&bytes));
        let from = mail.from.as_ref().map(|from| from.email.clone());
        assert_eq!(
            (&keys.message_id, &keys.in_reply_to, &keys.references, &keys.from),
            (&mail.message_id, &mail.in_reply_to, &mail.references, &from),
            "{}",
            path.display()
        );
        assert_eq!(fingerprint(&mail), fingerprint(&parse(&bytes)), "{}", path.display());
        assert!(
            !mail.text.contains(['\0', '\r']) && !mail.subject.contains(char::is_control),
            "{}",
            path.display()
        );
        assert!(mail.attachments.iter().all(|file| !file.file_name.is_empty()), "{}", path.display());
        signs(&mail, &prefixes);
        let parts = split(&mail.text, &ReplyOptions::default());
        assert!(
            parts.new_text.len() + parts.quoted.len() + parts.signature.len() <= mail.text.len() + 3,
            "{}",
            path.display()
        );
        with_sender += usize::from(mail.from.is_some());
    }
    println!("corpora: {} files read, {with_sender} with a sender", found.len());
    assert!(with_sender * 100 >= found.len() * 70, "{with_sender} of {}", found.len());
}
