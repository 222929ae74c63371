//! The rows of a record object: running the query, moving, reading values.

use std::rc::Rc;

use super::{Choice, Record, plain};
use crate::interp::convert::Halt;
use crate::interp::kit::Call;
use crate::{FieldKind, Query, Row, Value};

impl Record {
    /// Leaves the current row for a new one without values.
    pub(crate) fn blank(&self) {
        let mut inner = self.inner.borrow_mut();
        inner.row = Row::default();
        inner.saved = false;
        inner.placed = false;
        inner.lazy = false;
        inner.changed.clear();
        inner.journal.clear();
        inner.old = None;
        inner.pending = false;
        inner.removed = false;
        inner.made = None;
        inner.followed.clear();
    }

    /// Begins a new record with the defaults of its table.
    pub(crate) fn begin(&self) {
        self.blank();
        let defaults = self.info.fields.iter();
        let defaults = defaults.filter_map(|field| Some((field.name.clone(), field.default.clone()?)));
        let mut inner = self.inner.borrow_mut();
        inner.placed = true;
        inner.row.fields = defaults.collect();
    }

    /// Stands on a row.
    pub(crate) fn place(&self, row: Row) {
        self.blank();
        let mut inner = self.inner.borrow_mut();
        inner.row = row;
        inner.saved = true;
        inner.placed = true;
    }

    /// Reads one row and stands on it; on none where there is no such row.
    pub(crate) fn get(&self, call: &Call<'_, '_>, id: &str) -> Result<bool, Halt> {
        self.blank();
        self.rewind(Vec::new());
        let Some(row) = call.read(|host| host.get(self.table(), id))? else { return Ok(false) };
        call.shared.count_rows(1)?;
        let Some(row) = self.visible(call, vec![row])?.pop() else { return Ok(false) };
        self.place(row);
        Ok(true)
    }

    /// Runs the query in the making, which is used up, and stands before the first row.
    pub(crate) fn run(&self, call: &Call<'_, '_>) -> Result<(), Halt> {
        let choice = std::mem::take(&mut self.inner.borrow_mut().choice);
        let mut rows = self.select(call, &choice)?;
        if !choice.fields.is_empty() {
            for row in &mut rows {
                row.fields.retain(|(name, _)| choice.fields.contains(name));
            }
        }
        self.blank();
        self.rewind(rows);
        let mut inner = self.inner.borrow_mut();
        inner.fields = choice.fields;
        inner.widened = choice.widened;
        Ok(())
    }

    /// The rows of a query.
    pub(crate) fn select(&self, call: &Call<'_, '_>, choice: &Choice) -> Result<Vec<Row>, Halt> {
        let filter = choice.checked()?;
        if filter.is_nothing() || self.info.fields.is_empty() {
            return Ok(Vec::new());
        }
        let one_too_many = call.shared.rows_left().saturating_add(1);
        let query = Query {
            table: self.table().to_owned(),
            filter,
            order: choice.order.clone(),
            limit: choice.limit.unwrap_or(one_too_many).min(one_too_many),
            skip: choice.skip,
        };
        let rows = call.read(|host| host.query(&query))?;
        call.shared.count_rows(rows.len())?;
        self.visible(call, rows)
    }

    /// Puts rows in the place of those of the last query.
    pub(crate) fn rewind(&self, rows: Vec<Row>) {
        let mut inner = self.inner.borrow_mut();
        inner.rows = rows;
        inner.position = 0;
        inner.fields.clear();
        inner.widened = false;
    }

    /// Moves to the next row; off all rows behind the last one.
    pub(crate) fn next(&self) -> bool {
        let next = {
            let mut inner = self.inner.borrow_mut();
            let row = inner.rows.get(inner.position).cloned();
            inner.position += usize::from(row.is_some());
            row
        };
        match next {
            Some(row) => {
                self.place(row);
                true
            }
            None => {
                self.blank();
                false
            }
        }
    }

    /// Whether there is a row after the current one.
    pub(crate) fn has_next(&self) -> bool {
        let inner = self.inner.borrow();
        inner.position < inner.rows.len()
    }

    /// How many rows the query gave.
    pub(crate) fn count(&self) -> usize {
        self.inner.borrow().rows.len()
    }

    /// The number of the current row from 0; `None` before the first.
    pub(crate) fn location(&self) -> Option<usize> {
        self.inner.borrow().position.checked_sub(1)
    }

    /// Stands on the row of a number.
    pub(crate) fn move_to(&self, location: usize) -> bool {
        self.inner.borrow_mut().position = location;
        self.next()
    }

    /// Remembers the current row.
    pub(crate) fn save_location(&self) {
        let mut inner = self.inner.borrow_mut();
        inner.remembered = inner.position;
    }

    /// Stands on the row that was remembered.
    pub(crate) fn restore_location(&self) {
        let remembered = self.inner.borrow().remembered;
        match remembered.checked_sub(1) {
            Some(place) => _ = self.move_to(place),
            None => {
                self.blank();
                self.inner.borrow_mut().position = 0;
            }
        }
    }

    /// Shows values that are of no row, such as those of a group.
    pub(crate) fn show(&self, fields: Vec<(String, Value)>) {
        self.blank();
        let mut inner = self.inner.borrow_mut();
        inner.row.fields = fields;
        inner.placed = true;
    }

