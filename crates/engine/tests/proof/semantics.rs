//! The published specification names every case, and names none that does not exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use regex::Regex;

use crate::support::case;

#[test]
fn every_sentence_of_the_specification_has_a_case_and_every_case_a_sentence() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/semantics.md");
    let text = fs::read_to_string(path).unwrap();
    let name = Regex::new(r"`([a-z0-9.-]+/[a-z0-9-]+)`").unwrap();
    let named: BTreeSet<String> = name.captures_iter(&text).map(|hit| hit[1].to_owned()).collect();
    // Scripts as people bring them prove the vocabularies, which have documentation of their own.
    let cases = case::all().into_iter().map(|case| case.name);
    let cases: BTreeSet<String> = cases.filter(|name| !name.starts_with("vocabulary-")).collect();
    assert_eq!(
        cases.difference(&named).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "cases without a sentence"
    );
    assert_eq!(
        named.difference(&cases).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "sentences without a case"
    );
    let unproven: Vec<&str> =
        text.lines().filter(|line| line.starts_with("- ") && !line.ends_with("`)")).collect();
    assert!(unproven.is_empty(), "{unproven:?}");
}
