//! What a script asks of a table, as a condition of ours: terms and encoded queries of both vocabularies through the
//! one reading of [`encoded`].

use rejoinder_script::{Filter, HostError, Query as Question, Term, Value as Script, Vocabulary};

use super::convert::plain;
use super::host::{ScriptHost, refuse, view_error};
use super::names::{Names, dialect};
use crate::condition::encoded::{self, Name};
use crate::condition::source::{Asked, Given, Source, Special};
use crate::condition::{Condition, Operator, RECORD_FIELD};
use crate::limits::QUERY_ROWS_MAX;
use crate::occasion::resolved;
use crate::record::{Fields, Record};
use crate::time::{DAY, HOUR, MINUTE};
use crate::view::Query;

/// A condition in the making, with the order that encoded parts of it ask for.
pub(super) struct Chosen {
    pub(super) source: Source,
    pub(super) order: Vec<(String, bool)>,
}

fn bad_query(error: impl ToString) -> HostError {
    refuse("bad_query", error.to_string())
}

const NOTHING: fn() -> Source = || Source::Any { any: Vec::new() };

/// A condition that is asked for like a field that is `true` or `false`.
fn yes_or_no(asked: &Asked, condition: Source) -> Result<Source, HostError> {
    let value = match &asked.value {
        Some(Given::Text(text)) => matches!(text.as_str(), "true" | "1"),
        _ => false,
    };
    let holds = match asked.operator {
        Operator::Is => value,
        Operator::IsNot => !value,
        Operator::IsNotEmpty | Operator::Anything => return Ok(Source::always()),
        other => {
            let text = format!("`{}` is true or false: `{}` is no question to it", asked.field, other.word());
            return Err(bad_query(text));
        }
    };
    Ok(if holds { condition } else { Source::Not { not: Box::new(condition) } })
}

impl ScriptHost<'_, '_> {
    /// The rows that a script asks for, at most as many as one decision may read at once.
    pub(super) fn asked(&self, question: &Question) -> Result<Query, HostError> {
        let table = self.ours(&question.table);
        let chosen = self.chosen(&table, &question.filter)?;
        let condition = self.condition(&table, &chosen.source)?;
        let mut query = Query::new(&table, self.within_rights(&table, condition));
        let order = question.order.iter().map(|(field, down)| (self.path(&table, field), *down));
        query.order = order.chain(chosen.order).collect();
        let info = self.info(&table)?;
        for (field, _) in &query.order {
            let known = info.field(field).filter(|field| !field.secret);
            if known.is_none() && field != RECORD_FIELD {
                let text =
                    format!("`{table}.{field}` is secret or none of its fields: nothing is sorted by it");
                return Err(bad_query(text));
            }
        }
        query.order.retain(|(field, _)| field != RECORD_FIELD);
        query.limit = question.limit.saturating_add(question.skip).min(QUERY_ROWS_MAX);
        Ok(query)
    }

    /// A script with the rights of a person finds only what that person may read.
    fn within_rights(&self, table: &str, condition: Condition) -> Condition {
        let rights = &self.draft.rights;
        if rights.limited().is_none() {
            return condition;
        }
        let config = self.draft.context.config;
        Condition::All(vec![condition, config.access.visible(&config.dictionary, rights, table)])
    }

    /// The condition as whoever the script runs as asks it now.
    pub(super) fn condition(&self, table: &str, source: &Source) -> Result<Condition, HostError> {
        let config = self.draft.context.config;
        let condition = source.check(&config.dictionary, table).map_err(bad_query)?;
        let user = self.user;
        let resolved = resolved(&self.draft.reads, self.draft.context, user, &condition);
        Ok(resolved.map_err(view_error)?.into_owned())
    }

    /// The filter under our names.
    pub(super) fn chosen(&self, table: &str, filter: &Filter) -> Result<Chosen, HostError> {
        let mut order = Vec::new();
        let source = self.source(table, filter, &mut order)?;
        let mut source = self.uncomputed(table, source)?;
        let config = self.draft.context.config;
        let names = config.names.of(self.vocabulary);
        source.reword(table, &|table, path, text| match Names::end_of(&config.dictionary, table, path) {
            Some((table, field)) => names.choice(&config.dictionary, &table, &field, text).to_owned(),
            None => text.to_owned(),
        });
        Ok(Chosen { source, order })
    }

