//! Every supported member of both vocabularies has a case that asserts a value. Cases are files beside
//! each other, one a class: `members/<vocabulary>/<Class>.txt`, and `functions.txt` for global functions.
//!
//! A case begins with `## member` (of the class itself: `## Class.member`; the constructor: `## new`),
//! then the script, then what is expected: `=> JSON` the value, `!> text` a part of the error, `+> effect`
//! each effect in order, `log> text` each line of the log, `out> text` what was printed. A member may have
//! several cases.

#![expect(clippy::print_stdout, reason = "tests")]

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::World;
use rejoinder_script::describe::{Api, Class};
use rejoinder_script::{Limits, Vocabulary};

#[derive(Default)]
struct Case {
    member: String,
    line: usize,
    script: String,
    value: Option<String>,
    error: Option<String>,
    effects: Vec<String>,
    log: Vec<String>,
    printed: Option<String>,
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(member) = line.strip_prefix("## ") {
            cases.push(Case { member: member.trim().to_owned(), line: index + 1, ..Case::default() });
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        if let Some(value) = line.strip_prefix("=> ") {
            case.value = Some(value.to_owned());
        } else if let Some(error) = line.strip_prefix("!> ") {
            case.error = Some(error.to_owned());
        } else if let Some(effect) = line.strip_prefix("+> ") {
            case.effects.push(effect.to_owned());
        } else if let Some(log) = line.strip_prefix("log> ") {
            case.log.push(log.to_owned());
        } else if let Some(printed) = line.strip_prefix("out> ") {
            case.printed = Some(printed.to_owned());
        } else {
            case.script.push_str(line);
            case.script.push('\n');
        }
    }
    cases
}

/// What is not as the case says.
fn fault(vocabulary: Vocabulary, case: &Case) -> Option<String> {
    let mut world = World::new();
    let outcome = common::run_with(&mut world, vocabulary, &case.script, Limits::default());
    let got = match (&outcome.result, &case.error) {
        (Ok(value), None) => value.to_json().to_string(),
        (Err(error), Some(wanted)) if error.to_string().contains(wanted.as_str()) => String::new(),
        (Ok(value), Some(wanted)) => {
            return Some(format!("gives {} and no error `{wanted}`", value.to_json()));
        }
        (Err(error), _) => return Some(format!("fails: {error}")),
    };
    if case.value.is_none()
        && case.error.is_none()
        && case.effects.is_empty()
        && case.printed.is_none()
        && case.log.is_empty()
    {
        return Some("expects nothing".to_owned());
    }
    if let Some(wanted) = case.value.as_ref().filter(|wanted| **wanted != got) {
        return Some(format!("gives {got}, not {wanted}"));
    }
    if !case.effects.is_empty() && case.effects != world.effects {
        return Some(format!("plans {:#?}, not {:#?}", world.effects, case.effects));
    }
    let log: Vec<String> = outcome.log.iter().map(|line| line.text.clone()).collect();
    if !case.log.is_empty() && case.log != log {
        return Some(format!("logs {log:#?}, not {:#?}", case.log));
    }
    let printed = case.printed.as_ref().filter(|wanted| **wanted != outcome.printed);
    printed.map(|wanted| format!("prints {:?}, not {wanted:?}", outcome.printed))
}

/// The members of a class that cases are wanted for, under the names that cases have.
fn wanted(class: &Class) -> BTreeSet<String> {
    let members = class.members.iter().filter(|member| member.is_supported());
    let statics = class.statics.iter().filter(|member| member.is_supported());
    let constructor = (!class.constructor.is_empty()).then(|| "new".to_owned());
    members
        .map(|member| member.name.to_owned())
        .chain(statics.map(|member| format!("{}.{}", class.name, member.name)))
        .chain(constructor)
        .collect()
}

fn check(vocabulary: Vocabulary) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/members").join(vocabulary.word());
    let api = Api::of(vocabulary);
    let mut groups: Vec<(String, BTreeSet<String>)> =
        api.all_classes().into_iter().map(|class| (class.name.to_owned(), wanted(class))).collect();
    let functions = api.functions.iter().filter(|one| one.is_supported()).map(|one| one.name.to_owned());
    groups.push(("functions".to_owned(), functions.collect()));
    let mut faults = Vec::new();
    let mut count = 0;
    for (name, mut wanted) in groups {
        let text = std::fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap_or_default();
        let cases = cases(&text);
        let known = wanted.clone();
        for case in &cases {
            count += 1;
            wanted.remove(&case.member);
            if !known.contains(&case.member) {
                faults.push(format!("{name}:{}: there is no member {}", case.line, case.member));
            }
            if let Some(fault) = fault(vocabulary, case) {
                faults.push(format!("{name}:{}: {} {fault}", case.line, case.member));
            }
        }
        faults.extend(wanted.iter().map(|member| format!("{name}: no case for {member}")));
    }
    println!("{}: {count} cases", vocabulary.word());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_member_of_simpleone_does_what_its_cases_say() {
    check(Vocabulary::SimpleOne);
}

#[test]
fn every_member_of_servicenow_does_what_its_cases_say() {
    check(Vocabulary::ServiceNow);
}
