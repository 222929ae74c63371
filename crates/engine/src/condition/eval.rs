//! Evaluates a condition in memory and keeps the reason as data.
//!
//! The reason ([`Reason`]) holds each clause that was looked at with both values, so that the verdict can be
//! worked out from it again without the records.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{
    By, Clause, Condition, Hierarchy, Operand, Operator, Other, Part, PartOf, Range, Related, counted_up_to,
    words,
};
use crate::fold::fold;
use crate::id::Id;
use crate::limits::TRACE_VALUE_CHARS_MAX;
use crate::value::Value;

/// Where a condition finds its values.
pub trait Subject {
    /// The value at the end of the clause's path, as it is now.
    fn value(&self, clause: &Clause) -> Result<Value, String>;
    /// The value as it was before the change; `None` where there was no change to look back from.
    fn old_value(&self, clause: &Clause) -> Result<Option<Value>, String>;
    /// How many records are related to the one of this id, counted up to `limit`.
    fn count(&self, related: &Related, id: Id, limit: u32) -> Result<u32, String>;
    /// The record above the one of this id, where it has one.
    fn above(&self, hierarchy: &Hierarchy, id: Id) -> Result<Option<Id>, String>;
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
    /// The part of the value that was asked, and in which zone; `actual` and `old` are that part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Box<PartOf>>,
    /// By which unit the value was compared with that of another field, and in which zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Box<By>>,
    /// The records that were counted, `incident.parent`; `actual` is how many there are, at most one more than asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub related: Option<Box<str>>,
    /// What was asked.
    pub operator: Operator,
    /// What it was compared with: values (also of another field) and ranges.
    pub operands: Vec<Operand>,
    /// What was written where a value stands: `me`, `today`, the path of another field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
    /// The value found; a long text is cut, and `cut` says so. In a hierarchy the record with those above it;
    /// of words those that were found.
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
    if clause.is_open() {
        let (path, operator) = (clause.path_text(), clause.operator.word());
        return Err(format!("`{path} {operator}` depends on who asks and when, and was asked without it"));
    }
    let part = |value: Value| match &clause.part {
        Some(asked) => asked.of(&value),
        None => value,
    };
    let mut actual = part(subject.value(clause)?);
    if let (Some(related), Some(id)) = (&clause.related, actual.as_ref_id()) {
        let count = subject.count(related, id, counted_up_to(&clause.operands))?;
        actual = Value::Int(i64::from(count));
    }
    if let Some(fields) = &clause.texts {
        let texts = fields.iter().map(|field| subject.value(&Clause::way(&clause.path_to(field))));
        actual = clause.words_in(&texts.collect::<Result<Vec<_>, _>>()?);
    }
    if let (Some(hierarchy), Some(id)) = (&clause.hierarchy, actual.as_ref_id()) {
        actual = Hierarchy::line(id, &clause.operands, |id| subject.above(hierarchy, id))?;
    }
    let old = if clause.operator.looks_back() { subject.old_value(clause)?.map(part) } else { None };
    let mut word = clause.word.clone();
    let mut operands = clause.operands.clone();
    for operand in &mut operands {
        if let Operand::Other(Other::Field(path)) = operand {
            let way = Clause::way(path);
            let other = way.path_text();
            word = Some(clause.by.as_ref().map_or_else(|| other.clone(), |by| by.words(&other)));
            *operand = Operand::Value(subject.value(&way)?);
        }
    }
    let mut reason = ClauseReason {
        path: clause.path_text(),
        part: clause.part.clone().map(Box::new),
        by: clause.by.clone(),
        related: clause.related.as_deref().map(|related| related.words().into_boxed_str()),
        operator: clause.operator,
        operands,
        word,
        actual,
        old,
        cut: None,
    };
    let holds = reason.holds();
    let fields = matches!(clause.operands.first(), Some(Operand::Other(Other::Field(_))));
    let mut cut = false;
    for value in std::iter::once(&mut reason.actual).chain(reason.old.as_mut()) {
        cut |= shorten(value);
    }
    // What was written in the condition is not cut; the value of another field may be as long as this one's.
    for operand in reason.operands.iter_mut().filter(|_| fields) {
        if let Operand::Value(value) = operand {
            cut |= shorten(value);
        }
    }
    reason.cut = cut.then_some(holds);
    Ok(reason)
}

impl PartOf {
    /// The part of a value.
    pub fn of(&self, value: &Value) -> Value {
        Part::of(self.part, value, self.zone.as_deref().unwrap_or("UTC"))
    }
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

    /// Leaves out the values that were found at some paths, for somebody who may not read them. The verdict cannot be
    /// worked out from what is left.
    pub fn hide(&mut self, hidden: &dyn Fn(&str) -> bool) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter_mut().for_each(|part| part.hide(hidden)),
            Self::Not(part) => part.hide(hidden),
            Self::Clause(clause) => clause.hide(hidden),
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
    fn hide(&mut self, hidden: &dyn Fn(&str) -> bool) {
        let other = self.word.as_deref().is_some_and(hidden);
        if !other && !hidden(&self.path) {
            return;
        }
        self.cut = Some(self.holds());
        self.actual = Value::Null;
        self.old = None;
        if other {
            self.operands.clear();
        }
    }

