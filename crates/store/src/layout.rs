//! The indexes by which lists are walked, and how databases of earlier programs come to have them.
//!
//! An index of a field goes on with the moment of creation, the order in which a list of one value is nearly always
//! wanted: `state = closed`, newest first, is a part of the index from its end, however many are closed. The id, which
//! decides last, is left out: few records are of one microsecond, and the index is a third smaller. Must not know what
//! is asked of a list.

use crate::config;
use crate::db::Store;
use crate::ddl::{index_name, indexes};
use crate::dialect::Dialect;
use crate::error::{DbError, StoreError};
use crate::schema::{Column, Root};
use crate::tx::Tx;

/// The field after every other in an index.
pub(crate) const CREATED: &str = "created_at";
/// Under which name the database keeps the layout of its indexes.
const NAME: &str = "index_layout";
/// This program's layout.
const LAYOUT: &str = "3";
/// How indexes of fields were named before there were layouts, and those of unique fields, which were in another order.
const OLD: [&str; 2] = ["i", "u"];

/// `ON …` of the index of a field.
pub(crate) fn listed(dialect: Dialect, root: &Root, column: &Column) -> String {
    let nulls = dialect.nulls_first();
    let field = format!("{}{nulls}", column.compared());
    if column.name == CREATED {
        return format!("ON {} ({field})", root.sql);
    }
    format!("ON {} ({field}, \"{CREATED}\"{nulls})", root.sql)
}

/// Where several tables share a root: the index of the records of one of them, newest first.
pub(crate) fn index_of_tables(tx: &mut dyn Tx, name: &str, root: &Root) -> Result<(), DbError> {
    let (index, nulls) = (index_name("t", name, "sys__table"), tx.dialect().nulls_first());
    let on = format!("ON {} (sys__table, \"{CREATED}\"{nulls})", root.sql);
    tx.execute(&format!("CREATE INDEX IF NOT EXISTS {index} {on}"), &[]).map(|_| ())
}

impl Store {
    /// Makes the indexes that this program wants in a database that an earlier one made.
    pub(crate) fn bring_indexes_up_to_date(&self) -> Result<(), StoreError> {
        if self.meta(NAME)?.as_deref() == Some(LAYOUT) {
            return Ok(());
        }
        let schema = self.dictionary();
        if !schema.roots().is_empty() {
            tracing::info!("making the indexes of lists anew; a large database takes some minutes once");
        }
        self.write(move |tx| {
            for (name, root) in schema.roots() {
                for column in root.columns.iter().filter(|column| column.indexed || column.unique) {
                    for kind in OLD {
                        let old = index_name(kind, name, &column.name);
                        tx.execute(&format!("DROP INDEX IF EXISTS {old}"), &[])?;
                    }
                }
                indexes(tx, None, name, root)?;
                if schema.with_extending(name).len() > 1 {
                    index_of_tables(tx, name, root)?;
                }
            }
            tx.batch(&[config::set(NAME, LAYOUT)])?;
            Ok::<(), StoreError>(())
        })
    }
}
