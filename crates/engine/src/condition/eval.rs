//! Evaluates a condition in memory and keeps the reason as data.
//!
//! The reason ([`Reason`]) holds each clause that was looked at with both values, so that the verdict can be
//! worked out from it again without the records.

use serde::{Deserialize, Serialize};

use super::{Clause, Condition, Operator};
use crate::fold::fold;
use crate::limits::TRACE_VALUE_CHARS_MAX;
use crate::value::Value;

/// Where a condition finds its values.
pub trait Subject {
    /// The value at the end of the clause's path, as it is now.
    fn value(&self, clause: &Clause) -> Result<Value, String>;
    /// The value as it was before the change; `None` where there was no change to look back from.
    fn old_value(&self, clause: &Clause) -> Result<Option<Value>, String>;
}

/// Why a condition holds or does not: the clauses that were looked at, in their groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// All of these; the first that does not hold is the last one looked at.
    All(Vec<Reason>),
    /// One of these; the first that holds is the last one looked at.
    Any(Vec<Reason>),
    /// Not this.
    Not(Box<Reason>),
    /// One clause.
    Clause(ClauseReason),
}

/// One clause with the values it saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClauseReason {
    /// The path.
    pub path: String,
    /// What was asked.
    pub operator: Operator,
    /// What it was compared with.
    pub operands: Vec<Value>,
    /// The value found; a long text is cut, and `cut` says so.
    pub actual: Value,
    /// The value before the change, for operators that look back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<Value>,
    /// Whether a text was cut, so that `holds` is kept instead of being worked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<bool>,
}

/// Evaluates `condition` over `subject`. An error is an error of the rule, never a silent no.
pub fn evaluate(condition: &Condition, subject: &dyn Subject) -> Result<Reason, String> {
    Ok(match condition {
        Condition::All(parts) => Reason::All(until(parts, subject, false)?),
        Condition::Any(parts) => Reason::Any(until(parts, subject, true)?),
        Condition::Not(part) => Reason::Not(Box::new(evaluate(part, subject)?)),
        Condition::Clause(clause) => Reason::Clause(look(clause, subject)?),
    })
}

/// Evaluates parts up to and including the first whose verdict is `stop`.
fn until(parts: &[Condition], subject: &dyn Subject, stop: bool) -> Result<Vec<Reason>, String> {
    let mut reasons = Vec::with_capacity(parts.len());
    for part in parts {
        let reason = evaluate(part, subject)?;
        let verdict = reason.holds();
        reasons.push(reason);
        if verdict == stop {
            break;
        }
    }
    Ok(reasons)
}

fn look(clause: &Clause, subject: &dyn Subject) -> Result<ClauseReason, String> {
    let actual = subject.value(clause)?;
    let old = if clause.operator.looks_back() { subject.old_value(clause)? } else { None };
    let mut reason = ClauseReason {
        path: clause.path_text(),
        operator: clause.operator,
        operands: clause.operands.clone(),
        actual,
        old,
        cut: None,
    };
    let holds = reason.holds();
    let mut cut = false;
    for value in std::iter::once(&mut reason.actual).chain(reason.old.as_mut()) {
        cut |= shorten(value);
    }
    reason.cut = cut.then_some(holds);
    Ok(reason)
}

/// Cuts a value to what a trace quotes; says whether anything is missing now.
fn shorten(value: &mut Value) -> bool {
    match value {
        Value::Text(text) if text.chars().count() > TRACE_VALUE_CHARS_MAX => {
            *text = text.chars().take(TRACE_VALUE_CHARS_MAX).chain(['…']).collect();
            true
        }
        Value::List(items)
            if items.iter().map(|item| item.chars().count()).sum::<usize>() > TRACE_VALUE_CHARS_MAX =>
        {
            let mut room = TRACE_VALUE_CHARS_MAX;
            let fitting = items.iter().take_while(|item| {
                let fits = item.chars().count() <= room;
                room = room.saturating_sub(item.chars().count());
                fits
            });
            let fitting = fitting.count();
            items.truncate(fitting);
            items.push("…".to_owned());
            true
        }
        _ => false,
    }
}

impl Reason {
    /// The verdict, worked out from the reason alone.
    pub fn holds(&self) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(Self::holds),
            Self::Any(parts) => parts.iter().any(Self::holds),
            Self::Not(part) => !part.holds(),
            Self::Clause(clause) => clause.holds(),
        }
    }

    /// The clause that decided against the condition; `None` where it holds.
    pub fn failing(&self) -> Option<&ClauseReason> {
        if self.holds() {
            return None;
        }
        match self {
            Self::All(parts) => parts.iter().find(|part| !part.holds()).and_then(Self::deciding),
            Self::Any(parts) => parts.last().and_then(Self::deciding),
            Self::Not(part) => part.deciding(),
            Self::Clause(clause) => Some(clause),
        }
    }

    fn deciding(&self) -> Option<&ClauseReason> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts
                .iter()
                .find(|part| part.holds() == self.holds())
                .or(parts.last())
                .and_then(Self::deciding),
            Self::Not(part) => part.deciding(),
            Self::Clause(clause) => Some(clause),
        }
    }
}

