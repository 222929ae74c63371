//! Conditions: as JSON against the shipped tables, and as encoded queries of both dialects, there and back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rejoinder_engine::condition::encoded::{Dialect, Query, normal, parse, same_names, write};
use rejoinder_engine::condition::source::Source;
use rejoinder_fuzz::DICTIONARY;

fuzz_target!(|text: &str| {
    if let Ok(source) = Source::parse(text) {
        drop(source.check(&DICTIONARY, "incident"));
        there_and_back(&Query::new(source));
    }
    for dialect in [Dialect::ServiceNow, Dialect::SimpleOne] {
        if let Ok(query) = parse(text, dialect, &same_names) {
            drop(query.source.check(&DICTIONARY, "incident"));
            there_and_back(&query);
        }
    }
});

/// What is written is read as it was meant.
fn there_and_back(query: &Query) {
    for dialect in [Dialect::ServiceNow, Dialect::SimpleOne] {
        let Ok(text) = write(query, dialect, &same_names) else { continue };
        let again = parse(&text, dialect, &same_names).expect("what was written can be read");
        let source = normal(&query.source, dialect).expect("what was written has a normal form");
        assert_eq!(again, Query { source, ..query.clone() }, "{text}");
    }
}
