//! Numbers for decisions, from the process's blocks: each is given once, whatever becomes of the decision.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rejoinder_engine::context::{Numbers, format_number};
use rejoinder_store::NUMBERS_PER_ARRIVAL_MAX;

use crate::app::App;

/// The numbers of one arrival: those it was given by an earlier claim, then new ones. They are the same however often
/// the arrival is decided under this claim, and are written down only where the claim ends without a plan: a process
/// that dies leaves a gap, and every mail is spared a write.
pub struct ArrivalNumbers<'a> {
    app: &'a App,
    claimed: (i64, i64),
    known: RefCell<BTreeMap<String, Vec<i64>>>,
}

impl<'a> ArrivalNumbers<'a> {
    /// Numbers for the arrival claimed as (sequence, epoch), which has `known` already.
    pub const fn new(app: &'a App, claimed: (i64, i64), known: BTreeMap<String, Vec<i64>>) -> Self {
        Self { app, claimed, known: RefCell::new(known) }
    }

    /// Keeps the numbers with the arrival, for the claim that comes after this one.
    pub fn keep(&self) {
        for (table, numbers) in self.known.borrow().iter() {
            for (nth, number) in numbers.iter().enumerate() {
                if let Err(error) = self.app.store.assign_number(self.claimed, table, nth, *number) {
                    tracing::debug!(%error, "a number was not kept with its arrival; it becomes a gap");
                    return;
                }
            }
        }
    }
}

impl Numbers for ArrivalNumbers<'_> {
    fn number(&self, table: &str, prefix: &str, nth: usize) -> Result<String, String> {
        let mut known = self.known.borrow_mut();
        let given = known.entry(table.to_owned()).or_default();
        let number = match given.get(nth) {
            Some(number) => *number,
            None if nth == given.len() && nth < NUMBERS_PER_ARRIVAL_MAX => {
                let fresh =
                    self.app.numbers.next(&self.app.store, table).map_err(|error| error.to_string())?;
                given.push(fresh);
                fresh
            }
            None => return Err(format!("one mail makes at most {NUMBERS_PER_ARRIVAL_MAX} numbered records")),
        };
        Ok(format_number(prefix, u64::try_from(number).unwrap_or_default()))
    }
}

/// The numbers of one request: the same ones when it is decided again.
pub struct RequestNumbers<'a> {
    app: &'a App,
    given: RefCell<BTreeMap<(String, usize), i64>>,
}

impl<'a> RequestNumbers<'a> {
    /// Numbers for one request.
    pub fn new(app: &'a App) -> Self {
        Self { app, given: RefCell::default() }
    }
}

impl Numbers for RequestNumbers<'_> {
    fn number(&self, table: &str, prefix: &str, nth: usize) -> Result<String, String> {
        let key = (table.to_owned(), nth);
        let known = self.given.borrow().get(&key).copied();
        let number = match known {
            Some(number) => number,
            None => self.app.numbers.next(&self.app.store, table).map_err(|error| error.to_string())?,
        };
        self.given.borrow_mut().insert(key, number);
        Ok(format_number(prefix, u64::try_from(number).unwrap_or_default()))
    }
}
