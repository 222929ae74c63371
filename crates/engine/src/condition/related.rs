//! Records that refer to the one that is asked: how many of them there are is a number that a clause can ask.

use serde::{Deserialize, Serialize};

use super::{Clause, Condition, Operand, Operator, Step};
use crate::id::Id;
use crate::value::Value;

/// Which records are counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// Their table; those that extend it count too.
    pub table: String,
    /// Their field that refers to the record.
    pub field: Step,
    /// What they fulfil besides.
    pub condition: Box<Condition>,
}

impl Related {
    /// As it is written: `incident.parent`.
    pub fn words(&self) -> String {
        format!("{}.{}", self.table, self.field.field)
    }

    /// The condition of those that refer to `id`.
    pub fn condition_of(&self, id: Id) -> Condition {
        let own = Clause::new(vec![self.field.clone()], Operator::Is, vec![Value::Ref(id).into()]);
        match self.condition.as_ref() {
            always if *always == Condition::always() => Condition::Clause(own),
            other => Condition::All(vec![Condition::Clause(own), other.clone()]),
        }
    }
}

/// How far is counted so that every one of the numbers can be answered: one beyond the largest.
pub fn counted_up_to(numbers: &[Operand]) -> u32 {
    let numbers = numbers.iter().filter_map(|operand| match operand {
        Operand::Value(Value::Int(number)) => u32::try_from(*number).ok(),
        _ => None,
    });
    numbers.max().unwrap_or(0).saturating_add(1)
}
