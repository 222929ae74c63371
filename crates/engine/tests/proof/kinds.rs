//! Which values a field of each kind takes from whoever writes records.

use std::sync::Arc;

use rejoinder_engine::config::Config;
use rejoinder_engine::context::{Context, NextNumber};
use rejoinder_engine::dictionary::{Dictionary, Field, Table, URL_CHARS_MAX};
use rejoinder_engine::id::Seed;
use rejoinder_engine::plan::Actor;
use rejoinder_engine::request::{Change, Request, decide};
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::value::{Kind, Value};

use crate::support::loading::{SHIPPED, keys};
use crate::support::memory::Memory;

const DEVICE: &str = r#"
    name = "device"
    display = "created_at"
    [[fields]]
    name = "manual"
    kind = "url"
    [[fields]]
    name = "facts"
    kind = "json"
    [[fields]]
    name = "bought"
    kind = "date"
    [[fields]]
    name = "repair"
    kind = "duration"
"#;

/// What writing `value` into `field` of a new device gives: nothing, or the code of the refusal.
fn write(field: &str, value: Value) -> Result<(), &'static str> {
    let tables = SHIPPED
        .dictionary
        .tables()
        .filter(|info| info.table.name == "user" || info.table.name == "email_account");
    let mut tables: Vec<Table> = tables.map(|info| info.table.clone()).collect();
    for table in &mut tables {
        table.extends = None;
        table.fields.retain(|field: &Field| field.table.is_none());
    }
    tables.push(toml::from_str(DEVICE).unwrap());
    let dictionary = Arc::new(Dictionary::new(tables).unwrap());
    let view = Memory::new(dictionary.clone());
    let config = Config::new(1, dictionary, &[], keys());
    let seed = Seed::new([1; 32]);
    let now = Timestamp::from_micros(0);
    let context = Context { config: &config, view: &view, now, seed, numbers: &NextNumber };
    let fields = [(field.to_owned(), value)].into();
    let changes = vec![Change::Insert { table: "device".to_owned(), id: None, fields }];
    let request = Request {
        id: seed.id("request", now),
        actor: Actor::system(),
        rights: rejoinder_engine::access::Rights::Program,
        changes,
    };
    decide(context, &request).map(|_| ()).map_err(|error| error.code())
}

#[test]
fn a_field_of_json_holds_nothing_but_json() {
    for text in ["{}", "[1, \"a\"]", "\"a\"", "null", " {\"a\": 1} "] {
        assert_eq!(write("facts", Value::text(text)), Ok(()), "{text}");
    }
    for text in ["{", "a", "{} {}", "{'a': 1}"] {
        assert_eq!(write("facts", Value::text(text)), Err("bad_value"), "{text}");
    }
}

#[test]
fn a_field_of_addresses_holds_what_a_page_can_offer_as_a_link() {
    assert_eq!(write("manual", Value::text("https://example.com/manual")), Ok(()));
    assert_eq!(write("manual", Value::text("javascript:alert(1)")), Err("bad_value"));
    let long = |chars: usize| {
        let start = "https://example.com/";
        Value::text(start.to_owned() + &"x".repeat(chars - start.len()))
    };
    assert_eq!(write("manual", long(URL_CHARS_MAX)), Ok(()));
    assert_eq!(write("manual", long(URL_CHARS_MAX + 1)), Err("too_long"));
}

#[test]
fn days_and_lengths_of_time_are_written_as_they_are_read() {
    assert_eq!(write("bought", Value::parse(Kind::Date, "2024-02-29").unwrap()), Ok(()));
    assert_eq!(write("repair", Value::parse(Kind::Duration, "1d 02:03:04").unwrap()), Ok(()));
}
