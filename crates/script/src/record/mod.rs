//! The one record behind the record objects of both vocabularies: query in the making, cursor, current
//! row, values that were changed. What a vocabulary makes of it (return values, coercions, errors) is
//! the vocabulary's; what a table means is the host's.

mod choose;
mod row;
mod secure;
mod write;

use std::cell::RefCell;
use std::rc::Rc;

use crate::interp::convert::Halt;
use crate::interp::kit::Call;
use crate::{FieldInfo, FieldKind, Filter, How, RecordHandle, Row, TableInfo, Value};

pub(crate) use choose::Choice;

/// A record object: the table's rows one after the other.
pub(crate) struct Record {
    /// What the dictionary says.
    pub(crate) info: Rc<TableInfo>,
    inner: RefCell<Inner>,
}

#[derive(Default)]
struct Inner {
    /// The current row.
    row: Row,
    /// Whether the current row is in the database, or planned to be.
    saved: bool,
    /// Whether there is a current row at all, or a new one begun.
    placed: bool,
    /// Whether only the id of the row is known so far.
    lazy: bool,
    /// Values written since, in the order of writing.
    changed: Vec<(String, Value)>,
    /// Text for journals likewise.
    journal: Vec<(String, String)>,
    /// Values before the change that the script is about.
    old: Option<Vec<(String, Value)>>,
    /// Whether the record is about to be written by somebody else.
    pending: bool,
    /// Whether the change that the script is about removes it.
    removed: bool,
    /// Whether a written change is to be left out.
    blocked: bool,
    choice: Choice,
    rows: Vec<Row>,
    /// The row after the current one; 0 before the first.
    position: usize,
    /// The position that was remembered.
    remembered: usize,
    errors: Vec<String>,
    how: How,
    /// Whether the rights of whoever the script runs as are asked for everything.
    secure: bool,
    /// The fields that the rows of the last query have; all of them where there is none.
    fields: Vec<String>,
    /// Whether the last query chose more than was asked for.
    widened: bool,
    /// Values for every row of a query.
    for_all: Vec<(String, Value)>,
    /// What the current row was inserted with, where this object did that.
    made: Option<Vec<(String, Value)>>,
    /// Records that references lead to, by field.
    followed: Vec<(String, Rc<Record>)>,
}

impl Record {
    /// A record object of a table, on no row.
    pub(crate) fn open(call: &Call<'_, '_>, table: &str) -> Result<Rc<Self>, Halt> {
        let info = call.shared.table(call, table)?;
        Ok(Rc::new(Self { info, inner: RefCell::default() }))
    }

    /// A record object of a table that there is none of: nothing is found in it.
    pub(crate) fn without_table(name: &str) -> Rc<Self> {
        let info = TableInfo { name: name.to_owned(), ..TableInfo::default() };
        Rc::new(Self { info: Rc::new(info), inner: RefCell::default() })
    }

    /// Another record object of the table, on a row, which writes in the same way.
    pub(crate) fn sibling(&self, row: Row) -> Rc<Self> {
        let other = Rc::new(Self { info: Rc::clone(&self.info), inner: RefCell::default() });
        other.place(row);
        {
            let (mut inner, own) = (other.inner.borrow_mut(), self.inner.borrow());
            inner.how = own.how;
            inner.secure = own.secure;
        }
        other
    }

    /// The record of a context variable.
    pub(crate) fn given(call: &Call<'_, '_>, handle: &RecordHandle) -> Result<Rc<Self>, Halt> {
        let record = Self::open(call, &handle.table)?;
        {
            let mut inner = record.inner.borrow_mut();
            inner.saved =
                handle.id.is_some() && !(handle.pending && handle.old.as_ref().is_some_and(Vec::is_empty));
            inner.placed = true;
            inner.row = Row {
                id: handle.id.clone().unwrap_or_default(),
                table: handle.table.clone(),
                fields: handle.fields.clone(),
            };
            inner.old.clone_from(&handle.old);
            inner.journal.clone_from(&handle.journal);
            inner.pending = handle.pending;
            inner.removed = handle.removed;
        }
        Ok(record)
    }

    /// The record that a reference leads to; read when a value of it is asked for.
    pub(crate) fn referenced(call: &Call<'_, '_>, table: &str, id: &str) -> Result<Rc<Self>, Halt> {
        let record = Self::open(call, table)?;
        {
            let mut inner = record.inner.borrow_mut();
            id.clone_into(&mut inner.row.id);
            inner.saved = !id.is_empty();
            inner.placed = !id.is_empty();
            inner.lazy = !id.is_empty();
        }
        Ok(record)
    }

