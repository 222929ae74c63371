//! What every decision is given: configuration, a view, the time, a seed, and numbers when it needs one.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::config::Config;
use crate::id::Seed;
use crate::time::Timestamp;
use crate::view::View;

/// The input of one decision besides the mail, event or request itself.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The records.
    pub view: &'a dyn View,
    /// The time of the decision, the same however often it is decided.
    pub now: Timestamp,
    /// The seed of the unit, the same however often it is decided.
    pub seed: Seed,
    /// Where numbers come from.
    pub numbers: &'a dyn Numbers,
}

/// Where the numbers of new records come from. They are reserved outside of the decision; one that was assigned
/// to the unit before is given again.
pub trait Numbers {
    /// The `nth` number (from 0) that this unit takes from `table`, with its prefix, or why there is none.
    fn number(&self, table: &str, prefix: &str, nth: usize) -> Result<String, String>;
}

/// Numbers of a dry run: `INC‹next›`, and nothing is used up.
pub struct NextNumber;

impl Numbers for NextNumber {
    fn number(&self, _: &str, prefix: &str, nth: usize) -> Result<String, String> {
        Ok(if nth == 0 { format!("{prefix}‹next›") } else { format!("{prefix}‹next+{nth}›") })
    }
}

/// Numbers counted up from a start, for rule tests and case files.
#[derive(Default)]
pub struct CountedNumbers(RefCell<BTreeMap<String, u64>>);

impl CountedNumbers {
    /// Numbers after `last` for this table, and from 1 for all others.
    pub fn after(table: &str, last: u64) -> Self {
        Self(RefCell::new([(table.to_owned(), last)].into()))
    }

    /// Numbers after the last one of each table.
    pub fn after_each(last: BTreeMap<String, u64>) -> Self {
        Self(RefCell::new(last))
    }
}

impl Numbers for CountedNumbers {
    fn number(&self, table: &str, prefix: &str, nth: usize) -> Result<String, String> {
        let base = self.0.borrow().get(table).copied().unwrap_or_default();
        let nth = u64::try_from(nth).unwrap_or_default();
        Ok(format_number(prefix, base.saturating_add(nth).saturating_add(1)))
    }
}

/// A number as people read it: the prefix and at least seven digits.
pub fn format_number(prefix: &str, number: u64) -> String {
    format!("{prefix}{number:07}")
}