    /// The verdict, worked out from the values kept.
    pub fn holds(&self) -> bool {
        if let Some(holds) = self.cut {
            return holds;
        }
        let changed = || self.old.as_ref().is_some_and(|old| !old.same(&self.actual));
        let actual = &self.actual;
        match self.operator {
            Operator::Anything => true,
            Operator::Is => self.is(actual),
            Operator::IsNot => !self.is(actual),
            Operator::In | Operator::InstanceOf => self.is_one_of(),
            Operator::NotIn => !self.is_one_of(),
            Operator::InHierarchy => self.is_below(),
            Operator::HasWords => words::all_found(&self.operands, actual),
            Operator::Contains | Operator::Has => self.first().is_some_and(|part| contains(actual, part)),
            Operator::NotContains | Operator::HasNot => {
                !self.first().is_some_and(|part| contains(actual, part))
            }
            Operator::StartsWith => self.texts().is_some_and(|(text, part)| text.starts_with(&part)),
            Operator::EndsWith => self.texts().is_some_and(|(text, part)| text.ends_with(&part)),
            Operator::IsEmpty => actual.is_null(),
            Operator::IsNotEmpty => !actual.is_null(),
            Operator::LessThan => self.operand(0, is_before),
            Operator::LessOrEqual => self.operand(0, is_before_end),
            Operator::GreaterThan => self.operand(0, is_after),
            Operator::GreaterOrEqual => self.operand(0, is_from_start),
            Operator::Between => self.operand(0, is_from_start) && self.operand(1, is_before_end),
            Operator::On => self.is_on(),
            Operator::NotOn => !self.is_on(),
            Operator::SameAs => self.is_same(),
            Operator::NotSameAs => !self.is_same(),
            Operator::FartherThan | Operator::NearerThan => match (&self.by, self.first()) {
                (Some(by), Some(other)) => by.holds(self.operator, actual, other),
                _ => false,
            },
            Operator::Changes => changed(),
            Operator::ChangesTo => changed() && self.is(actual),
            Operator::ChangesFrom => changed() && self.old.as_ref().is_some_and(|old| self.is(old)),
        }
    }

    fn first(&self) -> Option<&Value> {
        self.operands.first().and_then(Operand::value)
    }

    fn is(&self, value: &Value) -> bool {
        self.first().is_some_and(|operand| operand.same(value))
    }

    fn is_one_of(&self) -> bool {
        let mut values = self.operands.iter().filter_map(Operand::value);
        !self.actual.is_null() && values.any(|one| one.same(&self.actual))
    }

    fn is_below(&self) -> bool {
        let roots = self.operands.iter().filter_map(|operand| operand.value()?.as_ref_id());
        roots.map(|root| root.to_string()).any(|root| self.actual.items().contains(&root))
    }

    fn is_on(&self) -> bool {
        self.operand(0, is_from_start) && self.operand(0, is_before_end)
    }

    fn is_same(&self) -> bool {
        match &self.by {
            Some(by) => self.first().is_some_and(|other| by.same(&self.actual, other)),
            None => !self.actual.is_null() && self.is(&self.actual),
        }
    }

    /// Text and asked part, folded.
    fn texts(&self) -> Option<(String, String)> {
        Some((fold(self.actual.as_text()?), fold(self.first()?.as_text()?)))
    }

    fn operand(&self, place: usize, test: fn(&Value, &Operand) -> bool) -> bool {
        self.operands.get(place).is_some_and(|operand| test(&self.actual, operand))
    }
}

/// Whether the value lies before all of the operand.
fn is_before(value: &Value, operand: &Operand) -> bool {
    match operand {
        Operand::Value(other) => value.order(other) == Some(Ordering::Less),
        Operand::Other(Other::Range(Range { from, .. })) => value.order(from) == Some(Ordering::Less),
        Operand::Other(_) => false,
    }
}

/// Whether the value lies before or in the operand.
fn is_before_end(value: &Value, operand: &Operand) -> bool {
    match operand {
        Operand::Value(other) => value.order(other).is_some_and(Ordering::is_le),
        Operand::Other(Other::Range(Range { to, .. })) if to.is_null() => !value.is_null(),
        Operand::Other(Other::Range(Range { to, .. })) => value.order(to) == Some(Ordering::Less),
        Operand::Other(_) => false,
    }
}

/// Whether the value lies in or after the operand.
fn is_from_start(value: &Value, operand: &Operand) -> bool {
    match operand {
        Operand::Value(other) => value.order(other).is_some_and(Ordering::is_ge),
        Operand::Other(Other::Range(Range { from, .. })) => value.order(from).is_some_and(Ordering::is_ge),
        Operand::Other(_) => false,
    }
}

/// Whether the value lies after all of the operand.
fn is_after(value: &Value, operand: &Operand) -> bool {
    match operand {
        Operand::Value(other) => value.order(other) == Some(Ordering::Greater),
        Operand::Other(Other::Range(Range { to, .. })) => value.order(to).is_some_and(Ordering::is_ge),
        Operand::Other(_) => false,
    }
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
        fn count(&self, _: &Related, _: Id, limit: u32) -> Result<u32, String> {
            Ok(limit.min(2))
        }
        fn above(&self, _: &Hierarchy, _: Id) -> Result<Option<Id>, String> {
            Ok(None)
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