    /// The name of the table, as the script named it.
    pub(crate) fn table(&self) -> &str {
        &self.info.name
    }

    /// The name of the table that the current row belongs to.
    pub(crate) fn row_table(&self) -> String {
        let inner = self.inner.borrow();
        if inner.row.table.is_empty() { self.info.name.clone() } else { inner.row.table.clone() }
    }

    /// What the dictionary says of a field.
    pub(crate) fn field(&self, name: &str) -> Option<&FieldInfo> {
        self.info.field(name)
    }

    /// The names of all fields, for messages about others.
    pub(crate) fn field_names(&self) -> Vec<String> {
        let names = self.info.fields.iter().map(|field| field.name.clone());
        names.chain(["sys_id".to_owned()]).collect()
    }

    /// The id of the current row; empty where there is none, or a new one.
    pub(crate) fn id(&self) -> String {
        self.inner.borrow().row.id.clone()
    }

    /// Whether the current row is in the database, or planned to be.
    pub(crate) fn is_saved(&self) -> bool {
        self.inner.borrow().saved
    }

    /// Whether the object stands on a row, or on a new one that was begun.
    pub(crate) fn is_placed(&self) -> bool {
        self.inner.borrow().placed
    }

    /// Whether somebody else is about to write it.
    pub(crate) fn is_pending(&self) -> bool {
        self.inner.borrow().pending
    }

    /// What the script changed, for whoever is about to write it.
    pub(crate) fn pending_changes(&self) -> Vec<(String, Value)> {
        let inner = self.inner.borrow();
        let journal = inner.journal.iter().map(|(field, text)| (field.clone(), Value::Text(text.clone())));
        inner.changed.iter().cloned().chain(journal).collect()
    }

    /// Errors of the last write or query.
    pub(crate) fn errors(&self) -> Vec<String> {
        self.inner.borrow().errors.clone()
    }

    /// Notes an error for [`Record::errors`].
    pub(crate) fn note_error(&self, message: &str) {
        self.inner.borrow_mut().errors.push(message.to_owned());
    }

    /// The fields that the current row was read with; all of them where there is none.
    pub(crate) fn selected(&self) -> Vec<String> {
        self.inner.borrow().fields.clone()
    }

    /// Whether the last query chose more than was asked for, so that its rows must not be written to as a
    /// whole.
    pub(crate) fn is_widened(&self) -> bool {
        self.inner.borrow().widened
    }

    /// Whether the current row was inserted by this object.
    pub(crate) fn is_made(&self) -> bool {
        self.inner.borrow().made.is_some()
    }

    /// Forgets the errors.
    pub(crate) fn clear_errors(&self) {
        self.inner.borrow_mut().errors.clear();
    }

    /// Changes how writes of this object are made.
    pub(crate) fn set_how(&self, change: impl FnOnce(&mut How)) {
        change(&mut self.inner.borrow_mut().how);
    }

    /// Leaves out further writes of this object, or no more.
    pub(crate) fn block(&self, blocked: bool) {
        self.inner.borrow_mut().blocked = blocked;
    }

    /// Whether writes of this object are left out.
    pub(crate) fn is_blocked(&self) -> bool {
        self.inner.borrow().blocked
    }

    /// Whether the script is about a change of the record.
    pub(crate) fn is_changing(&self) -> bool {
        self.inner.borrow().old.is_some()
    }

    /// Whether that change removes the record.
    pub(crate) fn is_removed(&self) -> bool {
        self.inner.borrow().removed
    }

    /// Changes the query in the making.
    pub(crate) fn choose<T>(&self, change: impl FnOnce(&mut Choice) -> T) -> T {
        change(&mut self.inner.borrow_mut().choice)
    }

    /// Adds a filter that must hold, too.
    pub(crate) fn narrow(&self, filter: Filter) {
        self.choose(|choice| choice.narrow(filter));
    }
}

/// Whether a value is none: null or the empty text.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        _ => false,
    }
}

/// A value as its plain text: lists joined by commas, no value as the empty text.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => crate::value::number_text(*number),
        Value::Text(text) => text.clone(),
        Value::List(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        Value::Map(_) => value.to_json().to_string(),
    }
}

/// Whether a value of a field that is `true` or `false` is true.
pub(crate) fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::Number(number) => *number != 0.0,
        Value::Text(text) => matches!(text.as_str(), "true" | "1"),
        _ => false,
    }
}

/// Whether a field takes text that becomes an entry of the feed.
pub(crate) fn is_journal(field: &FieldInfo) -> bool {
    field.kind == FieldKind::Journal
}
