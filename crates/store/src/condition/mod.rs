//! Conditions as SQL, with the same answers as the evaluator in memory.
//!
//! Every clause becomes a predicate over an existing value, or its negation, so that no clause is ever unknown:
//! `is_not x` holds where there is no value. References on the way become `EXISTS`. Texts are compared by their
//! folded form. Columns stand bare in comparisons, so that an index serves them.

mod calendar;
mod test;
#[cfg(test)]
mod tests;

use rejoinder_engine::condition::{
    Clause, Condition, Hierarchy, Operand, Operator, RECORD_FIELD, Related, Step, TABLE_FIELD, counted_up_to,
};

use rejoinder_engine::fold::fold;
use rejoinder_engine::limits::HIERARCHY_DEPTH_MAX;

use crate::dialect::Dialect;
use crate::schema::{Root, Schema, Storage};
use crate::tx::SqlValue;

use test::{End, Test, negated, test};

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
    let mut writer = Writer { dialect, schema, params, aliases: 0 };
    let below = writer.tables("r", table);
    let asked = writer.condition(Start { root, alias: "r" }, condition)?;
    Ok(format!(" WHERE {below}({asked})"))
}

struct Writer<'a> {
    dialect: Dialect,
    schema: &'a Schema,
    params: &'a mut Vec<SqlValue>,
    /// Names given to tables on the way so far.
    aliases: usize,
}

/// The record that is asked: where paths begin.
#[derive(Clone, Copy)]
struct Start<'a> {
    root: &'a Root,
    alias: &'a str,
}

