//! The documentation of conditions: each operator has an example in both text forms, and they say the same.

use std::collections::BTreeSet;

use rejoinder_engine::condition::Operator;
use rejoinder_engine::condition::encoded::{Dialect, Query, parse, same_names, write};
use rejoinder_engine::condition::source::Source;
use rejoinder_engine::condition::{Part, Period, Unit};

use crate::support::loading::SHIPPED;

const TEXT: &str = include_str!("../../../../docs/conditions.md");

/// Operator, JSON and encoded query of each row of the table.
fn rows() -> Vec<(String, String, String)> {
    let code = |cell: &str| cell.trim().trim_matches('`').to_owned();
    let rows = TEXT.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| `")?.split(" | ").collect();
        let [operator, _, json, encoded] = cells.as_slice() else { return None };
        Some((code(operator), code(json), code(encoded.trim_end_matches(" |"))))
    });
    rows.collect()
}

#[test]
fn every_operator_is_documented_by_an_example_that_can_be_asked() {
    let documented: BTreeSet<String> = rows().into_iter().map(|(operator, ..)| operator).collect();
    let all: BTreeSet<String> = Operator::ALL.iter().map(|operator| operator.word().to_owned()).collect();
    assert_eq!(documented, all);
    for (operator, json, _) in rows() {
        let source = Source::parse(&json).unwrap();
        assert_eq!(source.clauses()[0].operator.word(), operator, "{json}");
        source.check(&SHIPPED.dictionary, "incident").unwrap_or_else(|error| panic!("{json}: {error}"));
    }
}

#[test]
fn both_text_forms_of_an_example_say_the_same() {
    for (_, json, encoded) in rows() {
        let source = Source::parse(&json).unwrap();
        let query = parse(&encoded, Dialect::ServiceNow, &same_names).unwrap();
        assert_eq!(query.source, source, "{encoded}");
        for dialect in [Dialect::ServiceNow, Dialect::SimpleOne] {
            write(&Query::new(source.clone()), dialect, &same_names)
                .unwrap_or_else(|error| panic!("{json}: {error}"));
        }
    }
}

#[test]
fn every_period_unit_and_part_is_documented() {
    let words = Unit::ALL.map(Unit::word).into_iter().chain(Part::ALL.map(Part::word));
    for word in words {
        assert!(TEXT.contains(&format!("`{word}`")), "{word}");
    }
    let (this, last, next) = ("this_", "last_", "next_");
    for word in Period::ALL.map(Period::word) {
        let composed = [this, last, next].iter().any(|way| {
            word.strip_prefix(way)
                .is_some_and(|unit| TEXT.contains(&format!("`{way}`")) && TEXT.contains(&format!("`{unit}`")))
        });
        assert!(composed || TEXT.contains(&format!("`{word}`")), "{word}");
    }
}
