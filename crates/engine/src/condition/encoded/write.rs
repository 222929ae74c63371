//! Writes encoded queries from conditions in their normal form.

use super::number::{BEGIN, END, inside, sign};
use super::term::{CLASS, SCRIPT, TEXTS, field_of};
use super::words::{COMPARISONS, PARTS, PEOPLE, UNITS, Word, period_name, written};
use super::{Dialect, EncodedError, Name, Query};
use crate::condition::source::{Apart, Asked, Given, Related, Source, Special};
use crate::condition::{Dynamic, Length, Operator, Part, Period, RECORD_FIELD, Side, TABLE_FIELD, Takes};
use crate::date::Date;

pub(super) type Names<'a> = &'a dyn Fn(Name<'_>) -> String;

pub(super) fn query(query: &Query, dialect: Dialect, names: Names<'_>) -> Result<String, EncodedError> {
    let writer = Writer { dialect, names };
    let mut text = match dialect {
        Dialect::ServiceNow => writer.groups(&query.source)?,
        Dialect::SimpleOne => writer.level(&query.source)?,
    };
    let orders = query.order.iter().map(|(path, down)| (if *down { "ORDERBYDESC" } else { "ORDERBY" }, path));
    for (word, path) in orders.chain(query.group_by.iter().map(|path| ("GROUPBY", path))) {
        if !text.is_empty() {
            text.push('^');
        }
        text.push_str(word);
        text.push_str(&writer.path(path));
    }
    Ok(text)
}

struct Writer<'a> {
    dialect: Dialect,
    names: Names<'a>,
}

fn no_form(asked: &Asked, what: &str) -> EncodedError {
    EncodedError::NoForm(format!("`{} {}`: {what}", asked.field, asked.operator.word()))
}

