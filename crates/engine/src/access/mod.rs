//! Access rules: who may read, make, change and remove which records and fields.
//!
//! A rule grants; nothing else does. Of a table and those that it extends, the nearest one for which there is any rule
//! about the operation decides, so that a rule for `incident` stands in the place of those for `task`. Where no table of
//! the line has one, the rules for all records (or for all configuration) decide, and where there is none, nobody may.
//! A rule about a field narrows what the rules about records grant. Administrators and the program itself are not asked.
//!
//! Decides and explains; asks no database: a list is narrowed by the condition of its [`Grant`].

pub mod explain;
mod rights;
mod role;
mod rule;

use std::collections::BTreeMap;

pub use rights::{ADMIN, AGENT, Person, Rights};
pub use role::{ROLE, check_roles};
pub use rule::{ACCESS_RULE, AccessRule, EVERY_FIELD, Operation, Scope, check};

use crate::condition::{Condition, Operator, TABLE_FIELD};
use crate::dictionary::{Dictionary, Field, TableInfo};
use crate::reads::Reads;
use crate::record::Record;
use crate::value::{Kind, Value};
use crate::view::ViewError;

/// What somebody may do with the records of one table.
#[derive(Debug, Clone, PartialEq)]
pub enum Grant {
    /// It may be done with all of them.
    All,
    /// With none.
    None,
    /// With those that fulfil the condition.
    Where(Condition),
}

impl Grant {
    /// Whether it may be done with `record`.
    pub fn covers(&self, reads: &Reads<'_>, record: &Record) -> Result<bool, ViewError> {
        match self {
            Self::All => Ok(true),
            Self::None => Ok(false),
            Self::Where(condition) => reads.matches(condition, record),
        }
    }
}

/// All access rules of one configuration.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AccessRules {
    /// By operation and field (none: the record itself), each in the order of their names.
    rules: BTreeMap<(Operation, Option<String>), Vec<AccessRule>>,
}

impl AccessRules {
    /// Sorts the rules; those that are not active are left out before.
    pub fn new(mut all: Vec<AccessRule>) -> Self {
        all.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        let mut rules: BTreeMap<_, Vec<AccessRule>> = BTreeMap::new();
        for rule in all {
            rules.entry((rule.operation, rule.field.clone())).or_default().push(rule);
        }
        Self { rules }
    }

    /// Whether a rule asks for the groups of whoever asks.
    pub fn ask_for_groups(&self) -> bool {
        self.all().any(|rule| rule.condition.as_ref().is_ok_and(Condition::asks_for_groups))
    }

    /// Every rule.
    pub fn all(&self) -> impl Iterator<Item = &AccessRule> {
        self.rules.values().flatten()
    }

    /// The rules that decide about `operation` on records of `table` (or on their `field`).
    fn deciding(
        &self,
        dictionary: &Dictionary,
        operation: Operation,
        info: &TableInfo,
        field: Option<&str>,
    ) -> Vec<&AccessRule> {
        let key = (operation, field.map(str::to_owned));
        let Some(all) = self.rules.get(&key) else { return Vec::new() };
        let of = |scope: &Scope| all.iter().filter(|rule| rule.scope == *scope).collect::<Vec<_>>();
        let mut current = Some(info.table.name.clone());
        while let Some(name) = current {
            current = dictionary.table(&name).and_then(|info| info.table.extends.clone());
            let found = of(&Scope::Table(name));
            if !found.is_empty() {
                return found;
            }
        }
        of(if info.table.configuration { &Scope::Configuration } else { &Scope::Records })
    }

    /// What `rights` allow with records whose most specific table is `info`.
    pub fn records(
        &self,
        dictionary: &Dictionary,
        rights: &Rights,
        operation: Operation,
        info: &TableInfo,
    ) -> Grant {
        let Some(person) = rights.limited() else { return Grant::All };
        granted(&self.deciding(dictionary, operation, info, None), person)
    }

    /// The condition that those records of `table` and of the tables that extend it fulfil which may be read. Where the
    /// rules of these tables differ, each part says which tables it is about.
    pub fn visible(&self, dictionary: &Dictionary, rights: &Rights, table: &str) -> Condition {
        let mut grants: Vec<(Grant, Vec<String>)> = Vec::new();
        for name in dictionary.with_extending(table) {
            let Some(info) = dictionary.table(&name) else { continue };
            let grant = self.records(dictionary, rights, Operation::Read, info);
            match grants.iter_mut().find(|(known, _)| *known == grant) {
                Some((_, tables)) => tables.push(name),
                None => grants.push((grant, vec![name])),
            }
        }
        let alone = grants.len() == 1;
        let part = |(grant, tables): (Grant, Vec<String>)| {
            let tables = tables.iter().map(Value::text).collect();
            let of = || Condition::clause(TABLE_FIELD, Kind::Choice, Operator::In, tables);
            match grant {
                Grant::None => None,
                Grant::All => Some(if alone { Condition::always() } else { of() }),
                Grant::Where(condition) if alone => Some(condition),
                Grant::Where(condition) => Some(Condition::All(vec![of(), condition])),
            }
        };
        let mut parts: Vec<Condition> = grants.into_iter().filter_map(part).collect();
        if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) }
    }

    /// What `rights` allow with a field, of what they allow with its record.
    pub fn field(
        &self,
        dictionary: &Dictionary,
        rights: &Rights,
        operation: Operation,
        info: &TableInfo,
        field: &Field,
    ) -> Grant {
        let Some(person) = rights.limited() else { return Grant::All };
        if field.agents_only && !person.is_agent() {
            return Grant::None;
        }
        let rules = self.about_field(dictionary, operation, info, field);
        if rules.is_empty() { Grant::All } else { granted(&rules, person) }
    }

    /// The rules that decide about a field: those that name it, else those about every field ([`EVERY_FIELD`]). Where
    /// none is about making records, those about changing them decide.
    fn about_field(
        &self,
        dictionary: &Dictionary,
        operation: Operation,
        info: &TableInfo,
        field: &Field,
    ) -> Vec<&AccessRule> {
        let asked: &[Operation] = match operation {
            Operation::Create => &[Operation::Create, Operation::Update],
            Operation::Read => &[Operation::Read],
            Operation::Update => &[Operation::Update],
            Operation::Delete => &[],
        };
        let names = [field.name.as_str(), EVERY_FIELD];
        let mut ways = asked.iter().flat_map(|operation| names.iter().map(move |name| (*operation, *name)));
        let found = ways.find_map(|(operation, name)| {
            Some(self.deciding(dictionary, operation, info, Some(name))).filter(|rules| !rules.is_empty())
        });
        found.unwrap_or_default()
    }
}

fn granted(rules: &[&AccessRule], person: &Person) -> Grant {
    let mut conditions = Vec::new();
    for rule in rules.iter().filter(|rule| rule.is_for(person)) {
        match &rule.condition {
            Ok(condition) if *condition == Condition::always() => return Grant::All,
            Ok(condition) => conditions.push(person.resolve(condition)),
            // A rule that cannot be read grants nothing; `explain` and the check of the settings say so.
            Err(_) => {}
        }
    }
    match conditions.len() {
        0 => Grant::None,
        1 => conditions.pop().map_or(Grant::None, Grant::Where),
        _ => Grant::Where(Condition::Any(conditions)),
    }
}

#[cfg(test)]
mod tests;
