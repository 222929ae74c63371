//! Turns definitions of tables into tables of SQL: new roots, new columns, indexes.
//!
//! Runs inside the transaction that writes the definitions, but for what [`Store::prepare_layout`] does ahead. Nothing is ever dropped but indexes and views: a field
//! that leaves the dictionary keeps its column.

use std::collections::{BTreeMap, BTreeSet};

use rejoinder_engine::dictionary::Table;
use rejoinder_engine::plan::Plan;

use crate::db::{Db, Store};
use crate::dialect::Dialect;
use crate::error::{DbError, StoreError};
use crate::limits::ROOT_COLUMNS_MAX;
use crate::schema::{Column, Root, SHADOW_SUFFIX, Schema, Storage, kind_clash};
use crate::tx::{Statement, Tx};
use crate::{definition, report};

/// Defines the tables of a plan: those that are new, those that replace one of equal name, and those that leave.
pub(crate) fn define(tx: &mut dyn Tx, old: &Schema, plan: &Plan) -> Result<(), StoreError> {
    if plan.tables.is_empty() && plan.removed_tables.is_empty() && plan.shipped_tables.is_empty() {
        return Ok(());
    }
    let new = changed(old, &plan.tables, &plan.removed_tables)?;
    if let Some(limit) = tx.dialect().limit_waiting_for_locks() {
        tx.execute(limit, &[])?;
    }
    for table in &plan.removed_tables {
        report::remove(tx, table)?;
    }
    for (name, root) in touched(old, &new, &plan.tables, &plan.removed_tables) {
        columns(tx, name, root)?;
        indexes(tx, old.roots().get(name), name, root)?;
        if new.with_extending(name).len() > 1 {
            crate::layout::index_of_tables(tx, name, root)?;
        }
        report::write(tx, &new, name, root)?;
    }
    for table in &plan.tables {
        definition::write(tx, plan, &table.name, Some(table))?;
    }
    for name in &plan.removed_tables {
        definition::write(tx, plan, name, None)?;
    }
    for table in &plan.shipped_tables {
        definition::write_shipped(tx, table)?;
    }
    tx.batch(&[crate::config::raise("dictionary_generation")])?;
    Ok(())
}

/// The schema with the changes; a table that would move to another root is refused.
fn changed(old: &Schema, tables: &[Table], removed: &[String]) -> Result<Schema, StoreError> {
    let new = old.with_changes(tables, removed)?;
    let moved =
        new.tables().find(|info| old.table(&info.table.name).is_some_and(|was| was.root != info.root));
    match moved {
        Some(moved) => Err(StoreError::RootChange(moved.table.name.clone())),
        None => Ok(new),
    }
}

/// The roots of what is written, and those that lose a table.
fn touched<'a>(
    old: &Schema,
    new: &'a Schema,
    tables: &[Table],
    removed: &[String],
) -> Vec<(&'a String, &'a Root)> {
    let names: BTreeSet<String> = tables
        .iter()
        .filter_map(|table| new.table(&table.name))
        .chain(removed.iter().filter_map(|name| old.table(name)))
        .map(|info| info.root.clone())
        .collect();
    new.roots().iter().filter(|(name, _)| names.contains(*name)).collect()
}

/// What a change of the dictionary does to SQL tables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// Columns that are added, as `root.field`.
    pub columns: Vec<String>,
    /// Fields that get an index, as `root.field`.
    pub indexes_made: Vec<String>,
    /// Fields that lose theirs.
    pub indexes_dropped: Vec<String>,
}

impl Store {
    /// What the change would do; an error where SQL cannot follow it.
    pub fn layout(&self, tables: &[Table], removed: &[String]) -> Result<Layout, StoreError> {
        let old = self.dictionary();
        let new = changed(&old, tables, removed)?;
        self.read(|tx| {
            let mut layout = Layout::default();
            for (name, root) in touched(&old, &new, tables, removed) {
                let named = |column: &Column| format!("{name}.{}", column.name);
                layout.columns.extend(missing(tx, name, root)?.into_iter().map(named));
                let was = old.roots().get(name);
                let was = |column: &Column| {
                    let was = was.and_then(|was| was.column(&column.name));
                    was.map_or((false, false), |was| (was.unique, was.indexed))
                };
                for column in &root.columns {
                    let ((was_unique, was_indexed), now) = (was(column), column.unique || column.indexed);
                    if now && (was_unique, was_indexed) != (column.unique, column.indexed) {
                        layout.indexes_made.push(named(column));
                    } else if !now && (was_unique || was_indexed) {
                        layout.indexes_dropped.push(named(column));
                    }
                }
            }
            Ok(layout)
        })
    }

