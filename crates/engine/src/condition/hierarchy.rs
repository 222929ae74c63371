//! Hierarchies: records that have one above them, by a reference of their table to itself.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Operand, Step};
use crate::id::Id;
use crate::limits::HIERARCHY_DEPTH_MAX;
use crate::value::Value;

/// Which reference leads to the record above.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hierarchy {
    /// The table that the field refers to, which has it too.
    pub table: String,
    /// The field.
    pub by: Step,
}

impl Hierarchy {
    /// The records from `start` upwards, itself the first, up to one of the roots, the top, one that was there before,
    /// or as far as is looked.
    pub(super) fn line(
        start: Id,
        roots: &[Operand],
        above: impl Fn(Id) -> Result<Option<Id>, String>,
    ) -> Result<Value, String> {
        let mut seen = BTreeSet::from([start]);
        let (mut line, mut current) = (vec![start.to_string()], start);
        let is_root = |id: Id| roots.contains(&Operand::Value(Value::Ref(id)));
        for _ in 0..HIERARCHY_DEPTH_MAX {
            let next = if is_root(current) { None } else { above(current)? };
            let Some(next) = next.filter(|next| seen.insert(*next)) else { break };
            line.push(next.to_string());
            current = next;
        }
        Ok(Value::list(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Seed;
    use crate::time::Timestamp;

    fn id(number: u32) -> Id {
        Seed::new([1; 32]).id(&number.to_string(), Timestamp::from_micros(0))
    }

    /// How many records are looked at from the first, where each has the next above it, as `above` says.
    fn looked_at(root: Option<u32>, above: impl Fn(u32) -> Option<u32>) -> usize {
        let roots: Vec<Operand> = root.map(|root| Value::Ref(id(root)).into()).into_iter().collect();
        let number = |known: Id| (0..200).find(|number| id(*number) == known).unwrap();
        let line = Hierarchy::line(id(0), &roots, |known| Ok(above(number(known)).map(id)));
        line.unwrap().items().len()
    }

    #[test]
    fn a_line_ends_at_the_root_the_top_its_own_beginning_or_the_limit() {
        assert_eq!(looked_at(Some(3), |number| Some(number + 1)), 4);
        assert_eq!(looked_at(Some(0), |number| Some(number + 1)), 1);
        assert_eq!(looked_at(Some(9), |number| Some(number + 1).filter(|next| *next < 5)), 5);
        assert_eq!(looked_at(Some(9), |number| Some((number + 1) % 3)), 3);
        assert_eq!(looked_at(None, |number| Some(number + 1)), HIERARCHY_DEPTH_MAX + 1);
    }
}
