//! Reads of a decision: the rows of the view minus those the plan changed plus the plan's own.
//!
//! Everything read from the view is noted as a [`Guard`], so that apply can tell whether it still holds. What
//! the plan itself holds is matched in memory by the same evaluator and sorted again.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::condition::eval::{Subject, evaluate};
use crate::condition::{Clause, Condition, Hierarchy, RECORD_FIELD, Related, Step, TABLE_FIELD};
use crate::dictionary::Dictionary;
use crate::id::Id;
use crate::limits::QUERY_ROWS_MAX;
use crate::plan::Guard;
use crate::record::Record;
use crate::value::Value;
use crate::view::{Query, View, ViewError};

/// The digest of a query's answer: ids and versions in order.
pub fn digest(rows: &[Record]) -> String {
    let mut hash = Sha256::new();
    for row in rows {
        hash.update(row.id.bytes());
        hash.update(row.version.to_be_bytes());
    }
    data_encoding::HEXLOWER.encode(hash.finalize().get(..16).unwrap_or_default())
}

/// The read side of one decision.
pub struct Reads<'a> {
    /// What lies below; facts about mail are asked of it directly.
    pub view: &'a dyn View,
    /// The dictionary.
    pub dictionary: &'a Dictionary,
    guards: RefCell<Vec<Guard>>,
    cache: RefCell<BTreeMap<(String, Id), Option<Record>>>,
    changed: RefCell<BTreeMap<Id, Option<Record>>>,
}

impl<'a> Reads<'a> {
    /// Reads over `view`, without anything planned yet.
    pub fn new(view: &'a dyn View, dictionary: &'a Dictionary) -> Self {
        Self {
            view,
            dictionary,
            guards: RefCell::default(),
            cache: RefCell::default(),
            changed: RefCell::default(),
        }
    }

    /// One record as the plan leaves it.
    pub fn get(&self, table: &str, id: Id) -> Result<Option<Record>, ViewError> {
        if let Some(planned) = self.changed.borrow().get(&id) {
            return Ok(planned.clone().filter(|record| self.dictionary.is_a(&record.table, table)));
        }
        self.stored(table, id)
    }

    /// One record as it is before the plan.
    pub fn stored(&self, table: &str, id: Id) -> Result<Option<Record>, ViewError> {
        let root = self.root(table)?;
        if let Some(known) = self.cache.borrow().get(&(root.clone(), id)) {
            return Ok(known.clone().filter(|record| self.dictionary.is_a(&record.table, table)));
        }
        let record = self.view.get(&root, id)?;
        let version = record.as_ref().map_or(0, |record| record.version);
        self.guards.borrow_mut().push(Guard::Version { table: root.clone(), id, version });
        self.cache.borrow_mut().insert((root, id), record.clone());
        Ok(record.filter(|record| self.dictionary.is_a(&record.table, table)))
    }

    /// Takes what [`Reads::get`] would read of a record for known, also that it does not exist. For showing, where
    /// many are read at once: what is known so is no guard of a plan.
    pub fn know(&self, table: &str, id: Id, record: Option<Record>) -> Result<(), ViewError> {
        let root = self.root(table)?;
        self.cache.borrow_mut().insert((root, id), record);
        Ok(())
    }

    /// The records that fulfil the query, as the plan leaves them.
    pub fn query(&self, query: &Query) -> Result<Vec<Record>, ViewError> {
        self.root(&query.table)?;
        let mut asked = query.clone();
        // Rows that the plan changed may fall out, so more are asked for than wanted.
        let planned = u32::try_from(self.changed.borrow().len()).unwrap_or(QUERY_ROWS_MAX);
        asked.limit = query.limit.min(QUERY_ROWS_MAX).saturating_add(planned).min(QUERY_ROWS_MAX);
        let rows = self.view.query(&asked)?;
        if rows.len() >= QUERY_ROWS_MAX as usize {
            let table = self.root(&query.table)?;
            let counter = self.view.table_counter(&table)?;
            self.guards.borrow_mut().push(Guard::TableCounter { table, counter });
        } else {
            let guard = Guard::Query { query: asked, digest: digest(&rows) };
            let mut guards = self.guards.borrow_mut();
            if !guards.contains(&guard) {
                guards.push(guard);
            }
        }
        self.merge(query, rows)
    }

    fn merge(&self, query: &Query, rows: Vec<Record>) -> Result<Vec<Record>, ViewError> {
        let changed = self.changed.borrow().clone();
        if changed.is_empty() {
            return Ok(rows);
        }
        let mut merged: Vec<Record> = rows.into_iter().filter(|row| !changed.contains_key(&row.id)).collect();
        for record in changed.into_values().flatten() {
            if query.is_behind(record.id)
                && self.dictionary.is_a(&record.table, &query.table)
                && self.matches(&query.condition, &record)?
            {
                merged.push(record);
            }
        }
        merged.sort_by(|a, b| order(query, a, b));
        merged.truncate(query.limit as usize);
        Ok(merged)
    }

