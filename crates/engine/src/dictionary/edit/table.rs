//! Tables that are made, changed and taken out.

use super::{Definition, Edit, EditError, Edited, Rule, field, good_name, line};
use crate::dictionary::{Labels, Table};
use crate::limits::NUMBER_PREFIX_CHARS_MAX;
use crate::plan::Breach;
use crate::value::Kind;

/// What of a table is other from now on; what is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TablePatch {
    /// What people read.
    pub label: Option<Labels>,
    /// The field that names a record.
    pub display: Option<String>,
    /// Whether a change of a record raises an event.
    pub events: Option<bool>,
    /// The letters before its numbers; `Some(None)` for none of its own.
    pub number_prefix: Option<Option<String>>,
}

pub(super) fn add(definitions: &[Definition], table: &Table) -> Result<Edited, EditError> {
    let name = table.name.as_str();
    good_name(name, name)?;
    if definitions.iter().any(|one| one.table.name == name) {
        return Err(EditError::new("exists", name, format!("there is a table `{name}` already")));
    }
    if let Some(above) = line(definitions, table).iter().find(|above| above.configuration) {
        let message = format!("`{}` configures the program: tables cannot extend it", above.name);
        return Err(EditError::new("bad_definition", name, message));
    }
    for one in &table.fields {
        field::check(definitions, table, one)?;
    }
    check_prefix(definitions, table)?;
    Ok(Edited { table: Some(table.clone()), rules: Vec::new() })
}

pub(super) fn change(
    definitions: &[Definition],
    known: &Definition,
    patch: &TablePatch,
) -> Result<Edited, EditError> {
    let mut table = known.table.clone();
    let name = table.name.clone();
    let mut rules = Vec::new();
    let shipped =
        |what: &str| EditError::new("shipped", &name, format!("`{name}` ships with the program: {what}"));
    if let Some(label) = &patch.label {
        table.label.clone_from(label);
    }
    if let Some(display) = &patch.display {
        table.display.clone_from(display);
    }
    if let Some(events) = patch.events {
        if !events && known.shipped.as_ref().is_some_and(|base| base.events) {
            return Err(shipped("its rules need its events"));
        }
        table.events = events;
    }
    if let Some(prefix) = patch.number_prefix.as_ref().filter(|prefix| **prefix != table.number_prefix) {
        if known.shipped.as_ref().is_some_and(|base| base.number_prefix.is_some()) {
            return Err(shipped("its numbers keep their prefix"));
        }
        table.number_prefix.clone_from(prefix);
        rules.push(no_records(&name, "keep numbers of the old prefix: make another table"));
        check_prefix(definitions, &table)?;
    }
    Ok(Edited { table: Some(table), rules })
}

pub(super) fn remove(definitions: &[Definition], known: &Definition) -> Result<Edited, EditError> {
    let name = known.table.name.as_str();
    if known.shipped.is_some() {
        let message = format!("`{name}` ships with the program and cannot be deleted");
        return Err(EditError::new("shipped", name, message));
    }
    let in_use = |message: String| Err(EditError::new("in_use", name, message));
    for other in definitions.iter().map(|one| &one.table).filter(|other| other.name != name) {
        if other.extends.as_deref() == Some(name) {
            return in_use(format!("`{}` extends `{name}`: delete it first", other.name));
        }
        if let Some(field) = other.fields.iter().find(|field| field.table.as_deref() == Some(name)) {
            let by = format!("`{}.{}` refers to `{name}`: delete that field first", other.name, field.name);
            return in_use(by);
        }
    }
    Ok(Edited { table: None, rules: vec![no_records(name, "are in the table: delete them first")] })
}

fn no_records(table: &str, text: &'static str) -> Rule {
    // Every record has been made at some time.
    let (table, field) = (table.to_owned(), "created_at".to_owned());
    Rule { table, field, breach: Breach::Any, code: "has_records", text }
}

/// A prefix leads a number back to its table, so that no two tables may share one.
fn check_prefix(definitions: &[Definition], table: &Table) -> Result<(), EditError> {
    let Some(prefix) = &table.number_prefix else { return Ok(()) };
    let name = table.name.as_str();
    let bad = |message: String| EditError::new("bad_definition", name, message);
    if prefix.is_empty()
        || prefix.len() > NUMBER_PREFIX_CHARS_MAX
        || !prefix.bytes().all(|byte| byte.is_ascii_uppercase())
    {
        let text = format!(
            "`{prefix}` is no prefix of numbers: 1 to {NUMBER_PREFIX_CHARS_MAX} capital Latin letters"
        );
        return Err(bad(text));
    }
    let others = definitions.iter().map(|one| &one.table).filter(|other| other.name != name);
    if let Some(other) = others.into_iter().find(|other| other.number_prefix.as_ref() == Some(prefix)) {
        return Err(bad(format!("the numbers of `{}` begin with `{prefix}` already", other.name)));
    }
    let numbered = line(definitions, table)
        .iter()
        .any(|table| table.fields.iter().any(|field| field.kind == Kind::Number));
    if numbered {
        return Ok(());
    }
    let error = bad(format!("`{name}` has no field of the kind `number` for its numbers"));
    Err(error.hint("add one, or extend a table that has one, such as `task`"))
}

impl Edit {
    /// Whether it takes something out.
    pub const fn removes(&self) -> bool {
        matches!(self, Self::RemoveTable { .. } | Self::RemoveField { .. })
    }
}
