//! Packs as a world: their tables, their records, and what is wrong with them. Reads no folders.

use std::collections::BTreeMap;
use std::sync::Arc;

use rejoinder_engine::config::Config;
use rejoinder_engine::dictionary::{Dictionary, Table};
use rejoinder_engine::id::Id;
use rejoinder_engine::pack::{Pack, PackError, PackRecord, in_order};
use rejoinder_engine::plan::{Actor, Plan};
use rejoinder_engine::request::Change;
use rejoinder_engine::token::{Keys, SigningKey};

use crate::memory::Memory;
use crate::world::{NotDone, World};

/// The bytes of the key that signs in all cases; no trace may hold them.
pub const KEY: &str = "the key of the case files, 32 bytes";

/// The one key of the cases.
pub fn keys() -> Keys {
    Keys(vec![SigningKey { id: "cases".to_owned(), secret: KEY.as_bytes().to_vec(), retired: false }])
}

/// The world in which every case begins: the packs, applied.
#[derive(Debug, Clone)]
pub struct Base {
    /// All tables.
    pub dictionary: Arc<Dictionary>,
    /// All records.
    pub view: Memory,
    /// What was compiled of them.
    pub config: Config,
    /// The plan that wrote them.
    pub plan: Plan,
}

impl Base {
    /// The packs in their order, then `more`, which no pack holds.
    pub fn new(packs: &[Pack], more: Vec<Change>) -> Result<Self, PackError> {
        let dictionary = Arc::new(dictionary(packs)?);
        let mut records = Vec::new();
        for pack in packs {
            for record in pack.records()? {
                records.push((pack.change(&record, &dictionary)?, pack, record));
            }
        }
        let places: BTreeMap<Id, (&Pack, PackRecord)> =
            records.iter().map(|(_, pack, record)| (record.id, (*pack, record.clone()))).collect();
        let mut changes: Vec<Change> = records.into_iter().map(|(change, ..)| change).collect();
        in_order(&mut changes);
        let applied = |changes: &[Change]| applied(&dictionary, changes.to_vec());
        let (view, plan) = match applied(&changes.iter().cloned().chain(more).collect::<Vec<_>>()) {
            Ok(done) => done,
            Err(refused) => {
                return Err(blamed(&changes, &places, packs, &refused.to_string(), applied));
            }
        };
        let config = Config::new(1, dictionary.clone(), &view.list(), keys());
        if let Some((id, field, problem)) = unreadable(&config)
            && let Some((pack, record)) = places.get(&id)
        {
            return Err(pack.fault(record, Some(field), format!("`{field}`: {problem}")));
        }
        Ok(Self { dictionary, view, config, plan })
    }
}

/// Tables of several packs; one that a later pack defines again takes the place of the earlier one.
fn dictionary(packs: &[Pack]) -> Result<Dictionary, PackError> {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for pack in packs {
        tables.extend(pack.tables()?.into_iter().map(|table| (table.name.clone(), table)));
    }
    Dictionary::new(tables.into_values().collect()).map_err(|error| {
        let (pack, path) = place_of_table(packs, &error.to_string());
        PackError { pack, path, line: None, problem: format!("the tables do not fit together: {error}") }
    })
}

/// The last file that defines a table which the words quote; the tables of the last pack where none does.
fn place_of_table(packs: &[Pack], words: &str) -> (String, String) {
    let quoted =
        |name: &str| words.split('`').skip(1).step_by(2).any(|word| word.split('.').next() == Some(name));
    let defines = |text: &str| {
        let name = text.lines().find_map(|line| line.strip_prefix("name")?.trim_start().strip_prefix('='));
        name.is_some_and(|name| quoted(name.trim().trim_matches('"')))
    };
    for pack in packs.iter().rev() {
        let mut files = pack.files.iter().filter(|(path, _)| path.starts_with("tables/"));
        if let Some((path, _)) = files.find(|(_, text)| defines(text)) {
            return (pack.name.clone(), path.clone());
        }
    }
    (packs.last().map_or_else(String::new, |pack| pack.name.clone()), "tables".to_owned())
}

/// A rule or action that can be saved and not be decided with: where it lies, and why.
fn unreadable(config: &Config) -> Option<(Id, &'static str, &String)> {
    let mut actions = config.actions.iter().flat_map(|action| {
        let condition = action.condition.as_ref().err().map(|problem| (action.id, "condition", problem));
        let mapping = action.mapping.as_ref().err().map(|problem| (action.id, "mapping", problem));
        let templates = action.reply_templates.as_ref().err();
        let templates = templates.map(|problem| (action.id, "reply_templates", problem));
        condition.into_iter().chain(mapping).chain(templates)
    });
    let rules = config.rules.iter().map(|rule| (rule.id, &rule.condition));
    let business = config.automation.business_rules.iter().map(|rule| (rule.id, &rule.condition));
    let events = config.automation.event_actions.iter().map(|action| (action.id, &action.condition));
    let conditions = rules.chain(business).chain(events);
    let mut broken =
        conditions.filter_map(|(id, condition)| Some((id, "condition", condition.as_ref().err()?)));
    broken.next().or_else(|| actions.next())
}

fn applied(dictionary: &Arc<Dictionary>, changes: Vec<Change>) -> Result<(Memory, Plan), NotDone> {
    let mut world = World::over(Memory::new(dictionary.clone()));
    // Far from the seeds of the cases.
    world.steps = 1 << 32;
    let plan = world.request(Actor::system(), changes)?;
    Ok((world.view, plan))
}

/// Which record was refused: the one without which nothing is, among those of the table that the words quote.
fn blamed(
    changes: &[Change],
    places: &BTreeMap<Id, (&Pack, PackRecord)>,
    packs: &[Pack],
    words: &str,
    applied: impl Fn(&[Change]) -> Result<(Memory, Plan), NotDone>,
) -> PackError {
    // `table.field`: …
    let (table, field) =
        words.split('`').nth(1).and_then(|quoted| quoted.split_once('.')).unwrap_or_default();
    let of_table = |change: &Change| matches!(change, Change::Insert { table: of, .. } if of == table);
    let mut otherwise = None;
    let mut culprit = None;
    for (place, _) in changes.iter().enumerate().rev().filter(|(_, change)| of_table(change)) {
        let mut without = changes.to_vec();
        without.remove(place);
        match applied(&without) {
            Ok(_) => culprit = Some(place),
            Err(other) if other.to_string() != words => otherwise = otherwise.or(Some(place)),
            Err(_) => {}
        }
        if culprit.is_some() {
            break;
        }
    }
    let place = culprit.or(otherwise).and_then(|place| match changes.get(place)? {
        Change::Insert { id, .. } => places.get(id.as_ref()?),
        _ => None,
    });
    match place {
        Some((pack, record)) => pack.fault(record, Some(field), words.to_owned()),
        None => PackError {
            pack: packs.last().map_or_else(String::new, |pack| pack.name.clone()),
            path: String::new(),
            line: None,
            problem: words.to_owned(),
        },
    }
}
