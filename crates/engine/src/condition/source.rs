//! Conditions as people write them, and the check that makes them typed.

use serde::{Deserialize, Serialize};

use super::{Clause, Condition, Operator, Step};
use crate::dictionary::{Dictionary, TableInfo};
use crate::limits::{CONDITION_CLAUSES_MAX, CONDITION_DEPTH_MAX, PATH_STEPS_MAX};
use crate::value::{BadValue, Kind, Value};

/// A condition as it is written in packs and by API clients:
/// `{ all = [ { field = "state", operator = "changes_to", value = "information_needed" } ] }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Source {
    /// Every one holds.
    All {
        /// The parts.
        all: Vec<Source>,
    },
    /// At least one holds.
    Any {
        /// The parts.
        any: Vec<Source>,
    },
    /// It does not hold.
    Not {
        /// The part.
        not: Box<Source>,
    },
    /// A question about one value.
    Clause {
        /// The path to the value, dots between references.
        field: String,
        /// What is asked.
        operator: Operator,
        /// One value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<String>,
        /// Several values, for `in`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        values: Vec<String>,
    },
}

/// Why a condition cannot be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// No such table.
    #[error("there is no table `{0}`")]
    NoTable(String),
    /// No such field on the way.
    #[error("`{path}`: the table `{table}` has no field `{field}`")]
    NoField {
        /// The path as written.
        path: String,
        /// The table reached.
        table: String,
        /// The field it lacks.
        field: String,
    },
    /// A field that never leaves: its value would stand in the trace.
    #[error("`{path}` is secret and cannot be asked or shown")]
    Secret {
        /// The path as written.
        path: String,
    },
    /// A dot behind a field that is no reference.
    #[error("`{path}`: `{field}` is no reference, nothing can follow it")]
    NoReference {
        /// The path as written.
        path: String,
        /// The field.
        field: String,
    },
    /// An operator that the kind of the field does not know.
    #[error("`{path}`: a field of the kind {kind:?} cannot be asked `{operator}`")]
    Unsuitable {
        /// The path as written.
        path: String,
        /// The kind of the field.
        kind: Kind,
        /// The operator.
        operator: &'static str,
    },
    /// An operand of the wrong kind.
    #[error("`{path}`: {cause}")]
    BadOperand {
        /// The path as written.
        path: String,
        /// What is wrong with it.
        cause: BadValue,
    },
    /// A missing or superfluous operand.
    #[error("`{path} {operator}` takes {takes}")]
    Operands {
        /// The path as written.
        path: String,
        /// The operator.
        operator: &'static str,
        /// What it takes.
        takes: &'static str,
    },
    /// More clauses, groups or steps than allowed.
    #[error("the condition has more than {limit} {what}")]
    TooLarge {
        /// The limit.
        limit: usize,
        /// Of what.
        what: &'static str,
    },
    /// No condition at all.
    #[error("this is no condition: {0}")]
    Unreadable(String),
}

impl Source {
    /// Reads the JSON text stored in a rule; an empty one is the condition that always holds.
    pub fn parse(json: &str) -> Result<Self, ConditionError> {
        if json.trim().is_empty() {
            return Ok(Self::All { all: Vec::new() });
        }
        serde_json::from_str(json).map_err(|error| ConditionError::Unreadable(error.to_string()))
    }

    /// Types the condition against `table` of the dictionary.
    pub fn check(&self, dictionary: &Dictionary, table: &str) -> Result<Condition, ConditionError> {
        let info = dictionary.table(table).ok_or_else(|| ConditionError::NoTable(table.to_owned()))?;
        self.check_in(dictionary, info)
    }

    /// Types the condition against a table that need not be in the dictionary (such as the mail's own).
    pub fn check_in(&self, dictionary: &Dictionary, info: &TableInfo) -> Result<Condition, ConditionError> {
        let condition = self.typed(dictionary, info, 0)?;
        if condition.clauses().len() > CONDITION_CLAUSES_MAX {
            return Err(ConditionError::TooLarge { limit: CONDITION_CLAUSES_MAX, what: "clauses" });
        }
        Ok(condition)
    }

