//! The names of all events that can occur, and which rules listen to each.

use std::collections::BTreeMap;

use rejoinder_engine::config::{Config, Rule};
use rejoinder_engine::events::record_events;

/// One name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventName {
    /// The name.
    pub name: String,
    /// Whether an entry names it; else the program raises it when records change.
    pub registered: bool,
    /// The table of its records.
    pub table: Option<String>,
    /// What it means.
    pub description: String,
    /// What its parameters mean, the first one first.
    pub params: Vec<String>,
    /// Whether it may be raised.
    pub active: bool,
    /// The active rules that listen to it, by name.
    pub rules: Vec<String>,
}

/// All names, sorted.
pub fn event_names(config: &Config) -> Vec<EventName> {
    let mut all: BTreeMap<String, EventName> = BTreeMap::new();
    for (name, table) in record_events(&config.dictionary) {
        let rules = heard_by(config, |rule| on_change(config, rule, table, &name));
        let (table, params) = (Some(table.to_owned()), Vec::new());
        let description = String::new();
        all.insert(
            name.clone(),
            EventName { name, registered: false, table, description, params, active: true, rules },
        );
    }
    for entry in config.events.values() {
        let rules = heard_by(config, |rule| rule.event_name.as_deref() == Some(&entry.name));
        let one = EventName {
            name: entry.name.clone(),
            registered: true,
            table: entry.table.clone(),
            description: entry.description.clone(),
            params: entry.params.clone(),
            active: entry.active,
            rules,
        };
        all.insert(entry.name.clone(), one);
    }
    all.into_values().collect()
}

fn heard_by(config: &Config, listens: impl Fn(&Rule) -> bool) -> Vec<String> {
    config.rules.iter().filter(|rule| listens(rule)).map(|rule| rule.name.clone()).collect()
}

fn on_change(config: &Config, rule: &Rule, table: &str, name: &str) -> bool {
    let about =
        if rule.with_extending { config.dictionary.is_a(table, &rule.table) } else { rule.table == table };
    about
        && match name.rsplit_once('.').map(|(_, operation)| operation) {
            Some("inserted") => rule.on_insert,
            Some("updated") => rule.on_update,
            _ => rule.on_delete,
        }
}
