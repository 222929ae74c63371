//! The world of the shipped packs, read from their folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use rejoinder_engine::pack::Pack;
use rejoinder_ruletest::Base;

/// The packs, applied once.
#[allow(dead_code, clippy::allow_attributes, reason = "not every test file plays")]
pub(crate) static BASE: LazyLock<Base> =
    LazyLock::new(|| Base::new(&packs(), Vec::new()).unwrap_or_else(|error| panic!("{error}")));

/// The packs in the order in which they build on each other.
pub(crate) fn packs() -> Vec<Pack> {
    ["core", "itsm", "demo"].map(read).to_vec()
}

fn read(name: &str) -> Pack {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs").join(name);
    let mut files = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let place = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                files.insert(place, fs::read_to_string(&path).unwrap());
            }
        }
    }
    Pack { name: name.to_owned(), files }
}
