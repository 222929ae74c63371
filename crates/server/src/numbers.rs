//! Numbers for decisions: from the process's blocks, kept with the arrival that they were given to.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rejoinder_engine::context::{Numbers, format_number};

use crate::app::App;

/// The numbers of one arrival: those it has, then new ones that are kept with it at once.
pub struct ArrivalNumbers<'a> {
    app: &'a App,
    claimed: (i64, i64),
    known: BTreeMap<String, Vec<i64>>,
}

impl<'a> ArrivalNumbers<'a> {
    /// Numbers for the arrival claimed as (sequence, epoch), which has `known` already.
    pub const fn new(app: &'a App, claimed: (i64, i64), known: BTreeMap<String, Vec<i64>>) -> Self {
        Self { app, claimed, known }
    }
}

impl Numbers for ArrivalNumbers<'_> {
    fn number(&self, table: &str, prefix: &str, nth: usize) -> Result<String, String> {
        let assigned = self.known.get(table).and_then(|numbers| numbers.get(nth)).copied();
        let number = match assigned {
            Some(number) => number,
            None => {
                let fresh =
                    self.app.numbers.next(&self.app.store, table).map_err(|error| error.to_string())?;
                let kept = self.app.store.assign_number(self.claimed, table, nth, fresh);
                kept.map_err(|error| error.to_string())?
            }
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
