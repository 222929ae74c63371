//! The order of a list of records, and what lies behind a place in it.
//!
//! A list is sorted by the fields that are asked for, then by its moment of creation in the direction of the last of
//! them, then by the id: the order of the indexes ([`crate::layout`]), so that a list of one value is read from its
//! index as it stands. No value comes first ascending and last descending.
//!
//! What lies behind a place is asked for part by part, each part one range of an index: first what shares all values
//! with the place, then what shares all but the last, and so on. One condition with `OR` would say the same, and both
//! databases would walk through every row before the place to find it.

use std::cmp::Ordering;

use rejoinder_engine::dictionary::TableInfo;
use rejoinder_engine::record::Record;
use rejoinder_engine::value::Kind;

use super::cursor::Place;
use crate::error::StoreError;
use crate::layout::CREATED;
use crate::record::compared;
use crate::schema::{Column, Root, Storage};
use crate::tx::SqlValue;

/// Fields that a list may be sorted by at once.
pub const ORDER_FIELDS_MAX: usize = 3;
/// Characters of a text that a list may be sorted by: its cursors carry it.
const SORTED_CHARS_MAX: usize = 2_000;

/// The fields of an order, with those that decide between rows of equal values; the id comes after them.
pub(super) fn complete(order: &[(String, bool)]) -> Vec<(String, bool)> {
    let mut complete = order.to_vec();
    if !complete.iter().any(|(field, _)| field == CREATED) {
        // Newest first where nothing is asked.
        let descending = complete.last().is_none_or(|(_, descending)| *descending);
        complete.push((CREATED.to_owned(), descending));
    }
    complete
}

/// Why a list of this table cannot be sorted so.
pub(super) fn check(info: &TableInfo, order: &[(String, bool)]) -> Result<(), StoreError> {
    for (place, (name, _)) in order.iter().enumerate() {
        let bad = |why| Err(StoreError::BadOrder { field: name.clone(), why });
        let Some(field) = info.field(name) else { return bad("the table has no such field") };
        if field.secret {
            return bad("it is secret");
        }
        match field.kind {
            Kind::Journal => return bad("it is a journal, whose entries are in the feed"),
            Kind::ReferenceList | Kind::TextList => return bad("lists have no order among themselves"),
            Kind::Text | Kind::Html | Kind::Json => return bad("its texts may be long"),
            _ if field.kind.is_text() && field.chars_max() > SORTED_CHARS_MAX => {
                return bad("its texts may be long");
            }
            _ => {}
        }
        if place >= ORDER_FIELDS_MAX {
            return bad("at most three fields are sorted by");
        }
        if order.iter().take(place).any(|(before, _)| before == name) {
            return bad("it is named twice");
        }
    }
    Ok(())
}

/// One field of an order.
pub(super) struct Key<'a> {
    pub(super) column: &'a Column,
    descending: bool,
}

/// The order as columns.
pub(super) struct Keys<'a>(pub(super) Vec<Key<'a>>);

/// A part of a list: what follows its condition, and in which order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Conditions, each with `?` where its parameter stands.
    pub(super) clauses: Vec<(String, Option<SqlValue>)>,
    /// What follows `ORDER BY`.
    pub(super) order: String,
}

impl<'a> Keys<'a> {
    pub(super) fn new(root: &'a Root, complete: &[(String, bool)]) -> Self {
        let key = |(field, descending): &(String, bool)| {
            Some(Key { column: root.column(field)?, descending: *descending })
        };
        Self(complete.iter().filter_map(key).collect())
    }

    /// The place of a record.
    pub(super) fn place(&self, record: &Record) -> Place {
        let value = |key: &Key<'_>| {
            compared(key.column.storage, record.get(&key.column.name)).unwrap_or(SqlValue::Null)
        };
        Place { values: self.0.iter().map(value).collect(), last: record.id.to_string() }
    }

    /// The parts of the list behind a place, in order; the whole list without one.
    pub(super) fn parts(&self, place: Option<&Place>) -> Result<Vec<Part>, StoreError> {
        let Some(place) = place else {
            return Ok(vec![Part { clauses: Vec::new(), order: self.order(0) }]);
        };
        let fit = |(key, value): (&Key<'_>, &SqlValue)| match value {
            SqlValue::Null => true,
            SqlValue::Int(_) => key.column.storage.is_integer(),
            SqlValue::Text(_) => !key.column.storage.is_integer() && key.column.storage != Storage::List,
            SqlValue::Blob(_) => false,
        };
        if place.values.len() != self.0.len() || !self.0.iter().zip(&place.values).all(fit) {
            return Err(StoreError::BadCursor);
        }
        let mut parts = Vec::new();
        for equal in (0..=self.0.len()).rev() {
            let same = self.same(place, equal);
            for beyond in self.beyond(place, equal) {
                let clauses = same.iter().cloned().chain([beyond]).collect();
                parts.push(Part { clauses, order: self.order(equal) });
            }
        }
        Ok(parts)
    }

    /// The first `equal` values are those of the place.
    fn same(&self, place: &Place, equal: usize) -> Vec<(String, Option<SqlValue>)> {
        let same = self.0.iter().zip(&place.values).take(equal).map(|(key, value)| {
            let column = key.sql();
            match value {
                SqlValue::Null => (format!("{column} IS NULL"), None),
                value => (format!("{column} = ?"), Some(value.clone())),
            }
        });
        same.collect()
    }

    /// Behind the place by the key at `equal`, in up to two ranges; by the id where there is none.
    fn beyond(&self, place: &Place, equal: usize) -> Vec<(String, Option<SqlValue>)> {
        let Some((key, value)) = self.0.get(equal).zip(place.values.get(equal)) else {
            return vec![("r.sys__id > ?".to_owned(), Some(SqlValue::from(place.last.as_str())))];
        };
        let column = key.sql();
        match (value, key.descending) {
            (SqlValue::Null, false) => vec![(format!("{column} IS NOT NULL"), None)],
            (SqlValue::Null, true) => Vec::new(),
            (value, false) => vec![(format!("{column} > ?"), Some(value.clone()))],
            (value, true) => {
                vec![(format!("{column} < ?"), Some(value.clone())), (format!("{column} IS NULL"), None)]
            }
        }
    }

    /// `ORDER BY` without the keys that are equal in all rows.
    fn order(&self, equal: usize) -> String {
        let mut order = String::new();
        for key in self.0.iter().skip(equal) {
            order.push_str(&key.sql());
            order.push_str(if key.descending { " DESC NULLS LAST, " } else { " ASC NULLS FIRST, " });
        }
        order.push_str("r.sys__id");
        order
    }
}

impl Key<'_> {
    fn sql(&self) -> String {
        format!("r.{}", self.column.compared())
    }
}

/// The order of two records in a list, in memory.
pub(super) fn order(complete: &[(String, bool)], a: &Record, b: &Record) -> Ordering {
    let query = rejoinder_engine::view::Query {
        order: complete.to_vec(),
        ..rejoinder_engine::view::Query::new("", rejoinder_engine::condition::Condition::always())
    };
    rejoinder_engine::reads::order(&query, a, b)
}