    fn source(
        &self,
        table: &str,
        filter: &Filter,
        order: &mut Vec<(String, bool)>,
    ) -> Result<Source, HostError> {
        let mut parts = |parts: &[Filter]| {
            parts.iter().map(|part| self.source(table, part, order)).collect::<Result<Vec<_>, _>>()
        };
        match filter {
            Filter::All(all) => Ok(Source::All { all: parts(all)? }),
            Filter::Any(any) => Ok(Source::Any { any: parts(any)? }),
            Filter::Term(term) => self.term(table, term),
            Filter::Encoded(text) => {
                let query = encoded::parse(text, dialect(self.vocabulary), &|name| self.named(table, name));
                let query = query.map_err(bad_query)?;
                order.extend(query.order);
                Ok(self.with_answers(query.source))
            }
            Filter::Related { table: other, own, other: field, filter } => {
                self.related(table, own, (other, field), filter)
            }
        }
    }

    /// Conditions in the place of the names that stand for them.
    fn uncomputed(&self, table: &str, source: Source) -> Result<Source, HostError> {
        let all = |parts: Vec<Source>| {
            parts.into_iter().map(|part| self.uncomputed(table, part)).collect::<Result<Vec<_>, _>>()
        };
        Ok(match source {
            Source::All { all: parts } => Source::All { all: all(parts)? },
            Source::Any { any: parts } => Source::Any { any: all(parts)? },
            Source::Not { not } => Source::Not { not: Box::new(self.uncomputed(table, *not)?) },
            Source::Clause(asked) => {
                let config = self.draft.context.config;
                let mut known = config.names.of(self.vocabulary).computed(&config.dictionary, table);
                match known.find(|(theirs, _)| *theirs == asked.field) {
                    Some((_, condition)) => yes_or_no(&asked, condition.clone())?,
                    None => Source::Clause(self.uncomputed_inside(asked)?),
                }
            }
        })
    }

    /// The same in the condition of records that are counted.
    fn uncomputed_inside(&self, mut asked: Asked) -> Result<Asked, HostError> {
        if let Some(related) = &mut asked.related
            && let Some(condition) = related.condition.take()
        {
            related.condition = Some(Box::new(self.uncomputed(&related.table, *condition)?));
        }
        Ok(asked)
    }

