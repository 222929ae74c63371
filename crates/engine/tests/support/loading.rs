//! The shipped packs, read from their folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use rejoinder_engine::dictionary::Dictionary;
use rejoinder_engine::id::Id;
use rejoinder_engine::pack::{Pack, record_id};
use rejoinder_engine::record::Record;
use rejoinder_engine::request::Change;
use rejoinder_engine::value::Value;
use rejoinder_ruletest::Base;
pub(crate) use rejoinder_ruletest::packs::{KEY, keys};

/// The packs in the order in which they build on each other.
const PACKS: [&str; 3] = ["core", "itsm", "demo"];
/// The value of the secret field of a record that every case holds; no trace may show it.
pub(crate) const SECRET: &str = "digest-that-never-leaves";

/// The packs, applied once.
pub(crate) static SHIPPED: LazyLock<Base> = LazyLock::new(|| {
    let packs: Vec<Pack> = PACKS.iter().map(|name| read_pack(name)).collect();
    let fields = [
        ("name".to_owned(), Value::text("Token")),
        ("digest".to_owned(), Value::text(SECRET)),
        ("user".to_owned(), Value::Ref(record_id("demo", "people/anna"))),
    ];
    let token = Change::Insert { table: "api_token".to_owned(), id: None, fields: fields.into() };
    Base::new(&packs, vec![token]).unwrap_or_else(|error| panic!("{error}"))
});

fn read_pack(name: &str) -> Pack {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs").join(name);
    let mut files = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let place = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(place, fs::read_to_string(&path).unwrap());
            }
        }
    }
    Pack { name: name.to_owned(), files }
}

/// The record of `table` that people call `name`: by its display field, or a user by an address.
pub(crate) fn by_name(records: &[Record], dictionary: &Dictionary, table: &str, name: &str) -> Option<Id> {
    let display = &dictionary.table(table)?.table.display;
    let called = |record: &&Record| record.text(display) == name || record.text("email") == name;
    records.iter().filter(|record| dictionary.is_a(&record.table, table)).find(called).map(|record| record.id)
}
