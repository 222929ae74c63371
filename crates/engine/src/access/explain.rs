//! Why somebody may do something with a record, or may not: every rule that was considered, with its verdict.

use serde::{Deserialize, Serialize};

use super::rights::Rights;
use super::rule::{AccessRule, Operation, Scope};
use super::{AccessRules, Person};
use crate::condition::Condition;
use crate::condition::eval::{Reason, evaluate};
use crate::dictionary::{Field, TableInfo};
use crate::id::Id;
use crate::reads::{Reads, RecordSubject};
use crate::record::Record;

/// Why it is so, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// Administrators may do everything.
    Administrator,
    /// At least one rule grants it.
    Granted,
    /// There are rules, and none of them grants it.
    NotGranted,
    /// There is no rule about this.
    NoRule,
    /// No rule narrows this field, so the record's rules count.
    AsRecord,
    /// Only agents see this field.
    AgentsOnly,
}

/// One rule that was considered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Considered {
    /// The rule.
    pub rule: Id,
    /// The version of it.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Which tables it is about.
    pub scope: Scope,
    /// Whether the person has one of its roles.
    pub role: bool,
    /// What its condition saw; none where the role was missing, where there is no record, or where it is broken.
    pub reason: Option<Reason>,
    /// What is wrong with it.
    pub error: Option<String>,
    /// Whether it grants.
    pub grants: bool,
}

/// The verdict about one operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// What was asked.
    pub operation: Operation,
    /// The field that was asked about; none: the record.
    pub field: Option<String>,
    /// Whether it may be done.
    pub allowed: bool,
    /// Why.
    pub because: Because,
    /// The rules that were considered.
    pub considered: Vec<Considered>,
}

/// What is asked about.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// Who.
    pub rights: &'a Rights,
    /// What.
    pub operation: Operation,
    /// The most specific table.
    pub info: &'a TableInfo,
    /// The field; none: the record.
    pub field: Option<&'a Field>,
    /// The record; without one, rules with a condition grant nothing.
    pub record: Option<&'a Record>,
}

/// The verdict with its reasons. Must agree with [`AccessRules::records`] and [`AccessRules::field`].
pub fn explain(rules: &AccessRules, reads: &Reads<'_>, asked: Question<'_>) -> Verdict {
    let name = asked.field.map(|field| field.name.clone());
    let verdict = |allowed, because, considered| Verdict {
        operation: asked.operation,
        field: name.clone(),
        allowed,
        because,
        considered,
    };
    let Some(person) = asked.rights.limited() else {
        return verdict(true, Because::Administrator, Vec::new());
    };
    if asked.field.is_some_and(|field| field.agents_only) && !person.is_agent() {
        return verdict(false, Because::AgentsOnly, Vec::new());
    }
    let dictionary = reads.dictionary;
    let deciding = match asked.field {
        Some(field) => rules.about_field(dictionary, asked.operation, asked.info, field),
        None => rules.deciding(dictionary, asked.operation, asked.info, None),
    };
    if deciding.is_empty() {
        let because = if asked.field.is_some() { Because::AsRecord } else { Because::NoRule };
        return verdict(asked.field.is_some(), because, Vec::new());
    }
    let considered: Vec<Considered> =
        deciding.into_iter().map(|rule| consider(rule, person, reads, asked.record)).collect();
    let allowed = considered.iter().any(|one| one.grants);
    verdict(allowed, if allowed { Because::Granted } else { Because::NotGranted }, considered)
}

fn consider(rule: &AccessRule, person: &Person, reads: &Reads<'_>, record: Option<&Record>) -> Considered {
    let role = rule.is_for(person);
    let (mut reason, mut error) = (None, None);
    match &rule.condition {
        Err(text) => error = Some(text.clone()),
        Ok(condition) if role => match record {
            Some(record) => {
                let subject = RecordSubject { reads, record, old: None };
                match evaluate(&person.resolve(condition), &subject) {
                    Ok(found) => reason = Some(found),
                    Err(text) => error = Some(text),
                }
            }
            None if *condition == Condition::always() => reason = Some(Reason::All(Vec::new())),
            None => {}
        },
        Ok(_) => {}
    }
    Considered {
        rule: rule.id,
        version: rule.version,
        name: rule.name.clone(),
        scope: rule.scope.clone(),
        role,
        grants: role && reason.as_ref().is_some_and(Reason::holds),
        reason,
        error,
    }
}
