//! The views that SQL clients read: `v_<table>` of each table of the dictionary and of the program's own tables.
//!
//! How a value looks is said by [`Storage::reported`]. Secret fields and journals are in no view. Nothing in the
//! program reads them.

use rejoinder_engine::system_tables::{SYSTEM_TABLES, SystemTable};

use crate::dialect::Dialect;
use crate::error::{DbError, StoreError};
use crate::schema::{Root, Schema, Storage, VIEW_PREFIX};
use crate::tx::{Statement, Tx};

/// Raised when views look otherwise, so that a database that an older program made gets new ones.
const FORMAT: &str = "1";
/// Under which the format is kept.
const FORMAT_NAME: &str = "views_format";

/// One view: its name, its columns with what they read, and what comes after them.
struct View {
    name: String,
    columns: Vec<(String, String)>,
    from: String,
}

/// Writes the view of each table of the root anew.
pub(crate) fn write(tx: &mut dyn Tx, schema: &Schema, name: &str, root: &Root) -> Result<(), DbError> {
    for info in schema.tables().filter(|info| info.root == name) {
        let dialect = tx.dialect();
        let mut columns = system_columns("sys__id", "sys__table", "sys__version");
        for field in info.fields.values().filter(|field| !field.secret) {
            if let Some(storage) = Storage::of(field.kind) {
                let reads = storage.reported(&format!("\"{}\"", field.name), dialect);
                columns.push((field.name.clone(), reads));
            }
        }
        let tables = schema.with_extending(&info.table.name).join("', '");
        let from = format!("{} WHERE sys__table IN ('{tables}')", root.sql);
        replace(tx, &View { name: format!("{VIEW_PREFIX}{}", info.table.name), columns, from })?;
    }
    Ok(())
}

/// Takes the view of a table away.
pub(crate) fn remove(tx: &mut dyn Tx, table: &str) -> Result<(), DbError> {
    tx.execute(&format!("DROP VIEW IF EXISTS {VIEW_PREFIX}{table}"), &[]).map(|_| ())
}

/// Writes all views anew where an older program wrote them, those of the program's own tables too.
pub(crate) fn refresh(tx: &mut dyn Tx, schema: &Schema) -> Result<(), StoreError> {
    if let Some(alone) = tx.dialect().lock_alone() {
        tx.query(alone, &[])?;
    }
    let known = tx.query("SELECT value FROM meta WHERE name = ?1", &[FORMAT_NAME.into()])?;
    if known.first().map(|row| row.text(0)).transpose()?.as_deref() == Some(FORMAT) {
        return Ok(());
    }
    for info in schema.tables() {
        remove(tx, &info.table.name)?;
    }
    for (name, root) in schema.roots() {
        write(tx, schema, name, root)?;
    }
    for table in SYSTEM_TABLES {
        let view = system_view(table, tx.dialect());
        remove(tx, table.name)?;
        replace(tx, &view)?;
    }
    let statement = Statement::new(
        "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        vec![FORMAT_NAME.into(), FORMAT.into()],
    );
    Ok(tx.batch(&[statement.rows(1)])?)
}

fn system_columns(id: &str, table: &str, version: &str) -> Vec<(String, String)> {
    let names = [("sys_id", id), ("sys_table", table), ("sys_version", version)];
    names.iter().map(|(name, reads)| ((*name).to_owned(), (*reads).to_owned())).collect()
}

fn system_view(table: &SystemTable, dialect: Dialect) -> View {
    let text = format!("CAST('{}' AS {})", table.name, dialect.text().split(' ').next().unwrap_or("TEXT"));
    let mut columns = vec![("sys_id".to_owned(), table.key.to_owned()), ("sys_table".to_owned(), text)];
    for field in table.fields {
        if let Some(storage) = Storage::of(field.kind) {
            let name = field.name;
            columns.push((name.to_owned(), storage.reported(&format!("\"{name}\""), dialect)));
        }
    }
    View { name: format!("{VIEW_PREFIX}{}", table.name), columns, from: table.kept_in.to_owned() }
}

/// Rights that were given on a view outlive the change where the database can replace it: then the columns that it
/// has keep their order and new ones come behind.
fn replace(tx: &mut dyn Tx, view: &View) -> Result<(), DbError> {
    let mut columns: Vec<&(String, String)> = view.columns.iter().collect();
    let mut create = "CREATE VIEW";
    let mut known = Vec::new();
    if let Some(sql) = tx.dialect().view_columns() {
        for row in tx.query(sql, &[view.name.as_str().into()])? {
            known.push(row.text(0)?);
        }
    }
    if !known.is_empty() && known.iter().all(|name| columns.iter().any(|(column, _)| column == name)) {
        let place = |name: &String| known.iter().position(|known| known == name).unwrap_or(known.len());
        columns.sort_by_key(|(name, _)| place(name));
        create = "CREATE OR REPLACE VIEW";
    } else {
        tx.execute(&format!("DROP VIEW IF EXISTS {}", view.name), &[])?;
    }
    let columns: Vec<String> = columns.iter().map(|(name, reads)| format!("{reads} AS \"{name}\"")).collect();
    let sql = format!("{create} {} AS SELECT {} FROM {}", view.name, columns.join(", "), view.from);
    tx.execute(&sql, &[]).map(|_| ())
}
