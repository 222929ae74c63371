//! What each system made of each mail, held against what should come of it. One measure for all of them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use serde_json::Value as Json;

use crate::letters::{Answer, Expects, Home, Letter};

/// What a system did with the mails of one folder.
#[derive(Debug, Clone, Default)]
pub(crate) struct Took {
    /// From the first mail to the last effect.
    pub(crate) wall: Duration,
    /// Processor time, user and system, of the process.
    pub(crate) processor: Duration,
    /// Of each mail, in their order.
    pub(crate) mails: Vec<One>,
}

/// What a system did with one mail.
#[derive(Debug, Clone, Default)]
pub(crate) struct One {
    /// What it raised.
    pub(crate) error: Option<String>,
    /// The mails that it sent at once, raw.
    pub(crate) sent: Vec<String>,
}

/// A record as a system holds it afterwards.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub(crate) subject: String,
    pub(crate) entries: Vec<Entry>,
    /// SHA-256 of its files.
    pub(crate) files: Vec<String>,
}

/// One text of a record, in the forms in which it is kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    pub(crate) texts: Vec<String>,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    Raised,
    Lost,
    NewRecord,
    OtherRecord,
    Doubled,
    Garbled,
    Subject,
    File,
    Answered,
    Silent,
}

impl Fault {
    const fn words(self) -> &'static str {
        match self {
            Self::Raised => "raised an error",
            Self::Lost => "its text is nowhere",
            Self::NewRecord => "made a new record",
            Self::OtherRecord => "went to another record",
            Self::Doubled => "kept twice",
            Self::Garbled => "text damaged",
            Self::Subject => "subject damaged",
            Self::File => "file lost, changed or doubled",
            Self::Answered => "answered automatically",
            Self::Silent => "not answered",
        }
    }
}

/// Without quoted lines, with one space for any white space.
fn plain(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('>'));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

impl Entry {
    fn has(&self, words: &str) -> bool {
        let words = plain(words);
        self.texts.iter().any(|text| plain(text).contains(&words))
    }
}

impl Seen {
    fn entries_with<'a>(&'a self, mark: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| entry.has(mark))
    }

    fn begins_with(&self, mark: &str) -> bool {
        self.entries.first().is_some_and(|entry| entry.has(mark))
    }
}

/// What is wrong with what came of a mail.
pub(crate) fn faults(letter: &Letter, one: &One, records: &[Seen]) -> Vec<Fault> {
    let expects = &letter.expects;
    let homes: Vec<&Seen> =
        records.iter().filter(|record| record.entries_with(&expects.mark).next().is_some()).collect();
    let mut faults = placed(expects, &homes, records);
    if one.error.is_some() {
        faults.push(Fault::Raised);
    }
    if matches!(expects.home, Home::New | Home::Of(_)) && !homes.is_empty() {
        faults.extend(kept(expects, &homes));
    }
    let answered = one.sent.iter().any(|mail| goes_to(mail, &letter.from));
    match expects.answer {
        Answer::Must if !answered => faults.push(Fault::Silent),
        Answer::MustNot if answered => faults.push(Fault::Answered),
        _ => {}
    }
    faults.sort_unstable();
    faults
}

fn placed(expects: &Expects, homes: &[&Seen], records: &[Seen]) -> Vec<Fault> {
    let entries: usize = homes.iter().map(|home| home.entries_with(&expects.mark).count()).sum();
    match &expects.home {
        Home::NoNew if homes.iter().any(|home| home.begins_with(&expects.mark)) => vec![Fault::NewRecord],
        Home::Any | Home::NoNew => Vec::new(),
        _ if homes.is_empty() => vec![Fault::Lost],
        Home::New if !homes.iter().any(|home| home.begins_with(&expects.mark)) => vec![Fault::OtherRecord],
        Home::New => Vec::new(),
        Home::Once => {
            if entries > 1 {
                vec![Fault::Doubled]
            } else {
                Vec::new()
            }
        }
        Home::Of(first) => {
            let right = |home: &Seen| home.begins_with(first);
            if homes.iter().any(|home| right(home)) {
                return Vec::new();
            }
            // The record may have lost its own text, and is none of a new mail's all the same.
            let new = homes.iter().all(|home| home.begins_with(&expects.mark));
            let known = records.iter().any(right);
            vec![if new {
                Fault::NewRecord
            } else if known {
                Fault::OtherRecord
            } else {
                return Vec::new();
            }]
        }
    }
}

