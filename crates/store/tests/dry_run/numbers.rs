//! Numbers of decisions that are applied: reserved in the database, and kept with the arrival they were given to, as
//! the server does it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rejoinder_engine::context::{NextNumber, Numbers};
use rejoinder_store::{Store, format_number};

/// What stands for a number in a dry run, and the number, in the order in which they were asked for.
pub(crate) type Given = Vec<(String, String)>;

/// New numbers for one unit.
pub(crate) struct Reserved<'a> {
    store: &'a Store,
    /// The claim (sequence, epoch) of an arrival.
    arrival: Option<(i64, i64)>,
    given: RefCell<Given>,
}

impl<'a> Reserved<'a> {
    pub(crate) fn new(store: &'a Store, arrival: Option<(i64, i64)>) -> Self {
        Self { store, arrival, given: RefCell::default() }
    }

    pub(crate) fn given(self) -> Given {
        self.given.into_inner()
    }
}

impl Numbers for Reserved<'_> {
    fn number(&self, table: &str, prefix: &str, nth: usize) -> Result<String, String> {
        let placeholder = NextNumber.number(table, prefix, nth)?;
        // An action that failed is undone, and the next one asks for the same number again.
        let known = self.given.borrow().iter().find(|(shown, _)| *shown == placeholder).cloned();
        if let Some((_, number)) = known {
            return Ok(number);
        }
        let mut number = self.store.reserve_numbers(table, 1).unwrap().start;
        if let Some(claimed) = self.arrival {
            number = self.store.assign_number(claimed, table, nth, number).unwrap();
        }
        let number = format_number(prefix, number);
        self.given.borrow_mut().push((placeholder, number.clone()));
        Ok(number)
    }
}

/// The numbers that were given, once more.
pub(crate) struct Again(BTreeMap<String, String>);

impl Again {
    pub(crate) fn new(given: &Given) -> Self {
        Self(given.iter().cloned().collect())
    }
}

impl Numbers for Again {
    fn number(&self, table: &str, prefix: &str, nth: usize) -> Result<String, String> {
        let placeholder = NextNumber.number(table, prefix, nth)?;
        Ok(self.0.get(&placeholder).unwrap_or_else(|| panic!("{placeholder} was not asked for")).clone())
    }
}
