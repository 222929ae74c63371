//! Conditions as people write them in packs and through the API. The check that makes them typed is in
//! [`Source::check`].

use serde::{Deserialize, Serialize};

use super::{Dynamic, Length, Operator, Part, Period, Unit};

pub use super::error::ConditionError;
pub use super::typed::{condition_path, resolve_path};

/// A condition as it is written in packs and by API clients:
/// `{ all = [ { field = "state", operator = "changes_to", value = "information_needed" } ] }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, try_from = "Written")]
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
    Clause(Asked),
}

/// A question about one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// The path to the value, dots between references.
    pub field: String,
    /// The part of the moment or day that is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// The unit in which both lie, for `same_as` and `not_same_as`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// The records whose number is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub related: Option<Related>,
    /// The field that leads to the record above, for `in_hierarchy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What is asked.
    pub operator: Operator,
    /// One operand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Given>,
    /// Several, for `in`, `not_in` and `between`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Given>,
}

/// Records that refer to the one that is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Related {
    /// Their table.
    pub table: String,
    /// Their field that refers to it.
    pub field: String,
    /// What they fulfil besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Box<Source>>,
}

/// An operand as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged, from = "WrittenOperand")]
pub enum Given {
    /// A value as text; numbers, `true` and `false` may be written as such.
    Text(String),
    /// What is not a value as it stands.
    Special(Special),
}

/// An operand that is not a value as it stands: `{ "period": "today" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Special {
    /// The value at the end of another path.
    Field(String),
    /// Whoever asks, or one of their groups.
    Dynamic(Dynamic),
    /// A named period.
    Period(Period),
    /// So long before now.
    Ago(Length),
    /// So long after now.
    Ahead(Length),
    /// So long before another field.
    Before(Apart),
    /// So long after another field.
    After(Apart),
    /// What a script would give; kept as it came, but nothing runs it.
    Script(String),
}

/// So many units from another field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Apart {
    /// How many; at most [`RELATIVE_AMOUNT_MAX`](crate::limits::RELATIVE_AMOUNT_MAX).
    pub amount: u32,
    /// Of what.
    pub unit: Unit,
    /// The path to the other field.
    pub field: String,
}

impl From<&str> for Given {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Special> for Given {
    fn from(special: Special) -> Self {
        Self::Special(special)
    }
}

impl Asked {
    /// A question without an operand.
    pub fn new(field: &str, operator: Operator) -> Self {
        Self {
            field: field.to_owned(),
            part: None,
            unit: None,
            related: None,
            by: None,
            operator,
            value: None,
            values: Vec::new(),
        }
    }

    /// A question with one operand.
    pub fn one(field: &str, operator: Operator, value: impl Into<Given>) -> Self {
        Self { value: Some(value.into()), ..Self::new(field, operator) }
    }

    /// A question with several operands.
    pub fn several(field: &str, operator: Operator, values: Vec<Given>) -> Self {
        Self { values, ..Self::new(field, operator) }
    }
}

impl From<Asked> for Source {
    fn from(asked: Asked) -> Self {
        Self::Clause(asked)
    }
}

impl Source {
    /// The condition that always holds.
    pub const fn always() -> Self {
        Self::All { all: Vec::new() }
    }

    /// Reads the JSON text stored in a rule; an empty one is the condition that always holds.
    pub fn parse(json: &str) -> Result<Self, ConditionError> {
        if json.trim().is_empty() {
            return Ok(Self::always());
        }
        serde_json::from_str(json).map_err(|error| ConditionError::Unreadable(error.to_string()))
    }