    /// How many records are related to the one of this id, counted up to `limit`. A query like others: one that comes
    /// or goes before the plan is applied is noticed.
    pub fn count(&self, related: &Related, id: Id, limit: u32) -> Result<u32, ViewError> {
        let query = Query { limit, ..Query::new(&related.table, related.condition_of(id)) };
        Ok(u32::try_from(self.query(&query)?.len()).unwrap_or(limit))
    }

    /// The record above the one of this id.
    pub fn above(&self, hierarchy: &Hierarchy, id: Id) -> Result<Option<Id>, ViewError> {
        let record = self.get(&hierarchy.table, id)?;
        Ok(record.and_then(|record| record.get(&hierarchy.by.field).as_ref_id()))
    }

    /// Whether a record fulfils a condition that does not look back.
    pub fn matches(&self, condition: &Condition, record: &Record) -> Result<bool, ViewError> {
        let subject = RecordSubject { reads: self, record, old: None };
        evaluate(condition, &subject).map(|reason| reason.holds()).map_err(ViewError::Database)
    }

    /// Makes a planned state of a record visible to later reads; `None` for one that is removed.
    pub fn overlay(&self, id: Id, record: Option<Record>) {
        self.changed.borrow_mut().insert(id, record);
    }

    /// A planned record, as the plan leaves it.
    pub fn planned(&self, which: impl Fn(&Record) -> bool) -> Option<Record> {
        self.changed.borrow().values().flatten().find(|record| which(record)).cloned()
    }

    /// What is planned so far, to return to when an action fails.
    pub fn savepoint(&self) -> BTreeMap<Id, Option<Record>> {
        self.changed.borrow().clone()
    }

    /// Returns to a savepoint. Guards stay: what was read has influenced the decision.
    pub fn roll_back(&self, savepoint: BTreeMap<Id, Option<Record>>) {
        *self.changed.borrow_mut() = savepoint;
    }

    /// What was read, for the plan.
    pub fn into_guards(self) -> Vec<Guard> {
        self.guards.into_inner()
    }

    /// The root of a table.
    pub fn root(&self, table: &str) -> Result<String, ViewError> {
        let info = self.dictionary.table(table).ok_or_else(|| ViewError::NoTable(table.to_owned()))?;
        Ok(info.root.clone())
    }

    /// The value at the end of a clause's path, starting from `record`.
    pub fn walk(&self, record: &Record, clause: &Clause) -> Result<Value, ViewError> {
        self.walk_path(record, &clause.path)
    }

    /// The value at the end of a path, starting from `record`.
    pub fn walk_path(&self, record: &Record, path: &[Step]) -> Result<Value, ViewError> {
        let mut current = record.clone();
        let Some((last, way)) = path.split_last() else { return Ok(Value::Null) };
        for step in way {
            let (Some(id), Some(table)) = (current.get(&step.field).as_ref_id(), step.table.as_deref())
            else {
                return Ok(Value::Null);
            };
            match self.get(table, id)? {
                Some(next) => current = next,
                None => return Ok(Value::Null),
            }
        }
        Ok(match (current.fields.get(&last.field), last.field.as_str()) {
            (Some(value), _) => value.clone(),
            (None, RECORD_FIELD) => Value::Ref(current.id),
            (None, TABLE_FIELD) => Value::text(&current.table),
            (None, _) => Value::Null,
        })
    }
}

/// The order of a query: its fields, no value first, then the id.
pub fn order(query: &Query, a: &Record, b: &Record) -> Ordering {
    for (field, descending) in &query.order {
        let (left, right) = (a.get(field), b.get(field));
        let by_field = match (left.is_null(), right.is_null()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => left.order(right).unwrap_or(Ordering::Equal),
        };
        let by_field = if *descending { by_field.reverse() } else { by_field };
        if by_field != Ordering::Equal {
            return by_field;
        }
    }
    a.id.cmp(&b.id)
}

/// A record, with its past where there is one, as the subject of a condition.
pub struct RecordSubject<'a, 'b> {
    /// Where references are followed.
    pub reads: &'b Reads<'a>,
    /// The record as it is.
    pub record: &'b Record,
    /// The record as it was.
    pub old: Option<&'b Record>,
}

impl Subject for RecordSubject<'_, '_> {
    fn value(&self, clause: &Clause) -> Result<Value, String> {
        self.reads.walk(self.record, clause).map_err(|error| error.to_string())
    }

    fn old_value(&self, clause: &Clause) -> Result<Option<Value>, String> {
        let old = self.old.map(|old| self.reads.walk(old, clause)).transpose();
        old.map_err(|error| error.to_string())
    }

    fn count(&self, related: &Related, id: Id, limit: u32) -> Result<u32, String> {
        self.reads.count(related, id, limit).map_err(|error| error.to_string())
    }

    fn above(&self, hierarchy: &Hierarchy, id: Id) -> Result<Option<Id>, String> {
        self.reads.above(hierarchy, id).map_err(|error| error.to_string())
    }
}