/// A value as SQL, and how it is stored.
struct Expression {
    sql: String,
    storage: Storage,
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

    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("w{}", self.aliases)
    }

    fn condition(&mut self, start: Start<'_>, condition: &Condition) -> Result<String, String> {
        Ok(match condition {
            Condition::All(parts) => self.joined(start, parts, " AND ", "TRUE")?,
            Condition::Any(parts) => self.joined(start, parts, " OR ", "FALSE")?,
            Condition::Not(part) => format!("NOT ({})", self.condition(start, part)?),
            Condition::Clause(clause) => self.clause(start, clause)?,
        })
    }

    fn joined(
        &mut self,
        start: Start<'_>,
        parts: &[Condition],
        word: &str,
        none: &str,
    ) -> Result<String, String> {
        if parts.is_empty() {
            return Ok(none.to_owned());
        }
        let parts: Vec<String> =
            parts.iter().map(|part| self.condition(start, part)).collect::<Result<_, _>>()?;
        Ok(format!("({})", parts.join(word)))
    }

    fn clause(&mut self, start: Start<'_>, clause: &Clause) -> Result<String, String> {
        let (path, word) = (clause.path_text(), clause.operator.word());
        if clause.operator.looks_back() {
            return Err(format!("`{path} {word}` looks back; records of the database have no past"));
        }
        if clause.is_open() {
            return Err(format!("`{path} {word}` depends on who asks and when, and was asked without it"));
        }
        if clause.operator == Operator::Anything {
            return Ok("TRUE".to_owned());
        }
        let holds = self.path(start, start, &clause.path, clause)?;
        Ok(if negated(clause) { format!("NOT ({holds})") } else { holds })
    }

    /// Whether there is a value at the end of the path that passes the clause's test. `start` is the record
    /// that is asked, where paths of other fields begin, and `at` the one on the way.
    fn path(
        &mut self,
        start: Start<'_>,
        at: Start<'_>,
        path: &[Step],
        clause: &Clause,
    ) -> Result<String, String> {
        let Some((step, rest)) = path.split_first() else { return Ok("FALSE".to_owned()) };
        let Some(value) = value(at, &step.field) else { return Ok("FALSE".to_owned()) };
        match &clause.texts {
            Some(texts) if rest.is_empty() && step.field == RECORD_FIELD => {
                return Ok(self.words(at, texts, &clause.operands));
            }
            None if rest.is_empty() => return self.test(start, &value, clause),
            _ => {}
        }
        let Some(target) = step.table.as_deref().filter(|_| value.storage == Storage::Reference) else {
            return Ok("FALSE".to_owned());
        };
        let schema = self.schema;
        let Some(next) = schema.root_of(target) else { return Err(format!("there is no table `{target}`")) };
        let inner = self.alias();
        let below = self.tables(&inner, target);
        let next_record = Start { root: next, alias: &inner };
        let holds = match &clause.texts {
            Some(texts) if rest.is_empty() => self.words(next_record, texts, &clause.operands),
            _ => self.path(start, next_record, rest, clause)?,
        };
        let (sql, reference) = (&next.sql, &value.sql);
        Ok(format!(
            "EXISTS (SELECT 1 FROM {sql} AS {inner} WHERE {inner}.sys__id = {reference} AND {below}{holds})"
        ))
    }

    /// The value at the end of another path; `None` where there can be none.
    fn other(&mut self, at: Start<'_>, path: &[Step]) -> Result<Option<Expression>, String> {
        let Some((step, rest)) = path.split_first() else { return Ok(None) };
        let Some(value) = value(at, &step.field) else { return Ok(None) };
        if rest.is_empty() {
            return Ok(Some(value));
        }
        let Some(target) = step.table.as_deref().filter(|_| value.storage == Storage::Reference) else {
            return Ok(None);
        };
        let schema = self.schema;
        let Some(next) = schema.root_of(target) else { return Err(format!("there is no table `{target}`")) };
        let inner = self.alias();
        let below = self.tables(&inner, target);
        let found = self.other(Start { root: next, alias: &inner }, rest)?;
        Ok(found.map(|Expression { sql, storage }| {
            let (table, reference) = (&next.sql, &value.sql);
            let sql =
                format!("(SELECT {sql} FROM {table} AS {inner} WHERE {below}{inner}.sys__id = {reference})");
            Expression { sql, storage }
        }))
    }

    fn test(&mut self, start: Start<'_>, found: &Expression, clause: &Clause) -> Result<String, String> {
        let (value, storage) = match (&clause.part, &clause.related) {
            (_, Some(related)) => (self.number(found, related, &clause.operands)?, Storage::Integer),
            (None, None) => (found.sql.clone(), found.storage),
            (Some(asked), None) => {
                let zone = asked.zone.as_deref().unwrap_or("UTC");
                let part = calendar::part(self.dialect, asked.part, zone, found);
                (part, Storage::Integer)
            }
        };
        let test = test(clause, storage);
        // A part is a long expression and is written once; a column stands bare, so that an index serves it.
        let guarded = |predicate: String| match clause.part {
            _ if clause.related.is_some() => format!("({} IS NOT NULL AND {predicate})", found.sql),
            Some(_) => format!("COALESCE({predicate}, FALSE)"),
            None => format!("({value} IS NOT NULL AND {predicate})"),
        };
        Ok(match test {
            Test::Never => "FALSE".to_owned(),
            Test::Exists => format!("{value} IS NOT NULL"),
            Test::Compare(sign, operand) => guarded(format!("{value} {sign} {}", self.parameter(operand))),
            Test::Within(from, to) => guarded(self.within(&value, from, to)),
            Test::OneOf(roots) if clause.hierarchy.is_some() => {
                let below = clause.hierarchy.as_ref().map(|hierarchy| self.below(hierarchy, roots));
                guarded(format!("{value} IN {}", below.transpose()?.unwrap_or_default()))
            }
            Test::OneOf(operands) => {
                let places: Vec<String> =
                    operands.into_iter().map(|operand| self.parameter(operand)).collect();
                guarded(format!("{value} IN ({})", places.join(", ")))
            }
            Test::Holds(part) => {
                let place = self.parameter(part.into());
                guarded(self.dialect.holds(&value, &format!("CAST({place} AS TEXT)")))
            }
            Test::HoldsItem(item) => {
                let place = self.parameter(item.into());
                guarded(self.dialect.list_holds(&value, &place))
            }
            Test::Ends(part) => {
                let place = self.parameter(part.into());
                guarded(self.dialect.ends_with(&value, &format!("CAST({place} AS TEXT)")))
            }
            Test::Field(sign, path) => match self.other(start, path)? {
                Some(other) if other.storage == storage && clause.by.is_some() => {
                    let alias = self.alias();
                    let by = clause.by.as_ref();
                    let asked = by.and_then(|by| {
                        calendar::beside(self.dialect, by, clause.operator, (found, &other), &alias)
                    });
                    asked.map_or_else(|| "FALSE".to_owned(), |asked| format!("COALESCE({asked}, FALSE)"))
                }
                Some(other) if other.storage == storage => {
                    // Either may have no value, which is no answer but "no".
                    format!("COALESCE({value} {sign} {}, FALSE)", other.sql)
                }
                _ => "FALSE".to_owned(),
            },
        })
    }

    /// How many records refer to the one found, counted as far as the numbers ask.
    fn number(
        &mut self,
        found: &Expression,
        related: &Related,
        numbers: &[Operand],
    ) -> Result<String, String> {
        let (schema, table) = (self.schema, &related.table);
        let Some(root) = schema.root_of(table) else { return Err(format!("there is no table `{table}`")) };
        let (inner, counted) = (self.alias(), self.alias());
        let start = Start { root, alias: &inner };
        let Some(Expression { sql: field, storage: Storage::Reference }) = value(start, &related.field.field)
        else {
            return Err(format!("`{}` is no reference", related.words()));
        };
        let below = self.tables(&inner, table);
        let asked = self.condition(start, &related.condition)?;
        let (sql, limit) = (&root.sql, counted_up_to(numbers));
        Ok(format!(
            "(SELECT COUNT(*) FROM (SELECT 1 AS one FROM {sql} AS {inner} \
             WHERE {field} = {} AND {below}({asked}) LIMIT {limit}) AS {counted})",
            found.sql
        ))
    }

    /// Whether every word occurs in one of the texts.
    fn words(&mut self, at: Start<'_>, texts: &[Step], words: &[Operand]) -> String {
        let columns: Vec<Expression> = texts.iter().filter_map(|step| value(at, &step.field)).collect();
        let mut parts = Vec::new();
        for word in words.iter().filter_map(|operand| operand.value()?.as_text()) {
            let place = format!("CAST({} AS TEXT)", self.parameter(fold(word).into()));
            let holds = columns.iter().filter(|column| column.storage == Storage::Text);
            let holds = holds.map(|column| {
                let text = format!("COALESCE({}, '')", column.sql);
                self.dialect.holds(&text, &place)
            });
            let any = holds.collect::<Vec<_>>().join(" OR ");
            parts.push(if any.is_empty() { "FALSE".to_owned() } else { format!("({any})") });
        }
        if parts.is_empty() { "FALSE".to_owned() } else { format!("({})", parts.join(" AND ")) }
    }

    /// The roots and the records below them, found from the top down once for all records that are asked.
    fn below(&mut self, hierarchy: &Hierarchy, roots: Vec<SqlValue>) -> Result<String, String> {
        let (schema, table) = (self.schema, &hierarchy.table);
        let Some(root) = schema.root_of(table) else { return Err(format!("there is no table `{table}`")) };
        let (line, inner) = (self.alias(), self.alias());
        let Some(by) = value(Start { root, alias: &inner }, &hierarchy.by.field) else {
            return Err(format!("`{table}` has no field `{}`", hierarchy.by.field));
        };
        let mut places = Vec::new();
        for root in roots {
            let place = self.parameter(root);
            places.push(format!("({}, 0)", self.dialect.text_parameter(&place)));
        }
        let (sql, by, below, places) = (&root.sql, by.sql, self.tables(&inner, table), places.join(", "));
        Ok(format!(
            "(WITH RECURSIVE {line} (id, depth) AS (VALUES {places} UNION \
             SELECT {inner}.sys__id, {line}.depth + 1 FROM {line} JOIN {sql} AS {inner} ON {by} = {line}.id \
             WHERE {below}{line}.depth < {HIERARCHY_DEPTH_MAX}) SELECT id FROM {line})"
        ))
    }

    fn within(&mut self, value: &str, from: Option<SqlValue>, to: Option<End>) -> String {
        let mut parts = Vec::new();
        if let Some(from) = from {
            parts.push(format!("{value} >= {}", self.parameter(from)));
        }
        if let Some(end) = to {
            let (sign, operand) = match end {
                End::Before(operand) => ("<", operand),
                End::UpTo(operand) => ("<=", operand),
            };
            parts.push(format!("{value} {sign} {}", self.parameter(operand)));
        }
        if parts.is_empty() { "TRUE".to_owned() } else { parts.join(" AND ") }
    }
}

/// The value of a field, or of what every record has; `None` where the table keeps none.
fn value(at: Start<'_>, field: &str) -> Option<Expression> {
    let Start { root, alias } = at;
    if let Some(column) = root.column(field) {
        return Some(Expression { sql: format!("{alias}.{}", column.compared()), storage: column.storage });
    }
    let (column, storage) = match field {
        RECORD_FIELD => ("sys__id", Storage::Reference),
        // Names of tables are their own folded form.
        TABLE_FIELD => ("sys__table", Storage::Text),
        _ => return None,
    };
    Some(Expression { sql: format!("{alias}.{column}"), storage })
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
