//! The shipped packs, and the records of a case, as records of the engine.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use rejoinder_engine::dictionary::Dictionary;
use rejoinder_engine::id::Id;
use rejoinder_engine::pack::Pack;
use rejoinder_engine::record::{Fields, Record};
use rejoinder_engine::request::Change;
use rejoinder_engine::token::{Keys, SigningKey};
use rejoinder_engine::value::{Kind, Value};
use toml::Value as Toml;

/// The packs in the order in which they build on each other.
const PACKS: [&str; 3] = ["core", "itsm", "demo"];
/// The bytes of the key that signs in all cases; no trace may hold them.
pub(crate) const KEY: &str = "the key of the case files, 32 bytes";

/// The dictionary and the changes that the packs ask for.
pub(crate) struct Shipped {
    /// All tables.
    pub(crate) dictionary: Arc<Dictionary>,
    /// All records, one insert each.
    pub(crate) changes: Vec<Change>,
}

/// The packs, read once.
pub(crate) static SHIPPED: LazyLock<Shipped> = LazyLock::new(|| {
    let packs: Vec<Pack> = PACKS.iter().map(|name| read_pack(name)).collect();
    let tables = packs.iter().flat_map(|pack| pack.tables().unwrap()).collect();
    let dictionary = Arc::new(Dictionary::new(tables).unwrap());
    let changes = packs
        .iter()
        .flat_map(|pack| {
            pack.records().unwrap().into_iter().map(|one| pack.change(&one, &dictionary).unwrap())
        })
        .collect();
    Shipped { dictionary, changes }
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

/// The one key of the cases.
pub(crate) fn keys() -> Keys {
    Keys(vec![SigningKey { id: "cases".to_owned(), secret: KEY.as_bytes().to_vec(), retired: false }])
}

/// The record of `table` that people call `name`: by its display field, or a user by an address.
pub(crate) fn by_name(records: &[Record], dictionary: &Dictionary, table: &str, name: &str) -> Option<Id> {
    let display = &dictionary.table(table)?.table.display;
    let called = |record: &&Record| record.text(display) == name || record.text("email") == name;
    records.iter().filter(|record| dictionary.is_a(&record.table, table)).find(called).map(|record| record.id)
}

/// The values that a case writes for a record: references by the names of what they name.
pub(crate) fn fields(
    records: &[Record],
    dictionary: &Dictionary,
    table: &str,
    written: &toml::Table,
) -> Fields {
    let info = dictionary.table(table).unwrap_or_else(|| panic!("no table {table}"));
    let read = |(name, value): (&String, &Toml)| {
        let field = info.field(name).unwrap_or_else(|| panic!("{table} has no field {name}"));
        let id = |name: &str| {
            let target = field.table.as_deref().unwrap();
            by_name(records, dictionary, target, name)
                .unwrap_or_else(|| panic!("no {target} is called {name}"))
        };
        let value = match (field.kind, value) {
            (Kind::Json, other) => Value::text(serde_json::to_string(other).unwrap()),
            (Kind::Reference, Toml::String(name)) if !name.is_empty() => Value::Ref(id(name)),
            (Kind::ReferenceList, Toml::Array(items)) => {
                Value::list(items.iter().map(|item| id(item.as_str().unwrap()).to_string()).collect())
            }
            (_, Toml::Array(items)) => {
                Value::list(items.iter().map(|item| item.as_str().unwrap().to_owned()).collect())
            }
            (kind, Toml::String(text)) => Value::parse(kind, text).unwrap(),
            (kind, other) => Value::parse(kind, &other.to_string()).unwrap(),
        };
        (name.clone(), value)
    };
    written.iter().map(read).collect()
}
