//! A field that becomes mandatory gives its default to the records that have no value: first the rule is left out, then
//! records are filled plan by plan, then the rule comes. Rules for mail do not hear of it; the history does.

use rejoinder_engine::condition::{Condition, Operator};
use rejoinder_engine::dictionary::Field;
use rejoinder_engine::dictionary::edit::{Edit, Edited, FieldPatch};
use rejoinder_engine::request::Change;
use rejoinder_engine::value::Value;
use rejoinder_store::{Page, RecordList};

use super::{Asked, Outcome, Refusal};
use crate::app::App;
use crate::error::AppError;
use crate::limits::{FILL_RECORDS_MAX, FILL_RECORDS_PER_PLAN};
use crate::ops::change::{Asker, change};

/// Whether `count` records can be filled; an error where they are too many.
pub(super) fn can_fill(edited: &Edited, field: &str, count: i64) -> Result<bool, AppError> {
    let field = edited.table.as_ref().and_then(|table| table.field(field));
    if field.is_none_or(|field| field.default.is_none()) {
        return Ok(false);
    }
    if count > FILL_RECORDS_MAX {
        let text = format!(
            "{count} records have no value, and at most {FILL_RECORDS_MAX} are filled at once: give them one through \
             the API first"
        );
        return Err(AppError::Refused(text));
    }
    Ok(true)
}

/// The change in three steps. Whoever changes the definition in between is met by the last one.
pub(super) fn edit(app: &App, asked: &Asked, outcome: &Outcome) -> Result<Outcome, Refusal> {
    let table = asked.edit.table().to_owned();
    let name = asked.edit.field().unwrap_or_default().to_owned();
    let field = outcome.definitions.iter().find(|one| one.table.name == table);
    let field = field.and_then(|one| one.table.field(&name)).cloned();
    let field = field.ok_or_else(|| AppError::NotFound { what: "field", name: name.clone() })?;
    let without = match &asked.edit {
        Edit::AddField { table, field } => {
            Edit::AddField { table: table.clone(), field: Field { mandatory: false, ..field.clone() } }
        }
        Edit::ChangeField { table, field, patch } => {
            let patch = FieldPatch { mandatory: None, ..patch.clone() };
            Edit::ChangeField { table: table.clone(), field: field.clone(), patch }
        }
        other => other.clone(),
    };
    super::try_edit(app, &Asked { edit: without, fill: false, ..asked.clone() })?;
    let filled = records(app, asked, &table, &field)?;
    let patch = FieldPatch { mandatory: Some(true), ..FieldPatch::default() };
    let last = Edit::ChangeField { table, field: name, patch };
    let done =
        super::try_edit(app, &Asked { edit: last, fill: false, seen: None, actor: asked.actor.clone() })?;
    Ok(Outcome { fills: filled, layout: outcome.layout.clone(), ..done })
}

/// Fills every record that has no value; says how many.
fn records(app: &App, asked: &Asked, table: &str, field: &Field) -> Result<i64, Refusal> {
    let bad = |error: rejoinder_engine::value::BadValue| AppError::Refused(error.to_string());
    let value = Value::parse(field.kind, field.default.as_deref().unwrap_or_default()).map_err(bad)?;
    let empty = Condition::clause(&field.name, field.kind, Operator::IsEmpty, vec![]);
    let list = RecordList::newest(table, empty, Page { after: None, limit: FILL_RECORDS_PER_PLAN });
    let mut filled = 0;
    while filled < FILL_RECORDS_MAX {
        let found = app.store.records(&list)?.items;
        if found.is_empty() {
            break;
        }
        let fields = || [(field.name.clone(), value.clone())].into();
        let changes: Vec<Change> =
            found.iter().map(|record| Change::Fill { key: record.key(), fields: fields() }).collect();
        filled += i64::try_from(changes.len()).unwrap_or(FILL_RECORDS_MAX);
        change(app, Asker::trusted(asked.actor.clone()), changes)?;
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use rejoinder_engine::dictionary::{Table, base_fields};

    use super::*;

    fn edited(default: Option<&str>) -> Edited {
        let field =
            Field { name: "x".to_owned(), default: default.map(str::to_owned), ..base_fields().remove(0) };
        Edited { table: Some(Table::new("t", "x", vec![field])), rules: Vec::new() }
    }

    #[test]
    fn records_are_filled_up_to_the_limit_and_only_with_a_default() {
        assert!(can_fill(&edited(Some("1")), "x", FILL_RECORDS_MAX).unwrap());
        assert!(can_fill(&edited(Some("1")), "x", FILL_RECORDS_MAX + 1).is_err());
        assert!(!can_fill(&edited(None), "x", 1).unwrap());
    }
}
