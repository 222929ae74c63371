//! What clients write in answers, in the languages they write it in: `reply_text/CLIENT-LANGUAGE[-FORM].eml` beside
//! the new text that is expected of it. A mail with HTML is read both ways.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{collections::BTreeMap, fs, path::PathBuf};

use rejoinder_mail::{
    Mail, html, parse,
    reply_text::{ReplyOptions, split},
    sign,
};

/// The languages every client has a fixture in.
const LANGUAGES: &[&str] = &["de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "sv", "zh"];

/// The clients that have fixtures.
const CLIENTS: &[&str] = &[
    "apple-mail",
    "gmail",
    "iphone-mail",
    "lotus",
    "mailru",
    "outlook-desktop",
    "outlook-mobile",
    "outlook-web",
    "proton",
    "samsung",
    "thunderbird",
    "yahoo",
    "yandex",
];

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reply_text"))
}

/// The names of the fixtures, in order.
fn fixtures() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| {
            entry.unwrap().file_name().into_string().unwrap().strip_suffix(".eml").map(str::to_owned)
        })
        .collect();
    names.sort();
    names
}

/// Client and language of a fixture's name.
fn client_and_language(name: &str) -> (&str, &str) {
    let client = CLIENTS.iter().find(|client| name.starts_with(&format!("{client}-"))).unwrap();
    (client, name.get(client.len() + 1..client.len() + 3).unwrap())
}

/// The text by lines, without the ends of lines that nobody sees and with one empty line where there are more.
fn lines(text: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for line in text.trim().lines().map(str::trim) {
        if !(line.is_empty() && kept.last() == Some(&"")) {
            kept.push(line);
        }
    }
    kept.join("\n")
}

/// The words by lines. Paragraphs of HTML stand apart from one another or not, and cells in columns.
fn words_by_lines(text: &str) -> String {
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.lines().map(words).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What differs from the expected text, for each form of the body.
fn differences(name: &str, mail: &Mail, expected: &str) -> Vec<String> {
    let is_forward = name.ends_with("-forward");
    // Outlook puts no marker above what it forwards: only the prefix of the subject tells it from an answer.
    let options =
        ReplyOptions { forward: is_forward && name.starts_with("outlook"), ..ReplyOptions::default() };
    let mut differences = Vec::new();
    if !mail.text_from_html {
        let found = split(&mail.text, &options).new_text;
        if lines(&found) != lines(expected) {
            differences.push(format!("text: found {found:?}; wanted {expected:?}"));
        }
    }
    if let Some(html) = &mail.html {
        let text = html::to_text(html);
        let found = split(&text, &options).new_text;
        if words_by_lines(&found) != words_by_lines(expected) {
            differences.push(format!("html: found {found:?}; wanted {expected:?} of {text:?}"));
        }
    }
    if is_forward && !sign::signs(mail, &sign::PrefixLists::default()).forwarded_block {
        differences.push("no forwarded block is seen".to_owned());
    }
    differences
}

#[test]
fn the_new_text_of_every_client_in_every_language() {
    let mut counts: BTreeMap<(String, String), (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for name in fixtures() {
        let mail = parse(&fs::read(folder().join(format!("{name}.eml"))).unwrap());
        let expected = fs::read_to_string(folder().join(format!("{name}.expected.txt"))).unwrap();
        let differences = differences(&name, &mail, expected.trim_end());
        let (client, language) = client_and_language(&name);
        for key in [("client".to_owned(), client), ("language".to_owned(), language)] {
            let (right, total) = counts.entry((key.0, key.1.to_owned())).or_default();
            *right += usize::from(differences.is_empty());
            *total += 1;
        }
        wrong.extend(differences.into_iter().map(|difference| format!("{name}: {difference}")));
    }
    for ((kind, value), (right, total)) in &counts {
        println!("{kind} {value}: {right} of {total}");
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_client_has_a_fixture_in_every_language() {
    let names = fixtures();
    for client in CLIENTS {
        for language in LANGUAGES {
            assert!(names.contains(&format!("{client}-{language}")), "{client}-{language} is missing");
        }
    }
}

/// The blocks of lines of `heads.txt`.
fn heads() -> Vec<String> {
    let text = fs::read_to_string(folder().join("heads.txt")).unwrap();
    let block = |block: &str| {
        block.lines().filter(|line| !line.starts_with("# ")).map(str::to_owned).collect::<Vec<_>>().join("\n")
    };
    text.split("\n\n").map(block).filter(|block| !block.is_empty()).collect()
}

#[test]
fn what_stands_below_the_head_of_a_quote_is_not_new() {
    let mut wrong = Vec::new();
    for head in heads() {
        let head = head.trim_end();
        for below in ["\n\nOld text.\nMore.\n", "\n> Old text.\n> More.\n", "\n\n> Old text.\n"] {
            let found = split(&format!("The answer.\n\n{head}{below}"), &ReplyOptions::default()).new_text;
            if found != "The answer." {
                wrong.push(format!("{head}\n  before {below:?}: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_only_looks_like_a_quote_or_a_signature_is_kept() {
    let text = fs::read_to_string(folder().join("prose.txt")).unwrap();
    let text = text.split_once('\n').unwrap().1;
    let wrong: Vec<String> = text
        .split("\n===\n")
        .map(str::trim_end)
        .filter_map(|prose| {
            let found = split(prose, &ReplyOptions::default()).new_text;
            (found != prose).then(|| format!("{prose}\n  became {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Who wrote what is forwarded: clients that name an address all name the same one.
#[test]
fn the_original_sender_of_forwarded_mails() {
    let mut named = 0;
    for name in fixtures().iter().filter(|name| name.contains("-forward")) {
        let mail = parse(&fs::read(folder().join(format!("{name}.eml"))).unwrap());
        let shows = |text: &str| text.contains("keller@example.org");
        let original =
            rejoinder_mail::forwarded::original(&mail).unwrap_or_else(|| panic!("{name}: no block"));
        let from = original.from.map(|from| from.email);
        let wanted = shows(&mail.text).then(|| "keller@example.org".to_owned());
        assert_eq!(from, wanted, "{name}");
        named += usize::from(wanted.is_some());
    }
    assert!(named >= 48, "only {named} fixtures name the sender with an address");
}
