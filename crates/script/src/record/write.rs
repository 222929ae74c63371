//! What a record object writes: values first, then the row.

use std::rc::Rc;

use super::{Record, is_empty, is_journal, plain};
use crate::interp::convert::Halt;
use crate::interp::kit::Call;
use crate::{HostError, Right, Row, Value};

impl Record {
    /// Writes a value of the current row; `false` where the table has no such field.
    pub(crate) fn set(&self, field: &str, value: Value) -> bool {
        let Some(info) = self.field(field) else { return false };
        let mut inner = self.inner.borrow_mut();
        inner.placed = true;
        if is_journal(info) {
            inner.journal.retain(|(name, _)| name != field);
            if !is_empty(&value) {
                inner.journal.push((field.to_owned(), plain(&value)));
            }
            return true;
        }
        let stored = inner.row.fields.iter().find(|(name, _)| name == field);
        let stored = stored.map_or(Value::Null, |(_, stored)| stored.clone());
        let same = !inner.lazy && (stored == value || (is_empty(&stored) && is_empty(&value)));
        inner.changed.retain(|(name, _)| name != field);
        if !same || !inner.saved {
            inner.changed.push((field.to_owned(), value));
        }
        true
    }

    /// Notes a value for every row of a query; `false` where the table has no such field.
    pub(crate) fn set_for_all(&self, field: &str, value: Value) -> bool {
        let known = self.field(field).is_some();
        if known {
            let mut inner = self.inner.borrow_mut();
            inner.for_all.retain(|(name, _)| name != field);
            inner.for_all.push((field.to_owned(), value));
        }
        known
    }

    /// The values for every row, which are used up.
    pub(crate) fn take_for_all(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.inner.borrow_mut().for_all)
    }

    /// A record object on a row, which writes as this one does.
    pub(crate) fn beside(&self, call: &Call<'_, '_>, row: Row) -> Result<Rc<Self>, Halt> {
        let record = Self::open(call, self.table())?;
        let whole = !row.fields.is_empty();
        record.place(row);
        {
            let (mut other, inner) = (record.inner.borrow_mut(), self.inner.borrow());
            other.how = inner.how;
            other.secure = inner.secure;
            other.blocked = inner.blocked;
            other.lazy = !whole;
        }
        Ok(record)
    }

    /// Whether anything waits to be written.
    pub(crate) fn is_changed(&self) -> bool {
        let inner = self.inner.borrow();
        !inner.changed.is_empty() || !inner.journal.is_empty()
    }

    /// Plans the new record and stands on it; its id. Nothing where its writes are left out.
    pub(crate) fn insert(&self, call: &Call<'_, '_>) -> Result<Option<String>, Halt> {
        let (fields, how, blocked) = {
            let inner = self.inner.borrow();
            // What the database added to one that this object inserted is not sent with another.
            let begun = inner.made.as_ref().unwrap_or(&inner.row.fields);
            let stored = begun.iter().filter(|(name, value)| {
                !is_empty(value) && !inner.changed.iter().any(|(changed, _)| changed == name)
            });
            let journal = inner.journal.iter().map(|(name, text)| (name.clone(), Value::Text(text.clone())));
            let fields: Vec<(String, Value)> =
                stored.cloned().chain(inner.changed.iter().cloned()).chain(journal).collect();
            (fields, inner.how, inner.blocked)
        };
        if blocked {
            return Ok(None);
        }
        // Nobody needs a right to what a table begins with by itself.
        let own = fields.iter().filter(|(name, value)| {
            self.field(name).is_none_or(|field| field.default.as_ref() != Some(value))
        });
        self.must(call, Right::Create, own)?;
        let sent: Vec<_> = fields.iter().filter(|(name, _)| !self.takes_text(name)).cloned().collect();
        let id = call.plan(|host| host.insert(self.table(), fields, how))?;
        self.settle();
        let mut inner = self.inner.borrow_mut();
        inner.row.id.clone_from(&id);
        inner.made = Some(sent);
        inner.saved = true;
        inner.placed = true;
        // What the database or a rule adds (numbers, stamps) is read when it is asked for.
        inner.lazy = true;
        Ok(Some(id))
    }

    /// Plans the change of the current row; `false` where there was nothing to write.
    pub(crate) fn update(&self, call: &Call<'_, '_>) -> Result<bool, Halt> {
        let (id, fields, how, skip) = {
            let inner = self.inner.borrow();
            let journal = inner.journal.iter().map(|(name, text)| (name.clone(), Value::Text(text.clone())));
            let fields: Vec<(String, Value)> = inner.changed.iter().cloned().chain(journal).collect();
            // Whoever is about to write the record writes this with it.
            (inner.row.id.clone(), fields, inner.how, inner.blocked || inner.pending)
        };
        if skip || fields.is_empty() {
            return Ok(false);
        }
        self.must(call, Right::Update, fields.iter())?;
        call.plan(|host| host.update(self.table(), &id, fields, how))?;
        self.settle();
        Ok(true)
    }

    /// Plans the removal of the current row, and leaves it.
    pub(crate) fn delete(&self, call: &Call<'_, '_>) -> Result<bool, Halt> {
        let (id, how, blocked) = {
            let inner = self.inner.borrow();
            (inner.row.id.clone(), inner.how, inner.blocked)
        };
        if blocked {
            return Ok(false);
        }
        if id.is_empty() {
            return Err(HostError::refused("no_record", "there is no record to delete").into());
        }
        self.must(call, Right::Delete, [].iter())?;
        call.plan(|host| host.delete(self.table(), &id, how))?;
        self.blank();
        Ok(true)
    }

    fn takes_text(&self, field: &str) -> bool {
        self.field(field).is_some_and(is_journal)
    }

    /// What was written becomes what is stored; journal entries are inputs and leave nothing behind.
    fn settle(&self) {
        let mut inner = self.inner.borrow_mut();
        inner.journal.clear();
        for (name, value) in std::mem::take(&mut inner.changed) {
            match inner.row.fields.iter_mut().find(|(field, _)| *field == name) {
                Some((_, stored)) => *stored = value,
                None => inner.row.fields.push((name, value)),
            }
        }
    }
}
