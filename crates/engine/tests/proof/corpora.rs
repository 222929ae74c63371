//! Real mail of other projects through the whole pipeline with the shipped packs: nothing is lost, nothing stops it, and
//! no program is answered. Left out where the corpora are not beside the checkout.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rejoinder_engine::inbound;
use rejoinder_engine::notify;
use rejoinder_engine::plan::{Class, EmailState, OutgoingEmail, Plan};

use crate::support::mailing::arrival;
use crate::support::world::World;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora");
/// Mails of one world: it grows with them, and each is looked up in it.
const IN_ONE_WORLD: usize = 20;
/// A person who sends a report on to somebody: no report.
const FORWARDED_BY_HAND: &str = "bounces/set-of-emails/lhost-sendmail-14.eml";
/// Reasons for which nothing can be done with a mail.
const UNUSABLE: [&str; 2] = ["empty", "not_a_mail"];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            files(&path, found);
        } else if !path.ends_with("expected.jsonl") {
            found.push(path);
        }
    }
    found.sort();
}

/// The mails of a corpus, in order; `None`, and a line that says so, where it is not there.
#[expect(clippy::print_stdout, reason = "a test that is left out says so")]
fn corpus(name: &str, ending: Option<&str>) -> Option<Vec<PathBuf>> {
    let mut found = Vec::new();
    files(&Path::new(FOLDER).join(name), &mut found);
    found.retain(|path| ending.is_none_or(|ending| path.extension().is_some_and(|own| own == ending)));
    if found.is_empty() {
        println!("left out: 1 test (the corpus {name} is not there)");
        return None;
    }
    Some(found)
}

/// What became of one file: its plan, and all mail that followed from it, notifications included.
struct Became {
    name: String,
    plan: Plan,
    sent: Vec<OutgoingEmail>,
}

/// Plays the files, a few of them in one world.
fn play(files: &[PathBuf], look: &mut dyn FnMut(&Became)) {
    for some in files.chunks(IN_ONE_WORLD) {
        let mut world = World::new();
        for path in some {
            let (seed, arrival) = arrival(&mut world, fs::read(path).unwrap());
            let before = world.sent.len();
            let plan = world.settle_once(seed, |context| inbound::decide(context, &arrival).unwrap());
            while let Some(event) = (!world.events.is_empty()).then(|| world.events.remove(0)) {
                world.settle_once(event.seed, |context| notify::decide(context, &event).unwrap());
            }
            // What a limit would stop today was meant to be sent all the same.
            let sent = world.sent[before..].to_vec();
            let name = path.strip_prefix(FOLDER).unwrap().display().to_string();
            look(&Became { name, plan, sent });
        }
    }
}

#[test]
fn no_delivery_report_is_answered_and_none_changes_a_record() {
    let Some(files) = corpus("bounces", Some("eml")) else { return };
    let mut classes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let (mut answers, mut changed) = (Vec::new(), Vec::new());
    play(&files, &mut |one| {
        let class = one.plan.incoming.as_ref().unwrap().class;
        classes.entry(class.word()).or_default().push(one.name.clone());
        if one.name == FORWARDED_BY_HAND {
            return;
        }
        answers.extend(one.sent.iter().map(|mail| format!("{}: {}", one.name, mail.subject)));
        if class == Class::DeliveryReport && !one.plan.records.is_empty() {
            changed.push(one.name.clone());
        }
    });
    let counts: Vec<String> = classes.iter().map(|(class, all)| format!("{class} {}", all.len())).collect();
    println!("delivery reports: {} files ({}), {} answered", files.len(), counts.join(", "), answers.len());
    for (class, all) in classes.iter().filter(|(class, _)| **class != Class::DeliveryReport.word()) {
        println!("  {class}: {}", all.join(", "));
    }
    assert_eq!(answers, Vec::<String>::new(), "mail that followed from a report");
    assert_eq!(changed, Vec::<String>::new(), "reports that changed records");
}

#[test]
fn every_mail_of_the_corpora_is_worked_on_or_kept_with_a_reason() {
    let Some(files) = corpus("mail", None) else { return };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut answers = 0;
    play(&files, &mut |one| {
        let mail = one.plan.incoming.as_ref();
        let code = |why: Option<&rejoinder_engine::plan::Why>| why.map(|why| why.code.clone());
        let told = match mail {
            // The same mail in two folders of a corpus.
            None => "a second copy".to_owned(),
            Some(mail) => {
                let reason = code(mail.why.as_ref()).map(|code| format!(" ({code})")).unwrap_or_default();
                format!("{} {}{reason}", mail.class.word(), mail.state)
            }
        };
        *counts.entry(told.clone()).or_default() += 1;
        answers += one.sent.len();
        let right = mail.is_none_or(|mail| {
            let reason = code(mail.why.as_ref());
            match mail.state {
                EmailState::Processed => {
                    reason.is_none() || (reason.as_deref() == Some("no_action") && mail.attention.is_some())
                }
                EmailState::Failed => reason.is_some_and(|code| UNUSABLE.contains(&code.as_str())),
                _ => reason.is_some(),
            }
        });
        let failed =
            mail.and_then(|mail| code(mail.attention.as_ref())).filter(|code| code == "action_failed");
        let silent = mail.is_some_and(|mail| mail.do_not_answer.is_some());
        if !right || failed.is_some() || (silent && !one.sent.is_empty()) {
            let why = mail.and_then(|mail| mail.attention.clone()).map(|why| why.text).unwrap_or_default();
            wrong.push(format!("{}: {told}, {failed:?}, {} sent: {why}", one.name, one.sent.len()));
        }
    });
    println!("mails: {} files, {answers} answers", files.len());
    counts.iter().for_each(|(told, count)| println!("  {told}: {count}"));
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), files.len(), wrong.join("\n"));
}
