//! Every case has the outcome that its file states; each plan is the same in another process.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;

use crate::support::case::{self, Case};
use crate::support::play::play;

/// The least number of cases: fewer cannot hold every sentence of the specification.
const CASES_MIN: usize = 45;
/// The least number of verdicts in their traces.
const VERDICTS_MIN: usize = 1_000;
/// Writes the outcomes into the files instead of comparing them.
const UPDATE: &str = "UPDATE_CASES";
/// Set for the second process: it prints digests instead of starting a third.
const CHILD: &str = "REJOINDER_CASES_CHILD";
/// What stands before a digest in the second process's output.
const MARK: &str = "plan digest ";

fn stated(case: &Case) -> Vec<String> {
    case.sections
        .iter()
        .filter(|section| section.name == "expect")
        .map(|section| section.body.clone())
        .collect()
}

#[test]
fn every_case_has_the_outcome_that_it_states() {
    let cases = case::all();
    let update = std::env::var_os(UPDATE).is_some();
    let mut differences = String::new();
    let mut verdicts = 0;
    for case in &cases {
        assert!(!case.sentence.is_empty(), "{}: the first line says what is specified", case.name);
        let played = play(case);
        verdicts += played.verdicts;
        let outcomes = played.outcomes;
        let spaced: Vec<String> = outcomes.iter().map(|outcome| format!("{outcome}\n")).collect();
        let trimmed =
            |texts: &[String]| texts.iter().map(|text| text.trim_end().to_owned()).collect::<Vec<_>>();
        if update {
            case::rewrite(case, &spaced);
        } else if trimmed(&outcomes) != trimmed(&stated(case)) {
            let (found, stated) = (outcomes.join("--\n"), stated(case).join("--\n"));
            write!(
                differences,
                "==== {}\n{}\nfound:\n{found}\nstated:\n{stated}\n",
                case.name, case.sentence
            )
            .unwrap();
        }
    }
    assert!(differences.is_empty(), "{differences}");
    println!("{} cases, {verdicts} verdicts worked out again from their traces alone", cases.len());
    assert!(verdicts >= VERDICTS_MIN, "{verdicts} verdicts");
    assert!(cases.len() >= CASES_MIN, "{} cases", cases.len());
}

fn digests() -> BTreeMap<String, String> {
    case::all().iter().map(|case| (case.name.clone(), play(case).hashes.join(","))).collect()
}

#[test]
fn every_plan_is_the_same_bytes_in_another_process() {
    if std::env::var_os(UPDATE).is_some() {
        println!("left out while the files are written");
        return;
    }
    let own = digests();
    if std::env::var_os(CHILD).is_some() {
        for (name, digests) in &own {
            println!("{MARK}{name} {digests}");
        }
        return;
    }
    let test = "proof::outcomes::every_plan_is_the_same_bytes_in_another_process";
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8(child.stdout).unwrap();
    let theirs: BTreeMap<String, String> = said
        .lines()
        .filter_map(|line| line.split_once(MARK)?.1.split_once(' '))
        .map(|(name, digests)| (name.to_owned(), digests.to_owned()))
        .collect();
    let differing: Vec<&String> = own.keys().filter(|name| own.get(*name) != theirs.get(*name)).collect();
    assert!(differing.is_empty(), "{differing:?}\n{}", String::from_utf8_lossy(&child.stderr));
}