    /// Every clause of the tree, in order.
    pub fn clauses(&self) -> Vec<&Asked> {
        match self {
            Self::All { all: parts } | Self::Any { any: parts } => {
                parts.iter().flat_map(Self::clauses).collect()
            }
            Self::Not { not } => not.clauses(),
            Self::Clause(asked) => vec![asked],
        }
    }
}

impl Source {
    /// Puts other texts in the place of operands, which `word` finds by the table and by the path from it that they
    /// are compared with.
    pub fn reword(&mut self, table: &str, word: &dyn Fn(&str, &str, &str) -> String) {
        match self {
            Self::All { all: parts } | Self::Any { any: parts } => {
                parts.iter_mut().for_each(|part| part.reword(table, word));
            }
            Self::Not { not } => not.reword(table, word),
            Self::Clause(asked) => {
                for given in asked.value.iter_mut().chain(&mut asked.values) {
                    if let Given::Text(text) = given {
                        *text = word(table, &asked.field, text);
                    }
                }
                if let Some(related) = &mut asked.related
                    && let Some(condition) = &mut related.condition
                {
                    condition.reword(&related.table, word);
                }
            }
        }
    }
}

/// All that may be written in one table; exactly one form of it is a condition.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    all: Option<Vec<Source>>,
    any: Option<Vec<Source>>,
    not: Option<Box<Source>>,
    field: Option<String>,
    part: Option<Part>,
    unit: Option<Unit>,
    related: Option<Related>,
    by: Option<String>,
    operator: Option<Operator>,
    value: Option<Given>,
    #[serde(default)]
    values: Vec<Given>,
}

impl TryFrom<Written> for Source {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let Written { all, any, not, field, part, unit, related, by, operator, value, values } = written;
        let clause = part.is_some()
            || unit.is_some()
            || related.is_some()
            || by.is_some()
            || value.is_some()
            || !values.is_empty();
        match (all, any, not, field, operator) {
            (Some(all), None, None, None, None) if !clause => Ok(Self::All { all }),
            (None, Some(any), None, None, None) if !clause => Ok(Self::Any { any }),
            (None, None, Some(not), None, None) if !clause => Ok(Self::Not { not }),
            (None, None, None, Some(field), Some(operator)) => {
                Ok(Self::Clause(Asked { field, part, unit, related, by, operator, value, values }))
            }
            _ => Err("one of `all`, `any`, `not`, or `field` with `operator` is wanted"),
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenOperand {
    Text(String),
    Number(serde_json::Number),
    Flag(bool),
    Special(Special),
}

impl From<WrittenOperand> for Given {
    fn from(written: WrittenOperand) -> Self {
        match written {
            WrittenOperand::Text(text) => Self::Text(text),
            WrittenOperand::Number(number) => Self::Text(number.to_string()),
            WrittenOperand::Flag(flag) => Self::Text(flag.to_string()),
            WrittenOperand::Special(special) => Self::Special(special),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_of_an_operand_is_read_back_as_it_was_written() {
        for operand in [
            r#""a""#,
            r#"{"field":"caller.email"}"#,
            r#"{"dynamic":"my_groups"}"#,
            r#"{"period":"last_7_days"}"#,
            r#"{"ago":{"amount":3,"unit":"day"}}"#,
            r#"{"ahead":{"amount":3,"unit":"quarter"}}"#,
            r#"{"before":{"amount":3,"unit":"day","field":"caller.due"}}"#,
            r#"{"script":"gs.getUserID()"}"#,
        ] {
            let json = format!(r#"{{"field":"f","operator":"is","value":{operand}}}"#);
            assert_eq!(serde_json::to_string(&Source::parse(&json).unwrap()).unwrap(), json);
        }
    }

    #[test]
    fn numbers_and_flags_may_be_written_as_such() {
        let read = |value: &str| {
            Source::parse(&format!(r#"{{"field":"f","operator":"is","value":{value}}}"#)).unwrap()
        };
        assert_eq!(read("3"), read(r#""3""#));
        assert_eq!(read("true"), read(r#""true""#));
    }

    #[test]
    fn what_is_no_condition_says_why() {
        for (json, why) in [
            (r#"{"field":"f"}"#, "`field` with `operator` is wanted"),
            (r#"{"all":[],"any":[]}"#, "is wanted"),
            (r#"{"all":[],"value":"x"}"#, "is wanted"),
            (r#"{"field":"f","operator":"equals"}"#, "unknown variant `equals`"),
            (r#"{"field":"f","operator":"is","valu":"x"}"#, "unknown field `valu`"),
        ] {
            let error = Source::parse(json).unwrap_err().to_string();
            assert!(error.contains(why), "{json}: {error}");
        }
    }
}
