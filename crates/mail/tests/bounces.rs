//! Delivery reports of many mail systems, against a reference reading of them.

use std::{collections::BTreeMap, fs, path::Path};

use rejoinder_mail::{parse, report};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora/bounces/set-of-emails");

/// Percent of the files that are recognised as reports with the right recipients. Raise it with the code.
const FLOOR: usize = 95;
/// Percent of the recipients whose reason is the reference's.
const REASONS_FLOOR: usize = 85;

/// The reference's words for reasons, by ours. It tells "filtered" from "unknown" by the command that was refused,
/// which few reports say, and a place that mail may come from by a dozen words.
const REASONS: &[(&str, &[&str])] = &[
    ("user_unknown", &["userunknown", "filtered", "hasmoved"]),
    ("mailbox_full", &["mailboxfull"]),
    ("mailbox_disabled", &["suspend"]),
    ("host_unknown", &["hostunknown", "notaccept"]),
    ("too_large", &["mesgtoobig", "exceedlimit"]),
    ("too_many", &["toomanyconn"]),
    (
        "refused",
        &[
            "blocked",
            "rejected",
            "policyviolation",
            "securityerror",
            "norelaying",
            "spamdetected",
            "virusdetected",
            "contenterror",
        ],
    ),
    ("not_reached", &["expired", "networkerror"]),
    ("server_error", &["systemerror", "mailererror", "systemfull", "syntaxerror"]),
    ("complaint", &["feedback"]),
    ("unknown", &["delivered"]),
];
/// Where the reference names no reason itself, or takes an automatic answer for a report.
const NO_REASON: &[&str] = &["onhold", "undefined", "vacation"];

#[test]
fn reports_tell_the_reason() {
    let folder = Path::new(FOLDER);
    let Ok(expected) = fs::read_to_string(folder.join("expected.jsonl")) else {
        println!("left out: 1 test (the corpus of delivery reports is not there)");
        return;
    };
    let (mut right, mut total) = (0, 0);
    for line in expected.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let file = entry["file"].as_str().unwrap();
        let read = report::read(&parse(&fs::read(folder.join(file)).unwrap()));
        for result in entry["results"].as_array().unwrap() {
            let wanted = result["reason"].as_str().unwrap();
            if NO_REASON.contains(&wanted) {
                continue;
            }
            total += 1;
            let ours = |one: &&report::ReportedRecipient| {
                one.address.eq_ignore_ascii_case(result["recipient"].as_str().unwrap())
            };
            let all = read.iter().flat_map(|report| &report.recipients);
            let found = all.clone().find(ours).or_else(|| all.clone().next());
            // A complaint may hide who complained; it is one all the same.
            let complaint = read.as_ref().is_some_and(|report| report.kind == report::Kind::Arf);
            let word = match found {
                Some(one) => one.reason.word(),
                None if complaint => "complaint",
                None => "no report",
            };
            if REASONS.iter().any(|(own, theirs)| *own == word && theirs.contains(&wanted)) {
                right += 1;
            } else {
                println!("{file}: found {word}; wanted {wanted}");
            }
        }
    }
    println!("delivery reports: {right} of {total} with the right reason");
    assert!(right * 100 >= total * REASONS_FLOOR, "{right} of {total}");
}

#[test]
fn reports_name_the_right_recipient() {
    let folder = Path::new(FOLDER);
    let Ok(expected) = fs::read_to_string(folder.join("expected.jsonl")) else {
        println!("left out: 1 test (the corpus of delivery reports is not there)");
        return;
    };
    let mut total = 0;
    let mut right = 0;
    let mut ids = (0, 0);
    // Reports that the reference itself cannot read: how many, and how many of them we recognise.
    let mut unread = (0, 0);
    let mut wrong: BTreeMap<String, String> = BTreeMap::new();
    for line in expected.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let file = entry["file"].as_str().unwrap();
        let results = entry["results"].as_array().unwrap();
        let mail = parse(&fs::read(folder.join(file)).unwrap());
        if results.is_empty() {
            unread.0 += 1;
            unread.1 += usize::from(report::read(&mail).is_some());
            continue;
        }
        // What the reference takes for an automatic answer is none of our reports.
        if results.iter().any(|result| result["reason"] == "vacation") {
            continue;
        }
        let hidden = |address: &str| address.contains("libsisimai.org.invalid");
        let wanted: Vec<String> = results
            .iter()
            .map(|result| result["recipient"].as_str().unwrap().to_lowercase())
            .filter(|address| !hidden(address))
            .collect();
        total += 1;
        let Some(read) = report::read(&mail) else {
            wrong.insert(file.to_owned(), format!("no report; wanted {wanted:?}"));
            continue;
        };
        let found: Vec<String> = read
            .recipients
            .iter()
            .flat_map(|recipient| [Some(recipient.address.clone()), recipient.original_address.clone()])
            .flatten()
            .map(|address| address.to_lowercase())
            .collect();
        let id = results[0]["messageid"].as_str().unwrap();
        if !id.is_empty() {
            ids.0 += 1;
            ids.1 += usize::from(read.original_message_id.as_deref() == Some(id));
        }
        if wanted.iter().all(|address| found.contains(address)) {
            right += 1;
        } else {
            wrong.insert(file.to_owned(), format!("found {found:?}; wanted {wanted:?}"));
        }
    }
    for (file, what) in &wrong {
        println!("{file}: {what}");
    }
    println!(
        "delivery reports: {right} of {total} with the right recipients; {} of {} Message-IDs of the returned mail",
        ids.1, ids.0
    );
    println!("of {} files that the reference cannot read, {} are recognised as reports", unread.0, unread.1);
    assert!(right * 100 >= total * FLOOR, "{right} of {total}");
}
