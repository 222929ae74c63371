//! Records page by page, in any order, and how many there are, for people who look through a whole table.

use std::cmp::Ordering;
use std::time::Duration;

use rejoinder_engine::condition::Condition;
use rejoinder_engine::record::Record;

use super::cursor::{Place, digest};
use super::order::{Keys, Part, check, complete, order};
use super::{Listed, Page};
use crate::condition::matching;
use crate::db::Store;
use crate::dialect::Dialect;
use crate::error::{DbError, StoreError};
use crate::layout::CREATED;
use crate::limits::COUNT_MS_MAX;
use crate::record::read_of;
use crate::schema::{Column, Root, Schema, select_of};
use crate::tx::{SqlValue, Tx};

/// Which records, in which order, and which page of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordList {
    /// Records of this table and those that extend it.
    pub table: String,
    /// What they fulfil.
    pub condition: Condition,
    /// What cursors know the condition by, where it is not the same on the next page: one that names `now`.
    pub name: Option<String>,
    /// At most [`ORDER_FIELDS_MAX`](super::ORDER_FIELDS_MAX) fields to sort by, `true` for descending; newest first
    /// where there is none. Records of equal values follow by their creation in the direction of the last field, then
    /// by their id.
    pub order: Vec<(String, bool)>,
    /// Only these fields are read; all where it is `None`.
    pub fields: Option<Vec<String>>,
    /// Which page.
    pub page: Page,
}

impl RecordList {
    /// The records of `table` that fulfil `condition`, newest first.
    pub fn newest(table: &str, condition: Condition, page: Page) -> Self {
        Self { table: table.to_owned(), condition, name: None, order: Vec::new(), fields: None, page }
    }

    /// The order of two of its records, as the database has it.
    pub fn compare(&self, a: &Record, b: &Record) -> Ordering {
        order(&complete(&self.order), a, b)
    }

    /// What a cursor of this list says it is of.
    fn digest(&self, complete: &[(String, bool)]) -> Result<String, StoreError> {
        let order = serde_json::to_string(complete)?;
        let condition = match &self.name {
            Some(name) => name.clone(),
            None => serde_json::to_string(&self.condition)?,
        };
        Ok(digest(&["records", &self.table, &order, &condition]))
    }
}

/// How many records a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How many were counted.
    pub value: u32,
    /// Whether there are more.
    pub capped: bool,
}

/// The list as SQL.
struct Asked<'a> {
    select: String,
    matching: String,
    params: Vec<SqlValue>,
    columns: Vec<&'a Column>,
}

impl Store {
    /// One page of a list of records. A field that it cannot be sorted by is [`StoreError::BadOrder`], a cursor that
    /// no page of it gave [`StoreError::BadCursor`].
    pub fn records(&self, list: &RecordList) -> Result<Listed<Record>, StoreError> {
        let schema = self.dictionary();
        let unknown = || StoreError::NoSuchField(list.table.clone());
        let root = schema.root_of(&list.table).ok_or_else(unknown)?;
        check(schema.table(&list.table).ok_or_else(unknown)?, &list.order)?;
        let complete = complete(&list.order);
        let (keys, digest) = (Keys::new(root, &complete), list.digest(&complete)?);
        let place = list.page.after.as_deref().map(|cursor| Place::read(cursor, &digest)).transpose()?;
        let parts = keys.parts(place.as_ref())?;
        self.read(|tx| {
            let asked = Asked::new(tx, &schema, root, list, &keys)?;
            let wanted = list.page.rows();
            let mut items: Vec<Record> = Vec::new();
            for part in &parts {
                // One more than wanted tells whether there is a next page.
                let missing = wanted + 1 - items.len();
                if missing == 0 {
                    break;
                }
                items.extend(asked.rows(tx, part, missing)?);
            }
            let more = items.len() > wanted;
            items.truncate(wanted);
            let last = items.last().filter(|_| more);
            let next = last.map(|last| keys.place(last).write(&digest)).transpose()?;
            if let Some(fields) = &list.fields {
                items.iter_mut().for_each(|item| item.fields.retain(|name, _| fields.contains(name)));
            }
            Ok(Listed { items, next })
        })
    }

