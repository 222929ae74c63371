//! Records as rows: how values stand in columns, and the statements that write them.

use std::fmt::Write as _;

use rejoinder_engine::duration::Duration;
use rejoinder_engine::fold::fold;
use rejoinder_engine::id::Id;
use rejoinder_engine::plan::RecordOp;
use rejoinder_engine::record::{Fields, Record, RecordKey};
use rejoinder_engine::time::Timestamp;
use rejoinder_engine::value::Value;

use crate::error::StoreError;
use crate::schema::{Column, Root, SHADOW_SUFFIX, Schema, Storage};
use crate::tx::{Row, SqlValue, Statement};

/// Columns that stand before the fields of a record in [`Root::select`].
const SYSTEM_COLUMNS: usize = 3;

/// The statements of one change: one that touches exactly one row.
pub(crate) fn statements(schema: &Schema, op: &RecordOp) -> Result<Vec<Statement>, StoreError> {
    let key = op.key();
    let root = schema.root_of(&key.table).ok_or_else(|| StoreError::NoSuchField(key.table.clone()))?;
    let statement = match op {
        RecordOp::Insert { fields, .. } => insert(root, key, fields)?,
        RecordOp::Update { version, new, .. } => update(root, key, *version, new)?,
        RecordOp::Delete { version, .. } => Statement::new(
            format!("DELETE FROM {} WHERE sys__id = ?1 AND sys__version = ?2 AND sys__table = ?3", root.sql),
            vec![key.id.into(), (*version).into(), key.table.as_str().into()],
        ),
    };
    Ok(vec![statement.rows(1)])
}

fn insert(root: &Root, key: &RecordKey, fields: &Fields) -> Result<Statement, StoreError> {
    let mut sql = format!("INSERT INTO {} (sys__id, sys__table, sys__version", root.sql);
    let mut params = vec![key.id.into(), key.table.as_str().into(), 1.into()];
    for (field, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
        for (name, stored) in stored(root, key, field, value)? {
            let _ = write!(sql, ", \"{name}\"");
            params.push(stored);
        }
    }
    sql.push_str(") VALUES (?1");
    for place in 2..=params.len() {
        let _ = write!(sql, ", ?{place}");
    }
    sql.push(')');
    Ok(Statement::new(sql, params))
}

fn update(root: &Root, key: &RecordKey, version: i64, new: &Fields) -> Result<Statement, StoreError> {
    let mut sql = format!("UPDATE {} SET sys__version = sys__version + 1", root.sql);
    let mut params = vec![key.id.into(), version.into(), key.table.as_str().into()];
    for (field, value) in new {
        for (name, stored) in stored(root, key, field, value)? {
            params.push(stored);
            let _ = write!(sql, ", \"{name}\" = ?{}", params.len());
        }
    }
    sql.push_str(" WHERE sys__id = ?1 AND sys__version = ?2 AND sys__table = ?3");
    Ok(Statement::new(sql, params))
}

/// The columns of a field with what they hold; none for a journal, which becomes an activity.
fn stored(
    root: &Root,
    key: &RecordKey,
    field: &str,
    value: &Value,
) -> Result<Vec<(String, SqlValue)>, StoreError> {
    let wrong = || StoreError::WrongKind { table: key.table.clone(), field: field.to_owned() };
    let Some(column) = root.column(field) else {
        return Err(StoreError::NoSuchField(format!("{}.{field}", key.table)));
    };
    let compared = compared(column.storage, value);
    if compared.is_none() && !value.is_null() {
        return Err(wrong());
    }
    let compared = compared.unwrap_or(SqlValue::Null);
    Ok(if column.storage == Storage::Text {
        let text = value.as_text().map_or(SqlValue::Null, SqlValue::from);
        vec![(column.name.clone(), text), (format!("{}{SHADOW_SUFFIX}", column.name), compared)]
    } else {
        vec![(column.name.clone(), compared)]
    })
}

/// What stands for `value` in the column by which values are compared; `None` for no value and for one that a
/// column of this storage cannot hold.
pub(crate) fn compared(storage: Storage, value: &Value) -> Option<SqlValue> {
    Some(match (storage, value) {
        (Storage::Text, Value::Text(text)) => fold(text).into(),
        (Storage::Integer, Value::Int(number)) | (Storage::Decimal, Value::Decimal(number)) => {
            (*number).into()
        }
        (Storage::Boolean, Value::Bool(flag)) => (*flag).into(),
        (Storage::Datetime, Value::Time(at)) => (*at).into(),
        (Storage::Date, Value::Date(day)) => day.to_string().into(),
        (Storage::Duration, Value::Duration(length)) => length.seconds().into(),
        (Storage::Reference, Value::Ref(id)) => (*id).into(),
        (Storage::List, Value::List(items)) => serde_json::to_string(items).ok()?.into(),
        _ => return None,
    })
}

/// The record in a row of [`Root::select`].
pub(crate) fn read(root: &Root, row: Row) -> Result<Record, StoreError> {
    read_of(&root.columns, row)
}

/// The record in a row of the system columns and `columns`.
pub(crate) fn read_of<'a>(
    columns: impl IntoIterator<Item = &'a Column>,
    row: Row,
) -> Result<Record, StoreError> {
    let (id, table, version) = (row.id(0)?, row.text(1)?, row.int(2)?);
    let mut fields = Fields::new();
    for (column, value) in columns.into_iter().zip(row.0.into_iter().skip(SYSTEM_COLUMNS)) {
        if value != SqlValue::Null {
            fields.insert(column.name.clone(), value_of(column, value, id)?);
        }
    }
    Ok(Record { table, id, version, fields })
}

fn value_of(column: &Column, value: SqlValue, id: Id) -> Result<Value, StoreError> {
    Ok(match (column.storage, value) {
        (Storage::Text, SqlValue::Text(text)) => Value::Text(text),
        (Storage::Integer, SqlValue::Int(number)) => Value::Int(number),
        (Storage::Decimal, SqlValue::Int(number)) => Value::Decimal(number),
        (Storage::Boolean, SqlValue::Int(number)) => Value::Bool(number != 0),
        (Storage::Datetime, SqlValue::Int(number)) => Value::Time(Timestamp::from_micros(number)),
        (Storage::Date, SqlValue::Text(text)) => Value::Date(
            text.parse()
                .map_err(|_| StoreError::Corrupt(format!("`{}` of {id} holds no day", column.name)))?,
        ),
        (Storage::Duration, SqlValue::Int(number)) => Value::Duration(Duration::from_seconds(number)),
        (Storage::Reference, SqlValue::Text(text)) => Value::Ref(
            text.parse()
                .map_err(|_| StoreError::Corrupt(format!("`{}` of {id} holds no id", column.name)))?,
        ),
        (Storage::List, SqlValue::Text(text)) => Value::List(serde_json::from_str(&text)?),
        _ => return Err(StoreError::Corrupt(format!("`{}` of {id} is of another kind", column.name))),
    })
}
