//! One access rule: read from its record, and checked before it is saved.

use serde::{Deserialize, Serialize};

use super::rights::Person;
use crate::condition::Condition;
use crate::condition::source::Source;
use crate::dictionary::Dictionary;
use crate::draft::ChangeError;
use crate::id::Id;
use crate::record::Record;

/// The table of the rules.
pub const ACCESS_RULE: &str = "access_rule";
/// In the place of a field: every one that no rule names.
pub const EVERY_FIELD: &str = "*";

/// What is done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// It is seen.
    Read,
    /// It is made.
    Create,
    /// It is changed.
    Update,
    /// It is removed.
    Delete,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Read, Self::Create, Self::Update, Self::Delete];

    /// The word as it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// The operation of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.word() == word)
    }
}

/// Which tables a rule is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One table and those that extend it.
    Table(String),
    /// Every table that is not configuration, where no table of its line has a rule of its own.
    Records,
    /// Every table that is configuration, likewise.
    Configuration,
}

/// A rule, compiled.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessRule {
    /// Its identity.
    pub id: Id,
    /// The version of its record, for explanations.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Which tables.
    pub scope: Scope,
    /// Which operation.
    pub operation: Operation,
    /// The field that it narrows; none: the record itself.
    pub field: Option<String>,
    /// Who: one of these roles is enough; none: everybody who signs in.
    pub roles: Vec<String>,
    /// Which records, or what is wrong with the condition.
    pub condition: Result<Condition, String>,
}

impl AccessRule {
    /// Reads an active rule; `None` where it says neither what nor where.
    pub fn read(row: &Record, dictionary: &Dictionary) -> Option<Self> {
        let table = row.text("table");
        let scope = match row.text("scope") {
            "records" => Scope::Records,
            "configuration" => Scope::Configuration,
            _ => Scope::Table(table.to_owned()),
        };
        let text = row.text("condition");
        let condition = match &scope {
            Scope::Table(table) => condition(dictionary, table, text),
            _ if text.is_empty() => Ok(Condition::always()),
            _ => Err("a rule for all tables has no condition".to_owned()),
        };
        Some(Self {
            id: row.id,
            version: row.version,
            name: row.text("name").to_owned(),
            scope,
            operation: Operation::from_word(row.text("operation"))?,
            field: row.get("field").as_text().map(str::to_owned),
            roles: row.get("roles").items().to_vec(),
            condition,
        })
    }

    /// Whether the person has one of its roles.
    pub fn is_for(&self, person: &Person) -> bool {
        self.roles.is_empty() || self.roles.iter().any(|role| person.has(role))
    }
}

fn condition(dictionary: &Dictionary, table: &str, text: &str) -> Result<Condition, String> {
    let source = Source::parse(text).map_err(|error| error.to_string())?;
    let condition = source.check(dictionary, table).map_err(|error| error.to_string())?;
    if let Some(clause) = condition.clauses().iter().find(|clause| clause.operator.looks_back()) {
        let (path, word) = (clause.path_text(), clause.operator.word());
        return Err(format!("`{path} {word}` looks back; a record is asked as it is"));
    }
    Ok(condition)
}

/// Refuses a rule that could not be read, where a person can still mend it.
pub fn check(dictionary: &Dictionary, record: &Record) -> Result<(), ChangeError> {
    if record.table != ACCESS_RULE {
        return Ok(());
    }
    let wrong = |field: &str, rule: String| {
        let (table, field) = (record.table.clone(), field.to_owned());
        Err(ChangeError::Field { table, field, code: "bad_value", rule })
    };
    let (scope, table) = (record.text("scope"), record.text("table"));
    if scope != "table" && !table.is_empty() {
        return wrong(
            "table",
            format!("a rule for all {scope} names no table; clear it, or choose the scope `table`"),
        );
    }
    if scope == "table" && dictionary.table(table).is_none() {
        return wrong("table", format!("there is no table `{table}`"));
    }
    let rule = AccessRule::read(record, dictionary);
    let Some(rule) = rule else { return wrong("operation", "choose what the rule grants".to_owned()) };
    if let Err(text) = rule.condition {
        return wrong("condition", text);
    }
    let Some(field) = rule.field else { return Ok(()) };
    if rule.operation == Operation::Delete {
        return wrong("operation", "a record is removed whole: clear the field".to_owned());
    }
    let info = dictionary.table(table);
    if scope == "table" && field != EVERY_FIELD && info.is_none_or(|info| info.field(&field).is_none()) {
        return wrong("field", format!("`{table}` has no field `{field}`"));
    }
    Ok(())
}