    /// How many records of `table` fulfil `condition`, counted up to `cap`. `None` where counting would have taken
    /// longer than [`COUNT_MS_MAX`].
    pub fn count(&self, table: &str, condition: &Condition, cap: u32) -> Result<Option<Count>, StoreError> {
        self.count_within(table, condition, cap, Duration::from_millis(COUNT_MS_MAX))
    }

    /// The same within another time, for tests.
    #[doc(hidden)]
    pub fn count_within(
        &self,
        table: &str,
        condition: &Condition,
        cap: u32,
        limit: Duration,
    ) -> Result<Option<Count>, StoreError> {
        let schema = self.dictionary();
        let root = schema.root_of(table).ok_or_else(|| StoreError::NoSuchField(table.to_owned()))?;
        let counted = self.read_within(limit, |tx| {
            let mut params = Vec::new();
            let matching = matching(tx.dialect(), &schema, table, condition, &mut params);
            let matching = matching.map_err(StoreError::BadCondition)?;
            params.push((i64::from(cap) + 1).into());
            let (sql, place) = (&root.sql, params.len());
            let sql = format!(
                "SELECT COUNT(*) FROM (SELECT 1 AS one FROM {sql} AS r{matching} LIMIT ?{place}) AS found"
            );
            let rows = tx.query(&sql, &params)?;
            Ok::<i64, StoreError>(rows.first().map_or(Ok(0), |row| row.int(0))?)
        });
        match counted {
            Ok(found) => {
                let found = u32::try_from(found).unwrap_or(u32::MAX);
                Ok(Some(Count { value: found.min(cap), capped: found > cap }))
            }
            Err(StoreError::Db(DbError::TooLong)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl<'a> Asked<'a> {
    fn new(
        tx: &dyn Tx,
        schema: &Schema,
        root: &'a Root,
        list: &RecordList,
        keys: &Keys<'a>,
    ) -> Result<Self, StoreError> {
        let mut params = Vec::new();
        let matching = matching(tx.dialect(), schema, &list.table, &list.condition, &mut params);
        let mut matching = matching.map_err(StoreError::BadCondition)?;
        // SQLite would take the index of the tables, which is in the order of creation, for the best one, and sort.
        if tx.dialect() == Dialect::Sqlite && keys.0.first().is_some_and(|key| key.column.name != CREATED) {
            matching = matching.replacen(" WHERE r.sys__table IN (", " WHERE +r.sys__table IN (", 1);
        }
        let wanted = |column: &Column| {
            let fields = list.fields.as_ref();
            let sorted = || keys.0.iter().any(|key| key.column.name == column.name);
            fields.is_none_or(|fields| fields.contains(&column.name) || sorted())
        };
        let columns: Vec<&Column> = root.columns.iter().filter(|column| wanted(column)).collect();
        let select = select_of(&root.sql, columns.iter().copied());
        Ok(Self { select, matching, params, columns })
    }

    fn rows(&self, tx: &mut dyn Tx, part: &Part, limit: usize) -> Result<Vec<Record>, StoreError> {
        let (sql, params) = self.sql(part, limit);
        let rows = tx.query(&sql, &params)?.into_iter();
        rows.map(|row| read_of(self.columns.iter().copied(), row)).collect()
    }

    fn sql(&self, part: &Part, limit: usize) -> (String, Vec<SqlValue>) {
        let mut params = self.params.clone();
        let mut sql = format!("{}{}", self.select, self.matching);
        for (clause, value) in &part.clauses {
            sql.push_str(" AND ");
            if let Some(value) = value {
                params.push(value.clone());
                sql.push_str(&clause.replace('?', &format!("?{}", params.len())));
            } else {
                sql.push_str(clause);
            }
        }
        params.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
        sql.push_str(&format!(" ORDER BY {} LIMIT ?{}", part.order, params.len()));
        (sql, params)
    }
}
