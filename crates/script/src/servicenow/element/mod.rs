//! `GlideElement`: what a field of a record gives. It holds no value but looks at the row that its record
//! stands on, so that it follows the cursor.

mod class;
mod dates;
mod members;
mod text;

use std::rc::Rc;

use crate::interp::convert::Halt;
use crate::interp::kit::{Answer, Call};
use crate::record::{Record, is_empty, is_journal, is_true, plain};
use crate::{FieldInfo, FieldKind, Value};

pub(super) use class::CLASS;
pub(super) use members::{descriptor_of, list_of_choices};

/// A field of a record, or of a record that references lead to from there.
pub(crate) struct Element {
    root: Rc<Record>,
    /// The reference fields on the way.
    way: Vec<String>,
    name: String,
}

/// The element of a field, which the table has.
pub(super) fn object<'js>(call: &Call<'_, 'js>, record: &Rc<Record>, name: &str) -> Answer<'js> {
    let element = Element { root: Rc::clone(record), way: Vec::new(), name: name.to_owned() };
    call.object(&CLASS, Rc::new(element))
}

/// The element at a path through references; `None` where there is no such field.
pub(super) fn at_path(call: &Call<'_, '_>, record: &Rc<Record>, path: &str) -> Result<Option<Element>, Halt> {
    let mut names = path.split('.');
    let first = names.next().unwrap_or_default();
    if !has_field(record, first) {
        return Ok(None);
    }
    let mut element = Element { root: Rc::clone(record), way: Vec::new(), name: first.to_owned() };
    for name in names {
        match element.child(call, name)? {
            Some(child) => element = child,
            None => return Ok(None),
        }
    }
    Ok(Some(element))
}

/// Whether a record has such a field.
pub(super) fn has_field(record: &Record, name: &str) -> bool {
    name == "sys_id" || record.field(name).is_some()
}

impl Element {
    /// The record whose field it is.
    pub(super) fn owner(&self, call: &Call<'_, '_>) -> Result<Rc<Record>, Halt> {
        let mut record = Rc::clone(&self.root);
        for name in &self.way {
            record = match record.follow(call, name)? {
                Some(next) => next,
                None => return Err(call.type_error(&format!("{name} leads to no record"))),
            };
        }
        Ok(record)
    }

    /// The name of the field.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What the dictionary says of the field; nothing of the id.
    pub(super) fn info(&self, call: &Call<'_, '_>) -> Result<Option<FieldInfo>, Halt> {
        Ok(self.owner(call)?.field(&self.name).cloned())
    }

    /// How scripts see the value.
    pub(super) fn kind(&self, call: &Call<'_, '_>) -> Result<FieldKind, Halt> {
        let owner = self.owner(call)?;
        Ok(owner.field(&self.name).map(|info| info.kind.clone()).unwrap_or_default())
    }

    /// The value; of a journal field none.
    pub(super) fn value(&self, call: &Call<'_, '_>) -> Result<Value, Halt> {
        Ok(self.owner(call)?.value(call, &self.name)?.unwrap_or_default())
    }

    /// The value as a conversion to text gives it; of a journal field the text that waits to be written.
    pub(super) fn text(&self, call: &Call<'_, '_>) -> Result<String, Halt> {
        let owner = self.owner(call)?;
        let Some(info) = owner.field(&self.name) else { return Ok(owner.id()) };
        if is_journal(info) {
            return Ok(owner.written_journal(&self.name).unwrap_or_default());
        }
        let value = owner.value(call, &self.name)?.unwrap_or_default();
        Ok(match info.kind {
            FieldKind::Boolean if !is_empty(&value) => is_true(&value).to_string(),
            _ => plain(&value),
        })
    }

    /// Whether it counts as true: it has a value, and not `false`.
    pub(super) fn is_true(&self, call: &Call<'_, '_>) -> Result<bool, Halt> {
        let value = self.value(call)?;
        if is_empty(&value) {
            return self.has_pending_text(call);
        }
        Ok(self.kind(call)? != FieldKind::Boolean || is_true(&value))
    }

    /// Whether it is a journal field with text that waits to be written.
    pub(super) fn has_pending_text(&self, call: &Call<'_, '_>) -> Result<bool, Halt> {
        Ok(self.owner(call)?.written_journal(&self.name).is_some())
    }

    /// The element of a field of the record that this one leads to; `None` where there is no such field.
    pub(super) fn child(&self, call: &Call<'_, '_>, name: &str) -> Result<Option<Self>, Halt> {
        let FieldKind::Reference(table) = self.kind(call)? else { return Ok(None) };
        if name != "sys_id" && call.shared.table(call, &table)?.field(name).is_none() {
            return Ok(None);
        }
        let way = self.way.iter().chain([&self.name]).cloned().collect();
        Ok(Some(Self { root: Rc::clone(&self.root), way, name: name.to_owned() }))
    }

    /// Whether the change that the script is about, or the script, gave it another value.
    pub(super) fn changes(&self, call: &Call<'_, '_>) -> Result<bool, Halt> {
        let owner = self.owner(call)?;
        let Some(info) = owner.field(&self.name) else { return Ok(owner.is_inserted()) };
        if is_journal(info) {
            return Ok(owner.written_journal(&self.name).is_some());
        }
        match owner.old_value(&self.name) {
            Some(old) => {
                let now = owner.value(call, &self.name)?.unwrap_or_default();
                Ok(!super::coerce::alike(&info.kind, &old, &now))
            }
            None => Ok(owner.written(&self.name).is_some()),
        }
    }
}

/// A value as a field of this kind keeps it.
pub(super) fn stored(info: &FieldInfo, value: Value) -> Value {
    match (&info.kind, value) {
        (_, Value::Text(text)) if text == "NULL" => Value::Null,
        (FieldKind::Boolean, Value::Text(text)) => match text.as_str() {
            "true" | "1" => Value::Bool(true),
            "false" | "0" => Value::Bool(false),
            _ => Value::Text(text),
        },
        (FieldKind::Boolean, Value::Number(number)) => Value::Bool(number != 0.0),
        (FieldKind::Number, Value::Text(text)) => match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Value::Number(number),
            _ => Value::Text(text),
        },
        (FieldKind::Number | FieldKind::Duration | FieldKind::List(_), value) => value,
        (_, value @ (Value::Number(_) | Value::Bool(_) | Value::List(_))) => Value::Text(plain(&value)),
        (_, value) => value,
    }
}

/// A value as the field that a condition names keeps it; behind a path through references it stays as it is.
pub(super) fn kept_like(table: &crate::TableInfo, field: &str, value: Value) -> Value {
    match (table.field(field), &value) {
        (Some(info), Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_)) => stored(info, value),
        _ => value,
    }
}