impl ClauseReason {
    /// The verdict, worked out from the values kept.
    pub fn holds(&self) -> bool {
        if let Some(holds) = self.cut {
            return holds;
        }
        let changed = || self.old.as_ref().is_some_and(|old| !old.same(&self.actual));
        match self.operator {
            Operator::Is => compare_is(&self.actual, &self.operands),
            Operator::IsNot => !compare_is(&self.actual, &self.operands),
            Operator::In => !self.actual.is_null() && self.operands.iter().any(|one| one.same(&self.actual)),
            Operator::Contains => self.operands.first().is_some_and(|part| contains(&self.actual, part)),
            Operator::StartsWith => match (&self.actual, self.operands.first()) {
                (Value::Text(text), Some(Value::Text(part))) => fold(text).starts_with(&fold(part)),
                _ => false,
            },
            Operator::IsEmpty => self.actual.is_null(),
            Operator::LessThan => self.order() == Some(std::cmp::Ordering::Less),
            Operator::GreaterThan => self.order() == Some(std::cmp::Ordering::Greater),
            Operator::Changes => changed(),
            Operator::ChangesTo => changed() && compare_is(&self.actual, &self.operands),
            Operator::ChangesFrom => {
                changed() && self.old.as_ref().is_some_and(|old| compare_is(old, &self.operands))
            }
        }
    }

    fn order(&self) -> Option<std::cmp::Ordering> {
        self.operands.first().and_then(|operand| self.actual.order(operand))
    }
}

fn compare_is(actual: &Value, operands: &[Value]) -> bool {
    operands.first().is_some_and(|operand| operand.same(actual))
}

fn contains(actual: &Value, part: &Value) -> bool {
    match (actual, part) {
        (Value::Text(text), Value::Text(part)) => fold(text).contains(&fold(part)),
        (Value::List(items), Value::Text(item)) => items.contains(item),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Kind;

    struct One {
        now: Value,
        old: Option<Value>,
    }

    impl Subject for One {
        fn value(&self, _: &Clause) -> Result<Value, String> {
            Ok(self.now.clone())
        }
        fn old_value(&self, _: &Clause) -> Result<Option<Value>, String> {
            Ok(self.old.clone())
        }
    }

    fn ask(now: Value, operator: Operator, operands: Vec<Value>) -> bool {
        let condition = Condition::clause("f", Kind::String, operator, operands);
        evaluate(&condition, &One { now, old: None }).unwrap().holds()
    }

    #[test]
    fn texts_are_compared_by_their_folded_form() {
        assert!(ask(Value::text("ПРИНТЕР"), Operator::Is, vec![Value::text("принтер")]));
        assert!(ask(Value::text("Der Drucker STRASSE"), Operator::Contains, vec![Value::text("straße")]));
        assert!(ask(Value::text("Ёлка"), Operator::StartsWith, vec![Value::text("ёл")]));
    }

    #[test]
    fn no_value_is_not_unknown() {
        assert!(ask(Value::Null, Operator::IsNot, vec![Value::text("a")]));
        assert!(ask(Value::Null, Operator::Is, vec![Value::Null]));
        assert!(!ask(Value::Null, Operator::In, vec![Value::Null, Value::text("a")]));
        assert!(!ask(Value::Null, Operator::LessThan, vec![Value::Int(3)]));
        assert!(ask(Value::Null, Operator::IsEmpty, vec![]));
    }

    #[test]
    fn changes_needs_a_before_that_differs() {
        let condition = Condition::clause("f", Kind::String, Operator::ChangesTo, vec![Value::text("b")]);
        let holds = |old: Option<Value>, now: Value| evaluate(&condition, &One { now, old }).unwrap().holds();
        assert!(holds(Some(Value::text("a")), Value::text("b")));
        assert!(holds(Some(Value::Null), Value::text("b")));
        assert!(!holds(Some(Value::text("b")), Value::text("b")));
        assert!(!holds(None, Value::text("b")));
    }

    #[test]
    fn the_verdict_can_be_worked_out_from_the_reason_even_where_a_text_was_cut() {
        let long = Value::text("x".repeat(TRACE_VALUE_CHARS_MAX) + "needle");
        let condition = Condition::clause("f", Kind::String, Operator::Contains, vec![Value::text("needle")]);
        let reason = evaluate(&condition, &One { now: long, old: None }).unwrap();
        let again: Reason = serde_json::from_str(&serde_json::to_string(&reason).unwrap()).unwrap();
        assert!(again.holds());
    }

    #[test]
    fn the_failing_clause_is_the_one_that_decided() {
        let yes = Condition::clause("a", Kind::String, Operator::Is, vec![Value::text("v")]);
        let no = Condition::clause("b", Kind::String, Operator::Is, vec![Value::text("w")]);
        let reason =
            evaluate(&Condition::All(vec![yes, no]), &One { now: Value::text("v"), old: None }).unwrap();
        assert_eq!(reason.failing().unwrap().path, "b");
    }
}
