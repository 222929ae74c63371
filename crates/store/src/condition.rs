//! Conditions as SQL, with the same answers as the evaluator in memory.
//!
//! Every clause becomes a predicate over an existing value, or its negation, so that no clause is ever unknown:
//! `is_not x` holds where there is no value. References on the way become `EXISTS`. Texts are compared by their
//! folded form.

use rejoinder_engine::condition::{Clause, Condition, Operator, Step};
use rejoinder_engine::fold::fold;
use rejoinder_engine::value::Value;

use crate::dialect::Dialect;
use crate::record::compared;
use crate::schema::{Column, Root, Schema, Storage};
use crate::tx::SqlValue;

/// What follows `SELECT … FROM root AS r`: records of `table` and those that extend it which fulfil `condition`.
/// Parameters are added to `params`. An error is one of the condition, in words.
pub(crate) fn matching(
    dialect: Dialect,
    schema: &Schema,
    table: &str,
    condition: &Condition,
    params: &mut Vec<SqlValue>,
) -> Result<String, String> {
    let Some(root) = schema.root_of(table) else { return Err(format!("there is no table `{table}`")) };
    let mut writer = Writer { dialect, schema, params };
    let below = writer.tables("r", table);
    let asked = writer.condition(root, condition)?;
    Ok(format!(" WHERE {below}({asked})"))
}

struct Writer<'a> {
    dialect: Dialect,
    schema: &'a Schema,
    params: &'a mut Vec<SqlValue>,
}

/// What is asked of a value that exists.
enum Test {
    /// It cannot hold, whatever the value.
    Never,
    /// It exists.
    Exists,
    /// It compares so with one parameter.
    Compare(&'static str, SqlValue),
    /// It is one of these.
    OneOf(Vec<SqlValue>),
    /// It holds this text.
    Holds(String),
    /// It is a list with this item.
    HoldsItem(String),
    /// It begins with this text.
    Begins(String),
}

impl Writer<'_> {
    /// `alias.sys__table IN (…) AND `, or nothing where the table is all of its root.
    fn tables(&self, alias: &str, table: &str) -> String {
        if self.schema.table(table).is_some_and(|info| info.root == table) {
            return String::new();
        }
        // Names of tables are letters, digits and `_` (`dictionary::is_name`).
        let names = self.schema.with_extending(table).join("', '");
        format!("{alias}.sys__table IN ('{names}') AND ")
    }

    fn parameter(&mut self, value: SqlValue) -> String {
        self.params.push(value);
        format!("?{}", self.params.len())
    }

    fn condition(&mut self, root: &Root, condition: &Condition) -> Result<String, String> {
        Ok(match condition {
            Condition::All(parts) => self.joined(root, parts, " AND ", "TRUE")?,
            Condition::Any(parts) => self.joined(root, parts, " OR ", "FALSE")?,
            Condition::Not(part) => format!("NOT ({})", self.condition(root, part)?),
            Condition::Clause(clause) => self.clause(root, clause)?,
        })
    }

    fn joined(&mut self, root: &Root, parts: &[Condition], word: &str, none: &str) -> Result<String, String> {
        if parts.is_empty() {
            return Ok(none.to_owned());
        }
        let parts: Vec<String> =
            parts.iter().map(|part| self.condition(root, part)).collect::<Result<_, _>>()?;
        Ok(format!("({})", parts.join(word)))
    }

    fn clause(&mut self, root: &Root, clause: &Clause) -> Result<String, String> {
        if clause.operator.looks_back() {
            let (path, word) = (clause.path_text(), clause.operator.word());
            return Err(format!("`{path} {word}` looks back; records of the database have no past"));
        }
        let holds = self.path(root, "r", &clause.path, 0, clause)?;
        let negated = negated(clause);
        Ok(if negated { format!("NOT ({holds})") } else { holds })
    }

