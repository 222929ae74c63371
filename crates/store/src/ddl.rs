//! Turns definitions of tables into tables of SQL: new roots, new columns, indexes, and the views of reports.
//!
//! Runs inside the transaction that writes the definitions. Nothing is ever dropped but indexes and views: a field
//! that leaves the dictionary keeps its column.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rejoinder_engine::dictionary::Table;
use rejoinder_engine::time::Timestamp;

use crate::dialect::Dialect;
use crate::error::{DbError, StoreError};
use crate::schema::{Column, Root, SHADOW_SUFFIX, Schema, Storage, VIEW_PREFIX, kind_clash};
use crate::tx::{Statement, Tx};

/// Defines `tables`: those that are new, and those that replace one of equal name.
pub(crate) fn define(
    tx: &mut dyn Tx,
    old: &Schema,
    tables: &[Table],
    now: Timestamp,
) -> Result<(), StoreError> {
    if tables.is_empty() {
        return Ok(());
    }
    let new = old.with_tables(tables)?;
    if let Some(moved) =
        new.tables().find(|info| old.table(&info.table.name).is_some_and(|was| was.root != info.root))
    {
        return Err(StoreError::RootChange(moved.table.name.clone()));
    }
    if let Some(limit) = tx.dialect().limit_waiting_for_locks() {
        tx.execute(limit, &[])?;
    }
    for (name, root) in new.roots() {
        if tables.iter().any(|table| new.table(&table.name).is_some_and(|info| info.root == *name)) {
            columns(tx, name, root)?;
            indexes(tx, old.roots().get(name), name, root)?;
            if new.with_extending(name).len() > 1 {
                crate::layout::index_of_tables(tx, name, root)?;
            }
            views(tx, &new, name, root)?;
        }
    }
    let definitions: Vec<Statement> =
        tables.iter().map(|table| definition(table, now)).collect::<Result<_, _>>()?;
    tx.batch(&definitions)?;
    tx.batch(&[crate::config::raise("dictionary_generation")])?;
    Ok(())
}

fn definition(table: &Table, now: Timestamp) -> Result<Statement, StoreError> {
    let statement = Statement::new(
        "INSERT INTO dictionary_table (name, definition, changed_at) VALUES (?1, ?2, ?3) ON CONFLICT (name) \
         DO UPDATE SET definition = excluded.definition, changed_at = excluded.changed_at",
        vec![table.name.as_str().into(), serde_json::to_string(table)?.into(), now.into()],
    );
    Ok(statement.rows(1))
}

/// Creates the root table, or adds the columns that it does not have.
fn columns(tx: &mut dyn Tx, name: &str, root: &Root) -> Result<(), StoreError> {
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

fn known_columns(tx: &mut dyn Tx, root: &str) -> Result<BTreeMap<String, Storage>, StoreError> {
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
        let (plain, unique) = (index_name("l", name, &column.name), index_name("u", name, &column.name));
        let on = format!("ON {} ({}{})", root.sql, column.compared(), tx.dialect().nulls_first());
        if column.unique {
            tx.execute(&format!("CREATE UNIQUE INDEX IF NOT EXISTS {unique} {on}"), &[])?;
        } else {
            tx.execute(&format!("DROP INDEX IF EXISTS {unique}"), &[])?;
        }
        // A unique index serves searches too.
        if column.indexed && !column.unique {
            let on = crate::layout::listed(tx.dialect(), root, column);
            tx.execute(&format!("CREATE INDEX IF NOT EXISTS {plain} {on}"), &[])?;
        } else {
            tx.execute(&format!("DROP INDEX IF EXISTS {plain}"), &[])?;
        }
    }
    Ok(())
}

/// Table and field as PostgreSQL's 63 characters allow: their digest.
pub(crate) fn index_name(kind: &str, root: &str, column: &str) -> String {
    let digest = crate::blob::digest(format!("{root}.{column}").as_bytes());
    format!("{kind}_{}", digest.get(..24).unwrap_or(&digest))
}

/// Writes the view of each table of the root anew. Secret fields are not in it.
fn views(tx: &mut dyn Tx, schema: &Schema, name: &str, root: &Root) -> Result<(), DbError> {
    for info in schema.tables().filter(|info| info.root == name) {
        let table = &info.table.name;
        let mut fields = String::from("sys__id, sys__table, sys__version");
        for field in info.fields.values().filter(|field| !field.secret && Storage::of(field.kind).is_some()) {
            let _ = write!(fields, ", \"{}\"", field.name);
        }
        let tables = schema.with_extending(table).join("', '");
        tx.execute(&format!("DROP VIEW IF EXISTS {VIEW_PREFIX}{table}"), &[])?;
        tx.execute(
            &format!(
                "CREATE VIEW {VIEW_PREFIX}{table} AS SELECT {fields} FROM {} WHERE sys__table IN ('{tables}')",
                root.sql
            ),
            &[],
        )?;
    }
    Ok(())
}
