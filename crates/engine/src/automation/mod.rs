//! What administrators automate with scripts: business rules, event actions, scripts that others include, working hours.
//!
//! Reads their records and refuses those that cannot be read; what runs them is [`crate::draft`] for business rules,
//! [`crate::notify`] for event actions, and [`crate::script`] for the rest.

pub mod hours;
pub mod rule;
mod together;
mod written;

use std::collections::BTreeMap;

use crate::condition::Condition;
use crate::config::condition_of;
use crate::dictionary::Dictionary;
use crate::id::Id;
use crate::notify::rule_table::change_table;
use crate::record::Record;
use crate::script::Vocabulary;
use crate::value::Value;

pub use rule::{BusinessRule, When, Write};
pub use together::check_together;
pub use written::check;

/// The table of business rules.
pub const BUSINESS_RULE: &str = "business_rule";
/// The table of scripts that others include.
pub const SCRIPT_INCLUDE: &str = "script_include";
/// The table of event actions.
pub const EVENT_ACTION: &str = "event_action";
/// The table of working hours.
pub const SCHEDULE: &str = "schedule";

/// A script that others include.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptInclude {
    /// Its identity.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Its text.
    pub script: String,
    /// The names and classes that it uses.
    pub vocabulary: Vocabulary,
}

/// What a script does when an event is processed.
#[derive(Debug, Clone, PartialEq)]
pub struct EventAction {
    /// Its identity.
    pub id: Id,
    /// The version of its record, for traces.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// The event that it listens to.
    pub event_name: String,
    /// The table of the event's records, those that extend it included; any where there is none.
    pub table: Option<String>,
    /// Its place; equal ones by name.
    pub order: i64,
    /// Its condition over the change, or what is wrong with it.
    pub condition: Result<Condition, String>,
    /// Its script.
    pub script: String,
    /// The names and classes that it uses.
    pub vocabulary: Vocabulary,
}

impl EventAction {
    fn read(row: &Record, dictionary: &Dictionary) -> Self {
        let table = row.get("table").as_text().map(str::to_owned);
        // Without a table its condition asks of any record what every record has.
        let place = table.as_deref().unwrap_or(crate::events::EVENT_REGISTER);
        let change = change_table(dictionary, place);
        Self {
            id: row.id,
            version: row.version,
            name: row.text("name").to_owned(),
            event_name: row.text("event_name").to_owned(),
            order: order(row),
            condition: condition_of(row, dictionary, &change),
            script: row.text("script").to_owned(),
            vocabulary: vocabulary(row),
            table,
        }
    }

    /// Whether it listens to an event of this name on a record of this table.
    pub fn listens(&self, dictionary: &Dictionary, event: &str, table: &str) -> bool {
        self.event_name == event && self.table.as_deref().is_none_or(|wanted| dictionary.is_a(table, wanted))
    }
}

/// Everything that is automated, by its kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Automation {
    /// Active business rules in the order in which they run.
    pub business_rules: Vec<BusinessRule>,
    /// Active scripts that others include, by name.
    pub includes: BTreeMap<String, ScriptInclude>,
    /// Active event actions in the order in which they run.
    pub event_actions: Vec<EventAction>,
}

impl Automation {
    /// From the records of the configuration; `of` gives those of a table.
    pub(crate) fn new<'r>(dictionary: &Dictionary, of: impl Fn(&str) -> Vec<&'r Record>) -> Self {
        let active = |table: &str| {
            let mut rows = of(table);
            rows.retain(|row| row.get("active").is_true());
            rows
        };
        let rules = active(BUSINESS_RULE);
        let mut business_rules: Vec<_> =
            rules.into_iter().map(|row| BusinessRule::read(row, dictionary)).collect();
        business_rules.sort_by(|a, b| (a.order, &a.name, a.id).cmp(&(b.order, &b.name, b.id)));
        let actions = active(EVENT_ACTION);
        let mut event_actions: Vec<_> =
            actions.into_iter().map(|row| EventAction::read(row, dictionary)).collect();
        event_actions.sort_by(|a, b| (a.order, &a.name, a.id).cmp(&(b.order, &b.name, b.id)));
        let include = |row: &Record| ScriptInclude {
            id: row.id,
            name: row.text("name").to_owned(),
            script: row.text("script").to_owned(),
            vocabulary: vocabulary(row),
        };
        let includes = active(SCRIPT_INCLUDE).into_iter().map(include);
        let includes = includes.map(|include| (include.name.clone(), include)).collect();
        Self { business_rules, includes, event_actions }
    }
}

/// The vocabulary of a record's scripts; the first one where none is named.
pub(crate) fn vocabulary(row: &Record) -> Vocabulary {
    Vocabulary::parse(row.text("vocabulary")).unwrap_or(Vocabulary::SimpleOne)
}

/// The place among others.
fn order(row: &Record) -> i64 {
    if let Value::Int(number) = row.get("order") { *number } else { 100 }
}
