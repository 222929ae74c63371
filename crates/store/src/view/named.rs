//! What people call records by, many at once.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rejoinder_engine::id::Id;
use rejoinder_engine::record::Record;

use super::{Snapshot, root};
use crate::error::StoreError;
use crate::record::read_of;
use crate::schema::{Column, Schema, select_of};
use crate::tx::{Question, SqlValue};

/// How many records one statement reads: few texts are prepared, whatever is asked.
const SIZES: [usize; 4] = [1, 8, 64, 256];

impl Snapshot {
    /// Of each table with ids: of its records and those that extend it with these ids the field that people know
    /// each by, and nothing else. What does not exist is left out. All is asked at once.
    pub fn named<'t>(
        &self,
        wanted: &BTreeMap<&'t str, BTreeSet<Id>>,
    ) -> Result<BTreeMap<&'t str, Vec<Record>>, StoreError> {
        self.with_tx(|tx, schema| {
            let (mut questions, mut about) = (Vec::new(), Vec::new());
            for (table, ids) in wanted {
                let columns = Rc::new(columns(schema, table)?);
                let select = select_of(&root(schema, table)?.sql, columns.iter().copied());
                for question in in_parts(&select, ids) {
                    questions.push(question);
                    about.push((*table, Rc::clone(&columns)));
                }
            }
            let mut found: BTreeMap<&str, Vec<Record>> = BTreeMap::new();
            for ((table, columns), rows) in about.into_iter().zip(tx.queries(&questions)?) {
                for row in rows {
                    let record = read_of(columns.iter().copied(), row)?;
                    if schema.is_a(&record.table, table) {
                        found.entry(table).or_default().push(record);
                    }
                }
            }
            Ok(found)
        })
    }
}

/// What asks for all of `ids`, a few sizes at most.
fn in_parts(select: &str, ids: &BTreeSet<Id>) -> Vec<Question<'static>> {
    let ids: Vec<SqlValue> = ids.iter().map(|id| (*id).into()).collect();
    let largest = SIZES.last().copied().unwrap_or(1);
    let parts = ids.chunks(largest).map(|part| {
        let size = SIZES.into_iter().find(|size| *size >= part.len()).unwrap_or(largest);
        // The last one is asked for again until the statement is full.
        let mut params = part.to_vec();
        params.extend(part.last().cloned().into_iter().cycle().take(size - part.len()));
        let places: Vec<String> = (1..=size).map(|place| format!("?{place}")).collect();
        (format!("{select} WHERE r.sys__id IN ({})", places.join(", ")).into(), params)
    });
    parts.collect()
}

/// The columns of the fields that people know records of `table` by.
fn columns<'a>(schema: &'a Schema, table: &str) -> Result<Vec<&'a Column>, StoreError> {
    let displays = displays(schema, table);
    let columns = root(schema, table)?.columns.iter();
    Ok(columns.filter(|column| displays.contains(column.name.as_str())).collect())
}

/// The display fields of a table and of those that extend it.
fn displays<'a>(schema: &'a Schema, table: &str) -> BTreeSet<&'a str> {
    let tables = schema.tables().filter(|info| schema.is_a(&info.table.name, table));
    tables.map(|info| info.table.display.as_str()).collect()
}
