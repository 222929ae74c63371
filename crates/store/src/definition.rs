//! The definitions of the dictionary as rows: what there is, what ships, and the history of both.
//!
//! Written by [`crate::ddl`] inside of a plan's transaction; this module says what the rows are.

use rejoinder_engine::dictionary::Table;
use rejoinder_engine::dictionary::edit::Definition;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::{Actor, CauseKind, Plan};
use rejoinder_engine::time::Timestamp;

use crate::db::Store;
use crate::error::StoreError;
use crate::lists::{Filter, Listed, Page};
use crate::row::{json, params};
use crate::tx::{Row, Statement, Tx};

/// All definitions of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definitions {
    /// The configuration generation that they belong to; a plan made of them carries it.
    pub generation: i64,
    /// The definitions by name.
    pub all: Vec<Definition>,
}

impl Definitions {
    /// The definition of that name.
    pub fn get(&self, table: &str) -> Option<&Definition> {
        self.all.iter().find(|one| one.table.name == table)
    }
}

/// One change of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionChange {
    /// The version that it made.
    pub sequence: i64,
    /// When.
    pub at: Timestamp,
    /// `insert`, `update` or `delete`.
    pub operation: String,
    /// Who.
    pub actor: Actor,
    /// Because of what.
    pub cause: (CauseKind, Id),
    /// The definition before.
    pub old: Option<Table>,
    /// The definition after.
    pub new: Option<Table>,
}

const CHANGES: &str = "SELECT sequence, at, operation, actor_user, actor_label, cause_kind, cause_id, old_definition, \
                       new_definition FROM dictionary_change";

impl Store {
    /// All definitions as they are now.
    pub fn definitions(&self) -> Result<Definitions, StoreError> {
        self.read(|tx| {
            let generation = crate::config::generation(tx)?;
            let sql = "SELECT definition, shipped, version FROM dictionary_table ORDER BY name";
            let rows = tx.query(sql, &[])?;
            let all = rows.iter().map(definition).collect::<Result<_, StoreError>>()?;
            Ok(Definitions { generation, all })
        })
    }

    /// The changes of a table's definition, newest first, those of a table that is gone too.
    pub fn definition_changes(
        &self,
        table: &str,
        page: &Page,
    ) -> Result<Listed<DefinitionChange>, StoreError> {
        self.read(|tx| {
            let mut list = Filter::default();
            list.add("table_name = ?", table);
            list.after_number("sequence", page);
            list.list(tx, (CHANGES, "sequence DESC"), page, |row| {
                change(row).map(|change| {
                    let cursor = change.sequence.to_string();
                    (change, cursor)
                })
            })
        })
    }
}

fn definition(row: &Row) -> Result<Definition, StoreError> {
    Ok(Definition { table: row.json(0)?, shipped: row.opt_json(1)?, version: row.int(2)? })
}

fn change(row: &Row) -> Result<DefinitionChange, StoreError> {
    Ok(DefinitionChange {
        sequence: row.int(0)?,
        at: row.time(1)?,
        operation: row.text(2)?,
        actor: Actor { user: row.opt_id(3)?, label: row.text(4)? },
        cause: (row.word(5, CauseKind::from_word)?, row.id(6)?),
        old: row.opt_json(7)?,
        new: row.opt_json(8)?,
    })
}

/// The definition of one table, as the transaction sees it.
fn current(tx: &mut dyn Tx, name: &str) -> Result<Option<Definition>, StoreError> {
    let sql = "SELECT definition, shipped, version FROM dictionary_table WHERE name = ?1";
    tx.query(sql, &params![name])?.first().map(definition).transpose()
}

/// Writes one definition and its change; `None` takes the table out. What stays the same makes no version.
pub(crate) fn write(tx: &mut dyn Tx, plan: &Plan, name: &str, new: Option<&Table>) -> Result<(), StoreError> {
    let old = current(tx, name)?;
    if old.as_ref().map(|old| &old.table) == new {
        return Ok(());
    }
    let last = tx.query(
        "SELECT COALESCE(MAX(sequence), 0) FROM dictionary_change WHERE table_name = ?1",
        &params![name],
    )?;
    let last = last.first().map_or(Ok(0), |row| row.int(0))?.max(old.as_ref().map_or(0, |old| old.version));
    let definition = new.map(json).transpose()?;
    let statement = match &definition {
        Some(definition) => Statement::new(
            "INSERT INTO dictionary_table (name, definition, changed_at, version) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, \
             changed_at = excluded.changed_at, version = excluded.version",
            params![name, definition, plan.now, last + 1],
        ),
        None => Statement::new("DELETE FROM dictionary_table WHERE name = ?1", params![name]),
    };
    let operation = match (&old, new) {
        (None, _) => "insert",
        (Some(_), Some(_)) => "update",
        (Some(_), None) => "delete",
    };
    let change = Statement::new(
        "INSERT INTO dictionary_change (table_name, sequence, at, operation, actor_user, actor_label, cause_kind, \
         cause_id, old_definition, new_definition) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            name,
            last + 1,
            plan.now,
            operation,
            plan.actor.user,
            &plan.actor.label,
            plan.cause.kind.word(),
            plan.cause.id,
            old.as_ref().map(|old| json(&old.table)).transpose()?,
            definition
        ],
    );
    Ok(tx.batch(&[statement.rows(1), change.rows(1)])?)
}

/// Keeps what the program ships of a table.
pub(crate) fn write_shipped(tx: &mut dyn Tx, table: &Table) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE dictionary_table SET shipped = ?2 WHERE name = ?1",
        params![table.name.as_str(), json(table)?],
    );
    Ok(tx.batch(&[statement.rows(1)])?)
}