    /// Records that references were followed to, by field.
    pub(crate) fn walked(&self) -> Vec<(String, Rc<Self>)> {
        self.inner.borrow().followed.clone()
    }

    /// All rows of the last query.
    pub(crate) fn rows(&self) -> Vec<Row> {
        self.inner.borrow().rows.clone()
    }

    /// The stored or written value of a field; `None` where the table has no such field. A journal has none.
    pub(crate) fn value(&self, call: &Call<'_, '_>, field: &str) -> Result<Option<Value>, Halt> {
        if field == "sys_id" {
            return Ok(Some(Value::Text(self.id())));
        }
        let Some(info) = self.field(field) else { return Ok(None) };
        if info.kind == FieldKind::Journal {
            return Ok(Some(Value::Null));
        }
        if let Some(written) = self.written(field) {
            return Ok(Some(written));
        }
        self.load(call)?;
        if !self.is_readable(call, field)? {
            return Ok(Some(Value::Null));
        }
        let inner = self.inner.borrow();
        let stored = inner.row.fields.iter().find(|(name, _)| name == field);
        Ok(Some(stored.map_or(Value::Null, |(_, value)| value.clone())))
    }

    /// The value that the script has written into a field since the row was read.
    pub(crate) fn written(&self, field: &str) -> Option<Value> {
        let inner = self.inner.borrow();
        inner.changed.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone())
    }

    /// The text that waits to become an entry of the feed.
    pub(crate) fn written_journal(&self, field: &str) -> Option<String> {
        let inner = self.inner.borrow();
        inner.journal.iter().find(|(name, _)| name == field).map(|(_, text)| text.clone())
    }

    /// The value of a field before the change that the script is about; `None` where there is none such.
    pub(crate) fn old_value(&self, field: &str) -> Option<Value> {
        let inner = self.inner.borrow();
        let old = inner.old.as_ref()?;
        let found = old.iter().find(|(name, _)| name == field);
        Some(found.map_or(Value::Null, |(_, value)| value.clone()))
    }

    /// Whether the record is new with the change that the script is about.
    pub(crate) fn is_inserted(&self) -> bool {
        self.inner.borrow().old.as_ref().is_some_and(Vec::is_empty)
    }

    /// Reads the row of a reference that only the id is known of.
    pub(crate) fn load(&self, call: &Call<'_, '_>) -> Result<(), Halt> {
        let id = {
            let mut inner = self.inner.borrow_mut();
            if !std::mem::take(&mut inner.lazy) {
                return Ok(());
            }
            inner.row.id.clone()
        };
        let row = call.read(|host| host.get(self.table(), &id))?;
        call.shared.count_rows(usize::from(row.is_some()))?;
        if let Some(row) = self.visible(call, row.into_iter().collect())?.pop() {
            self.inner.borrow_mut().row = row;
        } else {
            self.inner.borrow_mut().saved = false;
        }
        Ok(())
    }

    /// The record that a reference field leads to; `None` where the field is no reference.
    pub(crate) fn follow(&self, call: &Call<'_, '_>, field: &str) -> Result<Option<Rc<Self>>, Halt> {
        let Some(FieldKind::Reference(table)) = self.field(field).map(|info| info.kind.clone()) else {
            return Ok(None);
        };
        let id = plain(&self.value(call, field)?.unwrap_or_default());
        let known = self.inner.borrow().followed.iter().find(|(name, _)| name == field).cloned();
        if let Some((_, record)) = known.filter(|(_, record)| record.id() == id) {
            return Ok(Some(record));
        }
        let record = Self::referenced(call, &table, &id)?;
        record.inner.borrow_mut().secure = self.inner.borrow().secure;
        let mut inner = self.inner.borrow_mut();
        inner.followed.retain(|(name, _)| name != field);
        inner.followed.push((field.to_owned(), Rc::clone(&record)));
        Ok(Some(record))
    }

    /// The display value of a field, or of the record.
    pub(crate) fn display(&self, call: &Call<'_, '_>, field: Option<&str>) -> Result<String, Halt> {
        if let Some(name) = field {
            if self.field(name).is_some_and(super::is_journal) {
                return Ok(String::new());
            }
            if let Some(written) = self.written(name) {
                return call.read(|host| host.display_of(self.table(), name, &written));
            }
        }
        if let Some(name) = field.filter(|name| *name != "sys_id")
            && !self.is_readable(call, name)?
        {
            return Ok(String::new());
        }
        let id = self.id();
        let (saved, pending) = (self.is_saved(), self.is_pending());
        if saved && !pending {
            return call.read(|host| host.display(self.table(), &id, field));
        }
        let name = field.unwrap_or(&self.info.display).to_owned();
        let value = self.value(call, &name)?.unwrap_or_default();
        if super::is_empty(&value) {
            return Ok(String::new());
        }
        call.read(|host| host.display_of(self.table(), &name, &value))
    }

    /// The current row with what was written laid over it.
    pub(crate) fn image(&self, call: &Call<'_, '_>) -> Result<Row, Halt> {
        self.load(call)?;
        let row = self.inner.borrow().row.clone();
        let mut row = self.readable(call, row)?;
        let inner = self.inner.borrow();
        for (name, value) in &inner.changed {
            match row.fields.iter_mut().find(|(field, _)| field == name) {
                Some((_, stored)) => stored.clone_from(value),
                None => row.fields.push((name.clone(), value.clone())),
            }
        }
        Ok(row)
    }
}
