//! What people call records by, many at once.

use std::collections::BTreeSet;

use rejoinder_engine::id::Id;
use rejoinder_engine::record::Record;

use super::{Snapshot, root};
use crate::error::StoreError;
use crate::record::read_of;
use crate::schema::{Column, Schema, select_of};
use crate::tx::SqlValue;

/// How many records one statement reads: few texts are prepared, whatever is asked.
const SIZES: [usize; 4] = [1, 8, 64, 256];

impl Snapshot {
    /// Of the records of `table` and those that extend it with these ids: the field that people know each by, and
    /// nothing else. What does not exist is left out.
    pub fn named(&self, table: &str, ids: &BTreeSet<Id>) -> Result<Vec<Record>, StoreError> {
        self.with_tx(|tx, schema| {
            let root = root(schema, table)?;
            let displays = displays(schema, table);
            let columns: Vec<&Column> =
                root.columns.iter().filter(|column| displays.contains(column.name.as_str())).collect();
            let select = select_of(&root.sql, columns.iter().copied());
            let ids: Vec<SqlValue> = ids.iter().map(|id| (*id).into()).collect();
            let mut found = Vec::new();
            let largest = SIZES.last().copied().unwrap_or(1);
            for part in ids.chunks(largest) {
                let size = SIZES.into_iter().find(|size| *size >= part.len()).unwrap_or(largest);
                // The last one is asked for again until the statement is full.
                let mut params = part.to_vec();
                params.extend(part.last().cloned().into_iter().cycle().take(size - part.len()));
                let places: Vec<String> = (1..=size).map(|place| format!("?{place}")).collect();
                let sql = format!("{select} WHERE r.sys__id IN ({})", places.join(", "));
                for row in tx.query(&sql, &params)? {
                    let record = read_of(columns.iter().copied(), row)?;
                    if schema.is_a(&record.table, table) {
                        found.push(record);
                    }
                }
            }
            Ok(found)
        })
    }
}

/// The display fields of a table and of those that extend it.
fn displays<'a>(schema: &'a Schema, table: &str) -> BTreeSet<&'a str> {
    let tables = schema.tables().filter(|info| schema.is_a(&info.table.name, table));
    tables.map(|info| info.table.display.as_str()).collect()
}