    fn typed(
        &self,
        dictionary: &Dictionary,
        info: &TableInfo,
        depth: usize,
    ) -> Result<Condition, ConditionError> {
        if depth > CONDITION_DEPTH_MAX {
            return Err(ConditionError::TooLarge { limit: CONDITION_DEPTH_MAX, what: "nested groups" });
        }
        let parts = |parts: &[Self]| {
            parts.iter().map(|part| part.typed(dictionary, info, depth + 1)).collect::<Result<Vec<_>, _>>()
        };
        Ok(match self {
            Self::All { all } => Condition::All(parts(all)?),
            Self::Any { any } => Condition::Any(parts(any)?),
            Self::Not { not } => Condition::Not(Box::new(not.typed(dictionary, info, depth + 1)?)),
            Self::Clause { field, operator, value, values } => {
                let path = resolve_path(dictionary, info, field)?;
                let kind = path.last().map_or(Kind::String, |step| step.kind);
                check_suits(field, *operator, kind)?;
                let operands = operands(field, *operator, kind, value.as_deref(), values)?;
                Condition::Clause(Clause { path, operator: *operator, operands })
            }
        })
    }
}

fn check_suits(path: &str, operator: Operator, kind: Kind) -> Result<(), ConditionError> {
    if operator.suits(kind) {
        return Ok(());
    }
    Err(ConditionError::Unsuitable { path: path.to_owned(), kind, operator: operator.word() })
}

/// The steps of a dotted path from `info`.
pub fn resolve_path(
    dictionary: &Dictionary,
    info: &TableInfo,
    path: &str,
) -> Result<Vec<Step>, ConditionError> {
    let names: Vec<&str> = path.split('.').collect();
    if names.len() > PATH_STEPS_MAX {
        return Err(ConditionError::TooLarge { limit: PATH_STEPS_MAX, what: "steps in a path" });
    }
    let mut steps: Vec<Step> = Vec::with_capacity(names.len());
    let mut current = info;
    for name in names {
        if let Some(last) = steps.last() {
            let target = last.table.as_deref().filter(|_| last.kind == Kind::Reference);
            current = target.and_then(|target| dictionary.table(target)).ok_or_else(|| {
                ConditionError::NoReference { path: path.to_owned(), field: last.field.clone() }
            })?;
        }
        let field = current.field(name).ok_or_else(|| ConditionError::NoField {
            path: path.to_owned(),
            table: current.table.name.clone(),
            field: name.to_owned(),
        })?;
        if field.secret {
            return Err(ConditionError::Secret { path: path.to_owned() });
        }
        steps.push(Step { field: name.to_owned(), kind: field.kind, table: field.table.clone() });
    }
    Ok(steps)
}

fn operands(
    path: &str,
    operator: Operator,
    kind: Kind,
    value: Option<&str>,
    values: &[String],
) -> Result<Vec<Value>, ConditionError> {
    let wrong = |takes| ConditionError::Operands { path: path.to_owned(), operator: operator.word(), takes };
    let parse = |text: &str| {
        // An item of a list is asked as a text; a whole list is read as one.
        let kind = match (kind, operator) {
            (Kind::ReferenceList | Kind::TextList, Operator::Contains) => Kind::String,
            _ => kind,
        };
        Value::parse(kind, text).map_err(|cause| ConditionError::BadOperand { path: path.to_owned(), cause })
    };
    match operator {
        Operator::IsEmpty | Operator::Changes => {
            if value.is_some() || !values.is_empty() {
                return Err(wrong("no value"));
            }
            Ok(Vec::new())
        }
        Operator::In => {
            if value.is_some() || values.is_empty() {
                return Err(wrong("`values`, at least one"));
            }
            values.iter().map(|text| parse(text)).collect()
        }
        _ => {
            let text = value.filter(|_| values.is_empty()).ok_or_else(|| wrong("one `value`"))?;
            Ok(vec![parse(text)?])
        }
    }
}