impl Writer<'_> {
    /// Groups with `^NQ` between them, of lists with `^`, of alternatives with `^OR`.
    fn groups(&self, source: &Source) -> Result<String, EncodedError> {
        let list = |source: &Source| match source {
            Source::Any { any } => self.joined(any, "^OR"),
            other => self.joined(std::slice::from_ref(other), "^OR"),
        };
        let lists = |parts: &[Source]| -> Result<String, EncodedError> {
            Ok(parts.iter().map(list).collect::<Result<Vec<_>, _>>()?.join("^"))
        };
        let group = |source: &Source| match source {
            Source::All { all } => lists(all),
            other => list(other),
        };
        match source {
            Source::Any { any } if any.iter().any(|part| !matches!(part, Source::Clause(_))) => {
                Ok(any.iter().map(group).collect::<Result<Vec<_>, _>>()?.join("^NQ"))
            }
            other => group(other),
        }
    }

    fn joined(&self, parts: &[Source], sign: &str) -> Result<String, EncodedError> {
        let questions = parts.iter().map(|part| match part {
            Source::Clause(asked) => self.question(asked),
            _ => Err(EncodedError::NoForm("its groups are too deep".to_owned())),
        });
        Ok(questions.collect::<Result<Vec<_>, _>>()?.join(sign))
    }

    /// Parts in parentheses; a single question stands alone.
    fn level(&self, source: &Source) -> Result<String, EncodedError> {
        let (parts, sign) = match source {
            Source::Clause(asked) => return self.question(asked),
            Source::All { all } => (all, "^"),
            Source::Any { any } => (any, "^OR"),
            Source::Not { .. } => return Err(EncodedError::NoForm("there is no word for `not`".to_owned())),
        };
        let parts = parts.iter().map(|part| Ok(format!("({})", self.level(part)?)));
        Ok(parts.collect::<Result<Vec<String>, EncodedError>>()?.join(sign))
    }

    fn path(&self, path: &str) -> String {
        match path.strip_suffix(TABLE_FIELD) {
            Some("") => CLASS.to_owned(),
            Some(before) if before.ends_with('.') => {
                format!("{}.{CLASS}", (self.names)(Name::Path(before.trim_end_matches('.'))))
            }
            _ => (self.names)(Name::Path(path)),
        }
    }

    /// The number of the records that refer to the one that is asked.
    fn number(&self, asked: &Asked, related: &Related) -> Result<String, EncodedError> {
        let Related { table, field, condition } = related;
        let names = |name: Name<'_>| inside(table, name, self.names);
        let others = Writer { dialect: self.dialect, names: &names };
        let condition = match (condition, self.dialect) {
            (None, _) => String::new(),
            (Some(source), Dialect::ServiceNow) => format!(",{}", others.groups(source)?),
            (Some(source), Dialect::SimpleOne) => format!(",{}", others.level(source)?),
        };
        let (Some(sign), Some(Given::Text(number))) = (sign(asked.operator), &asked.value) else {
            return Err(no_form(asked, "a number of records is compared with a number"));
        };
        let (table, field) = ((self.names)(Name::Table(table)), others.path(field));
        Ok(format!("{BEGIN}{table}.{field},{sign}{number}{condition}^{END}"))
    }

    fn question(&self, asked: &Asked) -> Result<String, EncodedError> {
        if let Some(related) = &asked.related {
            return self.number(asked, related);
        }
        let mut path = self.path(&asked.field);
        if asked.operator == Operator::InstanceOf {
            path = match asked.field.as_str() {
                RECORD_FIELD => CLASS.to_owned(),
                other if other.ends_with(RECORD_FIELD) => path,
                _ => format!("{path}.{CLASS}"),
            };
        }
        if asked.operator == Operator::HasWords {
            path = if asked.field == RECORD_FIELD { TEXTS.to_owned() } else { format!("{path}.{TEXTS}") };
        }
        let (word, value) = self.word(asked)?;
        let word = written(word, self.dialect).ok_or_else(|| no_form(asked, "there is no word for it"))?;
        let value = value.replace('^', "^^");
        let braces = self.dialect == Dialect::SimpleOne && value.contains(['(', ')', '{', '}']);
        Ok(if braces {
            format!("{path}{word}{{{}}}", value.replace('}', "}}"))
        } else {
            format!("{path}{word}{value}")
        })
    }

    fn word(&self, asked: &Asked) -> Result<(Word, String), EncodedError> {
        let operator = asked.operator;
        if let Some(part) = asked.part {
            return self.part(asked, part);
        }
        let one = || asked.value.as_ref().ok_or_else(|| no_form(asked, "it needs a value"));
        Ok(match (operator, operator.takes()) {
            (_, Takes::Nothing) => (Word::Plain(operator), String::new()),
            (_, Takes::Several) => {
                let separator = if self.dialect == Dialect::ServiceNow { "," } else { "@" };
                (Word::List(operator), plain_texts(asked)?.join(separator))
            }
            (_, Takes::Two) => (Word::Between, plain_texts(asked)?.join("@")),
            (Operator::InstanceOf, _) => match one()? {
                Given::Text(table) => (Word::InstanceOf, (self.names)(Name::Table(table))),
                Given::Special(_) => return Err(no_form(asked, "it needs the name of a table")),
            },
            (Operator::HasWords, _) => match one()? {
                Given::Text(words) => (Word::Words, words.clone()),
                Given::Special(Special::Script(script)) => (Word::Words, format!("{SCRIPT}{script}")),
                Given::Special(_) => return Err(no_form(asked, "it needs words")),
            },
            (Operator::InHierarchy, _) => {
                let by = asked
                    .by
                    .as_deref()
                    .ok_or_else(|| no_form(asked, "it needs the field that leads upwards"))?;
                let by = field_of(&asked.field, by, self.names);
                match one()? {
                    Given::Text(root) => (Word::Hierarchy, format!("{by}@{root}")),
                    Given::Special(Special::Dynamic(dynamic)) => {
                        (Word::HierarchyDynamic, format!("{by}@{}", self.person(*dynamic)))
                    }
                    Given::Special(Special::Script(script)) => {
                        (Word::Hierarchy, format!("{by}@{SCRIPT}{script}"))
                    }
                    Given::Special(_) => return Err(no_form(asked, "it needs a record")),
                }
            }
            (Operator::On | Operator::NotOn, _) => self.on(asked, one()?)?,
            _ => self.operand(asked, one()?)?,
        })
    }

    fn operand(&self, asked: &Asked, given: &Given) -> Result<(Word, String), EncodedError> {
        let operator = asked.operator;
        Ok(match given {
            Given::Text(text) => (Word::Plain(operator), text.clone()),
            Given::Special(Special::Script(script)) => (Word::Plain(operator), format!("{SCRIPT}{script}")),
            Given::Special(Special::Field(path)) => {
                let by = asked.unit.map(|unit| format!("@{}", unit.word())).unwrap_or_default();
                (Word::Field(operator), format!("{}{by}", self.path(path)))
            }
            Given::Special(Special::Before(apart)) => {
                (Word::Distance(operator), self.distance(apart, Side::Before))
            }
            Given::Special(Special::After(apart)) => {
                (Word::Distance(operator), self.distance(apart, Side::After))
            }
            Given::Special(Special::Dynamic(dynamic)) => (Word::Dynamic(operator), self.person(*dynamic)),
            Given::Special(Special::Period(period)) if operator.is_ordering() => {
                let edge = match operator {
                    Operator::LessThan | Operator::GreaterOrEqual => "beginningOf",
                    _ => "endOf",
                };
                (Word::Plain(operator), format!("{SCRIPT}gs.{edge}{}()", period_name(*period)))
            }
            Given::Special(Special::Ago(length)) => (Word::Relative(operator), relative(*length, "ago")),
            Given::Special(Special::Ahead(length)) => (Word::Relative(operator), relative(*length, "ahead")),
            Given::Special(Special::Period(_)) => {
                return Err(no_form(asked, "a period is asked `on`, `not_on` or by its order"));
            }
        })
    }

    fn distance(&self, apart: &Apart, side: Side) -> String {
        let Apart { amount, unit, field } = apart;
        format!("{}@{}@{}@{amount}", self.path(field), unit.word(), side.word())
    }

    fn person(&self, dynamic: Dynamic) -> String {
        let by_id = PEOPLE.iter().find(|(_, known)| *known == dynamic).map(|(id, _)| *id);
        match self.dialect {
            Dialect::ServiceNow => by_id.unwrap_or_else(|| dynamic.word()).to_owned(),
            Dialect::SimpleOne => dynamic.word().to_owned(),
        }
    }

    fn on(&self, asked: &Asked, given: &Given) -> Result<(Word, String), EncodedError> {
        let theirs = self.dialect == Dialect::ServiceNow;
        let value = match given {
            Given::Text(day) if theirs && day.parse::<Date>().is_ok() => format!(
                "{day}@{SCRIPT}gs.dateGenerate('{day}','start')@{SCRIPT}gs.dateGenerate('{day}','end')"
            ),
            Given::Text(text) => text.clone(),
            Given::Special(Special::Period(period)) => self.period(*period),
            Given::Special(Special::Script(script)) => format!("script@{SCRIPT}{script}"),
            Given::Special(Special::Ago(_) | Special::Ahead(_)) => return self.operand(asked, given),
            Given::Special(_) => return Err(no_form(asked, "it needs a day or a period")),
        };
        Ok((Word::On(asked.operator), value))
    }

    fn period(&self, period: Period) -> String {
        if self.dialect == Dialect::SimpleOne {
            return period.word().to_owned();
        }
        let name = period_name(period);
        format!("{name}@{SCRIPT}gs.beginningOf{name}()@{SCRIPT}gs.endOf{name}()")
    }

    fn part(&self, asked: &Asked, part: Part) -> Result<(Word, String), EncodedError> {
        let Some(Given::Text(value)) = &asked.value else {
            return Err(no_form(asked, "a part is compared with a number or a name"));
        };
        if self.dialect == Dialect::SimpleOne && asked.operator == Operator::Is {
            return Ok((Word::PartIs(part), value.clone()));
        }
        let simple = value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let part = PARTS.iter().find(|(_, known)| *known == part);
        let comparison = COMPARISONS.iter().find(|(_, known)| *known == asked.operator);
        match (part, comparison) {
            (Some((part, _)), Some((comparison, _))) if simple => {
                let script = format!("{SCRIPT}gs.datePart('{part}','{value}','{comparison}')");
                Ok((Word::DatePart, format!("{value}@{script}")))
            }
            _ => Err(no_form(asked, "a part is compared with a number or a name")),
        }
    }
}

fn relative(length: Length, way: &str) -> String {
    let unit = UNITS.iter().find(|(_, known)| *known == length.unit).map_or("", |(word, _)| *word);
    format!("@{unit}@{way}@{}", length.amount)
}

fn plain_texts(asked: &Asked) -> Result<Vec<String>, EncodedError> {
    let text = |given: &Given| match given {
        Given::Text(text) => Ok(text.clone()),
        Given::Special(Special::Script(script)) => Ok(format!("{SCRIPT}{script}")),
        Given::Special(_) => Err(no_form(asked, "its values are written one by one")),
    };
    asked.values.iter().map(text).collect()
}