    /// Whether there is a value at the end of the path that passes the clause's test.
    fn path(
        &mut self,
        root: &Root,
        alias: &str,
        path: &[Step],
        depth: usize,
        clause: &Clause,
    ) -> Result<String, String> {
        let Some((step, rest)) = path.split_first() else { return Ok("FALSE".to_owned()) };
        let Some(column) = root.column(&step.field) else { return Ok("FALSE".to_owned()) };
        if rest.is_empty() {
            return Ok(self.test(alias, column, test(clause, column.storage)));
        }
        let target = step.table.as_deref().filter(|_| column.storage == Storage::Reference);
        let Some(target) = target else { return Ok("FALSE".to_owned()) };
        let schema = self.schema;
        let Some(next) = schema.root_of(target) else { return Err(format!("there is no table `{target}`")) };
        let inner = format!("w{depth}");
        let below = self.tables(&inner, target);
        let holds = self.path(next, &inner, rest, depth + 1, clause)?;
        let (sql, field) = (&next.sql, &column.name);
        Ok(format!(
            "EXISTS (SELECT 1 FROM {sql} AS {inner} WHERE {inner}.sys__id = {alias}.\"{field}\" AND {below}{holds})"
        ))
    }

    fn test(&mut self, alias: &str, column: &Column, test: Test) -> String {
        let value = format!("{alias}.{}", column.compared());
        let predicate = match test {
            Test::Never => return "FALSE".to_owned(),
            Test::Exists => return format!("{value} IS NOT NULL"),
            Test::Compare(sign, operand) => format!("{value} {sign} {}", self.parameter(operand)),
            Test::OneOf(operands) => {
                let places: Vec<String> =
                    operands.into_iter().map(|operand| self.parameter(operand)).collect();
                format!("{value} IN ({})", places.join(", "))
            }
            Test::Holds(part) => {
                let place = self.parameter(part.into());
                self.dialect.holds(&value, &format!("CAST({place} AS TEXT)"))
            }
            Test::HoldsItem(item) => {
                let place = self.parameter(item.into());
                self.dialect.list_holds(&value, &place)
            }
            Test::Begins(part) => {
                let place = self.parameter(part.into());
                format!("substr({value}, 1, length(CAST({place} AS TEXT))) = CAST({place} AS TEXT)")
            }
        };
        // Without the first half an absent value would make the clause unknown, and its negation too.
        format!("({value} IS NOT NULL AND {predicate})")
    }
}

/// Whether the clause holds exactly where its [`test`] does not.
fn negated(clause: &Clause) -> bool {
    let null = clause.operands.first().is_some_and(Value::is_null);
    match clause.operator {
        Operator::IsEmpty => true,
        Operator::Is => null,
        Operator::IsNot => !null,
        _ => false,
    }
}

/// What the clause asks of a value that is stored so.
fn test(clause: &Clause, storage: Storage) -> Test {
    let first = clause.operands.first();
    let compare = |sign| match first.and_then(|operand| compared(storage, operand)) {
        Some(operand) => Test::Compare(sign, operand),
        None => Test::Never,
    };
    match (clause.operator, first) {
        (Operator::IsEmpty, _) | (Operator::Is | Operator::IsNot, Some(Value::Null)) => Test::Exists,
        (Operator::Is | Operator::IsNot, _) => compare("="),
        (Operator::In, _) => {
            let operands: Vec<SqlValue> =
                clause.operands.iter().filter_map(|operand| compared(storage, operand)).collect();
            if operands.is_empty() { Test::Never } else { Test::OneOf(operands) }
        }
        (Operator::LessThan, _) if storage != Storage::List => compare("<"),
        (Operator::GreaterThan, _) if storage != Storage::List => compare(">"),
        (Operator::Contains, Some(Value::Text(part))) if storage == Storage::Text => Test::Holds(fold(part)),
        (Operator::Contains, Some(Value::Text(item))) if storage == Storage::List => {
            Test::HoldsItem(item.clone())
        }
        (Operator::StartsWith, Some(Value::Text(part))) if storage == Storage::Text => {
            Test::Begins(fold(part))
        }
        _ => Test::Never,
    }
}

/// What follows a query's condition: its order, with the id last so that it is complete. No value comes first.
pub(crate) fn ordering(root: &Root, order: &[(String, bool)]) -> String {
    let mut sql = String::from(" ORDER BY ");
    for (field, descending) in order {
        let Some(column) = root.column(field) else { continue };
        let value = match column.storage {
            // Lists have no order among themselves.
            Storage::List => format!("CASE WHEN r.{} IS NULL THEN NULL ELSE 1 END", column.compared()),
            _ => format!("r.{}", column.compared()),
        };
        sql.push_str(&value);
        sql.push_str(if *descending { " DESC NULLS LAST, " } else { " ASC NULLS FIRST, " });
    }
    sql.push_str("r.sys__id");
    sql
}
