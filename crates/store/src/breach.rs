//! Records that break a rule which a field is to have: how many, and a few of them.
//!
//! Asked before a change of the dictionary is planned, and again inside the transaction that writes it.

use rejoinder_engine::plan::Breach;

use crate::db::Store;
use crate::error::StoreError;
use crate::limits::BREACHES_SHOWN;
use crate::schema::{Column, Root, SHADOW_SUFFIX, Schema, Storage};
use crate::tx::{SqlValue, Tx};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Breaches {
    /// How many records break the rule.
    pub count: i64,
    /// A few of them: ids, or the values that are shared; at most [`BREACHES_SHOWN`].
    pub examples: Vec<String>,
}

impl Store {
    /// The records of `table` and those that extend it whose `field` is as `breach` says.
    pub fn breaches(&self, table: &str, field: &str, breach: &Breach) -> Result<Breaches, StoreError> {
        let schema = self.dictionary();
        self.read(|tx| find(tx, &schema, (table, field), breach))
    }
}

/// See [`Store::breaches`]. A field that has no column yet is empty everywhere.
pub(crate) fn find(
    tx: &mut dyn Tx,
    schema: &Schema,
    (table, field): (&str, &str),
    breach: &Breach,
) -> Result<Breaches, StoreError> {
    let Some(root) = schema.root_of(table) else { return Ok(Breaches::default()) };
    let mut asked = Asked { tables: Some(schema.with_extending(table)), params: Vec::new() };
    let kept = column(tx, schema, (table, field))?;
    let condition = match &kept {
        Some(column) if *breach == Breach::Shared => return shared(tx, root, column),
        Some(column) => asked.condition(column, breach),
        None if *breach == Breach::Empty => "1 = 1".to_owned(),
        None => return Ok(Breaches::default()),
    };
    let from = format!("FROM {} WHERE {} AND {condition}", root.sql, asked.tables());
    let count = tx.query(&format!("SELECT COUNT(*) {from}"), &asked.params)?;
    let count = count.first().map_or(Ok(0), |row| row.int(0))?;
    let rows = if count == 0 {
        Vec::new()
    } else {
        tx.query(&format!("SELECT sys__id {from} ORDER BY sys__id LIMIT {BREACHES_SHOWN}"), &asked.params)?
    };
    let examples = rows.iter().map(|row| row.text(0)).collect::<Result<_, _>>()?;
    Ok(Breaches { count, examples })
}

/// The column of a field, also of one that left the dictionary and is to come back.
fn column(
    tx: &mut dyn Tx,
    schema: &Schema,
    (table, field): (&str, &str),
) -> Result<Option<Column>, StoreError> {
    let Some(info) = schema.table(table) else { return Ok(None) };
    if let Some(column) = schema.root_of(table).and_then(|root| root.column(field)) {
        return Ok(Some(column.clone()));
    }
    let storage = crate::ddl::known_columns(tx, &info.root)?.get(field).copied();
    Ok(storage.map(|storage| Column { name: field.to_owned(), storage, unique: false, indexed: false }))
}

struct Asked {
    tables: Option<Vec<String>>,
    params: Vec<SqlValue>,
}

impl Asked {
    fn param(&mut self, value: impl Into<SqlValue>) -> String {
        self.params.push(value.into());
        format!("?{}", self.params.len())
    }

    fn list(&mut self, words: &[String]) -> String {
        let places: Vec<String> = words.iter().map(|word| self.param(word.as_str())).collect();
        places.join(", ")
    }

    fn tables(&mut self) -> String {
        let tables = self.tables.take().unwrap_or_default();
        let tables = self.list(&tables);
        format!("sys__table IN ({tables})")
    }

    fn condition(&mut self, column: &Column, breach: &Breach) -> String {
        let name = format!("\"{}\"", column.name);
        match breach {
            Breach::Empty => format!("{name} IS NULL"),
            Breach::Any | Breach::Shared => format!("{name} IS NOT NULL"),
            Breach::Among(words) => format!("{name} IN ({})", self.list(words)),
            Breach::NoneOf(words) => format!("{name} NOT IN ({})", self.list(words)),
            Breach::Longer(max) => {
                format!("length({name}) > {}", self.param(i64::try_from(*max).unwrap_or(i64::MAX)))
            }
        }
    }
}

/// A unique field is unique in all of its root: one column serves the fields of equal name.
fn shared(tx: &mut dyn Tx, root: &Root, column: &Column) -> Result<Breaches, StoreError> {
    let compared = column.compared();
    let from =
        format!("FROM {} WHERE {compared} IS NOT NULL GROUP BY {compared} HAVING COUNT(*) > 1", root.sql);
    let sql =
        format!("SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM (SELECT COUNT(*) AS n {from}) AS twice");
    let count = tx.query(&sql, &[])?.first().map_or(Ok(0), |row| row.int(0))?;
    // A text as it was written, not as it is compared.
    let (name, kind) = (format!("\"{}\"", column.name), tx.dialect().text());
    let shown = if compared.contains(SHADOW_SUFFIX) { &name } else { &compared };
    let shown = column.storage.reported(shown, tx.dialect()).replace(shown, &format!("MIN({shown})"));
    let text = kind.split(' ').next().unwrap_or("TEXT");
    let sql = format!("SELECT CAST({shown} AS {text}) {from} ORDER BY {compared} LIMIT {BREACHES_SHOWN}");
    let rows = if count == 0 || column.storage == Storage::List { Vec::new() } else { tx.query(&sql, &[])? };
    let examples = rows.iter().map(|row| row.text(0)).collect::<Result<_, _>>()?;
    Ok(Breaches { count, examples })
}
