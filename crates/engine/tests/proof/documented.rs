//! The documentation of conditions (each operator has an example in both text forms, and they say the same), and of
//! inbound actions.

use std::collections::BTreeSet;

use rejoinder_engine::condition::Operator;
use rejoinder_engine::condition::encoded::{Dialect, Query, parse, same_names, write};
use rejoinder_engine::condition::source::Source;
use rejoinder_engine::condition::{Part, Period, Unit};
use rejoinder_engine::inbound::mail_table::mail_table;

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

const ACTIONS: &str = include_str!("../../../../docs/inbound-actions.md");

#[test]
fn every_shipped_inbound_action_is_documented_and_every_documented_one_ships() {
    let actions = SHIPPED.view.records.values().filter(|record| record.table == "inbound_action");
    let shipped: BTreeSet<String> = actions.map(|action| action.text("name").to_owned()).collect();
    let cells =
        ACTIONS.lines().filter(|line| line.starts_with("| ")).filter_map(|line| line.split(" | ").nth(1));
    let documented: BTreeSet<String> =
        cells.flat_map(|cell| cell.split('*').skip(1).step_by(2)).map(str::to_owned).collect();
    assert_eq!(documented, shipped);
}

#[test]
fn every_field_of_a_mail_is_documented() {
    let table = mail_table(&SHIPPED.dictionary, "incident").unwrap();
    let missing: Vec<&String> =
        table.fields.keys().filter(|name| !ACTIONS.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
