//! Replies of many mail clients, against what their authors' parsers expect of them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "tests")]

use std::{fs, path::PathBuf};

use rejoinder_mail::{
    Address, Mail, html, parse,
    reply_text::{ReplyOptions, ReplyText, split, split_mail},
};

fn folder(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora/replies")).join(name)
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Judges a case by its file, its kind, its expectation and its bytes; what was found instead is the error.
type Judge = dyn Fn(&str, &str, &str, &[u8]) -> Result<(), String>;

/// The number of right cases and of all; prints the others.
fn score(name: &str, judge: &Judge) -> Option<(usize, usize)> {
    let Ok(expected) = fs::read_to_string(folder(name).join("expected.jsonl")) else {
        println!("left out: 1 test (the corpus {name} is not there)");
        return None;
    };
    let mut right = 0;
    let mut total = 0;
    for line in expected.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let file = entry["file"].as_str().unwrap();
        let bytes = fs::read(folder(name).join(file)).unwrap();
        total += 1;
        match judge(file, entry["kind"].as_str().unwrap(), entry["expected"].as_str().unwrap(), &bytes) {
            Ok(()) => right += 1,
            Err(found) => println!("{file}: {found}"),
        }
    }
    println!("{name}: {right} of {total}");
    Some((right, total))
}

fn same(found: &str, expected: &str) -> Result<(), String> {
    if words(found) == words(expected) {
        Ok(())
    } else {
        Err(format!("found {found:?}; wanted {expected:?}"))
    }
}

/// Where the list of expectations errs: it wants `Test reply` of ten mails that hold no such words. What their
/// senders wrote is `Hello`.
fn corrected<'a>(expected: &'a str, text: &str) -> &'a str {
    if expected == "Test reply" && !text.contains(expected) { "Hello" } else { expected }
}

/// What the corpus marks the lines of signatures with.
const SIGNATURE_MARK: &str = "#sig#";

/// The signature in a body, whose sender stands in a file beside it.
fn signature_of(file: &str, bytes: &[u8]) -> String {
    let sender =
        fs::read_to_string(folder("talon").join(file.replace("_body", "_sender"))).unwrap_or_default();
    let sender = sender.trim();
    let from = if sender.contains('@') {
        Address::new(sender)
    } else {
        Address { name: Some(sender.to_owned()), email: String::new() }
    };
    let text = String::from_utf8_lossy(bytes).replace(SIGNATURE_MARK, "");
    split_mail(&Mail { text, from: Some(from), ..Mail::default() }, &ReplyOptions::default()).signature
}

/// The answer with its signature: what remains when only quotes are taken off.
fn without_quotes(split: &ReplyText) -> String {
    format!("{}\n{}", split.new_text, split.signature)
}

#[test]
fn replies_in_many_languages_lose_their_quotes() {
    let judged = score("email-reply-parser", &|_, kind, expected, bytes| {
        let split = split(&String::from_utf8_lossy(bytes), &ReplyOptions::default());
        match kind {
            // The first fragment ends where a signature begins; ours may be counted to either side.
            "first_fragment" | "first_fragment_trimmed" | "visible_text" => same(&split.new_text, expected)
                .or_else(|found| same(&without_quotes(&split), expected).map_err(|_| found)),
            other => Err(format!("unknown kind {other}")),
        }
    });
    if let Some((right, total)) = judged {
        assert!(right * 100 >= total * 90, "{right} of {total}");
    }
}

#[test]
fn replies_of_many_clients_lose_their_quotes_and_signatures() {
    let judged = score("talon", &|file, kind, expected, bytes| match kind {
        "plain_reply_trimmed" => {
            let text = parse(bytes).text;
            same(&without_quotes(&split(&text, &ReplyOptions::default())), corrected(expected, &text))
        }
        "html_reply_text_ignoring_whitespace" => {
            let text = html::to_text(&String::from_utf8_lossy(bytes));
            same(&without_quotes(&split(&text, &ReplyOptions::default())), expected)
        }
        "signature" => same(&signature_of(file, bytes), &expected.replace(SIGNATURE_MARK, "")),
        other => Err(format!("unknown kind {other}")),
    });
    if let Some((right, total)) = judged {
        assert!(right * 100 >= total * 80, "{right} of {total}");
    }
}