    /// Does ahead of a plan what would hold up writers inside of it: on PostgreSQL columns are added in a transaction
    /// of their own and indexes built concurrently, so that the plan finds them. What is left where the plan is not
    /// applied after all is an empty column, or an index that the next change of the root takes away. SQLite has one
    /// writer, which builds them in the plan.
    pub fn prepare_layout(&self, tables: &[Table]) -> Result<(), StoreError> {
        let Db::Postgres(postgres) = self.db() else { return Ok(()) };
        let old = self.dictionary();
        let new = changed(&old, tables, &[])?;
        for (name, root) in touched(&old, &new, tables, &[]) {
            if !old.roots().contains_key(name) {
                continue;
            }
            let (shared, adding) = (root.clone(), name.clone());
            self.write(move |tx| {
                if let Some(limit) = tx.dialect().limit_waiting_for_locks() {
                    tx.execute(limit, &[])?;
                }
                columns(tx, &adding, &shared)
            })?;
            drop_strays(postgres, self, (name, root), old.roots().get(name))?;
            let was = old.roots().get(name);
            for column in root
                .columns
                .iter()
                .filter(|column| was.and_then(|was| was.column(&column.name)) != Some(*column))
            {
                build(postgres, self, name, (root, column))?;
            }
        }
        Ok(())
    }
}

/// Takes indexes away that belong to no definition: a change that was prepared was not made after all.
fn drop_strays(
    postgres: &crate::postgres::Postgres,
    store: &Store,
    (name, root): (&str, &Root),
    old: Option<&Root>,
) -> Result<(), StoreError> {
    let dialect = Dialect::Postgres;
    let wanted: BTreeSet<String> = [Some(root), old]
        .into_iter()
        .flatten()
        .flat_map(|root| root.columns.iter().filter_map(|column| wanted_index(dialect, name, root, column)))
        .map(|(index, _)| index)
        .collect();
    let there = store.read(|tx| {
        let sql = "SELECT CAST(indexname AS text) FROM pg_indexes WHERE schemaname = current_schema() \
                   AND tablename = CAST(?1 AS text) AND (indexname LIKE 'l\\_%' OR indexname LIKE 'u\\_%')";
        let rows = tx.query(sql, &[root.sql.as_str().into()])?;
        rows.iter().map(|row| row.text(0)).collect::<Result<Vec<String>, DbError>>()
    })?;
    for stray in there.iter().filter(|index| !wanted.contains(*index)) {
        postgres.alone(&format!("DROP INDEX CONCURRENTLY IF EXISTS {stray}"))?;
    }
    Ok(())
}

/// Builds the index of a column while others write. One that a broken attempt left behind is not valid and goes first.
fn build(
    postgres: &crate::postgres::Postgres,
    store: &Store,
    root: &str,
    (table, column): (&Root, &Column),
) -> Result<(), StoreError> {
    let Some((index, create)) = wanted_index(Dialect::Postgres, root, table, column) else { return Ok(()) };
    let valid = store.read(|tx| {
        let sql = "SELECT i.indisvalid FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid \
                   WHERE c.relname = CAST(?1 AS text) AND c.relnamespace = CAST(current_schema() AS regnamespace)";
        let rows = tx.query(sql, &[index.as_str().into()])?;
        rows.first().map(|row| row.int(0).map(|valid| valid != 0)).transpose()
    })?;
    let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS {index}");
    match valid {
        Some(true) => return Ok(()),
        Some(false) => postgres.alone(&drop)?,
        None => {}
    }
    let built = postgres.alone(&create.replacen("INDEX", "INDEX CONCURRENTLY", 1));
    built.map_err(|error| {
        if let Err(error) = postgres.alone(&drop) {
            tracing::warn!(index, %error, "an index that could not be built was not taken away; the next try does it");
        }
        match error {
            // The index's name stands where the column is not said.
            DbError::Unique { .. } => StoreError::Unique { table: root.to_owned(), field: column.name.clone() },
            other => StoreError::Db(other),
        }
    })
}

/// The first letters of the names of indexes: of those by which lists are walked, and of unique ones.
const KINDS: [&str; 2] = ["l", "u"];

/// The index that a column is to have: its name and the statement that makes it.
fn wanted_index(dialect: Dialect, root: &str, table: &Root, column: &Column) -> Option<(String, String)> {
    let [listed, unique] = KINDS.map(|kind| index_name(kind, root, &column.name));
    if column.unique {
        // A unique index serves searches too.
        let field = format!("{}{}", column.compared(), dialect.nulls_first());
        let sql = format!("CREATE UNIQUE INDEX IF NOT EXISTS {unique} ON {} ({field})", table.sql);
        return Some((unique, sql));
    }
    let sql =
        format!("CREATE INDEX IF NOT EXISTS {listed} {}", crate::layout::listed(dialect, table, column));
    column.indexed.then_some((listed, sql))
}