    /// The filter's text form under their names.
    pub(super) fn written(&self, table: &str, filter: &Filter) -> Result<String, HostError> {
        let Chosen { mut source, order } = self.chosen(table, filter)?;
        let config = self.draft.context.config;
        let names = config.names.of(self.vocabulary);
        source.reword(table, &|table, path, text| match Names::end_of(&config.dictionary, table, path) {
            Some((table, field)) => names.their_choice(&config.dictionary, &table, &field, text).to_owned(),
            None => text.to_owned(),
        });
        let theirs = |name: Name<'_>| match name {
            Name::Table(ours) => names.their_table(ours).to_owned(),
            Name::Path(path) => names.their_path(&config.dictionary, table, path),
            Name::In { table, path } => names.their_path(&config.dictionary, table, path),
        };
        let query = encoded::Query { source, order, group_by: Vec::new() };
        encoded::write(&query, dialect(self.vocabulary), &theirs).map_err(bad_query)
    }

    pub(super) fn named(&self, table: &str, name: Name<'_>) -> String {
        match name {
            Name::Table(theirs) => self.ours(theirs),
            Name::Path(path) => self.path(table, path),
            Name::In { table, path } => self.path(table, path),
        }
    }

    /// The source with what the commonest scripts of values would give: `javascript:gs.getUserID()` and the moments of
    /// `gs.daysAgo(n)`, `gs.hoursAgo(n)` and `gs.minutesAgo(n)`. Other scripts stay and are told as what nobody runs.
    fn with_answers(&self, source: Source) -> Source {
        let each = |parts: Vec<Source>| parts.into_iter().map(|part| self.with_answers(part)).collect();
        match source {
            Source::All { all } => Source::All { all: each(all) },
            Source::Any { any } => Source::Any { any: each(any) },
            Source::Not { not } => Source::Not { not: Box::new(self.with_answers(*not)) },
            Source::Clause(mut asked) => {
                for given in asked.value.iter_mut().chain(&mut asked.values) {
                    let Given::Special(Special::Script(script)) = &*given else { continue };
                    if let Some(text) = self.answer_of(script) {
                        *given = Given::Text(text);
                    }
                }
                Source::Clause(asked)
            }
        }
    }

    fn answer_of(&self, script: &str) -> Option<String> {
        let call = script.trim().trim_end_matches(';').strip_prefix("gs.")?;
        if call == "getUserID()" {
            return Some(self.user.map(|user| user.to_string()).unwrap_or_default());
        }
        let (name, argument) = call.strip_suffix(')')?.split_once('(')?;
        let count: i64 = argument.trim().parse().ok()?;
        let unit = match name {
            "daysAgo" => DAY,
            "hoursAgo" => HOUR,
            "minutesAgo" => MINUTE,
            _ => return None,
        };
        Some(self.draft.context.now.plus(count.checked_mul(-unit)?).rfc3339())
    }

    fn term(&self, table: &str, term: &Term) -> Result<Source, HostError> {
        let names = |name: Name<'_>| self.named(table, name);
        let read =
            |value: &str| encoded::question(&term.field, &term.operator, value, &names).map_err(bad_query);
        let items = match (&term.value, encoded::is_list(&term.operator)) {
            (_, false) => return read(&plain(&term.value)),
            (Script::List(items), true) => items.iter().map(plain).collect(),
            (other, true) => {
                let separators: &[char] =
                    if self.vocabulary == Vocabulary::SimpleOne { &[',', '@'] } else { &[','] };
                plain(other).split(separators).map(str::to_owned).collect::<Vec<_>>()
            }
        };
        let Source::Clause(asked) = read("")? else { return Ok(NOTHING()) };
        let values: Vec<Given> =
            items.iter().filter(|item| !item.is_empty()).map(|item| Given::from(item.as_str())).collect();
        Ok(match (values.is_empty(), asked.operator) {
            (true, Operator::In) => NOTHING(),
            (true, _) => Source::always(),
            (false, operator) => Asked::several(&asked.field, operator, values).into(),
        })
    }

    /// Rows of another table that name a row of this one: they are read, and this one is among those that they name.
    fn related(
        &self,
        table: &str,
        own: &str,
        (other, field): (&str, &str),
        filter: &Filter,
    ) -> Result<Source, HostError> {
        let question = Question {
            table: other.to_owned(),
            filter: filter.clone(),
            order: Vec::new(),
            limit: QUERY_ROWS_MAX,
            skip: 0,
        };
        let rows = self.draft.reads.query(&self.asked(&question)?).map_err(view_error)?;
        if rows.len() >= QUERY_ROWS_MAX as usize {
            let text =
                format!("more than {QUERY_ROWS_MAX} rows of `{other}` are related: narrow their condition");
            return Err(bad_query(text));
        }
        let field = self.path(&self.ours(other), field);
        let value = |row: &Record| {
            if field == RECORD_FIELD { row.id.to_string() } else { row.get(&field).plain() }
        };
        let mut values: Vec<String> = rows.iter().map(value).filter(|value| !value.is_empty()).collect();
        values.sort_unstable();
        values.dedup();
        if values.is_empty() {
            return Ok(NOTHING());
        }
        let own = self.path(table, own);
        let values = values.iter().map(|value| Given::from(value.as_str())).collect();
        Ok(Asked::several(&own, Operator::In, values).into())
    }

    /// A record of what a script holds in memory.
    pub(super) fn in_memory(&self, table: &str, row: &rejoinder_script::Row) -> Result<Record, HostError> {
        let info = self.info(table)?;
        let id = row
            .id
            .parse()
            .unwrap_or_else(|_| self.draft.context.seed.id("in memory", self.draft.context.now));
        let mut record = Record { table: table.to_owned(), id, version: 0, fields: Fields::new() };
        for (theirs, value) in &row.fields {
            let name = self.path(table, theirs);
            if let Some(field) = info.field(&name).filter(|field| !field.secret) {
                record.set(&name, self.stored_value(table, field, value).unwrap_or_default());
            }
        }
        Ok(record)
    }
}
