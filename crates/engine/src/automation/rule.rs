//! A business rule, compiled: what it listens to, and what it does.

use super::{order, vocabulary};
use crate::condition::Condition;
use crate::config::condition_of;
use crate::dictionary::{Dictionary, TableInfo};
use crate::id::Id;
use crate::notify::rule_table::change_table;
use crate::record::Record;
use crate::script::Vocabulary;

/// When a rule runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Before the change is checked and planned: it may change it, or call it off.
    Before,
    /// When it is planned: it sees the record as it will be.
    After,
}

/// What is done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// It is made.
    Insert,
    /// It is changed.
    Update,
    /// It is removed.
    Delete,
}

impl Write {
    /// The name of the event of such a change, without its table.
    pub const fn event(self) -> &'static str {
        match self {
            Self::Insert => "inserted",
            Self::Update => "updated",
            Self::Delete => "deleted",
        }
    }
}

/// A business rule.
#[derive(Debug, Clone, PartialEq)]
pub struct BusinessRule {
    /// Its identity.
    pub id: Id,
    /// The version of its record, for traces.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Its table.
    pub table: String,
    /// Whether also for tables that extend it.
    pub with_extending: bool,
    /// When.
    pub when: When,
    /// When a record is made.
    pub on_insert: bool,
    /// When it is changed.
    pub on_update: bool,
    /// When it is removed.
    pub on_delete: bool,
    /// Its place; equal ones by name.
    pub order: i64,
    /// Its condition over the change, or what is wrong with it.
    pub condition: Result<Condition, String>,
    /// A script that must answer true, too; empty where there is none.
    pub condition_script: String,
    /// What it does.
    pub script: String,
    /// The names and classes that its scripts use.
    pub vocabulary: Vocabulary,
}

impl BusinessRule {
    /// Reads a record of [`BUSINESS_RULE`](super::BUSINESS_RULE).
    pub(super) fn read(row: &Record, dictionary: &Dictionary) -> Self {
        let table = row.text("table").to_owned();
        let change = change_table(dictionary, &table);
        Self {
            id: row.id,
            version: row.version,
            name: row.text("name").to_owned(),
            with_extending: row.get("with_extending").is_true(),
            when: if row.text("when") == "after" { When::After } else { When::Before },
            on_insert: row.get("on_insert").is_true(),
            on_update: row.get("on_update").is_true(),
            on_delete: row.get("on_delete").is_true(),
            order: order(row),
            condition: condition_of(row, dictionary, &change),
            condition_script: row.text("condition_script").to_owned(),
            script: row.text("script").to_owned(),
            vocabulary: vocabulary(row),
            table,
        }
    }

    /// Whether it listens to such a change of a record of `info`.
    pub fn listens(&self, dictionary: &Dictionary, info: &TableInfo, write: Write, when: When) -> bool {
        let name = &info.table.name;
        let table = self.table == *name || (self.with_extending && dictionary.is_a(name, &self.table));
        table
            && self.when == when
            && match write {
                Write::Insert => self.on_insert,
                Write::Update => self.on_update,
                Write::Delete => self.on_delete,
            }
    }
}