/// Creates the root table, or adds the columns that it does not have.
fn columns(tx: &mut dyn Tx, name: &str, root: &Root) -> Result<(), StoreError> {
    let missing = missing(tx, name, root)?;
    let known = known_columns(tx, name)?;
    let dialect = tx.dialect();
    if known.is_empty() {
        tx.execute(&create(dialect, root), &[])?;
    } else {
        for column in missing.iter().flat_map(|column| sql_columns(dialect, column)) {
            tx.execute(&format!("ALTER TABLE {} ADD COLUMN {column}", root.sql), &[])?;
        }
    }
    let remembered: Vec<Statement> = missing.iter().map(|column| remember(name, column)).collect();
    Ok(tx.batch(&remembered)?)
}

/// The columns that the root table does not have; an error where it has one that is stored otherwise, or where those
/// of fields that left the dictionary leave no room.
fn missing<'a>(tx: &mut dyn Tx, name: &str, root: &'a Root) -> Result<Vec<&'a Column>, StoreError> {
    let known = known_columns(tx, name)?;
    if let Some((column, storage)) = root.columns.iter().find_map(|column| {
        known
            .get(&column.name)
            .filter(|storage| **storage != column.storage)
            .map(|storage| (column, *storage))
    }) {
        return Err(kind_clash(name, &column.name, storage, column.storage));
    }
    let missing: Vec<&Column> =
        root.columns.iter().filter(|column| !known.contains_key(&column.name)).collect();
    if !missing.is_empty() && known.len() + missing.len() > ROOT_COLUMNS_MAX {
        return Err(StoreError::TooManyColumns { root: name.to_owned(), max: ROOT_COLUMNS_MAX });
    }
    Ok(missing)
}

pub(crate) fn known_columns(tx: &mut dyn Tx, root: &str) -> Result<BTreeMap<String, Storage>, StoreError> {
    let rows = tx.query("SELECT field, storage FROM dictionary_column WHERE root = ?1", &[root.into()])?;
    let columns = rows.iter().map(|row| {
        let storage =
            Storage::from_word(&row.text(1)?).ok_or(DbError::Column { column: 1, wanted: "storage" })?;
        Ok((row.text(0)?, storage))
    });
    columns.collect()
}

fn remember(root: &str, column: &Column) -> Statement {
    Statement::new(
        "INSERT INTO dictionary_column (root, field, storage) VALUES (?1, ?2, ?3)",
        vec![root.into(), column.name.as_str().into(), column.storage.word().into()],
    )
    .rows(1)
}

fn create(dialect: Dialect, root: &Root) -> String {
    let (text, integer) = (dialect.text(), dialect.integer());
    let mut sql = format!(
        "CREATE TABLE {} (sys__id {text} NOT NULL PRIMARY KEY, sys__table {text} NOT NULL, sys__version {integer} NOT NULL",
        root.sql
    );
    for column in root.columns.iter().flat_map(|column| sql_columns(dialect, column)) {
        sql.push_str(", ");
        sql.push_str(&column);
    }
    sql.push(')');
    sql.push_str(dialect.strict());
    sql
}

/// A field's column, and its shadow where it is a text.
fn sql_columns(dialect: Dialect, column: &Column) -> Vec<String> {
    let kind = if column.storage.is_integer() { dialect.integer() } else { dialect.text() };
    let mut columns = vec![format!("\"{}\" {kind}", column.name)];
    if column.storage == Storage::Text {
        columns.push(format!("\"{}{SHADOW_SUFFIX}\" {kind}", column.name));
    }
    columns
}

/// Makes the indexes that are wanted and drops those that no longer are.
pub(crate) fn indexes(tx: &mut dyn Tx, old: Option<&Root>, name: &str, root: &Root) -> Result<(), DbError> {
    for column in &root.columns {
        let was = old.and_then(|old| old.column(&column.name));
        if was.is_some_and(|was| was.unique == column.unique && was.indexed == column.indexed) {
            continue;
        }
        let wanted = wanted_index(tx.dialect(), name, root, column);
        for kind in KINDS {
            let index = index_name(kind, name, &column.name);
            if wanted.as_ref().is_none_or(|(wanted, _)| *wanted != index) {
                tx.execute(&format!("DROP INDEX IF EXISTS {index}"), &[])?;
            }
        }
        if let Some((_, sql)) = wanted {
            tx.execute(&sql, &[])?;
        }
    }
    Ok(())
}

/// Table and field as PostgreSQL's 63 characters allow: their digest.
pub(crate) fn index_name(kind: &str, root: &str, column: &str) -> String {
    let digest = crate::blob::digest(format!("{root}.{column}").as_bytes());
    format!("{kind}_{}", digest.get(..24).unwrap_or(&digest))
}