/// Whether text, subject and files are what they were.
fn kept(expects: &Expects, homes: &[&Seen]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let says = |entry: &Entry| expects.says.iter().all(|sentence| entry.has(sentence));
    let whole = homes.iter().any(|home| home.entries_with(&expects.mark).any(says));
    let clean = |entry: &Entry| {
        expects.never.is_none_or(|never| entry.texts.iter().any(|text| !text.contains(never)))
    };
    if !whole || !homes.iter().all(|home| home.entries_with(&expects.mark).all(clean)) {
        faults.push(Fault::Garbled);
    }
    if let Some(subject) = &expects.subject
        && !homes.iter().any(|home| plain(&home.subject).contains(subject))
    {
        faults.push(Fault::Subject);
    }
    let once = |digest: &String| {
        homes.iter().any(|home| home.files.iter().filter(|file| *file == digest).count() == 1)
    };
    if !expects.files.iter().all(once) {
        faults.push(Fault::File);
    }
    faults
}

fn goes_to(raw: &str, address: &str) -> bool {
    let mail = rejoinder_mail::parse(raw.as_bytes());
    mail.to.iter().chain(&mail.cc).any(|to| to.email.eq_ignore_ascii_case(address))
}

/// Of one system: by kind, how many were wrong, and how often with what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    by_kind: BTreeMap<&'static str, (usize, BTreeMap<Fault, usize>)>,
    pub(crate) wrong: usize,
}

impl Verdict {
    pub(crate) fn add(&mut self, letter: &Letter, faults: &[Fault]) {
        let (wrong, of) = self.by_kind.entry(letter.kind).or_default();
        if !faults.is_empty() {
            *wrong += 1;
            self.wrong += 1;
        }
        for fault in faults {
            *of.entry(*fault).or_default() += 1;
        }
    }

    fn cell(&self, kind: &str) -> String {
        let Some((wrong, of)) = self.by_kind.get(kind) else { return "?".to_owned() };
        if *wrong == 0 {
            return "0".to_owned();
        }
        let words: Vec<String> =
            of.iter()
                .map(|(fault, count)| {
                    if count == wrong {
                        fault.words().to_owned()
                    } else {
                        format!("{} {count}", fault.words())
                    }
                })
                .collect();
        format!("**{wrong}**: {}", words.join(", "))
    }
}

/// One row a kind, in the order of the mails.
pub(crate) fn table(letters: &[Letter], verdicts: &[(String, Verdict)]) -> String {
    let mut kinds: Vec<(&'static str, usize)> = Vec::new();
    for letter in letters {
        match kinds.iter_mut().find(|(kind, _)| *kind == letter.kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((letter.kind, 1)),
        }
    }
    let mut out = String::new();
    let names: Vec<&str> = verdicts.iter().map(|(name, _)| name.as_str()).collect();
    writeln!(out, "| what came, and how many | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()))
        .unwrap();
    for (kind, count) in kinds {
        let cells: Vec<String> = verdicts.iter().map(|(_, verdict)| verdict.cell(kind)).collect();
        writeln!(out, "| {kind}, {count} | {} |", cells.join(" | ")).unwrap();
    }
    let all: Vec<String> = verdicts.iter().map(|(_, verdict)| format!("**{}**", verdict.wrong)).collect();
    writeln!(out, "| **wrong of {}** | {} |", letters.len(), all.join(" | ")).unwrap();
    out
}

/// The report of a driver (scripts/peers/takes.py).
pub(crate) fn read(report: &Json) -> (Took, Vec<Seen>) {
    let seconds = |name: &str| Duration::from_secs_f64(report.get(name).and_then(Json::as_f64).unwrap());
    let mails = items(report, "mails").iter().map(|mail| One {
        error: mail.get("error").and_then(Json::as_str).map(str::to_owned),
        sent: strings(mail, "sent"),
    });
    let took = Took { wall: seconds("wall"), processor: seconds("processor"), mails: mails.collect() };
    let records = items(report, "records").iter().map(|record| Seen {
        subject: record.get("subject").and_then(Json::as_str).unwrap_or_default().to_owned(),
        entries: items(record, "entries")
            .iter()
            .map(|entry| Entry { texts: strings(entry, "texts") })
            .collect(),
        files: items(record, "entries").iter().flat_map(digests).collect(),
    });
    (took, records.collect())
}

fn items<'a>(of: &'a Json, name: &str) -> &'a [Json] {
    of.get(name).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn strings(of: &Json, name: &str) -> Vec<String> {
    items(of, name).iter().filter_map(Json::as_str).map(str::to_owned).collect()
}

fn digests(entry: &Json) -> Vec<String> {
    items(entry, "files").iter().filter_map(|file| file.get("sha256")?.as_str()).map(str::to_owned).collect()
}
